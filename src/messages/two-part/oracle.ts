/** Asks a signature what it was made over: RSA gives the digest back, other algorithms answer yes or no. */
import { constants, createHash, type KeyObject, publicDecrypt, verify } from 'node:crypto';
import type { Hash, SigningKey } from './types.ts';

export const HASHES: readonly Hash[] = ['sha1', 'sha256', 'sha384', 'sha512'];
const LENGTH: { readonly [hash in Hash]: number } = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

/** DER of DigestInfo up to the digest (RFC 8017 section 9.2, note 1). */
const DIGEST_INFO: readonly { hash: Hash; prefix: Buffer }[] = [
  { hash: 'sha1', prefix: Buffer.from('3021300906052b0e03021a05000414', 'hex') },
  { hash: 'sha1', prefix: Buffer.from('301f300706052b0e03021a0414', 'hex') },
  { hash: 'sha256', prefix: Buffer.from('3031300d060960864801650304020105000420', 'hex') },
  { hash: 'sha384', prefix: Buffer.from('3041300d060960864801650304020205000430', 'hex') },
  { hash: 'sha512', prefix: Buffer.from('3051300d060960864801650304020305000440', 'hex') },
];

export const digest = (hash: Hash, ...data: readonly Buffer[]): Buffer =>
  data.reduce((h, d) => h.update(d), createHash(hash)).digest();

/** Hash functions with digests of that many bytes. */
export const hashesOfLength = (bytes: number): Hash[] => HASHES.filter((h) => LENGTH[h] === bytes);

export interface Oracle {
  key: SigningKey;
  /** What the signature itself says about its hash; undefined where it does not tell. */
  hash?: Hash;
  /** The signed digest, where the algorithm gives it back (RSA, RFC 8017 section 8.2.2). */
  digest?: Buffer;
  /** The bare digest was signed without saying which hash it is (no DigestInfo). */
  bare?: boolean;
  covers(data: Buffer): Hash | undefined;
}

/** RSA PKCS#1 v1.5: what the signer signed, when the key is the right one. */
function recover(key: SigningKey, signature: Buffer): Oracle | undefined {
  let block: Buffer;
  try {
    block = publicDecrypt({ key: key.key, padding: constants.RSA_PKCS1_PADDING }, signature);
  } catch {
    return undefined; // not this key
  }
  for (const { hash, prefix } of DIGEST_INFO)
    if (block.length === prefix.length + LENGTH[hash] && block.subarray(0, prefix.length).equals(prefix)) {
      const signed = block.subarray(prefix.length);
      return { key, hash, digest: signed, covers: (data) => (digest(hash, data).equals(signed) ? hash : undefined) };
    }
  const hashes = hashesOfLength(block.length);
  if (hashes.length === 0) return undefined;
  return {
    key,
    hash: hashes[0]!,
    digest: block,
    bare: true,
    covers: (data) => hashes.find((h) => digest(h, data).equals(block)),
  };
}

function verifies(key: KeyObject, hash: Hash, data: Buffer, signature: Buffer): boolean {
  try {
    switch (key.asymmetricKeyType) {
      case 'rsa':
      case 'rsa-pss':
        return verify(
          hash,
          data,
          { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO },
          signature,
        );
      case 'ec':
        return (
          verify(hash, data, { key, dsaEncoding: 'der' }, signature) ||
          verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature)
        );
      case 'ed25519':
      case 'ed448':
        return hash === 'sha512' && verify(null, data, key, signature);
      default:
        return false;
    }
  } catch {
    return false;
  }
}

/** Modulus length of an RSA key in bytes; undefined for other keys. */
export const modulusBytes = (key: KeyObject): number | undefined => {
  const bits = key.asymmetricKeyType?.startsWith('rsa') ? key.asymmetricKeyDetails?.modulusLength : undefined;
  return bits === undefined ? undefined : Math.ceil(bits / 8);
};

/** One oracle per key that can have made the signature; a key that gives the digest back is the proven one. */
export function oraclesOf(signature: Buffer, keys: readonly SigningKey[]): { proven?: Oracle; others: Oracle[] } {
  const others: Oracle[] = [];
  for (const key of keys) {
    const size = modulusBytes(key.key);
    if (size !== undefined && size !== signature.length) continue;
    const recovered = key.key.asymmetricKeyType === 'rsa' ? recover(key, signature) : undefined;
    if (recovered) return { proven: recovered, others };
    others.push({ key, covers: (data) => HASHES.find((h) => verifies(key.key, h, data, signature)) });
  }
  return { others };
}
