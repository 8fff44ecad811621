/** Files that are parts of one table, as one table. */
import { INTERNED } from './builder.ts';
import type { FileRows } from './read-table.ts';
import type { Part, Series } from './series.ts';
import { habitsOfAll } from './settle.ts';
import type { TransactionTable } from './types.ts';

const NUMBERS = ['time', 'line', 'amount', 'httpStatus', 'outcome', 'latencyMs', 'reason', 'kind'] as const;

/** Rows that are kept of each part, one part after the other, in an array of the same kind. */
function concatenated<T extends Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array>(
  columns: readonly T[],
  kept: readonly Uint32Array[],
  length: number,
): T {
  const joined = new (columns[0]!.constructor as new (length: number) => T)(length);
  let at = 0;
  for (const [i, rows] of kept.entries()) for (const row of rows) joined[at++] = columns[i]![row]!;
  return joined;
}

/** Problems of all parts by kind, with the file of the first of each. */
function problemsOf(series: Series, copies: number): NonNullable<TransactionTable['problems']> {
  const problems = new Map<string, NonNullable<TransactionTable['problems']>[number]>();
  for (const { table } of series.parts)
    for (const problem of table.problems ?? []) {
      const known = problems.get(problem.what);
      if (known) known.count += problem.count;
      else problems.set(problem.what, { ...problem, file: table.file });
    }
  const found = [...problems.values()];
  if (copies > 0) {
    const part = series.parts.find(({ copy }) => copy.includes(1))!;
    const firstLine = part.table.line[part.copy.indexOf(1)]!;
    found.push({ what: COPIED, count: copies, firstLine, file: part.table.file });
  }
  return found;
}

/** Which machine a row comes from is told by its file where no column tells it: else a dead node hides among the others. */
function nameMachines(parts: readonly Part[]): void {
  for (const { table, machine } of parts) {
    if (machine === undefined || table.node.some((id) => id !== 0)) continue;
    table.node = new Uint32Array(table.length).fill(table.strings.length);
    table.strings.push(machine);
  }
}

/** Said of rows that two exports both hold. */
export const COPIED = 'row that stands in another export, too; counted once';

/** Makes one table of a series; the columns of its parts are released one by one. */
export function joinSeries(series: Series): FileRows {
  const { parts, gaps, thin } = series;
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const kept = parts.map(({ table, copy }) => {
    const rows: number[] = [];
    for (let row = 0; row < table.length; row++) if (copy[row] === 0) rows.push(row);
    return Uint32Array.from(rows);
  });
  nameMachines(parts);
  const length = kept.reduce((sum, rows) => sum + rows.length, 0);
  const strings: string[] = [''];
  const known = new Map<string, number>([['', 0]]);
  const ids = parts.map(({ table }) =>
    Uint32Array.from(table.strings, (text) => {
      let id = known.get(text);
      if (id === undefined) {
        id = strings.length;
        strings.push(text);
        known.set(text, id);
      }
      return id;
    }),
  );
  const source = new Uint32Array(length);
  let at = 0;
  for (const [i, rows] of kept.entries()) {
    source.fill(i, at, at + rows.length);
    at += rows.length;
  }
  const copies = parts.reduce((sum, { table }, i) => sum + table.length - kept[i]!.length, 0);
  const columns: TransactionTable['columns'] = {};
  for (const { table } of parts) for (const [meaning, name] of Object.entries(table.columns)) columns[meaning] ??= name;
  const table: TransactionTable = {
    ...first.table,
    length,
    strings,
    columns,
    files: parts.map((part) => part.table.file),
    source,
    gaps,
    ...(thin ? { thin } : {}),
    dropped: parts.reduce((sum, part) => sum + part.table.dropped, 0),
  };
  const cards = parts.flatMap((part) => part.table.fullCardNumbers ?? []);
  if (cards[0]) table.fullCardNumbers = { ...cards[0], count: cards.reduce((sum, { count }) => sum + count, 0) };
  const problems = problemsOf(series, copies);
  if (problems.length > 0) table.problems = problems;
  for (const name of NUMBERS) {
    const joined = concatenated(
      parts.map((part) => part.table[name]!),
      kept,
      length,
    );
    release(series, name);
    Object.assign(table, { [name]: joined });
  }
  for (const name of INTERNED) {
    const joined = concatenated(
      parts.map((part, i) => part.table[name].map((id) => ids[i]![id]!)),
      kept,
      length,
    );
    release(series, name);
    table[name] = joined;
  }
  return { table, habits: habitsOfAll(parts.map(({ habits }) => habits)) };
}

/** Two copies of a column of a million rows are not kept. */
function release(series: Series, column: (typeof NUMBERS)[number] | (typeof INTERNED)[number]): void {
  for (const { table } of series.parts) Object.assign(table, { [column]: new Uint8Array(0) });
}
