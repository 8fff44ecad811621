/**
 * The last step of every report: the finished text is searched for card numbers and secrets as `logs` searches a file, and what
 * stands divided over neighbouring fields is put together first. Every text in it was masked one by one before, so what is found
 * here slipped through and is a fault of this program; callers say so.
 */
import { brandOf } from '../logs/cards/ranges.ts';
import { isCardNumber } from './mask-cards.ts';
import { covered, type Leak, leaksIn } from './mask-leaks.ts';

/** A finished document as it may be shown. */
export interface Scanned {
  text: string;
  /** How many numbers and secrets were masked. */
  masked: number;
  /** Characters at the end that were not looked at, and are not in the text either. */
  dropped: number;
}

/** The search is linear; more than this no reader opens. About two CPU-seconds. */
const MOST_SCANNED = 128 * 1024 * 1024;
/** A line without an end, such as minified JSON, is searched in parts that overlap by more than any number or key is long. */
const PART = 1 << 16;
const OVERLAP = 4096;

const QUOTE = 34;

/** A certificate in DER is public, and its base64 is a fact by itself. */
const isCertificate = (bytes: Buffer, from: number): boolean =>
  /"der"\s?:\s?"$/.test(bytes.toString('latin1', Math.max(0, from - 10), from));

function addLeaks(bytes: Buffer, start: number, end: number, into: Leak[]): void {
  for (const leak of leaksIn(bytes, start, end))
    if (leak.encoded !== 'base64' || !isCertificate(bytes, leak.from)) into.push(leak);
}

/** What stands between two neighbouring values of a report. */
const FIELD_ENDS: readonly RegExp[] = [
  // JSON: the next member of an object or a list, on a line of its own or not.
  /(?<=\d)"\s{0,64},\s{0,64}(?:"[\w$ -]{1,64}"\s{0,4}:\s{0,4})?"(?=\d)/g,
  // HTML and XML: elements; two tags at most for an attribute or a cell.
  /(?<=\d)(?:\s{0,8}<\/?[a-zA-Z][^<>]{0,200}>\s{0,8}){1,8}(?=\d)/g,
  // Attributes of one element.
  /(?<=\d)"\s{1,8}[\w:-]{1,64}="(?=\d)/g,
  // CSV, and columns of Markdown and of the terminal.
  /(?<=\d)"?[,;]"?(?=\d)/g,
  /(?<=\d)[ ]{0,64}(?:\||\u2502)[ ]{0,64}(?=\d)/g,
  /(?<=\d) {2,64}(?=\d)/g,
];
/** Digits and the single marks between their groups, which end or begin a field. */
const TAIL = /(?<![\d.:*]|\d[ -])\d[\d -]{2,17}$/;
const HEAD = /^[\d -]{2,17}\d(?![\d.:*]|[ -]\d)/;
const REACH = 20;
/** How a number is divided where people divide it. Others are columns of counts that happen to stand beside each other. */
const LAYOUTS = new Set(['4-4-4-4', '4-6-5', '4-4-4-4-3', '8-8', '6-10', '12-4', '10-6']);

/** Card numbers of which one part ends a field and the rest begins the next. @param text the finished document, @param bytes of it. */
function divided(text: string, found: (from: number, to: number) => void): void {
  for (const end of FIELD_ENDS) {
    end.lastIndex = 0;
    for (let match = end.exec(text); match; match = end.exec(text)) {
      const behind = match.index + match[0].length;
      const tail = TAIL.exec(text.slice(Math.max(0, match.index - REACH), match.index))?.[0];
      const head = HEAD.exec(text.slice(behind, behind + REACH))?.[0];
      // What ends here may be the beginning of the next pair.
      end.lastIndex = Math.max(match.index + 1, behind);
      if (tail === undefined || head === undefined) continue;
      const groups = [...tail.split(/[ -]/), ...head.split(/[ -]/)];
      const digits = groups.join('');
      if (!LAYOUTS.has(groups.map(({ length }) => length).join('-')) || !isCardNumber(digits)) continue;
      if (brandOf(Number(digits.slice(0, 4)), digits.length) === undefined) continue;
      found(match.index - tail.length, match.index);
      found(behind, behind + head.length);
    }
  }
}

/** Whether a value of JSON is a bare number, which a mask must turn into a text. */
const isBare = (bytes: Buffer, { from, to }: Leak): boolean =>
  /[:[,]\s{0,4}$/.test(bytes.toString('latin1', Math.max(0, from - 5), from)) &&
  /^\s{0,4}(?:[,}\]]|$)/.test(bytes.toString('latin1', to, to + 5)) &&
  bytes[from - 1] !== QUOTE;

/**
 * Searches a finished document and masks what it finds.
 * @param isJson whether it must stay JSON.
 * @returns the document to show; the same text where nothing was found.
 */
export function lastScan(text: string, isJson = false): Scanned {
  const whole = text.length > MOST_SCANNED ? text.slice(0, text.lastIndexOf('\n', MOST_SCANNED) + 1) : text;
  const dropped = text.length - whole.length;
  const halves: Leak[] = [];
  divided(whole, (from, to) => halves.push({ from, to, shown: '[masked]' }));
  const joined = covered(halves, (from, to) => whole.slice(from, to));
  // Two halves are one number.
  const numbers = Math.ceil(joined.count / 2);
  const bytes = Buffer.from(joined.text);
  const leaks: Leak[] = [];
  for (let start = 0; start < bytes.length; ) {
    const stop = bytes.indexOf(10, start);
    const end = stop === -1 ? bytes.length : stop;
    for (let at = start; at < end; at += PART - OVERLAP) {
      addLeaks(bytes, at, Math.min(end, at + PART), leaks);
      if (at + PART >= end) break;
    }
    start = end + 1;
  }
  if (leaks.length === 0) return { text: joined.text, masked: numbers, dropped };
  if (isJson) for (const leak of leaks) if (isBare(bytes, leak)) leak.shown = `"${leak.shown}"`;
  const shown = covered(leaks, (from, to) => bytes.toString('utf8', from, to));
  return { text: shown.text, masked: numbers + shown.count, dropped };
}
