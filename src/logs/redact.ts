/** A copy of a log without card data: numbers masked in place, track and verification values removed. */
import { CardScanner } from './card-numbers.ts';
import { digitLength, separatorAt } from './cards/spelling.ts';

/** `cvv=123` beside a card number: sensitive authentication data, which must not be stored at all (PCI DSS 3.3.1). */
const VERIFICATION = /(["']?\b(?:cvv2?|cvc2?|cid|csc|security_?code)\b["']?\s{0,2}[=:]\s{0,2}["']?)\d{3,4}(?!\d)/gi;
/** The rest of track 2 after the number: expiry, service code, discretionary data. */
const TRACK2_REST = /(;\d{6}\*{2,9}\d{4}=)\d{4,}/g;
/** The rest of track 1: name, expiry, discretionary data. */
const TRACK1_REST = /(%B\d{6}\*{2,9}\d{4}\^)[^?\n]{0,100}/g;

export interface RedactionCounts {
  lines: number;
  masked: number;
}

export class Redactor {
  readonly #scanner = new CardScanner(Buffer.alloc(32));
  readonly counts: RedactionCounts = { lines: 0, masked: 0 };

  /** @returns the line bytes[start, end) with its numbers masked; the same bytes when there is nothing to mask. */
  line(b: Buffer, start: number, end: number): Buffer {
    this.counts.lines++;
    const spans = this.#scanner.spans(b, start, end);
    if (spans.length === 0 && !mayHoldVerification(b, start, end)) return b.subarray(start, end);
    const copy = Buffer.from(b.subarray(start, end));
    for (const { from, to, encoded } of spans) {
      this.counts.masked++;
      // What holds the number encoded cannot be masked digit by digit.
      if (encoded) copy.fill(42, from - start, to - start);
      else maskDigits(copy, from - start, to - start);
    }
    const text = copy.toString('latin1');
    const cleaned = text
      .replace(TRACK2_REST, '$1[removed]')
      .replace(TRACK1_REST, '$1[removed]')
      .replace(VERIFICATION, '$1***');
    return cleaned === text ? copy : Buffer.from(cleaned, 'latin1');
  }
}

/** All digits but the first six and the last four, full-width ones too, overwritten by stars of the same length. */
function maskDigits(line: Buffer, from: number, to: number): void {
  const digits: { at: number; length: number }[] = [];
  for (let at = from; at < to; ) {
    const length = digitLength(line, at);
    // Digits of a spelled-out separator such as %20 are none of the number.
    const gap = length > 0 ? 0 : separatorAt(line, at);
    if (length > 0) digits.push({ at, length });
    at += Math.max(1, length, gap);
  }
  for (const { at, length } of digits.slice(6, -4)) line.fill(42, at, at + length);
}

function mayHoldVerification(b: Buffer, start: number, end: number): boolean {
  for (let at = start; at + 2 < end; at++) {
    const first = b[at]! | 32;
    if (first !== 99 && first !== 115) continue;
    const second = b[at + 1]! | 32;
    // cv, ci, cs, se
    if ((first === 99 && (second === 118 || second === 105 || second === 115)) || (first === 115 && second === 101))
      return true;
  }
  return false;
}
