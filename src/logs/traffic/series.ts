/** Per-minute series of the whole traffic, its busiest endpoints and its busiest upstreams, in one walk over the minutes. */
import { MAX_MINUTES, type MinuteSeries } from '../windows/series.ts';
import { MinuteTally, type SeriesOf } from './tally.ts';
import { MINUTE, type Minute, type Piece, piecesOf, RowColumns, Traffic } from './traffic.ts';

const BUSIEST = 30;
const PERCENTILES = [0.5, 0.95, 0.99];

export interface TrafficSeries extends MinuteSeries {
  dimension: 'all' | 'endpoint' | 'upstream';
}

/** Requests of one minute. @property at index of the minute in the series. */
export interface MinuteRows {
  at: number;
  pieces: readonly Piece[];
}

/** What counting series takes: plain data, so that another thread can do some of it. */
export interface SeriesWork {
  of: SeriesOf;
  /** Ids of clients are below it. */
  clients: number;
  rows: MinuteRows[];
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

type Columns = Omit<MinuteSeries, 'key' | 'start'>;

function emptyColumns(minutes: number): Columns {
  const blank = (): Float32Array => new Float32Array(minutes).fill(Number.NaN);
  return {
    requests: new Uint32Array(minutes),
    failures: new Uint32Array(minutes),
    clients: new Uint32Array(minutes),
    clientsFailed: new Uint32Array(minutes),
    p50: blank(),
    p95: blank(),
    p99: blank(),
  };
}

/** Series without counts, and what is to be counted: everything first, then the busiest endpoints and upstreams. */
function planSeries(traffic: Traffic, span: readonly Minute[]): { series: TrafficSeries[]; work: SeriesWork } {
  const first = span[0]!.minute;
  const minutes = span.at(-1)!.minute - first + 1;
  const start = first * MINUTE;
  const series: TrafficSeries[] = [{ key: '', dimension: 'all', start, ...emptyColumns(minutes) }];
  const seriesOf = (names: readonly string[], counts: Uint32Array, dimension: 'endpoint' | 'upstream'): Uint8Array => {
    const own = new Uint8Array(names.length);
    for (const id of busiest(names, counts)) {
      if (dimension === 'upstream' && id === 0) continue;
      own[id] = series.length;
      series.push({ key: names[id]!, dimension, start, ...emptyColumns(minutes) });
    }
    return own;
  };
  const endpoint = seriesOf(traffic.endpoints.names, traffic.endpoints.counts, 'endpoint');
  const upstream = seriesOf(traffic.upstreams.names, traffic.upstreams.counts, 'upstream');
  const none = series.length;
  for (const own of [endpoint, upstream]) for (const id of own.keys()) if (own[id] === 0) own[id] = none;
  const rows = span.map((minute) => ({ at: minute.minute - first, pieces: piecesOf(minute) }));
  return { series, work: { of: { endpoint, upstream, none }, clients: traffic.addresses.length, rows } };
}

/** Counts the rows into the series, which come in the order that `work` numbers them in. */
function countSeries(series: readonly Columns[], { of, clients, rows }: SeriesWork): void {
  const tally = new MinuteTally(clients, of.none + 1);
  const columns = new RowColumns();
  for (const { at, pieces } of rows) {
    tally.next();
    for (const piece of pieces)
      for (let next = 0; next < piece.used; ) {
        next = Traffic.columns(piece, next, columns);
        tally.add(columns, of);
      }
    for (const [i, one] of series.entries()) {
      one.requests[at] = tally.requests[i]!;
      one.failures[at] = tally.failures[i]!;
      one.clients[at] = tally.heard[i]!;
      one.clientsFailed[at] = tally.failing[i]!;
    }
    tally.durations.percentiles(PERCENTILES, (i, share, seconds) => {
      const { p50, p95, p99 } = series[i]!;
      [p50, p95, p99][share]![at] = seconds;
    });
  }
}

/** Does the work of another thread: one column a minute of `work`, in its order. */
export function countColumns(work: SeriesWork): Columns[] {
  const columns = Array.from({ length: work.of.none }, () => emptyColumns(work.rows.length));
  countSeries(columns, { ...work, rows: work.rows.map(({ pieces }, at) => ({ at, pieces })) });
  return columns;
}

/** The buffers of work that another thread can be given instead of a copy. */
export const buffersOfWork = ({ rows }: SeriesWork): ArrayBuffer[] =>
  rows.flatMap(({ pieces }) => pieces.map(({ rows: { buffer } }) => buffer as ArrayBuffer));

/** Hands work to another thread; `countColumns` does it there. */
export type Delegate = (work: SeriesWork) => Promise<Columns[]>;

function finish(series: readonly TrafficSeries[], span: readonly Minute[]): TrafficSeries[] {
  const all = series[0]!;
  // Requests beyond the room for rows are known by the minute only.
  for (const { minute, requests, failures } of span) {
    all.requests[minute - all.start / MINUTE] = requests;
    all.failures[minute - all.start / MINUTE] = failures;
  }
  return [...series];
}

/** Everything first, then the busiest endpoints, then the busiest upstreams. Empty when no request carried a time. */
export function trafficSeries(traffic: Traffic): TrafficSeries[] {
  const span = mainSpan(traffic);
  if (span.length === 0) return [];
  const { series, work } = planSeries(traffic, span);
  countSeries(series, work);
  return finish(series, span);
}

/** The same with the help of other threads, which take the rows: the traffic has none of them afterwards. */
export async function shareSeries(traffic: Traffic, helpers: readonly Delegate[]): Promise<TrafficSeries[]> {
  const span = mainSpan(traffic);
  if (span.length === 0) return [];
  const { series, work } = planSeries(traffic, span);
  const bytes = work.rows.map(({ pieces }) => pieces.reduce((sum, { used }) => sum + used, 0));
  const each = bytes.reduce((a, b) => a + b, 0) / (helpers.length + 1);
  let next = 0;
  const takeSome = (): SeriesWork => {
    const from = next;
    for (let taken = 0; next < bytes.length && taken < each; next++) taken += bytes[next]!;
    return { ...work, rows: work.rows.slice(from, next) };
  };
  const elsewhere = helpers.map(async (help) => {
    const some = takeSome();
    const minutes = some.rows.map(({ at }) => at);
    for (const [i, columns] of (await help(some)).entries())
      for (const [name, values] of Object.entries(columns) as [keyof Columns, Columns[keyof Columns]][])
        for (const [column, at] of minutes.entries()) series[i]![name][at] = values[column]!;
  });
  countSeries(series, { ...work, rows: work.rows.slice(next) });
  await Promise.all(elsewhere);
  for (const minute of span) {
    minute.own.used = 0;
    minute.others.length = 0;
  }
  return finish(series, span);
}
