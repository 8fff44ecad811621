/** What a window is, the limits it is judged by, and what all kinds of windows share. */
import { MINUTE, type MinuteSeries } from './series.ts';

export interface Window {
  kind: 'interruption' | 'failures' | 'slow';
  key: string;
  /** ms UTC; `to` is the end of the last bad minute. */
  from: number;
  to: number;
  /** The times in which it was bad, where it came and went. */
  parts?: { from: number; to: number }[];
  /** Still bad when the log ends. */
  open: boolean;
  requests: number;
  failures: number;
  /** Share of clients that failed (failures), share of expected requests that were missing (interruption), p95 in seconds (slow). */
  value: number;
  /** The same outside the window. */
  baseline: number;
  /** Failures of one client at a time, while others were served: its own, until shown otherwise. */
  oneClient?: true;
}

export interface WindowThresholds {
  /** Evidence that it is, as a log-likelihood ratio. */
  gapEvidence: number;
  gapMinutes: number;
  /** Standard errors above the baseline failure share, over three minutes. */
  failureZ: number;
  /** Least share of clients failing. */
  failureShare: number;
  failureClients: number;
  /** Evidence of the whole window against the rest of the log, as a log-likelihood ratio of two rates. */
  failureEvidence: number;
  slowFactor: number;
  /** Times the usual spread of the series' own p95 (median absolute deviation) above its middle. */
  slowDeviations: number;
  slowSeconds: number;
  slowMinutes: number;
  /** Least requests of a spell; and of the middle minute where only the slowest are slow, for of fewer p95 is the slowest of all. */
  slowRequests: number;
  /** Times the requests a minute around it from which a slow spell may be other work. */
  slowSurge: number;
}

export const DEFAULT_WINDOW_THRESHOLDS: WindowThresholds = {
  // Wald (1945): a sum of log-likelihood ratios reaches 16 with a chance of e^-16 at most from any minute it begins in, in a
  // year of minutes once in seventeen years. Sixty parts that are looked at one by one are allowed for by log(60) more.
  gapEvidence: 16,
  gapMinutes: 3,
  failureZ: 6,
  failureShare: 0.05,
  failureClients: 5,
  // Of the windows that single minutes suggest, about one in a million would reach it by chance.
  failureEvidence: 14,
  slowFactor: 1.6,
  // Five robust standard deviations of the smoothed series: hardly once in a million minutes of an ordinary one.
  slowDeviations: 5,
  slowSeconds: 1,
  slowMinutes: 4,
  slowRequests: 0,
  slowSurge: Number.POSITIVE_INFINITY,
};

/** Minutes of calm that may lie inside one window. */
export const BRIDGE = 3;

/** Where `median` moves values about: used again, as it is called for every minute of every series. */
let scratch = new Float64Array(1440);

/** The lower of two middle values, where there are two; NaN counts as more than anything. @returns NaN for no values. */
export const median = (values: ArrayLike<number>): number => {
  const { length } = values;
  if (length === 0) return Number.NaN;
  if (length > scratch.length) scratch = new Float64Array(length * 2);
  let known = 0;
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    if (!Number.isNaN(value)) scratch[known++] = value;
  }
  const middle = (length - 1) >> 1;
  return middle < known ? select(scratch, known, middle) : Number.NaN;
};

/** The value that sorting `values[0, length)` would bring to `place` (Hoare 1961, "Find"); moves them. */
function select(values: Float64Array, length: number, place: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const moved = values[i]!;
      values[i++] = values[j]!;
      values[j--] = moved;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return values[place]!;
}

/** The values of minutes in which something was timed. */
export const timed = (values: Float32Array): number[] => [...values].filter((value) => !Number.isNaN(value));

/** Runs of marked minutes, joined over short calm stretches. */
export function runs(marked: Uint8Array, least: number): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0; i < marked.length; i++) {
    if (!marked[i]) continue;
    const last = found.at(-1);
    if (last && i - last[1] <= BRIDGE + 1) last[1] = i;
    else found.push([i, i]);
  }
  return found.filter(([from, to]) => to - from + 1 >= least);
}

export const sumOf = (values: Uint32Array, from: number, to: number): number => {
  let total = 0;
  for (let i = from; i <= to; i++) total += values[i]!;
  return total;
};

export const totalOf = (values: Uint32Array): number => sumOf(values, 0, values.length - 1);

export function windowOf(
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
    requests: sumOf(series.requests, from, to),
    failures: sumOf(series.failures, from, to),
    value,
    baseline,
  };
}

/** Indexes of the first minute of a window in a series, and of its last. */
export const minutesOf = (
  { from, to }: Pick<Window, 'from' | 'to'>,
  { start }: Pick<MinuteSeries, 'start'>,
): [number, number] => [(from - start) / MINUTE, (to - start) / MINUTE - 1];

/** Minutes of calm that make two windows of what would else be one that comes and goes. */
const APART = 10 * MINUTE;

/** Windows of one kind with hardly any calm between them as one, with its parts; values are those of the bad times. */
export function flapping(windows: readonly Window[]): Window[] {
  const merged: Window[] = [];
  for (const window of windows) {
    const last = merged.at(-1);
    if (!last || window.from - last.to > APART) {
      merged.push(window);
      continue;
    }
    const parts = [...(last.parts ?? [{ from: last.from, to: last.to }]), { from: window.from, to: window.to }];
    const [minutes, more] = [spanOf(parts.slice(0, -1)), window.to - window.from];
    const { to, open } = window;
    const { oneClient: _, ...all } = last;
    merged[merged.length - 1] = {
      ...(window.oneClient ? last : all),
      to,
      open,
      parts,
      requests: last.requests + window.requests,
      failures: last.failures + window.failures,
      value: (last.value * minutes + window.value * more) / (minutes + more),
    };
  }
  return merged;
}

/** Milliseconds of all parts of a window. */
export const spanOf = (parts: readonly { from: number; to: number }[]): number =>
  parts.reduce((sum, { from, to }) => sum + to - from, 0);

/** Whether a part was at work in fewer minutes than it is missed: a job has ended, a scan is over, a release has dropped a path. */
export const endedRather = (series: MinuteSeries, { from, to }: { from: number; to: number }): boolean => {
  let atWork = 0;
  for (let i = 0; i < (from - series.start) / MINUTE; i++) if (series.requests[i]! > 0) atWork++;
  return atWork < (to - from) / MINUTE;
};
