/** Where a series leaves its own baseline: interruptions, failures, slowness. */
import { MINUTE, type MinuteSeries } from './series.ts';
import { voicesOf } from './voices.ts';
import { type UsualProfile, usualProfile } from './weekly.ts';

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
  /** Traffic below this share of what is expected is missing. */
  gapShare: number;
  /** Evidence that it is, as a log-likelihood ratio. */
  gapEvidence: number;
  gapMinutes: number;
  /** Standard errors above the baseline failure share, over three minutes. */
  failureZ: number;
  /** Least share of clients failing. */
  failureShare: number;
  failureClients: number;
  /** Evidence of the whole window against the rest of the log, as a log-likelihood ratio of Poisson counts. */
  failureEvidence: number;
  slowFactor: number;
  /** Times the usual spread of the series' own p95 (median absolute deviation) above its middle. */
  slowDeviations: number;
  slowSeconds: number;
  slowMinutes: number;
}

export const DEFAULT_WINDOW_THRESHOLDS: WindowThresholds = {
  gapShare: 0.35,
  // e^-16: about one false alarm in a year of the minutes of one series.
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

/** Share of a slow average that one minute teaches: it follows the swing of a day some twenty minutes behind. */
const LEARNING = 0.05;
/** Minutes, and requests in them, from which the average can begin. */
const OPENING = 30;
const OPENING_REQUESTS = 15;
/** Minutes whose middle says what is usual now, how often it is taken, and how far the average may stand above it. */
const LATELY = 180;
const RETAKE = 15;
const ABOVE_LATELY = 1.5;
/** The rate of a stretch that stopped, as a share of the usual one, for which the break-even of the ratio is `gapShare`. */
const STOPPED = 0.07;

/** Where the first half hour with enough requests to know a rate begins; undefined when there is none. */
function openingOf(requests: Uint32Array): number | undefined {
  let seen = 0;
  for (let i = 1; i < requests.length - 1; i++) {
    seen += requests[i]!;
    if (i > OPENING) seen -= requests[i - OPENING]!;
    if (seen >= OPENING_REQUESTS) return Math.max(1, i - OPENING + 1);
  }
  return undefined;
}

/**
 * How much more the minutes vary than independent requests would (1: not at all): visitors load many pages in a row, so ten
 * requests may be one person. The middle of the squared residuals is not moved by the incident itself.
 */
function dispersion(requests: Uint32Array, from: number, opening: number): number {
  const residuals: number[] = [];
  let average = opening;
  for (let i = from; i < requests.length - 1; i++) {
    if (average >= 0.5) residuals.push((requests[i]! - average) ** 2 / average);
    average += LEARNING * (requests[i]! - average);
  }
  // The median of a chi-squared variable with one degree of freedom is 0.455.
  return Math.min(10, Math.max(1, median(residuals) / 0.455 || 1));
}

/**
 * Traffic that stopped: a CUSUM of log-likelihood ratios of Poisson counts (Page 1954) against a slow average of the minutes
 * accepted so far, unless it is always so at this time of the week; or against what every other week had at this time. Few
 * requests a minute need a longer silence than many.
 * @param usual where the series spans three days and more.
 */
export function interruptions(
  series: MinuteSeries,
  limits = DEFAULT_WINDOW_THRESHOLDS,
  usual: UsualProfile | undefined = usualProfile(series),
): Window[] {
  const { requests } = series;
  const opening = openingOf(requests);
  if (opening === undefined) return [];
  const opened = Math.min(requests.length - 2, opening + OPENING - 1);
  let average = sum(requests, opening, opened) / (opened - opening + 1);
  const spread = dispersion(requests, opening, average);
  const ceiling = 2 * median(requests.filter((count) => count > 0));
  const expected = new Float64Array(requests.length);
  const found: [number, number][] = [];
  const missing = new Uint8Array(requests.length);
  let evidence = 0;
  let [from, to, peak] = [0, 0, 0];
  // After a sale of half an hour the average is high; the middle of the last hours is not.
  const lately: number[] = [];
  let bound = Number.POSITIVE_INFINITY;
  const close = (): void => {
    if (peak >= limits.gapEvidence) found.push([from, to]);
    evidence = 0;
    peak = 0;
  };
  for (let i = opening; i < requests.length - 1; i++) {
    const count = requests[i]!;
    const rate = Math.max(
      Math.min(average, bound, usual?.usualRequests(i) ?? Number.POSITIVE_INFINITY),
      usual?.leastRequests(i) ?? 0,
    );
    expected[i] = rate;
    if (evidence <= 0) {
      from = i;
      peak = 0;
    }
    evidence = Math.max(0, evidence + ((1 - STOPPED) * rate + count * Math.log(STOPPED)) / spread);
    if (evidence > peak) {
      peak = evidence;
      to = i;
    }
    if (evidence < peak - limits.gapEvidence || (evidence === 0 && peak > 0)) close();
    // A silence must not teach the average, nor a flood, or the return to normal would look like an outage.
    if (evidence < limits.gapEvidence / 4) {
      lately.push(count);
      if (lately.length % RETAKE === 0 && lately.length >= LATELY / 2)
        bound = Math.max(1, median(lately.slice(-LATELY))) * ABOVE_LATELY;
    }
    if (evidence < limits.gapEvidence / 4 || count >= average * limits.gapShare)
      average = Math.min(ceiling, average + LEARNING * (Math.min(count, 1.5 * average) - average));
  }
  close();
  for (const [first, last] of found) missing.fill(1, first, last + 1);
  return runs(missing, limits.gapMinutes).map(([first, last]) => {
    const wanted = expected.subarray(first, last + 1).reduce((a, b) => a + b, 0);
    return windowOf(series, 'interruption', first, last, 1 - sum(requests, first, last) / wanted, expected[first]!);
  });
}

/** Share of clients that got no good answer, against the log's own usual share, and that of the time of the week. */
export function failureWindows(
  series: MinuteSeries,
  limits = DEFAULT_WINDOW_THRESHOLDS,
  profile: UsualProfile | undefined = usualProfile(series),
): Window[] {
  const { heard: clients, failed: clientsFailed } = voicesOf(series);
  const minutes = clients.length;
  const shares: number[] = [];
  for (let i = 0; i < minutes; i++) if (clients[i]! > 0) shares.push(clientsFailed[i]! / clients[i]!);
  // The lower quartile stays usual even when half of the log is the incident.
  const sorted = shares.toSorted((a, b) => a - b);
  const lowest = Math.max(0.002, sorted[sorted.length >> 2] ?? 0);
  const bad = new Uint8Array(minutes);
  for (let i = 0; i < minutes; i++) {
    const from = Math.max(0, i - 1);
    const to = Math.min(minutes - 1, i + 1);
    const seen = sum(clients, from, to);
    const failed = sum(clientsFailed, from, to);
    if (seen < limits.failureClients || failed < 3) continue;
    const share = failed / seen;
    // NaN where no other week or day had a client at this time.
    const usual = Math.min(0.99, Math.max(lowest, profile?.usualFailures(i) || 0));
    const z = (share - usual) / Math.sqrt((usual * (1 - usual)) / seen);
    const own = clients[i]! > 0 && clientsFailed[i]! / clients[i]! >= Math.max(limits.failureShare, usual * 2);
    if (own && z >= limits.failureZ && share >= limits.failureShare) bad[i] = 1;
  }
  const found = runs(bad, 2);
  // What fails on the rest of the log, for three failures among ten clients happen where one in a hundred always fails.
  let [seenElsewhere, failedElsewhere] = [sum(clients, 0, minutes - 1), sum(clientsFailed, 0, minutes - 1)];
  for (const [from, to] of found) {
    seenElsewhere -= sum(clients, from, to);
    failedElsewhere -= sum(clientsFailed, from, to);
  }
  const elsewhere = Math.max(lowest, seenElsewhere > 0 ? failedElsewhere / seenElsewhere : 0);
  const proven = found.filter(([from, to]) => {
    const failed = sum(clientsFailed, from, to);
    const expected = sum(clients, from, to) * elsewhere;
    return failed * Math.log(failed / expected) - (failed - expected) >= limits.failureEvidence;
  });
  return proven.map(([from, to]) => {
    const seen = sum(clients, from, to);
    return windowOf(series, 'failures', from, to, seen === 0 ? 0 : sum(clientsFailed, from, to) / seen, lowest);
  });
}

/** Minutes on either side over which p95 is smoothed: of five values the middle one, so that single slow answers do not count. */
const SMOOTH = 2;
/** What still belongs to a slow spell that has been found: half way back to the usual. */
const FADING = 0.5;

/** Logarithm of the smoothed p95; NaN where fewer than two of five minutes were timed. */
function smoothed(p95: Float32Array, requests: Uint32Array): Float64Array {
  const middle = new Float64Array(p95.length).fill(Number.NaN);
  for (let i = 0; i < p95.length; i++) {
    if (requests[i] === 0) continue;
    const near: number[] = [];
    for (let j = Math.max(0, i - SMOOTH); j <= Math.min(p95.length - 1, i + SMOOTH); j++)
      if (p95[j]! > 0) near.push(Math.log(p95[j]!));
    if (near.length >= 2) middle[i] = median(near);
  }
  return middle;
}

/**
 * p95 above its own middle by a factor and by more than it ever swings, and above what is usual at the time of the week. The
 * spell reaches as far as p95 stays half way above the usual, so that a slow rise begins where it leaves it.
 */
export function slowWindows(
  series: MinuteSeries,
  limits = DEFAULT_WINDOW_THRESHOLDS,
  profile: UsualProfile | undefined = usualProfile(series),
): Window[] {
  const { p95, requests } = series;
  const level = smoothed(p95, requests);
  const known = [...level].filter((value) => !Number.isNaN(value));
  if (known.length < 10) return [];
  const usual = median(known);
  const spread = 1.4826 * median(known.map((value) => Math.abs(value - usual)));
  const rise = Math.max(Math.log(limits.slowFactor), limits.slowDeviations * spread);
  const least = Math.log(limits.slowSeconds);
  const slow = new Uint8Array(p95.length);
  const above = (i: number, share: number): boolean =>
    level[i]! >= Math.max(usual, Math.log(profile?.usualP95(i) || 0)) + rise * share;
  for (let i = 0; i < p95.length; i++) if (level[i]! >= least && above(i, 1)) slow[i] = 1;
  return runs(slow, limits.slowMinutes).map(([core, end]) => {
    let [from, to] = [core, end];
    while (from > 0 && (Number.isNaN(level[from - 1]!) || above(from - 1, FADING))) from--;
    while (to < p95.length - 1 && (Number.isNaN(level[to + 1]!) || above(to + 1, FADING))) to++;
    // Minutes without a timed request say nothing about where it began or ended.
    while (from < core && Number.isNaN(level[from]!)) from++;
    while (to > end && Number.isNaN(level[to]!)) to--;
    const during = [...p95.subarray(core, end + 1)].filter((value) => !Number.isNaN(value));
    return windowOf(series, 'slow', from, to, median(during), Math.exp(usual));
  });
}

export function windowsOf(series: MinuteSeries, limits = DEFAULT_WINDOW_THRESHOLDS): Window[] {
  const usual = usualProfile(series);
  return [
    ...interruptions(series, limits, usual),
    ...failureWindows(series, limits, usual),
    ...slowWindows(series, limits, usual),
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
