/**
 * Card numbers that stand encoded: in messages, chip data, dumps, hexadecimal, base64 and escapes. Each is decoded and looked
 * through as a line is, by the `search` that is handed over.
 */
import { base64Phase, decodeToken } from './base64.ts';
import { contextOf, standsAlone } from './context.ts';
import { type Dump, dumpAround, dumpInTwosAround } from './dump.ts';
import { ebcdicAround } from './ebcdic.ts';
import { tlvCard } from './emv.ts';
import { escapedAround } from './escaped.ts';
import { messageCard, withBitmapSpelled } from './iso8583.ts';
import { type CardSpan, isNumber, luhn, oneDigit } from './number.ts';
import { brandOf, MAX_DIGITS, MIN_DIGITS } from './ranges.ts';
import { isHexDigit } from './spelling.ts';
import { textBefore } from './surroundings.ts';

type Found = (span: CardSpan) => void;
/** Looks through what was decoded. */
type Search = (text: Buffer, found: Found) => void;

/** Bytes of hexadecimal that are looked at on either side of a run of digits. */
const MAX_AROUND = 1024;

/** One group of digits of a run. */
interface Digits {
  from: number;
  to: number;
  digits: string;
}

/** The number of a payment chip's data, whose own tags say what it is. */
export function emvData(b: Buffer, from: number, to: number, lineStart: number, lineEnd: number, found: Found): void {
  const card = tlvCard(b, from, to, lineStart, lineEnd);
  const brand = card && brandOf(Number(card.digits.slice(0, 4)), card.digits.length);
  if (card && brand !== undefined && luhn(card.digits) && !oneDigit(card.digits))
    found({ ...card, brand, luhn: true, context: 'card' });
}

/** The number of a raw ISO 8583 message. */
export function inMessage(b: Buffer, group: Digits, lineStart: number, lineEnd: number, found: Found): boolean {
  const card = messageCard(b, group.from, group.to, lineStart, lineEnd, isNumber);
  // The same message is met again behind each letter of its own.
  if (card && card.to <= group.from) return true;
  if (card)
    found({
      ...card,
      brand: brandOf(Number(card.digits.slice(0, 4)), card.digits.length)!,
      luhn: true,
      context: 'card',
      track: 0,
    });
  return card !== undefined;
}

/** Bytes in pairs, as dumps write them: read as one run of hexadecimal digits, then as the text that they spell. */
export function dumped(b: Buffer, at: number, start: number, end: number, found: Found, search: Search): number {
  const dump = dumpAround(b, at, start, end);
  if (!dump) return -1;
  readDump(b, dump, start, found, search);
  return dump.to;
}

/** The same for groups of two bytes; what holds no number may be groups of digits. */
export function dumpedInTwos(b: Buffer, at: number, start: number, end: number, found: Found, search: Search): number {
  const dump = dumpInTwosAround(b, at, start, end);
  return dump && readDump(b, dump, start, found, search) ? dump.to : -1;
}

/** A number in EBCDIC. @param at an F of it. @returns where the dump ends; -1 for none. */
export function ebcdicDigits(b: Buffer, at: number, start: number, end: number, found: Found): number {
  const dump = ebcdicAround(b, at, start, end, isNumber);
  if (!dump?.card) return dump?.to ?? -1;
  const { from, to, digits, told } = dump.card;
  const context = told ? 'card' : contextOf(textBefore(b, start, from));
  const brand = brandOf(Number(digits.slice(0, 4)), digits.length)!;
  if (context === 'card') found({ from, to, digits, brand, luhn: true, context, track: 0, encoded: 'hex' });
  return dump.to;
}

/** @returns whether there was a number in it. */
function readDump(b: Buffer, dump: Dump, start: number, found: Found, search: Search): boolean {
  const { from, to } = dump;
  for (const bytes of [Buffer.from(dump.digits, 'latin1'), Buffer.from(dump.digits, 'hex')]) {
    let some = false;
    const tell = (span: CardSpan): void => {
      // Where the number is all that is spelled, the name stands before the dump.
      const context = span.from === 0 && span.context === 'none' ? contextOf(textBefore(b, start, from)) : span.context;
      if (!span.luhn || context !== 'card') return;
      found({ ...span, from, to, context, encoded: 'hex' });
      some = true;
    };
    search(bytes, tell);
    if (some) return true;
  }
  return false;
}

