/**
 * Slow spells of everything that is asked for: the typical answer of each minute against what the same endpoint usually
 * takes, so that a change of what is asked (a nightly export, fewer static files) is no slowness. And spells in which more of the answers
 * than usual are slow while the typical one is not: every tenth waits for a partner. A minute of ten requests shows that by chance only,
 * so that p95 jumps up and down; what is judged is how many minutes have such a p95.
 */
import { beyondChance, type Stretch } from './chance.ts';
import { trapezoidEdges } from './edges.ts';
import type { MinuteSeries } from './series.ts';
import { BRIDGE, median } from './window.ts';

/** Answers that take this many times as long as usual are looked for, and told. */
const FACTOR = 1.6;
const SHIFT = Math.log(FACTOR);
/**
 * Log-likelihood ratio at which a rise counts. Wald's bound (1945): an ordinary stretch reaches it with a chance of e^-16 a
 * minute at most, about once in seventeen years of minutes of one series.
 */
const EVIDENCE = 16;
/** The most that one minute may add: a single pause of a few seconds must not look like a spell, so it takes four minutes. */
const OF_ONE_MINUTE = EVIDENCE / 4;
const LEAST_MINUTES = 4;
/** Share of the rise looked for that a stretch must have before its edges are set: they may cut away what dilutes it. */
const LIKELY = 0.8;
/** Minutes in which something was timed that show what is usual. */
const LEAST_KNOWN = 30;
/** Durations below a millisecond are written as 0. */
const SHORTEST = 0.0005;
/** Least spread of the logarithm of one answer's duration: logs in whole milliseconds know no smaller one. */
const LEAST_SPREAD = 0.05;

/** Standard deviation of a normal distribution with the same median absolute deviation. */
const robustDeviation = (values: number[]): number => 1.4826 * median(values.map(Math.abs));

/** How much longer answers took than usual, minute by minute. */
export interface Rise {
  /** Mean logarithm of the ratio; NaN where nothing was timed. */
  level: Float64Array;
  /** Its precision: one divided by its variance on ordinary minutes. */
  weight: Float64Array;
}

/** Logarithm of the typical duration of each minute; NaN where nothing was timed. */
function typical({ p50, p95, requests }: MinuteSeries): Float64Array {
  const own = new Float64Array(requests.length).fill(Number.NaN);
  for (let i = 0; i < own.length; i++) {
    if (!(requests[i]! > 0) || Number.isNaN(p50[i]!)) continue;
    const middle = Math.log(Math.max(SHORTEST, p50[i]!));
    // The nearest rank of two is the lesser; both together are less biased.
    own[i] = requests[i] === 2 ? (middle + Math.log(Math.max(SHORTEST, p95[i]!))) / 2 : middle;
  }
  return own;
}

/**
 * The rise of several series together, each against its own usual, weighed by how much each of their minutes says.
 * @returns undefined where too little was timed.
 */
export function riseOf(strata: readonly MinuteSeries[]): Rise | undefined {
  const [single] = strata;
  if (!single || strata.length > 1) return jointRise(strata);
  if (!ofSingle.has(single)) ofSingle.set(single, jointRise(strata));
  return ofSingle.get(single);
}

/** Rises of series by themselves: an endpoint is asked about for every window. */
const ofSingle = new WeakMap<MinuteSeries, Rise | undefined>();

/** Adds one series: its `own` typical durations against their middle, weighed by how much each says. */
function addRise(level: Float64Array, weight: Float64Array, own: Float64Array, requests: Uint32Array): void {
  const known = own.filter((value) => !Number.isNaN(value));
  if (known.length < LEAST_KNOWN) return;
  const usual = median(known);
  const residuals: number[] = [];
  for (let i = 0; i < own.length; i++)
    if (!Number.isNaN(own[i]!)) residuals.push((own[i]! - usual) * Math.sqrt(requests[i]!));
  const spread = Math.max(LEAST_SPREAD, robustDeviation(residuals));
  for (let i = 0; i < own.length; i++) {
    if (Number.isNaN(own[i]!)) continue;
    const precision = requests[i]! / spread ** 2;
    level[i]! += precision * (own[i]! - usual);
    weight[i]! += precision;
  }
}

