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

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => tlv(0x30, ...parts);
const set = (...parts: Buffer[]): Buffer => tlv(0x31, ...parts);
const octets = (...parts: Buffer[]): Buffer => tlv(0x04, ...parts);
const bits = (content: Buffer, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), content);
const flag = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 255 : 0]));

function integer(bytes: Buffer): Buffer {
  const short = bytes.subarray(
    Math.max(
      0,
      bytes.findIndex((byte) => byte !== 0),
    ),
  );
  return tlv(0x02, short[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short);
}

function oid(dotted: string): Buffer {
  const numbers = dotted.split('.').map(Number);
  const bytes = [numbers[0]! * 40 + numbers[1]!];
  for (const number of numbers.slice(2)) {
    const base128 = [number & 127];
    for (let rest = number >>> 7; rest > 0; rest >>>= 7) base128.unshift((rest & 127) | 128);
    bytes.push(...base128);
  }
  return tlv(0x06, Buffer.from(bytes));
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, '').replace(/\..*/, 'Z');
  return Number(text.slice(0, 4)) < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}

function name(parts: { [attribute: string]: string }): Buffer {
  const oids: { [attribute: string]: string } = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' };
  return sequence(
    ...Object.entries(parts).map(([key, value]) =>
      set(sequence(oid(oids[key]!), tlv(key === 'C' ? 0x13 : 0x0c, Buffer.from(value)))),
    ),
  );
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
/** sha256WithRSAEncryption and sha1WithRSAEncryption, with their NULL parameters (RFC 4055 section 5, RFC 3279 section 2.2.1). */
const RSA_SIGNATURES = {
  sha256: sequence(oid('1.2.840.113549.1.1.11'), tlv(0x05)),
  sha1: sequence(oid('1.2.840.113549.1.1.5'), tlv(0x05)),
};
type Digest = keyof typeof RSA_SIGNATURES;
const algorithmOf = (key: KeyObject, digest: Digest): Buffer =>
  key.asymmetricKeyType === 'rsa' ? RSA_SIGNATURES[digest] : ECDSA_SHA256;
const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), ...(critical ? [flag(true)] : []), octets(value));

function pem(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;
}

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
    name(plan.issuer?.subject ?? plan.subject),
    sequence(time(plan.notBefore), time(plan.notAfter)),
    name(plan.subject),
    spki,
    tlv(0xa3, sequence(...extensions)),
  );
  return {
    cert: pem('CERTIFICATE', signed(body, issuerKey, digest)),
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
    name(issuer.subject),
    time(thisUpdate),
    time(nextUpdate),
    ...(entries.length ? [sequence(...entries)] : []),
    tlv(0xa0, extensions),
  );
  return pem('X509 CRL', signed(body, key));
}