/** Digits written as escapes of characters, with what is escaped beside them. @returns where they end; -1 for none. */
export function escaped(b: Buffer, at: number, start: number, end: number, found: Found, search: Search): number {
  // All that a digit can be: 30 to 39, 48 to 57, with 00 or 25 before.
  const first = b[at] === 48 || b[at] === 50 ? b[at + 2] : b[at];
  if (first !== 51 && first !== 52 && first !== 53) return -1;
  const run = escapedAround(b, at, start, end, MIN_DIGITS);
  if (!run) return -1;
  search(run.text, (span) => {
    const from = run.from + span.from * run.unit;
    const outside = span.from === 0 ? contextOf(textBefore(b, start, from)) : 'none';
    const context = span.context === 'none' ? outside : span.context;
    found({ ...span, from, to: run.from + span.to * run.unit, context, encoded: 'escapes' });
  });
  return run.to;
}

/** A text written as hexadecimal, with letters among its digits: `50414e3d34...` is `PAN=4...`. */
function hexText(b: Buffer, group: Digits, lineStart: number, lineEnd: number, found: Found, search: Search): void {
  let from = group.from;
  let to = group.to;
  while (from > lineStart && group.from - from < MAX_AROUND && isHexDigit(b[from - 1])) from--;
  while (to < lineEnd && to - group.to < MAX_AROUND && isHexDigit(b[to])) to++;
  if ((to - from) % 2 !== 0) return;
  const text = Buffer.from(b.toString('latin1', from, to), 'hex');
  let some = false;
  const tell = (span: CardSpan): void => {
    if (!span.luhn || !(span.context === 'card' || span.track > 0)) return;
    found({ ...span, from, to, encoded: 'hex' });
    some = true;
  };
  search(text, tell);
  const message = some ? undefined : withBitmapSpelled(text);
  if (message) search(message, tell);
}

/** Digits, capitals and signs as hexadecimal, from the first byte on. */
const SPELLS_TEXT = /^(?:[2357][0-9]|4[0-9]){8}/;

/** Digits written as the hexadecimal of their characters: 34 31 31 31 ... */
export function hexDigits(
  b: Buffer,
  group: Digits,
  lineStart: number,
  lineEnd: number,
  found: Found,
  search: Search,
): void {
  const { digits } = group;
  const within = isHexDigit(b[group.from - 1]) || isHexDigit(b[group.to]);
  if (digits.length >= MIN_DIGITS * 2 - 2 && (within || (digits.length > MAX_DIGITS * 2 && SPELLS_TEXT.test(digits)))) {
    hexText(b, group, lineStart, lineEnd, found, search);
    return;
  }
  if (digits.length % 2 !== 0 || digits.length < MIN_DIGITS * 2 || digits.length > MAX_DIGITS * 2) return;
  let plain = '';
  for (let i = 0; i < digits.length; i += 2) {
    if (digits[i] !== '3') return;
    plain += digits[i + 1];
  }
  const brand = brandOf(Number(plain.slice(0, 4)), plain.length);
  if (
    brand === undefined ||
    oneDigit(plain) ||
    !luhn(plain) ||
    !standsAlone(b, group.from, group.to, lineStart, lineEnd)
  )
    return;
  const context = contextOf(textBefore(b, lineStart, group.from));
  found({ from: group.from, to: group.to, digits: plain, brand, luhn: true, context, track: 0, encoded: 'hex' });
}

/** @returns where to probe next. */
export function encodedAt(b: Buffer, at: number, start: number, end: number, found: Found, search: Search): number {
  const phase = base64Phase(b, at, end);
  if (phase === -1) return at + MIN_DIGITS;
  const token = decodeToken(b, at, phase, start, end);
  if (!token) return at + MIN_DIGITS;
  search(token.bytes, (span) => {
    // Bytes that happen to decode to digits are no text: a name must say card, or the whole be the number.
    if (span.luhn && (span.context === 'card' || token.bytes.length === span.to - span.from))
      found({ ...span, from: token.from, to: token.to, encoded: 'base64' });
  });
  return token.to + MIN_DIGITS - 1;
}
