/**
 * Slow spells of everything that is asked for: the typical answer of each minute against what the same endpoint usually
 * takes, so that a change of what is asked (a nightly export, fewer static files) is no slowness.
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
export const EVIDENCE = 16;
/** The most that one minute may add: a single pause of a few seconds must not look like a spell, so it takes four minutes. */
export const OF_ONE_MINUTE = EVIDENCE / 4;
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
export function stretchesOf(gains: Float64Array): Stretch[] {
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
