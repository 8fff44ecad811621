/** Makes purchase requests, sound or broken in one named way, with fresh keys: for tests and drills. */
import { createPublicKey, randomBytes, sign } from 'node:crypto';
import { type Der, DerReader } from '../../x509/der.ts';
import { octetString, sequence, setOf, tlv } from '../../x509/write-der.ts';
import { digest } from '../two-part/oracle.ts';
import type { Hash } from '../two-part/types.ts';
import { issueSetCertificate, type SetParty, type SetWorld } from './certificates.ts';
import type { SetCode } from './judge.ts';
import { SET_CONTENT } from './oids.ts';
import { detachedDigest, piTbs } from './pi-tbs.ts';
import { unsignedRequest } from './unsigned.ts';
import {
  envelopedData,
  freshNonces,
  initResponseData,
  type Nonces,
  oiData,
  type Purchase,
  panData,
  panToken,
  piHead,
  signedContentInfo,
  signedData,
} from './write.ts';

/** Ways to break a purchase request, each with what the judge has to say about it. */
export const SET_FAULTS = {
  'order-altered': 'order-altered',
  'payment-altered': 'payment-altered',
  'both-altered': 'both-altered',
  'order-digest-wrong': 'stated-digest-wrong',
  'payment-digest-wrong': 'stated-digest-wrong',
  'digests-swapped': 'digests-swapped',
  'joined-as-text': 'joined-differently',
  'digest-over-text': 'digested-differently',
  'other-key': 'wrong-key',
  'signature-cut': 'signature-damaged',
  'attributes-altered': 'other-content',
  'other-order-in-payment': 'views-disagree',
  'other-transaction-in-payment': 'views-disagree',
  'message-cut': 'message-truncated',
  'ciphertext-cut': 'sealed-incomplete',
  'ciphertext-altered': 'sealed-incomplete',
  'encrypted-key-cut': 'sealed-incomplete',
  'sealed-for-merchant': 'sealed-for-another',
  'issued-by-merchant-ca': 'chain-illegal',
  'signed-by-merchant': 'chain-illegal',
  'certificate-expired': 'chain-illegal',
  replayed: 'challenge-replayed',
} as const satisfies { [fault: string]: SetCode };

export type SetFaultName = keyof typeof SET_FAULTS;

export interface MadeRequest {
  /** PReqDualSigned, DER. */
  message: Buffer;
  /** PInitRes of the same purchase, DER. */
  initResponse: Buffer;
  nonces: Nonces;
  /** What the parties hold, for parts kept side by side. */
  parts: { oiData: Buffer; piData: Buffer; orderDigest: Buffer; paymentDigest: Buffer };
}

export interface MakeOptions {
  fault?: SetFaultName;
  /** Digest of parts and signature; SET prescribed SHA-1. */
  hash?: Hash;
  /** Sign the digests without attributes in between. */
  bare?: boolean;
}

const hexText = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('hex'), 'latin1');

