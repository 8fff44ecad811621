/** Asks a signature what it was made over: RSA tells by itself, other algorithms answer yes or no. */
import type { KeyObject } from 'node:crypto';
import { type SignatureAlgorithm, verifies } from '../algorithms.ts';
import { recover } from '../explain/recover.ts';
import type { Hash, SigningKey } from './types.ts';

export { digest } from '../algorithms.ts';

export const HASHES: readonly Hash[] = ['sha1', 'sha256', 'sha384', 'sha512'];
const LENGTH: { readonly [hash in Hash]: number } = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

/** Hash functions with digests of that many bytes. */
export const hashesOfLength = (bytes: number): Hash[] => HASHES.filter((h) => LENGTH[h] === bytes);

export interface Oracle {
  key: SigningKey;
  /** What the signature itself says about its hash; undefined where it does not tell. */
  hash?: Hash;
  /** The signed digest, where the algorithm gives it back (RSA PKCS#1 v1.5, RFC 8017 section 8.2.2). */
  digest?: Buffer;
  /** The bare digest was signed without saying which hash it is (no DigestInfo). */
  bare?: boolean;
  covers(data: Buffer): Hash | undefined;
}

/** What an RSA signature says when the key is the right one. */
function recovered(key: SigningKey, signature: Buffer): Oracle | undefined {
  const found = recover(key.key, signature);
  if (!found) return undefined;
  const hash = HASHES.find((h) => h === found.hash);
  return {
    key,
    ...(hash ? { hash } : {}),
    ...(found.digest ? { digest: found.digest } : {}),
    ...(found.bare ? { bare: true } : {}),
    covers: (data) => (found.covers(data) ? (hash ?? 'sha1') : undefined),
  };
}

function algorithmOf(key: KeyObject, hash: Hash, ecdsaForm: 'der' | 'raw'): SignatureAlgorithm | undefined {
  if (key.asymmetricKeyType === 'ec') return { kind: 'ecdsa', hash, ecdsaForm, label: 'ECDSA' };
  return key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448'
    ? { kind: 'eddsa', label: 'EdDSA' }
    : undefined;
}

function signed(key: KeyObject, hash: Hash, data: Buffer, signature: Buffer): boolean {
  return (['der', 'raw'] as const).some((form) => {
    const algorithm = algorithmOf(key, hash, form);
    return algorithm !== undefined && verifies(algorithm, key, data, signature);
  });
}

/** Modulus length of an RSA key in bytes; undefined for other keys. */
export const modulusBytes = (key: KeyObject): number | undefined => {
  const bits = key.asymmetricKeyType?.startsWith('rsa') ? key.asymmetricKeyDetails?.modulusLength : undefined;
  return bits === undefined ? undefined : Math.ceil(bits / 8);
};

/** `proven`: the RSA key that made the signature. `others`: keys that can only be asked yes or no. */
export function oraclesOf(signature: Buffer, keys: readonly SigningKey[]): { proven?: Oracle; others: Oracle[] } {
  const others: Oracle[] = [];
  for (const key of keys) {
    if (modulusBytes(key.key) !== undefined) {
      const proven = recovered(key, signature);
      if (proven) return { proven, others };
      continue;
    }
    others.push({ key, covers: (data) => HASHES.find((h) => signed(key.key, h, data, signature)) });
  }
  return { others };
}
