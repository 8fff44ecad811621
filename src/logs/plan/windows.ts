/** The minute series that windows are judged on, as SQL, and back from its rows. */
import { MINUTE, type MinuteSeries } from '../windows/series.ts';
import type { Dialect } from './dialect.ts';

export const WINDOW_DIMENSIONS = ['all', 'endpoint', 'upstream'] as const;
export type WindowDimension = (typeof WINDOW_DIMENSIONS)[number];

/** A row of the series query. */
export interface SeriesRow {
  key: string;
  minute: number;
  requests: number;
  failures: number;
  clients: number;
  clients_failed: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** A 5xx answer, or a connection that the proxy or the server ended without one. */
const failure = (dialect: Dialect): string =>
  `(status >= 500 OR (termination IS NOT NULL AND length(termination) >= 2 AND status = 0 AND ${dialect.matches("coalesce(termination, '')", '^[SsPRIKD]', '')}))`;

/** Counts, failures, clients and durations per minute and key. */
export function seriesSql(dimension: WindowDimension, dialect: Dialect, table = 'requests'): string {
  const key =
    dimension === 'endpoint' ? dialect.endpoint('path') : dimension === 'upstream' ? "coalesce(upstream, '')" : "''";
  const failed = failure(dialect);
  return `SELECT
  ${key} AS key,
  ${dialect.minute('time')} AS minute,
  count(*) AS requests,
  ${dialect.countIf(failed)} AS failures,
  ${dialect.distinct('client')} AS clients,
  ${dialect.distinct('client')} - ${dialect.distinct('client', `NOT ${failed}`)} AS clients_failed,
  ${[50, 95, 99].map((share) => `${dialect.nearestRank('request_time', share / 100)} AS p${share}`).join(',\n  ')}
FROM ${table}
WHERE time IS NOT NULL
GROUP BY key, minute
ORDER BY key, minute`;
}

/** Series for `windowsOf`; minutes without a row held no request. */
export function seriesFromRows(rows: readonly SeriesRow[]): MinuteSeries[] {
  if (rows.length === 0) return [];
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { minute } of rows) {
    first = Math.min(first, minute);
    last = Math.max(last, minute);
  }
  const minutes = Math.round((last - first) / MINUTE) + 1;
  const all = new Map<string, MinuteSeries>();
  for (const row of rows) {
    let series = all.get(row.key);
    if (!series) {
      const durations = (): Float32Array => new Float32Array(minutes).fill(Number.NaN);
      const counts = (): Uint32Array => new Uint32Array(minutes);
      series = {
        key: row.key,
        start: first,
        requests: counts(),
        failures: counts(),
        clients: counts(),
        clientsFailed: counts(),
        p50: durations(),
        p95: durations(),
        p99: durations(),
      };
      all.set(row.key, series);
    }
    const at = Math.round((row.minute - first) / MINUTE);
    series.requests[at] = row.requests;
    series.failures[at] = row.failures;
    series.clients[at] = row.clients;
    series.clientsFailed[at] = row.clients_failed;
    for (const share of ['p50', 'p95', 'p99'] as const) if (row[share] !== null) series[share][at] = row[share];
  }
  const total = ({ requests }: MinuteSeries): number => requests.reduce((sum, count) => sum + count, 0);
  return [...all.values()].sort((a, b) => total(b) - total(a) || (a.key < b.key ? -1 : 1));
}
