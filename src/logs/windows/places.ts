/** The leg that a window belongs to: nearly all that went wrong was asked of one part, and the others are as usual. */
import { meanRise, riseOf } from './rise.ts';
import { MINUTE, type MinuteSeries } from './series.ts';
import { median, minutesOf, spanOf, sumOf, timed, type Window } from './window.ts';

/** Share of the failures of everything that a part must hold, and how much worse it must be, to be where the fault is. */
export const NEARLY_ALL = 0.8;
export const MUCH_WORSE = 1.4;
/** Answers that take this many times as long as usual are no healthy ones, and how many of the others may be so. */
const SLOWER = 1.3;
const FEW_OTHERS = 0.2;
/** The same of the slowest of its answers: they are slow, too, where a part of what is behind it is. */
const SLOWEST_SLOWER = 1.6;
/** Share of the requests of a time that the others must have, so that they say anything. */
const LEAST_OTHERS = 0.05;
/** Share of what is usual around a stop from which a part beside it goes on: stops are below 35 % of it, the slope of a day is above. */
const GOES_ON = 0.5;
/** Requests that are usual in as long a time, so that a part says whether it goes on. */
const ENOUGH_USUAL = 10;
/** Share of their time that two windows have in common where they are of one fault. */
const SAME_TIME = 0.6;

const failing = (whole: Window, part: Window): boolean =>
  part.failures >= whole.failures * NEARLY_ALL &&
  part.failures / part.requests >= (whole.failures / whole.requests) * MUCH_WORSE;

/** Whether a part is slow while the parts beside it are not. */
function slow(part: Window, own: MinuteSeries, beside: readonly MinuteSeries[]): boolean {
  const [from, to] = minutesOf(part, own);
  let [all, slower] = [0, 0];
  for (const other of beside) {
    const rise = other === own ? undefined : riseOf([other]);
    if (!rise) continue;
    const requests = sumOf(other.requests, from, to);
    all += requests;
    if (meanRise(rise, from, to) >= Math.log(SLOWER) || slowestRise(other, from, to) >= SLOWEST_SLOWER)
      slower += requests;
  }
  return all > 0 && all >= sumOf(own.requests, from, to) * LEAST_OTHERS && slower <= all * FEW_OTHERS;
}

/** Requests that did not come. */
const missing = ({ from, to, parts, value, baseline }: Window): number =>
  (spanOf(parts ?? [{ from, to }]) / MINUTE) * baseline * value;

/** Whether a part holds nearly all that is missing while the parts beside it go on as just before and after. */
function stopped(whole: Window, part: Window, own: MinuteSeries, beside: readonly MinuteSeries[]): boolean {
  if (missing(part) < missing(whole) * NEARLY_ALL) return false;
  const [from, to] = minutesOf(part, own);
  let [all, silent] = [0, 0];
  for (const other of beside) {
    if (other === own) continue;
    const usual = usualAround(other.requests, from, to);
    all += usual;
    if (sumOf(other.requests, from, to) < usual * GOES_ON) silent += usual;
  }
  return all >= ENOUGH_USUAL && all >= usualAround(own.requests, from, to) * LEAST_OTHERS && silent <= all * FEW_OTHERS;
}

/** Requests in as long a time as the minutes from..to, as they came in that time before and after. */
function usualAround(requests: Uint32Array, from: number, to: number): number {
  const length = to - from + 1;
  const [first, last] = [Math.max(0, from - length), Math.min(requests.length - 1, to + length)];
  const minutes = from - first + (last - to);
  if (minutes === 0) return 0;
  return ((sumOf(requests, first, last) - sumOf(requests, from, to)) * length) / minutes;
}

/** How many times as long as at other times the slowest answers of the minutes from..to took; NaN where that is not known. */
function slowestRise({ p95 }: MinuteSeries, from: number, to: number): number {
  const outside = [...timed(p95.subarray(0, from)), ...timed(p95.subarray(to + 1))];
  return median(timed(p95.subarray(from, to + 1))) / median(outside);
}

/**
 * Whether a part is the place of a fault that shows in the whole.
 * @param own series of the part. @param beside those of its dimension, over the same minutes.
 */
export function isPlace(whole: Window, part: Window, own: MinuteSeries, beside: readonly MinuteSeries[]): boolean {
  if (part.kind === 'failures') return failing(whole, part);
  if (part.kind === 'interruption') return whole.kind === part.kind && stopped(whole, part, own, beside);
  // A few minutes of a part say nothing of the hour that everything was slow.
  return (
    (Math.min(whole.to, part.to) - Math.max(whole.from, part.from)) * 2 >= whole.to - whole.from &&
    slow(part, own, beside)
  );
}

const severity = ({ failures, requests }: Window): number => failures / requests;

/** How much of what a part does is as bad as its window says, to choose the narrowest of several that are the place. */
export function concentration(window: Window, own: MinuteSeries): number {
  if (window.kind === 'interruption') return window.value;
  if (window.kind !== 'slow') return severity(window);
  const rise = riseOf([own]);
  // Where only some of the answers are slow, as of an endpoint that asks several partners, the typical one is not.
  return rise ? meanRise(rise, ...minutesOf(window, own)) : 0;
}

/** Whether two windows are of the same time for the most part. */
const together = (a: Window, b: Window): boolean => {
  const [both, either] = [
    Math.min(a.to, b.to) - Math.max(a.from, b.from),
    Math.max(a.to, b.to) - Math.min(a.from, b.from),
  ];
  return both >= either * SAME_TIME;
};

/**
 * Whether what fails in one part is what fails in another, where it makes up more of it: the merchants of a dead acquirer.
 * @param place the part is known to be where nearly everything fails.
 */
export const explains = (part: Window, other: Window, place: boolean): boolean =>
  part.kind === 'failures' &&
  other.kind === 'failures' &&
  part.failures >= other.failures * NEARLY_ALL &&
  severity(part) >= severity(other) * MUCH_WORSE &&
  (together(part, other) || (place && part.from <= other.from && part.to >= other.to));

/** A part that is the place of what the whole suffers. */
export interface Place<P extends Window> {
  window: P;
  concentration: number;
}

/** The part that says best what a window of the whole is about. */
export const narrowest = <P extends Window>(whole: Window, places: readonly Place<P>[]): P | undefined =>
  places
    .filter(({ window: { kind, from, to } }) => kind === whole.kind && from < whole.to && whole.from < to)
    .sort((a, b) => b.concentration - a.concentration)[0]?.window;
