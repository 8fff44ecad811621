/** Keys in every encoding that is met in files: what kind, how large, whose. No private value leaves this file. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type Der, DerReader, TAG } from './der.ts';
import { KEY_ALGORITHMS } from './oids.ts';
import { type PublicKey, parsePublicKey, sha256Hex } from './spki.ts';
import type { KeyInfo } from './types.ts';

/** Key facts from a SubjectPublicKeyInfo. */
export function publicKeyInfo(spki: Buffer, format: string, kind: KeyInfo['kind'] = 'public'): KeyInfo {
  const key: PublicKey = parsePublicKey(spki);
  return {
    kind,
    encrypted: false,
    algorithm: key.label,
    ...(key.bits === undefined ? {} : { bits: key.bits }),
    spkiSha256: sha256Hex(spki),
    spki: spki.toString('base64'),
    format,
  };
}

/**
 * Facts about a private key in DER. `form` says which structure it is; when the runtime cannot load the key, the
 * algorithm is still named from the structure and the public half stays unknown.
 */
export function privateKeyInfo(der: Buffer, form: 'pkcs8' | 'pkcs1' | 'sec1' | 'dsa', format: string): KeyInfo {
  try {
    const key: KeyObject =
      form === 'dsa'
        ? createPrivateKey(`-----BEGIN DSA PRIVATE KEY-----\n${wrap(der)}\n-----END DSA PRIVATE KEY-----\n`)
        : createPrivateKey({ key: der, format: 'der', type: form });
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    return publicKeyInfo(spki, format, 'private');
  } catch {
    const rsa = form === 'pkcs1' ? rsaPublicHalf(der) : form === 'pkcs8' ? rsaPublicHalf(innerKey(der)) : undefined;
    if (rsa) return publicKeyInfo(rsa, format, 'private');
    const algorithm = form === 'pkcs8' ? pkcs8Algorithm(der) : form === 'sec1' ? 'EC' : form === 'dsa' ? 'DSA' : 'RSA';
    return { kind: 'private', encrypted: false, ...(algorithm ? { algorithm } : {}), format };
  }
}

const wrap = (der: Buffer): string => der.toString('base64').replace(/(.{64})/g, '$1\n');

function pkcs8Algorithm(der: Buffer): string | undefined {
  const reader = new DerReader(der);
  const outer = reader.read(0, der.length);
  const [, algorithm] = outer ? reader.children(outer, 4) : [];
  const oid = algorithm ? reader.oid(reader.read(algorithm.content, algorithm.end)) : '';
  return oid ? (KEY_ALGORITHMS[oid]?.name ?? oid) : undefined;
}

function innerKey(der: Buffer): Buffer {
  const reader = new DerReader(der);
  const outer = reader.read(0, der.length);
  const [, , value] = outer ? reader.children(outer, 4) : [];
  return value?.id === TAG.octetString ? reader.contents(value) : Buffer.alloc(0);
}

/** SubjectPublicKeyInfo of an RSAPrivateKey (RFC 8017 A.1.2) that the runtime refuses, read from its own fields. */
function rsaPublicHalf(der: Buffer): Buffer | undefined {
  const reader = new DerReader(der);
  const outer = reader.read(0, der.length);
  const [, modulus, exponent] = outer?.id === TAG.sequence ? reader.children(outer, 12) : [];
  if (modulus?.id !== TAG.integer || exponent?.id !== TAG.integer) return undefined;
  return rsaSpki(Buffer.concat([reader.slice(modulus), reader.slice(exponent)]));
}

/** SubjectPublicKeyInfo around the two INTEGERs of an RSA public key. */
export function rsaSpki(integers: Buffer): Buffer {
  const algorithm = Buffer.from('300d06092a864886f70d0101010500', 'hex');
  return encode(
    TAG.sequence,
    Buffer.concat([algorithm, encode(TAG.bitString, Buffer.concat([Buffer.of(0), encode(TAG.sequence, integers)]))]),
  );
}

/** One DER value. */
export function encode(id: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(id, length), content]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest & 0xff);
  return Buffer.concat([Buffer.of(id, 0x80 | octets.length, ...octets), content]);
}

export type DerKind =
  | 'certificate'
  | 'crl'
  | 'csr'
  | 'pkcs7'
  | 'pkcs12'
  | 'pkcs8'
  | 'pkcs1'
  | 'sec1'
  | 'dsa'
  | 'encrypted-pkcs8'
  | 'spki'
  | 'rsa-public'
  | 'ocsp'
  | 'unknown';

/** Tells by its structure what a DER value is. */
export function classifyDer(der: Buffer): DerKind {
  const reader = new DerReader(der);
  const outer = reader.read(0, der.length);
  if (outer?.id !== TAG.sequence) return 'unknown';
  const [a, b, c] = reader.children(outer, 4);
  if (!a) return 'unknown';
  if (a.id === TAG.enumerated) return 'ocsp';
  if (a.id === TAG.oid) return reader.oid(a) === '1.2.840.113549.1.7.2' ? 'pkcs7' : 'unknown';
  if (a.id === TAG.integer) {
    if (b?.id === TAG.sequence)
      return c?.id === TAG.octetString ? 'pkcs8' : reader.smallInteger(a) === 3 ? 'pkcs12' : 'unknown';
    if (b?.id === TAG.octetString) return 'sec1';
    if (b?.id !== TAG.integer) return 'unknown';
    if (!c) return 'rsa-public';
    return reader.children(outer, 12).length >= 9 ? 'pkcs1' : 'dsa';
  }
  if (a.id !== TAG.sequence || !b) return 'unknown';
  if (b.id === TAG.octetString) return 'encrypted-pkcs8';
  if (b.id === TAG.bitString) return 'spki';
  return b.id === TAG.sequence ? classifySigned(reader, a) : 'unknown';
}

function classifySigned(reader: DerReader, tbs: Der): DerKind {
  const fields = reader.children(tbs, 12).slice(0, 6);
  const [first, second, third, fourth, fifth] = fields;
  const isTime = (n: Der | undefined): boolean => n?.id === TAG.utcTime || n?.id === TAG.generalizedTime;
  if (isTime(third) || isTime(fourth)) return 'crl';
  if (
    first?.id === TAG.integer &&
    second?.id === TAG.sequence &&
    third?.id === TAG.sequence &&
    fields.length <= 4 &&
    fourth?.id !== TAG.sequence
  ) {
    return 'csr';
  }
  if (first?.id === 0xa0 || (first?.id === TAG.integer && fifth?.id === TAG.sequence) || fields.length >= 5)
    return 'certificate';
  return 'certificate';
}
