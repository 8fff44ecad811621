/** Where a series leaves its own baseline: interruptions, failures, slowness. */
import { MINUTE, type MinuteSeries } from './series.ts';
import { type WeeklyProfile, weeklyProfile } from './weekly.ts';

export interface Window {
  kind: 'interruption' | 'failures' | 'slow';
  key: string;
  /** ms UTC; `to` is the end of the last bad minute. */
  from: number;
  to: number;
  /** Still bad when the log ends. */
  open: boolean;
  requests: number;
  failures: number;
  /** Share of clients that failed (failures), share of expected requests that were missing (interruption), p95 in seconds (slow). */
  value: number;
  /** The same outside the window. */
  baseline: number;
}

export interface WindowThresholds {
  /** A minute with less than this share of the expected requests is missing traffic. */
  gapShare: number;
  /** Requests a minute below which silence says nothing. */
  gapMinimum: number;
  gapMinutes: number;
  /** Standard errors above the baseline failure share, over three minutes. */
  failureZ: number;
  /** Least share of clients failing. */
  failureShare: number;
  failureClients: number;
  slowFactor: number;
  slowSeconds: number;
  slowMinutes: number;
}

export const DEFAULT_WINDOW_THRESHOLDS: WindowThresholds = {
  gapShare: 0.35,
  gapMinimum: 8,
  gapMinutes: 3,
  failureZ: 6,
  failureShare: 0.05,
  failureClients: 5,
  slowFactor: 3,
  slowSeconds: 1,
  slowMinutes: 3,
};

/** Minutes of calm that may lie inside one window. */
const BRIDGE = 3;

const median = (values: ArrayLike<number>): number => {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[(sorted.length - 1) >> 1]!;
};

/** Runs of marked minutes, joined over short calm stretches. */
function runs(marked: Uint8Array, least: number): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0; i < marked.length; i++) {
    if (!marked[i]) continue;
    const last = found.at(-1);
    if (last && i - last[1] <= BRIDGE + 1) last[1] = i;
    else found.push([i, i]);
  }
  return found.filter(([from, to]) => to - from + 1 >= least);
}

const sum = (values: Uint32Array, from: number, to: number): number => {
  let total = 0;
  for (let i = from; i <= to; i++) total += values[i]!;
  return total;
};

function windowOf(
  series: MinuteSeries,
  kind: Window['kind'],
  from: number,
  to: number,
  value: number,
  baseline: number,
): Window {
  return {
    kind,
    key: series.key,
    from: series.start + from * MINUTE,
    to: series.start + (to + 1) * MINUTE,
    open: to >= series.requests.length - 2,
    requests: sum(series.requests, from, to),
    failures: sum(series.failures, from, to),
    value,
    baseline,
  };
}

/**
 * Traffic that stopped: far below a slow average of the minutes accepted so far, unless it is always so at this time of the
 * week; or far below what every other week had at this time.
 * @param weekly where the series spans two weeks and more.
 */
export function interruptions(
  series: MinuteSeries,
  limits = DEFAULT_WINDOW_THRESHOLDS,
  weekly: WeeklyProfile | undefined = weeklyProfile(series),
): Window[] {
  const { requests } = series;
  const missing = new Uint8Array(requests.length);
  const expected = new Float64Array(requests.length);
  // The first minute is cut by the start of the log, so the average begins with the median of the first half hour.
  const opening = requests.subarray(1, 31).filter((count) => count > 0);
  if (opening.length < Math.min(20, (requests.length - 2) / 3)) return [];
  let average = median(opening);
  if (Number.isNaN(average)) return [];
  const ceiling = 2 * median(requests.filter((count) => count > 0));
  for (let i = 1; i < requests.length - 1; i++) {
    expected[i] = average;
    const count = requests[i]!;
    const usual = weekly?.usualRequests(i) ?? Number.POSITIVE_INFINITY;
    const least = weekly?.leastRequests(i) ?? 0;
    if (average >= limits.gapMinimum && count < average * limits.gapShare && count < usual * limits.gapShare)
      missing[i] = 1;
    else if (least >= limits.gapMinimum && count < least * limits.gapShare) {
      missing[i] = 1;
      expected[i] = least;
    }
    // A flood must not teach the average, or the return to normal would look like an outage.
    else average = Math.min(ceiling, average + 0.05 * (Math.min(count, 1.5 * average) - average));
  }
  return runs(missing, limits.gapMinutes).map(([from, to]) => {
    const wanted = expected.subarray(from, to + 1).reduce((a, b) => a + b, 0);
    return windowOf(series, 'interruption', from, to, 1 - sum(requests, from, to) / wanted, expected[from]!);
  });
}

