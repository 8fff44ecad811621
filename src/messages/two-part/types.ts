/**
 * Two-part signatures: two parties each see one part, and one signature covers both (the dual signature of SET, Book 2;
 * any scheme of that shape). PIMD = H(payment), OIMD = H(order), POMD = H(PIMD || OIMD), signature over POMD.
 */
import type { KeyObject } from 'node:crypto';

export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** Bytes that may have been digested. The first reading is the one that the scheme prescribes. */
export interface Reading {
  bytes: Buffer;
  /** `as stored`, `without the final line end`. */
  says: string;
  /** Only the storage differs (an editor's line end): the message itself is sound. */
  storage?: boolean;
}

export interface Part {
  side: 'order' | 'payment';
  /** What the report calls it: `oi.txt`, `OIData`. */
  label: string;
  /** Empty when this side of the message is not held. */
  readings: readonly Reading[];
  /** Digest of the part as somebody stated it, and where. */
  stated?: { value: Buffer; label: string };
}

/** What the signature is made over, from the two digests. */
export interface Binding {
  says: string;
  /** As the scheme prescribes; anything else that fits is the fault. */
  standard: boolean;
  /** Data that is signed (and hashed once more by the signature itself). */
  data(first: Buffer, second: Buffer, hash: Hash): Buffer;
}

export interface TwoPartMessage {
  order: Part;
  payment: Part;
  signature: Buffer;
  /** POMD as somebody stated it. */
  joined?: { value: Buffer; label: string };
  bindings: readonly Binding[];
  /** Nothing tells which part is the order and which the payment: their order in the signature then proves nothing. */
  unoriented?: true;
  /** Signed attributes between signature and parts (RFC 5652 5.4): the signature covers them, they hold the digest. */
  attributes?: { signed: Buffer; digest: Buffer };
}

export interface SigningKey {
  key: KeyObject;
  /** Subject or name, for the report. */
  label: string;
  file: string;
  /**
   * `named`: the message names this key as the signer's, so that any other is a fault. `likely`: its file or subject
   * speaks of the signer, so that not fitting is a fault.
   */
  expected?: 'named' | 'likely';
}

export type TwoPartCode =
  | 'holds'
  | 'order-altered'
  | 'payment-altered'
  | 'both-altered'
  | 'digests-swapped'
  | 'joined-differently'
  | 'digested-differently'
  | 'stated-digest-wrong'
  | 'other-content'
  | 'wrong-key'
  | 'signature-damaged'
  | 'no-key'
  | 'incomplete';

export interface TwoPartResult {
  result: 'valid' | 'invalid' | 'not-checked';
  code: TwoPartCode;
  says: string;
  proof: string[];
  /** Weak algorithms and keys, said for what they are. */
  weaknesses: string[];
  /** What would show more. */
  wouldProve?: string;
  key?: SigningKey;
  hash?: Hash;
  storageArtefact?: boolean;
}
