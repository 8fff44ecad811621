/**
 * What a scheme of signed messages is: how it is recognised, and what a message of it claims. A scheme lives in one file
 * under schemes/ and only says what was signed, how, and in which other spellings; finding out why a signature does not
 * verify is the business of explain/.
 */
import type { KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from './algorithms.ts';
import type { KeyMaterial } from './keys/material.ts';
import type { Reason } from './reasons.ts';
import type { Direction, StoredMessage } from './stored-message.ts';
import type { Verdict } from './verdict.ts';

/** Another spelling of what was signed. When it verifies, its reason is proven. */
export interface Candidate {
  bytes: Buffer;
  reason: Reason;
  /** What is different about it, e.g. `with CRLF line ends`. */
  says: string;
  /** What the difference is shown in, where `bytes` are a digest of it. */
  shown?: Buffer;
}

export interface KeyHint {
  /** `serial`: of a certificate, in hex or decimal. `alipay-sn`: MD5 of issuer name and decimal serial. `id`: any other name of a key (kid, PUB_KEY_ID_, key name). `spki`: SHA-256 of the SubjectPublicKeyInfo, in hex. */
  kind: 'serial' | 'id' | 'sha256' | 'sha1' | 'key-id' | 'alipay-sn' | 'spki';
  value: string;
  /** Where it stands, for the report: `Wechatpay-Serial`, `kid`. */
  field: string;
}

export interface StoredSignature {
  /** As stored. */
  text: string;
  encoding: 'base64' | 'base64url' | 'hex' | 'binary';
  /** Hex is compared as text by the readers of this scheme: capitals do not pass. */
  lowerCase?: boolean;
  /** Used for `binary`. */
  bytes?: Buffer;
}

/** A digest inside what was signed, over content that travels beside it (Digest header, XML reference, messageDigest). */
export interface DigestClaim {
  label: string;
  hash: 'sha1' | 'sha256' | 'sha384' | 'sha512' | 'md5' | 'sha224' | 'sm3';
  expected: Buffer;
  content: Buffer;
  candidates?(): Iterable<Candidate>;
}

/** A signature or MAC over a string that the scheme builds. */
export interface SignatureClaim {
  kind: 'signature';
  /** Which signature of the message: `Stripe-Signature v1`. */
  label: string;
  direction: Direction;
  algorithm: SignatureAlgorithm;
  /** How the message itself names the algorithm. */
  declared?: string;
  /** Algorithms that the other side may have used by mistake; a match proves that the declared one is wrong. */
  rivals?: readonly SignatureAlgorithm[];
  /** One that verifies is enough (key rotation sends two). */
  signatures: readonly StoredSignature[];
  hint?: KeyHint;
  /** Other words of the message about the same key (`x5t` beside `kid`): each has to fit. */
  furtherHints?: readonly KeyHint[];
  /** String to sign, from the message as stored. */
  signed: Buffer;
  /** What differences are shown in, where `signed` is a digest of it. */
  shown?: Buffer;
  /** Other strings that are right by the scheme too (with and without sign_type, say). */
  alternatives?: readonly Buffer[];
  candidates?(): Iterable<Candidate>;
  digests?: readonly DigestClaim[];
  /** The time that was signed, and how far it may be off. */
  timestamp?: { time: number; toleranceMs: number; field: string };
  /** What the signature says nothing about, for a valid one: `element Amt in line 3 stands outside`. */
  limits?: string;
  /** Certificates in the message itself, DER, signer first. They sign nothing into trust: something given must vouch for them. */
  certificates?: readonly Buffer[];
  /** A public key in the message itself (jwk); trusted only when it equals a given one. */
  embeddedKey?: KeyObject;
  /** Key of the MAC from the secret as given; undefined: the secret cannot be one. Default: the bytes themselves. */
  macKey?(secret: Buffer): Buffer | undefined;
  /** MAC constructions other than HMAC. */
  mac?(key: Buffer, data: Buffer): Buffer;
  /** Constructions that the other side may have used by mistake; a match proves its reason. */
  otherMacs?: readonly MacRival[];
}

/** A MAC that is not the one prescribed. */
export interface MacRival {
  reason: Reason;
  /** What it is, after `the value is`. */
  says: string;
  mac(key: Buffer, data: Buffer): Buffer;
}

/** Encrypted content. */
export interface SealedClaim {
  kind: 'sealed';
  label: string;
  direction: Direction;
  algorithm: string;
  /**
   * Opens the content with one key; undefined: this key does not open it. Never throws.
   * `variant` says what had to be done differently than prescribed.
   */
  open(key: KeyMaterial): Promise<OpenedContent | undefined>;
  /**
   * Why content does not open with a key that is nevertheless the right one; undefined when the key may be another.
   * Asked only when no key opens it. Never throws.
   */
  rightKeyBut?(key: KeyMaterial): { reason: Reason; says: string } | undefined;
  /** Keys of this kind are tried. */
  accepts(key: KeyMaterial): boolean;
  /** A defect that can be seen without any key: wrong length, unknown algorithm. */
  defect?: { reason: Reason; says: string };
  hint?: KeyHint;
  furtherHints?: readonly KeyHint[];
  /** What has to be given, for `not checked`. */
  needs: string;
}

export interface OpenedContent {
  plain: Buffer;
  /** Opened only when something was done differently than prescribed. */
  variant?: { reason: Reason; says: string };
}

/** Something wrong that needs no key to be seen. */
export interface DefectClaim {
  kind: 'defect';
  label: string;
  direction: Direction;
  reason: Reason;
  says: string;
  /** Whether this alone proves the cause. Default true. */
  proven?: boolean;
  wouldProve?: string;
}

/** A structure with a procedure of its own (SET, CMS, XML signatures). */
export interface JudgedClaim {
  kind: 'judged';
  label: string;
  direction: Direction;
  judge(keys: readonly KeyMaterial[], options: JudgeOptions): Promise<Verdict> | Verdict;
}

export interface JudgeOptions {
  /** Time at which the message was received, ms UTC; NaN when unknown. Validity is judged at it, never at the time of analysis. */
  at: number;
  /**
   * The keys given are the ones that the reader of the message uses: one that does not fit is a fault. False where keys
   * were merely found beside the message: then not fitting proves nothing.
   */
  keysAreThose: boolean;
}

export type Claim = SignatureClaim | SealedClaim | DefectClaim | JudgedClaim;

export interface SchemeMeta {
  /** Name for `--scheme`, and the file name. */
  id: string;
  title: string;
  /** One sentence: what is signed, how, and with what. */
  description: string;
  references: readonly string[];
  /** What is signed is taken from parsed fields: a field that stands twice is refused. */
  signsFields?: boolean;
  /** Parameters (not secrets) that a message does not carry, for `--set name=value`. */
  parameters?: { readonly [name: string]: string };
}

export interface ReadContext {
  /** Values of `--set`, and parameters found in configurations of a bundle. */
  parameters: { readonly [name: string]: string };
  /** Role of the message where the caller knows it. */
  direction?: Direction;
}

export interface Scheme {
  meta: SchemeMeta;
  /** How sure it is that the message is of this scheme: 0 no, 1 by generic signs, 2 by a name of its own. */
  detect(message: StoredMessage): 0 | 1 | 2;
  /** What the message claims. Empty when the message is not of this scheme after all. Never throws. */
  claims(message: StoredMessage, context: ReadContext): Claim[] | Promise<Claim[]>;
}

export function defineScheme(scheme: Scheme): Scheme {
  return scheme;
}