function jointRise(strata: readonly MinuteSeries[]): Rise | undefined {
  const minutes = strata[0]?.requests.length ?? 0;
  const level = new Float64Array(minutes);
  const weight = new Float64Array(minutes);
  for (const one of strata) addRise(level, weight, typical(one), one.requests);
  const scores: number[] = [];
  for (let i = 0; i < minutes; i++) {
    level[i] = weight[i] === 0 ? Number.NaN : level[i]! / weight[i]!;
    if (weight[i]! > 0) scores.push(level[i]! * Math.sqrt(weight[i]!));
  }
  if (scores.length < LEAST_KNOWN) return undefined;
  // Minutes vary more than independent answers would: load, caches, a neighbour's batch.
  const more = Math.max(1, robustDeviation(scores)) ** 2;
  for (let i = 0; i < minutes; i++) weight[i]! /= more;
  return { level, weight };
}

/** Mean rise of the minutes from..to, both included. */
export function meanRise({ level, weight }: Rise, from: number, to: number): number {
  let [sum, all] = [0, 0];
  for (let i = from; i <= to; i++) {
    if (!(weight[i]! > 0)) continue;
    sum += weight[i]! * level[i]!;
    all += weight[i]!;
  }
  return sum / all;
}

/**
 * Stretches in which answers take at least `FACTOR` times as long as usual: a CUSUM of log-likelihood ratios of that rise
 * against none (Page 1954), edges by least squares.
 * @param usual logarithm of what is usual at the time of the week, where that is known, by index of the minute.
 * @returns first and last minutes.
 */
export function risen(rise: Rise, usual: (minute: number) => number = () => 0): [number, number][] {
  const { level, weight } = rise;
  const gains = new Float64Array(level.length).fill(Number.NaN);
  for (let i = 0; i < level.length; i++) {
    if (!(weight[i]! > 0)) continue;
    const above = level[i]! - Math.max(0, usual(i));
    gains[i] = Math.max(-OF_ONE_MINUTE, Math.min(OF_ONE_MINUTE, SHIFT * (above - SHIFT / 2) * weight[i]!));
  }
  const found = beyondChance(stretchesOf(gains), gains, OF_ONE_MINUTE, EVIDENCE);
  // What is clearly less needs no edges.
  const likely = found.filter(({ from, to }) => meanRise(rise, from, to) >= SHIFT * LIKELY);
  return likely
    .map(({ from, to }, i): [number, number] =>
      trapezoidEdges(rise, from, to, (likely[i - 1]?.to ?? -1) + 1, (likely[i + 1]?.from ?? level.length) - 1),
    )
    .filter(([first, last]) => last - first + 1 >= LEAST_MINUTES && meanRise(rise, first, last) >= SHIFT);
}

/** Where the CUSUM of the gains reaches what counts, those with hardly any calm between them as one. */
function stretchesOf(gains: Float64Array): Stretch[] {
  const found: Stretch[] = [];
  let [evidence, peak, from, to] = [0, 0, 0, 0];
  const close = (): void => {
    const last = found.at(-1);
    if (peak >= EVIDENCE) {
      if (last && from - last.to <= BRIDGE + 1) {
        last.to = to;
        last.evidence += peak;
      } else found.push({ from, to, evidence: peak });
    }
    evidence = 0;
    peak = 0;
  };
  for (let i = 0; i < gains.length; i++) {
    if (Number.isNaN(gains[i]!)) continue;
    if (evidence <= 0) {
      from = i;
      peak = 0;
    }
    evidence = Math.max(0, evidence + gains[i]!);
    if (evidence > peak) {
      peak = evidence;
      to = i;
    }
    if (evidence < peak - EVIDENCE || (evidence === 0 && peak > 0)) close();
  }
  close();
  return found;
}

/** Share of slow answers that is looked for, and how many times the usual one. */
const SHARE = 0.1;
const TIMES = 3;
const MOST_SHARE = 0.9;
/** Halvings of the interval in which the usual share lies. */
const HALVINGS = 30;

/** Chance that p95 (nearest rank) of so many answers is slow where each is with that chance: the binomial tail. */
function chanceOfSlow(answers: number, share: number): number {
  const fewest = answers - Math.ceil(0.95 * answers) + 1;
  // Logarithms, for (1 - share) ** answers vanishes for thousands of them.
  let term = answers * Math.log1p(-share);
  let below = Math.exp(term);
  for (let k = 1; k < fewest; k++) {
    term += Math.log(((answers - k + 1) / k) * (share / (1 - share)));
    below += Math.exp(term);
  }
  return Math.min(1, Math.max(0, 1 - below));
}

