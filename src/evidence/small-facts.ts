/** The small facts of a bundle, in whatever plain format they came. Each carries its line. */

export interface ChangeFact {
  file: string;
  line: number;
  /** ms UTC; NaN when unreadable. */
  time: number;
  text: string;
  team?: string;
}

/** A notice, mail or ticket, as text with the dates found in it. */
export interface NoticeFact {
  file: string;
  line: number;
  time: number;
  kind: 'notice' | 'ticket' | 'status';
  text: string;
}

export interface FileFact {
  file: string;
  line: number;
  mode: string;
  owner: string;
  size: number;
  modified: number;
  path: string;
}

export interface ClockFact {
  file: string;
  line: number;
  host: string;
  /** Seconds the host's clock is ahead of true time (negative: behind). */
  offsetSeconds: number;
  synchronised: boolean;
  text: string;
}

export interface DnsFact {
  file: string;
  line: number;
  name: string;
  type: string;
  value: string;
  ttl?: number;
  /** Which resolver answered, as far as the text says. */
  resolver?: string;
  text: string;
}

export interface VersionFact {
  file: string;
  line: number;
  software: string;
  version: string;
  text: string;
}

export interface TopologyNode {
  name: string;
  ip?: string;
  role?: string;
  stack?: string;
}

export interface TopologyLeg {
  name: string;
  to?: string;
  ip?: string;
  port?: number;
  tls?: boolean;
  mutual?: boolean;
  channel?: string;
  trust?: string;
  /** Every key as written, dotted. */
  raw: { [key: string]: string };
}

export interface TopologyFact {
  file: string;
  site?: string;
  /** IANA zone of log lines without an offset. */
  zone?: string;
  nodes: TopologyNode[];
  legs: TopologyLeg[];
  internalNetworks: string[];
  /** Address ranges of provider callbacks. */
  callbackRanges: string[];
  raw: { [key: string]: string };
}

/** A line of a firewall, NetFlow or egress table. */
export interface NetworkFlowFact {
  file: string;
  line: number;
  time: number;
  source: string;
  destination: string;
  port: number;
  bytesOut: number;
  bytesIn: number;
  action: string;
}

/** A file of the web root or a configuration kept as plain text, for comparison with a baseline. */
export interface TextFact {
  file: string;
  kind: 'script' | 'web-page' | 'diff' | 'yaml' | 'ini' | 'text';
  text: string;
  sha256: string;
}

export interface SmallFacts {
  changes: ChangeFact[];
  notices: NoticeFact[];
  files: FileFact[];
  clocks: ClockFact[];
  dns: DnsFact[];
  versions: VersionFact[];
  topology: TopologyFact[];
  flows: NetworkFlowFact[];
  texts: TextFact[];
  /** Small tables nobody claimed: header and rows, at most 5000 rows. */
  tables: { file: string; header: string[]; rows: { line: number; cells: string[] }[] }[];
  /** YAML, JSON, INI and properties files as dotted keys. */
  settings: { file: string; line: number; key: string; value: string }[];
}
