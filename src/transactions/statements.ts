/** Statements of one provider in several files: what belongs together is compared as a whole, each row once. */
import { borderOf } from './series.ts';
import type { StatementTable } from './types.ts';

type Row = StatementTable['rows'][number];
/** A statement file and the names of its columns, which tell whose it is. */
export interface StatementFile {
  header: readonly string[];
  table: StatementTable;
}

/** Rows from which one can tell that their times are those of payments and not of a settlement. */
const FEWEST_TIMES = 20;

function spanOf(rows: readonly Row[]): { from: number; to: number } | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { time } of rows) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return from <= to ? { from, to } : undefined;
}

/** Whether most rows have a time of their own: a settlement of the night has one for all. */
const tellsTimes = (rows: readonly Row[]): boolean =>
  rows.length >= FEWEST_TIMES && new Set(rows.map(({ time }) => time)).size >= rows.length / 2;

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

/** One statement of files of one shape. A row that several files hold counts once; what one file has twice stays twice. */
function joined(tables: readonly StatementTable[]): { table: StatementTable; copies: number } {
  const rows: Row[] = [];
  const held = new Map<string, number>();
  let copies = 0;
  for (const { file, rows: own } of tables) {
    const inThis = new Map<string, number>();
    for (const row of own) {
      const key = JSON.stringify([row.time, row.order, row.payment, row.status, row.amount]);
      const count = (inThis.get(key) ?? 0) + 1;
      inThis.set(key, count);
      if (count <= (held.get(key) ?? 0)) copies++;
      else rows.push({ ...row, file });
    }
    for (const [key, count] of inThis) held.set(key, Math.max(count, held.get(key) ?? 0));
  }
  rows.sort((a, b) => a.time - b.time || 0);
  const covers = coverOf(tables);
  return {
    table: {
      file: tables[0]!.file,
      files: tables.map(({ file }) => file),
      rows,
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

/** The file that a row of a statement stands in. */
export const statementFileOf = (table: StatementTable, row: Row): string => row.file ?? table.file;
