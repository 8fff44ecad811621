/**
 * Characters written one by one as escapes: `\u0034\u0031` (RFC 8259 section 7), `\x34`, `%34%31` (RFC 3986 section 2.1),
 * `&#52;&#x34;` (HTML). Every unit of a run has the same form, so the n-th character stands at n times its length.
 */
import { isDigit, isHexDigit } from './spelling.ts';

export interface EscapedText {
  from: number;
  to: number;
  /** Bytes of one escape. */
  unit: number;
  /** What the run spells, one byte a character; what is beyond Latin-1 is a question mark. */
  text: Buffer;
}

interface Form {
  before: Buffer;
  digits: number;
  radix: 10 | 16;
  after: Buffer;
  unit: number;
}

const form = (before: string, digits: number, radix: 10 | 16, after = ''): Form => ({
  before: Buffer.from(before),
  digits,
  radix,
  after: Buffer.from(after),
  unit: before.length + digits + after.length,
});
const FORMS = [
  form('\\u', 4, 16),
  form('%u', 4, 16),
  form('\\x', 2, 16),
  form('%25', 2, 16),
  form('%', 2, 16),
  form('&#x', 2, 16, ';'),
  form('&#', 2, 10, ';'),
];
/** A longer run is read in part. */
const MOST_UNITS = 512;

/** The code of the escape of a form that begins at `at`; -1 for none. */
function codeAt(b: Buffer, at: number, { before, digits, radix, after, unit }: Form, end: number): number {
  if (at < 0 || at + unit > end) return -1;
  for (let i = 0; i < before.length; i++) if (b[at + i] !== before[i]) return -1;
  let code = 0;
  for (let i = 0; i < digits; i++) {
    const byte = b[at + before.length + i]!;
    if (isDigit(byte)) code = code * radix + byte - 48;
    else if (radix === 16 && isHexDigit(byte)) code = code * 16 + (byte | 32) - 87;
    else return -1;
  }
  for (let i = 0; i < after.length; i++) if (b[at + unit - after.length + i] !== after[i]) return -1;
  return code;
}

/** The run of escapes around `at`, of which at least `least` belong together; undefined where there is none. */
export function escapedAround(
  b: Buffer,
  at: number,
  start: number,
  end: number,
  least: number,
): EscapedText | undefined {
  for (const shape of FORMS) {
    const { unit } = shape;
    for (let begin = at; begin > at - unit; begin--) {
      if (begin < start || codeAt(b, begin, shape, end) === -1) continue;
      let from = begin;
      while (from - unit >= start && begin - from < MOST_UNITS * unit && codeAt(b, from - unit, shape, end) !== -1)
        from -= unit;
      let to = begin + unit;
      while (to - from < 2 * MOST_UNITS * unit && codeAt(b, to, shape, end) !== -1) to += unit;
      if (to - from < least * unit) break;
      const text = Buffer.alloc((to - from) / unit);
      for (let i = 0; i < text.length; i++) {
        const code = codeAt(b, from + i * unit, shape, end);
        text[i] = code < 256 ? code : 63;
      }
      return { from, to, unit, text };
    }
  }
  return undefined;
}
