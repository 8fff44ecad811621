/** Per-minute series of the merchants that are worth a look: the busiest, those that failed most, and those that fell silent. */
import { MINUTE, type MinuteSeries, untimedSeries } from '../windows/series.ts';
import { totalOf } from '../windows/window.ts';
import type { MerchantCounts } from './merchants.ts';
import { emptyPercentiles, fillPercentiles } from './timed-series.ts';

const BUSIEST = 30;
/** Of the others, those that failed most beyond their share, and those that are missed most. */
const WORST = 10;
/** Failures of a merchant, and requests missed in its longest silence, below which no window can be proven. */
const LEAST_FAILED = 5;
const LEAST_MISSED = 10;
/** Requests of a merchant, and minutes with any, from which its series says something. */
const LEAST_REQUESTS = 30;
const LEAST_MINUTES = 10;

/** What is known of a merchant before it has a series. */
interface Glance {
  id: number;
  requests: number;
  failures: number;
  /** Minutes of its longest silence between two requests, or to the end of the log. */
  silence: number;
}

/** What is counted of each merchant before it has a series. */
class Counted {
  readonly requests: Uint32Array;
  readonly failures: Uint32Array;
  /** Minutes with any request, and of the longest silence so far. */
  readonly minutes: Uint32Array;
  readonly silence: Uint32Array;
  /** Minutes from the first on, one more; 0 where there was none. */
  readonly last: Uint32Array;

  constructor(names: number) {
    this.requests = new Uint32Array(names);
    this.failures = new Uint32Array(names);
    this.minutes = new Uint32Array(names);
    this.silence = new Uint32Array(names);
    this.last = new Uint32Array(names);
  }

  /** @param numbers see TellMerchants. @param at of the minute, one more than its index. */
  take(numbers: Uint32Array, end: number, at: number): void {
    const { requests, failures, minutes, silence, last } = this;
    for (let i = 0; i < end; i += 3) {
      const id = numbers[i]!;
      requests[id]! += numbers[i + 1]!;
      failures[id]! += numbers[i + 2]!;
      const before = last[id]!;
      if (before === at) continue;
      minutes[id]!++;
      if (before !== 0 && at - before > silence[id]!) silence[id] = at - before;
      last[id] = at;
    }
  }
}

function glances(counts: MerchantCounts, first: number, length: number): Glance[] {
  const names = counts.names.names.length;
  const counted = new Counted(names);
  counts.each((minute, numbers, end) => {
    const at = minute - first + 1;
    if (at >= 1 && at <= length) counted.take(numbers, end, at);
  });
  const { requests, failures, minutes, silence, last } = counted;
  const known: Glance[] = [];
  for (let id = 1; id < names; id++)
    if (requests[id]! >= LEAST_REQUESTS && minutes[id]! >= LEAST_MINUTES)
      known.push({
        id,
        requests: requests[id]!,
        failures: failures[id]!,
        silence: Math.max(silence[id]!, length + 1 - last[id]!),
      });
  return known;
}

/**
 * Ids of the merchants that get a series. @param all the whole traffic. @param timed whether their answers may have been slow.
 */
function worthALook(known: readonly Glance[], all: MinuteSeries, names: readonly string[], timed: boolean): number[] {
  const usual = totalOf(all.failures) / Math.max(1, totalOf(all.requests));
  const { length } = all.requests;
  const missed = ({ requests, silence }: Glance): number => (requests / length) * silence;
  const suspect = known.filter((one) => one.failures >= LEAST_FAILED || missed(one) >= LEAST_MISSED);
  const most = (weight: (one: Glance) => number, count: number, among: readonly Glance[] = suspect): Glance[] =>
    among.toSorted((a, b) => weight(b) - weight(a) || (names[a.id]! < names[b.id]! ? -1 : 1)).slice(0, count);
  const chosen = new Set([
    ...most(({ requests }) => requests, BUSIEST, timed ? known : suspect),
    ...most(({ requests, failures }) => failures - requests * usual, WORST),
    ...most(missed, WORST),
  ]);
  return [...chosen].map(({ id }) => id);
}

export interface MerchantSeries extends MinuteSeries {
  dimension: 'merchant';
  /** Seconds, of all requests together and within 3 percent; NaN where they are not known. */
  percentiles: { p50: number; p95: number; p99: number };
}

/** @param numbers see TellMerchants. @param byId of the merchants that have a series. @param at index of the minute. */
function fillMinute(numbers: Uint32Array, end: number, byId: readonly (MinuteSeries | undefined)[], at: number): void {
  for (let i = 0; i < end; i += 3) {
    const one = byId[numbers[i]!];
    if (!one) continue;
    one.requests[at]! += numbers[i + 1]!;
    one.failures[at]! += numbers[i + 2]!;
  }
}

/**
 * Counts and failures a minute, and percentiles within 3 percent where durations were kept. None where one merchant is all there is.
 * @param all the series of the whole traffic, whose minutes these have, too.
 */
export function merchantSeries(counts: MerchantCounts, all: MinuteSeries): MerchantSeries[] {
  const { durations } = counts;
  const { names } = counts.names;
  if (names.length <= 2) return [];
  const { length } = all.requests;
  const first = all.start / MINUTE;
  const byId: (MerchantSeries | undefined)[] = new Array(names.length).fill(undefined);
  const chosen: MerchantSeries[] = [];
  const untimed = emptyPercentiles(durations, length);
  for (const id of worthALook(glances(counts, first, length), all, names, durations.kept)) {
    // Beyond the names that are told apart there are many.
    if (counts.names.overflowed && names[id] === '(others)') continue;
    const requests = new Uint32Array(length);
    const failures = new Uint32Array(length);
    const took = (share: number): number => durations.percentile(id, share);
    byId[id] = {
      ...untimedSeries(names[id]!, all.start, requests, failures),
      ...untimed(),
      dimension: 'merchant',
      percentiles: { p50: took(0.5), p95: took(0.95), p99: took(0.99) },
    };
    chosen.push(byId[id]);
  }
  counts.each((minute, numbers, end) => {
    const at = minute - first;
    if (at >= 0 && at < length) fillMinute(numbers, end, byId, at);
  });
  fillPercentiles(durations, byId);
  return chosen;
}
