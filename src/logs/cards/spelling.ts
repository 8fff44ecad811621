/** Digits and separators as logs spell them: digits of ASCII and of other scripts, blanks of many kinds, escapes. Byte level. */

export const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

/**
 * Zeros of the scripts whose digits logs hold besides ASCII's (Unicode, general category Nd); one to nine follow each in the
 * last byte of its UTF-8. The scan of whole blocks knows them by the same bytes, see kernel/sweep.as.
 */
const ZEROS = '\u0660\u06f0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u1040\u17e0\uff10';
/** Last byte of the zero of a script, by the bytes before it: one in [0, 256), two as `first << 8 | second`; 0 for none. */
const ZERO_BYTE = new Uint8Array(65_536);
/** Bytes with which digits of other scripts begin. */
export const DIGIT_LEADS = new Uint8Array(256);
for (const zero of ZEROS) {
  const bytes = Buffer.from(zero);
  ZERO_BYTE[bytes.length === 2 ? bytes[0]! : (bytes[0]! << 8) | bytes[1]!] = bytes.at(-1)!;
  DIGIT_LEADS[bytes[0]!] = 1;
}

/** Length in bytes of the digit at `at`: 1 for ASCII, 2 or 3 for another script's, 0 for none. */
export function digitLength(b: Buffer, at: number): number {
  const byte = b[at]!;
  if (byte >= 48 && byte <= 57) return 1;
  if (DIGIT_LEADS[byte] !== 1) return 0;
  const length = byte < 0xe0 ? 2 : 3;
  const zero = length === 2 ? ZERO_BYTE[byte]! : ZERO_BYTE[(byte << 8) | b[at + 1]!]!;
  const value = b[at + length - 1]! - zero;
  return zero !== 0 && value >= 0 && value <= 9 ? length : 0;
}

/** The same for the digit that ends before `at`. */
export function digitLengthBefore(b: Buffer, at: number): number {
  const byte = b[at - 1]!;
  if (byte >= 48 && byte <= 57) return 1;
  if (byte < 0x80) return 0;
  if (at >= 2 && b[at - 2]! < 0xe0 && digitLength(b, at - 2) === 2) return 2;
  return at >= 3 && digitLength(b, at - 3) === 3 ? 3 : 0;
}

/** Value of a digit of that length. */
export function digitValue(b: Buffer, at: number, length: number): number {
  if (length === 1) return b[at]! - 48;
  const zero = length === 2 ? ZERO_BYTE[b[at]!]! : ZERO_BYTE[(b[at]! << 8) | b[at + 1]!]!;
  return b[at + length - 1]! - zero;
}

/** What stands between groups of digits; those of several bytes are of ASCII, or one character of UTF-8. */
export const SPELLINGS: readonly Buffer[] = [
  ' ',
  '-',
  '+',
  '.',
  '\u00a0',
  '\u2007',
  '\u2009',
  '\u200a',
  '\u2002',
  '\u2003',
  '\u202f',
  '\u3000',
  '\u2010',
  '\u2011',
  '\u2012',
  '\u2013',
  '\u2014',
  '\u2212',
  '\u00b7',
  '\uff0d',
  // Invisible ones.
  '\u200b',
  '\u200c',
  '\u200d',
  '\u2060',
  '%20',
  '%2D',
  '%2d',
  '%2B',
  '%2E',
  '%C2%A0',
  '%c2%a0',
  '&nbsp;',
  '&#160;',
  '&#xa0;',
  '&#xA0;',
  '\\u0020',
  '\\u002d',
  '\\u002D',
  '\\u2009',
  '\\u2010',
  '\\u2012',
  '\\u2014',
  '\\u00a0',
  '\\u00A0',
  '\\u2013',
  '\\u2011',
  '\\u202f',
  '\\xa0',
  '\\xA0',
  '\\xC2\\xA0',
  '\\xc2\\xa0',
].map((text) => Buffer.from(text));
/** A lone Latin-1 no-break space, as files in that encoding have it. */
const LATIN1_BLANK = 0xa0;

/** Which separators begin, or end, with a byte. */
const BY_FIRST: (number[] | undefined)[] = [];
const BY_LAST: (number[] | undefined)[] = [];
for (const [index, bytes] of SPELLINGS.entries()) {
  const [first, last] = [bytes[0]!, bytes.at(-1)!];
  BY_FIRST[first] = [...(BY_FIRST[first] ?? []), index];
  BY_LAST[last] = [...(BY_LAST[last] ?? []), index];
}
export const LONGEST_SEPARATOR = 8;

/** What a separator is and how long; length 0 when there is none. Reused between calls. */
export const separator = { kind: -1, length: 0 };

function fits(b: Buffer, from: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i++) if (b[from + i] !== wanted[i]) return false;
  return true;
}

export function separatorAt(b: Buffer, at: number): number {
  separator.length = 0;
  for (const index of BY_FIRST[b[at]!] ?? []) {
    const wanted = SPELLINGS[index]!;
    if (wanted.length > separator.length && fits(b, at, wanted)) {
      separator.kind = index;
      separator.length = wanted.length;
    }
  }
  if (separator.length === 0 && b[at] === LATIN1_BLANK) {
    separator.kind = LATIN1_BLANK;
    separator.length = 1;
  }
  return separator.length;
}

/** The same for the separator that ends before `at`. */
export function separatorBefore(b: Buffer, at: number): number {
  separator.length = 0;
  for (const index of BY_LAST[b[at - 1]!] ?? []) {
    const wanted = SPELLINGS[index]!;
    if (wanted.length > separator.length && at - wanted.length >= 0 && fits(b, at - wanted.length, wanted)) {
      separator.kind = index;
      separator.length = wanted.length;
    }
  }
  if (separator.length === 0 && b[at - 1] === LATIN1_BLANK) {
    separator.kind = LATIN1_BLANK;
    separator.length = 1;
  }
  return separator.length;
}

/** Bytes that a spelled-out separator or digit can hold, besides blank, dash and plus. */
export const SPECIAL = new Uint8Array(256);
for (let byte = 0x80; byte < 256; byte++) SPECIAL[byte] = 1;
for (const byte of Buffer.from('.%&\\;')) SPECIAL[byte] = 1;

export const isHexDigit = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 48 && byte <= 57) || ((byte | 32) >= 97 && (byte | 32) <= 102));

/** How many digits from `at` on are the end of an escape that begins before: `%22`, `\x20`, `\u0022`. */
export function escapeDigits(b: Buffer, at: number, lineStart: number): number {
  for (let before = 0; before < 4 && at - before > lineStart; before++) {
    const byte = b[at - before - 1]!;
    // %B before a number is the beginning of track 1.
    if (byte === 37 && before === 0) {
      // %2522: the percent sign itself is escaped, once or more.
      let digits = 2;
      while (digits < 8 && b[at + digits - 2] === 50 && b[at + digits - 1] === 53) digits += 2;
      return digits;
    }
    if (byte === 37 && before < 2) return b[at - 1] === 66 ? 0 : 1;
    if (b[at - before - 2] === 92) {
      if (byte === 117) return 4 - before;
      if (byte === 120 && before < 2) return 2 - before;
    }
    if (!isHexDigit(byte)) return 0;
  }
  return 0;
}
