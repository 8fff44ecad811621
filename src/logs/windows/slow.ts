/** Slow spells: of the typical answer against what each part usually takes, and of the slowest answers alone. */
import { meanRise, moreSlowAnswers, type Rise, risen, riseOf } from './rise.ts';
import type { MinuteSeries } from './series.ts';
import type { UsualProfile } from './weekly.ts';
import { median, minutesOf, runs, sumOf, timed, type Window, type WindowThresholds, windowOf } from './window.ts';

/** Seconds below which nobody notices that an answer takes longer (Nielsen 1993: 0.1 s feels instantaneous). */
const NOTICED = 0.1;
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

/** Chance of a false spell in one log, e^-7: one series in a thousand; the minutes in which it could begin are allowed for. */
const CHANCE = 7;

/** Timed minutes of a stretch, and how many of them were slow. */
function slowMinutes(p95: Float32Array, beyond: number, from: number, to: number): { timed: number; slow: number } {
  let [known, slow] = [0, 0];
  for (let i = from; i <= to; i++) {
    if (p95[i]! >= 0) known++;
    if (p95[i]! >= beyond) slow++;
  }
  return { timed: known, slow };
}

/**
 * Runs in which slow minutes stand so close that chance does not explain it: where each fiftieth answer takes half a minute, four
 * such minutes in a row happen on any day. Log-likelihood ratio of the share of slow minutes in the run against that of all others.
 */
function moreThanChance(p95: Float32Array, beyond: number, found: readonly [number, number][]): [number, number][] {
  const all = slowMinutes(p95, beyond, 0, p95.length - 1);
  const wanted = CHANCE + Math.log(all.timed);
  return found.filter(([from, to]) => {
    const inside = slowMinutes(p95, beyond, from, to);
    const share = inside.slow / inside.timed;
    // One more than were seen, for none among few proves little.
    const elsewhere = (all.slow - inside.slow + 1) / (all.timed - inside.timed + 2);
    if (!(share > elsewhere)) return false;
    const fast = inside.timed - inside.slow;
    const rest = fast > 0 ? fast * Math.log((1 - share) / (1 - elsewhere)) : 0;
    return inside.slow * Math.log(share / elsewhere) + rest >= wanted;
  });
}

/**
 * p95 above its own middle by a factor and by more than it ever swings, and above what is usual at the time of the week. The
 * spell reaches as far as p95 stays half way above the usual.
 */
function slowestAnswers(series: MinuteSeries, limits: WindowThresholds, profile: UsualProfile | undefined): Window[] {
  const { p95, requests } = series;
  if (limits.slowRequests > 0 && !(median(requests.filter((count) => count > 0)) >= limits.slowRequests)) return [];
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
  const beyond = Math.exp(Math.max(least, usual + rise));
  const told = (from: number, to: number, core = from, end = to): Window =>
    windowOf(series, 'slow', from, to, median(timed(p95.subarray(core, end + 1))), Math.exp(usual));
  // By the factor alone: how much p95 swings by chance, the number of answers says.
  const often = moreSlowAnswers(
    series,
    limits.slowFactor,
    limits.slowSeconds,
    (i) => profile?.usualP95(i) || Number.NaN,
  );
  const more = often.stretches
    .filter(({ from, to }) => to - from + 1 >= limits.slowMinutes)
    .map(({ from, to }) => told(from, to))
    .filter(({ value }) => value >= often.beyond);
  const found = moreThanChance(p95, beyond, runs(slow, limits.slowMinutes)).filter(
    ([from, to]) => !more.some((known) => overlap(series, known, from, to)),
  );
  return [
    ...more,
    ...found.map(([core, end]) => {
      let [from, to] = [core, end];
      while (from > 0 && (Number.isNaN(level[from - 1]!) || above(from - 1, FADING))) from--;
      while (to < p95.length - 1 && (Number.isNaN(level[to + 1]!) || above(to + 1, FADING))) to++;
      // Minutes without a timed request say nothing about where it began or ended.
      while (from < core && Number.isNaN(level[from]!)) from++;
      while (to > end && Number.isNaN(level[to]!)) to--;
      return told(from, to, core, end);
    }),
  ];
}

/** Whether a window has one of the minutes from..to. */
function overlap(series: MinuteSeries, window: Window, from: number, to: number): boolean {
  const [first, last] = minutesOf(window, series);
  return first <= to && from <= last;
}

/** Stretches in which the typical answer took long, where that is long enough to be noticed. */
function typicalAnswers(
  series: MinuteSeries,
  rise: Rise | undefined,
  limits: WindowThresholds,
  profile: UsualProfile | undefined,
): Window[] {
  if (!rise) return [];
  const { p95 } = series;
  const overall = median(timed(p95));
  const usual = (minute: number): number => Math.log((profile?.usualP95(minute) || overall) / overall);
  return risen(rise, usual).flatMap(([from, to]) => {
    const during = median(timed(p95.subarray(from, to + 1)));
    const outside = median([...timed(p95.subarray(0, from)), ...timed(p95.subarray(to + 1))]);
    const longer = during - outside;
    if (!(longer >= NOTICED) || to - from + 1 < limits.slowMinutes) return [];
    return [windowOf(series, 'slow', from, to, during, outside)];
  });
}

