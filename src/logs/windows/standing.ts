/**
 * Failures that are as old as the log: nothing in it was ever better, so nothing leaves a baseline. Evidence is often exported
 * from after the onset, and a channel that fails all the time is no healthy one.
 */
import type { RequestTable } from '../types.ts';
import { MINUTE, type MinuteSeries } from './series.ts';
import { voicesOf } from './voices.ts';
import { totalOf } from './window.ts';

export interface StandingFailures {
  key: string;
  /** ms UTC of the first minute of the log and the end of its last. */
  from: number;
  to: number;
  requests: number;
  failures: number;
  /** Share of clients that failed, or of requests where addresses stand for many customers. */
  value: number;
}

/** Slices of the log with equally many requests, and the share of the usual that must fail in each. */
const SLICES = 6;
const EVENLY = 0.5;
/** Five to be expected in a slice: less than half of them is chance in one of ten. */
export const FEWEST = 30;
/** Share of everything that is asked for from which a part matters. */
const OFTEN = 0.03;
/** Paths that monitors and browsers ask for by themselves: no customer is hit where one fails. */
export const NOBODY_ASKED =
  /(?:^|[/_.-])(?:health(?:[_-]?checks?|z)?|live(?:ness|z)|alive|ready(?:z)?|readiness|ping|metrics|favicon\.ico|robots\.txt|(?:server|nginx|stub|fpm)[_-]status|apple-touch-[\w.-]+)(?:$|[/?.])|^\/status\/?$/i;

/** @returns whether a row of a table was asked for by more than monitors and browsers by themselves; each path is looked at once. */
export function askedBySomebody({ path, strings }: Pick<RequestTable, 'path' | 'strings'>): (row: number) => boolean {
  const known = new Int8Array(strings.length);
  return (row) => {
    const id = path[row]!;
    if (known[id] === 0) known[id] = NOBODY_ASKED.test(strings[id]!) ? -1 : 1;
    return known[id] === 1;
  };
}

/**
 * @param series requests of everything, or of one endpoint or upstream. @param least share that must have failed. @param whole what it is a part of.
 * @returns undefined where hardly anything failed, or not from beginning to end.
 */
export function standingFailures(
  series: MinuteSeries,
  least: number,
  whole?: MinuteSeries,
): StandingFailures | undefined {
  const { heard, failed } = voicesOf(series, whole);
  const [all, bad] = [totalOf(heard), totalOf(failed)];
  const share = bad / all;
  if (bad < FEWEST || share < least) return undefined;
  if (whole && totalOf(series.requests) < OFTEN * totalOf(whole.requests)) return undefined;
  let [inSlice, badInSlice] = [0, 0];
  for (let i = 0; i < heard.length; i++) {
    inSlice += heard[i]!;
    badInSlice += failed[i]!;
    if (inSlice < all / SLICES) continue;
    if (badInSlice < inSlice * share * EVENLY) return undefined;
    [inSlice, badInSlice] = [0, 0];
  }
  return {
    key: series.key,
    from: series.start,
    to: series.start + heard.length * MINUTE,
    requests: totalOf(series.requests),
    failures: totalOf(series.failures),
    value: share,
  };
}
