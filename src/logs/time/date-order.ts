/** Whether dates with slashes name the day first (13/09/2026) or the month (09/13/2026): what a file says of it as a whole. */

const DAY = 86_400_000;
/** Files are written until their last line: their own time proves a date that lies this close to it. */
const CLOSE = 2 * DAY;
/** A date with slashes before a time of day. */
const DATE = /(?<![\d/])(\d{1,2})\/(\d{1,2})\/(\d{4})(?:,? |T|:)(?=\d{1,2}:\d\d)/g;

/**
 * A number above twelve decides. Where there is none, that reading holds which is not after the incident clock, or which is close
 * to the time of the file; without such a reason dates are American.
 * @param head the first bytes of a file. @param now ms UTC, the incident clock. @param modified ms UTC of the file.
 */
export function namesDayFirst(head: Buffer, now: number, modified: number | undefined): boolean {
  let last: { american: number; other: number } | undefined;
  for (const [, first, second, year] of head.toString('latin1').matchAll(DATE)) {
    const [one, two] = [Number(first), Number(second)];
    if (one > 12 !== two > 12) return one > 12;
    last = { american: Date.UTC(Number(year), one - 1, two), other: Date.UTC(Number(year), two - 1, one) };
  }
  if (!last) return false;
  const { american, other } = last;
  if (american > now + DAY !== other > now + DAY) return american > now + DAY;
  if (modified === undefined) return false;
  const close = (date: number): boolean => Math.abs(date - modified) <= CLOSE;
  return close(other) && !close(american);
}
