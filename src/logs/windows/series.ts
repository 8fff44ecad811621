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

/** Errors of a client from which it may be one that habitually fails. */
export const HABITUAL_ERRORS = 10;
/** Whether most of what a client asked for was answered 4xx or 5xx: a scanner, or one that is told to go away. */
export const failsHabitually = (requests: number, errors: number): boolean =>
  errors >= HABITUAL_ERRORS && errors * 2 >= requests;

/** By id of the client, requests and errors. */
function habitualClients(table: RequestTable): ReadonlySet<number> {
  const counts = new Map<number, [requests: number, errors: number]>();
  for (let row = 0; row < table.length; row++) {
    const client = table.client[row]!;
    // Nobody in particular.
    if (client === 0) continue;
    const one = counts.get(client) ?? [0, 0];
    one[0]++;
    if (table.status[row]! >= 400) one[1]++;
    counts.set(client, one);
  }
  return new Set([...counts].filter(([, [requests, errors]]) => failsHabitually(requests, errors)).map(([id]) => id));
}

export type Dimension = 'all' | 'endpoint' | 'host' | 'upstream' | 'merchant' | 'source' | 'method';

/** Longest span that is cut into minutes (120 days); stray stamps beyond it are left out. */
export const MAX_MINUTES = 172_800;
const MAX_KEYS = 200;

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

function keyFunction(table: RequestTable, dimension: Dimension): (row: number) => string {
  const { strings } = table;
  switch (dimension) {
    case 'endpoint': {
      const known = new Map<number, string>();
      return (row) => {
        const id = table.path[row]!;
        let endpoint = known.get(id);
        if (endpoint === undefined) {
          endpoint = endpointOf(strings[id]!);
          known.set(id, endpoint);
        }
        return endpoint;
      };
    }
    case 'host':
      return (row) => strings[table.host[row]!]!;
    case 'upstream':
      return (row) => strings[table.upstream[row]!]!;
    case 'merchant': {
      const inPath = new Map<number, string>();
      return (row) => {
        const id = table.merchant[row]!;
        if (id !== 0) return strings[id]!;
        const path = table.path[row]!;
        let named = inPath.get(path);
        if (named === undefined) {
          named = namesMerchant(endpointOf(strings[path]!)) ? merchantInPath(strings[path]!) : '';
          inPath.set(path, named);
        }
        return named;
      };
    }
    case 'method':
      return (row) => strings[table.method[row]!]!;
    case 'source':
      return (row) => String(table.source[row]);
    default:
      return () => '';
  }
}

/**
 * Cuts the requests into minutes.
 * @param only rows to take; all when absent. @returns the busiest keys first, at most 200.
 */
export function requestSeries(
  table: RequestTable,
  dimension: Dimension,
  only?: (row: number) => boolean,
): MinuteSeries[] {
  const times = table.time;
  const stamped = Float64Array.from(times.filter((time) => !Number.isNaN(time))).sort();
  if (stamped.length === 0) return [];
  // The middle of the data anchors the span, so that one wild stamp cannot stretch it.
  const middle = Math.floor(stamped[stamped.length >> 1]! / MINUTE) * MINUTE;
  const reach = (MAX_MINUTES / 2) * MINUTE;
  const first = stamped.find((time) => time >= middle - reach)!;
  const last = stamped.findLast((time) => time < middle + reach + MINUTE)!;
  const start = Math.floor(first / MINUTE) * MINUTE;
  const minutes = Math.floor((last - start) / MINUTE) + 1;

  const keyOf = keyFunction(table, dimension);
  const rows = new Map<string, number[]>();
  for (let row = 0; row < table.length; row++) {
    const time = times[row]!;
    if (!(time >= start && time <= last) || (only && !only(row))) continue;
    const key = keyOf(row);
    const list = rows.get(key);
    if (list) list.push(row);
    else if (rows.size < MAX_KEYS * 20) rows.set(key, [row]);
  }
  const busiest = [...rows].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1)).slice(0, MAX_KEYS);
  const habitual = habitualClients(table);
  return busiest.map(([key, list]) => oneSeries(table, key, list, start, minutes, habitual));
}

function oneSeries(
  table: RequestTable,
  key: string,
  rows: number[],
  start: number,
  minutes: number,
  habitual: ReadonlySet<number>,
): MinuteSeries {
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
  rows.sort((a, b) => table.time[a]! - table.time[b]!);
  let at = 0;
  const heard = new Set<number>();
  const failing = new Set<number>();
  /** Of those that habitually fail, the ones that got a good answer. */
  const served = new Set<number>();
  while (at < rows.length) {
    const minute = Math.floor((table.time[rows[at]!]! - start) / MINUTE);
    const limit = start + (minute + 1) * MINUTE;
    const durations: number[] = [];
    heard.clear();
    failing.clear();
    served.clear();
    for (; at < rows.length && table.time[rows[at]!]! < limit; at++) {
      const row = rows[at]!;
      const failed = isFailure(table.status[row]!, table.strings[table.termination[row]!]!);
      series.requests[minute]!++;
      if (failed) series.failures[minute]!++;
      heard.add(table.client[row]!);
      if (failed) failing.add(table.client[row]!);
      else if (habitual.has(table.client[row]!)) served.add(table.client[row]!);
      const seconds = table.requestTime[row]!;
      if (!Number.isNaN(seconds)) durations.push(seconds);
    }
    series.clients[minute] = heard.size;
    for (const client of served) failing.delete(client);
    series.clientsFailed[minute] = failing.size;
    if (durations.length > 0) {
      durations.sort((a, b) => a - b);
      series.p50[minute] = nearestRank(durations, 0.5);
      series.p95[minute] = nearestRank(durations, 0.95);
      series.p99[minute] = nearestRank(durations, 0.99);
    }
  }
  return series;
}
