/** Traffic that stopped: silences that chance, the swing of a day and clustered visits do not explain. */

import { narrowed } from './edges.ts';
import { expectedBetween, likeOtherDays, sameTimeOtherDays } from './neighbours.ts';
import { apartFromNights, type Silence } from './nights.ts';
import { MINUTE, type MinuteSeries } from './series.ts';
import { type UsualProfile, usualProfile, WEEKS_MINUTES } from './weekly.ts';
import {
  DEFAULT_WINDOW_THRESHOLDS,
  median,
  runs,
  sumOf,
  type Window,
  type WindowThresholds,
  windowOf,
} from './window.ts';

/** Share of a slow average that one minute teaches: it follows the swing of a day some twenty minutes behind. */
const LEARNING = 0.05;
/** Minutes, and requests in them, from which the average can begin. */
export const OPENING = 30;
export const OPENING_REQUESTS = 15;
/** Blocks of so many minutes whose middle one says what is usual now, and how far the average may stand above it. */
const LATELY = 12;
const BLOCK = 15;
const ABOVE_LATELY = 1.25;
/** Requests a minute below which the minutes that have any are no measure of the rate. */
const FEW = 5;
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
  const { requests } = part;
  const all = whole.requests;
  const minutes = requests.length;
  const sums = new Float64Array(minutes + 1);
  for (let i = 0; i < minutes; i++) sums[i + 1] = sums[i]! + Math.max(0, (all[i + shift] ?? 0) - requests[i]!);
  const smooth = new Float64Array(minutes);
  for (let i = 0; i < minutes; i++) {
    const from = Math.max(0, i - AROUND);
    const to = Math.min(minutes, i + AROUND + 1);
    smooth[i] = (sums[to]! - sums[from]!) / (to - from);
  }
  return smooth;
}

/** Where the first half hour with enough requests to know a rate begins; undefined when there is none. */
export function openingOf(requests: Uint32Array): number | undefined {
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
  const counts = new Float64Array(requests.length);
  let busy = 0;
  for (const count of requests) if (count > 0) counts[busy++] = count;
  const ofMinutes = median(counts.subarray(0, busy));
  if (ofMinutes >= FEW) return ofMinutes;
  const blocks: number[] = [];
  for (let i = 0; i + BLOCK <= requests.length; i += BLOCK) {
    const count = sumOf(requests, i, i + BLOCK - 1);
    if (count > 0) blocks.push(count / BLOCK);
  }
  return blocks.length === 0 ? ofMinutes : median(blocks);
}

/**
 * How much more counts vary than those of independent requests would (1: not at all), over the length of a visit and from one
 * minute to the next.
 */
interface Spread {
  ofVisits: number;
  ofMinutes: number;
}

/** Share of the usual rate below which all visitors of the minute before are gone. */
const ALL_GONE = 0.1;
/** Share of the differences between neighbouring minutes that are left out as the incident's own, and the mean of the others. */
const OWN = 0.1;
const MEAN_OF_OTHERS = 0.6;

/**
 * From one minute to the next: few of the visitors of a minute are gone in the next, and a rate that rises and falls within an
 * hour hardly moves. The mean of what is left of a chi-squared variable without its highest tenth is 0.6.
 */
function betweenMinutes(requests: Uint32Array, from: number): number {
  const squares = new Float64Array(requests.length);
  let known = 0;
  for (let i = from + 1; i < requests.length - 1; i++) {
    const both = requests[i]! + requests[i - 1]!;
    if (both > 0) squares[known++] = (requests[i]! - requests[i - 1]!) ** 2 / both;
  }
  const others = squares
    .subarray(0, known)
    .sort()
    .subarray(0, Math.ceil(known * (1 - OWN)));
  return Math.max(1, others.reduce((sum, one) => sum + one, 0) / Math.max(1, others.length) / MEAN_OF_OTHERS);
}

/**
 * By what the evidence of so many silent minutes is divided. All visitors of a minute must be gone in the next for the first
 * silent one, and each further one must bring no new visitor: a rate that swings with the hour never does the first.
 */
const divisorOf = ({ ofVisits, ofMinutes }: Spread, minutes: number): number =>
  minutes / (1 / ofMinutes + (minutes - 1) / ofVisits);

