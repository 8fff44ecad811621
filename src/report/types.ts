/** The report model: the one value every format renders, and what `--format json` prints. schemaVersion 1. */

import type { HandshakeRow } from '../capture/views/row-types.ts';
import type { EvidenceItem } from '../evidence/types.ts';
import type { EvidenceRef, FaultClass, Finding, Json, NotChecked, Owner, Priority } from '../finding.ts';
import type { PhraseBook } from './phrases.ts';

export interface PriorityInputs {
  priority: Priority;
  /** The sentence the report prints: which inputs decided. */
  because: string;
  inputs: { [name: string]: Json };
}

export interface Diagnosis {
  /** Slug of the catalogue. */
  cause: string;
  title: string;
  class: FaultClass;
  /** 0..1; 0.5 and above is a claim, below it a candidate. */
  confidence: number;
  priority: Priority;
  priorityBecause: string;
  owner: Owner;
  leg?: string;
  /** Who or what is hit, in one phrase (`only merchant 1007`, `node billing-3`, `all traffic to the bank`). */
  scope?: string;
  /** ISO-8601 UTC. */
  onset?: string;
  /** End of the fault where it ended before the incident clock. */
  ended?: string;
  /** For important: onset or discovery plus 24 hours. */
  deadline?: string;
  /** Fingerprints of the findings it explains. */
  explains: string[];
  evidence: EvidenceRef[];
  /** What speaks against it. */
  against: string[];
  /** Reasons in the order of their strength, one sentence each. */
  because: string[];
  /** Causes it brought about in this incident. */
  consequences: string[];
  /** Things that happened at the same time: notAfter, a deployment, a file time. */
  coincidences: { time: string; what: string; evidence?: EvidenceRef }[];
  nextCheck: string;
  remedy: string[];
  verify: { command: string; before: string; after: string };
  tell: { owner: Owner; what: string }[];
  /** What would have prevented or shown it earlier. */
  prevent?: string[];
  /** The title in the languages of the product; `title` is the English one. */
  titles?: { en: string; zh: string };
}

export interface TimelineEntry {
  /** ISO-8601 UTC. */
  time: string;
  what: string;
  kind: 'change' | 'certificate' | 'error' | 'traffic' | 'attack' | 'clock' | 'onset' | 'end' | 'note';
  evidence?: EvidenceRef;
}

export interface DeadlineClock {
  id: string;
  title: string;
  start: string;
  due: string;
  to: string;
  confidence: 'high' | 'medium' | 'low';
  source: string;
}

export interface StepRecord {
  phase: 'investigate' | 'locate' | 'resolve' | 'verify';
  id: string;
  title: string;
  outcome: 'passed' | 'failed' | 'error' | 'skipped' | 'waived' | 'timed-out' | 'waiting';
  because?: string;
  milliseconds?: number;
  /** What the person is asked to do, while the step waits. */
  instruction?: string;
}

export interface Series {
  id: string;
  title: string;
  unit: string;
  /** ms UTC of the first bucket and width of a bucket. */
  start: number;
  step: number;
  values: (number | null)[];
}

/** Attempts and failures of one merchant, route, client stack, ... while the fault was on. */
export interface Slice {
  /** `merchant`, `route`, `leg`, `client`, `bin`, `node`, ... */
  dimension: string;
  value: string;
  attempts: number;
  failed: number;
}

/** Whom to call at an owner, from the project file. */
export interface Contact {
  owner: Owner;
  name?: string;
  phone?: string;
  email?: string;
  hours?: string;
  escalation?: string;
}

