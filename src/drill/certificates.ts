/** Real certificates and revocation lists, made on the spot: DER written here, keys and signatures by node:crypto. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import {
  bitString as bits,
  distinguishedNameDer,
  extension,
  boolean as flag,
  integer,
  octetString as octets,
  oid,
  pemText,
  sequence,
  time,
  tlv,
} from '../x509/write-der.ts';

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
/** sha256WithRSAEncryption and sha1WithRSAEncryption, with their NULL parameters (RFC 4055 section 5, RFC 3279 section 2.2.1). */
const RSA_SIGNATURES = {
  sha256: sequence(oid('1.2.840.113549.1.1.11'), tlv(0x05)),
  sha1: sequence(oid('1.2.840.113549.1.1.5'), tlv(0x05)),
};
type Digest = keyof typeof RSA_SIGNATURES;
const algorithmOf = (key: KeyObject, digest: Digest): Buffer =>
  key.asymmetricKeyType === 'rsa' ? RSA_SIGNATURES[digest] : ECDSA_SHA256;

function signed(body: Buffer, key: KeyObject, digest: Digest = 'sha256'): Buffer {
  return sequence(
    body,
    algorithmOf(key, digest),
    bits(
      createSign(key.asymmetricKeyType === 'rsa' ? digest : 'sha256')
        .update(body)
        .sign(key),
    ),
  );
}

export interface Issued {
  /** PEM of the certificate and of its private key. */
  cert: string;
  key: string;
  subject: { [attribute: string]: string };
  /** Serial number, upper-case hexadecimal. */
  serial: string;
  notBefore: number;
  notAfter: number;
}

export interface CertificatePlan {
  subject: { [attribute: string]: string };
  /** Undefined: signed by itself. */
  issuer?: Issued;
  notBefore: number;
  notAfter: number;
  ca?: boolean;
  names?: string[];
  usage?: 'server' | 'client';
  crl?: string;
  /** Path length constraint of an authority (RFC 5280 section 4.2.1.9). */
  pathLength?: number;
  /** DNS subtrees an authority may issue for (RFC 5280 section 4.2.1.10). */
  permitted?: string[];
  /** Demands a stapled OCSP response (RFC 7633). */
  mustStaple?: boolean;
  /** RSA key of that many bits instead of a P-256 key. */
  rsaBits?: number;
  /** Digest of the signature, where the issuer's key is RSA. */
  digest?: Digest;
  /** Key of an earlier certificate, PEM; a new P-256 key when not given. */
  key?: string;
}

/** Issues one certificate with a fresh or given key (RFC 5280); P-256 unless said otherwise. */
export function issue(plan: CertificatePlan): Issued {
  const privateKey = plan.key
    ? createPrivateKey(plan.key)
    : plan.rsaBits
      ? generateKeyPairSync('rsa', { modulusLength: plan.rsaBits }).privateKey
      : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const digest = plan.digest ?? 'sha256';
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const issuerKey = plan.issuer ? createPrivateKey(plan.issuer.key) : privateKey;
  const issuerSpki = createPublicKey(issuerKey).export({ type: 'spki', format: 'der' });
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const keyId = (der: Buffer): Buffer => createHash('sha1').update(der.subarray(-65)).digest();
  const extensions = [
    extension(
      '2.5.29.19',
      true,
      plan.ca
        ? sequence(flag(true), ...(plan.pathLength === undefined ? [] : [integer(Buffer.from([plan.pathLength]))]))
        : sequence(),
    ),
    // keyCertSign and cRLSign, or digitalSignature.
    extension('2.5.29.15', true, plan.ca ? bits(Buffer.from([0x06]), 1) : bits(Buffer.from([0x80]), 7)),
    extension('2.5.29.14', false, octets(keyId(spki))),
    extension('2.5.29.35', false, sequence(tlv(0x80, keyId(issuerSpki)))),
  ];
  if (plan.usage)
    extensions.push(
      extension('2.5.29.37', false, sequence(oid(plan.usage === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2'))),
    );
  if (plan.names)
    extensions.push(extension('2.5.29.17', false, sequence(...plan.names.map((dns) => tlv(0x82, Buffer.from(dns))))));
  if (plan.crl)
    extensions.push(
      extension('2.5.29.31', false, sequence(sequence(tlv(0xa0, tlv(0xa0, tlv(0x86, Buffer.from(plan.crl))))))),
    );
  if (plan.permitted)
    extensions.push(
      extension(
        '2.5.29.30',
        true,
        sequence(tlv(0xa0, ...plan.permitted.map((dns) => sequence(tlv(0x82, Buffer.from(dns)))))),
      ),
    );
  // status_request (5) in the list of TLS features.
  if (plan.mustStaple) extensions.push(extension('1.3.6.1.5.5.7.1.24', false, sequence(integer(Buffer.from([5])))));
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithmOf(issuerKey, digest),
    distinguishedNameDer(plan.issuer?.subject ?? plan.subject),
    sequence(time(plan.notBefore), time(plan.notAfter)),
    distinguishedNameDer(plan.subject),
    spki,
    tlv(0xa3, sequence(...extensions)),
  );
  return {
    cert: pemText('CERTIFICATE', signed(body, issuerKey, digest)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    subject: plan.subject,
    serial: serial.toString('hex').toUpperCase(),
    notBefore: plan.notBefore,
    notAfter: plan.notAfter,
  };
}

/** A revocation list of `issuer` as PEM (RFC 5280 section 5). */
export function revocationList(
  issuer: Issued,
  thisUpdate: number,
  nextUpdate: number,
  revoked: readonly { serial: string; time: number; reason: number }[],
): string {
  const entries = revoked.map((entry) =>
    sequence(
      integer(Buffer.from(entry.serial, 'hex')),
      time(entry.time),
      sequence(extension('2.5.29.21', false, tlv(0x0a, Buffer.from([entry.reason])))),
    ),
  );
  const key = createPrivateKey(issuer.key);
  const keyId = createHash('sha1')
    .update(createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-65))
    .digest();
  const extensions = sequence(
    extension('2.5.29.35', false, sequence(tlv(0x80, keyId))),
    extension('2.5.29.20', false, integer(Buffer.from([7]))),
  );
  const body = sequence(
    integer(Buffer.from([1])),
    algorithmOf(key, 'sha256'),
    distinguishedNameDer(issuer.subject),
    time(thisUpdate),
    time(nextUpdate),
    ...(entries.length ? [sequence(...entries)] : []),
    tlv(0xa0, extensions),
  );
  return pemText('X509 CRL', signed(body, key));
}
