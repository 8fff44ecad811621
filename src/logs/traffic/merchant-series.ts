/** Per-minute series of the merchants that are worth a look: the busiest, those that failed most, and those that fell silent. */
import { MINUTE, type MinuteSeries } from '../windows/series.ts';
import type { MerchantCounts, MerchantMinute } from './merchants.ts';

const BUSIEST = 30;
/** Of the others, those that failed most beyond their share, and those that are missed most. */
const WORST = 10;
/** Requests of a merchant, and minutes with any, from which its series says something. */
const LEAST_REQUESTS = 30;
const LEAST_MINUTES = 10;

/** What is known of a merchant before it has a series. */
interface Glance {
  id: number;
  requests: number;
  failures: number;
  minutes: number;
  last: number;
  /** Minutes of its longest silence between two requests, or to the end of the log. */
  silence: number;
}

function glances(entries: Iterable<MerchantMinute>, first: number, minutes: number): Glance[] {
  const byId = new Map<number, Glance>();
  for (const [minute, id, requests, failures] of entries) {
    if (minute < first || minute >= first + minutes) continue;
    let one = byId.get(id);
    if (!one) {
      one = { id, requests: 0, failures: 0, minutes: 0, last: minute, silence: 0 };
      byId.set(id, one);
    }
    one.requests += requests;
    one.failures += failures;
    if (minute !== one.last || one.minutes === 0) one.minutes++;
    one.silence = Math.max(one.silence, minute - one.last);
    one.last = minute;
  }
  const end = first + minutes;
  return [...byId.values()]
    .map((one) => ({ ...one, silence: Math.max(one.silence, end - one.last) }))
    .filter((one) => one.requests >= LEAST_REQUESTS && one.minutes >= LEAST_MINUTES);
}

/** Ids of the merchants that get a series. @param all the whole traffic. */
function worthALook(known: readonly Glance[], all: MinuteSeries, names: readonly string[]): number[] {
  const sum = (counts: Uint32Array): number => counts.reduce((total, count) => total + count, 0);
  const usual = sum(all.failures) / Math.max(1, sum(all.requests));
  const { length } = all.requests;
  const most = (weight: (one: Glance) => number, count: number): Glance[] =>
    [...known].sort((a, b) => weight(b) - weight(a) || (names[a.id]! < names[b.id]! ? -1 : 1)).slice(0, count);
  const chosen = new Set([
    ...most(({ requests }) => requests, BUSIEST),
    ...most(({ requests, failures }) => failures - requests * usual, WORST),
    ...most(({ requests, silence }) => (requests / length) * silence, WORST),
  ]);
  return [...chosen].map(({ id }) => id);
}

export interface MerchantSeries extends MinuteSeries {
  dimension: 'merchant';
}

/**
 * Counts and failures a minute; nothing is said of durations. None where one merchant is all there is.
 * @param all the series of the whole traffic, whose minutes these have, too.
 */
export function merchantSeries(counts: MerchantCounts, all: MinuteSeries): MerchantSeries[] {
  const { names } = counts.names;
  if (names.length <= 2) return [];
  const { length } = all.requests;
  const first = all.start / MINUTE;
  const entries = [...counts.entries()];
  const byId = new Map<number, MerchantSeries>();
  const untimed = new Float32Array(length).fill(Number.NaN);
  for (const id of worthALook(glances(entries, first, length), all, names)) {
    // Beyond the names that are told apart there are many.
    if (counts.names.overflowed && names[id] === '(others)') continue;
    const requests = new Uint32Array(length);
    const failures = new Uint32Array(length);
    byId.set(id, {
      key: names[id]!,
      dimension: 'merchant',
      start: all.start,
      requests,
      failures,
      clients: requests,
      clientsFailed: failures,
      p50: untimed,
      p95: untimed,
      p99: untimed,
    });
  }
  for (const [minute, id, requests, failures] of entries) {
    const at = minute - first;
    const one = byId.get(id);
    if (!one || at < 0 || at >= length) continue;
    one.requests[at]! += requests;
    one.failures[at]! += failures;
  }
  return [...byId.values()];
}
