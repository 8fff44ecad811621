/** Card numbers of which one part ends a line of a dump (`xxd`, `hexdump -C`, `od`) and the rest begins the next. */
import { findCards } from './find.ts';
import type { CardSpan } from './number.ts';
import { isHexDigit } from './spelling.ts';

/** Digits of the offset that begins a line. */
const LEAST_OFFSET = 4;
const MOST_OFFSET = 16;
const MOST_BYTES = 64;
/** `hexdump -C` has two blanks behind the eighth byte. */
const HALF = 8;
/** Lines are this long at most: offset, bytes, and what they spell. */
const LONGEST_LINE = 400;
const LF = 10;
/** Of nearly all lines, each of which is asked. */
const NONE: readonly CardSpan[] = [];

/** A line of a dump: its bytes, and where in the file each stands. */
interface DumpLine {
  bytes: number[];
  places: number[];
}

const value = (byte: number): number => (byte <= 57 ? byte - 48 : (byte | 32) - 87);

/** @returns undefined for every other line, at the cost of a look at its first bytes. */
function dumpLine(b: Buffer, start: number, end: number): DumpLine | undefined {
  let at = start;
  while (at < end && at - start <= MOST_OFFSET && isHexDigit(b[at])) at++;
  if (at - start < LEAST_OFFSET || at - start > MOST_OFFSET) return undefined;
  if (b[at] === 58) at++;
  if (b[at] !== 32) return undefined;
  while (b[at] === 32) at++;
  const line: DumpLine = { bytes: [], places: [] };
  while (at + 2 <= end && isHexDigit(b[at]) && isHexDigit(b[at + 1]) && line.bytes.length < MOST_BYTES) {
    line.bytes.push(value(b[at]!) * 16 + value(b[at + 1]!));
    line.places.push(at);
    at += 2;
    if (b[at] === 32 && isHexDigit(b[at + 1])) at++;
    else if (b[at] === 32 && b[at + 1] === 32 && line.bytes.length === HALF && isHexDigit(b[at + 2])) at += 2;
  }
  return line.bytes.length >= HALF ? line : undefined;
}

/** The number that two lines share, if it says what it is. */
function shared(first: DumpLine, second: DumpLine): CardSpan | undefined {
  const text = Buffer.from([...first.bytes, ...second.bytes]);
  const middle = first.bytes.length;
  let number: CardSpan | undefined;
  findCards(text, 0, text.length, (span) => {
    if (span.luhn && span.context === 'card' && span.from < middle && span.to > middle) number = span;
  });
  return number;
}

/**
 * What a line holds of numbers that it shares with its neighbours in the same bytes, up to the end of the line, where dumps spell
 * what they hold.
 * @param every both halves, for redaction; else each number is told once, on the line that has more of it.
 */
export function sharedWithNeighbours(b: Buffer, start: number, end: number, every: boolean): readonly CardSpan[] {
  if (end - start > LONGEST_LINE || !isHexDigit(b[start]) || !isHexDigit(b[start + 3])) return NONE;
  const line = dumpLine(b, start, end);
  if (!line) return NONE;
  const spans: CardSpan[] = [];
  const tell = (number: CardSpan | undefined, from: number, mine: number): void => {
    if (number && (every || mine > 0)) spans.push({ ...number, from, to: end, encoded: 'hex' });
  };
  const before = start > 0 ? Math.max(b.lastIndexOf(LF, start - 2) + 1, start - LONGEST_LINE) : -1;
  const above = before >= 0 && start > 1 ? dumpLine(b, before, start - 1) : undefined;
  if (above) {
    const number = shared(above, line);
    const here = number ? number.to - above.bytes.length : 0;
    tell(number, line.places[0]!, here * 2 - (number ? number.to - number.from : 0));
  }
  const next = b[end] === 13 ? end + 2 : end + 1;
  const stop = next < b.length ? b.indexOf(LF, next) : -1;
  const below =
    next < b.length ? dumpLine(b, next, Math.min(stop === -1 ? b.length : stop, next + LONGEST_LINE)) : undefined;
  if (below) {
    const number = shared(line, below);
    const here = number ? line.bytes.length - number.from : 0;
    tell(number, number ? line.places[number.from]! : 0, here * 2 - (number ? number.to - number.from : 0) + 1);
  }
  return spans;
}
