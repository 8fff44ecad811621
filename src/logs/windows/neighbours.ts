/**
 * What the minutes around a silence lead one to expect in it. The average that found the silence follows the swing of a day
 * some twenty minutes behind and is still high after a burst, so each silence is judged once more with hindsight: the rate
 * before and after it, whichever is less, and the evening or morning slope that leads to it.
 */
import { median, sumOf } from './window.ts';

/** Minutes beside a silence that are looked at: an evening's last ramp shows in the short ones, few requests need the long ones. */
const REACHES = [20, 40, 80, 160];
/** Standard errors at which a fall or rise is taken for the swing of the day: by chance once in a thousand. */
const SLOPE_Z = 3;
/** Minutes of a block, the unit in which bursts are left out. */
const BLOCK = 5;
/** Minutes of a day. */
const DAY = 1440;

/** Requests, in units of the spread, that show a rate and its slope. */
const ENOUGH = 40;
/** Minutes on either side over which another day is smoothed. */
const AROUND = 15;
/** Minutes of another day's same silence that show a closing time. */
const CLOSED = 45;

/** Minutes in whose greater half a rate must have held, so that it is no burst if it holds on the other side of the silence. */
const HELD = 40;

/**
 * Rate of one side by distance from the silence: at its edge, what a minute of distance takes away, and what it never exceeds; and the
 * middle rate next to the silence, 0 where too little is known.
 */
interface Side {
  level: number;
  slope: number;
  most: number;
  held: number;
  minutes: number;
}

const rateAt = ({ level, slope, most }: Side, distance: number): number =>
  Math.min(most, Math.max(0, level - slope * distance));

/** Middle count from which more than twice as many are a burst: a straight slope that begins with nothing has no such minute. */
const BURSTS_SHOW = 5;

/** Counts without the height of bursts: a batch of some minutes a quarter of an hour away is no slope that leads to the silence. */
function withoutBursts(counts: readonly number[]): readonly number[] {
  const usual = median(counts);
  return usual < BURSTS_SHOW ? counts : counts.map((count) => Math.min(count, 2 * usual));
}

/** Least squares of counts that lie 0.5, 1.5, … minutes from the edge; a slope only where it leads down to the silence. */
function fitted(all: readonly number[], spread: number): { level: number; slope: number } {
  const counts = withoutBursts(all);
  const length = counts.length;
  const mean = counts.reduce((sum, count) => sum + count, 0) / length;
  const middle = length / 2;
  let [across, square] = [0, 0];
  for (let i = 0; i < length; i++) {
    across += (i + 0.5 - middle) * counts[i]!;
    square += (i + 0.5 - middle) ** 2;
  }
  const slope = across / square;
  const error = Math.sqrt((Math.max(mean, 1 / length) * spread) / square);
  return slope > SLOPE_Z * error ? { level: mean - slope * middle, slope } : { level: mean, slope: 0 };
}

/** Rate of the middle block of five minutes or the mean, the lesser: a burst of some minutes is no rate. */
function middleBlock(counts: readonly number[]): number {
  const blocks: number[] = [];
  let all = 0;
  for (let i = 0; i + BLOCK <= counts.length; i += BLOCK) {
    const sum = counts.slice(i, i + BLOCK).reduce((a, b) => a + b, 0);
    blocks.push(sum / BLOCK);
    all += sum / BLOCK;
  }
  return Math.min(all / blocks.length, median(blocks));
}

/**
 * The shortest reach that holds enough requests says how the rate runs; longer ones, what it does not exceed: shortly before may have
 * been a burst.
 * @param counts by distance from the silence.
 */
function sideOf(counts: readonly number[], spread: number): Side | undefined {
  const shortest = REACHES[0]!;
  if (counts.length < shortest) return undefined;
  let side: Side | undefined;
  let [sum, at, held] = [0, 0, 0];
  for (const reach of REACHES) {
    if (reach > counts.length) break;
    for (; at < reach; at++) sum += counts[at]!;
    const most = middleBlock(counts.slice(0, reach));
    if (reach === HELD) held = most;
    if (side) side.most = Math.min(side.most, most);
    else if (sum >= ENOUGH * spread || reach === REACHES.at(-1) || reach * 2 > counts.length)
      side = { ...fitted(counts.slice(0, reach), spread), most, held: 0, minutes: counts.length };
  }
  return side && { ...side, held };
}

/** What both sides lead one to expect, and how many minutes say so. */
export interface Expectation {
  requests: number;
  minutes: number;
}

/**
 * Requests to be expected in the minutes from..to.
 * @param silent minutes of this and other silences, which say nothing of the usual rate.
 * @param spread how much more counts vary than independent requests would.
 */
