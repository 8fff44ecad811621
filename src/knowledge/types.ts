import type { FaultClass, Owner, Priority } from '../finding.ts';

/** Text in both languages of the product. */
export interface Bilingual {
  en: string;
  zh: string;
}

/** An entry of knowledge/causes/<slug>.yaml. */
export interface Cause {
  /** Slug, e.g. `server-cert-expired`. */
  id: string;
  /** Catalogue code, e.g. `T01`. */
  code: string;
  family: string;
  class: FaultClass;
  owner: Owner;
  /** Others who may own it, with when. */
  owners?: { owner: Owner; when: string }[];
  /** Priority the catalogue gives at its usual scope; the computed one wins. */
  priority: Priority;
  /** Always urgent: keys, card data, forged identity or an intruder at risk. */
  exposure?: 'keys' | 'card-data' | 'identity' | 'intruder';
  title: Bilingual;
  explanation: Bilingual;
  /** Findings that speak for it. `weight` 0..1 is the confidence that this finding alone gives. */
  supports: { finding: string; weight: number; when?: string }[];
  /** Findings that speak against it; `weight` 0..1 multiplies the confidence by (1 - weight). */
  excludes: { finding: string; weight: number; because: string }[];
  escalates: string[];
  /** Causes that this one brings about as consequences. */
  leadsTo: string[];
  /** Causes that look alike, and the one command or file that separates them. */
  rivals: { cause: string; separate: string }[];
  remedy: { where: string; steps: string[] }[];
  verify: { command: string; before: string; after: string };
  prevent: string[];
  tell: { owner: Owner; what: string; zh?: string }[];
  texts: { software: string; text: string }[];
  references: string[];
}

/** An entry of knowledge/lexicon/<software>.yaml. */
export interface LexiconEntry {
  id: string;
  software: string;
  event: import('../logs/event-classes.ts').EventClass;
  also?: import('../logs/event-classes.ts').EventClass[];
  /** A byte string that every such line holds; as rare as possible, at least three bytes; searched in the bytes of every line. ASCII case matters unless `ignoreCase`. */
  literal: string;
  ignoreCase?: boolean;
  /** Linear-time regular expression tried on the record once the literal was seen; named groups become values. */
  pattern?: string;
  complaint: 'local' | 'remote' | 'self';
  role: 'client' | 'server' | 'none' | 'unknown';
  /** Values that are fixed by the entry, e.g. `{alert: "45"}`. */
  values?: { [name: string]: string };
  /** Counted only when no other entry matches the same record: the text says less than a specific one. */
  generic?: boolean;
  /** A text that voids the match when the record holds it too. */
  unless?: string;
  /** Only in sources of this software, for texts too common to be told apart by words alone. */
  only?: string[];
  example: string;
  source: string;
}

/** An entry of knowledge/clocks.yaml: who must be told by when. */
export interface ClockEntry {
  id: string;
  title: Bilingual;
  /** What starts the clock, as a word that code can join on. */
  start:
    | 'suspicion'
    | 'awareness'
    | 'classification'
    | 'initial-notification'
    | 'intermediate-report'
    | 'handling-end'
    | 'materiality'
    | 'triage'
    | 'incident';
  /** Exactly one of these holds the time allowed; 0 hours means at once. Absent when the text gives no figure. */
  hours?: number;
  businessDays?: number;
  /** Calendar days. */
  days?: number;
  /** Calendar months. */
  months?: number;
  /** A later limit that counts from another start, whichever comes first. */
  cap?: { start: ClockEntry['start']; hours: number };
  /** Who is told, and through whom. */
  to: Bilingual;
  /** The evidence that makes this clock worth showing; all stated members must hold. */
  trigger: {
    /** Any of these exposures was diagnosed. */
    exposure?: NonNullable<Cause['exposure']>[];
    /** Any of these causes was diagnosed. */
    causes?: string[];
    /** Any of these computed priorities. */
    priority?: import('../finding.ts').Priority[];
    /** Payments were widely or wholly interrupted. */
    outage?: boolean;
  };
  /** The clock applies only if the operator falls under this regime; printed with it. */
  applies: Bilingual;
  confidence: 'high' | 'medium' | 'low';
  /** Where the figure stands. */
  source: string;
  /** ISO date on which the figure was last compared with its source. */
  reviewed: string;
  note?: Bilingual;
}

/** An entry of knowledge/alerts.yaml. */
export interface AlertEntry {
  number: number;
  /** Name in the TLS registry, e.g. `certificate_expired`. */
  name: string;
  meaning: Bilingual;
  /** Which software sends it, for what. */
  sent: { by: string; for: string }[];
  /** Causes that may stand behind it, likeliest first. */
  causes: string[];
  /** What to look at instead of the number. */
  ask: Bilingual;
  references: string[];
}

/** An entry of knowledge/symptoms.yaml: what a class of error texts may mean. */
export interface SymptomEntry {
  event: import('../logs/event-classes.ts').EventClass;
  says: Bilingual;
  /** Causes, likeliest first, when the complaint concerns the server or no TLS peer. */
  causes: string[];
  /** Causes when the complaint concerns the client: its server complains, or it received its server's alert. */
  aboutClient?: string[];
  /** The question that separates the causes. */
  ask: string;
}
