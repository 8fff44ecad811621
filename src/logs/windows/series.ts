/** Per-minute series over the request table: counts, failures and exact percentiles by any dimension. */
import { merchantInPath, namesMerchant } from '../formats/merchant-members.ts';
import type { RequestTable } from '../types.ts';

export const MINUTE = 60_000;

export interface MinuteSeries {
  key: string;
  /** ms UTC of the first minute; index i is the minute `start + i * MINUTE`. */
  start: number;
  requests: Uint32Array;
  /** Requests answered 5xx, or cut before an answer. */
  failures: Uint32Array;
  /**
   * The same with every client counted once a minute, as failed when one of its requests failed: one client that fails a
   * thousand times (card testing) is one voice, not an outage. One that habitually fails counts only when none succeeded.
   */
  clients: Uint32Array;
  clientsFailed: Uint32Array;
  /** Seconds, exact nearest rank; NaN in minutes without a timed request. */
  p50: Float32Array;
  p95: Float32Array;
  p99: Float32Array;
}

/** Counts that name no clients and say nothing of durations: each is a voice of its own. @param never as many NaN as minutes. */
export const untimedSeries = (
  key: string,
  start: number,
  requests: Uint32Array,
  failures: Uint32Array,
  never = new Float32Array(requests.length).fill(Number.NaN),
): MinuteSeries => ({
  key,
  start,
  requests,
  failures,
  clients: requests,
  clientsFailed: failures,
  p50: never,
  p95: never,
  p99: never,
});

/** Errors of a client from which it may be one that habitually fails. */
export const HABITUAL_ERRORS = 10;
/** Whether most of what a client asked for was answered 4xx or 5xx: a scanner, or one that is told to go away. */
export const failsHabitually = (requests: number, errors: number): boolean =>
  errors >= HABITUAL_ERRORS && errors * 2 >= requests;

/** By id of the client, 1 for one that habitually fails. */
function habitualClients(table: RequestTable): Uint8Array {
  const requests = new Uint32Array(table.strings.length);
  const errors = new Uint32Array(table.strings.length);
  for (let row = 0; row < table.length; row++) {
    const client = table.client[row]!;
    requests[client]!++;
    if (table.status[row]! >= 400) errors[client]!++;
  }
  const habitual = requests.map((count, id) => (failsHabitually(count, errors[id]!) ? 1 : 0));
  // Nobody in particular.
  habitual[0] = 0;
  return Uint8Array.from(habitual);
}

export type Dimension = 'all' | 'endpoint' | 'host' | 'upstream' | 'merchant' | 'source' | 'method' | 'status';

/** Longest span that is cut into minutes (120 days); stray stamps beyond it are left out. */
export const MAX_MINUTES = 172_800;
const MAX_KEYS = 200;
/** Dimensions whose ids are no texts. */
const OF_NUMBERS: ReadonlySet<Dimension> = new Set(['source', 'status']);
/** Keys that are counted to find the busiest. */
const MOST_KEYS = MAX_KEYS * 20;

