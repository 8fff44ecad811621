import type {
  EvidenceRef,
  FaultClass,
  Finding,
  Impact,
  Json,
  NotChecked,
  Owner,
  Priority,
  Proof,
  Side,
  Subject,
} from '../finding.ts';
import type { Observations } from '../graph/observations.ts';
import type { EvidenceGraph } from '../graph/types.ts';

/** Thresholds are configuration; every check reads them from here. */
export interface Thresholds {
  [name: string]: number;
}

export interface CheckContext {
  observations: Observations;
  thresholds: Thresholds;
  /** The evidence graph: endpoints, symptoms, chains, payment rates, derived once and shared by checks. */
  graph: EvidenceGraph;
  /** Says that something could not be judged. */
  notChecked(entry: NotChecked): void;
}

/** What a check returns; the frame adds id, class, fingerprint, priority and the texts of the metadata. */
export interface Hit {
  subject: Subject;
  /** Cause of the catalogue that this hit establishes, and the confidence (0..1) it gives by itself. */
  cause?: string;
  confidence?: number;
  /** What speaks against it, one sentence each. */
  against?: string[];
  title: string;
  detail: string;
  evidence: EvidenceRef[];
  impact: Impact;
  proof?: Proof;
  count?: number;
  /** ms UTC. */
  first?: number;
  last?: number;
  leg?: string;
  side?: Side;
  owner?: Owner;
  remedy?: string;
  verification?: { command: string; expect: string };
  data?: { [key: string]: Json };
}

export interface CheckMeta {
  /** `room/name`. */
  id: string;
  title: string;
  /** What it looks at and how it decides, in two or three sentences, for docs and `explain`. */
  description: string;
  class: FaultClass;
  /** Priority when the impact says nothing more; the priority rule may raise or lower it. */
  basePriority: Priority;
  owner: Owner;
  proof: Proof;
  /** Which observations it needs; without them it is listed as not checked. */
  needs: (keyof Observations)[];
  remedy: string;
  verification: { command: string; expect: string };
  references: string[];
}

export interface Check {
  meta: CheckMeta;
  run(context: CheckContext): Iterable<Hit>;
}

export function defineCheck(check: Check): Check {
  return check;
}

export type { Finding };
