/** Where the lines from a time on begin in a sorted file, by halving it instead of reading it. */
import { parseTimestamp, parseTimestampText, stamp } from './time/timestamp.ts';

const PROBE = 16 * 1024;
/** Places that must be in order before a file counts as sorted. */
const SAMPLES = 17;

/** `#`, behind a byte order mark, too. */
const HASH = 35;

const KEY = /"(?:@?time(?:stamp)?|ts|date|datetime|t)"\s?:\s?"?([^",}]{8,40})/i;

/** Whether a line tells its time where logs do: at its beginning, in brackets, or under a usual name; leaves it in `stamp`. */
function stampOf(b: Buffer, start: number, end: number): boolean {
  // The lines before tell the day of a time of day.
  return stampAt(b, start, end) && !stamp.dateless;
}

function stampAt(b: Buffer, start: number, end: number): boolean {
  if (b[start] === 123) {
    const value = KEY.exec(b.toString('latin1', start, Math.min(end, start + 2048)))?.[1];
    return value !== undefined && parseTimestampText(value);
  }
  if (parseTimestamp(b, start, end)) return true;
  const bracket = b.subarray(start, Math.min(end, start + 300)).indexOf(91);
  return bracket !== -1 && parseTimestamp(b, start + bracket + 1, end);
}

/** Reads `length` bytes from `position`; fewer at the end. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;

/** First whole line with a time at or after `position`: where it begins, and its time. */
async function stampAfter(
  read: ReadAt,
  size: number,
  position: number,
  resolve: () => number,
): Promise<{ at: number; time: number } | undefined> {
  for (let from = position; from < size; from += PROBE / 2) {
    const bytes = await read(from, PROBE);
    // Anywhere but at the beginning the first line is one cut in two.
    let at = from === 0 ? 0 : bytes.indexOf(10) + 1;
    for (;;) {
      const end = bytes.indexOf(10, at);
      if (end === -1) break;
      if (stampOf(bytes, at, end)) return { at: from + at, time: resolve() };
      at = end + 1;
    }
    if (from - position > 64 * PROBE) break;
  }
  return undefined;
}

/**
 * The bytes that hold everything from `since` to `until`, with some lines around.
 * @param since and @param until ms UTC; infinite where not asked for. @param resolve time of the stamp just parsed, ms UTC.
 * @returns undefined when the file is not sorted, has no times, or says at its beginning how its lines are to be read.
 */
export async function seekRange(
  read: ReadAt,
  size: number,
  since: number,
  until: number,
  resolve: () => number,
): Promise<{ from: number; to: number } | undefined> {
  // W3C logs name their columns in lines of their own, again wherever a server was started anew.
  if ((await read(0, 4)).includes(HASH)) return undefined;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < SAMPLES; i++) {
    const sample = await stampAfter(read, size, Math.floor((size * i) / SAMPLES), resolve);
    if (!sample || !(sample.time >= last)) return undefined;
    last = sample.time;
  }
  const before = async (limit: number): Promise<number> => {
    let low = 0;
    let high = size;
    while (high - low > PROBE) {
      const middle = Math.floor((low + high) / 2);
      const found = await stampAfter(read, size, middle, resolve);
      if (found && found.time < limit) low = middle;
      else high = middle;
    }
    return low;
  };
  // Clocks of several writers differ a little, so that a file is sorted only roughly: a minute before and after is read too.
  const start = Number.isFinite(since) ? await before(since - 60_000) : 0;
  const from = start === 0 ? 0 : ((await stampAfter(read, size, start, resolve))?.at ?? start);
  const end = Number.isFinite(until) ? await before(until + 60_000) : size;
  return { from, to: Math.min(size, end === size ? size : end + 4 * PROBE) };
}
