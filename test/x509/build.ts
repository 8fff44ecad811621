/** Makes certificates and revocation lists for tests: a small DER writer, and every field open to be wrong on purpose. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { parseCertificate } from '../../src/x509/certificate.ts';
import { parseRevocationList } from '../../src/x509/crl.ts';
import type { Certificate, RevocationList } from '../../src/x509/types.ts';

export function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const n = body.length;
  const header =
    n < 0x80
      ? [n]
      : n < 0x100
        ? [0x81, n]
        : n < 0x10000
          ? [0x82, n >> 8, n & 255]
          : [0x83, n >> 16, (n >> 8) & 255, n & 255];
  return Buffer.concat([Buffer.of(tag, ...header), body]);
}

export const seq = (...parts: Buffer[]): Buffer => tlv(0x30, ...parts);
export const text = (tag: number, value: string): Buffer => tlv(tag, Buffer.from(value, 'utf8'));
export const TRUE = Buffer.from('0101ff', 'hex');

export function integer(value: bigint | number): Buffer {
  let hex = BigInt(value).toString(16);
  if (hex.length % 2) hex = `0${hex}`;
  const octets = Buffer.from(hex, 'hex');
  return tlv(2, octets[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets);
}

export function oid(dotted: string): Buffer {
  const [a, b, ...rest] = dotted.split('.').map(BigInt);
  const octets: number[] = [];
  for (const arc of [a! * 40n + b!, ...rest]) {
    const groups = [Number(arc & 127n)];
    for (let n = arc >> 7n; n > 0n; n >>= 7n) groups.unshift(Number(n & 127n) | 128);
    octets.push(...groups);
  }
  return tlv(6, Buffer.from(octets));
}

export function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return ms < Date.UTC(2050, 0, 1) ? text(0x17, digits.slice(2)) : text(0x18, digits);
}

const ATTRIBUTES: { [name: string]: string } = {
  C: '2.5.4.6',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
  serialNumber: '2.5.4.5',
};

/** `{ C: 'NL', CN: 'x' }` as a Name. */
export const name = (attributes: { [name: string]: string }): Buffer =>
  seq(
    ...Object.entries(attributes).map(([k, v]) =>
      tlv(0x31, seq(oid(ATTRIBUTES[k] ?? k), text(k === 'C' ? 0x13 : 0x0c, v))),
    ),
  );

export interface Ext {
  oid: string;
  critical?: boolean;
  value: Buffer;
}