/** One purchase request of the cardholder of this world. */
export function makePurchaseRequest(world: SetWorld, purchase: Purchase, options: MakeOptions = {}): MadeRequest {
  const { fault, hash = 'sha1' } = options;
  const nonces = freshNonces();
  const order = oiData(purchase, nonces, hash);
  const head = piHead(
    fault === 'other-order-in-payment' ? { ...purchase, description: `${purchase.description}, express` } : purchase,
    fault === 'other-transaction-in-payment' ? { ...nonces, xid: randomBytes(20) } : nonces,
    hash,
  );
  const pan = panData(purchase, nonces);
  const payment = sequence(head, pan);
  const digestOf = (der: Buffer): Buffer => digest(hash, fault === 'digest-over-text' ? hexText(der) : der);
  const orderDigest = digestOf(order);
  const paymentDigest = digestOf(payment);
  const signature = signedPart(world, purchase, paymentDigest, orderDigest, options);

  // What travels: changed after signing where the fault says so.
  const changed: Purchase = { ...purchase, amount: purchase.amount * 10 };
  const orderChanged = fault === 'order-altered' || fault === 'both-altered';
  const paymentChanged = fault === 'payment-altered' || fault === 'both-altered';
  const sentOrder = orderChanged ? oiData(changed, nonces, hash) : order;
  const sentHead = paymentChanged ? piHead({ ...purchase, merchantId: 'Other Shop' }, nonces, hash) : head;
  const link = detachedDigest(
    SET_CONTENT.oiData,
    fault === 'order-digest-wrong' ? randomBytes(orderDigest.length) : orderDigest,
    hash,
  );
  const [recipient, issuer] =
    fault === 'sealed-for-merchant' ? [world.merchant, world.merchantCa] : [world.gateway, world.gatewayCa];
  const sealed = envelopedData(sequence(sentHead, link), pan, recipient, issuer, createPublicKey(recipient.privateKey));
  const message = sequence(
    sequence(signature, damagedEnvelope(sealed, fault)),
    sequence(
      sentOrder,
      detachedDigest(
        SET_CONTENT.piData,
        fault === 'payment-digest-wrong' ? randomBytes(paymentDigest.length) : paymentDigest,
        hash,
      ),
    ),
  );
  return {
    message: fault === 'message-cut' ? message.subarray(0, Math.floor(message.length * 0.8)) : message,
    initResponse: initResponse(world, purchase, fault === 'replayed' ? freshNonces() : nonces, hash),
    nonces,
    parts: { oiData: order, piData: payment, orderDigest, paymentDigest },
  };
}

function signedPart(
  world: SetWorld,
  purchase: Purchase,
  paymentDigest: Buffer,
  orderDigest: Buffer,
  { fault, hash = 'sha1', bare = false }: MakeOptions,
): Buffer {
  const { signer, issuer } = signerOf(world, fault, purchase.date);
  const tbs =
    fault === 'digests-swapped'
      ? piTbs(orderDigest, paymentDigest, hash)
      : fault === 'joined-as-text'
        ? Buffer.concat([hexText(paymentDigest), hexText(orderDigest)])
        : piTbs(paymentDigest, orderDigest, hash);
  const key = fault === 'other-key' ? world.merchant.privateKey : signer.privateKey;
  return signedData({
    tbs,
    contentType: SET_CONTENT.piTbs,
    signer,
    issuer,
    certificates: [signer, issuer, world.cardholderCa, world.brand, world.root, world.gateway, world.merchant],
    hash,
    at: purchase.date,
    bare,
    sign: (data) => {
      const signature = sign(hash, fault === 'attributes-altered' ? Buffer.concat([data, Buffer.of(0)]) : data, key);
      return fault === 'signature-cut' ? signature.subarray(0, -1) : signature;
    },
  });
}

function signerOf(
  world: SetWorld,
  fault: SetFaultName | undefined,
  date: number,
): { signer: SetParty; issuer: SetParty } {
  const day = 24 * 3_600_000;
  const plan = { role: 'card' as const, name: 'c7a1f0d3', notBefore: date - 300 * day, notAfter: date + 60 * day };
  switch (fault) {
    case 'issued-by-merchant-ca':
      return { signer: issueSetCertificate({ ...plan, issuer: world.merchantCa }), issuer: world.merchantCa };
    case 'signed-by-merchant':
      return { signer: world.merchant, issuer: world.merchantCa };
    case 'certificate-expired':
      return {
        signer: issueSetCertificate({ ...plan, notAfter: date - day, issuer: world.cardholderCa }),
        issuer: world.cardholderCa,
      };
    default:
      return { signer: world.cardholder, issuer: world.cardholderCa };
  }
}

