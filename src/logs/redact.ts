/** A copy of a log without card data and secrets: numbers masked in place, track and verification values and secrets removed. */
import { CardScanner } from './card-numbers.ts';
import { FixedColumns } from './cards/fixed-columns.ts';
import { MaskedBefore } from './cards/masked-before.ts';
import { digitLength, separatorAt } from './cards/spelling.ts';
import { asJson, mayHoldValues, ValueColumns, withoutValues } from './redact-values.ts';
import { NextLine } from './secrets/next-line.ts';
import { SecretScanner } from './secrets/scan.ts';

export interface RedactionCounts {
  lines: number;
  masked: number;
  secrets: number;
}

/** What is a few digits beside a masked number is masked as it is. */
const FEW_DIGITS = new Set(['verification-value', 'pin', 'one-time-code']);

export class Redactor {
  readonly #scanner = new CardScanner(Buffer.alloc(32));
  readonly #secrets = new SecretScanner(Buffer.alloc(32));
  readonly #columns = new ValueColumns();
  readonly #fixed = new FixedColumns();
  readonly #nextLine = new NextLine();
  readonly #before: MaskedBefore;
  #insideKey = false;
  #keyLines = 0;
  readonly counts: RedactionCounts = { lines: 0, masked: 0, secrets: 0 };

  /** @param known numbers masked wherever they stand alone, from the first line on */
  constructor(known = new MaskedBefore()) {
    this.#before = known;
  }

  /** Looks for columns of numbers in the lines of bytes[start, end), which are to be cleaned next. */
  learn(b: Buffer, start: number, end: number): void {
    this.#fixed.learn(b, start, end);
  }

  /**
   * @param goesOn the line has more than these bytes.
   * @returns the line bytes[start, end) with its numbers masked; the same bytes when there is nothing to mask.
   */
  line(b: Buffer, start: number, end: number, goesOn = false): Buffer {
    if (this.counts.lines === 0) {
      this.#scanner.header(b, start, end, '');
      this.#columns.header(b, start, end);
    }
    if (!goesOn) this.counts.lines++;
    if (this.#insideKey || mayBeginKey(b, start, end)) {
      const rest = this.#privateKey(b.toString('latin1', start, end));
      if (rest !== undefined) return Buffer.from(rest, 'latin1');
    }
    const secrets = this.#secrets.spans(b, start, end);
    const named = this.#nextLine.span(b, start, end);
    if (named && !secrets.some(({ from, to }) => from < named.to && to > named.from)) {
      secrets.push(named);
      secrets.sort((x, y) => x.from - y.from);
    }
    this.counts.secrets += secrets.length;
    if (secrets.length > 0) {
      let clean = '';
      let at = start;
      for (const { from, to, kind } of secrets) {
        clean += `${b.toString('latin1', at, from)}${FEW_DIGITS.has(kind.id) ? '***' : `[${kind.id} removed]`}`;
        at = to;
      }
      const bytes = Buffer.from(clean + b.toString('latin1', at, end), 'latin1');
      return this.#cards(bytes, 0, bytes.length, true);
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
    // A key whose lines are joined ends on its line, also where its end was cut off.
    const joined = begin !== null && /\S/.test(text.slice(begin.index + begin[0].length));
    this.#insideKey = end === null && !joined && this.#keyLines < 200;
    return `${head}[private-key removed]${end ? text.slice(end.index + end[0].length) : ''}`;
  }

  /** @param changed secrets were removed from it */
  #cards(b: Buffer, start: number, end: number, changed = false): Buffer {
    const spans = this.#scanner.spans(b, start, end, this.#fixed);
    for (const { from, to, encoded } of spans) if (!encoded) this.#before.add(b.toString('latin1', from, to));
    const again = this.#before
      .spans(b, start, end)
      .filter(({ from, to }) => !spans.some((span) => from < span.to && to > span.from));
    const { any } = this.#columns;
    if (spans.length === 0 && again.length === 0 && !changed && !any && !mayHoldValues(b, start, end))
      return b.subarray(start, end);
    const copy = Buffer.from(b.subarray(start, end));
    for (const { from, to, encoded } of spans) {
      this.counts.masked++;
      // What holds the number encoded cannot be masked digit by digit.
      if (encoded) copy.fill(42, from - start, to - start);
      else maskDigits(copy, from - start, to - start);
    }
    for (const { from, to } of again) {
      this.counts.masked++;
      maskDigits(copy, from - start, to - start);
    }
    const text = copy.toString('latin1');
    const without = this.#columns.clean(withoutValues(text));
    const cleaned = changed || spans.length + again.length > 0 || without !== text ? asJson(without) : text;
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
