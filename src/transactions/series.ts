/**
 * Which files are parts of one table: exports of one shape that follow each other in time, or that hold rows of each other.
 * Exports of the same time with other rows are series of their own; peers.ts joins those of several machines.
 */
import { append, most } from '../lists.ts';
import { textHash } from '../text-hash.ts';
import { MOST_ROWS } from './builder.ts';
import type { FileRows } from './read-table.ts';
import { type Gap, OUTCOMES, type TransactionTable } from './types.ts';

/** Longer tables are no series of minutes any more. */
const LONGEST = 31 * 86_400_000;
/** Two files that follow each other may overlap by this much: a late row, an hour that both have. */
const OVERLAP = 0.1;
const OVERLAP_MS = 60_000;
/** Share of the rows of a common stretch that both files must hold to be exports of the same. */
const COPIES = 0.5;
/** A pause between files beyond this share of their length is time that nobody exported. */
const PAUSE = 0.1;
const DAY = 86_400_000;

/** One file with its stretch of time and its rows as numbers that are equal for equal rows. */
export interface Part extends FileRows {
  from: number;
  to: number;
  /** Of the whole row, and of what names the attempt whatever became of it (0 without a number of the order or payment). */
  row: Float64Array;
  attempt: Float64Array;
  /** 1 for rows that another file tells better. */
  copy: Uint8Array;
  /** The machine whose payments these are, where several wrote at the same time. */
  machine?: string;
}

const NAMES = ['order', 'payment', 'merchant', 'bin', 'last4', 'cardFingerprint'] as const;
const REST = ['route', 'node', 'currency', 'code', 'status', 'client', 'user', 'device', 'subject'] as const;

/** 2^26: two numbers below it fill the 52 bits of one that JavaScript holds exactly. */
const HALF = 2 ** 26;
const mix = (hash: number, value: number): number => {
  const low = Math.imul((hash % HALF) ^ value, 0x9e3779b1) >>> 6;
  const high = Math.imul((Math.floor(hash / HALF) + (value >>> 3)) ^ low, 0x85ebca6b) >>> 6;
  return high * HALF + low;
};

const bits = new DataView(new ArrayBuffer(8));
const numberHash = (value: number): number => {
  bits.setFloat64(0, value);
  return (bits.getUint32(0) ^ Math.imul(bits.getUint32(4), 0x85ebca6b)) >>> 0;
};

/** @returns undefined for rows without any time: they cannot be put in order. */
export function partOf({ table, habits }: FileRows): Part | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const time of table.time) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  if (to < from) return undefined;
  const none = new Float64Array(0);
  return { table, habits, from, to, row: none, attempt: none, copy: new Uint8Array(table.length) };
}

/** Computed when two files share a stretch of time. */
function hashRows(part: Part): void {
  const { table } = part;
  if (part.row.length > 0) return;
  const texts = Float64Array.from(table.strings, textHash);
  part.row = new Float64Array(table.length);
  part.attempt = new Float64Array(table.length);
  for (let i = 0; i < table.length; i++) {
    let hash = mix(numberHash(table.time[i]!), numberHash(table.amount[i]!));
    for (const column of NAMES) hash = mix(hash, texts[table[column][i]!]!);
    part.attempt[i] = table.order[i] || table.payment[i] ? hash : 0;
    for (const column of REST) hash = mix(hash, texts[table[column][i]!]!);
    part.row[i] = hash;
  }
}

const isFinal = (table: TransactionTable, row: number): boolean =>
  !['pending', 'unknown'].includes(OUTCOMES[table.outcome[row]!]!);

/**
 * Marks the rows that two files both hold. Of an attempt that one export has as open and the other as decided, the decided row
 * stays. Rows are matched one to one, so that what one file has twice stays twice.
 * @returns how many of the rows of their common stretch both have: of the file with fewer of them.
 */
export function markCopies(earlier: Part, later: Part): { share: number; undo: () => void } {
  hashRows(earlier);
  hashRows(later);
  const [from, to] = [Math.max(earlier.from, later.from), Math.min(earlier.to, later.to)];
  const within = ({ table, copy }: Part, i: number): boolean =>
    copy[i] === 0 && table.time[i]! >= from && table.time[i]! <= to;
  const rows = new Map<number, number>();
  const attempts = new Map<number, number>();
  let inEarlier = 0;
  let inLater = 0;
  for (let i = 0; i < earlier.table.length; i++) {
    if (!within(earlier, i)) continue;
    inEarlier++;
    rows.set(earlier.row[i]!, (rows.get(earlier.row[i]!) ?? 0) + 1);
    if (earlier.attempt[i]) attempts.set(earlier.attempt[i]!, i);
  }
  const marked: [Part, number][] = [];
  const mark = (part: Part, i: number): void => {
    part.copy[i] = 1;
    marked.push([part, i]);
  };
  for (let i = 0; i < later.table.length; i++) {
    if (!within(later, i)) continue;
    inLater++;
    const same = rows.get(later.row[i]!) ?? 0;
    const other = later.attempt[i] ? attempts.get(later.attempt[i]!) : undefined;
    if (same > 0) {
      rows.set(later.row[i]!, same - 1);
      mark(later, i);
    } else if (other !== undefined && !isFinal(earlier.table, other) && earlier.copy[other] === 0) mark(earlier, other);
    else if (other !== undefined && !isFinal(later.table, i)) mark(later, i);
  }
  const undo = (): void => {
    for (const [part, i] of marked) part.copy[i] = 0;
  };
  const share = marked.length / Math.max(1, Math.min(inEarlier, inLater));
  // Rows without a number of their own may be equal by chance.
  if (share < COPIES) for (const [part, i] of marked) if (part.attempt[i] === 0) part.copy[i] = 0;
  return { share, undo };
}

