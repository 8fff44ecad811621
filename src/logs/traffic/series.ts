/** Per-minute series of the whole traffic, its busiest endpoints and its busiest upstreams, in one walk over the minutes. */
import { MAX_MINUTES, type MinuteSeries } from '../windows/series.ts';
import { MinuteTally } from './tally.ts';
import { MINUTE, type Minute, piecesOf, RowColumns, Traffic } from './traffic.ts';

const BUSIEST = 30;
const PERCENTILES = [0.5, 0.95, 0.99];

export interface TrafficSeries extends MinuteSeries {
  dimension: 'all' | 'endpoint' | 'upstream';
}

/** The minutes around the middle of the data, so that one wild stamp cannot stretch the span; in order of time. */
function mainSpan(traffic: Traffic): Minute[] {
  const minutes = [...traffic.minutes.values()].sort((a, b) => a.minute - b.minute);
  const half = minutes.reduce((sum, { requests }) => sum + requests, 0) / 2;
  let seen = 0;
  const middle = minutes.find(({ requests }) => {
    seen += requests;
    return seen > half;
  })?.minute;
  if (middle === undefined) return minutes;
  return minutes.filter(({ minute }) => Math.abs(minute - middle) <= MAX_MINUTES / 2);
}

/** Ids of the names with the most requests; equal ones by name. */
function busiest(names: readonly string[], counts: Uint32Array): number[] {
  return names
    .map((_, id) => id)
    .filter((id) => counts[id]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || (names[a]! < names[b]! ? -1 : 1))
    .slice(0, BUSIEST);
}

function emptySeries(
  key: string,
  dimension: TrafficSeries['dimension'],
  start: number,
  minutes: number,
): TrafficSeries {
  const blank = (): Float32Array => new Float32Array(minutes).fill(Number.NaN);
  return {
    key,
    dimension,
    start,
    requests: new Uint32Array(minutes),
    failures: new Uint32Array(minutes),
    clients: new Uint32Array(minutes),
    clientsFailed: new Uint32Array(minutes),
    p50: blank(),
    p95: blank(),
    p99: blank(),
  };
}

/** Everything first, then the busiest endpoints, then the busiest upstreams. Empty when no request carried a time. */
export function trafficSeries(traffic: Traffic): TrafficSeries[] {
  const span = mainSpan(traffic);
  if (span.length === 0) return [];
  const first = span[0]!.minute;
  const minutes = span.at(-1)!.minute - first + 1;
  const series: TrafficSeries[] = [emptySeries('', 'all', first * MINUTE, minutes)];
  const seriesOf = (names: readonly string[], counts: Uint32Array, dimension: 'endpoint' | 'upstream'): Uint8Array => {
    const own = new Uint8Array(names.length);
    for (const id of busiest(names, counts)) {
      if (dimension === 'upstream' && id === 0) continue;
      own[id] = series.length;
      series.push(emptySeries(names[id]!, dimension, first * MINUTE, minutes));
    }
    return own;
  };
  const endpoint = seriesOf(traffic.endpoints.names, traffic.endpoints.counts, 'endpoint');
  const upstream = seriesOf(traffic.upstreams.names, traffic.upstreams.counts, 'upstream');
  const none = series.length;
  for (const own of [endpoint, upstream]) for (const id of own.keys()) if (own[id] === 0) own[id] = none;
  const tally = new MinuteTally(traffic.addresses.length, none + 1);
  const rows = new RowColumns();
  for (const minute of span) {
    const at = minute.minute - first;
    tally.next();
    for (const piece of piecesOf(minute))
      for (let next = 0; next < piece.used; ) {
        next = Traffic.columns(piece, next, rows);
        tally.add(rows, { endpoint, upstream });
      }
    for (const [i, one] of series.entries()) {
      one.requests[at] = tally.requests[i]!;
      one.failures[at] = tally.failures[i]!;
      one.clients[at] = tally.heard[i]!;
      one.clientsFailed[at] = tally.heard[i]! - tally.served[i]!;
    }
    tally.durations.percentiles(PERCENTILES, (i, share, seconds) => {
      const { p50, p95, p99 } = series[i]!;
      [p50, p95, p99][share]![at] = seconds;
    });
    const [all] = series;
    // Requests beyond the room for rows are known by the minute only.
    all!.requests[at] = minute.requests;
    all!.failures[at] = minute.failures;
  }
  return series;
}
