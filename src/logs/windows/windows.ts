/** Where a series leaves its own baseline: interruptions, failures, slowness. */
import { MINUTE, type MinuteSeries } from './series.ts';
import { slowWindows } from './slow.ts';
import { voicesOf } from './voices.ts';
import { type UsualProfile, usualProfile } from './weekly.ts';
import { DEFAULT_WINDOW_THRESHOLDS, flapping, median, runs, sumOf, type Window, windowOf } from './window.ts';

export { DEFAULT_WINDOW_THRESHOLDS, type Window, type WindowThresholds } from './window.ts';

/** Share of a slow average that one minute teaches: it follows the swing of a day some twenty minutes behind. */
const LEARNING = 0.05;
/** Minutes, and requests in them, from which the average can begin. */
const OPENING = 30;
const OPENING_REQUESTS = 15;
/** Blocks of so many minutes whose middle one says what is usual now, and how far the average may stand above it. */
const LATELY = 12;
const BLOCK = 15;
const ABOVE_LATELY = 1.25;
/** Requests a minute below which the minutes that have any are no measure of the rate. */
const FEW = 5;
/** Logarithm of some sixty endpoints and upstreams. */
const MANY_PARTS = 4;
/** Weaker signs of a stop within an hour that prove together what none proves alone, and what the choice of a minute costs each. */
const WEAK = 0.5;
const TOGETHER = 60;
const CHOICE = Math.log(TOGETHER);
/** The rate of a stretch that stopped, as a share of the usual one: what stays above 35 % of it speaks against a stop. */
const STOPPED = 0.07;

/** Share of what is known of a part beside the others that a minute forgets: it reaches back some two hours. */
const FORGETTING = 0.01;
/** Minutes on either side over which the others are smoothed. */
const AROUND = 5;

/** Requests a minute of everything but the part, smoothed. */
function othersOf(part: MinuteSeries, whole: MinuteSeries): Float64Array {
  const shift = (part.start - whole.start) / MINUTE;
  const minutes = part.requests.length;
  const sums = new Float64Array(minutes + 1);
  for (let i = 0; i < minutes; i++)
    sums[i + 1] = sums[i]! + Math.max(0, (whole.requests[i + shift] ?? 0) - part.requests[i]!);
  return Float64Array.from({ length: minutes }, (_, i) => {
    const [from, to] = [Math.max(0, i - AROUND), Math.min(minutes, i + AROUND + 1)];
    return (sums[to]! - sums[from]!) / (to - from);
  });
}

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

/** Requests in a usual minute with any; where that is one or few, of the usual quarter of an hour with any. */
function middleRate(requests: Uint32Array): number {
  const ofMinutes = median(requests.filter((count) => count > 0));
  if (ofMinutes >= FEW) return ofMinutes;
  const blocks: number[] = [];
  for (let i = 0; i + BLOCK <= requests.length; i += BLOCK) {
    const count = sumOf(requests, i, i + BLOCK - 1);
    if (count > 0) blocks.push(count / BLOCK);
  }
  return blocks.length === 0 ? ofMinutes : median(blocks);
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
  return Math.min(10, Math.max(1, median(residuals) / CHI_SQUARED || 1, betweenBlocks(requests, from)));
}

/** The median of a chi-squared variable with one degree of freedom. */
const CHI_SQUARED = 0.455;
/** Minutes of a block, which holds whole visits, and requests from which its swing says something. */
const VISIT = 10;
const VISIT_REQUESTS = 3;

/**
 * The same between blocks of ten minutes and the middle of their neighbours: where visits are few and bring many requests each,
 * most minutes are empty, and the middle of the minutes knows nothing of the clusters.
 */
function betweenBlocks(requests: Uint32Array, from: number): number {
  const blocks: number[] = [];
  for (let i = from; i + VISIT < requests.length; i += VISIT) blocks.push(sumOf(requests, i, i + VISIT - 1));
  const residuals: number[] = [];
  for (let i = 1; i + 1 < blocks.length; i++) {
    const [before, own, after] = [blocks[i - 1]!, blocks[i]!, blocks[i + 1]!];
    const usual = (before + own + after) / 3;
    // The variance of a count less the mean of two others is one and a half times its own.
    if (usual >= VISIT_REQUESTS) residuals.push((own - (before + after) / 2) ** 2 / (1.5 * usual));
  }
  return residuals.length === 0 ? 1 : median(residuals) / CHI_SQUARED;
}

/** First and last minutes of what may be a stop, and its log-likelihood ratio. */
interface Silence {
  from: number;
  to: number;
  evidence: number;
}

/** Silences that are proven, each by itself or several within an hour together: a service that comes and goes. */
function proven(silences: readonly Silence[], wanted: number): Silence[] {
  const kept = new Set(silences.filter(({ evidence }) => evidence >= wanted));
  for (const [i, first] of silences.entries()) {
    const near: Silence[] = [];
    for (let j = i; j < silences.length && silences[j]!.to - first.from < TOGETHER; j++) near.push(silences[j]!);
    if (near.length > 1 && near.reduce((sum, { evidence }) => sum + evidence - CHOICE, 0) >= wanted)
      for (const one of near) kept.add(one);
  }
  return [...kept];
}

/**
 * Traffic that stopped: a CUSUM of log-likelihood ratios of Poisson counts (Page 1954) against a slow average of the minutes
 * accepted so far, unless it is always so at this time of the week; or against what every other week had at this time. Few
 * requests a minute need a longer silence than many.
 * @param usual where the series spans three days and more.
 * @param whole what the series is a part of: what the other parts do as well is no stop of this one.
 */
