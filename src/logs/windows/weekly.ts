/**
 * What a series usually does at this time of the week, from its own other weeks: the nightly pause, the Sunday batch, the
 * quiet weekend are no incidents, and a morning that does not begin is one. Between three days and two weeks the other days
 * stand in: they can excuse a pause, but not demand traffic, for the day may be a Sunday.
 */
import { MINUTE, type MinuteSeries } from './series.ts';
import { voicesOf } from './voices.ts';
import { median } from './window.ts';

/** Minutes of one place in the week. Quarters of an hour, so that a pause that begins at half past stays in its place. */
const BIN = 15;
const BINS = (7 * 1440) / BIN;
const DAY_BINS = 1440 / BIN;
/** Two weeks, and three days, less the hour that a log begins late. */
export const WEEKS_MINUTES = 14 * 1440 - 60;
const DAYS_MINUTES = 3 * 1440 - 60;

export interface UsualProfile {
  /** By index of the series' minute: requests a minute usual at this time of the week, the lower neighbour quarter counting. */
  usualRequests(minute: number): number;
  /** Requests a minute that every other week and the middle of the other days had at this time; 0 without other weeks. */
  leastRequests(minute: number): number;
  /** Share of clients that usually fail, the higher neighbour quarter counting. */
  usualFailures(minute: number): number;
  /** Seconds of p95, the higher neighbour quarter counting; NaN when nothing was timed. */
  usualP95(minute: number): number;
}

const middle = (values: number[]): number => median(values.filter((value) => !Number.isNaN(value)));
const least = (values: number[]): number => values.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a), Number.NaN);
const most = (values: number[]): number => values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a), Number.NaN);

/** Quarters of an hour on either side that show whether people come on a day, and how many times fewer come on a day off. */
const BESIDE = 16;
const DAY_OFF = 3;

/**
 * Whether hardly anyone came around a quarter of another day while many did on this day, before and after: the silence of a Sunday
 * excuses none of a Monday. By the middle quarter, which a pause of an hour or two does not move.
 */
function daysOff(requests: Float64Array): (bin: number, other: number) => boolean {
  const [least, most] = [new Float64Array(requests.length), new Float64Array(requests.length)];
  for (let bin = 0; bin < requests.length; bin++) {
    const before = median(requests.subarray(Math.max(0, bin - BESIDE), bin)) || 0;
    const after = median(requests.subarray(bin + 1, bin + 1 + BESIDE)) || 0;
    least[bin] = Math.min(before, after);
    most[bin] = Math.max(before, after);
  }
  return (bin, other) => least[bin]! > DAY_OFF * most[other]!;
}

/** @param whole what the series is a part of. @returns undefined when the series spans less than three days. */
export function usualProfile(series: MinuteSeries, whole = series): UsualProfile | undefined {
  const minutes = series.requests.length;
  if (minutes < DAYS_MINUTES) return undefined;
  const voices = voicesOf(series, whole);
  const weeks = minutes >= WEEKS_MINUTES;
  const period = weeks ? BINS : DAY_BINS;
  // Place of the first minute within its quarter of an hour.
  const shift = Math.floor(series.start / MINUTE) % BIN;
  const bins = Math.ceil((minutes + shift) / BIN);
  const requests = new Float64Array(bins);
  const failures = new Float64Array(bins);
  const p95 = new Float64Array(bins);
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.max(0, bin * BIN - shift);
    const to = Math.min(minutes, (bin + 1) * BIN - shift);
    let count = 0;
    let clients = 0;
    let failed = 0;
    const slow: number[] = [];
    for (let i = from; i < to; i++) {
      count += series.requests[i]!;
      clients += voices.heard[i]!;
      failed += voices.failed[i]!;
      slow.push(series.p95[i]!);
    }
    requests[bin] = count / (to - from);
    failures[bin] = clients === 0 ? Number.NaN : failed / clients;
    p95[bin] = middle(slow);
  }
  const isDayOff = daysOff(requests);
  // The first and the last quarter are cut by the ends of the log.
  const others = (values: Float64Array, bin: number, step: number): number[] => {
    const found: number[] = [];
    for (let at = bin % step; at < bins - 1; at += step) if (at !== bin && at > 0) found.push(values[at]!);
    return found;
  };
  const cached = (compute: (bin: number) => number): ((minute: number) => number) => {
    const known = new Float64Array(bins);
    const done = new Uint8Array(bins);
    return (minute) => {
      const bin = Math.floor((minute + shift) / BIN);
      if (done[bin] === 0) {
        done[bin] = 1;
        known[bin] = compute(bin);
      }
      return known[bin]!;
    };
  };
  const around = (bin: number, value: (bin: number) => number): number[] =>
    [bin - 1, bin, bin + 1].filter((at) => at >= 0 && at < bins).map(value);
  /** What the days like that of a quarter had in another. */
  const alike = (bin: number, at: number): number[] => {
    const days: number[] = [];
    for (let other = at % DAY_BINS; other < bins - 1; other += DAY_BINS)
      if (other !== at && other > 0 && !isDayOff(bin, other)) days.push(requests[other]!);
    return days;
  };
  return {
    usualRequests: cached((bin) =>
      weeks
        ? least(around(bin, (at) => middle(others(requests, at, period))))
        : least(around(bin, (at) => middle(alike(bin, at)))),
    ),
    leastRequests: cached((bin) =>
      weeks
        ? least(around(bin, (at) => least([...others(requests, at, BINS), middle(others(requests, at, DAY_BINS))])))
        : 0,
    ),
    usualFailures: cached((bin) => most(around(bin, (at) => middle(others(failures, at, period))))),
    usualP95: cached((bin) => most(around(bin, (at) => middle(others(p95, at, period))))),
  };
}
