/** Finds card numbers in bytes by layout, issuer range, Luhn, boundary and context. */
import { FITS } from './base64.ts';
import { isExpiry, namesFile, standsAlone } from './context.ts';
import { dumped, dumpedInTwos, ebcdicDigits, emvData, encodedAt, escaped, hexDigits, inMessage } from './encoded.ts';
import { type CardSpan, luhn, oneDigit } from './number.ts';
import { BEFORE, DIGIT, EBCDIC, ENCODED, ENDS, KIND, PLAIN, PROBED, SPELLED } from './probe.ts';
import { brandOf, MAX_DIGITS, MIN_DIGITS, onlyWhereNamed } from './ranges.ts';
import {
  DIGIT_LEADS,
  digitLength,
  digitLengthBefore,
  digitValue,
  escapeDigits,
  isDigit,
  LONGEST_SEPARATOR,
  separator,
  separatorAt,
  separatorBefore,
} from './spelling.ts';
import { surroundings } from './surroundings.ts';

/** Groups of digits as people and systems write them; the separator is the same throughout. */
const LAYOUTS = new Set([
  '4-4-4-4',
  '4-6-5',
  '4-6-4',
  '4-4-4-4-3',
  '6-13',
  '4-4-4-4-2',
  '4-4-4-4-1',
  '6-4-4-5',
  '4-5-6',
  '5-4-4-3',
  '4-4-4-3',
]);
/** Digits and separators of one run; a longer run is looked at in parts. */
const MAX_RUN = 1024;
/** Bytes of a part that the next part of a long run has, too: more than the longest number takes as a dump. */
const OVERLAP = 128;
/** Four pairs with something between. */
const LEAST_DUMP = 11;

/**
 * Calls `found` for every candidate in bytes[start, end), in order; Luhn-invalid ones too, since their share tells
 * whether a column holds cards at all. Looks at every 12th byte only until it meets a digit.
 */
export function findCards(b: Buffer, start: number, end: number, found: (span: CardSpan) => void): void {
  search(b, start, end, found, false);
}

const searchDecoded = (text: Buffer, found: (span: CardSpan) => void): void =>
  search(text, 0, text.length, found, true);

/** Takes what was found. */
type Found = (span: CardSpan) => void;

/** Places whose lines `findCards` is to look at; used again for every block. */
export class Places {
  at = new Int32Array(64);
  length = 0;

  add(at: number): void {
    if (this.length === this.at.length) {
      const bigger = new Int32Array(this.length * 2);
      bigger.set(this.at);
      this.at = bigger;
    }
    this.at[this.length++] = at;
  }
}

/** Nothing before it is looked at again in the text at hand, or a long run would be at every probe in it. */
let floor = 0;

function search(b: Buffer, start: number, end: number, found: Found, decoded: boolean): void {
  // Names of a module are looked up each time in a bundle, so the loop has its own.
  const kinds = PROBED;
  const floorAround = floor;
  floor = start;
  let at = start + MIN_DIGITS - 1;
  while (at < end) {
    const kind = kinds[(b[at]! << 8) | b[at + 1]!]!;
    at = kind === 0 ? at + 12 : lookAt(b, at, kind, start, end, found, decoded);
  }
  floor = floorAround;
}

