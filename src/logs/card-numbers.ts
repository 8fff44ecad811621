/**
 * Card numbers in logs: issuer ranges, Luhn, layout, boundary and context. Prints at most the first six and last four
 * digits and a keyed hash (PCI DSS v4.0.1, 3.4.1 and 3.5.1).
 */
import { createHmac } from 'node:crypto';
import type { CardNumberHit } from './types.ts';

/** Shortest card number; the scan looks at every so-manieth byte. */
const MIN_DIGITS = 13;
const MAX_DIGITS = 19;
const MAX_HITS = 5000;

/** First digits (inclusive, as written) and allowed lengths, from ISO/IEC 7812 registrations as published by the schemes. */
const RANGES: [string, string, string, number[]][] = [
  ['visa', '4', '4', [13, 16, 19]],
  ['mastercard', '51', '55', [16]],
  ['mastercard', '2221', '2720', [16]],
  ['amex', '34', '34', [15]],
  ['amex', '37', '37', [15]],
  ['discover', '6011', '6011', [16, 19]],
  ['discover', '644', '649', [16, 19]],
  ['discover', '65', '65', [16, 19]],
  ['unionpay', '62', '62', [16, 17, 18, 19]],
  ['unionpay', '81', '81', [16, 17, 18, 19]],
  ['jcb', '3528', '3589', [16, 17, 18, 19]],
  ['diners', '300', '305', [14, 16]],
  ['diners', '36', '36', [14, 16, 19]],
  ['diners', '38', '39', [14, 16]],
  ['maestro', '50', '50', [16, 18, 19]],
  ['maestro', '56', '58', [16, 18, 19]],
  ['maestro', '6304', '6304', [16, 18, 19]],
  ['maestro', '6759', '6763', [16, 18, 19]],
  ['mir', '2200', '2204', [16, 17, 18, 19]],
  ['rupay', '60', '60', [16]],
  ['troy', '9792', '9792', [16]],
];
const BRANDS = [...new Set(RANGES.map(([brand]) => brand))];
/** Four leading digits to brand index + 1, per length. */
const BY_PREFIX: Uint8Array[] = Array.from({ length: MAX_DIGITS + 1 }, () => new Uint8Array(10_000));
for (const [brand, low, high, lengths] of RANGES) {
  const from = Number(low.padEnd(4, '0'));
  const to = Number(high.padEnd(4, '9'));
  for (const length of lengths) {
    for (let prefix = from; prefix <= to; prefix++) {
      // Listed order is precedence: Discover before RuPay's 60.
      if (BY_PREFIX[length]![prefix] === 0) BY_PREFIX[length]![prefix] = BRANDS.indexOf(brand) + 1;
    }
  }
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
const DOUBLED = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];

const LAYOUTS = new Set(['4-4-4-4', '4-6-5', '4-6-4', '4-4-4-4-3', '6-13', '4-4-5', '4-4-4-4-2', '4-4-4-4-1']);

