import type { Reason } from '../response-codes.ts';
import type { TransactionTable } from '../types.ts';
import { cardIds, outcomeOf, reasonOf } from './view.ts';

/**
 * Declines that tell somebody trying cards from somebody shopping: wrong or unknown card data, and the issuer's plain no.
 * Lack of funds, limits, a closed order or an issuer that is down say nothing about the one who tries.
 */
const TRYING: ReadonlySet<Reason> = new Set([
  'do-not-honour',
  'invalid-card',
  'expired-card',
  'wrong-security-code',
  'lost-or-stolen',
  'suspected-fraud',
  'not-permitted',
  'pin',
  'invalid-transaction',
  'refer-to-issuer',
  'stop-payment',
  'other',
  'unknown',
  'frequency-limit',
  'authentication-required',
]);

export const isTryingDecline = (table: TransactionTable, row: number): boolean =>
  outcomeOf(table, row) === 'declined' && TRYING.has(reasonOf(table, row));

/** Reasons that speak of wrong card data: a number, a date or a code that does not exist, or a card that was stopped. */
const WRONG: ReadonlySet<Reason> = new Set(['invalid-card', 'expired-card', 'wrong-security-code', 'lost-or-stolen']);

/** Whether an attempt was declined for wrong card data. */
export const isWrongData = (table: TransactionTable, row: number): boolean =>
  outcomeOf(table, row) === 'declined' && WRONG.has(reasonOf(table, row));

/** Attempts with a card whose issuer gave an answer. */
export function cardAttempts(table: TransactionTable, order: Uint32Array): Uint32Array {
  const ids = cardIds(table);
  return order.filter((row) => ids[row] !== 0 && outcomeOf(table, row) !== 'error');
}

export interface WindowRule {
  minutes: number;
  attempts: number;
  cards: number;
  declineShare: number;
}

/**
 * Stretches of one key's attempts in which some window fulfils the rule; overlapping windows are joined.
 * `rows` are in order of time. Returned ranges are indexes into `rows`, inclusive.
 */
export function windowsOf(
  table: TransactionTable,
  rows: ArrayLike<number>,
  rule: WindowRule,
): { start: number; end: number }[] {
  const span = rule.minutes * 60_000;
  const ids = cardIds(table);
  const cards = new Map<number, number>();
  const ranges: { start: number; end: number }[] = [];
  let declines = 0;
  let left = 0;
  for (let right = 0; right < rows.length; right++) {
    const row = rows[right]!;
    const card = ids[row]!;
    cards.set(card, (cards.get(card) ?? 0) + 1);
    if (isTryingDecline(table, row)) declines++;
    while (table.time[row]! - table.time[rows[left]!]! > span) {
      const gone = rows[left]!;
      const goneCard = ids[gone]!;
      const count = cards.get(goneCard)! - 1;
      if (count) cards.set(goneCard, count);
      else cards.delete(goneCard);
      if (isTryingDecline(table, gone)) declines--;
      left++;
    }
    const attempts = right - left + 1;
    if (attempts < rule.attempts || cards.size < rule.cards || declines < attempts * rule.declineShare) continue;
    const last = ranges.at(-1);
    if (last && left <= last.end + 1) last.end = right;
    else ranges.push({ start: left, end: right });
  }
  return ranges;
}