/** Looks at one probed place. @param kind of it, the numbers of probe.ts. @returns the next place to probe. */
function lookAt(
  b: Buffer,
  at: number,
  kind: number,
  start: number,
  end: number,
  found: Found,
  decoded: boolean,
): number {
  if (kind === 1) return lookAtDigits(b, at, at, kind, start, end, found, decoded);
  if (kind === 2)
    return isDigit(b[at - 1]) ? lookAtDigits(b, at, at, kind, start, end, found, decoded) : at + MIN_DIGITS;
  if (kind === 6) {
    const pairs = !decoded && b[at + 3] === 58 && amongPairs(b, at);
    return behind(at, pairs ? dumped(b, at + 1, floor, end, found, searchDecoded) : -1) ?? at + MIN_DIGITS;
  }
  if (kind === EBCDIC)
    return behind(at, decoded ? -1 : ebcdicDigits(b, b[at] === 32 ? at + 1 : at, floor, end, found)) ?? at + MIN_DIGITS;
  if (kind === 4 && !decoded && fitsEncoded(b, at)) return encodedAt(b, at, start, end, found, searchDecoded);
  const joins = kind === 3 && mayJoin(b, at);
  let from = joins || kind > 3 ? separatorAround(b, at) - 1 : -1;
  if (from < start && joins) from = digitNear(b, at, start, end);
  if (from < start && !decoded) from = digitOfEscape(b, at);
  return from < start ? at + MIN_DIGITS : lookAtDigits(b, at, from, kind, start, end, found, decoded);
}

/** Whether four bytes may belong to a card number in base64. */
function fitsEncoded(b: Buffer, at: number): boolean {
  const [first, second, third, fourth] = FITS;
  return (first[b[at]!]! & second[b[at + 1]!]! & third[b[at + 2]!]! & fourth[b[at + 3]!]!) !== 0;
}

/** The next place to probe behind what was read as something else. @param after where that ended; -1 when it was nothing. */
function behind(at: number, after: number): number | undefined {
  if (after === -1) return undefined;
  floor = Math.max(floor, after - OVERLAP);
  return Math.max(after, at) + MIN_DIGITS - 1;
}

/** Looks at the run of digits around `digit`, which the probe at `at` has met. @returns the next place to probe. */
function lookAtDigits(
  b: Buffer,
  at: number,
  digit: number,
  kind: number,
  start: number,
  end: number,
  found: Found,
  decoded: boolean,
): number {
  // F4F1, F4 F1
  if (!decoded && (b[digit - 1]! | 32) === 102 && !isDigit(b[digit + 1])) {
    const next = behind(at, ebcdicDigits(b, digit - 1, floor, end, found));
    if (next !== undefined) return next;
  }
  let from = digit;
  let to = from + Math.max(1, digitLength(b, from));
  while (
    from > start &&
    (isDigit(b[from - 1]) || (KIND[b[from - 1]!] === PLAIN && from - 2 >= start && isDigit(b[from - 2])))
  )
    from--;
  while (to < end && (isDigit(b[to]) || (KIND[b[to]!] === PLAIN && to + 1 < end && isDigit(b[to + 1])))) to++;
  if (KIND[b[from]!] === PLAIN) from++;
  const lead = b[from - 1];
  // % x u #
  if (!decoded && to - from <= 4 && (lead === 37 || lead === 120 || lead === 117 || lead === 35)) {
    const next = behind(at, escaped(b, from, floor, end, found, searchDecoded));
    if (next !== undefined) return next;
  }
  let joined = kind > 2;
  // Digits in the middle of &#160; or %C2%A0 are none of the number's.
  if (kind === 1 && to - from < 4 && ENDS[b[to]!] === 1) {
    const around = separatorAround(b, from);
    joined = around > start;
    if (joined) from = to = around;
  }
  const wide = joined || (to - from >= 4 && (goesOn(b, to) || comesFrom(b, from)));
  if (wide) {
    const run = widen(b, from, to, floor, end);
    from = run.from;
    to = run.to;
    if (to - from >= MAX_RUN) floor = Math.max(floor, to - OVERLAP);
  }
  if (!decoded && (b[from + 2] === b[from + 5] || b[from + 1] === 32) && mayDump(b, from, to)) {
    const next = behind(at, dumped(b, b[from + 1] === 32 ? from + 2 : from, floor, end, found, searchDecoded));
    if (next !== undefined) return next;
  }
  if (!decoded && mayDumpInTwos(b, from, to)) {
    const next = behind(at, dumpedInTwos(b, from, floor, end, found, searchDecoded));
    if (next !== undefined) return next;
  }
  if (to - from >= MIN_DIGITS) lookAtRun(b, from, to, wide, start, end, found);
  else if (!decoded && kind === DIGIT && (KIND[b[to]!] === ENCODED || KIND[b[from - 1]!] === ENCODED)) {
    // 0 to 5 are letters of base64 too.
    const next = encodedAt(b, at, start, end, found, searchDecoded);
    if (next > at + MIN_DIGITS) return next;
  }
  return Math.max(to, at) + MIN_DIGITS - 1;
}

