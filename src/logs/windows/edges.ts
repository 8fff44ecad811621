/** Where windows begin and end: of slow answers, of failures and of stops, the edges that fit the minutes around them best. */

/** Values by minute, and how much each says (one divided by its variance). */
interface Weighed {
  level: Float64Array;
  weight: Float64Array;
}

/** Minutes beyond the stretch in which its edges are looked for. */
const REACH = 60;
/** Minutes in which a slow rise is looked for; what takes longer is fitted as a step. */
const LONGEST_RISE = 180;
/** Half the criterion of Schwarz (1978) for one more parameter, of some hundred minutes: a ramp must explain that much better. */
const RAMP_COST = 2.5;
/** What one minute may count against a fit, in variances: a single bad minute has no say. */
const MOST = 9;

/** One side, minute 0 outside and the last one inside the stretch. @returns the first raised minute. */
function risingEdge(level: readonly number[], weight: readonly number[], height: number): { at: number; cost: number } {
  const length = level.length;
  const costOf = (i: number, fitted: number): number =>
    weight[i]! > 0 ? Math.min(MOST, weight[i]! * (level[i]! - fitted) ** 2) / 2 : 0;
  /** Cost of the minutes before i as ordinary ones, and of those from i on as raised ones. */
  const ordinary = new Float64Array(length + 1);
  const raised = new Float64Array(length + 1);
  for (let i = 0; i < length; i++) ordinary[i + 1] = ordinary[i]! + costOf(i, 0);
  for (let i = length - 1; i >= 0; i--) raised[i] = raised[i + 1]! + costOf(i, height);
  let best = { at: 0, cost: Number.POSITIVE_INFINITY };
  for (let at = 0; at <= length; at++) {
    const cost = ordinary[at]! + raised[at]!;
    if (cost < best.cost) best = { at, cost };
  }
  const times = Math.exp(height) - 1;
  for (let at = 0; at < length; at++)
    for (let full = at + 2; full <= Math.min(length, at + LONGEST_RISE); full++) {
      let cost = ordinary[at]! + raised[full]! + RAMP_COST;
      for (let i = at; i < full && cost < best.cost; i++)
        cost += costOf(i, Math.log(1 + (times * (i - at + 0.5)) / (full - at)));
      if (cost < best.cost) best = { at, cost };
    }
  return best;
}

/**
 * Edges of a stretch of raised values (logarithms of ratios, 0 the usual), each a step or a straight slope of the ratio.
 * @param from first minute that is known to belong to it. @param to the last one.
 * @param least minutes before it belong to another stretch. @param most minutes after it do.
 */
export function trapezoidEdges(
  { level, weight }: Weighed,
  from: number,
  to: number,
  least: number,
  most: number,
): [number, number] {
  const before = Math.max(least, from - REACH);
  const after = Math.min(most, to + REACH);
  const mean = (first: number, last: number): number => {
    let [sum, all] = [0, 0];
    for (let i = Math.max(from, first); i <= Math.min(to, last); i++)
      if (weight[i]! > 0) {
        sum += weight[i]! * level[i]!;
        all += weight[i]!;
      }
    return all === 0 ? 0 : sum / all;
  };
  const middle = (from + to) >> 1;
  const heights = [mean(from, to), mean(middle, to), mean(from, middle), mean((from + 3 * to) >> 2, to)].filter(
    (height) => height > 0,
  );
  let [left, right] = [
    { at: from - before, cost: Number.POSITIVE_INFINITY },
    { at: after - to, cost: Number.POSITIVE_INFINITY },
  ];
  const risen = Math.min(middle, from + LONGEST_RISE) + 1;
  const falls = Math.max(middle + 1, to - LONGEST_RISE);
  const rising = [[...level.subarray(before, risen)], [...weight.subarray(before, risen)]] as const;
  const falling = [
    [...level.subarray(falls, after + 1)].reverse(),
    [...weight.subarray(falls, after + 1)].reverse(),
  ] as const;
  for (const height of heights) {
    const rise = risingEdge(...rising, height);
    if (rise.cost < left.cost) left = rise;
    const fall = risingEdge(...falling, height);
    if (fall.cost < right.cost) right = fall;
  }
  return [Math.min(before + left.at, middle), Math.max(after - right.at, middle)];
}

/** Clients heard in each minute, and those that failed: of few requests, or few failures, not every minute shows any. */
interface Counts {
  heard: ArrayLike<number>;
  failed: ArrayLike<number>;
}

/** First and last minute. */
interface Minutes {
  from: number;
  to: number;
}

/** Rounds in which edges and the share between them are fitted to each other. */
const ROUNDS = 3;
/** A share of 1 would make one good answer impossible. */
const MOST_SHARE = 0.99;

/**
 * The most likely edges of a stretch that fails: where the sum of the log-likelihood ratios of its own share against the usual one is
 * highest (the maximum likelihood estimate of a change point, Hinkley 1970). It is only ever widened.
 * @param usual share that fails elsewhere, of 0..1. @param least first minute that may belong to it. @param most the last one.
 * @param calm log-likelihood ratio at which what lies beyond is another time.
 */
export function widened(
  { heard, failed }: Counts,
  stretch: Minutes,
  usual: number,
  least: number,
  most: number,
  calm: number,
): Minutes {
  let { from, to } = stretch;
  for (let round = 0; round < ROUNDS; round++) {
    let [seen, bad] = [0, 0];
    for (let i = from; i <= to; i++) {
      seen += heard[i]!;
      bad += failed[i]!;
    }
    const share = Math.min(MOST_SHARE, bad / seen);
    if (!(share > usual)) break;
    const [ofBad, ofGood] = [Math.log(share / usual), Math.log((1 - share) / (1 - usual))];
    const reach = (edge: number, step: 1 | -1): number => {
      let [sum, best, at] = [0, 0, edge];
      for (let i = edge + step; i >= least && i <= most && sum > best - calm; i += step) {
        sum += failed[i]! * ofBad + (heard[i]! - failed[i]!) * ofGood;
        if (sum > best) [best, at] = [sum, i];
      }
      return at;
    };
    const wider = { from: reach(from, -1), to: reach(to, 1) };
    if (wider.from === from && wider.to === to) break;
    ({ from, to } = wider);
  }
  return { from, to };
}

/**
 * The most likely edges of a stop within from..to: nothing or a few came between them, what was expected before and after (the maximum
 * likelihood of Poisson counts with two changes). It is only ever narrowed, each side by itself.
 * @param expected requests a minute without the stop. @returns first and last minute.
 */
export function narrowed(requests: Uint32Array, expected: Float64Array, from: number, to: number): Minutes {
  const middle = (from + to) >> 1;
  let [came, wanted] = [0, 0];
  for (let i = from; i <= to; i++) {
    came += requests[i]!;
    wanted += expected[i]!;
  }
  /** Cuts minutes off one side for as long as the rest becomes likelier by more than they cost. */
  const cut = (edge: number, step: 1 | -1): number => {
    let [inside, inWanted, outside] = [came, wanted, 0];
    let [best, at] = [Number.NEGATIVE_INFINITY, edge];
    for (let i = edge; i !== middle; i += step) {
      const share = (inside + 0.5) / (inWanted + 0.5);
      const likelihood = inside * Math.log(share) - share * inWanted + outside;
      if (likelihood > best) [best, at] = [likelihood, i];
      inside -= requests[i]!;
      inWanted -= expected[i]!;
      outside -= expected[i]!;
    }
    return at;
  };
  return { from: cut(from, 1), to: cut(to, -1) };
}
