/**
 * Card numbers in EBCDIC as dumps of mainframes and card networks write it: F0 to F9 are the digits, each byte as two hexadecimal
 * digits, with a blank between or none. In a message the type is in EBCDIC, the bitmap binary, the fields in EBCDIC again.
 */
import { messageCard } from './iso8583.ts';
import { MAX_DIGITS, MIN_DIGITS } from './ranges.ts';
import { isDigit, isHexDigit } from './spelling.ts';

export interface EbcdicCard {
  /** Where the number begins in the line, its first F. */
  from: number;
  to: number;
  digits: string;
  /** Whether a message or its own length says that it is a number; else what stands before the dump has to. */
  told: boolean;
}

const MAX_BYTES = 256;
/** A transport header before the message. */
const MAX_HEADER = 24;

const isF = (byte: number | undefined): boolean => byte === 70 || byte === 102;
const isDigitByte = (b: Buffer, at: number): boolean => isF(b[at]) && isDigit(b[at + 1]);

/**
 * @param at the F of a byte that is a digit.
 * @returns where the dump ends, and the number in it; undefined when too few digits are around.
 */
export function ebcdicAround(
  b: Buffer,
  at: number,
  lineStart: number,
  lineEnd: number,
  isNumber: (digits: string) => boolean,
): { to: number; card: EbcdicCard | undefined } | undefined {
  const apart = b[at + 2] === 32 || b[at + 2] === 58 ? 1 : 0;
  const step = 2 + apart;
  if (!isDigitByte(b, at + step) && !isDigitByte(b, at - step)) return undefined;
  const mark = b[at + 2];
  const isByte = (i: number): boolean =>
    i >= lineStart &&
    i + 2 <= lineEnd &&
    isHexDigit(b[i]) &&
    isHexDigit(b[i + 1]) &&
    (apart === 0 || !isHexDigit(b[i - 1]));
  let from = at;
  while (isByte(from - step) && (apart === 0 || b[from - 1] === mark) && at - from < MAX_BYTES * step) from -= step;
  let to = at + 2;
  while (isByte(to + apart) && (apart === 0 || b[to] === mark) && to - at < MAX_BYTES * step) to += step;
  let text = '';
  let hex = '';
  for (let i = from; i + 2 <= to; i += step) {
    text += isDigitByte(b, i) ? String.fromCharCode(b[i + 1]!) : '.';
    hex += b.toString('latin1', i, i + 2);
  }
  if (text.replaceAll('.', '').length < MIN_DIGITS) return undefined;
  const found = inMessage(text, hex, isNumber) ?? withLength(text, isNumber) ?? alone(text, isNumber);
  const card = found && {
    from: from + found.index * step,
    to: from + (found.index + found.digits.length) * step - apart,
    digits: found.digits,
    told: found.told,
  };
  return { to, card };
}

interface Found {
  /** Of its first byte. */
  index: number;
  digits: string;
  told: boolean;
}

/** Field 2 behind type and bitmap. */
function inMessage(text: string, hex: string, isNumber: (digits: string) => boolean): Found | undefined {
  for (let i = 0; i <= MAX_HEADER && i + 12 < text.length; i++) {
    if (!/^[0-2][1-8]\d[0-5]/.test(text.slice(i, i + 4))) continue;
    const bitmap = Number.parseInt(hex[(i + 4) * 2]!, 16) >= 8 ? 16 : 8;
    const fields = i + 4 + bitmap;
    const plain = Buffer.from(text.slice(i, i + 4) + hex.slice((i + 4) * 2, fields * 2) + text.slice(fields), 'latin1');
    const card = messageCard(plain, 0, plain.length, 0, plain.length, isNumber);
    if (card) return { index: fields + card.from - (4 + bitmap * 2), digits: card.digits, told: true };
  }
  return undefined;
}

/** A number behind its length in two digits, and nothing else beside. */
function withLength(text: string, isNumber: (digits: string) => boolean): Found | undefined {
  for (const { 0: run, index } of text.matchAll(/\d{14,21}/g)) {
    const digits = run.slice(2);
    if (Number(run.slice(0, 2)) === digits.length && isNumber(digits)) return { index: index + 2, digits, told: true };
  }
  return undefined;
}

function alone(text: string, isNumber: (digits: string) => boolean): Found | undefined {
  for (const { 0: digits, index } of text.matchAll(/\d+/g))
    if (digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS && isNumber(digits))
      return { index, digits, told: false };
  return undefined;
}
