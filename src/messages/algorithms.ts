/** Signature algorithms as the schemes of payment messages name them, and the few operations that explaining needs. */
import { constants, createHash, createHmac, type KeyObject, verify as verifySignature } from 'node:crypto';

export type HashName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512' | 'sm3';

export interface SignatureAlgorithm {
  kind: 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa' | 'eddsa' | 'hmac' | 'keyed-digest';
  /** Absent for EdDSA, which hashes inside. */
  hash?: HashName;
  /** What the report calls it, e.g. `RSA-SHA256`. */
  label: string;
  /** ECDSA: how the two integers are written. JOSE writes r and s side by side (RFC 7518 section 3.4), most others DER. */
  ecdsaForm?: 'der' | 'raw';
  /** RSA-PSS: the salt has to be as long as the digest (RFC 7518 section 3.5). */
  saltAsDigest?: boolean;
  /** ECDSA: the only curve, by the name that the runtime gives it (RFC 7518 section 3.4). */
  curve?: string;
}

const rsa = (hash: HashName): SignatureAlgorithm => ({
  kind: 'rsa-pkcs1',
  hash,
  label: `RSA-${hash.toUpperCase()}`,
});
const pss = (hash: HashName): SignatureAlgorithm => ({
  kind: 'rsa-pss',
  hash,
  label: `RSA-PSS-${hash.toUpperCase()}`,
});
const ecdsa = (hash: HashName, ecdsaForm: 'der' | 'raw'): SignatureAlgorithm => ({
  kind: 'ecdsa',
  hash,
  ecdsaForm,
  label: `ECDSA-${hash.toUpperCase()}`,
});
const hmac = (hash: HashName): SignatureAlgorithm => ({ kind: 'hmac', hash, label: `HMAC-${hash.toUpperCase()}` });

/** The algorithms that the schemes use, by the name that this project gives them. */
export const ALGORITHMS = {
  rsaSha1: rsa('sha1'),
  rsaSha256: rsa('sha256'),
  rsaSha384: rsa('sha384'),
  rsaSha512: rsa('sha512'),
  rsaMd5: rsa('md5'),
  pssSha1: pss('sha1'),
  pssSha256: pss('sha256'),
  pssSha384: pss('sha384'),
  pssSha512: pss('sha512'),
  ecdsaSha1: ecdsa('sha1', 'der'),
  ecdsaSha256: ecdsa('sha256', 'der'),
  ecdsaSha384: ecdsa('sha384', 'der'),
  ecdsaSha512: ecdsa('sha512', 'der'),
  ecdsaSha256Raw: ecdsa('sha256', 'raw'),
  ecdsaSha384Raw: ecdsa('sha384', 'raw'),
  ecdsaSha512Raw: ecdsa('sha512', 'raw'),
  eddsa: { kind: 'eddsa', label: 'EdDSA' },
  hmacSha1: hmac('sha1'),
  hmacSha256: hmac('sha256'),
  hmacSha384: hmac('sha384'),
  hmacSha512: hmac('sha512'),
  hmacMd5: hmac('md5'),
} as const satisfies { [name: string]: SignatureAlgorithm };

/** Digest of the joined buffers. */
export function digest(hash: HashName, ...data: readonly Buffer[]): Buffer {
  const h = createHash(hash);
  for (const d of data) h.update(d);
  return h.digest();
}

export const hmacOf = (hash: HashName, key: Buffer, data: Buffer): Buffer =>
  createHmac(hash, key).update(data).digest();

/** Whether a key can make signatures of this algorithm at all. */
export function fitsKeyType(algorithm: SignatureAlgorithm, key: KeyObject): boolean {
  const type = key.asymmetricKeyType;
  switch (algorithm.kind) {
    case 'rsa-pkcs1':
      return type === 'rsa';
    case 'rsa-pss':
      return type === 'rsa' || type === 'rsa-pss';
    case 'ecdsa':
      return type === 'ec';
    case 'eddsa':
      return type === 'ed25519' || type === 'ed448';
    default:
      return false;
  }
}

/**
 * Plain verification with a public key. Any salt length is accepted for PSS, as the length is a finding of its own.
 * Never throws: what the runtime refuses (odd lengths, wrong key type) is `false`.
 */
export function verifies(algorithm: SignatureAlgorithm, key: KeyObject, data: Buffer, signature: Buffer): boolean {
  if (!fitsKeyType(algorithm, key)) return false;
  try {
    switch (algorithm.kind) {
      case 'rsa-pkcs1':
        return verifySignature(algorithm.hash, data, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
      case 'rsa-pss':
        return verifySignature(
          algorithm.hash,
          data,
          { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO },
          signature,
        );
      case 'ecdsa':
        return verifySignature(
          algorithm.hash,
          data,
          { key, dsaEncoding: algorithm.ecdsaForm === 'raw' ? 'ieee-p1363' : 'der' },
          signature,
        );
      case 'eddsa':
        return verifySignature(null, data, key, signature);
      default:
        return false;
    }
  } catch {
    return false;
  }
}