/** Minutes of an hour, hours that show a habit, and the share of them in which an hourly job shows, and by how much. */
const HOUR = 60;
const HOURS = 6;
const MOST_HOURS = 0.75;
const JOB_FACTOR = 2;
const JOB_REQUESTS = 4;

/**
 * The counts without what comes at the same minutes of nearly every hour, where a usual minute of that hour stands instead: a job
 * that runs every hour says nothing of how visitors come, but would be three of six neighbouring blocks.
 */
function withoutHourlyJobs(requests: Uint32Array): Uint32Array {
  const hours = Math.floor(requests.length / HOUR);
  if (hours < HOURS) return requests;
  const usual = Array.from({ length: hours }, (_, hour) => median(requests.subarray(hour * HOUR, (hour + 1) * HOUR)));
  let without = requests;
  for (let minute = 0; minute < HOUR; minute++) {
    const above = usual.filter((most, hour) => requests[hour * HOUR + minute]! > JOB_FACTOR * most + JOB_REQUESTS);
    if (above.length < hours * MOST_HOURS) continue;
    if (without === requests) without = requests.slice();
    for (let i = minute, hour = 0; i < requests.length; i += HOUR, hour++)
      without[i] = Math.min(requests[i]!, usual[Math.min(hour, hours - 1)]!);
  }
  return without;
}

/**
 * How much more the minutes vary than independent requests would (1: not at all): visitors load many pages in a row, so ten
 * requests may be one person. The middle of the squared residuals is not moved by the incident itself.
 */
