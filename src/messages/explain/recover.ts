/**
 * What an RSA signature says without the message: whether a key made it, over which digest, with which algorithm.
 * PKCS#1 v1.5 carries the digest in the open (RFC 8017 section 9.2); PSS hides it, but right key, hash and salt show,
 * and any candidate message can be tested (section 9.1.2).
 */
import { constants, type KeyObject, publicDecrypt } from 'node:crypto';
import { digest, type HashName } from '../algorithms.ts';

export interface Recovered {
  padding: 'pkcs1' | 'pss';
  /** Absent when a bare value was signed without DigestInfo and its length fits no hash. */
  hash?: HashName;
  /** PKCS#1 v1.5 only: the digest that the signer signed. */
  digest?: Buffer;
  /** The digest stands without the DigestInfo around it. */
  bare?: boolean;
  saltLength?: number;
  /** Whether the signature covers these bytes. */
  covers(data: Buffer): boolean;
}

/** DER of AlgorithmIdentifier content: OID, with or without NULL parameters. */
const HASH_OIDS: { hash: HashName; oid: string; length: number }[] = [
  { hash: 'md5', oid: '2a864886f70d0205', length: 16 },
  { hash: 'sha1', oid: '2b0e03021a', length: 20 },
  { hash: 'sha224', oid: '608648016503040204', length: 28 },
  { hash: 'sha256', oid: '608648016503040201', length: 32 },
  { hash: 'sha384', oid: '608648016503040202', length: 48 },
  { hash: 'sha512', oid: '608648016503040203', length: 64 },
];

const PSS_HASHES: HashName[] = ['sha256', 'sha384', 'sha512', 'sha1', 'sha224'];

/**
 * What the signature says under this key; undefined: this key did not make it.
 * @param declared hash of the algorithm that the message names; decides where a PSS block could be read with two hashes
 */
export function recover(key: KeyObject, signature: Buffer, declared?: HashName): Recovered | undefined {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (!bits || signature.length !== Math.ceil(bits / 8)) return undefined;
  let block: Buffer;
  try {
    block = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    return undefined;
  }
  return recoverPkcs1(block) ?? recoverPss(block, bits, declared);
}

/** 00 01 FF..FF 00 followed by DigestInfo, or by a bare digest where the signer forgot it. */
function recoverPkcs1(block: Buffer): Recovered | undefined {
  if (block[0] !== 0 || block[1] !== 1) return undefined;
  let at = 2;
  while (at < block.length && block[at] === 0xff) at++;
  // At least eight octets of padding: fewer could be chance.
  if (at < 10 || block[at] !== 0) return undefined;
  const value = block.subarray(at + 1);
  for (const { hash, oid, length } of HASH_OIDS) {
    for (const parameters of ['0500', '']) {
      const algorithm = `06${(oid.length / 2).toString(16).padStart(2, '0')}${oid}${parameters}`;
      const inner = `30${(algorithm.length / 2).toString(16).padStart(2, '0')}${algorithm}04${length.toString(16).padStart(2, '0')}`;
      const prefix = Buffer.from(`30${(inner.length / 2 + length).toString(16).padStart(2, '0')}${inner}`, 'hex');
      if (value.length !== prefix.length + length || !value.subarray(0, prefix.length).equals(prefix)) continue;
      const signed = Buffer.from(value.subarray(prefix.length));
      return { padding: 'pkcs1', hash, digest: signed, covers: (data) => digest(hash, data).equals(signed) };
    }
  }
  const bare = Buffer.from(value);
  const hash = HASH_OIDS.find((h) => h.length === bare.length)?.hash;
  return {
    padding: 'pkcs1',
    ...(hash ? { hash } : {}),
    digest: bare,
    bare: true,
    covers: (data) => bare.equals(data) || (hash !== undefined && digest(hash, data).equals(bare)),
  };
}

interface PssReading {
  hash: HashName;
  h: Buffer;
  salt: Buffer;
  /** Zero octets before the salt: the more, the less it can be chance. */
  zeros: number;
}

/**
 * EMSA-PSS (RFC 8017 section 9.1.2) up to the point where the message is needed. MGF1 with the hash of the signature.
 * With the longest possible salt there are no zeros to go by, and a second hash fits by chance once in a hundred times:
 * then the declared one is named, and either may cover a message.
 */
function recoverPss(block: Buffer, bits: number, declared: HashName | undefined): Recovered | undefined {
  const emBits = bits - 1;
  const emLength = Math.ceil(emBits / 8);
  const em = block.subarray(block.length - emLength);
  if (block.length > emLength && block[0] !== 0) return undefined;
  if (em[em.length - 1] !== 0xbc) return undefined;
  const spare = 8 * emLength - emBits;
  if (spare > 0 && em[0]! >> (8 - spare) !== 0) return undefined;
  const found = PSS_HASHES.flatMap((hash) => readPss(em, spare, hash) ?? []);
  found.sort((a, b) => b.zeros - a.zeros || Number(b.hash === declared) - Number(a.hash === declared));
  const [best] = found;
  if (!best) return undefined;
  const eight = Buffer.alloc(8);
  return {
    padding: 'pss',
    hash: best.hash,
    saltLength: best.salt.length,
    covers: (data) => found.some((f) => digest(f.hash, eight, digest(f.hash, data), f.salt).equals(f.h)),
  };
}

function readPss(em: Buffer, spare: number, hash: HashName): PssReading | undefined {
  const hashLength = digest(hash).length;
  const dbLength = em.length - hashLength - 1;
  if (dbLength < 2) return undefined;
  const h = Buffer.from(em.subarray(dbLength, dbLength + hashLength));
  const db = xor(em.subarray(0, dbLength), mgf1(h, dbLength, hash));
  if (spare > 0) db[0]! &= 0xff >> spare;
  let zeros = 0;
  while (zeros < db.length && db[zeros] === 0) zeros++;
  if (zeros === db.length || db[zeros] !== 1) return undefined;
  const salt = Buffer.from(db.subarray(zeros + 1));
  // Short runs of zeros may be chance: only the usual salts are believed then.
  if (zeros < 4 && salt.length !== hashLength && salt.length !== em.length - hashLength - 2) return undefined;
  return { hash, h, salt, zeros };
}

/** RFC 8017 appendix B.2.1. */
function mgf1(seed: Buffer, length: number, hash: HashName): Buffer {
  const parts: Buffer[] = [];
  for (let counter = 0, have = 0; have < length; counter++) {
    const c = Buffer.alloc(4);
    c.writeUInt32BE(counter);
    const part = digest(hash, seed, c);
    parts.push(part);
    have += part.length;
  }
  return Buffer.concat(parts).subarray(0, length);
}

function xor(a: Buffer, b: Buffer): Buffer {
  const out = Buffer.alloc(a.length);
  for (let i = 0; i < a.length; i++) out[i] = a[i]! ^ b[i]!;
  return out;
}