/** Keys after which a number is a card, and keys after which it is something else, in the 40 bytes before it. */
const CARD_KEY =
  /(?:\bpan|card|\bacct|account|\bcc\b|ccnum|\bde_?2\b|\bf_?2\b|primary|卡号|银行卡|カード番号|accno|bankno|track)[^=:]{0,20}[=:"'\s>]{1,6}$/i;
const OTHER_KEY =
  /(?:trace|span|order|batch|seq|txn|trans|\bid|_id|id\b|time|\bts\b|stamp|imei|meid|amount|epoch|msec|nonce|serial|ref|rrn|stan|arn|session|token|uuid|guid|phone|mobile|tel|msisdn|iccid|tracking|invoice|waybill|bytes|size|offset|duration|key|hash|sum|nanos|random|version|sku|isbn|ean|gtin|upc|barcode|单号|流水|订单|手机)\w{0,12}["'\]]{0,2}\s{0,2}[=:]{1,2}[\s"'>]{0,4}$/i;

export class CardScanner {
  total = 0;
  readonly hits: CardNumberHit[] = [];
  readonly #key: Buffer;
  readonly #digits = new Uint8Array(64);

  /** @param key secret of this run; equal numbers get equal digests within it only. */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** Finds numbers in bytes[start, end) of one line. `time` is that of the line before, good enough to place it. */
  scan(b: Buffer, start: number, end: number, file: string, line: number, time: number): void {
    let at = start + MIN_DIGITS - 1;
    while (at < end) {
      const byte = b[at]!;
      if (
        !isDigit(byte) &&
        !((byte === 32 || byte === 45) && at + 1 < end && isDigit(b[at + 1]!) && isDigit(b[at - 1]!))
      ) {
        at += MIN_DIGITS;
        continue;
      }
      let from = at;
      while (
        from > start &&
        (isDigit(b[from - 1]!) ||
          ((b[from - 1] === 32 || b[from - 1] === 45) && from - 1 > start && isDigit(b[from - 2]!)))
      )
        from--;
      let to = at + 1;
      while (to < end && (isDigit(b[to]!) || ((b[to] === 32 || b[to] === 45) && to + 1 < end && isDigit(b[to + 1]!))))
        to++;
      if (to - from >= MIN_DIGITS) this.#examine(b, from, to, start, end, file, line, time);
      at = to + MIN_DIGITS - 1;
    }
  }

  /** A run of digits and single separators: the run itself, or the groups in it that make a card's layout. */
  #examine(
    b: Buffer,
    from: number,
    to: number,
    lineStart: number,
    lineEnd: number,
    file: string,
    line: number,
    time: number,
  ): void {
    let groupStart = from;
    // A group is digits up to a separator; only groups of one separator kind can belong together.
    const starts: number[] = [];
    const lengths: number[] = [];
    const separators: number[] = [];
    for (let i = from; i <= to && starts.length < 64; i++) {
      if (i < to && isDigit(b[i]!)) continue;
      starts.push(groupStart);
      lengths.push(i - groupStart);
      separators.push(i < to ? b[i]! : 0);
      groupStart = i + 1;
    }
    for (let i = 0; i < starts.length; i++) {
      if (lengths[i]! >= MIN_DIGITS) {
        if (lengths[i]! <= MAX_DIGITS)
          this.#judge(b, starts[i]!, starts[i]! + lengths[i]!, lengths[i]!, lineStart, lineEnd, file, line, time);
        continue;
      }
      let layout = String(lengths[i]);
      let count = lengths[i]!;
      for (let j = i + 1; j < starts.length && j < i + 5 && separators[j - 1] === separators[i]; j++) {
        layout += `-${lengths[j]}`;
        count += lengths[j]!;
        if (count > MAX_DIGITS) break;
        if (count >= MIN_DIGITS && LAYOUTS.has(layout)) {
          // A further group with the same separator would make it a longer number of another kind.
          if (separators[j] === separators[i] && LAYOUTS.has(`${layout}-${lengths[j + 1]}`)) continue;
          if (separators[j] === separators[i] && separators[i] === 45) break;
          if (this.#judge(b, starts[i]!, starts[j]! + lengths[j]!, count, lineStart, lineEnd, file, line, time)) i = j;
          break;
        }
      }
    }
  }

  #judge(
    b: Buffer,
    from: number,
    to: number,
    count: number,
    lineStart: number,
    lineEnd: number,
    file: string,
    line: number,
    time: number,
  ): boolean {
    const digits = this.#digits;
    let n = 0;
    let same = true;
    for (let i = from; i < to; i++) {
      if (!isDigit(b[i]!)) continue;
      digits[n++] = b[i]! - 48;
      if (digits[n - 1] !== digits[0]) same = false;
    }
    if (same) return false;
    const prefix = digits[0]! * 1000 + digits[1]! * 100 + digits[2]! * 10 + digits[3]!;
    const brand = BY_PREFIX[count]![prefix]!;
    if (brand === 0) return false;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += (count - i) % 2 === 0 ? DOUBLED[digits[i]!]! : digits[i]!;
    if (sum % 10 !== 0) return false;
    if (!boundary(b, from, to, lineStart, lineEnd)) return false;
    const before = b.toString('utf8', Math.max(lineStart, from - 48), from);
    const positive = CARD_KEY.test(before) || (b[from - 1] === 59 && b[to] === 61) || b[to] === 94;
    if (!positive && OTHER_KEY.test(before)) return false;
    // A bare run of digits among other numbers, with nothing that says card, is as often something else.
    const confidence = positive ? 0.99 : count >= 15 ? 0.7 : 0.4;
    if (confidence < 0.5) return false;
    this.total++;
    if (this.hits.length >= MAX_HITS) return true;
    let text = '';
    for (let i = 0; i < count; i++) text += digits[i];
    this.hits.push({
      file,
      line,
      column: from - lineStart + 1,
      masked: `${text.slice(0, 6)}${'*'.repeat(count - 10)}${text.slice(-4)}`,
      brand: BRANDS[brand - 1]!,
      digest: createHmac('sha256', this.#key).update(text).digest('hex').slice(0, 16),
      kind:
        b[from - 1] === 59 && b[to] === 61
          ? 'track2'
          : b[from - 1] === 66 && b[from - 2] === 37 && b[to] === 94
            ? 'track1'
            : 'pan',
      time,
      confidence,
    });
    return true;
  }
}

/** Not part of a longer token: no letter, digit, underscore or decimal point beside it. `%3D` and `%20` end a token. */
function boundary(b: Buffer, from: number, to: number, lineStart: number, lineEnd: number): boolean {
  if (from > lineStart) {
    const byte = b[from - 1]!;
    const escaped = from - 3 >= lineStart && b[from - 3] === 37;
    const track = byte === 66 && b[from - 2] === 37;
    const newlineEscape = (byte === 110 || byte === 116 || byte === 114) && b[from - 2] === 92;
    if (!escaped && !track && !newlineEscape && (isWord(byte) || byte === 46 || byte === 42)) return false;
    if (byte === 45 && from - 2 >= lineStart && isWord(b[from - 2]!)) return false;
    if (byte === 43) return false;
  }
  if (to < lineEnd) {
    const byte = b[to]!;
    if (isWord(byte) || byte === 42) return false;
    if (byte === 46 && to + 1 < lineEnd && isDigit(b[to + 1]!)) return false;
    if (byte === 45 && to + 1 < lineEnd && isWord(b[to + 1]!)) return false;
  }
  return true;
}

function isWord(byte: number): boolean {
  return isDigit(byte) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 95;
}