function dispersion(all: Uint32Array, from: number, opening: number): Spread {
  const requests = withoutHourlyJobs(all);
  const residuals = new Float64Array(requests.length);
  let known = 0;
  let average = opening;
  for (let i = from; i < requests.length - 1; i++) {
    if (average >= 0.5) residuals[known++] = (requests[i]! - average) ** 2 / average;
    average += LEARNING * (requests[i]! - average);
  }
  const middle = median(residuals.subarray(0, known)) / CHI_SQUARED || 1;
  const ofVisits = Math.min(60, Math.max(1, middle, betweenBlocks(requests, from)));
  return { ofVisits, ofMinutes: Math.min(ofVisits, betweenMinutes(requests, from)) };
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

/** What a silence of so many minutes needs before it: a log may begin with a job and a night. */
const LONG = 45;
const KNOWN_BEFORE = 20;
/** Minutes of silences that are left out where the rate beside others is taken: a service that comes and goes. */
const BRIEF = 20;
/** Share of the usual that may still come in a silence: where the two rates that the search compares are equally likely. */
const FEW_CAME = (1 - STOPPED) / -Math.log(STOPPED);

/** Evidence from which a silence is worth being held against other days: by chance once in fifty. */
const DOUBT = 4;

/** Evidence of a silence, judged by the minutes around it; never more than it had when it was found. */
function hindsight(
  requests: Uint32Array,
  silent: Uint8Array,
  { from, to, evidence }: Silence,
  spread: Spread,
  usual: UsualProfile | undefined,
): number {
  if (from <= KNOWN_BEFORE && to - from >= LONG) return 0;
  const around = expectedBetween(requests, silent, from, to, spread.ofVisits);
  if (!around) return evidence;
  const came = sumOf(requests, from, to);
  const length = to - from + 1;
  let demanded = 0;
  for (let i = from; i <= to; i++) demanded += usual?.leastRequests(i) ?? 0;
  // The rate is measured, too: of two Poisson counts, the lesser given their sum is binomial (Przyborowski and Wilenski 1940).
  const measured = (around.minutes / length) * Math.log(1 + length / around.minutes);
  const evidenceOf = (expected: number): number => {
    const wanted = expected * measured;
    if (came > wanted * FEW_CAME) return 0;
    const divisor = came < wanted * ALL_GONE ? divisorOf(spread, length) : spread.ofVisits;
    return (wanted - came + (came > 0 ? came * Math.log(came / wanted) : 0)) / divisor;
  };
  const ofSides = evidenceOf(
    usual ? Math.max(around.requests, demanded) : Math.min(around.requests, sameTimeOtherDays(requests, from, to)),
  );
  // What comes just before or after must leave a doubt of its own, for a day may close earlier than the others.
  const ofDays = ofSides < DOUBT ? 0 : evidenceOf(likeOtherDays(requests, from, to));
  return Math.min(evidence, Math.max(ofSides, ofDays));
}

/** What is known of a series before its silences are searched. */
interface Known {
  /** Requests a minute at its opening, and the most that it is ever expected to have. */
  average: number;
  ceiling: number;
  spread: Spread;
  /** Requests a minute of everything else; undefined where the series is everything. */
  others: Float64Array | undefined;
  usual: Pick<UsualProfile, 'usualRequests' | 'leastRequests'> | undefined;
  /** Evidence of a silence that is proven. */
  wanted: number;
}

/**
 * Silences that may be stops: the search of `interruptions`, a function of its own so that it is compiled once, whatever series it is for.
 * @param expected takes the requests a minute that were expected.
 */
function silences(requests: Uint32Array, opening: number, expected: Float64Array, known: Known): Silence[] {
  const { ceiling, others, usual, wanted } = known;
  const { ofVisits, ofMinutes } = known.spread;
  let { average } = known;
  let [own, theirs] = [0, 0];
  const found: Silence[] = [];
  let evidence = 0;
  let gone = false;
  let [from, to, peak] = [0, 0, 0];
  // After a sale of half an hour the average is high; the middle of the last hours is not.
  const lately: number[] = [];
  let [block, minutesOfBlock] = [0, 0];
  let bound = Number.POSITIVE_INFINITY;
  const weak = wanted * WEAK;
  // No closure shares these variables: that would put every number of the loop on the heap.
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
    const gain = (1 - STOPPED) * rate + count * Math.log(STOPPED);
    const turns = gone !== count < rate * ALL_GONE;
    gone = count < rate * ALL_GONE;
    evidence = Math.max(0, evidence + gain / (turns ? ofMinutes : ofVisits));
    if (evidence > peak) {
      peak = evidence;
      to = i;
    }
    if (evidence < peak - wanted || (evidence === 0 && peak > 0)) {
      if (peak >= weak) found.push({ from, to, evidence: peak });
      evidence = 0;
      peak = 0;
    }
    // A silence must not teach the average, nor a flood, or the return to normal would look like an outage.
    if (evidence < wanted / 4) {
      block += count;
      minutesOfBlock++;
      if (minutesOfBlock === BLOCK) {
        lately.push(block / BLOCK);
        if (lately.length >= LATELY / 4) bound = median(lately.slice(-LATELY)) * ABOVE_LATELY;
        [block, minutesOfBlock] = [0, 0];
      }
    }
    // Few requests a minute swing by more than half, so two standard deviations may teach; less would sink the average.
    const most = Math.max(1.5 * average, average + 2 * Math.sqrt(average * ofVisits) + 0.5);
    // What may be a silence teaches nothing.
    if (evidence < wanted / 8) {
      average += LEARNING * (Math.min(count, most) - average);
      own += Math.min(count, most) - own * FORGETTING;
      theirs += (others?.[i] ?? 0) - theirs * FORGETTING;
    }
    average = Math.min(ceiling, bound, average);
  }
  if (peak >= weak) found.push({ from, to, evidence: peak });
  return found;
}

/**
 * The same from the end of the log on, for what stops soon after the traffic has begun: after a quiet night the average knows the
 * day only when it is two hours old, seen from the noon it knows it all along. Not those that may be the night itself.
 * @returns them in minutes of the log, with the requests a minute that were expected in each.
 */
function silencesBackwards(requests: Uint32Array, known: Known): (Silence & { expected: Float64Array })[] {
  const reversed = requests.slice().reverse();
  const opening = openingOf(reversed);
  if (opening === undefined) return [];
  const { usual, others } = known;
  const last = requests.length - 1;
  const expected = new Float64Array(requests.length);
  const opened = Math.min(last - 1, opening + OPENING - 1);
  // All that is known in the order of `silencesOf`: another shape would have the search compiled again.
  const found = silences(reversed, opening, expected, {
    average: sumOf(reversed, opening, opened) / (opened - opening + 1),
    spread: known.spread,
    ceiling: known.ceiling,
    others: others?.slice().reverse(),
    usual: usual && {
      usualRequests: (i) => usual.usualRequests(last - i),
      leastRequests: (i) => usual.leastRequests(last - i),
    },
    // Who looks twice has as many tries.
    wanted: known.wanted + Math.LN2,
  });
  return found
    .filter(({ from, to }) => to - from < LONG)
    .map(({ from, to, evidence }) => ({
      from: last - to,
      to: last - from,
      evidence,
      expected: expected.slice(from, to + 1).reverse(),
    }));
}