/** Share of clients that got no good answer, against the log's own usual share, and that of the time of the week. */
export function failureWindows(
  series: MinuteSeries,
  limits = DEFAULT_WINDOW_THRESHOLDS,
  weekly: WeeklyProfile | undefined = weeklyProfile(series),
): Window[] {
  const { clients, clientsFailed } = series;
  const minutes = clients.length;
  const shares: number[] = [];
  for (let i = 0; i < minutes; i++) if (clients[i]! > 0) shares.push(clientsFailed[i]! / clients[i]!);
  // The lower quartile stays usual even when half of the log is the incident.
  const sorted = Float64Array.from(shares).sort();
  const lowest = Math.max(0.002, sorted[sorted.length >> 2] ?? 0);
  const bad = new Uint8Array(minutes);
  for (let i = 0; i < minutes; i++) {
    const from = Math.max(0, i - 1);
    const to = Math.min(minutes - 1, i + 1);
    const seen = sum(clients, from, to);
    const failed = sum(clientsFailed, from, to);
    if (seen < limits.failureClients || failed < 3) continue;
    const share = failed / seen;
    // NaN where no other week had a client at this time.
    const usual = Math.min(0.99, Math.max(lowest, weekly?.usualFailures(i) || 0));
    const z = (share - usual) / Math.sqrt((usual * (1 - usual)) / seen);
    const own = clients[i]! > 0 && clientsFailed[i]! / clients[i]! >= Math.max(limits.failureShare, usual * 2);
    if (own && z >= limits.failureZ && share >= limits.failureShare) bad[i] = 1;
  }
  return runs(bad, 2).map(([from, to]) => {
    const seen = sum(clients, from, to);
    return windowOf(series, 'failures', from, to, seen === 0 ? 0 : sum(clientsFailed, from, to) / seen, lowest);
  });
}

/** p95 far above its own median, and above what is usual at the time of the week. */
export function slowWindows(
  series: MinuteSeries,
  limits = DEFAULT_WINDOW_THRESHOLDS,
  weekly: WeeklyProfile | undefined = weeklyProfile(series),
): Window[] {
  const { p95, requests } = series;
  const usual = median(p95.filter((value, i) => !Number.isNaN(value) && requests[i]! >= 3));
  if (Number.isNaN(usual)) return [];
  const slow = new Uint8Array(p95.length);
  for (let i = 0; i < p95.length; i++) {
    const bound = Math.max(usual, weekly?.usualP95(i) || 0) * limits.slowFactor;
    if (requests[i]! >= 3 && p95[i]! >= limits.slowSeconds && p95[i]! >= bound) slow[i] = 1;
  }
  return runs(slow, limits.slowMinutes).map(([from, to]) =>
    windowOf(series, 'slow', from, to, median(p95.subarray(from, to + 1).filter((v) => !Number.isNaN(v))), usual),
  );
}

export function windowsOf(series: MinuteSeries, limits = DEFAULT_WINDOW_THRESHOLDS): Window[] {
  const weekly = weeklyProfile(series);
  return [
    ...interruptions(series, limits, weekly),
    ...failureWindows(series, limits, weekly),
    ...slowWindows(series, limits, weekly),
  ].sort((a, b) => a.from - b.from);
}

/**
 * Begin and end of an error class: from the first minute to the last with hits, without stray hits far from the bulk.
 * @param perMinute ms UTC of the minute to hits.
 */
export function burst(perMinute: ReadonlyMap<number, number>): { from: number; to: number; share: number } | undefined {
  const minutes = [...perMinute].sort((a, b) => a[0] - b[0]);
  if (minutes.length === 0) return undefined;
  const total = minutes.reduce((all, [, count]) => all + count, 0);
  // Groups are hits less than ten minutes apart; the largest is the burst.
  let best = { from: minutes[0]![0], to: minutes[0]![0], count: 0 };
  let current = { ...best };
  for (const [minute, count] of minutes) {
    if (minute - current.to > 10 * MINUTE) current = { from: minute, to: minute, count: 0 };
    current.to = minute;
    current.count += count;
    if (current.count > best.count) best = { ...current };
  }
  return { from: best.from, to: best.to + MINUTE, share: best.count / total };
}
