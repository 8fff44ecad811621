/** The one currency between rooms: what checks produce, diagnosis explains and reports show. Imports nothing of ours. */

export const PRIORITIES = ['urgent', 'important', 'routine'] as const;
/** urgent: respond now, isolate, suspend. important: within 24 hours. routine: planned maintenance. */
export type Priority = (typeof PRIORITIES)[number];

export const OWNERS = ['ops', 'app', 'ca', 'bank', 'psp', 'net', 'sec', 'risk'] as const;
/** Seen from the merchant platform: `ops` and `app` are one's own people. */
export type Owner = (typeof OWNERS)[number];

export const FAULT_CLASSES = ['technical', 'configuration', 'attack', 'incompatibility'] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

/** Which side of a leg the finding speaks about. `client` opened the connection. */
export type Side = 'client' | 'server' | 'between' | 'unknown';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * Where a fact stands in the evidence. `text` is the quoted evidence; it is raw here and made safe
 * (masked, control characters escaped, cut) exactly once, by report/safe-text, before anything is shown.
 */
export interface EvidenceRef {
  /** Path relative to the bundle; an archive member is `archive.zip!member`. */
  file: string;
  /** 1-based line of a text file (after decompression). */
  line?: number;
  /** Byte offset in a binary file. */
  offset?: number;
  /** 1-based frame number of a capture. */
  frame?: number;
  /** 0-based index of a certificate in a file that holds several. */
  certificate?: number;
  text?: string;
  /** ISO-8601 UTC. */
  time?: string;
}

export interface Subject {
  kind:
    | 'host'
    | 'certificate'
    | 'revocation-list'
    | 'flow'
    | 'merchant'
    | 'file'
    | 'address'
    | 'service'
    | 'route'
    | 'client-group'
    | 'card-range'
    | 'message'
    | 'configuration'
    | 'account'
    | 'bundle';
  /** Stable identity: SPKI SHA-256 for a certificate, host name, path, merchant id. Never a date or line number. */
  id: string;
  /** What a person reads. */
  label?: string;
}

/**
 * How strongly the evidence carries the finding.
 * structural: the state itself was seen (an expired certificate in a handshake at the time of the errors).
 * observed: behaviour measured over many events (rates, timings, counts).
 * textual: software said so in its own words.
 * circumstantial: consistent with it, no more.
 */
export type Proof = 'structural' | 'observed' | 'textual' | 'circumstantial';

/** The impact a finding measured; the priority rule (diagnosis/priority) reads only this. */
export interface Impact {
  /** Share (0..1) of attempts on the affected leg or service that failed while the fault was on. */
  failingShare?: number;
  /** Attempts behind that share. */
  attempts?: number;
  /** A leg or service that carries payments was wholly down for five minutes or more. */
  whollyDown?: boolean;
  /** Scope of who is hit. */
  scope?: 'all' | 'one-route' | 'one-merchant' | 'client-group' | 'one-node' | 'sporadic' | 'none';
  /** Keys, card data, forged identity or an intruder: always urgent. */
  exposure?: 'keys' | 'card-data' | 'identity' | 'intruder';
  /** Payments were made while it was on, and none of them failed because of it. */
  unfelt?: boolean;
  /** Still going on at the incident clock. */
  ongoing?: boolean;
  /** Minutes the fault lasted (to the incident clock when ongoing). */
  minutes?: number;
  /** Days until something stops working, for expiries (negative: already past). */
  daysLeft?: number;
}

export interface Verification {
  command: string;
  /** What success looks like. */
  expect: string;
}

export interface Finding {
  /** Check id, e.g. `tls/server-certificate-expired`. */
  id: string;
  /** Stable over runs: check id and subject; never a date, a line number or a message. */
  fingerprint: string;
  priority: Priority;
  class: FaultClass;
  leg?: string;
  side?: Side;
  subject: Subject;
  /** One sentence that a tired person understands. */
  title: string;
  detail: string;
  evidence: EvidenceRef[];
  /** ISO-8601 UTC. */
  firstSeen?: string;
  lastSeen?: string;
  count: number;
  affectedShare?: number;
  impact: Impact;
  proof: Proof;
  /** Slug of the cause that the finding establishes by itself, with the confidence it gives. */
  cause?: string;
  confidence?: number;
  against?: string[];
  owner: Owner;
  remedy: string;
  verification: Verification;
  references: string[];
  /** Facts that other rooms may join on (serials, hosts, numbers); plain JSON. */
  data?: { [key: string]: Json };
}

/** Something that could not be judged, and the evidence that would show it. */
export interface NotChecked {
  what: string;
  why: string;
  /** The file, command or log setting that would show it. */
  wouldShow: string;
}