/**
 * Traffic that stopped: a CUSUM of log-likelihood ratios of Poisson counts (Page 1954) against a slow average of the minutes
 * accepted so far, unless it is always so at this time of the week; or against what every other week had at this time. Few
 * requests a minute need a longer silence than many.
 * @param usual where the series spans three days and more.
 * @param whole what the series is a part of: what the other parts do as well is no stop of this one.
 */
export const interruptions = (
  series: MinuteSeries,
  limits = DEFAULT_WINDOW_THRESHOLDS,
  usual: UsualProfile | undefined = usualProfile(series),
  whole?: MinuteSeries,
): Window[] => silencesOf(series, limits, usual, whole).stops;

/** What hardly anything came in: stops of the service, and silences that may as well be nights. */
export interface Silences {
  stops: Window[];
  nights: Window[];
}

/** The same, with the silences of hours that nothing tells from a night in a log of less than two weeks. */
export function silencesOf(
  series: MinuteSeries,
  limits: WindowThresholds,
  usual: UsualProfile | undefined,
  whole?: MinuteSeries,
): Silences {
  const { requests } = series;
  const opening = openingOf(requests);
  if (opening === undefined) return { stops: [], nights: [] };
  const opened = Math.min(requests.length - 2, opening + OPENING - 1);
  const average = sumOf(requests, opening, opened) / (opened - opening + 1);
  const spread = dispersion(requests, opening, average);
  const expected = new Float64Array(requests.length);
  const known: Known = {
    average,
    spread,
    ceiling: 2 * middleRate(requests),
    others: whole && othersOf(series, whole),
    usual,
    wanted: limits.gapEvidence,
  };
  const forwards = silences(requests, opening, expected, known);
  // Other weeks say what a morning needs.
  const backwards = requests.length >= WEEKS_MINUTES ? [] : silencesBackwards(requests, known);
  const found = [...forwards, ...backwards];
  if (found.length === 0) return { stops: [], nights: [] };
  const missing = new Uint8Array(requests.length);
  for (const { from, to } of proven(found, limits.gapEvidence)) if (to - from < BRIEF) missing.fill(1, from, to + 1);
  const judge = (silence: Silence): Silence => ({
    ...silence,
    evidence: hindsight(requests, missing, silence, spread, usual),
  });
  const judged = forwards.map(judge);
  for (const { expected: rates, ...silence } of backwards) {
    const { from, to, evidence } = judge(silence);
    if (evidence === 0 || judged.some((one) => one.evidence > 0 && one.from <= to && from <= one.to)) continue;
    judged.push({ from, to, evidence });
    expected.set(rates, from);
  }
  judged.sort((a, b) => a.from - b.from);
  missing.fill(0);
  const { stops, nights } =
    requests.length >= WEEKS_MINUTES
      ? { stops: judged, nights: [] }
      : apartFromNights(requests, judged, expected, spread.ofVisits);
  const silent = (found: readonly Silence[]): Window[] => {
    missing.fill(0);
    for (const { from, to } of found) missing.fill(1, from, to + 1);
    return runs(missing, limits.gapMinutes).map(([begins, ends]) => {
      const { from: first, to: last } = narrowed(requests, expected, begins, ends);
      const wanted = expected.subarray(first, last + 1).reduce((a, b) => a + b, 0);
      return windowOf(series, 'interruption', first, last, 1 - sumOf(requests, first, last) / wanted, expected[first]!);
    });
  };
  return {
    stops: silent(proven(stops, limits.gapEvidence)),
    nights: silent(nights.filter(({ evidence }) => evidence >= limits.gapEvidence)),
  };
}
