/** Bytes written as hexadecimal digits: in pairs with a blank or colon between, `30 32 30 30 ...`, or as `xxd` does, `3032 3030 ...`. */
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

/** Digits of a group of two bytes. */
const IN_TWOS = 4;
const LEAST_GROUPS = 5;
const MAX_GROUPS = 256;

function isGroup(b: Buffer, at: number): boolean {
  for (let i = at; i < at + IN_TWOS; i++) if (!isHexDigit(b[i])) return false;
  return !isHexDigit(b[at + IN_TWOS]) && !isHexDigit(b[at - 1]);
}

/** The dump in groups of two bytes, one blank between, around a digit; undefined when groups do not go on long enough. */
export function dumpInTwosAround(b: Buffer, at: number, lineStart: number, lineEnd: number): Dump | undefined {
  let from = at;
  while (from > lineStart && at - from < IN_TWOS && isHexDigit(b[from - 1])) from--;
  let groups = 1;
  if (from + IN_TWOS > lineEnd || !isGroup(b, from)) return undefined;
  let to = from + IN_TWOS;
  const step = IN_TWOS + 1;
  for (; from - step >= lineStart && b[from - 1] === 32 && isGroup(b, from - step) && groups < MAX_GROUPS; groups++)
    from -= step;
  for (; to + step <= lineEnd && b[to] === 32 && isGroup(b, to + 1) && groups < MAX_GROUPS; groups++) to += step;
  if (groups < LEAST_GROUPS) return undefined;
  // An odd number of bytes ends in a group of one.
  if (to + 3 <= lineEnd && b[to] === 32 && isPair(b, to + 1) && !isHexDigit(b[to + 3])) to += 3;
  return { from, to, digits: b.toString('latin1', from, to).replaceAll(' ', '') };
}
