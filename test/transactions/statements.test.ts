import { describe, expect, it } from 'vitest';
import { type StatementRow, StatementRows } from '../../src/transactions/statement-rows.ts';
import { joinStatements } from '../../src/transactions/statements.ts';
import type { StatementTable } from '../../src/transactions/types.ts';
import { draws } from '../draws.ts';

const header = ['time', 'order', 'amount'];
function statement(file: string, rows: readonly Omit<StatementRow, 'file'>[]): StatementTable {
  const table: StatementTable = { file, dropped: 0, rows: new StatementRows() };
  for (const row of rows) table.rows.add({ ...row, file });
  return table;
}

/** Rows of files as they would be kept with a text of each as a key. */
function keptByText(files: readonly StatementTable[]): StatementRow[] {
  const kept: StatementRow[] = [];
  const held = new Map<string, number>();
  for (const { rows } of files) {
    const here = new Map<string, number>();
    for (const row of rows) {
      const key = JSON.stringify([row.time, row.order, row.payment, row.status, row.amount]);
      here.set(key, (here.get(key) ?? 0) + 1);
      if (here.get(key)! > (held.get(key) ?? 0)) kept.push(row);
    }
    for (const [key, count] of here) held.set(key, Math.max(count, held.get(key) ?? 0));
  }
  return kept.sort((a, b) => a.time - b.time || 0);
}

describe('statements in several files', () => {
  it('count a row once that several of them hold, and twice what one of them has twice', () => {
    const draw = draws(11);
    const pick = (count: number): number => Math.floor(draw() * count);
    for (let round = 0; round < 200; round++) {
      const files = Array.from({ length: 1 + pick(4) }, (_, file) =>
        statement(
          `${file}.csv`,
          Array.from({ length: pick(40) }, (_row, line) => ({
            line,
            time: pick(9) === 0 ? Number.NaN : pick(4) * 1000,
            order: `o${pick(3)}`,
            payment: `p${pick(2)}`,
            status: ['', 'paid', 'constructor'][pick(3)]!,
            amount: pick(9) === 0 ? Number.NaN : pick(2),
          })),
        ),
      );
      const all = files.reduce((sum, { rows }) => sum + rows.length, 0);
      const [joined] = joinStatements(files.map((table) => ({ header, table })));
      if (files.length === 1) continue;
      expect([...joined!.table.rows]).toEqual(keptByText(files));
      expect(joined!.copies).toBe(all - joined!.table.rows.length);
    }
  });

  it('are put in order of time', () => {
    const at = (time: number) => ({ line: 2, time, order: `o${time}`, payment: '', status: '', amount: 1 });
    const files = [statement('b.csv', [at(3000), at(4000)]), statement('a.csv', [at(1000), at(2000)])];
    const [joined] = joinStatements(files.map((table) => ({ header, table })));
    expect([...joined!.table.rows].map(({ time, file }) => [time, file])).toEqual([
      [1000, 'a.csv'],
      [2000, 'a.csv'],
      [3000, 'b.csv'],
      [4000, 'b.csv'],
    ]);
  });
});
