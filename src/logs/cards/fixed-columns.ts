/**
 * Card numbers in records of fixed columns, such as batches of settlement, where digits of the neighbouring columns stand right
 * beside them. No number there can be told by itself: a column is proven by many records of the same length that have, at the
 * same place, different numbers in issuer ranges whose check digits are right. Chance makes one in ten right.
 */
import { type CardSpan, isNumber } from './number.ts';
import { brandOf, MAX_DIGITS, MIN_DIGITS } from './ranges.ts';
import { isDigit } from './spelling.ts';

/** By kind of record: the bytes at which numbers begin, from the beginning of the line. Plain data. */
export type ProvenColumns = ReadonlyMap<number, readonly number[]>;

/** Blocks of a file in which columns are looked for. */
const MOST_BLOCKS = 8;
/** Lines of a block that are looked at, and how many of one kind prove a column. */
const SAMPLE = 400;
const LEAST_RECORDS = 16;
const LEAST_DIFFERENT = 12;
const LEAST_FITTING_SHARE = 0.5;
const LEAST_VALID_SHARE = 0.9;
const SHORTEST_RECORD = 24;
const LONGEST_RECORD = 2048;
/** Records of a kind that is less than this share of the lines are chance. */
const LEAST_SHARE_OF_LINES = 0.1;
/** Lengths that are tried where the digits of the next column follow at once. */
const COMMON_LENGTHS = [16, 15, 19];

interface Record {
  start: number;
  end: number;
}

export class FixedColumns {
  readonly #columns: Map<number, readonly number[]>;
  #blocks = 0;

  /** @param proven what is known of the file already. */
  constructor(proven: ProvenColumns = new Map()) {
    this.#columns = new Map(proven);
  }

  get proven(): ProvenColumns {
    return this.#columns;
  }

  /** Whether any column is proven. */
  get any(): boolean {
    return this.#columns.size > 0;
  }

  /** Looks for columns of numbers in the first lines of bytes[start, end), the next block of a file; only in the first ones. */
  learn(b: Buffer, start: number, end: number): void {
    if (this.#blocks++ >= MOST_BLOCKS) return;
    const kinds = new Map<number, Record[]>();
    let lines = 0;
    for (let at = start; at < end && lines < SAMPLE; lines++) {
      const newline = b.indexOf(10, at);
      if (newline === -1 || newline >= end) break;
      const kind = kindOf(b, at, newline);
      if (kind !== undefined && !this.#columns.has(kind)) {
        const known = kinds.get(kind);
        if (known) known.push({ start: at, end: newline });
        else kinds.set(kind, [{ start: at, end: newline }]);
      }
      at = newline + 1;
    }
    for (const [kind, records] of kinds) {
      if (records.length < LEAST_RECORDS || records.length < lines * LEAST_SHARE_OF_LINES) continue;
      const columns = provenColumns(b, records);
      if (columns.length > 0) this.#columns.set(kind, columns);
    }
  }

  /** The numbers in proven columns of a record, without those that `known` has already. */
  spans(b: Buffer, start: number, end: number, known: readonly CardSpan[]): CardSpan[] {
    const kind = kindOf(b, start, end);
    const columns = kind === undefined ? undefined : this.#columns.get(kind);
    if (!columns) return [];
    return columns.flatMap((column) => {
      const number = numberAt(b, start + column, end);
      if (!number?.valid) return [];
      const { from, digits } = number;
      const to = from + digits.length;
      if (known.some((span) => span.from < to && span.to > from)) return [];
      const brand = brandOf(Number(digits.slice(0, 4)), digits.length)!;
      return [{ from, to, digits, brand, luhn: true, context: 'card' as const, track: 0 as const }];
    });
  }
}

/** Records of one kind have the same length and begin with the same byte, which tells details from totals. */
function kindOf(b: Buffer, start: number, end: number): number | undefined {
  const length = (b[end - 1] === 13 ? end - 1 : end) - start;
  return length < SHORTEST_RECORD || length > LONGEST_RECORD ? undefined : (length << 8) | b[start]!;
}

/** What may be a number at a place: digits up to the end of the column where it is padded, else the common lengths. */
function numberAt(b: Buffer, at: number, end: number): { from: number; digits: string; valid: boolean } | undefined {
  let from = at;
  // Shorter ones are filled with zeros on the left.
  while (from < end && from - at < 7 && b[from] === 48) from++;
  let to = from;
  while (to < end && to - from <= MAX_DIGITS && isDigit(b[to])) to++;
  const length = to - from;
  if (length < MIN_DIGITS) return undefined;
  const prefix = Number(b.toString('latin1', from, from + 4));
  const lengths = length <= MAX_DIGITS ? [length] : COMMON_LENGTHS;
  let fitting: string | undefined;
  for (const n of lengths) {
    if (brandOf(prefix, n) === undefined) continue;
    fitting = b.toString('latin1', from, from + n);
    if (isNumber(fitting)) return { from, digits: fitting, valid: true };
  }
  return fitting === undefined ? undefined : { from, digits: fitting, valid: false };
}

/** Whether letters or digits touch a number, so that nothing but its column can tell it. */
const touches = (b: Buffer, at: number): boolean => /\w/.test(String.fromCharCode(b[at] ?? 32));

function provenColumns(b: Buffer, records: readonly Record[]): number[] {
  const { start, end } = records[0]!;
  const proven: { column: number; valid: number }[] = [];
  for (let column = 0; column + MIN_DIGITS <= end - start; column++) {
    let fitting = 0;
    let valid = 0;
    let touched = 0;
    const different = new Set<string>();
    for (const record of records) {
      // Zeros before a number belong to the column that begins with them.
      if (b[record.start + column] === 48 && b[record.start + column - 1] === 48) continue;
      const number = numberAt(b, record.start + column, record.end);
      if (!number) continue;
      fitting++;
      const { from, digits } = number;
      const beside = from > record.start && touches(b, from - 1);
      if (beside || (from + digits.length < record.end && touches(b, from + digits.length))) touched++;
      if (!number.valid) continue;
      valid++;
      different.add(digits);
    }
    if (
      fitting >= records.length * LEAST_FITTING_SHARE &&
      valid >= fitting * LEAST_VALID_SHARE &&
      different.size >= LEAST_DIFFERENT &&
      touched * 2 >= fitting
    )
      proven.push({ column, valid });
  }
  const taken: number[] = [];
  for (const { column } of proven.sort((x, y) => y.valid - x.valid || x.column - y.column))
    if (taken.every((other) => Math.abs(other - column) >= MIN_DIGITS)) taken.push(column);
  return taken;
}