/** Judges a run of so many digits that it may hold a number. @param wide whether it has separators of several characters. */
function lookAtRun(b: Buffer, from: number, to: number, wide: boolean, start: number, end: number, found: Found): void {
  if (to - from <= MAX_DIGITS && allDigits(b, from, to)) {
    judge(b, from, to, undefined, start, end, found);
    // The number of track 2 stands alone between a length that ends in a letter and its D.
    if (to - from > 16 || (b[to]! | 32) === 100) emvData(b, from, to, start, end, found);
  } else if (wide ? worthALook(b, from, to) : worthALookPlain(b, from, to))
    examineRun(b, from, Math.min(to, from + MAX_RUN), start, end, found);
}

/** The digits of an escaped digit, \u0034, %34, &#52;, &#x34;, which `at` begins or is the second letter of; -1 for none. */
function digitOfEscape(b: Buffer, at: number): number {
  let code = b[at] === 37 || b[at] === 35 ? at + 1 : -1;
  if (b[at] === 59) code = at + 3;
  else if (b[at] === 92 || b[at] === 38) code = at + 2;
  else if (b[at] === 117 || b[at] === 120) code = at + 1;
  if (code === -1) return -1;
  if (b[code] === 120) code++;
  return isDigit(b[code]) && isDigit(b[code + 1]) ? code : -1;
}

/** Whether a run of digits begins with pairs at the same distance, four and more where blanks are between: others are dates. */
function mayDump(b: Buffer, from: number, to: number): boolean {
  // The run begins with the second digit of a pair: C3 41 11.
  const at = b[from + 1] === 32 ? from + 2 : from;
  const mark = b[at + 2];
  return mark === b[at + 5] && (mark === 58 || (mark === 32 && to - at >= LEAST_DUMP && b[at + 8] === 32));
}

/** Whether a run begins with digits of characters in groups of two bytes: `3431 3131`, or behind the letters of a group. */
function mayDumpInTwos(b: Buffer, from: number, to: number): boolean {
  const at = b[from + 4] === 32 ? from : b[from + 2] === 32 ? from + 3 : b[from + 1] === 32 ? from + 2 : from + 4;
  // The first group may hold what stands before the digits.
  const next = at + 5;
  return (
    next + 9 <= to &&
    b[next - 1] === 32 &&
    b[next + 4] === 32 &&
    b[next] === 51 &&
    b[next + 2] === 51 &&
    b[next + 5] === 51 &&
    b[next + 7] === 51
  );
}

/** Whether colons go on around one as they do in a dump; those of a time do not. */
function amongPairs(b: Buffer, at: number): boolean {
  return b[at - 3] === 58 && b[at + 3] === 58 && (b[at - 6] === 58 || b[at + 6] === 58);
}

/** Where the separator of several characters around a byte begins, which stands behind a digit; -1 for none. */
function separatorAround(b: Buffer, at: number): number {
  let begin = -1;
  // Dots and what is not ASCII are no part of these.
  if (b[at] === 46 || b[at]! >= 0x80) return begin;
  // The longest, since \xC2\xA0 ends in one that is a separator by itself.
  for (let i = at; i > 0 && at - i < LONGEST_SEPARATOR; i--) {
    const byte = b[i];
    if ((byte === 37 || byte === 38 || byte === 92) && isDigit(b[i - 1]) && separatorAt(b, i) > at - i) begin = i;
  }
  return begin;
}

