import type { OcspResponse } from '../ocsp.ts';
import type { Certificate, RevocationList } from '../types.ts';

/** What the peer at the end of the path is used as. `any`: no key purpose is asked for. */
export type Role = 'server' | 'client' | 'any';

export interface PathName {
  kind: 'dns' | 'ip' | 'email';
  value: string;
}

/** Inputs of the policy rules (RFC 5280 6.1.1 c to g). */
export interface PolicyOptions {
  /** Policies that are acceptable; absent: any. */
  initial?: readonly string[];
  requireExplicit?: boolean;
  inhibitMapping?: boolean;
  inhibitAny?: boolean;
}

export interface PathOptions {
  /** Certificates that may stand between leaf and anchor, in any order, duplicates and strangers allowed. */
  intermediates: Certificate[];
  /** Trusted certificates. Their own dates are judged, as current TLS libraries do. */
  anchors: Certificate[];
  /** The time of judgement, ms UTC. Never the clock of the machine. */
  time: number;
  role: Role;
  /** The name the peer must speak for: a host name or IP address, or a typed name. */
  name?: string | PathName;
  /** Further purposes that the leaf and every CA must be good for: `emailProtection`, `codeSigning`, ... */
  purposes?: readonly string[];
  /** Key usages that the leaf must have, when it limits them: `digitalSignature`, `keyAgreement`, ... */
  keyUsages?: readonly string[];
  /** Whether a signature algorithm (named as in `Certificate.signatureAlgorithm`) may be met below the anchor. */
  signatureAlgorithms?: (name: string) => boolean;
  /** Policies that are asked for. Constraints that the certificates themselves carry always hold. */
  policies?: PolicyOptions;
  crls?: RevocationList[];
  /** OCSP responses at hand (stapled, from files); each is used for the certificate it is about. */
  ocsp?: OcspResponse[];
  /** Fail when a certificate below the anchor is covered by no current revocation list. */
  requireRevocation?: boolean;
  /**
   * `common` (default): what current TLS libraries refuse. `strict`: RFC 5280 and the CA/Browser Forum profile in
   * full, where a missing or ill-placed extension already refuses.
   */
  policy?: 'common' | 'strict';
  /** CA certificates between leaf and anchor, self-issued ones not counted (RFC 5280 6.1); default 32. */
  maxDepth?: number;
  /** Work limits; the result says when one was met. */
  budget?: Partial<Budget>;
}

export interface Budget {
  /** Signature checks. */
  signatures: number;
  /** Candidate steps of the search. */
  steps: number;
  /** Comparisons of a name with a name constraint. */
  constraintComparisons: number;
}

export interface PathFailure {
  /** `path/expired`, `path/no-issuer`, ... */
  rule: string;
  /** Subject of the certificate that breaks it. */
  subject: string;
  /** SHA-256 of that certificate. */
  sha256: string;
  /** Place in the chain, 0 is the leaf. */
  index: number;
  says: string;
}

export interface PathAttempt {
  /** Leaf first; ends at an anchor when `complete`. */
  chain: Certificate[];
  complete: boolean;
  ok: boolean;
  failure?: PathFailure;
}

export interface PathResult {
  ok: boolean;
  /** The accepted path, leaf first, anchor last. */
  chain?: Certificate[];
  /** The first rule broken on the path that came furthest. */
  failure?: PathFailure;
  /** Every path that was tried, in order; at most 64 are kept. */
  attempts: PathAttempt[];
  attemptsTotal: number;
  /** Notes that do not refuse: revocation unknown, list stale, anchor expired at another place. */
  notes: string[];
  /** A work limit was met before every path was tried: the answer is then not final. */
  exhausted?: keyof Budget;
  work: Budget;
}
