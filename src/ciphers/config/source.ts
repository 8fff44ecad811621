/** What every configuration reader shares: bounds, the observation under construction and small value helpers. */
import type { Located, ServerConfigObservation } from '../types.ts';

/** Beyond these the reader stops and says so; real configurations are far smaller. */
export const LIMITS = { characters: 8 * 1024 * 1024, directives: 50_000, depth: 64, problems: 200 } as const;

/** Supplies the text of included files; a reader itself never touches the disk. */
export interface ReadHint {
  /** Skips detection. */
  software?: string;
  /**
   * Resolves an include pattern as written; returns the files in the order the server would read them. Empty when the place was
   * looked at and nothing there matches, undefined when it is not at hand.
   */
  include?: (pattern: string, fromFile: string) => { file: string; text: string }[] | undefined;
}

/** One reader per configuration language. */
export interface ConfigReader {
  software: string;
  /** Decides from the first bytes of the text alone. */
  detect(head: string): boolean;
  read(text: string, file: string, hint: ReadHint): ServerConfigObservation;
}

/** Collects an observation; problems and directives are bounded. */
export class ObservationBuilder {
  readonly observation: ServerConfigObservation;
  #droppedDirectives = 0;

  constructor(file: string, software: string) {
    this.observation = { file, software, listeners: [], upstreams: [], directives: [], logFormats: [], problems: [] };
  }

  directive(name: string, value: string, line: number, context?: string): void {
    const { directives } = this.observation;
    if (directives.length >= LIMITS.directives) {
      this.#droppedDirectives++;
      return;
    }
    directives.push({ name, value, line, ...(context === undefined || context === '' ? {} : { context }) });
  }

  problem(line: number, says: string, column?: number): void {
    const { problems } = this.observation;
    if (problems.length >= LIMITS.problems) return;
    problems.push({ line, says, ...(column === undefined ? {} : { column }) });
  }

  finish(): ServerConfigObservation {
    if (this.#droppedDirectives > 0) {
      const last = this.observation.directives.at(-1);
      this.problem(
        last?.line ?? 1,
        `${this.#droppedDirectives} directives beyond the first ${LIMITS.directives} were not kept`,
      );
    }
    return this.observation;
  }
}

/** A value with the place it was written at. */
export function located<T>(value: T, file: string, line: number): Located<T> {
  return { value, file, line };
}

/** Splits `host:port`, `[v6]:port`, `*:port`, `:port` or a bare port; `defaultPort` when none is written. */
export function splitHostPort(text: string, defaultPort: number): { address: string; port: number } {
  const bracket = /^\[([^\]]{0,64})\](?::(\d{1,5}))?$/.exec(text);
  if (bracket) return { address: bracket[1] ?? '', port: bracket[2] ? Number(bracket[2]) : defaultPort };
  if (/^\d{1,5}$/.test(text)) return { address: '*', port: Number(text) };
  const colon = text.lastIndexOf(':');
  if (colon >= 0 && text.indexOf(':') === colon && /^\d{1,5}$/.test(text.slice(colon + 1))) {
    return { address: text.slice(0, colon) || '*', port: Number(text.slice(colon + 1)) };
  }
  return { address: text || '*', port: defaultPort };
}

/** `host:port` with brackets for IPv6. */
export function joinHostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The spelling every other part of the program uses for a protocol version. */
const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  sslv2: 'SSLv2',
  ssl2: 'SSLv2',
  sslv3: 'SSLv3',
  ssl3: 'SSLv3',
  'sslv3.0': 'SSLv3',
  tlsv1: 'TLSv1.0',
  'tlsv1.0': 'TLSv1.0',
  'tls1.0': 'TLSv1.0',
  tls1: 'TLSv1.0',
  tlsv1_0: 'TLSv1.0',
  tls10: 'TLSv1.0',
  tlsv10: 'TLSv1.0',
  'tlsv1.1': 'TLSv1.1',
  'tls1.1': 'TLSv1.1',
  tlsv1_1: 'TLSv1.1',
  tls11: 'TLSv1.1',
  tlsv11: 'TLSv1.1',
  'tlsv1.2': 'TLSv1.2',
  'tls1.2': 'TLSv1.2',
  tlsv1_2: 'TLSv1.2',
  tls12: 'TLSv1.2',
  tlsv12: 'TLSv1.2',
  'tlsv1.3': 'TLSv1.3',
  'tls1.3': 'TLSv1.3',
  tlsv1_3: 'TLSv1.3',
  tls13: 'TLSv1.3',
  tlsv13: 'TLSv1.3',
};

/** `TLSv1_2`, `tls1.2`, `TLSv1.2` all become `TLSv1.2`, `TLSv1` becomes `TLSv1.0`; undefined when it names no version. */
export function protocolName(text: string): string | undefined {
  return PROTOCOL_NAMES[text.trim().toLowerCase()];
}

/** Oldest first; ranges of `min`..`max` options are cut from this list. */
export const PROTOCOL_ORDER: readonly string[] = ['SSLv2', 'SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** The versions from `min` to `max` inclusive; an undefined end is open within SSLv3..TLSv1.3. */
export function protocolRange(min: string | undefined, max: string | undefined): string[] {
  const from = min === undefined ? 1 : Math.max(0, PROTOCOL_ORDER.indexOf(min));
  const to = max === undefined ? PROTOCOL_ORDER.length - 1 : PROTOCOL_ORDER.indexOf(max);
  return PROTOCOL_ORDER.slice(from, to + 1);
}
