/**
 * Card numbers in the data of payment chips as logs write it, in hexadecimal: tag 5A is the number, tag 57 the equivalent of
 * track 2, each with its length in bytes (EMV 4.3 book 3, annex A; BER-TLV).
 */
import { isExpiry } from './context.ts';
import { isHexDigit } from './spelling.ts';

export interface TlvCard {
  from: number;
  to: number;
  digits: string;
  track: 0 | 2;
}

const LENGTHS = [16, 19, 18, 17, 15, 14, 13, 12];

/** @param from a run of digits bytes[from, to) that is too long for a number. @returns the number in it, if its tag says so. */
export function tlvCard(b: Buffer, from: number, to: number, lineStart: number, lineEnd: number): TlvCard | undefined {
  // 57 LL number D YYMM: the number ends where the D stands.
  if (to < lineEnd && (b[to]! | 32) === 100 && isExpiry(b, to + 1, lineEnd)) {
    for (const length of LENGTHS) {
      const begin = to - length;
      if (begin - 4 < Math.max(lineStart, from - 4) || b[begin - 4] !== 53 || b[begin - 3] !== 55) continue;
      const bytes = Number.parseInt(b.toString('latin1', begin - 2, begin), 16);
      let stop = begin;
      while (stop < lineEnd && stop - begin < 40 && isHexDigit(b[stop]!)) stop++;
      if (bytes >= 11 && bytes <= 19 && stop - begin >= Math.min(bytes * 2, 38))
        return { from: begin, to, digits: b.toString('latin1', begin, to), track: 2 };
    }
  }
  // 5A 08 number, 5A 0A number F: the run begins behind the letter of the tag.
  const isTag = (at: number): boolean => at >= lineStart && b[at] === 53 && (b[at + 1]! | 32) === 97;
  const ten = isTag(from - 4) && b[from - 2] === 48 && (b[from - 1]! | 32) === 97;
  if (!ten && !(isTag(from - 2) && b[from] === 48)) return undefined;
  const bytes = ten ? 10 : b[from + 1]! - 48;
  const begin = ten ? from : from + 2;
  if (bytes < 7 || bytes > 10 || begin + bytes * 2 > lineEnd) return undefined;
  let end = begin;
  while (end < begin + bytes * 2 && b[end]! >= 48 && b[end]! <= 57) end++;
  // An odd number of digits is filled up with F.
  const filled = begin + bytes * 2 - end;
  if (filled > 1 || (filled === 1 && (b[end]! | 32) !== 102)) return undefined;
  return { from: begin, to: end, digits: b.toString('latin1', begin, end), track: 0 };
}
