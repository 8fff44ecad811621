/** Card numbers (ISO/IEC 7812) in text, masked as PCI DSS 3.4.1 allows: first six and last four digits stay. */
import { masked } from '../logs/cards/masked.ts';

/** Issuer ranges: prefix interval (same number of digits on both ends) and the lengths issued. */
const ISSUER_RANGES: readonly [from: number, to: number, lengths: readonly number[]][] = [
  [4, 4, [13, 16, 19]], // Visa
  [51, 55, [16]], // Mastercard
  [2221, 2720, [16]], // Mastercard 2-series
  [34, 34, [15]], // American Express
  [37, 37, [15]],
  [300, 305, [14, 16, 19]], // Diners Club
  [36, 36, [14, 16, 19]],
  [38, 39, [14, 16, 19]],
  [3528, 3589, [16, 17, 18, 19]], // JCB
  [6011, 6011, [16, 19]], // Discover
  [644, 649, [16, 19]],
  [65, 65, [16, 19]],
  [62, 62, [16, 17, 18, 19]], // UnionPay
  [81, 82, [16, 19]], // UnionPay, RuPay
  [60, 60, [16]], // RuPay
  [2200, 2204, [16, 17, 18, 19]], // Mir
  [9792, 9792, [16]], // Troy
  [506099, 506198, [16, 19]], // Verve
  [50, 50, [16, 18, 19]], // Maestro
  [56, 58, [16, 18, 19]],
  [63, 63, [16, 18, 19]],
  [67, 67, [16, 18, 19]],
];

/** Luhn check digit (ISO/IEC 7812-1 annex B). */
export function luhnValid(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    if (i % 2 === 1) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return sum % 10 === 0;
}

/** Whether a string of digits is a card number as issued: range, length, check digit. */
export function isCardNumber(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19 || /^(\d)\1+$/.test(digits)) return false;
  const known = ISSUER_RANGES.some(([from, to, lengths]) => {
    const prefix = Number(digits.slice(0, String(from).length));
    return prefix >= from && prefix <= to && lengths.includes(digits.length);
  });
  return known && luhnValid(digits);
}

interface Run {
  start: number;
  end: number;
  digits: string;
  /** The text between this run and the next: `` for none that counts. */
  separator: string;
}

/** ASCII and full-width digits; -1 for anything else. */
function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 0xff10 && code <= 0xff19) return code - 0xff10;
  return -1;
}

const IGNORED =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are meant, not clusters
  /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\u0000-\u0008\u000e-\u001f]/;
const SEPARATORS = [
  ' ',
  '-',
  '.',
  '_',
  '+',
  '/',
  '*',
  ',',
  '\t',
  '\u00a0',
  '\u2010',
  '\u2011',
  '\u2013',
  '\u3000',
  '%20',
  '\n',
  '\\n',
  '\r\n',
];

function separatorAt(text: string, index: number): string {
  for (const separator of SEPARATORS) if (text.startsWith(separator, index)) return separator;
  return '';
}

/** Runs of digits; invisible characters inside a run do not end it. */
function digitRuns(text: string): Run[] {
  const runs: Run[] = [];
  let i = 0;
  while (i < text.length) {
    if (digitOf(text.charCodeAt(i)) < 0) {
      i++;
      continue;
    }
    const start = i;
    let end = i;
    let digits = '';
    while (i < text.length) {
      const digit = digitOf(text.charCodeAt(i));
      if (digit >= 0) {
        digits += digit;
        end = ++i;
      } else if (IGNORED.test(text[i]!)) i++;
      else break;
    }
    i = end;
    runs.push({ start, end, digits, separator: separatorAt(text, end) });
  }
  return runs;
}

