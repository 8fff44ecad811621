/** The minute series that windows are judged on, as SQL, and back from its rows. */
import { HABITUAL_ERRORS, MAX_MINUTES, MINUTE, type MinuteSeries, ORDINARY } from '../windows/series.ts';
import type { Dialect } from './dialect.ts';

export const WINDOW_DIMENSIONS = ['all', 'endpoint', 'upstream', 'status', 'refusals', 'endpoint refusals'] as const;
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

/** `turnsAway` (windows/series.ts). */
const REFUSED = `(status >= 400 AND status < 500 AND status NOT IN (${[...ORDINARY].join(', ')}))`;

/** What rows are told apart by. */
function keyOf(dimension: WindowDimension, dialect: Dialect): string {
  if (dimension.startsWith('endpoint')) return dialect.endpoint('path');
  if (dimension === 'upstream') return "coalesce(upstream, '')";
  return dimension === 'status' ? 'CAST(coalesce(status, 0) AS VARCHAR)' : "''";
}

/** Keys whose minutes a server is asked for; a million endpoints would give more rows than the log has lines. */
const MOST_KEYS = 1000;

/** Counts, failures, clients and durations per minute and key. */
export function seriesSql(dimension: WindowDimension, dialect: Dialect, table = 'requests'): string {
  const key = keyOf(dimension, dialect);
  const refusals = dimension.endsWith('refusals');
  const failed = refusals ? REFUSED : failure(dialect);
  const client = "coalesce(client, '')";
  const errors = dialect.countIf('status >= 400');
  // Clients that are turned away count where nothing went well, as those that habitually fail.
  const habitual = refusals
    ? '(1 = 1)'
    : `(${client} IN (SELECT ${client} AS known FROM ${table} WHERE ${client} <> '' GROUP BY known HAVING ${errors} >= ${HABITUAL_ERRORS} AND ${errors} * 2 >= count(*)))`;
  const busiest =
    key === "''"
      ? ''
      : `\n  AND ${key} IN (SELECT busy FROM (SELECT ${key} AS busy, count(*) AS requests FROM ${table} WHERE time IS NOT NULL GROUP BY busy ORDER BY requests DESC, busy LIMIT ${MOST_KEYS}) AS busiest)`;
  return `SELECT
  ${key} AS key,
  ${dialect.minute('time')} AS minute,
  count(*) AS requests,
  ${dialect.countIf(failed)} AS failures,
  ${dialect.distinct(client)} AS clients,
  ${dialect.distinct(client, `${failed} AND NOT ${habitual}`)} + ${dialect.distinct(client, habitual)} - ${dialect.distinct(client, `${habitual} AND NOT coalesce(${failed}, false)`)} AS clients_failed,
  ${[50, 95, 99].map((share) => `${dialect.nearestRank('request_time', share / 100)} AS p${share}`).join(',\n  ')}
FROM ${table}
WHERE time IS NOT NULL${busiest}
GROUP BY key, minute
ORDER BY key, minute`;
}

/** The minutes around the middle of the data, so that one wild stamp cannot stretch the span. */
function mainSpan(rows: readonly SeriesRow[]): SeriesRow[] {
  const sorted = rows.toSorted((a, b) => a.minute - b.minute);
  const half = sorted.reduce((sum, { requests }) => sum + requests, 0) / 2;
  let seen = 0;
  const middle = sorted.find(({ requests }) => {
    seen += requests;
    return seen > half;
  })!.minute;
  const reach = (MAX_MINUTES / 2) * MINUTE;
  return rows.filter(({ minute }) => Math.abs(minute - middle) <= reach);
}

/** Series for `windowsOf`, the busiest keys first; minutes without a row held no request. */
export function seriesFromRows(all: readonly SeriesRow[], most = 200): MinuteSeries[] {
  if (all.length === 0) return [];
  const rows = mainSpan(all);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const totals = new Map<string, number>();
  for (const { minute, key, requests } of rows) {
    first = Math.min(first, minute);
    last = Math.max(last, minute);
    totals.set(key, (totals.get(key) ?? 0) + requests);
  }
  const minutes = Math.round((last - first) / MINUTE) + 1;
  const counts = (): Uint32Array => new Uint32Array(minutes);
  const durations = (): Float32Array => new Float32Array(minutes).fill(Number.NaN);
  const busiest = [...totals].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most);
  const series = new Map(
    busiest.map(([key]): [string, MinuteSeries] => [
      key,
      {
        key,
        start: first,
        requests: counts(),
        failures: counts(),
        clients: counts(),
        clientsFailed: counts(),
        p50: durations(),
        p95: durations(),
        p99: durations(),
      },
    ]),
  );
  for (const row of rows) {
    const one = series.get(row.key);
    if (!one) continue;
    const at = Math.round((row.minute - first) / MINUTE);
    one.requests[at] = row.requests;
    one.failures[at] = row.failures;
    one.clients[at] = row.clients;
    one.clientsFailed[at] = row.clients_failed;
    for (const share of ['p50', 'p95', 'p99'] as const) if (row[share] !== null) one[share][at] = row[share];
  }
  return [...series.values()];
}
