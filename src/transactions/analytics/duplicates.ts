import type { StatementTable, TransactionTable } from '../types.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { PAID } from './reconcile.ts';
import { groupBy } from './runs.ts';
import { attemptsInOrder, cardIds, cardOf, cite, type LineReference, outcomeOf, textOf } from './view.ts';

export interface DuplicateCharge {
  kind: 'same-order' | 'same-card' | 'statement';
  order: string;
  card?: string;
  merchant: string;
  amount: number;
  count: number;
  from: number;
  to: number;
  lines: LineReference[];
}

/** Whether two attempts come from one person, as far as the table tells. */
function samePerson(table: TransactionTable, a: number, b: number): boolean {
  const columns = (['client', 'device', 'user'] as const).filter((column) => table[column][a] && table[column][b]);
  return columns.length === 0 || columns.some((column) => table[column][a] === table[column][b]);
}

function describe(table: TransactionTable, kind: DuplicateCharge['kind'], rows: number[]): DuplicateCharge {
  const [first] = rows as [number, ...number[]];
  const card = cardOf(table, first);
  return {
    kind,
    order: textOf(table, 'order', first),
    ...(card ? { card } : {}),
    merchant: textOf(table, 'merchant', first),
    amount: table.amount[first]!,
    count: rows.length,
    from: table.time[first]!,
    to: table.time[rows.at(-1)!]!,
    lines: cite(table, rows),
  };
}

/** One order approved under several payment ids. */
function sameOrder(table: TransactionTable, approved: Uint32Array): DuplicateCharge[] {
  const ids = cardIds(table);
  const found: DuplicateCharge[] = [];
  for (const rows of groupBy(approved, (row) => table.order[row]).values()) {
    if (rows.length < 2) continue;
    // The same payment written twice is a copy of a row, not a second charge.
    const payments = new Set(rows.map((row) => table.payment[row] || -table.line[row]!));
    if (payments.size < 2) continue;
    // Order numbers come round again; a second charge is of the same amount and, where known, the same card.
    const first = rows[0]!;
    const again = rows.filter((row) => table.amount[row] === table.amount[first] && ids[row] === ids[first]);
    if (again.length > 1) found.push(describe(table, 'same-order', again));
  }
  return found;
}

/** One card charged the same amount at the same merchant twice within moments: a second click. */
function sameCard(table: TransactionTable, approved: Uint32Array, within: number): DuplicateCharge[] {
  const ids = cardIds(table);
  const found: DuplicateCharge[] = [];
  for (const rows of groupBy(approved, (row) => ids[row]).values()) {
    for (let i = 1; i < rows.length; i++) {
      const row = rows[i]!;
      // Approvals are in order of time, so only the ones just before can be the first click.
      for (let j = i - 1; j >= 0 && table.time[row]! - table.time[rows[j]!]! <= within; j--) {
        const before = rows[j]!;
        const same =
          table.merchant[row] === table.merchant[before] &&
          table.amount[row] === table.amount[before] &&
          table.currency[row] === table.currency[before];
        if (!same || table.order[row] === table.order[before] || !samePerson(table, before, row)) continue;
        found.push(describe(table, 'same-card', [before, row]));
        break;
      }
    }
  }
  return found;
}

/** One order settled under two payment ids. */
function settledTwice({ file, rows }: StatementTable): DuplicateCharge[] {
  const found: DuplicateCharge[] = [];
  const seen = new Map<string, { line: number; payment: string; time: number }>();
  for (const { order, payment, status, line, time, amount } of rows) {
    if (!order || amount < 0 || !(status === '' || PAID.test(status))) continue;
    const before = seen.get(order);
    if (before && before.payment !== payment) {
      const lines = [
        { file, line: before.line, time: before.time },
        { file, line, time },
      ];
      found.push({ kind: 'statement', order, merchant: '', amount, count: 2, from: before.time, to: time, lines });
    }
    seen.set(order, { line, payment, time });
  }
  return found;
}

/**
 * Charges that were taken twice: one order approved under several payment ids, one order settled twice, or one card
 * charged the same amount at the same merchant twice within moments under different orders.
 */
export function duplicates(
  table: TransactionTable,
  statements: StatementTable[],
  limits: TransactionLimits,
): DuplicateCharge[] {
  const approved = attemptsInOrder(table).filter((row) => outcomeOf(table, row) === 'approved');
  const within = limit(limits, 'duplicates.sameCardSeconds') * 1000;
  return [
    ...sameOrder(table, approved),
    ...sameCard(table, approved, within),
    ...statements.flatMap(settledTwice),
  ].sort((a, b) => a.from - b.from);
}
