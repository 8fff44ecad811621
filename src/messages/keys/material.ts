/** Keys and secrets that messages are verified and opened with. Secrets never leave this room: labels carry no key bytes. */
import type { KeyObject } from 'node:crypto';
import type { Certificate } from '../../x509/types.ts';

export interface KeyMaterial {
  file: string;
  /** What the report calls it: subject of the certificate, `RSA 2048 public key`, `secret of 32 bytes`. No key bytes. */
  label: string;
  /** Public half of an asymmetric key. */
  publicKey?: KeyObject;
  privateKey?: KeyObject;
  /** Shared secret exactly as it stood in its file, without the final line end. */
  secret?: Buffer;
  certificate?: Certificate;
  /** When a revocation list that was given says the certificate was revoked, ms UTC. */
  revokedAt?: number;
  /** Uppercase hex without leading zeros, of a certificate. */
  serial?: string;
  /** Id that the key itself carries (`kid` of a JWK): what a message calls otherwise is another key. */
  id?: string;
  /** Further names: JWK kid, file name without extension, name in a configuration. */
  names: readonly string[];
  /** SHA-256 of the SubjectPublicKeyInfo, hex. */
  spkiSha256?: string;
}

/** What a report may say about a key. */
export function describeKey(key: KeyMaterial): { label: string; file: string; serial?: string } {
  return { label: key.label, file: key.file, ...(key.serial ? { serial: key.serial } : {}) };
}
