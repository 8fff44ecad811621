/** Per-minute series of the whole traffic, its busiest endpoints and its busiest upstreams, in one walk over the minutes. */
import { BUSIEST as BUSIEST_REFUSED, maybeRefused } from '../windows/refusals.ts';
import { MAX_MINUTES, type MinuteSeries, untimedSeries } from '../windows/series.ts';
import { KernelTally } from './kernel-tally.ts';
import { type MerchantSeries, merchantSeries } from './merchant-series.ts';
import { type Loudest, RefusedClients } from './refused-clients.ts';
import { RowTally } from './row-tally.ts';
import { type MinuteTable, type Pieces, piecesFrom } from './rows.ts';
import type { MinuteCounts, SeriesOf } from './tally.ts';
import { emptyPercentiles, fillPercentiles } from './timed-series.ts';
import { MINUTE, type Traffic } from './traffic.ts';

const BUSIEST = 30;
const PERCENTILES = [0.5, 0.95, 0.99];

/** Error answers that have a series of their own. */
const MOST_STATUSES = 16;

/**
 * Those of statuses have all requests, and the answers of that status as failures. Those of refusals have what turned the client
 * away as failures (TURNED_AWAY), and are there only where a window may be found in them.
 */
export interface TrafficSeries extends MinuteSeries {
  dimension: 'all' | 'endpoint' | 'upstream' | 'merchant' | 'status' | 'refusals' | 'endpoint refusals';
  /** Of the refusals of everything. */
  loudest?: Loudest;
  /** Of merchants, of all minutes together. */
  percentiles?: MerchantSeries['percentiles'];
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
  /** Shared: requests that were turned away, by series and minute: of everything, and of the busiest endpoints. */
  refused: Uint32Array[];
  /** Where refusals count as failures, and nothing else is counted: shared, who was refused most. */
  loudest?: Loudest;
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

/** A column into which all threads can count. */
const emptyColumn = (minutes: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(4 * minutes));

/** Columns of that kind. */
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

const columnsOf = (series: readonly TrafficSeries[]): Columns[] =>
  series.map(({ key, dimension, start, loudest, percentiles, ...columns }) => columns);

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
  const endpoints = series.length - 1;
  const upstream = seriesOf(traffic.upstreams.names, traffic.upstreams.counts, 'upstream');
  const none = series.length;
  for (const own of [endpoint, upstream]) for (const id of own.keys()) if (own[id] === 0) own[id] = none;
  return {
    series,
    work: {
      refused: Array.from({ length: 1 + Math.min(BUSIEST_REFUSED, endpoints) }, () => emptyColumn(minutes)),
      of: { endpoint, upstream, none },
      habitual: traffic.addresses.habitual(),
      rows: table.pieces(),
      at: span.map((index) => table.minutes[index]! - first),
      first: span.map((index) => table.firstPiece(index)),
      columns: columnsOf(series),
      taken: new Int32Array(new SharedArrayBuffer(4)),
    },
  };
}

/** Counts the rows of minutes that no other thread takes into the columns. */
export function countSeries(work: SeriesWork): void {
  const { of, habitual, rows, columns, refused, loudest } = work;
  if (loudest) {
    const counts = new RowTally(habitual, of, new RefusedClients(habitual.length));
    eachMinute(work, counts, (minute) => counts.tellLoudest(loudest, minute));
    return;
  }
  const counts = KernelTally.for(habitual, of, rows) ?? new RowTally(habitual, of);
  const percentiles = columns.map(({ p50, p95, p99 }) => [p50, p95, p99] as const);
  eachMinute(work, counts, (minute) => {
    for (let one = 0; one < refused.length; one++) refused[one]![minute] = counts.refused[one]!;
    counts.percentiles(PERCENTILES, (one, share, seconds) => {
      percentiles[one]![share]![minute] = seconds;
    });
  });
}

/** @param also what else is to be told of a minute. */
function eachMinute(
  { rows, at, first, columns, taken }: SeriesWork,
  counts: MinuteCounts,
  also: (minute: number) => void,
): void {
  const take = (): number => Atomics.add(taken, 0, SOME_MINUTES);
  for (let from = take(); from < at.length; from = take())
    for (let i = from; i < Math.min(at.length, from + SOME_MINUTES); i++) {
      const minute = at[i]!;
      counts.next();
      for (const piece of piecesFrom(rows, first[i]!)) counts.add(piece);
      tellCounts(counts, columns, minute);
      also(minute);
    }
}

