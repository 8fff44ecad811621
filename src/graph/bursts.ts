/** Time series of rare events: where the burst is, and what is only an isolated line. */

export const MINUTE = 60_000;

export interface Burst {
  /** ms UTC of the first and last active minute (floored). */
  from: number;
  to: number;
  count: number;
}

/**
 * Splits active minutes into clusters and returns them, heaviest first.
 * Two active minutes belong together when the gap between them is no more than `quiet` minutes, where `quiet` adapts to
 * how often the event happens at all: sporadic faults (one in half an hour) must not fall apart into single lines.
 *
 * @param perMinute minute (ms UTC, floored) to count
 */
export function bursts(perMinute: ReadonlyMap<number, number>, minimumQuiet = 15): Burst[] {
  const minutes = inOrder(perMinute);
  if (minutes.length === 0) return [];
  const gaps = minutes
    .subarray(1)
    .map((minute, i) => (minute - minutes[i]!) / MINUTE)
    .sort();
  const typical = gaps.length ? gaps[Math.floor(gaps.length * 0.5)]! : 0;
  const quiet = Math.max(minimumQuiet, typical * 6) * MINUTE;
  const out: Burst[] = [];
  let current: Burst | undefined;
  let first = 0;
  for (const [index, minute] of minutes.entries()) {
    if (!current || minute - current.to > quiet) {
      if (current) trimLead(current, minutes.subarray(first, index), perMinute);
      first = index;
      current = { from: minute, to: minute, count: 0 };
      out.push(current);
    }
    current.to = minute;
    current.count += perMinute.get(minute)!;
  }
  trimLead(current!, minutes.subarray(first), perMinute);
  return out.sort((a, b) => b.count - a.count || a.from - b.from);
}

/** The minutes in order of time, without those that are none; there may be as many as lines. */
function inOrder(perMinute: ReadonlyMap<number, number>): Float64Array {
  const minutes = new Float64Array(perMinute.size);
  let length = 0;
  for (const minute of perMinute.keys()) if (Number.isFinite(minute)) minutes[length++] = minute;
  return minutes.subarray(0, length).sort();
}

/**
 * Takes single events off the front of a dense burst: four times the usual gap before it, they are the noise of before.
 * Where the burst brings several a minute, two minutes of silence after a single one are enough.
 * @param inside its active minutes, in order.
 */
function trimLead(burst: Burst, whole: Float64Array, perMinute: ReadonlyMap<number, number>): void {
  if (burst.count < 10) return;
  const inside = trimTrickle(burst, whole, perMinute);
  const gaps = inside.subarray(1).map((m, i) => m - inside[i]!);
  const usual = gaps.slice().sort()[Math.floor(gaps.length / 2)] ?? 0;
  const least = (burst.count >= inside.length * 4 ? 2 : 3) * MINUTE;
  for (let i = 0; i < 3 && i < gaps.length; i++) {
    if (perMinute.get(inside[i]!)! > 1 || gaps[i]! < Math.max(least, usual * (least > 2 * MINUTE ? 4 : 2))) return;
    burst.count -= perMinute.get(inside[i]!)!;
    burst.from = inside[i + 1]!;
  }
}

/** What the busy minutes of a burst bring, at least, before what trickled in ahead of it can be told from its beginning. */
const DENSE = 4;
/** What comes before the dense part, as a share of its rate and of all. */
const TRICKLE_RATE = 0.05;
const TRICKLE_SHARE = 0.1;

/**
 * Takes off what trickles in ahead of a dense burst: an error every ten minutes, hours long, is what the day is like, and not
 * the beginning of the quarter of an hour that brings twenty a minute. A rise of a few minutes belongs to the burst.
 * @param inside its active minutes, in order. @returns those that are left.
 */
function trimTrickle(burst: Burst, inside: Float64Array, perMinute: ReadonlyMap<number, number>): Float64Array {
  const counts = inside.map((minute) => perMinute.get(minute)!);
  const typical = typicalOf(counts, burst.count);
  if (typical < DENSE) return inside;
  let core = counts.findIndex((count) => count >= Math.max(3, typical * 0.3));
  // The rise: minutes next to each other that bring more and more.
  while (core > 0 && inside[core]! - inside[core - 1]! <= 2 * MINUTE) core--;
  if (core <= 0) return inside;
  let ahead = 0;
  for (let i = 0; i < core; i++) ahead += counts[i]!;
  const elapsed = (inside[core]! - inside[0]!) / MINUTE;
  if (ahead > burst.count * TRICKLE_SHARE || ahead > elapsed * typical * TRICKLE_RATE) return inside;
  burst.count -= ahead;
  burst.from = inside[core]!;
  return inside.subarray(core);
}

/** The count of the minute in which the middle event lies: what the busy minutes of a burst bring. */
function typicalOf(counts: Float64Array, total: number): number {
  let seen = 0;
  for (const count of counts.slice().sort()) {
    seen += count;
    if (seen * 2 >= total) return count;
  }
  return 0;
}

/** Adds `from` into `into`. */
export function addSeries(into: Map<number, number>, from: ReadonlyMap<number, number>): void {
  for (const [minute, n] of from) into.set(minute, (into.get(minute) ?? 0) + n);
}

/** Sum of a series between two times (inclusive minutes). */
export function sumBetween(series: ReadonlyMap<number, number>, from: number, to: number): number {
  let total = 0;
  const first = Math.floor(from / MINUTE) * MINUTE;
  for (const [minute, n] of series) if (minute >= first && minute <= to) total += n;
  return total;
}

/** Times that belong to the heaviest burst: a lone early event (a scanner, a test) does not move an onset. */
function mainBurst(times: number[], minimumQuiet = 15): number[] {
  const perMinute = new Map<number, number>();
  for (const t of times) {
    const minute = Math.floor(t / MINUTE) * MINUTE;
    if (Number.isFinite(minute)) perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
  }
  const burst = bursts(perMinute, minimumQuiet)[0];
  return burst ? times.filter((t) => t >= burst.from && t < burst.to + MINUTE) : [];
}

/** Drops events that came well before a known burst began: what was rare before it is not its beginning. */
export function since(times: number[], onset: number | undefined, slack = 2 * MINUTE): number[] {
  return onset === undefined ? mainBurst(times) : times.filter((t) => t >= onset - slack);
}