export function interruptions(
  series: MinuteSeries,
  limits = DEFAULT_WINDOW_THRESHOLDS,
  usual: UsualProfile | undefined = usualProfile(series),
  whole?: MinuteSeries,
): Window[] {
  const { requests } = series;
  const opening = openingOf(requests);
  if (opening === undefined) return [];
  const opened = Math.min(requests.length - 2, opening + OPENING - 1);
  let average = sumOf(requests, opening, opened) / (opened - opening + 1);
  const spread = dispersion(requests, opening, average);
  const ceiling = 2 * middleRate(requests);
  const others = whole && othersOf(series, whole);
  let [own, theirs] = [0, 0];
  const expected = new Float64Array(requests.length);
  const found: Silence[] = [];
  const missing = new Uint8Array(requests.length);
  let evidence = 0;
  let [from, to, peak] = [0, 0, 0];
  // After a sale of half an hour the average is high; the middle of the last hours is not.
  const lately: number[] = [];
  let [block, minutesOfBlock] = [0, 0];
  let bound = Number.POSITIVE_INFINITY;
  const close = (): void => {
    if (peak >= limits.gapEvidence * WEAK) found.push({ from, to, evidence: peak });
    evidence = 0;
    peak = 0;
  };
  for (let i = opening; i < requests.length - 1; i++) {
    const count = requests[i]!;
    const shared = others && theirs > 0 ? (own / theirs) * others[i]! : Number.POSITIVE_INFINITY;
    const rate = Math.max(
      Math.min(average, shared, usual?.usualRequests(i) ?? Number.POSITIVE_INFINITY),
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
      block += count;
      minutesOfBlock++;
      if (minutesOfBlock === BLOCK) {
        lately.push(block / BLOCK);
        if (lately.length >= LATELY / 4) bound = median(lately.slice(-LATELY)) * ABOVE_LATELY;
        [block, minutesOfBlock] = [0, 0];
      }
    }
    // Few requests a minute swing by more than half, so two standard deviations may teach; less would sink the average.
    const most = Math.max(1.5 * average, average + 2 * Math.sqrt(average * spread) + 0.5);
    // What may be a silence teaches nothing.
    if (evidence < limits.gapEvidence / 8) {
      average += LEARNING * (Math.min(count, most) - average);
      own += Math.min(count, most) - own * FORGETTING;
      theirs += (others?.[i] ?? 0) - theirs * FORGETTING;
    }
    average = Math.min(ceiling, bound, average);
  }
  close();
  for (const silence of proven(found, limits.gapEvidence)) missing.fill(1, silence.from, silence.to + 1);
  return runs(missing, limits.gapMinutes).map(([first, last]) => {
    const wanted = expected.subarray(first, last + 1).reduce((a, b) => a + b, 0);
    return windowOf(series, 'interruption', first, last, 1 - sumOf(requests, first, last) / wanted, expected[first]!);
  });
}

/** Share of clients that got no good answer, against the log's own usual share, and that of the time of the week. */
export function failureWindows(
  series: MinuteSeries,
  limits = DEFAULT_WINDOW_THRESHOLDS,
  profile: UsualProfile | undefined = usualProfile(series),
  whole = series,
): Window[] {
  const { heard: clients, failed: clientsFailed } = voicesOf(series, whole);
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
    const seen = sumOf(clients, from, to);
    const failed = sumOf(clientsFailed, from, to);
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
  let [seenElsewhere, failedElsewhere] = [sumOf(clients, 0, minutes - 1), sumOf(clientsFailed, 0, minutes - 1)];
  for (const [from, to] of found) {
    seenElsewhere -= sumOf(clients, from, to);
    failedElsewhere -= sumOf(clientsFailed, from, to);
  }
  const elsewhere = Math.max(lowest, seenElsewhere > 0 ? failedElsewhere / seenElsewhere : 0);
  const proven = found.filter(([from, to]) => {
    const failed = sumOf(clientsFailed, from, to);
    const expected = sumOf(clients, from, to) * elsewhere;
    return failed * Math.log(failed / expected) - (failed - expected) >= limits.failureEvidence;
  });
  return proven.map(([from, to]) => {
    const seen = sumOf(clients, from, to);
    return windowOf(series, 'failures', from, to, seen === 0 ? 0 : sumOf(clientsFailed, from, to) / seen, lowest);
  });
}

/** What is known of a series besides its counts. */
export interface Surroundings {
  /** What it consists of: its answers are judged by what each part usually takes. */
  parts?: readonly MinuteSeries[];
  /** The endpoints of the whole. */
  endpoints?: readonly MinuteSeries[];
  /** What it is a part of. */
  whole?: MinuteSeries | undefined;
}

/** All windows of one series. */
export function windowsOf(
  series: MinuteSeries,
  limits = DEFAULT_WINDOW_THRESHOLDS,
  { parts = [], endpoints = parts, whole = series }: Surroundings = {},
): Window[] {
  const usual = usualProfile(series, whole);
  // One of many that are looked at, so that chance has as many tries.
  const own = whole === series ? limits : { ...limits, gapEvidence: limits.gapEvidence + MANY_PARTS };
  return [
    ...flapping(interruptions(series, own, usual, whole === series ? undefined : whole)),
    ...flapping(failureWindows(series, limits, usual, whole)),
    ...slowWindows(series, parts, endpoints, limits, usual),
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
