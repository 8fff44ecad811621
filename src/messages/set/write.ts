/** Writes the parts of a purchase request in DER (SET Book 3). */
import { constants, createCipheriv, createHmac, type KeyObject, publicEncrypt, randomBytes } from 'node:crypto';
import {
  algorithm,
  distinguishedNameDer,
  generalizedTime,
  integer,
  numericString,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  tlv,
  visibleString,
} from '../../x509/write-der.ts';
import { ATTRIBUTE, CONTENT, KEY_TRANSPORT } from '../cms/oids.ts';
import { digest } from '../two-part/oracle.ts';
import type { Hash } from '../two-part/types.ts';
import type { SetParty } from './certificates.ts';
import { SET_CONTENT } from './oids.ts';
import { DIGEST_OID, detachedDigest } from './pi-tbs.ts';

export interface Purchase {
  description: string;
  /** ISO 4217 number, amount and its exponent. */
  currency: number;
  amount: number;
  exponent: number;
  merchantId: string;
  brand: string;
  /** A published test number. */
  pan: string;
  expiry: string;
  /** ms UTC. */
  date: number;
}

/** Values that are fresh in every transaction. */
export interface Nonces {
  localIdC: Buffer;
  localIdM: Buffer;
  xid: Buffer;
  rrpid: Buffer;
  challengeC: Buffer;
  challengeM: Buffer;
  salt: Buffer;
  cardSecret: Buffer;
  panNonce: Buffer;
}

export const freshNonces = (): Nonces => ({
  localIdC: randomBytes(10),
  localIdM: randomBytes(10),
  xid: randomBytes(20),
  rrpid: randomBytes(20),
  challengeC: randomBytes(20),
  challengeM: randomBytes(20),
  salt: randomBytes(20),
  cardSecret: randomBytes(20),
  panNonce: randomBytes(20),
});

const transIds = (p: Purchase, n: Nonces): Buffer =>
  sequence(
    octetString(n.localIdC),
    tlv(0x80, n.localIdM),
    octetString(n.xid),
    generalizedTime(p.date),
    visibleString('en'),
  );

const amountDer = (p: Purchase): Buffer =>
  sequence(integer(p.currency), integer(p.amount), tlv(0x02, Buffer.from([p.exponent & 0xff])));

/** HODInput { OD, PurchAmt, ODSalt }: merchant and cardholder each make it from what they agreed on. */
export const hodInput = (p: Purchase, n: Nonces): Buffer =>
  sequence(octetString(Buffer.from(p.description, 'utf8')), amountDer(p), octetString(n.salt));

const hod = (p: Purchase, n: Nonces, hash: Hash): Buffer =>
  detachedDigest(SET_CONTENT.hodInput, digest(hash, hodInput(p, n)), hash);

export const oiData = (p: Purchase, n: Nonces, hash: Hash): Buffer =>
  sequence(
    transIds(p, n),
    octetString(n.rrpid),
    octetString(n.challengeC),
    hod(p, n, hash),
    octetString(n.salt),
    octetString(n.challengeM),
    visibleString(p.brand),
    numericString(p.pan.slice(0, 6)),
  );

export const piHead = (p: Purchase, n: Nonces, hash: Hash): Buffer =>
  sequence(
    transIds(p, n),
    sequence(hod(p, n, hash), amountDer(p)),
    visibleString(p.merchantId),
    // TransStain: HMAC of the transaction with the card secret.
    octetString(createHmac('sha1', n.cardSecret).update(n.xid).digest()),
    visibleString('paymedic practice wallet'),
  );

export const panData = (p: Purchase, n: Nonces): Buffer =>
  sequence(numericString(p.pan), numericString(p.expiry), octetString(n.cardSecret), octetString(n.panNonce));

/** PANToken { pan, cardExpiry, exNonce }: the card data of a cardholder without a certificate. */
export const panToken = (p: Purchase, n: Nonces): Buffer =>
  sequence(numericString(p.pan), numericString(p.expiry), octetString(n.panNonce));

/** PInitResData { transIDs, rrpid, chall-C, chall-M, peThumb } as far as a request has to fit it. */
export const initResponseData = (p: Purchase, n: Nonces): Buffer =>
  sequence(transIds(p, n), octetString(n.rrpid), octetString(n.challengeC), octetString(n.challengeM));

const issuerAndSerial = (party: SetParty, issuer: SetParty): Buffer =>
  sequence(distinguishedNameDer(issuer.subject), integer(party.serial));

export interface SignedParts {
  /** What messageDigest is the digest of. */
  tbs: Buffer;
  contentType: string;
  /** Absent: the content stays away (operator SO). */
  content?: Buffer;
  signer: SetParty;
  issuer: SetParty;
  certificates: readonly SetParty[];
  hash: Hash;
  at: number;
  /** Signs the attributes (or `tbs` itself when `bare`). */
  sign(data: Buffer): Buffer;
  /** Without signed attributes. */
  bare?: boolean;
}

/** SignedData of the SET profile: version 2, RSA with the digest named. */
export function signedData(parts: SignedParts): Buffer {
  const attributes = [
    sequence(oid(ATTRIBUTE.contentType), setOf(oid(parts.contentType))),
    sequence(oid(ATTRIBUTE.signingTime), setOf(time(parts.at))),
    sequence(oid(ATTRIBUTE.messageDigest), setOf(octetString(digest(parts.hash, parts.tbs)))),
  ];
  const set = setOf(...attributes);
  const signature = parts.sign(parts.bare ? parts.tbs : set);
  const digestAlgorithm = algorithm(DIGEST_OID[parts.hash]);
  return sequence(
    integer(2),
    setOf(digestAlgorithm),
    sequence(oid(parts.contentType), ...(parts.content ? [tlv(0xa0, octetString(parts.content))] : [])),
    tlv(0xa0, ...parts.certificates.map((c) => c.certificate)),
    setOf(
      sequence(
        integer(2),
        issuerAndSerial(parts.signer, parts.issuer),
        digestAlgorithm,
        ...(parts.bare ? [] : [Buffer.concat([Buffer.of(0xa0), set.subarray(1)])]),
        algorithm(KEY_TRANSPORT.rsa),
        octetString(signature),
      ),
    ),
  );
}

/** EnvelopedData with DES-CBC and the card data behind the content key in the RSA block (operator EX of SET). */
export function envelopedData(
  plain: Buffer,
  extra: Buffer,
  recipient: SetParty,
  issuer: SetParty,
  recipientKey: KeyObject,
  contentType: string = SET_CONTENT.piDualSignedTbe,
): Buffer {
  const key = randomBytes(8);
  const iv = randomBytes(8);
  const cipher = createCipheriv('des-ede3-cbc', Buffer.concat([key, key, key]), iv);
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  const block = publicEncrypt(
    { key: recipientKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    Buffer.concat([key, extra]),
  );
  return sequence(
    integer(1),
    setOf(
      sequence(integer(0), issuerAndSerial(recipient, issuer), algorithm(KEY_TRANSPORT.setOaep), octetString(block)),
    ),
    sequence(oid(contentType), algorithm('1.3.14.3.2.7', octetString(iv)), tlv(0x80, ciphertext)),
  );
}

const contentInfo = (contentType: string, content: Buffer): Buffer => sequence(oid(contentType), tlv(0xa0, content));
export const signedContentInfo = (signed: Buffer): Buffer => contentInfo(CONTENT.signed, signed);