/** Exact nearest-rank percentile of sorted values. @param share 0..1. */
export function nearestRank(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/** `/order/0920-04550225` to `/order/*`: path parts that hold digits or long identifiers are one endpoint. */
export function endpointOf(path: string): string {
  const parts = path.split('/');
  for (let i = 0; i < parts.length && i < 12; i++) {
    const part = parts[i]!;
    if (/\d/.test(part) && !/^v\d{1,2}$/.test(part)) parts[i] = '*';
    // Characters, not UTF-16 units: an engine that runs the plan counts them.
    else if (part.length > 40 && [...part].length > 40) parts[i] = '*';
  }
  return parts.slice(0, 12).join('/') || '/';
}

/** A failed request: a 5xx answer, or a connection that HAProxy ended before one. */
export function isFailure(status: number, termination: string): boolean {
  if (status >= 500) return true;
  if (termination === '' || termination.length < 2) return false;
  // First letter: who ended it; the client's own aborts (C, c) are no failure of the service.
  return /^[SsPRIKD]/.test(termination) && (status === 0 || status >= 500);
}

/** What counts as failed, and of which clients. */
export interface Faults {
  fails(status: number, termination: string): boolean;
  /** A client failed only where none of its requests of the minute went well; else, where one of them failed. */
  unanimous: boolean;
}

const SERVER_FAULTS: Faults = { fails: isFailure, unanimous: false };

/** Answers that are part of the business: declined (402), sold out or done already (409, 410, 412), a range that is not there (416). */
export const ORDINARY: ReadonlySet<number> = new Set([402, 409, 410, 412, 416]);
const TOO_MANY = 429;

/** Whether an answer turns the client away: a 4xx that is none of the business, too many requests among them. */
export const turnsAway = (status: number): boolean => status >= 400 && status < 500 && !ORDINARY.has(status);

/** Clients that are turned away: one that logs in again or tries another page is none. */
export const TURNED_AWAY: Faults = { fails: turnsAway, unanimous: true };

/** The same for triage, where too many requests have a check of their own. */
export const REFUSALS: Faults = {
  fails: (status) => status !== TOO_MANY && turnsAway(status),
  unanimous: true,
};

/** The text that a dimension goes by: ids of it by row, and what text a row's id stands for. */
function keyColumn(
  table: RequestTable,
  dimension: Dimension,
): { ids: ArrayLike<number>; textOf: (id: number) => string } | undefined {
  const { strings } = table;
  const text = (id: number): string => strings[id]!;
  switch (dimension) {
    case 'endpoint':
      return { ids: table.path, textOf: (id) => endpointOf(text(id)) };
    case 'host':
      return { ids: table.host, textOf: text };
    case 'upstream':
      return { ids: table.upstream, textOf: text };
    case 'merchant': {
      // By name, or else by the path that may hold it.
      const ids = table.merchant.map((id, row) => (id === 0 ? strings.length + table.path[row]! : id));
      const inPath = (path: string): string => (namesMerchant(endpointOf(path)) ? merchantInPath(path) : '');
      return { ids, textOf: (id) => (id < strings.length ? text(id) : inPath(text(id - strings.length))) };
    }
    case 'method':
      return { ids: table.method, textOf: text };
    case 'status':
      return { ids: table.status, textOf: String };
    case 'source':
      return { ids: table.source, textOf: String };
    default:
      return undefined;
  }
}

/** Rows sorted into groups: those of group g are `rows[starts[g]..starts[g + 1])`, in the order they came in. */
function grouped(rows: Uint32Array, groupOf: (row: number) => number, groups: number) {
  const starts = new Uint32Array(groups + 1);
  for (const row of rows) starts[groupOf(row) + 1]!++;
  for (let group = 0; group < groups; group++) starts[group + 1]! += starts[group]!;
  const next = starts.slice();
  const sorted = new Uint32Array(rows.length);
  for (const row of rows) sorted[next[groupOf(row)]!++] = row;
  return { rows: sorted, starts };
}

/** The minutes that the requests lie in, and the rows in them in order of the minute. */
interface Cut {
  start: number;
  minutes: number;
  rows: Uint32Array;
}

function cutIntoMinutes(table: RequestTable, only: ((row: number) => boolean) | undefined): Cut | undefined {
  const times = table.time;
  const sorted = new Float64Array(table.length);
  let stamped = 0;
  for (const time of times) if (!Number.isNaN(time)) sorted[stamped++] = time;
  if (stamped === 0) return undefined;
  const known = sorted.subarray(0, stamped).sort();
  // The middle of the data anchors the span, so that one wild stamp cannot stretch it.
  const middle = Math.floor(known[stamped >> 1]! / MINUTE) * MINUTE;
  const reach = (MAX_MINUTES / 2) * MINUTE;
  const first = known.find((time) => time >= middle - reach)!;
  const last = known.findLast((time) => time < middle + reach + MINUTE)!;
  const start = Math.floor(first / MINUTE) * MINUTE;
  const minutes = Math.floor((last - start) / MINUTE) + 1;
  const rows = new Uint32Array(stamped);
  let taken = 0;
  for (let row = 0; row < table.length; row++) {
    const time = times[row]!;
    if (time >= start && time <= last && (!only || only(row))) rows[taken++] = row;
  }
  const minuteOf = (row: number): number => Math.floor((times[row]! - start) / MINUTE);
  return { start, minutes, rows: grouped(rows.subarray(0, taken), minuteOf, minutes).rows };
}

/** What a request of the table counts under, by its row; '' where the dimension is everything. */
export function keyFunction(table: RequestTable, dimension: Dimension): (row: number) => string {
  const column = keyColumn(table, dimension);
  if (!column) return () => '';
  const known = new Map<number, string>();
  return (row) => {
    const id = column.ids[row]!;
    let text = known.get(id);
    if (text === undefined) {
      text = column.textOf(id);
      known.set(id, text);
    }
    return text;
  };
}

/**
 * Cuts the requests into minutes. Columns only: a table may hold a million clients.
 * @param only rows to take; all when absent. @param faults what counts as failed; 5xx when absent. @returns the busiest keys first, at most 200.
 */
export function requestSeries(
  table: RequestTable,
  dimension: Dimension,
  only?: (row: number) => boolean,
  faults = SERVER_FAULTS,
): MinuteSeries[] {
  const cut = cutIntoMinutes(table, only);
  if (!cut || cut.rows.length === 0) return [];
  const counter = new SeriesCounter(table, cut, faults);
  const column = keyColumn(table, dimension);
  if (!column) return [counter.count('', cut.rows)];
  const keys: string[] = [];
  const numbers = new Map<string, number>();
  /** By id, one more than the number of its key; the last number is of those beyond the limit. */
  const keyOf = new Uint16Array(OF_NUMBERS.has(dimension) ? 1 << 16 : table.strings.length * 2);
  // As the rows come in the file.
  for (let row = 0; row < table.length; row++) {
    const id = column.ids[row]!;
    if (keyOf[id] !== 0) continue;
    const key = column.textOf(id);
    let number = numbers.get(key);
    if (number === undefined && keys.length < MOST_KEYS) {
      number = keys.push(key) - 1;
      numbers.set(key, number);
    }
    keyOf[id] = (number ?? MOST_KEYS) + 1;
  }
  const { rows, starts } = grouped(cut.rows, (row) => keyOf[column.ids[row]!]! - 1, MOST_KEYS + 1);
  const size = (key: number): number => starts[key + 1]! - starts[key]!;
  return [...keys.keys()]
    .filter((key) => size(key) > 0)
    .sort((a, b) => size(b) - size(a) || (keys[a]! < keys[b]! ? -1 : 1))
    .slice(0, MAX_KEYS)
    .map((key) => counter.count(keys[key]!, rows.subarray(starts[key]!, starts[key + 1]!)));
}

/** What a client did in the minute at hand. */
const FAILED = 1;
/** A good answer, of one that habitually fails. */
const SERVED = 2;

/** Counts rows that are in order of the minute. */
class SeriesCounter {
  readonly #table: RequestTable;
  readonly #cut: Cut;
  readonly #fails: Faults['fails'];
  readonly #habitual: Uint8Array;
  /** By client: the last minute of a series in which it was heard, and what it did then. */
  readonly #heard: Uint32Array;
  readonly #did: Uint8Array;
  #now = 0;
  #durations = new Float32Array(1024);

  constructor(table: RequestTable, cut: Cut, { fails, unanimous }: Faults) {
    this.#table = table;
    this.#cut = cut;
    this.#fails = fails;
    this.#habitual = unanimous ? new Uint8Array(table.strings.length).fill(1) : habitualClients(table);
    this.#heard = new Uint32Array(table.strings.length);
    this.#did = new Uint8Array(table.strings.length);
  }

  /** @param rows in order of the minute. */
  count(key: string, rows: Uint32Array): MinuteSeries {
    const { start, minutes } = this.#cut;
    const { time, status, termination, strings, client, requestTime } = this.#table;
    const series: MinuteSeries = {
      key,
      start,
      requests: new Uint32Array(minutes),
      failures: new Uint32Array(minutes),
      clients: new Uint32Array(minutes),
      clientsFailed: new Uint32Array(minutes),
      p50: new Float32Array(minutes).fill(Number.NaN),
      p95: new Float32Array(minutes).fill(Number.NaN),
      p99: new Float32Array(minutes).fill(Number.NaN),
    };
    for (let at = 0; at < rows.length; ) {
      const minute = Math.floor((time[rows[at]!]! - start) / MINUTE);
      const limit = start + (minute + 1) * MINUTE;
      let timed = 0;
      this.#now++;
      for (; at < rows.length && time[rows[at]!]! < limit; at++) {
        const row = rows[at]!;
        const failed = this.#fails(status[row]!, strings[termination[row]!]!);
        series.requests[minute]!++;
        if (failed) series.failures[minute]!++;
        this.#hear(series, minute, client[row]!, failed);
        const seconds = requestTime[row]!;
        if (!Number.isNaN(seconds)) this.#keep(timed++, seconds);
      }
      if (timed === 0) continue;
      const durations = this.#durations.subarray(0, timed).sort();
      series.p50[minute] = nearestRank(durations, 0.5);
      series.p95[minute] = nearestRank(durations, 0.95);
      series.p99[minute] = nearestRank(durations, 0.99);
    }
    return series;
  }

  #hear({ clients, clientsFailed }: MinuteSeries, minute: number, client: number, failed: boolean): void {
    if (this.#heard[client] !== this.#now) {
      this.#heard[client] = this.#now;
      this.#did[client] = 0;
      clients[minute]!++;
    }
    const before = this.#did[client]!;
    const after = before | (failed ? FAILED : this.#habitual[client] === 1 ? SERVED : 0);
    this.#did[client] = after;
    // One that habitually fails counts only where none succeeded.
    if (after === FAILED && before !== FAILED) clientsFailed[minute]!++;
    else if (before === FAILED && after !== FAILED) clientsFailed[minute]!--;
  }

  #keep(at: number, seconds: number): void {
    if (at === this.#durations.length) {
      const bigger = new Float32Array(at * 2);
      bigger.set(this.#durations);
      this.#durations = bigger;
    }
    this.#durations[at] = seconds;
  }
}
