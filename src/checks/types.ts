import type { EvidenceItem, IncidentClock } from '../evidence/types.ts';
import type { SmallFacts } from '../evidence/small-facts.ts';
import type { FaultClass, Finding, NotChecked, Owner, Priority, Proof, Side, EvidenceRef, Impact, Json, Subject } from '../finding.ts';
import type { LogObservations } from '../logs/types.ts';
import type { TransactionObservations } from '../transactions/types.ts';
import type { CertificateObservation } from '../x509/types.ts';
import type { ServerConfigObservation } from '../ciphers/types.ts';
import type { HandshakeObservation, TargetObservation } from '../tls/types.ts';
import type { MessageObservation } from '../messages/types.ts';

/** Everything the readers saw. Plain and serialisable. */
export interface Observations {
  clock: IncidentClock;
  evidence: EvidenceItem[];
  logs: LogObservations;
  transactions: TransactionObservations;
  certificates: CertificateObservation[];
  configurations: ServerConfigObservation[];
  handshakes: HandshakeObservation[];
  targets: TargetObservation[];
  messages: MessageObservation[];
  facts: SmallFacts;
}

/** Thresholds are configuration; every check reads them from here. */
export interface Thresholds {
  [name: string]: number;
}

export interface CheckContext {
  observations: Observations;
  thresholds: Thresholds;
  /** Things derived once and shared by checks (legs, outages, chains); see checks/derived.ts. */
  derived: import('./derived.ts').Derived;
  /** Says that something could not be judged. */
  notChecked(entry: NotChecked): void;
}

/** What a check returns; the frame adds id, class, fingerprint, priority and the texts of the metadata. */
export interface Hit {
  subject: Subject;
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
