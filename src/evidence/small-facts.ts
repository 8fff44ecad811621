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
  /** The engineer's remark above the answer. */
  remark?: string;
  text: string;
}

export interface VersionFact {
  file: string;
  line: number;
  /** Node the version was seen on, where the list says so. */
  host?: string;
  /** `before` or `now` when the list compares two states. */
  when?: 'before' | 'now';
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
  /** Payment channels and the share of traffic each usually carries, 0..1. */
  routes?: { channel: string; share: number }[];
  /** Destinations that hosts may contact. */
  egressAllowed?: { destination: string; why: string }[];
  ownDomains?: string[];
  partners?: string[];
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
  protocol?: string;
  /** Seconds. */
  duration?: number;
}

/** A file of the web root or a configuration kept as plain text, for comparison with a baseline. */
export interface TextFact {
  file: string;
  kind: 'script' | 'web-page' | 'diff' | 'yaml' | 'ini' | 'text';
  text: string;
  sha256: string;
}

/** A line of `ps`. */
export interface ProcessFact {
  file: string;
  line: number;
  user: string;
  pid: number;
  parent?: number;
  /** As printed: a time of day means today. */
  started: string;
  command: string;
}

/** A line of `ss` or `netstat`. */
export interface ConnectionFact {
  file: string;
  line: number;
  state: string;
  local: string;
  localPort: number;
  remote: string;
  remotePort: number;
  process?: string;
  /** Number of the process, where the list has it. */
  pid?: number;
}

/** A line of `df`. */
export interface DiskFact {
  file: string;
  line: number;
  filesystem: string;
  mount: string;
  usedPercent: number;
  /** What is used up: blocks, or the inodes of `df -i`. */
  of: 'space' | 'inodes';
  text: string;
}

/** How a machine was doing, from `free`, `vmstat`, `uptime`, `ss -s` or the kernel's ring buffer. */
export interface HostGaugeFact {
  file: string;
  line: number;
  /** When, ms UTC, where the text says so. */
  time?: number;
  /** The port that it is about. */
  port?: number;
  /**
   * `memory-available` and `swap-used` in the unit of the output; `load`: mean length of the run queue over a minute; `swapping`:
   * kilobytes a second in and out; `waiting-for-disk`: percent of processor time; `time-wait`: sockets; `accept-queue`: connections that wait for
   * the program to accept them, `descriptors`: those a process or machine has open, each of as many as there may be. The others are words of the
   * kernel (or of Kubernetes), one each.
   */
  what:
    | 'memory-available'
    | 'swap-used'
    | 'load'
    | 'swapping'
    | 'waiting-for-disk'
    | 'time-wait'
    | 'accept-queue'
    | 'descriptors'
    | 'out-of-memory'
    | 'connection-table-full'
    | 'syn-queue-full';
  value: number;
  /** The whole of which `value` is a part, in its unit. */
  of?: number;
  text: string;
}

/** What a browser reported about a content security policy. */
export interface CspFact {
  file: string;
  line: number;
  /** ms UTC; NaN where the report was stored without one. */
  time: number;
  blocked: string;
  page: string;
  directive: string;
}

/** A file's hash in a `sha256sum` list. */
export interface HashFact {
  file: string;
  line: number;
  path: string;
  hash: string;
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
  processes?: ProcessFact[];
  connections?: ConnectionFact[];
  disks?: DiskFact[];
  gauges?: HostGaugeFact[];
  hashes?: HashFact[];
  csp?: CspFact[];
  /** Kernel settings printed in command output, e.g. `net.ipv4.ip_local_port_range`. */
  kernel?: { file: string; line: number; key: string; value: string }[];
  /** What could not be read, with its place. */
  problems?: { file: string; line: number; what: string }[];
}
