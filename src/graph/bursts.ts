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
  const minutes = [...perMinute.keys()].filter((m) => Number.isFinite(m)).sort((a, b) => a - b);
  if (minutes.length === 0) return [];
  const gaps: number[] = [];
  for (let i = 1; i < minutes.length; i++) gaps.push((minutes[i]! - minutes[i - 1]!) / MINUTE);
  gaps.sort((a, b) => a - b);
  const typical = gaps.length ? gaps[Math.floor(gaps.length * 0.5)]! : 0;
  const quiet = Math.max(minimumQuiet, typical * 6) * MINUTE;
  const out: Burst[] = [];
  let current: Burst | undefined;
  for (const minute of minutes) {
    if (!current || minute - current.to > quiet) {
      current = { from: minute, to: minute, count: 0 };
      out.push(current);
    }
    current.to = minute;
    current.count += perMinute.get(minute)!;
  }
  return out.sort((a, b) => b.count - a.count || a.from - b.from);
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