export function expectedBetween(
  requests: Uint32Array,
  silent: Uint8Array,
  from: number,
  to: number,
  spread: number,
): Expectation | undefined {
  const countsFrom = (at: number, step: 1 | -1): number[] => {
    const counts: number[] = [];
    // The first and the last minute are cut by the ends of the log.
    for (let i = at; i > 0 && i < requests.length - 1 && counts.length < REACHES.at(-1)!; i += step)
      if (!silent[i]) counts.push(requests[i]!);
    return counts;
  };
  const before = sideOf(countsFrom(from - 1, -1), spread);
  const after = sideOf(countsFrom(to + 1, 1), spread);
  if (!before && !after) return undefined;
  if (before && after) {
    // After a quiet night the day is no burst where it goes on behind the silence, nor is it before a closing time.
    const [early, late] = [before.most, after.most];
    before.most = Math.max(early, Math.min(before.held, late));
    after.most = Math.max(late, Math.min(after.held, early));
  }
  let sum = 0;
  for (let i = from; i <= to; i++)
    sum += Math.min(
      before ? rateAt(before, i - from + 0.5) : Number.POSITIVE_INFINITY,
      after ? rateAt(after, to - i + 0.5) : Number.POSITIVE_INFINITY,
    );
  return { requests: sum, minutes: (before?.minutes ?? 0) + (after?.minutes ?? 0) };
}

/** Minutes on either side of a silence in which a day shows whether it is one on which people come. */
const BESIDE = 240;
/** A day with so many times fewer requests is no day like this one; and requests that show this one's. */
const DAY_OFF = 3;
const SHOWS = 30;

/** Requests in the `BESIDE` minutes before from and after to, each where the log shows them both here and `shift` minutes later. */
function beside(requests: Uint32Array, from: number, to: number, shift: number) {
  const low = Math.max(0, -shift);
  const high = Math.min(requests.length, requests.length - shift) - 1;
  const side = (first: number, last: number): { own: number; other: number } => {
    const [a, b] = [Math.max(low, first), Math.min(high, last)];
    return { own: sumOf(requests, a, b), other: sumOf(requests, a + shift, b + shift) };
  };
  return { before: side(from - BESIDE, from - 1), after: side(to + 1, to + BESIDE) };
}

/**
 * Whether hardly anyone came on another day, before and after that time, while many did on this one: the silence of a Sunday says
 * nothing of a Monday's.
 */
function isDayOff(requests: Uint32Array, from: number, to: number, shift: number): boolean {
  const { before, after } = beside(requests, from, to, shift);
  const own = Math.min(before.own, after.own);
  return own >= SHOWS && own > DAY_OFF * Math.max(before.other, after.other);
}

/**
 * Requests that the day before or after leads one to expect in the minutes from..to, the fewer; infinite where the log shows
 * neither. Smoothed for short silences; for those of an hour and more by what the log shows of the same time, for the busy minutes
 * around a closing time would fill it.
 */
export function sameTimeOtherDays(requests: Uint32Array, from: number, to: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let shift = -Math.floor(from / DAY) * DAY; from + shift < requests.length; shift += DAY) {
    // What lasts longer than a day would be its own witness.
    if (Math.abs(shift) <= to - from || isDayOff(requests, from, to, shift)) continue;
    const shown = Math.min(requests.length - 1, to + shift) - (from + shift) + 1;
    if (shown > CLOSED)
      least = Math.min(least, (sumOf(requests, from + shift, from + shift + shown - 1) * (to - from + 1)) / shown);
    const first = Math.max(0, from + shift - AROUND);
    const last = Math.min(requests.length - 1, to + shift + AROUND);
    if (last - first < to - from) continue;
    least = Math.min(least, (sumOf(requests, first, last) * (to - from + 1)) / (last - first + 1));
  }
  return least;
}

/** Minutes on either side of a silence by which another day is brought to the measure of this one. */
const MEASURED = 60;
/** Other days that must agree. */
const WITNESSES = 2;

/**
 * Requests that all other days lead one to expect in the minutes from..to, each by as much less busy as this day was just before or
 * after: where a rush hour ends in the silence, the quiet behind it is no measure. 0 where the log does not show an hour before and after
 * it, on this day and two others.
 */
export function likeOtherDays(requests: Uint32Array, from: number, to: number): number {
  if (from < MEASURED || to + MEASURED >= requests.length) return 0;
  let [least, witnesses] = [Number.POSITIVE_INFINITY, 0];
  for (let shift = -Math.floor(from / DAY) * DAY; to + shift + MEASURED < requests.length; shift += DAY) {
    if (Math.abs(shift) <= to - from + MEASURED || from + shift < MEASURED) continue;
    const ratio = (first: number, last: number): number =>
      sumOf(requests, first, last) / Math.max(1, sumOf(requests, first + shift, last + shift));
    const alike = Math.min(1, ratio(from - MEASURED, from - 1), ratio(to + 1, to + MEASURED));
    least = Math.min(least, alike * sumOf(requests, from + shift, to + shift));
    witnesses++;
  }
  return witnesses < WITNESSES ? 0 : least;
}