/** How a number may be written in groups: all alike, or groups of three to six such as 4-4-4-4, 4-6-5, 6-13. */
function plausibleGroups(groups: readonly string[]): boolean {
  if (groups.length === 1) return true;
  const sizes = groups.map((g) => g.length);
  if (sizes.every((s) => s === sizes[0]) && sizes[0]! <= 6) return true;
  // Fours with a shorter rest: 4-4-4-1 of 13 digits, 4-4-4-2 of 14.
  if (sizes.length >= 3 && sizes.slice(0, -1).every((s) => s === 4) && sizes.at(-1)! < 4) return true;
  return groups.length <= 6 && sizes.every((s) => s >= 3);
}

/** Digests in hexadecimal hold long runs of digits by chance; their length gives them away. */
function insideDigest(text: string, start: number, end: number): boolean {
  let from = start;
  let to = end;
  while (from > 0 && start - from < 130 && /[0-9a-fA-F]/.test(text[from - 1]!)) from--;
  while (to < text.length && to - end < 130 && /[0-9a-fA-F]/.test(text[to]!)) to++;
  const letters = text.slice(from, to).replace(/[0-9]/g, '').length;
  return letters >= 4 && [32, 40, 56, 64, 96, 128].includes(to - from);
}

/** Finds the longest card number that begins with run `index`; returns the number of runs it takes, 0 for none. */
function cardAt(runs: readonly Run[], index: number): number {
  const groups: string[] = [];
  let digits = '';
  let found = 0;
  for (let j = index; j < runs.length && j - index < 19; j++) {
    if (j > index) {
      const before = runs[j - 1]!;
      if (!before.separator || before.end + before.separator.length !== runs[j]!.start) break;
      if (j > index + 1 && before.separator !== runs[index]!.separator) break;
    }
    groups.push(runs[j]!.digits);
    digits += runs[j]!.digits;
    if (digits.length > 19) break;
    if (plausibleGroups(groups) && isCardNumber(digits)) found = j - index + 1;
  }
  return found;
}

/** A number of 13 to 19 digits at the head of a longer run, followed by an expiry (`YYMM` or `MMYY`), as in track data. */
function headOfLongRun(digits: string): string | undefined {
  if (digits.length < 20 || digits.length > 40) return undefined;
  for (const length of [16, 15, 19]) {
    const head = digits.slice(0, length);
    const expiry = digits.slice(length, length + 4);
    const month = [Number(expiry.slice(0, 2)), Number(expiry.slice(2, 4))].some((m) => m >= 1 && m <= 12);
    if (month && isCardNumber(head)) return head;
  }
  return undefined;
}

/** What follows a number in track 1 or track 2 data: expiry, service code and discretionary data. */
const TRACK_REST = /^(?:=|\^|D(?=\d{7}))[0-9A-Za-z/ ^=.*-]{4,80}\??/;

/** Masks every card number in a text; track data after it is removed. Linear in the length of the text. */
export function maskCardNumbers(text: string): string {
  // Thirteen digits, wherever they stand, or there is no card number.
  if (!/(?:[0-9\uff10-\uff19][^0-9\uff10-\uff19]*){13}/.test(text)) return text;
  const runs = digitRuns(text);
  let out = '';
  let copied = 0;
  for (let i = 0; i < runs.length; i++) {
    const run = runs[i]!;
    let taken = cardAt(runs, i);
    let digits = runs
      .slice(i, i + taken)
      .map((r) => r.digits)
      .join('');
    const head = taken ? undefined : headOfLongRun(run.digits);
    if (head) [taken, digits] = [1, head];
    if (!taken || insideDigest(text, run.start, runs[i + taken - 1]!.end)) continue;
    const end = runs[i + taken - 1]!.end;
    const track = head ? '' : (TRACK_REST.exec(text.slice(end, end + 100))?.[0] ?? '');
    out += `${text.slice(copied, run.start)}${masked(digits)}${track || head ? '[track data removed]' : ''}`;
    copied = end + track.length;
    i += taken - 1;
    while (i + 1 < runs.length && runs[i + 1]!.start < copied) i++;
  }
  return out + text.slice(copied);
}