/** Numbers and the words between them. */
const words = (path: string): string[] => path.split(/(\d+)/);

/** How unlike two paths are: words that differ count more than numbers do. */
function unlike(a: string, b: string): number {
  const [one, two] = [words(a), words(b)];
  let sum = Math.abs(one.length - two.length) * 10;
  for (let i = 0; i < Math.min(one.length, two.length); i++) if (one[i] !== two[i]) sum += i % 2 === 1 ? 1 : 10;
  return sum;
}

/** Names that a program gives to the pieces of one export, however it dealt the rows out. */
const PIECE = /(?:^|[-_./])(?:part|parts|chunk|split|page|shard|slice|segment|seite|parte)[-_.]?\d/i;
const arePieces = (a: string, b: string): boolean => PIECE.test(a) && PIECE.test(b) && unlike(a, b) < 10;

/** The day that a file's name tells (`orders-2026-05-01.csv`, `txn_20260501.csv`), as ms UTC of its start. */
function dayOf(path: string): number | undefined {
  const match = /(?<!\d)(20\d{2})[-_.]?([01]\d)[-_.]?([0-3]\d)(?!\d)/.exec(path.slice(path.lastIndexOf('/') + 1));
  const day = match ? Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) : Number.NaN;
  return Number.isNaN(day) ? undefined : day;
}

/** A file and the time of its rows. */
interface FileSpan {
  file: string;
  from: number;
  to: number;
}
const spanOfPart = ({ table: { file }, from, to }: Part): FileSpan => ({ file, from, to });

/** Whether a file begins where the one before ended: by the days in their names, else by their lengths. */
export function borderOf(before: FileSpan, next: FileSpan, end: number): { adjoins: boolean; named: boolean } {
  const days = [dayOf(before.file), dayOf(next.file)];
  if (days[0] !== undefined && days[1] !== undefined) return { adjoins: days[1] - days[0] <= DAY, named: true };
  const pause = Math.max(OVERLAP_MS, PAUSE * Math.min(before.to - before.from, next.to - next.from));
  return { adjoins: next.from - end <= pause, named: false };
}

/** Files that make one table. */
export interface Series {
  parts: Part[];
  from: number;
  to: number;
  rows: number;
  gaps: Gap[];
  /** Stretches that the export of one of several machines does not cover. */
  thin?: NonNullable<TransactionTable['thin']>;
}

/** Whether a part continues a series; copies are marked only if it does. */
function continues(series: Series, part: Part): boolean {
  if (series.rows + part.table.length > MOST_ROWS) return false;
  if (Math.max(series.to, part.to) - series.from > LONGEST) return false;
  const overlap = Math.min(series.to, part.to) - part.from;
  if (overlap < 0) return true;
  const shorter = Math.min(part.to - part.from, most(series.parts.map(({ from, to }) => to - from)));
  const follows = overlap <= Math.max(OVERLAP_MS, shorter * OVERLAP);
  const matches = series.parts
    .filter(({ from, to }) => to >= part.from && from <= part.to)
    .map((earlier) => markCopies(earlier, part));
  const pieces = series.parts.every(({ table }) => arePieces(table.file, part.table.file));
  if (follows || pieces || matches.some(({ share }) => share >= COPIES)) return true;
  for (const { undo } of matches) undo();
  return false;
}

/** Puts the files of one shape together. @param parts in any order. */
export function seriesOf(parts: readonly Part[]): Series[] {
  const series: Series[] = [];
  const order = (a: Part, b: Part): number => a.from - b.from || a.to - b.to || (a.table.file < b.table.file ? -1 : 1);
  for (const part of [...parts].sort(order)) {
    // The nearest name first: of two nodes with a file a day, each continues its own.
    const likely = [...series].sort(
      (a, b) =>
        unlike(a.parts.at(-1)!.table.file, part.table.file) - unlike(b.parts.at(-1)!.table.file, part.table.file),
    );
    const found = likely.find((one) => continues(one, part));
    if (!found) {
      series.push({
        parts: [part],
        from: part.from,
        to: part.to,
        rows: part.table.length,
        gaps: [...(part.table.gaps ?? [])],
      });
      continue;
    }
    const { adjoins, named } = borderOf(spanOfPart(found.parts.at(-1)!), spanOfPart(part), found.to);
    if (part.from > found.to && !adjoins) found.gaps.push({ from: found.to, to: part.from, named });
    append(found.gaps, part.table.gaps ?? []);
    found.parts.push(part);
    found.rows += part.table.length;
    found.to = Math.max(found.to, part.to);
  }
  return series;
}
