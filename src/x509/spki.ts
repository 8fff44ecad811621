/** SubjectPublicKeyInfo: which key, how large, on which curve. */
import { createHash } from 'node:crypto';
import { CURVES } from './curves.ts';
import { type Der, DerReader, TAG } from './der.ts';
import { KEY_ALGORITHMS } from './oids.ts';

export interface PublicKey {
  /** Algorithm object identifier. */
  oid: string;
  /** `RSA`, `EC`, `Ed25519`, `SM2`, ... or the object identifier when unknown. */
  algorithm: string;
  bits?: number;
  curve?: string;
  curveOid?: string;
  /** EC domain parameters are spelled out instead of named. */
  explicitCurve?: boolean;
  /** `RSA 2048`, `EC P-256`. */
  label: string;
  /** RSA: modulus and exponent as unsigned big-endian octets (leading zero removed). */
  modulus?: Buffer;
  exponent?: Buffer;
  modulusNegative?: boolean;
  /** EC and other keys: the content of the BIT STRING. */
  point?: Buffer;
  /** Raw algorithm identifier. */
  algorithmDer: Buffer;
  /** Raw SubjectPublicKeyInfo. */
  der: Buffer;
  offset: number;
}

/** Field primes of the curves that certificates spell out, so that the curve can still be named. */
const primes: readonly [string, string, number][] = [
  ['fffffffffffffffffffffffffffffffeffffffffffffffff', 'P-192', 192],
  ['ffffffffffffffffffffffffffffffff000000000000000000000001', 'P-224', 224],
  ['ffffffff00000001000000000000000000000000ffffffffffffffffffffffff', 'P-256', 256],
  ['fffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff', 'P-384', 384],
  [`01${'ff'.repeat(65)}`, 'P-521', 521],
  ['fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f', 'secp256k1', 256],
];

const noBytes = Buffer.alloc(0);

/** What stands for a key that is not there. */
export const NO_KEY: PublicKey = {
  oid: '',
  algorithm: 'unreadable',
  label: 'unreadable',
  algorithmDer: noBytes,
  der: noBytes,
  offset: 0,
};

/** Reads a SubjectPublicKeyInfo (RFC 5280 4.1.2.7); whatever cannot be read is a defect and the key stays unnamed. */
export function readPublicKey(reader: DerReader, node: Der | undefined): PublicKey {
  if (!node) return NO_KEY;
  const der = reader.slice(node);
  const algorithmNode = node.id === TAG.sequence ? reader.read(node.content, node.end) : undefined;
  const keyNode = algorithmNode ? reader.read(algorithmNode.next, node.end) : undefined;
  const oidNode = algorithmNode ? reader.read(algorithmNode.content, algorithmNode.end) : undefined;
  if (!algorithmNode || !keyNode || !oidNode || keyNode.id !== TAG.bitString) {
    reader.defect(node.start, 'key/structure', 'the public key is not an algorithm followed by a BIT STRING');
    return { ...NO_KEY, der, offset: node.start };
  }
  const oid = reader.oid(oidNode);
  const parameters = oidNode.next < algorithmNode.end ? reader.read(oidNode.next, algorithmNode.end) : undefined;
  const known = KEY_ALGORITHMS[oid];
  const { bytes: point } = reader.bitString(keyNode);
  const key: PublicKey = {
    oid,
    algorithm: known?.name ?? (oid || 'unreadable'),
    label: known?.name ?? `unknown key algorithm ${oid}`,
    algorithmDer: reader.slice(algorithmNode),
    der,
    offset: node.start,
    point,
  };
  if (known?.bits) key.bits = known.bits;
  switch (key.algorithm) {
    case 'RSA':
    case 'RSA-PSS':
    case 'RSA-OAEP':
      readRsa(reader, keyNode, key);
      break;
    case 'EC':
      readCurve(reader, parameters, key);
      break;
    case 'DSA':
    case 'DH': {
      const p = parameters?.id === TAG.sequence ? reader.read(parameters.content, parameters.end) : undefined;
      if (p?.id === TAG.integer) key.bits = bitLength(reader.contents(p));
      break;
    }
  }
  if (key.algorithm !== 'EC' && key.algorithm !== 'SM2' && key.bits && !known?.bits)
    key.label = `${key.algorithm} ${key.bits}`;
  return key;
}

function readRsa(reader: DerReader, keyNode: Der, key: PublicKey): void {
  const sequence = reader.read(keyNode.content + 1, keyNode.end);
  const modulus = sequence?.id === TAG.sequence ? reader.read(sequence.content, sequence.end) : undefined;
  const exponent = modulus && sequence ? reader.read(modulus.next, sequence.end) : undefined;
  if (modulus?.id !== TAG.integer || exponent?.id !== TAG.integer) {
    reader.defect(keyNode.start, 'key/rsa', 'an RSA key must be a SEQUENCE of modulus and exponent (RFC 8017 A.1.1)');
    return;
  }
  reader.checkInteger(modulus, 'the RSA modulus');
  reader.checkInteger(exponent, 'the RSA exponent');
  key.modulusNegative = modulus.end > modulus.content && reader.bytes[modulus.content]! >= 0x80;
  key.modulus = unsigned(reader.contents(modulus));
  key.exponent = unsigned(reader.contents(exponent));
  key.bits = bitLength(key.modulus);
}

function readCurve(reader: DerReader, parameters: Der | undefined, key: PublicKey): void {
  if (parameters?.id === TAG.oid) {
    key.curveOid = reader.oid(parameters);
    const curve = CURVES[key.curveOid];
    key.curve = curve?.name ?? key.curveOid;
    if (curve) key.bits = curve.bits;
    if (key.curve === 'SM2') {
      key.algorithm = 'SM2';
      key.label = 'SM2';
    } else key.label = `EC ${key.curve}`;
    return;
  }
  key.explicitCurve = true;
  key.label = 'EC explicit parameters';
  if (parameters?.id !== TAG.sequence) {
    reader.defect(parameters?.start ?? key.offset, 'key/ec-parameters', 'an EC key without a curve');
    return;
  }
  // RFC 3279 2.3.5: version, FieldID { type, prime }, curve, base, order, cofactor.
  const [, field] = reader.children(parameters, 8);
  const [, prime] = field?.id === TAG.sequence ? reader.children(field, 4) : [];
  if (prime?.id !== TAG.integer) return;
  const p = unsigned(reader.contents(prime));
  const text = p.toString('hex');
  const match = primes.find(([hex]) => hex === text);
  key.bits = match?.[2] ?? bitLength(p);
  key.curve = match ? `${match[1]} (explicit parameters)` : `explicit parameters, ${key.bits} bits`;
  key.label = `EC ${key.curve}`;
}

/** Content octets of an INTEGER without leading zero octets. */
export function unsigned(octets: Buffer): Buffer {
  let skip = 0;
  while (skip < octets.length - 1 && octets[skip] === 0) skip++;
  return octets.subarray(skip);
}

export function bitLength(octets: Buffer): number {
  const value = unsigned(octets);
  return value.length === 0 ? 0 : value.length * 8 - (Math.clz32(value[0]!) - 24);
}

/** Reads a stand-alone SubjectPublicKeyInfo. */
export function parsePublicKey(der: Buffer): PublicKey {
  const reader = new DerReader(der);
  return readPublicKey(reader, reader.read(0, der.length));
}

export const sha256Hex = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
