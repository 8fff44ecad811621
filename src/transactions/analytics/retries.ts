import type { Reason } from '../response-codes.ts';
import type { TransactionTable } from '../types.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { groupBy } from './runs.ts';
import {
  attemptsInOrder,
  cardIds,
  cardOf,
  cite,
  type LineReference,
  outcomeOf,
  reasonOf,
  samePerson,
  textOf,
} from './view.ts';

/** A card that is tried more often than a scheme allows: each further attempt costs a fee (Mastercard TPE). */
export interface ExcessiveRetries {
  rule: 'declines-per-day' | 'same-amount-per-month' | 'after-final-decline';
  card: string;
  merchant: string;
  attempts: number;
  /** Attempts beyond what the rule allows. */
  beyond: number;
  from: number;
  to: number;
  lines: LineReference[];
}

const DAY = 86_400_000;

/** Answers that forbid another attempt with the same card data (merchant advice 03 and 21; Visa category 1). */
const FINAL: ReadonlySet<Reason> = new Set(['lost-or-stolen', 'invalid-card', 'stop-payment']);

/** Most rows within any window of `span` ms. */
function densest(table: TransactionTable, rows: number[], span: number): number[] {
  let best: [number, number] = [0, -1];
  let left = 0;
  for (let right = 0; right < rows.length; right++) {
    while (table.time[rows[right]!]! - table.time[rows[left]!]! > span) left++;
    if (right - left > best[1] - best[0]) best = [left, right];
  }
  return rows.slice(best[0], best[1] + 1);
}

function report(
  table: TransactionTable,
  rule: ExcessiveRetries['rule'],
  card: string,
  rows: number[],
  allowed: number,
): ExcessiveRetries {
  return {
    rule,
    card,
    merchant: textOf(table, 'merchant', rows[0]!),
    attempts: rows.length,
    beyond: rows.length - allowed,
    from: table.time[rows[0]!]!,
    to: table.time[rows.at(-1)!]!,
    lines: cite(table, rows),
  };
}

/** Cards retried beyond the schemes' limits. A matter of cost, not of an outage. */
export function excessiveRetries(table: TransactionTable, limits: TransactionLimits): ExcessiveRetries[] {
  const perDay = limit(limits, 'retries.declinesPerDay');
  const perMonth = limit(limits, 'retries.sameAmountPerMonth');
  const found: ExcessiveRetries[] = [];
  const ids = cardIds(table);
  for (const rows of groupBy(attemptsInOrder(table), (row) => ids[row]).values()) {
    if (rows.length < 3) continue;
    const card = cardOf(table, rows[0]!)!;
    const declined = rows.filter((row) => outcomeOf(table, row) === 'declined');
    const day = densest(table, declined, DAY);
    if (day.length >= perDay) found.push(report(table, 'declines-per-day', card, day, perDay - 1));
    for (const same of groupBy(
      Uint32Array.from(rows),
      (row) => `${table.merchant[row]} ${table.amount[row]} ${table.currency[row]}`,
    ).values()) {
      const month = densest(table, same, 30 * DAY);
      if (month.length >= perMonth) found.push(report(table, 'same-amount-per-month', card, month, perMonth - 1));
    }
    const final = declined.findIndex((row) => FINAL.has(reasonOf(table, row)));
    if (final !== -1) {
      const first = declined[final]!;
      // The same data again, by the same person: another expiry date is another attempt of a customer who mistyped, and of two
      // cards that share their ends one may pay.
      const later = rows.filter(
        (row) =>
          table.time[row]! > table.time[first]! &&
          table.cardExpiry[row] === table.cardExpiry[first] &&
          // Numbers of whole cards differ; the ends of two cards may not.
          (table.cardFingerprint[row] !== 0 || samePerson(table, first, row)),
      );
      const paid = later.findIndex((row) => outcomeOf(table, row) === 'approved');
      const after = paid === -1 ? later : later.slice(0, paid);
      if (after.length >= 3) found.push(report(table, 'after-final-decline', card, [first, ...after], 1));
    }
  }
  return found.sort((a, b) => b.beyond - a.beyond);
}
