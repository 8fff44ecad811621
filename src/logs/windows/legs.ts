/** What every leg did: counts, failures and percentiles of the parts that have a series, as a whole. */
import type { MinuteSeries } from './series.ts';
import { median, timed, totalOf } from './window.ts';

/** A series that is about some part of what a log tells. */
export interface LegSeries extends MinuteSeries {
  dimension: string;
  /** Seconds, of all requests, where that says more than the middle minute: of a few requests the slowest is both p95 and p99. */
  percentiles?: { p50: number; p95: number; p99: number } | undefined;
}

export interface Leg {
  dimension: string;
  key: string;
  requests: number;
  failures: number;
  /** Share that did not fail. */
  success: number;
  /** Minutes with a request. */
  minutes: number;
  /** Seconds, of the middle minute: half of the minutes had a lower percentile; of merchants, of all requests. Missing where nothing was timed. */
  p50?: number;
  p95?: number;
  p99?: number;
}

export const PERCENTILES = ['p50', 'p95', 'p99'] as const;
/** Legs of one kind that are told. */
const MOST = 10;

/** The legs with the most requests of each kind, as the series come. */
export function legsOf(series: readonly LegSeries[]): Leg[] {
  const told = new Map<string, number>();
  return series.flatMap((one) => {
    const before = told.get(one.dimension) ?? 0;
    const requests = totalOf(one.requests);
    if (before === MOST || requests === 0) return [];
    told.set(one.dimension, before + 1);
    const failures = totalOf(one.failures);
    const percentiles = PERCENTILES.map((name) => [name, one.percentiles?.[name] ?? median(timed(one[name]))] as const);
    return [
      {
        dimension: one.dimension,
        key: one.key,
        requests,
        failures,
        success: 1 - failures / requests,
        minutes: one.requests.reduce((count, value) => count + (value > 0 ? 1 : 0), 0),
        ...Object.fromEntries(percentiles.filter(([, value]) => !Number.isNaN(value))),
      },
    ];
  });
}