/** Whether a run of digits may go on behind a spelled-out separator. */
function goesOn(b: Buffer, to: number): boolean {
  const byte = b[to]!;
  return KIND[byte] === SPELLED && (byte === 46 ? isDigit(b[to + 1]) : byte !== 59);
}

/** Whether it may have begun before one, or in the middle of an escape. */
function comesFrom(b: Buffer, from: number): boolean {
  const byte = b[from - 1]!;
  if (BEFORE[byte] === 0) return false;
  if (byte === 46) return isDigit(b[from - 2]);
  if (byte >= 0x80 || byte === 37 || byte === 59) return true;
  // Letters only as the end of %2D, \u0022, \u00a0, \xA0.
  for (let i = from - 2; i >= 0 && from - i <= 6; i--) if (b[i] === 37 || b[i] === 92) return true;
  return false;
}

/** Whether a byte can be part of what joins two groups of digits. */
function mayJoin(b: Buffer, at: number): boolean {
  const byte = b[at]!;
  if (byte >= 0x80) {
    // Only blanks, dashes and digits: C2, E2, E3 and EF lead the former; a lone A0 is Latin-1's blank.
    const lead = byte >= 0xc0 ? byte : b[at - 1]! >= 0xc0 ? b[at - 1]! : b[at - 2]! >= 0xc0 ? b[at - 2]! : 0xc2;
    return lead === 0xc2 || lead === 0xe2 || lead === 0xe3 || lead === 0xef || DIGIT_LEADS[lead] === 1;
  }
  // Behind four digits at least, unlike the dots of addresses and versions; a longer number has a probe of its own.
  if (byte === 46)
    return (
      isDigit(b[at + 1]) && isDigit(b[at - 1]) && inGroup(b[at - 2]!) && inGroup(b[at - 3]!) && inGroup(b[at - 4]!)
    );
  // &nbsp; ends before a digit, %20 and \u00a0 begin behind one.
  return byte === 59 ? isDigit(b[at + 1]) : isDigit(b[at - 1]);
}

/** Whether a byte can be a digit's, of ASCII or of another script. */
const inGroup = (byte: number): boolean => (byte >= 48 && byte <= 57) || byte >= 0x80;

/** A digit within reach of a byte that may belong to a separator between digits; -1 for none. */
function digitNear(b: Buffer, at: number, start: number, end: number): number {
  for (let i = at; i >= start && at - i < LONGEST_SEPARATOR; i--) {
    const length = digitLength(b, i);
    if (length > 0 && i + length <= end) return i;
  }
  for (let i = at + 1; i < end && i - at < LONGEST_SEPARATOR; i++) if (digitLength(b, i) > 0) return i;
  return -1;
}

/** The run with all spellings of digits and separators. */
function widen(
  b: Buffer,
  start: number,
  stop: number,
  lineStart: number,
  lineEnd: number,
): { from: number; to: number } {
  let from = start;
  let to = stop;
  while (from > lineStart && to - from < MAX_RUN) {
    const digit = digitLengthBefore(b, from);
    if (digit > 0 && from - digit >= lineStart) {
      from -= digit;
      continue;
    }
    // %22 and \u0022 end in digits that are none of the number's.
    const reached = from;
    from = Math.min(from + escapeDigits(b, from, lineStart), to);
    const gap = separatorBefore(b, from);
    const before = from - gap;
    if (gap === 0 || before <= lineStart || digitLengthBefore(b, before) === 0) break;
    from = before - digitLengthBefore(b, before);
    // Bytes that are an escape's end and a separator at once lead back to where this began.
    if (from >= reached) break;
  }
  // What joined digits that were an escape's own begins no number: %20%20 and a number.
  for (let lead = 1; lead > 0 && from < stop && digitLength(b, from) === 0; from += lead) lead = separatorAt(b, from);
  from = Math.min(from, stop);
  while (to < lineEnd && to - from < MAX_RUN) {
    const digit = digitLength(b, to);
    if (digit > 0 && to + digit <= lineEnd) {
      to += digit;
      continue;
    }
    const gap = separatorAt(b, to);
    if (gap === 0 || to + gap >= lineEnd || digitLength(b, to + gap) === 0) break;
    to += gap;
  }
  return { from, to };
}

