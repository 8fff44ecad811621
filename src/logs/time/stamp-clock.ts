/** Where the clock of a stamp stands that was read, and what the stamps of its whole day have in common. */
import type { SourceClock } from './clock.ts';
import { stamp } from './timestamp.ts';

const DAY = 86_400_000;
const LONGEST_STAMP = 60;
const LONGEST_SUFFIX = 40;
/** A clock with hours and seconds of two digits, and its fraction. */
const CLOCK = /(?<!\d)\d\d:\d\d:\d\d(?:[.,:]\d+)?/g;
/** The same with a blank for the first digit of the hour. */
const SHORT_CLOCK = / \d:\d\d:\d\d(?:[.,:]\d+)?/g;

/** Indices of hour and seconds, and behind the fraction. */
export interface StampClock {
  hour: number;
  seconds: number;
  core: number;
}

/**
 * @param local ms as if the wall clock were UTC. @param short hours may be of one digit behind a blank, which is taken for the
 * other. @returns undefined for stamps of other kinds.
 */
export function clockOf(b: Buffer, from: number, end: number, local: number, short = false): StampClock | undefined {
  if (end - from > LONGEST_STAMP + LONGEST_SUFFIX) return undefined;
  const text = b.toString('latin1', from, end);
  const second = Math.floor(local / 1000);
  const clocks = [...text.matchAll(CLOCK), ...(short ? text.matchAll(SHORT_CLOCK) : [])];
  for (const { index, 0: clock } of clocks) {
    const [hour, seconds, core] = [from + index, from + index + 6, from + index + clock.length];
    if (Number(clock.slice(3, 5)) !== Math.floor(second / 60) % 60 || Number(clock.slice(6, 8)) !== second % 60)
      continue;
    return seconds - from > LONGEST_STAMP || end - core > LONGEST_SUFFIX ? undefined : { hour, seconds, core };
  }
  return undefined;
}

/**
 * The stamp read last: ms UTC at which its day begins, where all of that day is as long as it looks; else at which its minute
 * does. Undefined for stamps without a date.
 * @param hour as the stamp's text has it: half days say only so much.
 */
export function baseOf(clock: SourceClock, hour: number): { base: number; wholeDay: boolean } | undefined {
  if (stamp.dateless) return undefined;
  // Settles which number of its date is the day.
  clock.peek();
  const { local } = stamp;
  const day = Math.floor(local / DAY) * DAY;
  const at = (ms: number): number => {
    stamp.local = ms;
    const utc = clock.peek();
    stamp.local = local;
    return utc;
  };
  const base = at(day);
  if (
    hour === Math.floor((local - day) / 3_600_000) &&
    at(day + DAY - 1) === base + DAY - 1 &&
    at(local) === base + local - day
  )
    return { base, wholeDay: true };
  return { base: at(Math.floor(local / 60_000) * 60_000), wholeDay: false };
}
