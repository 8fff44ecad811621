// Makes certificates for the benchmarks without starting a process for each: a small DER writer and node:crypto.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const length = (n) =>
  n < 128
    ? Buffer.of(n)
    : n < 256
      ? Buffer.of(0x81, n)
      : n < 65536
        ? Buffer.of(0x82, n >> 8, n & 255)
        : Buffer.of(0x83, n >> 16, (n >> 8) & 255, n & 255);
export const tlv = (tag, ...parts) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), length(body.length), body]);
};
export const oid = (text) => {
  const [a, b, ...rest] = text.split('.').map(Number);
  const bytes = [a * 40 + b];
  for (const arc of rest) {
    const groups = [arc & 127];
    for (let n = Math.floor(arc / 128); n > 0; n = Math.floor(n / 128)) groups.unshift((n & 127) | 128);
    bytes.push(...groups);
  }
  return tlv(6, Buffer.from(bytes));
};
const seq = (...parts) => tlv(0x30, ...parts);
const utc = (ms) => tlv(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
const name = (cn) =>
  seq(
    tlv(0x31, seq(oid('2.5.4.6'), tlv(0x13, Buffer.from('NL')))),
    tlv(0x31, seq(oid('2.5.4.3'), tlv(0x0c, Buffer.from(cn)))),
  );
const extension = (id, critical, value) =>
  seq(oid(id), ...(critical ? [Buffer.from('0101ff', 'hex')] : []), tlv(4, value));
const keyId = (spki) => createHash('sha1').update(spki).digest();
const uri = (text) => tlv(0x86, Buffer.from(text));
const ALGORITHM = {
  ec: seq(oid('1.2.840.10045.4.3.2')),
  rsa: seq(oid('1.2.840.113549.1.1.11'), Buffer.from('0500', 'hex')),
};

export function authority(cn, kind = 'ec') {
  const { privateKey, publicKey } =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { cn, kind, privateKey, spki: publicKey.export({ format: 'der', type: 'spki' }) };
}

/** A certificate in DER. */
export function certificate({
  subject,
  spki,
  issuer,
  days = 199,
  from = Date.now() - 86_400_000,
  ca = false,
  dns = [],
}) {
  const extensions = [
    extension('2.5.29.19', true, ca ? seq(Buffer.from('0101ff', 'hex')) : seq()),
    extension('2.5.29.15', true, ca ? Buffer.from('03020106', 'hex') : Buffer.from('03020780', 'hex')),
    extension('2.5.29.14', false, tlv(4, keyId(spki))),
    extension('2.5.29.35', false, seq(tlv(0x80, keyId(issuer.spki)))),
    ...(ca
      ? []
      : [
          extension('2.5.29.37', false, seq(oid('1.3.6.1.5.5.7.3.1'))),
          extension('2.5.29.17', false, seq(...dns.map((d) => tlv(0x82, Buffer.from(d))))),
        ]),
    extension('2.5.29.32', false, seq(seq(oid(ca ? '2.5.29.32.0' : '2.23.140.1.2.1')))),
    extension('1.3.6.1.5.5.7.1.1', false, seq(seq(oid('1.3.6.1.5.5.7.48.2'), uri('http://ca.example/ca.crt')))),
    extension('2.5.29.31', false, seq(seq(tlv(0xa0, tlv(0xa0, uri('http://ca.example/ca.crl')))))),
  ];
  const algorithm = ALGORITHM[issuer.kind];
  const serial = randomBytes(16);
  serial[0] = (serial[0] & 0x3f) | 0x40;
  const tbs = seq(
    tlv(0xa0, Buffer.from('020102', 'hex')),
    tlv(2, serial),
    algorithm,
    name(issuer.cn),
    seq(utc(from), utc(from + days * 86_400_000)),
    name(subject),
    spki,
    tlv(0xa3, seq(...extensions)),
  );
  return seq(tbs, algorithm, tlv(3, Buffer.of(0), sign('sha256', tbs, issuer.privateKey)));
}

/** A revocation list of `entries` serial numbers, in DER. */
export function revocationList(issuer, entries, from = Date.now() - 3_600_000) {
  const list = [];
  for (let i = 0; i < entries; i++) {
    const serial = Buffer.alloc(16, 1);
    serial.writeUInt32BE(i + 1, 12);
    list.push(seq(tlv(2, serial), utc(from), seq(extension('2.5.29.21', false, Buffer.from('0a0101', 'hex')))));
  }
  const algorithm = ALGORITHM[issuer.kind];
  const tbs = seq(
    Buffer.from('020101', 'hex'),
    algorithm,
    name(issuer.cn),
    utc(from),
    utc(from + 7 * 86_400_000),
    tlv(0x30, Buffer.concat(list)),
    tlv(
      0xa0,
      seq(
        extension('2.5.29.35', false, seq(tlv(0x80, keyId(issuer.spki)))),
        extension('2.5.29.20', false, Buffer.from('020107', 'hex')),
      ),
    ),
  );
  return seq(tbs, algorithm, tlv(3, Buffer.of(0), sign('sha256', tbs, issuer.privateKey)));
}

export const pem = (der, label = 'CERTIFICATE') =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')}\n-----END ${label}-----\n`;
