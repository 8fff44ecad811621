/** Logs with too little in them to tell whether anything stood out: that nothing was found there is no clean bill. */
import type { MinuteSeries } from './series.ts';
import { FEWEST } from './standing.ts';
import { OPENING, OPENING_REQUESTS, openingOf } from './stops.ts';
import { voicesOf } from './voices.ts';
import { totalOf } from './window.ts';

export interface ThinSeries {
  requests: number;
  failures: number;
  /** What cannot be told of so few: whether they stopped coming, and whether the failures among them are more than single ones. */
  unknown: ('stops' | 'failures')[];
  /** Why, in words that need no other. */
  why: string;
}

/**
 * @param series of everything. @param least share of failures that is worth a word.
 * @returns undefined where there is enough to judge both.
 */
export function thinSeries(series: MinuteSeries, least: number): ThinSeries | undefined {
  const [requests, failures] = [totalOf(series.requests), totalOf(series.failures)];
  const { heard, failed } = voicesOf(series);
  const bad = totalOf(failed);
  const noStops = openingOf(series.requests) === undefined;
  const noFailures = bad > 0 && bad < FEWEST && bad >= totalOf(heard) * least;
  if (!noStops && !noFailures) return undefined;
  const stops = `fewer than ${OPENING_REQUESTS} in any ${OPENING} minutes between the first and the last, so that no silence among them means anything`;
  const few = `${failures} of ${requests} failed, too few to be told from single failures`;
  return {
    requests,
    failures,
    unknown: [...(noStops ? ['stops' as const] : []), ...(noFailures ? ['failures' as const] : [])],
    why: [...(noFailures ? [few] : []), ...(noStops ? [stops] : [])].join('; '),
  };
}