/** A certificate as inventories list it (PCI DSS 4.2.1.1) and pictures draw it. */
export interface InventoryCertificate {
  subject: string;
  issuer: string;
  serial: string;
  sha256: string;
  spkiSha256: string;
  /** ISO-8601 UTC. */
  notBefore: string;
  notAfter: string;
  /** `RSA 2048`, `EC P-256`, ... */
  key: string;
  signatureAlgorithm: string;
  names: string[];
  ca: boolean;
  /** Where it was seen: files, `host:port`, capture flows. */
  locations: string[];
  /** SHA-256 of the certificate that issued it, where that one was seen too. */
  issuedBy?: string;
  usage?: string[];
  purpose?: string;
  owner?: string;
  reviewed?: string;
}

/** Protocols and cipher suites of one endpoint or configuration (PCI DSS 12.3.3). */
export interface InventoryProtocol {
  /** `host:port`, configuration `file:line`, or capture flow. */
  location: string;
  /** `offered` by a live server or configuration, `negotiated` in a capture. */
  state: 'offered' | 'negotiated' | 'configured';
  /** `TLS 1.2`, ... */
  protocol: string;
  suites: { name: string; code?: number; strength?: 'strong' | 'acceptable' | 'weak' | 'broken' }[];
  groups?: string[];
  purpose?: string;
  owner?: string;
  reviewed?: string;
}

export interface Inventory {
  certificates: InventoryCertificate[];
  protocols: InventoryProtocol[];
}

/** A finding that somebody accepted for a time; it stays in the report. */
export interface Waiver {
  fingerprint: string;
  reason: string;
  owner: string;
  /** ISO-8601 UTC. */
  expires: string;
}

/** Who sent what in one handshake, and where it stopped. */
export interface HandshakeLadder {
  file: string;
  flow?: number;
  client: string;
  server: string;
  steps: {
    from: 'client' | 'server' | 'between';
    label: string;
    frame?: number;
    milliseconds?: number;
    bad?: boolean;
  }[];
  /** One sentence. */
  stopped?: string;
}

export interface Report {
  schemaVersion: 1;
  tool: { name: 'paymedic'; version: string };
  /** ISO-8601 UTC; equals the incident clock when `--now` makes a run reproducible. */
  generated: string;
  incident: {
    clock: string;
    clockSource: string;
    span?: { from: string; to: string };
    legs: { name: string; from?: string; to?: string; tls?: boolean }[];
    inputs: string[];
  };
  summary: {
    /** One sentence. */
    verdict: string;
    priority: Priority | 'none';
    /** False when nothing could be judged: no evidence, or none that could be read or reached. The priority is then `none`, and that is no pass. */
    judged?: boolean;
    /** False when something failed and no cause of it reaches a claim. The priority is then `none`, and that is no pass. */
    proven?: boolean;
    because: string;
    since?: string;
    owner?: Owner;
    nextStep: string;
    counts: { [name: string]: number };
  };
  diagnosis: Diagnosis[];
  findings: Finding[];
  timeline: TimelineEntry[];
  notChecked: NotChecked[];
  evidence: EvidenceItem[];
  clocks: DeadlineClock[];
  series: Series[];
  playbook?: { id: string; title: string; titles?: { [language: string]: string }; steps: StepRecord[] };
  slices?: Slice[];
  waivers?: Waiver[];
  contacts?: Contact[];
  inventory?: Inventory;
  ladders?: HandshakeLadder[];
  /** Results of single rooms, added by their own commands. */
  handshakes?: HandshakeRow[];
  endpoints?: Json[];
  certificates?: Json[];
  messages?: Json[];
}

/** A report format: a pure function of the model. Adding one is one file in src/report/formats/. */
export interface ReportFormat {
  id: string;
  title: string;
  /** Suggested file extension, without dot. */
  extension: string;
  render(report: Report, options: RenderOptions): string;
}

export interface RenderOptions {
  /** Columns; 80 when unknown. */
  width: number;
  color: boolean;
  language: 'en' | 'zh';
  /** UTF-8 box drawing allowed. */
  unicode: boolean;
  verbose?: boolean;
  /** Sentences in the language of the reader; without it, sentences stay English. */
  phrases?: PhraseBook;
}