/** Index of the first minute of a window, and behind its last. */
function slice(series: MinuteSeries, window: Window): [number, number] {
  const [first, last] = minutesOf(window, series);
  return [first, last + 1];
}

/** An endpoint that is slower than usual by this factor shares in a slow spell; such ones hold at least this share of it. */
const ITSELF_SLOWER = 1.3;
const SHARE_SLOWER = 0.1;
/** Minutes outside with as many requests that show what is usual. */
const LEAST_ALIKE = 10;

/**
 * Middle p95 of the minutes outside from..to (exclusive) with about as many requests: of ten answers the slowest takes longer than
 * of one. NaN where there are too few.
 */
function usualAmongAsMany({ p95, requests }: MinuteSeries, from: number, to: number): number {
  const asked = median(requests.subarray(from, to).filter((count) => count > 0));
  const values: number[] = [];
  for (let i = 0; i < p95.length; i++)
    if ((i < from || i >= to) && !Number.isNaN(p95[i]!) && requests[i]! * 2 >= asked) values.push(p95[i]!);
  return values.length < LEAST_ALIKE ? Number.NaN : median(values);
}

/** Whether more answers than usual are slow in most of the minutes from..to (exclusive). */
const oftenSlow = (
  part: MinuteSeries,
  { slowFactor, slowSeconds }: WindowThresholds,
  from: number,
  to: number,
): boolean =>
  moreSlowAnswers(part, slowFactor, slowSeconds).stretches.some(
    (one) => (Math.min(one.to + 1, to) - Math.max(one.from, from)) * 2 >= to - from,
  );

/**
 * Whether everything, or one upstream, looks slow only because something that always takes long was asked for: a nightly
 * export beside quiet traffic. Then hardly any endpoint is slower than it is at other times.
 */
function onlyOtherWork(window: Window, endpoints: readonly MinuteSeries[], limits: WindowThresholds): boolean {
  const known = endpoints.filter(({ p95 }) => p95.some((value) => !Number.isNaN(value)));
  if (known.length < 2) return false;
  let [asked, slower] = [0, 0];
  for (const part of known) {
    const [from, to] = slice(part, window);
    const count = sumOf(part.requests, from, to - 1);
    asked += count;
    const [during, usual] = [median(timed(part.p95.subarray(from, to))), usualAmongAsMany(part, from, to)];
    const rise = riseOf([part]);
    const times = rise === undefined ? 1 : Math.exp(meanRise(rise, from, to - 1));
    // What answers within milliseconds may take twice as long and nobody notices.
    if (
      (during >= usual * ITSELF_SLOWER && during - usual >= NOTICED) ||
      (times >= ITSELF_SLOWER && median(timed(part.p50)) * (times - 1) >= NOTICED) ||
      oftenSlow(part, limits, from, to)
    )
      slower += count;
  }
  return slower < asked * SHARE_SLOWER;
}

/** Standard deviations of a Poisson count above which more requests than around a window are no chance. */
const BEYOND_CHANCE = 2;

/** Whether more was asked for than in as long a time before and after: a batch of work that takes longer, for all that is known. */
function isSurge({ requests }: MinuteSeries, [from, to]: readonly [number, number], times: number): boolean {
  const length = to - from;
  const [before, after] = [Math.max(0, from - length), Math.min(requests.length, to + length)];
  const around = sumOf(requests, before, from - 1) + sumOf(requests, to, after - 1);
  const expected = (around / (from - before + after - to)) * length;
  const asked = sumOf(requests, from, to - 1);
  return asked > expected * times && asked > expected + BEYOND_CHANCE * Math.sqrt(expected);
}

/** Whether a window is a lesser half of another: where a tenth of few answers is slow, so is by chance the typical one of some minutes. */
const isPartOf = (one: Window, other: Window): boolean =>
  other.from <= one.from && one.to <= other.to && (one.to - one.from) * 2 < other.to - other.from;

/**
 * Slow spells of a series.
 * @param parts what it consists of, if known. @param endpoints of the whole: an export that always takes long makes nothing
 * slow, neither everything nor the upstream it goes through.
 */
export function slowWindows(
  series: MinuteSeries,
  parts: readonly MinuteSeries[],
  endpoints: readonly MinuteSeries[],
  limits: WindowThresholds,
  profile: UsualProfile | undefined,
): Window[] {
  // Of a merchant, nothing may be known of how long its answers took.
  if (parts.length === 0 && series.p95.every(Number.isNaN)) return [];
  const rise = riseOf(parts.length > 0 ? parts : [series]);
  const typical = typicalAnswers(series, rise, limits, profile);
  const slowest = slowestAnswers(series, limits, profile).filter((one) => {
    const same = typical.filter((known) => known.from <= one.to && known.to >= one.from);
    return same.length === 0 || same.every((known) => isPartOf(known, one));
  });
  const others = typical.filter((known) => !slowest.some((one) => isPartOf(known, one)));
  return [...others, ...slowest].filter(
    (window) =>
      window.requests >= limits.slowRequests &&
      !onlyOtherWork(window, endpoints, limits) &&
      !isSurge(series, slice(series, window), limits.slowSurge),
  );
}