/** Dates and times are runs of digits too; they hold neither a long group nor two groups of four or more. */
function worthALook(b: Buffer, from: number, to: number): boolean {
  let group = 0;
  let fitting = 0;
  for (let i = from; i <= to; ) {
    const length = i < to ? digitLength(b, i) : 0;
    if (length > 0) {
      if (++group >= MIN_DIGITS) return true;
      i += length;
      continue;
    }
    if (group >= 4 && group <= 6 && ++fitting >= 2) return true;
    group = 0;
    i += i < to ? Math.max(1, separatorAt(b, i)) : 1;
  }
  return false;
}

/** The same for ASCII digits with one blank, dash or plus between. */
function worthALookPlain(b: Buffer, from: number, to: number): boolean {
  let group = 0;
  let fitting = 0;
  for (let i = from; i <= to; i++) {
    const byte = b[i]!;
    if (i < to && byte >= 48 && byte <= 57) {
      if (++group >= MIN_DIGITS) return true;
    } else {
      if (group >= 4 && group <= 6 && ++fitting >= 2) return true;
      group = 0;
    }
  }
  return false;
}

/** One group of digits of a run, and the separator after it. */
interface Group {
  from: number;
  to: number;
  digits: string;
  after: number;
}

function groupsOf(b: Buffer, from: number, to: number): Group[] {
  const groups: Group[] = [];
  let at = from;
  while (at < to && groups.length < 256) {
    const begin = at;
    let digits = '';
    for (let length = digitLength(b, at); length > 0 && at < to; length = digitLength(b, at)) {
      digits += digitValue(b, at, length);
      at += length;
    }
    if (at === begin) {
      at++;
      continue;
    }
    const gap = at < to ? separatorAt(b, at) : 0;
    groups.push({ from: begin, to: at, digits, after: gap === 0 ? -1 : separator.kind });
    at += gap;
  }
  return groups;
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
  const groups = groupsOf(b, from, to);
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i]!;
    const { length } = group.digits;
    if (length >= MIN_DIGITS) {
      if (length <= MAX_DIGITS) judge(b, group.from, group.to, group.digits, lineStart, lineEnd, found);
      else if (!inMessage(b, group, lineStart, lineEnd, found))
        hexDigits(b, group, lineStart, lineEnd, found, searchDecoded);
      if (length > 16 || (b[group.to]! | 32) === 100) emvData(b, group.from, group.to, lineStart, lineEnd, found);
      continue;
    }
    if (length < 4 || length > 6) continue;
    let layout = String(length);
    let digits = group.digits;
    let last = -1;
    let taken = '';
    let fits = false;
    for (let j = i + 1; j < groups.length && j < i + 5 && groups[j - 1]!.after === group.after; j++) {
      const next = groups[j]!;
      layout += `-${next.digits.length}`;
      digits += next.digits;
      if (digits.length > MAX_DIGITS) break;
      if (digits.length >= MIN_DIGITS && LAYOUTS.has(layout)) {
        // The longest that can be a number: what follows one may be an expiry.
        const now = brandOf(Number(digits.slice(0, 4)), digits.length) !== undefined && luhn(digits);
        if (fits && !now) continue;
        fits = now;
        last = j;
        taken = digits;
      }
    }
    if (last === -1 || partOfLonger(b, groups, i, last, lineStart)) continue;
    if (judge(b, group.from, groups[last]!.to, taken, lineStart, lineEnd, found)) i = last;
  }
}

