/** A copy of a log without card data and secrets: numbers masked in place, track and verification values and secrets removed. */
import { CardScanner } from './card-numbers.ts';
import { digitLength, separatorAt } from './cards/spelling.ts';
import { SecretScanner } from './secrets/scan.ts';

/** `cvv=123` beside a card number: sensitive authentication data, which must not be stored at all (PCI DSS 3.3.1). */
const VERIFICATION = /(["']?\b(?:cvv2?|cvc2?|cid|csc|security_?code)\b["']?\s{0,2}[=:]\s{0,2}["']?)\d{3,4}(?!\d)/gi;
/** The rest of track 2 after the number: expiry, service code, discretionary data. */
const TRACK2_REST = /(;\d{6}\*{2,9}\d{4}=)\d{4,}/g;
/** The rest of track 1: name, expiry, discretionary data. */
const TRACK1_REST = /(%B\d{6}\*{2,9}\d{4}\^)[^?\n]{0,100}/g;

export interface RedactionCounts {
  lines: number;
  masked: number;
  secrets: number;
}

export class Redactor {
  readonly #scanner = new CardScanner(Buffer.alloc(32));
  readonly #secrets = new SecretScanner(Buffer.alloc(32));
  #insideKey = false;
  #keyLines = 0;
  readonly counts: RedactionCounts = { lines: 0, masked: 0, secrets: 0 };

  /**
   * @param goesOn the line has more than these bytes.
   * @returns the line bytes[start, end) with its numbers masked; the same bytes when there is nothing to mask.
   */
  line(b: Buffer, start: number, end: number, goesOn = false): Buffer {
    if (this.counts.lines === 0) this.#scanner.header(b, start, end, '');
    if (!goesOn) this.counts.lines++;
    if (this.#insideKey || mayBeginKey(b, start, end)) {
      const rest = this.#privateKey(b.toString('latin1', start, end));
      if (rest !== undefined) return Buffer.from(rest, 'latin1');
    }
    const secrets = this.#secrets.spans(b, start, end);
    this.counts.secrets += secrets.length;
    if (secrets.length > 0) {
      let clean = '';
      let at = start;
      for (const { from, to, kind } of secrets) {
        clean += `${b.toString('latin1', at, from)}${kind.id === 'verification-value' ? '***' : `[${kind.id} removed]`}`;
        at = to;
      }
      const bytes = Buffer.from(clean + b.toString('latin1', at, end), 'latin1');
      return this.#cards(bytes, 0, bytes.length);
    }
    return this.#cards(b, start, end);
  }

  /** Lines between the marks of a private key; undefined where the line holds nothing of one. */
  #privateKey(text: string): string | undefined {
    const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.exec(text);
    if (!this.#insideKey && !begin) return undefined;
    const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.exec(text);
    if (begin) this.counts.secrets++;
    const head = this.#insideKey ? '' : text.slice(0, begin!.index);
    // A key of more lines than any has is a lost end: the rest is the log again.
    this.#keyLines = this.#insideKey ? this.#keyLines + 1 : 0;
    this.#insideKey = end === null && this.#keyLines < 200;
    return `${head}[private-key removed]${end ? text.slice(end.index + end[0].length) : ''}`;
  }

  #cards(b: Buffer, start: number, end: number): Buffer {
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

/** Five dashes in a row. */
function mayBeginKey(b: Buffer, start: number, end: number): boolean {
  const at = b.subarray(start, end).indexOf('-----BEGIN ');
  return at !== -1;
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
