/** Per-minute series of the whole traffic, its busiest endpoints and its busiest upstreams, in one walk over the minutes. */
import { MAX_MINUTES, type MinuteSeries } from '../windows/series.ts';
import { merchantSeries } from './merchant-series.ts';
import { type MinuteTable, type Piece, type Pieces, piecesFrom, RowColumns, readRows } from './rows.ts';
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
  /** Shared: the series in the order that `of` numbers them in, and how many of the minutes were taken. */
  columns: Columns[];
  taken: Int32Array;
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

/** Minutes that a thread takes at a time. */
const SOME_MINUTES = 16;

/** Columns into which all threads can count. */
function emptyColumns(minutes: number): Columns {
  const memory = new SharedArrayBuffer(7 * 4 * minutes);
  const counts = (column: number): Uint32Array => new Uint32Array(memory, column * 4 * minutes, minutes);
  const blank = (column: number): Float32Array =>
    new Float32Array(memory, column * 4 * minutes, minutes).fill(Number.NaN);
  return {
    requests: counts(0),
    failures: counts(1),
    clients: counts(2),
    clientsFailed: counts(3),
    p50: blank(4),
    p95: blank(5),
    p99: blank(6),
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
      columns: series.map(({ key, dimension, start, ...columns }) => columns),
      taken: new Int32Array(new SharedArrayBuffer(4)),
    },
  };
}

/** Counts the rows of minutes that no other thread takes into the columns. */
export function countSeries({ of, habitual, rows, at, first, columns, taken }: SeriesWork): void {
  const tally = new MinuteTally(habitual, of.none + 1);
  const some = new RowColumns();
  const percentiles = columns.map(({ p50, p95, p99 }) => [p50, p95, p99] as const);
  const take = (): number => Atomics.add(taken, 0, SOME_MINUTES);
  for (let from = take(); from < at.length; from = take())
    for (let i = from; i < Math.min(at.length, from + SOME_MINUTES); i++) {
      const minute = at[i]!;
      tally.next();
      for (const piece of piecesFrom(rows, first[i]!)) addPiece(tally, piece, some, of);
      tellCounts(tally, columns, minute);
      tally.durations.percentiles(PERCENTILES, (one, share, seconds) => {
        percentiles[one]![share]![minute] = seconds;
      });
    }
}

function addPiece(tally: MinuteTally, piece: Piece, some: RowColumns, of: SeriesOf): void {
  for (let next = piece.from; next < piece.to; ) {
    next = readRows(piece, next, some);
    tally.add(some, of);
  }
}

function tellCounts(tally: MinuteTally, columns: readonly Columns[], minute: number): void {
  for (let one = 0; one < columns.length; one++) {
    const { requests, failures, clients, clientsFailed } = columns[one]!;
    requests[minute] = tally.requests[one]!;
    failures[minute] = tally.failures[one]!;
    clients[minute] = tally.heard[one]!;
    clientsFailed[minute] = tally.failing[one]!;
  }
}

/** Hands work to another thread; `countSeries` does it there. */
export type Delegate = (work: SeriesWork) => Promise<void>;

/** The series of everything with all requests of its minutes: those beyond the room for rows are known by the minute only. */
function withAll(series: TrafficSeries, table: MinuteTable, span: Uint32Array): TrafficSeries {
  const { length } = series.requests;
  const all = { ...series, requests: new Uint32Array(length), failures: new Uint32Array(length) };
  for (const index of span) {
    const at = table.minutes[index]! - all.start / MINUTE;
    all.requests[at] = table.requests[index]!;
    all.failures[at] = table.failures[index]!;
  }
  return all;
}

/** Everything first, then the busiest endpoints, the busiest upstreams, and merchants. Empty when no request carried a time. */
export function trafficSeries(traffic: Traffic): TrafficSeries[] {
  const { minutes: table, merchants } = traffic;
  const span = mainSpan(table);
  if (span.length === 0) return [];
  const { series, work } = planSeries(traffic, span);
  countSeries(work);
  const all = withAll(series[0]!, table, span);
  return [all, ...series.slice(1), ...merchantSeries(merchants, all)];
}

/** The same with the help of other threads. The traffic has no rows afterwards. */
export async function shareSeries(traffic: Traffic, helpers: readonly Delegate[]): Promise<TrafficSeries[]> {
  const { minutes: table, merchants } = traffic;
  const span = mainSpan(table);
  if (span.length === 0) return [];
  const { series, work } = planSeries(traffic, span);
  const elsewhere = Promise.all(helpers.map((help) => help(work)));
  // The others begin meanwhile.
  const all = withAll(series[0]!, table, span);
  const ofMerchants = merchantSeries(merchants, all);
  countSeries(work);
  await elsewhere;
  table.releaseRows();
  return [all, ...series.slice(1), ...ofMerchants];
}
