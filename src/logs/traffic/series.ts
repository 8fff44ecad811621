/** Per-minute series of the whole traffic, its busiest endpoints and its busiest upstreams, in one walk over the minutes. */
import { MAX_MINUTES, type MinuteSeries } from '../windows/series.ts';
import { merchantSeries } from './merchant-series.ts';
import { type MinuteTable, type Pieces, piecesFrom, RowColumns, readRows } from './rows.ts';
import { MinuteTally, type SeriesOf } from './tally.ts';
import { MINUTE, type Traffic } from './traffic.ts';

const BUSIEST = 30;
const PERCENTILES = [0.5, 0.95, 0.99];

export interface TrafficSeries extends MinuteSeries {
  dimension: 'all' | 'endpoint' | 'upstream' | 'merchant';
}

/** What counting series takes: plain data, so that another thread can do some of it. */
export interface SeriesWork {
  of: SeriesOf;
  /** By id of the client, whether it habitually fails. */
  habitual: Uint8Array;
  rows: Pieces;
  /** By minute: its index in the series, and its first piece. */
  at: Uint32Array;
  first: Uint32Array;
}

/** Indexes of the minutes around the middle of the data, so that one wild stamp cannot stretch the span; in order of time. */
function mainSpan(table: MinuteTable): Uint32Array {
  const { minutes, requests } = table;
  const order = table.inOrder();
  const half = order.reduce((sum, index) => sum + requests[index]!, 0) / 2;
  let seen = 0;
  const middle = order.find((index) => {
    seen += requests[index]!;
    return seen > half;
  });
  if (middle === undefined) return order;
  return order.filter((index) => Math.abs(minutes[index]! - minutes[middle]!) <= MAX_MINUTES / 2);
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
function planSeries(traffic: Traffic, span: Uint32Array): { series: TrafficSeries[]; work: SeriesWork } {
  const table = traffic.minutes;
  const first = table.minutes[span[0]!]!;
  const minutes = table.minutes[span.at(-1)!]! - first + 1;
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
  return {
    series,
    work: {
      of: { endpoint, upstream, none },
      habitual: traffic.addresses.habitual(),
      rows: table.pieces(),
      at: span.map((index) => table.minutes[index]! - first),
      first: span.map((index) => table.firstPiece(index)),
    },
  };
}

/** Counts the rows into the series, which come in the order that `work` numbers them in. */
function countSeries(series: readonly Columns[], { of, habitual, rows, at: places, first }: SeriesWork): void {
  const tally = new MinuteTally(habitual, of.none + 1);
  const columns = new RowColumns();
  for (const [i, at] of places.entries()) {
    tally.next();
    for (const piece of piecesFrom(rows, first[i]!))
      for (let next = piece.from; next < piece.to; ) {
        next = readRows(piece, next, columns);
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
  const columns = Array.from({ length: work.of.none }, () => emptyColumns(work.at.length));
  countSeries(columns, { ...work, at: work.at.map((_, place) => place) });
  return columns;
}

/** Hands work to another thread; `countColumns` does it there. */
export type Delegate = (work: SeriesWork) => Promise<Columns[]>;

function finish(
  series: readonly TrafficSeries[],
  { minutes: table, merchants }: Traffic,
  span: Uint32Array,
): TrafficSeries[] {
  const all = series[0]!;
  // Requests beyond the room for rows are known by the minute only.
  for (const index of span) {
    const at = table.minutes[index]! - all.start / MINUTE;
    all.requests[at] = table.requests[index]!;
    all.failures[at] = table.failures[index]!;
  }
  return [...series, ...merchantSeries(merchants, all)];
}

/** Everything first, then the busiest endpoints, the busiest upstreams, and merchants. Empty when no request carried a time. */
export function trafficSeries(traffic: Traffic): TrafficSeries[] {
  const span = mainSpan(traffic.minutes);
  if (span.length === 0) return [];
  const { series, work } = planSeries(traffic, span);
  countSeries(series, work);
  return finish(series, traffic, span);
}

/** The same with the help of other threads. The traffic has no rows afterwards. */
export async function shareSeries(traffic: Traffic, helpers: readonly Delegate[]): Promise<TrafficSeries[]> {
  const span = mainSpan(traffic.minutes);
  if (span.length === 0) return [];
  const { series, work } = planSeries(traffic, span);
  const { requests } = traffic.minutes;
  const each = span.reduce((sum, index) => sum + requests[index]!, 0) / (helpers.length + 1);
  let next = 0;
  const rest = (from: number): SeriesWork => ({
    ...work,
    at: work.at.slice(from, next),
    first: work.first.slice(from, next),
  });
  const takeSome = (): SeriesWork => {
    const from = next;
    for (let taken = 0; next < span.length && taken < each; next++) taken += requests[span[next]!]!;
    return rest(from);
  };
  const elsewhere = helpers.map(async (help) => {
    const some = takeSome();
    const minutes = some.at;
    for (const [i, columns] of (await help(some)).entries())
      for (const [name, values] of Object.entries(columns) as [keyof Columns, Columns[keyof Columns]][])
        for (const [column, at] of minutes.entries()) series[i]![name][at] = values[column]!;
  });
  const own = next;
  next = span.length;
  countSeries(series, rest(own));
  await Promise.all(elsewhere);
  traffic.minutes.releaseRows();
  return finish(series, traffic, span);
}