/** Groups of a longer number, such as an IBAN's or a reference's: they go on in fours, or begin behind letters and digits. */
function partOfLonger(b: Buffer, groups: Group[], first: number, last: number, lineStart: number): boolean {
  const kind = groups[first]!.after;
  const before = first > 0 && groups[first - 1]!.after === kind ? groups[first - 1]!.digits.length : 0;
  const after = groups[last]!.after === kind && last + 1 < groups.length ? groups[last + 1]!.digits.length : 0;
  if (before === 4 || after === 4) return true;
  // DE89 3704 0044 ..., GB29-NWBK-6016-...
  const gap = separatorBefore(b, groups[first]!.from);
  const end = groups[first]!.from - gap;
  return (
    gap > 0 &&
    end - 4 >= lineStart &&
    /(?:^|[^A-Za-z0-9])[A-Z]{2}\d\d$|[^A-Za-z0-9](?:[A-Z]{2}\d\d)[ -][A-Z]{4}$/.test(
      b.toString('latin1', Math.max(lineStart, end - 10), end),
    )
  );
}

function judge(
  b: Buffer,
  from: number,
  to: number,
  known: string | undefined,
  lineStart: number,
  lineEnd: number,
  found: (span: CardSpan) => void,
): boolean {
  // Most runs of digits are told from cards by their first four and their length alone.
  const prefix = known === undefined ? firstFour(b, from) : Number(known.slice(0, 4));
  const brand = brandOf(prefix, known?.length ?? to - from);
  if (brand === undefined) return false;
  const digits = known ?? b.toString('latin1', from, to);
  if (oneDigit(digits)) return false;
  if (behindTrack(b, from, lineStart)) return false;
  // A blank beside is no part of a layout that blanks separate, so the boundary test sees the neighbours themselves.
  const valid = luhn(digits);
  if (!standsAlone(b, from, to, lineStart, lineEnd)) {
    if (!valid || !namesFile(b, from, to, lineStart, lineEnd)) return false;
    found({ from, to, digits, brand, luhn: true, context: 'card', track: 0 });
    return true;
  }
  const next = b[to];
  const track =
    (next === 61 || (next! | 32) === 100) && (b[from - 1] === 59 || isExpiry(b, to + 1, lineEnd))
      ? 2
      : b[from - 1] === 66 && b[from - 2] === 37 && next === 94
        ? 1
        : 0;
  const context = track > 0 ? 'card' : surroundings(b, from, to, digits, brand, valid, lineStart, lineEnd);
  found({ from, to, digits, brand, luhn: valid, context, track });
  return valid;
}

/** Whether digits are what follows a number and the equals sign of its track 2: expiry, service code and what the issuer likes. */
function behindTrack(b: Buffer, from: number, lineStart: number): boolean {
  if (b[from - 1] !== 61 || from - 1 - MIN_DIGITS < lineStart) return false;
  for (let i = from - 1 - MIN_DIGITS; i < from - 1; i++) if (!isDigit(b[i])) return false;
  return isExpiry(b, from, from + 7);
}

const firstFour = (b: Buffer, at: number): number =>
  (b[at]! - 48) * 1000 + (b[at + 1]! - 48) * 100 + (b[at + 2]! - 48) * 10 + b[at + 3]! - 48;

function allDigits(b: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!isDigit(b[i])) return false;
  return true;
}

/** How sure it is that a valid candidate is a card: its key says so, nothing speaks, or something else is named. */
export function confidenceOf(span: CardSpan): number {
  if (!span.luhn) return 0;
  if (span.context === 'card') return NAMED;
  if (span.context === 'other') return 0.1;
  return onlyWhereNamed(span.brand, span.digits.length) ? 0.4 : 0.7;
}

export const LEAST_CONFIDENCE = 0.5;
/** A name says card. */
export const NAMED = 0.99;
