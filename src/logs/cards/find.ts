/** Finds card numbers in bytes by layout, issuer range, Luhn, boundary and context. */
import { type Context, contextOf, standsAlone } from './context.ts';
import { brandOf, MAX_DIGITS, MIN_DIGITS } from './ranges.ts';

/** A candidate that has a card's layout, issuer range and boundary. */
export interface CardSpan {
  /** Byte indices; `to` is exclusive. */
  from: number;
  to: number;
  digits: string;
  brand: string;
  luhn: boolean;
  context: Context;
  track: 0 | 1 | 2;
}

const DOUBLED = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
/** Groups of digits as people and systems write them; the separator is the same throughout. */
const LAYOUTS = new Set(['4-4-4-4', '4-6-5', '4-6-4', '4-4-4-4-3', '6-13', '4-4-4-4-2', '4-4-4-4-1']);
const CONTEXT_BYTES = 64;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

export function luhn(digits: string): boolean {
  let sum = 0;
  const { length } = digits;
  for (let i = 0; i < length; i++) {
    const digit = digits.charCodeAt(i) - 48;
    sum += (length - i) % 2 === 0 ? DOUBLED[digit]! : digit;
  }
  return sum % 10 === 0;
}

/** A separator between groups: blank, dash, or a plus as query strings write a blank. */
const isSeparator = (byte: number | undefined): boolean => byte === 32 || byte === 45 || byte === 43;

/**
 * Calls `found` for every candidate in bytes[start, end), in order; Luhn-invalid ones too, since their share tells
 * whether a column holds cards at all. Looks at every 13th byte only until it meets a digit.
 */
export function findCards(b: Buffer, start: number, end: number, found: (span: CardSpan) => void): void {
  let at = start + MIN_DIGITS - 1;
  while (at < end) {
    if (!isDigit(b[at]) && !(isSeparator(b[at]) && isDigit(b[at + 1]) && isDigit(b[at - 1]))) {
      at += MIN_DIGITS;
      continue;
    }
    let from = at;
    while (
      from > start &&
      (isDigit(b[from - 1]) || (isSeparator(b[from - 1]) && from - 2 >= start && isDigit(b[from - 2])))
    )
      from--;
    let to = at + 1;
    while (to < end && (isDigit(b[to]) || (isSeparator(b[to]) && to + 1 < end && isDigit(b[to + 1])))) to++;
    if (isSeparator(b[from])) from++;
    if (to - from >= MIN_DIGITS && worthALook(b, from, to)) examineRun(b, from, to, start, end, found);
    at = to + MIN_DIGITS - 1;
  }
}

/** Dates and times are runs of digits too; they hold neither a long group nor two groups of four or six. */
function worthALook(b: Buffer, from: number, to: number): boolean {
  let group = 0;
  let fitting = 0;
  for (let i = from; i <= to; i++) {
    if (i < to && isDigit(b[i])) {
      if (++group >= MIN_DIGITS) return true;
    } else {
      if ((group === 4 || group === 6) && ++fitting >= 2) return true;
      group = 0;
    }
  }
  return false;
}

/** A run of digits and single separators: a group that is a number by itself, or groups that make a card's layout. */
function examineRun(
  b: Buffer,
  from: number,
  to: number,
  lineStart: number,
  lineEnd: number,
  found: (span: CardSpan) => void,
): void {
  const starts: number[] = [];
  const ends: number[] = [];
  let groupStart = from;
  for (let i = from; i <= to && starts.length < 256; i++) {
    if (i < to && isDigit(b[i])) continue;
    starts.push(groupStart);
    ends.push(i);
    groupStart = i + 1;
  }
  for (let i = 0; i < starts.length; i++) {
    const length = ends[i]! - starts[i]!;
    if (length >= MIN_DIGITS) {
      if (length <= MAX_DIGITS) judge(b, starts[i]!, ends[i]!, lineStart, lineEnd, found);
      continue;
    }
    if (length !== 4 && length !== 6) continue;
    const separator = b[ends[i]!];
    let layout = String(length);
    let count = length;
    let last = -1;
    for (let j = i + 1; j < starts.length && j < i + 5 && b[ends[j - 1]!] === separator; j++) {
      const next = ends[j]! - starts[j]!;
      layout += `-${next}`;
      count += next;
      if (count > MAX_DIGITS) break;
      if (count >= MIN_DIGITS && LAYOUTS.has(layout)) last = j;
    }
    if (last > 0 && judge(b, starts[i]!, ends[last]!, lineStart, lineEnd, found)) i = last;
  }
}

function judge(
  b: Buffer,
  from: number,
  to: number,
  lineStart: number,
  lineEnd: number,
  found: (span: CardSpan) => void,
): boolean {
  const digits = b.toString('latin1', from, to).replace(/[ +-]/g, '');
  const brand = brandOf(Number(digits.slice(0, 4)), digits.length);
  if (brand === undefined || /^(\d)\1*$/.test(digits)) return false;
  // A blank beside is no part of a layout that blanks separate, so the boundary test sees the neighbours themselves.
  if (!standsAlone(b, from, to, lineStart, lineEnd)) return false;
  const valid = luhn(digits);
  const track =
    b[from - 1] === 59 && b[to] === 61 ? 2 : b[from - 1] === 66 && b[from - 2] === 37 && b[to] === 94 ? 1 : 0;
  const context: Context =
    track > 0 ? 'card' : contextOf(b.toString('utf8', Math.max(lineStart, from - CONTEXT_BYTES), from));
  found({ from, to, digits, brand, luhn: valid, context, track });
  return valid;
}

/** How sure it is that a valid candidate is a card: its key says so, nothing speaks, or something else is named. */
export function confidenceOf(span: CardSpan): number {
  if (!span.luhn) return 0;
  if (span.context === 'card') return 0.99;
  if (span.context === 'other') return 0.1;
  return span.digits.length >= 15 ? 0.7 : 0.4;
}

export const LEAST_CONFIDENCE = 0.5;
