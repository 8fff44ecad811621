/** Statements of one provider in several files: what belongs together is compared as a whole, each row once. */
import { randomInt } from 'node:crypto';
import { borderOf } from './series.ts';
import { type StatementRow, StatementRows } from './statement-rows.ts';
import type { StatementTable } from './types.ts';

/** A statement file and the names of its columns, which tell whose it is. */
export interface StatementFile {
  header: readonly string[];
  table: StatementTable;
}

/** Rows from which one can tell that their times are those of payments and not of a settlement. */
const FEWEST_TIMES = 20;

function spanOf(rows: StatementRows): { from: number; to: number } | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const time of rows.times()) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return from <= to ? { from, to } : undefined;
}

/** Whether most rows have a time of their own: a settlement of the night has one for all. */
const tellsTimes = (rows: StatementRows): boolean =>
  rows.length >= FEWEST_TIMES && new Set(rows.times()).size >= rows.length / 2;

/** The stretches that the files cover; undefined where their times do not tell it. */
function coverOf(tables: readonly StatementTable[]): StatementTable['covers'] {
  if (!tables.every(({ rows }) => tellsTimes(rows))) return undefined;
  const spans = tables.map(({ file, rows }) => ({ file, ...spanOf(rows)! })).sort((a, b) => a.from - b.from);
  const covers: { file: string; from: number; to: number }[] = [];
  for (const span of spans) {
    const last = covers.at(-1);
    if (last && (span.from <= last.to || borderOf(last, span, last.to).adjoins)) {
      last.to = Math.max(last.to, span.to);
      last.file = span.file;
    } else covers.push({ ...span });
  }
  return covers.map(({ from, to }) => ({ from, to }));
}

/** Numbers nobody can choose texts for: rows that share one would be compared with each other. */
const SEED = randomInt(2 ** 32);

/** Equal for rows that tell the same. */
function rowHash({ time, order, payment, status, amount }: StatementRow): number {
  let hash = SEED ^ Math.imul(time % 2 ** 32, 0x9e3779b1) ^ Math.imul(amount * 100, 0x85ebca6b);
  for (const text of [order, payment, status]) {
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ 0xff51, 0xc2b2ae35);
  }
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Rows that several files hold: how often each stands in the file that is read, and at most in one before it. */
class HeldRows {
  readonly #rows: StatementRows;
  readonly #slots: Uint32Array;
  readonly #held: Uint32Array;
  readonly #here: Uint32Array;
  readonly #seenIn: Uint32Array;

  /** @param rows that are kept. @param most that there may be. */
  constructor(rows: StatementRows, most: number) {
    this.#rows = rows;
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(most * 2 + 2)));
    this.#held = new Uint32Array(most);
    this.#here = new Uint32Array(most);
    this.#seenIn = new Uint32Array(most);
  }

  /** Keeps a row unless a file before has it as often. @param file number of its file. @returns whether it was kept. */
  add(row: StatementRow, file: number): boolean {
    const mask = this.#slots.length - 1;
    let slot = rowHash(row) & mask;
    while (this.#slots[slot] !== 0 && !this.#rows.tellsSame(this.#slots[slot]! - 1, row)) slot = (slot + 1) & mask;
    if (this.#slots[slot] === 0) this.#slots[slot] = this.#rows.length + 1;
    const first = this.#slots[slot]! - 1;
    if (this.#seenIn[first] !== file) {
      this.#held[first] = Math.max(this.#held[first]!, this.#here[first]!);
      this.#here[first] = 0;
      this.#seenIn[first] = file;
    }
    this.#here[first]!++;
    if (this.#here[first]! <= this.#held[first]!) return false;
    this.#rows.add(row);
    return true;
  }
}

/** One statement of files of one shape. A row that several files hold counts once; what one file has twice stays twice. */
function joined(tables: readonly StatementTable[]): { table: StatementTable; copies: number } {
  const kept = new StatementRows();
  const held = new HeldRows(
    kept,
    tables.reduce((sum, { rows }) => sum + rows.length, 0),
  );
  let copies = 0;
  for (const [i, { rows }] of tables.entries()) for (const row of rows) if (!held.add(row, i + 1)) copies++;
  const covers = coverOf(tables);
  return {
    table: {
      file: tables[0]!.file,
      files: tables.map(({ file }) => file),
      rows: kept.inOrderOfTime(),
      dropped: tables.reduce((sum, { dropped }) => sum + dropped, 0),
      ...(covers ? { covers } : {}),
    },
    copies,
  };
}

/**
 * Puts the statements of one shape together.
 * @returns one table for each shape, and the rows that were counted once although several of its files hold them.
 */
export function joinStatements(files: readonly StatementFile[]): { table: StatementTable; copies: number }[] {
  const shapes = new Map<string, StatementTable[]>();
  for (const { header, table } of files) {
    const shape = header.map((name) => name.trim()).join('\n');
    shapes.set(shape, [...(shapes.get(shape) ?? []), table]);
  }
  return [...shapes.values()].map((tables) =>
    tables.length === 1 ? { table: tables[0]!, copies: 0 } : joined(tables),
  );
}
