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

function glances(counts: MerchantCounts, first: number, length: number): Glance[] {
  const names = counts.names.names.length;
  const requests = new Uint32Array(names);
  const failures = new Uint32Array(names);
  const minutes = new Uint32Array(names);
  const silence = new Uint32Array(names);
  /** Minutes from the first on, one more; 0 where there was none. */
  const last = new Uint32Array(names);
  counts.each((minute, id, more, failed) => {
    const at = minute - first + 1;
    if (at < 1 || at > length) return;
    requests[id]! += more;
    failures[id]! += failed;
    if (last[id] === at) return;
    minutes[id]!++;
    if (last[id] !== 0 && at - last[id]! > silence[id]!) silence[id] = at - last[id]!;
    last[id] = at;
  });
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
  counts.each((minute, id, requests, failures) => {
    const at = minute - first;
    const one = at < 0 || at >= length ? undefined : byId[id];
    if (!one) return;
    one.requests[at]! += requests;
    one.failures[at]! += failures;
  });
  fillPercentiles(durations, byId);
  return chosen;
}
