import type { AttackCount } from './attacks/matcher.ts';
import type { EventClass } from './event-classes.ts';
import type { TrafficSeries } from './traffic/series.ts';
import type { Traffic } from './traffic/traffic.ts';

/** A log file as the pass found it. */
export interface LogSource {
  /** Index used by records, requests and events. */
  index: number;
  file: string;
  /** Detected from content: `nginx-error`, `nginx-access`, `haproxy-http`, `json-lines`, `logback`, `syslog-rfc3164`, ... */
  format: string;
  /** What the log is a log of. */
  role: 'access' | 'error' | 'application' | 'load-balancer' | 'auth' | 'system' | 'network-flows' | 'other';
  /** `nginx`, `haproxy`, `httpd`, `stunnel`, `java`, `node`, `go`, `python`, ... as far as content tells. */
  software?: string;
  /** Host, node or service name, from the lines or else from the file name. */
  node?: string;
  bytes: number;
  lines: number;
  parsed: number;
  /** Lines that fit no rule of the format; folded continuation lines are not among them. */
  unparsed: number;
  unparsedSamples: { line: number; text: string }[];
  first?: number;
  last?: number;
  zone: { name: string; source: 'line' | 'topology' | 'option' | 'inferred' | 'assumed-utc' };
  /** Operations counted in it; 0 where they are not counted. */
  operations: number;
  /** Finest severity seen; tells whether a server log can show handshake faults at all. */
  levels: { [level: string]: number };
}

export const LEVELS = ['trace', 'debug', 'info', 'notice', 'warn', 'error', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** One record of an application, error, load-balancer or system log (access lines live in the request table). */
export interface LogRecord {
  source: number;
  /** 1-based first line. */
  line: number;
  /** ms UTC; NaN when the line carries no time and none precedes it. */
  time: number;
  level?: Level;
  node?: string;
  /** Logger, program, module or unit. */
  logger?: string;
  /** The text after the prefix, folded stack-trace lines joined by `\n`, at most 8 KiB. Raw evidence. */
  message: string;
  /** `key=value` pairs and JSON members found in it (nested keys joined by `.`). Values as text. */
  fields: { [key: string]: string };
}

/**
 * Columnar table of HTTP requests from every access-like log. Strings are interned in `strings`; id 0 is "".
 * Bounded: beyond `capacity` rows further requests only enter the counters, and `dropped` says how many.
 */
export interface RequestTable {
  length: number;
  dropped: number;
  strings: string[];
  time: Float64Array;
  source: Uint16Array;
  line: Uint32Array;
  /** Address of the peer, or the real client where X-Forwarded-For is logged. */
  client: Uint32Array;
  method: Uint32Array;
  /** Path without query. */
  path: Uint32Array;
  /** Query string without `?`; 0 when absent. */
  query: Uint32Array;
  status: Uint16Array;
  bytes: Float64Array;
  referer: Uint32Array;
  userAgent: Uint32Array;
  host: Uint32Array;
  /** Seconds; NaN when not logged. */
  requestTime: Float32Array;
  upstreamConnect: Float32Array;
  upstreamHeader: Float32Array;
  upstreamResponse: Float32Array;
  /** Upstream address; 0 when none. */
  upstream: Uint32Array;
  /** Upstream status as logged (`502, 200` keeps its first). 0 when none. */
  upstreamStatus: Uint16Array;
  /** HAProxy termination state such as `SC--`; 0 when not logged. */
  termination: Uint32Array;
  /** Whose payment it is, as the log names it; 0 where it does not. */
  merchant: Uint32Array;
}

/** One line (or folded record) in which software said something that the lexicon knows. */
export interface EventHit {
  time: number;
  source: number;
  line: number;
  text: string;
  /** Captured values: `host`, `peer`, `depth`, `notAfter`, `serial`, `alert`, `code`, ... */
  values: { [name: string]: string };
}

/** All hits of one lexicon entry in one source, from one node towards one peer. */
export interface LogEvent {
  /** Lexicon entry id, e.g. `nginx.upstream-connect-refused`. */
  entry: string;
  /** Normalised meaning. */
  event: EventClass;
  /** Further meanings the same text can have. */
  also: EventClass[];
  source: number;
  software: string;
  node?: string;
  /** `local`: the writer judged its peer. `remote`: the peer rejected the writer (received alert). `self`: about the writer alone. */
  complaint: 'local' | 'remote' | 'self';
  /** Role of the writer on that connection. */
  role: 'client' | 'server' | 'none' | 'unknown';
  /** Upstream or peer that the hits name (`host:port` or address), if any. */
  peer?: string;
  /** The records say that they belong to a sandbox or test system. */
  test?: boolean;
  count: number;
  first: number;
  last: number;
  /** Minute (ms UTC, floored) to hits. */
  perMinute: Map<number, number>;
  /** The first 20 and the last 20 hits. */
  hits: EventHit[];
  /** Distinct client addresses named by the hits when the writer is the server (capped at 1000). */
  clients: Set<string>;
}

/** Count per minute of one shape of message in one source, so that texts nobody listed still show an onset. */
export interface TemplateSeries {
  source: number;
  template: string;
  level?: Level;
  count: number;
  first: number;
  last: number;
  perMinute: Map<number, number>;
  sample: { line: number; text: string };
}

export interface CardNumberHit {
  file: string;
  line: number;
  column: number;
  /** First 6 and last 4 at most. */
  masked: string;
  brand: string;
  /** Keyed hash, to tell distinct cards apart. */
  digest: string;
  kind: 'pan' | 'track1' | 'track2' | 'cvv';
  time: number;
  confidence: number;
}

export interface LogObservations {
  sources: LogSource[];
  /** Kept whole within a byte budget; frequent INFO shapes are sampled beyond it and `sampledOut` counts them. */
  records: LogRecord[];
  sampledOut: number;
  requests: RequestTable;
  events: LogEvent[];
  templates: TemplateSeries[];
  cards: { total: number; hits: CardNumberHit[] };
  /** Every request in compact form: exact counts per minute, address, endpoint and upstream. */
  traffic: Traffic;
  /** The same of operations in application logs: lines that name an endpoint or partner and a duration or outcome. */
  operations: Traffic;
  /** Their series by minute, where threads counted them; the traffic and operations hold no single requests then. */
  series?: { traffic: TrafficSeries[]; operations: TrafficSeries[] };
  /** Traces of attacks in requests, most frequent first. */
  signatures: AttackCount[];
  /** Records seen, kept or not. */
  recordTotal: number;
  /** What had to be counted together or let go besides traffic, in sentences; see `approximations`. */
  approximated: string[];
}