/** The same by number of answers, each computed once. */
function chancesOfSlow(share: number): (answers: number) => number {
  const known = new Map<number, number>();
  return (answers) => {
    let chance = known.get(answers);
    if (chance === undefined) {
      chance = chanceOfSlow(answers, share);
      known.set(answers, chance);
    }
    return chance;
  };
}

/** Minutes by their number of answers, as there are few such numbers. */
function minutesByAnswers(requests: Uint32Array, p95: Float32Array): Map<number, number> {
  const minutes = new Map<number, number>();
  for (let i = 0; i < requests.length; i++)
    if (requests[i]! > 0 && p95[i]! >= 0) minutes.set(requests[i]!, (minutes.get(requests[i]!) ?? 0) + 1);
  return minutes;
}

/** The share of slow answers at which as many minutes as were seen have a slow p95; the spells themselves are counted in, to be safe. */
function usualShare(minutes: ReadonlyMap<number, number>, slow: number): number {
  // One more than were seen, for none among few proves little.
  const wanted = slow + 1;
  let [low, high] = [0, 0.5];
  for (let i = 0; i < HALVINGS; i++) {
    const share = (low + high) / 2;
    let expected = 0;
    for (const [answers, count] of minutes) expected += count * chanceOfSlow(answers, share);
    if (expected < wanted) low = share;
    else high = share;
  }
  return high;
}

/** Share of answers that are slower than p95. */
const ABOVE_P95 = 0.05;

/**
 * p95 of all answers of the series, from those of its minutes: of few answers p95 is the slowest, so that it is above that of all as
 * often as one of a twentieth is among so many.
 */
function p95OfAll(minutes: ReadonlyMap<number, number>, p95: Float32Array, requests: Uint32Array): number {
  let above = 0;
  for (const [answers, count] of minutes) above += count * chanceOfSlow(answers, ABOVE_P95);
  const known = p95.filter((seconds, i) => requests[i]! > 0 && seconds >= 0).sort();
  return known[Math.max(0, known.length - 1 - Math.round(above))] ?? Number.NaN;
}

/** Stretches, and from how many seconds on an answer is slow. */
interface SlowSpells {
  stretches: Stretch[];
  beyond: number;
}

/**
 * Stretches in which more answers than usual are slow: a CUSUM of log-likelihood ratios of each minute's p95 being so where a tenth
 * of the answers is, or three times the usual share, against the usual share.
 * @param factor times p95 of all answers from which one is slow. @param least seconds below which none is.
 * @param usual seconds of p95 that are usual at the time of the week, NaN where that is not known.
 */
export function moreSlowAnswers(
  { p95, requests }: Pick<MinuteSeries, 'p95' | 'requests'>,
  factor: number,
  least: number,
  usual: (minute: number) => number = () => Number.NaN,
): SlowSpells {
  const minutes = minutesByAnswers(requests, p95);
  const beyond = Math.max(least, factor * p95OfAll(minutes, p95, requests) || 0);
  let slow = 0;
  for (let i = 0; i < p95.length; i++) if (requests[i]! > 0 && p95[i]! >= beyond) slow++;
  if (slow === 0) return { stretches: [], beyond };
  const share = usualShare(minutes, slow);
  const usually = chancesOfSlow(share);
  const then = chancesOfSlow(Math.min(MOST_SHARE, Math.max(SHARE, share * TIMES)));
  const gains = new Float64Array(p95.length).fill(Number.NaN);
  for (let i = 0; i < p95.length; i++) {
    if (!(requests[i]! > 0 && p95[i]! >= 0)) continue;
    const [before, during] = [usually(requests[i]!), then(requests[i]!)];
    const gain = p95[i]! >= beyond ? Math.log(during / before) : Math.log((1 - during) / (1 - before));
    const expected = usual(i) >= beyond && gain > 0;
    gains[i] = expected ? 0 : Math.max(-OF_ONE_MINUTE, Math.min(OF_ONE_MINUTE, gain || 0));
  }
  return { stretches: beyondChance(stretchesOf(gains), gains, OF_ONE_MINUTE, EVIDENCE), beyond };
}
