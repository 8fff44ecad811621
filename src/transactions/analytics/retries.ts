import type { Reason } from '../response-codes.ts';
import type { TransactionTable } from '../types.ts';
import { groupBy } from './groups.ts';
import { limit, type TransactionLimits } from './limits.ts';
import {
  attemptsInOrder,
  cardIds,
  cardOf,
  cite,
  isVisa,
  type LineReference,
  outcomeOf,
  reasonOf,
  samePerson,
  textOf,
} from './view.ts';

/** A card that is tried more often at a merchant than a scheme allows: each further attempt costs a fee (Mastercard TPE, Visa). */
export interface ExcessiveRetries {
  rule: 'declines-per-day' | 'same-amount-per-month' | 'visa-reattempts' | 'after-final-decline';
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

/** Mastercard's limits bind no card that another scheme is known to have issued (first digits: ISO/IEC 7812-1 and the schemes). */
const isOtherThanMastercard = (table: TransactionTable, row: number): boolean =>
  table.bin[row]
    ? !/^(?:5|2[2-7]|6[136-9])/.test(textOf(table, 'bin', row))
    : /visa|amex|american express|jcb|diners|discover|unionpay|银联/i.test(textOf(table, 'route', row));

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
  const reattempts = limit(limits, 'retries.visaReattempts');
  const found: ExcessiveRetries[] = [];
  const ids = cardIds(table);
  for (const rows of groupBy(attemptsInOrder(table), (row) => ids[row]).values()) {
    if (rows.length < 3) continue;
    const card = cardOf(table, rows[0]!)!;
    const declined = rows.filter((row) => outcomeOf(table, row) === 'declined');
    // Rows of no named merchant belong together, too (groupBy leaves 0 out).
    for (const own of groupBy(Uint32Array.from(declined), (row) => table.merchant[row]! + 1).values()) {
      const mastercard = !isOtherThanMastercard(table, rows[0]!);
      const day = mastercard ? densest(table, own, DAY) : [];
      if (day.length > perDay) found.push(report(table, 'declines-per-day', card, day, perDay));
      for (const same of groupBy(
        Uint32Array.from(own),
        (row) => `${table.amount[row]} ${table.currency[row]}`,
      ).values()) {
        const month = densest(table, same, 30 * DAY);
        if (mastercard && month.length > perMonth)
          found.push(report(table, 'same-amount-per-month', card, month, perMonth));
        // The first of them is no reattempt.
        else if (
          isVisa(table, rows[0]!) &&
          month.length > reattempts + 1 &&
          !found.some((known) => known.card === card)
        )
          found.push(report(table, 'visa-reattempts', card, month, reattempts + 1));
      }
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
