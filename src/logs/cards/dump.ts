/** Bytes written as pairs of hexadecimal digits with a blank or colon between: `30 32 30 30 ...`, `5A 08 41 11 ...`. */
import { isHexDigit } from './spelling.ts';

export interface Dump {
  from: number;
  to: number;
  /** The digits without what stood between. */
  digits: string;
}

/** Eight bytes hold the shortest number that is written two digits a byte. */
const LEAST_PAIRS = 8;
const MAX_PAIRS = 512;

const isPair = (b: Buffer, at: number): boolean => isHexDigit(b[at]) && isHexDigit(b[at + 1]);
const joins = (byte: number | undefined): boolean => byte === 32 || byte === 58;

/** The dump around a digit; undefined when pairs of digits do not go on long enough. */
export function dumpAround(b: Buffer, at: number, lineStart: number, lineEnd: number): Dump | undefined {
  let from = joins(b[at + 1]) ? at - 1 : at;
  if (from < lineStart || !isPair(b, from) || isHexDigit(b[from + 2])) return undefined;
  const mark = b[from + 2];
  if (!joins(mark)) return undefined;
  let pairs = 1;
  while (from - 3 >= lineStart && b[from - 1] === mark && isPair(b, from - 3) && pairs < MAX_PAIRS) {
    from -= 3;
    pairs++;
  }
  // The last digit of a longer number is no pair.
  if (from > lineStart && isHexDigit(b[from - 1])) {
    from += 3;
    pairs--;
  }
  let to = at - ((at - from) % 3) + 2;
  while (to + 3 <= lineEnd && b[to] === mark && isPair(b, to + 1) && !isHexDigit(b[to + 3]) && pairs < MAX_PAIRS) {
    to += 3;
    pairs++;
  }
  if (pairs < LEAST_PAIRS) return undefined;
  let digits = '';
  for (let i = from; i < to; i += 3) digits += b.toString('latin1', i, i + 2);
  return { from, to, digits };
}