/** A function of its own: V8 would compile all of `eachMinute` with all it calls for this loop, in every thread. */
function tellCounts(counts: MinuteCounts, columns: readonly Columns[], minute: number): void {
  for (let one = 0; one < columns.length; one++) {
    const { requests, failures, clients, clientsFailed } = columns[one]!;
    requests[minute] = counts.requests[one]!;
    failures[minute] = counts.failures[one]!;
    clients[minute] = counts.heard[one]!;
    clientsFailed[minute] = counts.failing[one]!;
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

/** Series of the most frequent error answers; percentiles are those of the answers, where durations were kept. */
function statusSeries(all: TrafficSeries, { statuses, answers }: Traffic): TrafficSeries[] {
  const { names } = answers.names;
  const { length } = all.requests;
  const first = all.start / MINUTE;
  const chosen = [...names.keys()]
    .slice(1)
    .sort((a, b) => statuses[Number(names[b])]! - statuses[Number(names[a])]! || (names[a]! < names[b]! ? -1 : 1))
    .slice(0, MOST_STATUSES);
  const columns = new Map(chosen.map((id) => [id, new Uint32Array(length)]));
  answers.each((minute, numbers, end) => {
    if (minute < first || minute >= first + length) return;
    for (let i = 0; i < end; i += 3) {
      const column = columns.get(numbers[i]!);
      if (column) column[minute - first]! += numbers[i + 1]!;
    }
  });
  const untimed = emptyPercentiles(answers.durations, length);
  const byId: (TrafficSeries | undefined)[] = new Array(names.length).fill(undefined);
  for (const [id, column] of columns)
    byId[id] = {
      ...untimedSeries(names[id]!, all.start, all.requests, column),
      ...untimed(),
      dimension: 'status',
    };
  fillPercentiles(answers.durations, byId);
  return chosen.map((id) => byId[id]!);
}

/**
 * What is to be counted once more with refusals as failures: everything, and the endpoints in which a window may be found.
 * @returns undefined where there is none.
 */
function planRefusals(
  counted: readonly TrafficSeries[],
  work: SeriesWork,
): { series: TrafficSeries[]; work: SeriesWork } | undefined {
  const whole = counted[0]!;
  // The busiest endpoints stand behind everything.
  const chosen = counted.map(
    (one, i) => i > 0 && i < work.refused.length && maybeRefused(one, work.refused[i]!, whole),
  );
  if (!chosen.includes(true) && !maybeRefused(whole, work.refused[0]!)) return undefined;
  const minutes = whole.requests.length;
  const again = (one: TrafficSeries, dimension: TrafficSeries['dimension']): TrafficSeries => ({
    key: one.key,
    start: one.start,
    dimension,
    ...emptyColumns(minutes),
  });
  const loudest = { clients: emptyColumn(minutes), refused: emptyColumn(minutes) };
  const series: TrafficSeries[] = [{ ...again(whole, 'refusals'), loudest }];
  const numbers = chosen.map((is, i) => (is ? series.push(again(counted[i]!, 'endpoint refusals')) - 1 : undefined));
  const none = series.length;
  return {
    series,
    work: {
      ...work,
      loudest,
      of: {
        endpoint: work.of.endpoint.map((number) => numbers[number] ?? none),
        upstream: new Uint8Array(work.of.upstream.length).fill(none),
        none,
      },
      // A client was turned away only where nothing went well: as for one that habitually fails.
      habitual: new Uint8Array(work.habitual.length).fill(1),
      columns: columnsOf(series),
      taken: new Int32Array(new SharedArrayBuffer(4)),
    },
  };
}

/** Everything that is told, from what was counted. @param refusals counted, too. */
const inOrder = (
  all: TrafficSeries,
  others: readonly TrafficSeries[],
  ofMerchants: readonly TrafficSeries[],
  traffic: Traffic,
  refusals: readonly TrafficSeries[] = [],
): TrafficSeries[] => [all, ...others, ...ofMerchants, ...statusSeries(all, traffic), ...refusals];

/**
 * Everything first, then the busiest endpoints, the busiest upstreams, merchants, error answers, and refusals. Empty when no
 * request carried a time.
 */
export function trafficSeries(traffic: Traffic): TrafficSeries[] {
  const { minutes: table, merchants } = traffic;
  const span = mainSpan(table);
  if (span.length === 0) return [];
  const planned = planSeries(traffic, span);
  countSeries(planned.work);
  const refusals = planRefusals(planned.series, planned.work);
  if (refusals) countSeries(refusals.work);
  const all = withAll(planned.series[0]!, table, span);
  return inOrder(all, planned.series.slice(1), merchantSeries(merchants, all), traffic, refusals?.series);
}

/** The same with the help of other threads. The traffic has no rows afterwards. */
export async function shareSeries(traffic: Traffic, helpers: readonly Delegate[]): Promise<TrafficSeries[]> {
  const { minutes: table, merchants } = traffic;
  const span = mainSpan(table);
  if (span.length === 0) return [];
  const planned = planSeries(traffic, span);
  const { series, work } = planned;
  const elsewhere = (part: SeriesWork): Promise<unknown> => Promise.all(helpers.map((help) => help(part)));
  const countAlso = async (part: SeriesWork, others: Promise<unknown>): Promise<void> => {
    countSeries(part);
    await others;
  };
  const counted = elsewhere(work);
  // The others begin meanwhile.
  const all = withAll(series[0]!, table, span);
  const ofMerchants = merchantSeries(merchants, all);
  await countAlso(work, counted);
  const refusals = planRefusals(series, work);
  if (refusals) await countAlso(refusals.work, elsewhere(refusals.work));
  table.releaseRows();
  return inOrder(all, series.slice(1), ofMerchants, traffic, refusals?.series);
}