/** The envelope with one part damaged and all lengths written anew, as software does that cuts a field. */
function damagedEnvelope(der: Buffer, fault: SetFaultName | undefined): Buffer {
  if (fault !== 'ciphertext-cut' && fault !== 'ciphertext-altered' && fault !== 'encrypted-key-cut') return der;
  const reader = new DerReader(der);
  const whole = (node: Der): Buffer => reader.slice(node);
  const [version, recipients, info] = reader.children(reader.read(0, der.length)!);
  const [type, cipher, body] = reader.children(info!);
  const ciphertext = Buffer.from(reader.contents(body!));
  if (fault === 'ciphertext-altered') ciphertext[ciphertext.length - 12]! ^= 0xff;
  const sent = fault === 'ciphertext-cut' ? ciphertext.subarray(0, -3) : ciphertext;
  const [recipient] = reader.children(recipients!);
  const [recipientVersion, id, transport, key] = reader.children(recipient!);
  const encryptedKey = reader.contents(key!);
  return sequence(
    whole(version!),
    setOf(
      sequence(
        whole(recipientVersion!),
        whole(id!),
        whole(transport!),
        octetString(fault === 'encrypted-key-cut' ? encryptedKey.subarray(0, -1) : encryptedKey),
      ),
    ),
    sequence(whole(type!), whole(cipher!), tlv(0x80, sent)),
  );
}

function initResponse(world: SetWorld, purchase: Purchase, nonces: Nonces, hash: Hash): Buffer {
  const content = initResponseData(purchase, nonces);
  return signedContentInfo(
    signedData({
      tbs: content,
      contentType: SET_CONTENT.pInitResData,
      content,
      signer: world.merchant,
      issuer: world.merchantCa,
      certificates: [world.merchant, world.merchantCa, world.brand, world.root, world.gateway, world.gatewayCa],
      hash,
      at: purchase.date,
      sign: (data) => sign(hash, data, world.merchant.privateKey),
    }),
  );
}

/** Ways to break a request that nobody signed. */
export const UNSIGNED_FAULTS = {
  'order-altered': 'order-altered',
  'payment-altered': 'payment-altered',
  'payment-digest-wrong': 'stated-digest-wrong',
  'other-transaction-in-payment': 'views-disagree',
  'ciphertext-cut': 'sealed-incomplete',
  'message-cut': 'message-truncated',
} as const satisfies { [fault: string]: SetCode };

/** PReqUnsigned of a cardholder without a certificate, DER. */
export function makeUnsignedRequest(world: SetWorld, purchase: Purchase, fault?: keyof typeof UNSIGNED_FAULTS): Buffer {
  // The digest shares the RSA block with key and card data: SHA-1 is what fits 1024 bits, and what SET prescribed.
  const hash = 'sha1';
  const nonces = freshNonces();
  const order = oiData(purchase, nonces, hash);
  const head = piHead(
    purchase,
    fault === 'other-transaction-in-payment' ? { ...nonces, xid: randomBytes(20) } : nonces,
    hash,
  );
  const pan = panToken(purchase, nonces);
  const linked = (h: Buffer): Buffer => sequence(h, detachedDigest(SET_CONTENT.oiData, digest(hash, order), hash));
  const sentHead = fault === 'payment-altered' ? piHead({ ...purchase, merchantId: 'Other Shop' }, nonces, hash) : head;
  const sealed = envelopedData(
    linked(sentHead),
    Buffer.concat([digest(hash, linked(head)), pan]),
    world.gateway,
    world.gatewayCa,
    createPublicKey(world.gateway.privateKey),
    SET_CONTENT.piUnsignedTbe,
  );
  const payment = digest(hash, sequence(head, pan));
  const message = unsignedRequest(
    damagedEnvelope(sealed, fault === 'ciphertext-cut' ? fault : undefined),
    fault === 'order-altered' ? oiData({ ...purchase, amount: purchase.amount * 10 }, nonces, hash) : order,
    detachedDigest(SET_CONTENT.piData, fault === 'payment-digest-wrong' ? randomBytes(payment.length) : payment, hash),
  );
  return fault === 'message-cut' ? message.subarray(0, message.length - 30) : message;
}