export const ext = {
  basic: (ca: boolean, pathLength?: number): Ext => ({
    oid: '2.5.29.19',
    critical: true,
    value: seq(...(ca ? [TRUE] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
  }),
  /** `bits` as in a BIT STRING: 0x80 digitalSignature, 0x06 keyCertSign and cRLSign. */
  usage: (bits: number): Ext => ({
    oid: '2.5.29.15',
    critical: true,
    value: tlv(3, Buffer.of(31 - Math.clz32(bits & -bits), bits)),
  }),
  purposes: (...oids: string[]): Ext => ({ oid: '2.5.29.37', value: seq(...oids.map(oid)) }),
  names: (...list: Buffer[]): Ext => ({ oid: '2.5.29.17', value: seq(...list) }),
  subjectKey: (spki: Buffer): Ext => ({ oid: '2.5.29.14', value: tlv(4, keyId(spki)) }),
  authorityKey: (spki: Buffer): Ext => ({ oid: '2.5.29.35', value: seq(tlv(0x80, keyId(spki))) }),
  policies: (...oids: string[]): Ext => ({ oid: '2.5.29.32', value: seq(...oids.map((o) => seq(oid(o)))) }),
  mappings: (...pairs: [string, string][]): Ext => ({
    oid: '2.5.29.33',
    critical: true,
    value: seq(...pairs.map(([a, b]) => seq(oid(a), oid(b)))),
  }),
  policyConstraints: (requireExplicit?: number, inhibitMapping?: number): Ext => ({
    oid: '2.5.29.36',
    critical: true,
    value: seq(
      ...(requireExplicit === undefined ? [] : [tlv(0x80, Buffer.of(requireExplicit))]),
      ...(inhibitMapping === undefined ? [] : [tlv(0x81, Buffer.of(inhibitMapping))]),
    ),
  }),
  inhibitAny: (skip: number): Ext => ({ oid: '2.5.29.54', critical: true, value: integer(skip) }),
  constraints: (permitted: Buffer[], excluded: Buffer[] = []): Ext => ({
    oid: '2.5.29.30',
    critical: true,
    value: seq(
      ...(permitted.length ? [tlv(0xa0, ...permitted.map((p) => seq(p)))] : []),
      ...(excluded.length ? [tlv(0xa1, ...excluded.map((p) => seq(p)))] : []),
    ),
  }),
  distribution: (...uris: string[]): Ext => ({
    oid: '2.5.29.31',
    value: seq(...uris.map((u) => seq(tlv(0xa0, tlv(0xa0, text(0x86, u)))))),
  }),
  access: (...pairs: [string, string][]): Ext => ({
    oid: '1.3.6.1.5.5.7.1.1',
    value: seq(...pairs.map(([method, uri]) => seq(oid(method), text(0x86, uri)))),
  }),
};

export const dns = (value: string): Buffer => text(0x82, value);
export const email = (value: string): Buffer => text(0x81, value);
export const ip = (...octets: number[]): Buffer => tlv(0x87, Buffer.from(octets));
export const SERVER = '1.3.6.1.5.5.7.3.1';
export const CLIENT = '1.3.6.1.5.5.7.3.2';
export const ANY_POLICY = '2.5.29.32.0';

export const keyId = (spki: Buffer): Buffer => createHash('sha1').update(spki).digest();

export interface Party {
  name: { [attribute: string]: string };
  privateKey: KeyObject;
  spki: Buffer;
  /** Algorithm identifier of its signatures. */
  algorithm: Buffer;
}

export function party(
  attributes: { [attribute: string]: string } | string,
  kind: 'ec' | 'rsa' | 'ed25519' = 'ec',
): Party {
  const pair =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ed25519');
  const algorithm =
    kind === 'ec'
      ? seq(oid('1.2.840.10045.4.3.2'))
      : kind === 'rsa'
        ? seq(oid('1.2.840.113549.1.1.11'), Buffer.from('0500', 'hex'))
        : seq(oid('1.3.101.112'));
  return {
    name: typeof attributes === 'string' ? { C: 'NL', CN: attributes } : attributes,
    privateKey: pair.privateKey,
    spki: pair.publicKey.export({ format: 'der', type: 'spki' }),
    algorithm,
  };
}

const signed = (tbs: Buffer, by: Party): Buffer =>
  seq(
    tbs,
    by.algorithm,
    tlv(3, Buffer.of(0), sign(by.privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256', tbs, by.privateKey)),
  );

const extension = (e: Ext): Buffer => seq(oid(e.oid), ...(e.critical ? [TRUE] : []), tlv(4, e.value));

export const NOW = Date.UTC(2026, 5, 1);
export const DAY = 86_400_000;
let nextSerial = 0x4000_0000_0000_0000n;

export interface CertificateDraft {
  subject: Party;
  issuer: Party;
  from?: number;
  until?: number;
  serial?: bigint;
  extensions?: Ext[];
}

export function certificateDer(draft: CertificateDraft): Buffer {
  const { subject, issuer, from = NOW - 10 * DAY, until = NOW + 80 * DAY, extensions = [] } = draft;
  const tbs = seq(
    tlv(0xa0, integer(2)),
    integer(draft.serial ?? nextSerial++),
    issuer.algorithm,
    name(issuer.name),
    seq(time(from), time(until)),
    name(subject.name),
    subject.spki,
    ...(extensions.length ? [tlv(0xa3, seq(...extensions.map(extension)))] : []),
  );
  return signed(tbs, issuer);
}

export const certificate = (draft: CertificateDraft): Certificate => parseCertificate(certificateDer(draft));

/** A CA certificate as RFC 5280 asks for it, with `more` extensions. */
export const caCertificate = (subject: Party, issuer: Party, more: Ext[] = [], pathLength?: number): Certificate =>
  certificate({
    subject,
    issuer,
    from: NOW - 100 * DAY,
    until: NOW + 1000 * DAY,
    extensions: [
      ext.basic(true, pathLength),
      ext.usage(0x06),
      ext.subjectKey(subject.spki),
      ...(subject === issuer ? [] : [ext.authorityKey(issuer.spki)]),
      ...more,
    ],
  });

/** A server certificate as RFC 5280 and the CA/Browser Forum ask for it, with `more` extensions. */
export const serverCertificate = (subject: Party, issuer: Party, hosts: string[], more: Ext[] = []): Certificate =>
  certificate({
    subject,
    issuer,
    extensions: [
      ext.basic(false),
      ext.usage(0x80),
      ext.authorityKey(issuer.spki),
      ext.purposes(SERVER),
      ext.names(...hosts.map(dns)),
      ...more,
    ],
  });

export interface ListDraft {
  issuer: Party;
  revoked?: { serial: bigint; time?: number; reason?: number }[];
  from?: number;
  until?: number;
  number?: number;
  extensions?: Ext[];
}

export function listDer({
  issuer,
  revoked = [],
  from = NOW - DAY,
  until = NOW + 5 * DAY,
  number = 1,
  extensions = [],
}: ListDraft): Buffer {
  const entries = revoked.map(({ serial, time: at = NOW - 2 * DAY, reason }) =>
    seq(
      integer(serial),
      time(at),
      ...(reason === undefined ? [] : [seq(extension({ oid: '2.5.29.21', value: tlv(10, Buffer.of(reason)) }))]),
    ),
  );
  const all = [
    { oid: '2.5.29.35', value: seq(tlv(0x80, keyId(issuer.spki))) },
    { oid: '2.5.29.20', value: integer(number) },
    ...extensions,
  ];
  const tbs = seq(
    integer(1),
    issuer.algorithm,
    name(issuer.name),
    time(from),
    time(until),
    ...(entries.length ? [seq(...entries)] : []),
    tlv(0xa0, seq(...all.map(extension))),
  );
  return signed(tbs, issuer);
}

export const revocationList = (draft: ListDraft): RevocationList => parseRevocationList(listDer(draft));

const generalized = (ms: number): Buffer =>
  text(0x18, `${new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`);

export interface ResponseDraft {
  issuer: Party;
  serial: bigint;
  state?: 'good' | 'revoked' | 'unknown';
  from?: number;
  until?: number;
  /** Signs in the place of the issuer. */
  signer?: Party;
}

/** An OCSP response about one certificate (RFC 6960 4.2.1). */
export function ocspResponseDer(draft: ResponseDraft): Buffer {
  const { issuer, serial, state = 'good', from = NOW - DAY, until = NOW + 5 * DAY, signer = issuer } = draft;
  const key = issuer.spki.subarray(issuer.spki.length - 65);
  const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest();
  const status = state === 'good' ? tlv(0x80) : state === 'revoked' ? tlv(0xa1, generalized(NOW - 2 * DAY)) : tlv(0x82);
  const single = seq(
    seq(
      seq(oid('1.3.14.3.2.26'), Buffer.from('0500', 'hex')),
      tlv(4, sha1(name(issuer.name))),
      tlv(4, sha1(key)),
      integer(serial),
    ),
    status,
    generalized(from),
    tlv(0xa0, generalized(until)),
  );
  const data = seq(tlv(0xa2, tlv(4, sha1(key))), generalized(from), seq(single));
  const basic = signed(data, signer);
  return seq(tlv(10, Buffer.of(0)), tlv(0xa0, seq(oid('1.3.6.1.5.5.7.48.1.1'), tlv(4, basic))));
}

export const keyPem = (of: Party): string => of.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

export const pem = (der: Buffer, label = 'CERTIFICATE'): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')}\n-----END ${label}-----\n`;
