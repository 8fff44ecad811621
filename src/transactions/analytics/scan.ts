/**
 * Scan statistic for windows in a sequence of yes/no outcomes: the stretch whose failure rate speaks most strongly
 * against the base rate (maximum-scoring segment of Bernoulli log-likelihood ratios, Karlin and Altschul 1990; Kulldorff
 * 1997). Its edges are single attempts, so an onset is exact to the attempt.
 */

export interface Segment {
  /** First and last index, inclusive; both are failures. */
  start: number;
  end: number;
  failures: number;
  count: number;
  /** Log-likelihood ratio of the window's own rate against the base rate. */
  score: number;
}

/** k of n at the observed rate against rate `base`. */
export function likelihoodRatio(failures: number, count: number, base: number): number {
  if (count === 0 || failures / count <= base) return 0;
  const rate = failures / count;
  const passed = count - failures;
  return failures * Math.log(rate / base) + (passed > 0 ? passed * Math.log((1 - rate) / (1 - base)) : 0);
}

function bestSegment(
  failed: Uint8Array,
  from: number,
  to: number,
  base: number,
  rate: number,
): { start: number; end: number } | undefined {
  const gain = Math.log(rate / base);
  const loss = Math.log((1 - rate) / (1 - base));
  let best = 0;
  let found: { start: number; end: number } | undefined;
  let sum = 0;
  let start = from;
  for (let i = from; i <= to; i++) {
    if (sum <= 0) {
      sum = 0;
      start = i;
    }
    sum += failed[i] ? gain : loss;
    if (sum > best && failed[i]) {
      best = sum;
      found = { start, end: i };
    }
  }
  return found;
}

export interface ScanOptions {
  base: number;
  minimumScore: number;
  minimumFailures: number;
  minimumShare: number;
}

function refine(failed: Uint8Array, from: number, to: number, options: ScanOptions): Segment | undefined {
  let rate = Math.min(0.95, Math.max(options.base * 4, options.base + 0.2));
  let segment: Segment | undefined;
  // The first guess of the rate finds the place, the measured rate its edges.
  for (let pass = 0; pass < 3; pass++) {
    const edges = bestSegment(failed, from, to, options.base, rate);
    if (!edges) return segment;
    let failures = 0;
    for (let i = edges.start; i <= edges.end; i++) failures += failed[i]!;
    const count = edges.end - edges.start + 1;
    const score = likelihoodRatio(failures, count, options.base);
    if (segment && score <= segment.score) break;
    segment = { ...edges, failures, count, score };
    const measured = Math.min(0.98, Math.max(options.base * 1.5, (failures / count) * 0.9));
    if (Math.abs(measured - rate) < 0.01) break;
    rate = measured;
  }
  return segment;
}

/** Windows of raised failure in order of score, at most `most`; they do not overlap. */
export function scan(failed: Uint8Array, options: ScanOptions, most = 4): Segment[] {
  const found: Segment[] = [];
  const pending: [number, number][] = [[0, failed.length - 1]];
  while (pending.length && found.length < most) {
    const [from, to] = pending.shift()!;
    if (to - from + 1 < options.minimumFailures) continue;
    const segment = refine(failed, from, to, options);
    if (
      !segment ||
      segment.score < options.minimumScore ||
      segment.failures < options.minimumFailures ||
      segment.failures / segment.count < options.minimumShare
    )
      continue;
    found.push(segment);
    pending.push([from, segment.start - 1], [segment.end + 1, to]);
  }
  return found.sort((a, b) => b.score - a.score);
}

/**
 * Base rate of a sequence that may hold a fault: a low quantile of the rates of its blocks, between two bounds.
 * Errors are rare, so their base is read low; declines are a matter of every day and read higher.
 */
export function baseRate(failed: Uint8Array, floor: number, cap: number, quantile = 0.33): number {
  const block = Math.max(20, Math.ceil(failed.length / 30));
  const rates: number[] = [];
  for (let from = 0; from < failed.length; from += block) {
    const to = Math.min(failed.length, from + block);
    if (to - from < block / 2 && rates.length) break;
    let failures = 0;
    for (let i = from; i < to; i++) failures += failed[i]!;
    rates.push(failures / (to - from));
  }
  rates.sort((a, b) => a - b);
  const lower = rates[Math.floor((rates.length - 1) * quantile)] ?? floor;
  return Math.min(cap, Math.max(floor, lower));
}

/** Outcomes at the beginning of a sequence from which its usual rate can be told. */
const FEWEST_BEFORE = 100;
/** What a step must be to be none of the day's ups and downs: so many times the rate before it, and so much more. */
const STEP_TIMES = 3;
const STEP_MORE = 0.2;
/** Log-likelihood ratio of a step: far beyond what the sum over all places of a change can reach by chance. */
const STEP_SCORE = 30;

/**
 * Rate before a lasting step up: a fault that holds for most of a file is no base rate of it (two rates with one unknown change
 * point, Hinkley 1970).
 * @returns undefined where there is no such step.
 */
export function rateBeforeStep(failed: Uint8Array): number | undefined {
  const total = failed.reduce((sum, one) => sum + one, 0);
  let before = 0;
  let best = STEP_SCORE;
  let rate: number | undefined;
  for (let count = 1; count <= failed.length - FEWEST_BEFORE; count++) {
    before += failed[count - 1]!;
    if (count < FEWEST_BEFORE) continue;
    const first = (before + 0.5) / (count + 1);
    const then = (total - before) / (failed.length - count);
    if (then < first * STEP_TIMES || then < first + STEP_MORE) continue;
    const score = likelihoodRatio(total - before, failed.length - count, first);
    if (score <= best) continue;
    best = score;
    rate = first;
  }
  return rate;
}
