import {
  type OrderMismatch,
  rateChanges,
  transactionLimits,
  unknownOutcomes,
} from '../../transactions/analytics/index.ts';
import type { StatementTable, TransactionTable } from '../../transactions/types.ts';
import { counted } from '../../wording.ts';
import { iso, some } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';
import { citeLines } from './_lines.ts';

/** Payments taken but not booked that are more than a late notification. */
const FEWEST_PAID = 3;
/** Payments without an answer, and share of all in their stretch, that are more than customers who never paid. */
const FEWEST_OPEN = 10;
const OPEN_SHARE = 0.3;

/** Orders that the provider's statement has as paid and our table has not. */
function paidNotBooked(context: CheckContext, table: TransactionTable, list: OrderMismatch[]): Hit | undefined {
  if (list.length < FEWEST_PAID) return undefined;
  const times = list.map(({ line }) => line.time);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const sum = list.reduce((total, { amount }) => total + (amount || 0), 0);
  return {
    subject: { kind: 'route', id: 'paid-not-booked' },
    title: `${counted(list.length, 'payment')} ${list.length === 1 ? 'was' : 'were'} taken and never booked`,
    detail: `The statement has them as paid, ${table.file} as ${some([...new Set(list.map(({ ours }) => ours))])}, since ${iso(first)} (${sum.toFixed(2)} in the units of the table): ${some(list.map(({ order }) => order))}.`,
    evidence: [
      ...citeLines(list.slice(0, 3).map(({ line }) => line)),
      ...citeLines(list.slice(0, 3).flatMap(({ statementLine }) => statementLine ?? [])),
    ],
    impact: { attempts: table.length, ongoing: context.graph.span.to - last < 3_600_000 },
    count: list.length,
    first,
    last,
    data: { orders: list.slice(0, 50).map(({ order }) => order) },
  };
}

/** What the statements say of payments that they do not have as paid. */
function statementSays(statements: readonly StatementTable[]): string {
  if (statements.length === 0)
    return 'No statement of the provider was given that would tell whether the money was taken.';
  const dropped = statements.reduce((sum, statement) => sum + statement.dropped, 0);
  return dropped === 0
    ? 'The statement does not have them as paid.'
    : `The rows of the statement that were compared do not have them as paid; ${counted(dropped, 'row')} of it ${dropped === 1 ? 'was' : 'were'} beyond those that one run keeps.`;
}

/** A stretch in which payments stay without an answer, far more than before. */
function unanswered(
  context: CheckContext,
  table: TransactionTable,
  statements: StatementTable[],
  list: OrderMismatch[],
): Hit | undefined {
  const limits = transactionLimits(context.thresholds);
  const [worst] = rateChanges(table, limits, context.observations.transactions.issuers)
    .filter(
      ({ outcome, during }) => outcome === 'pending' && during.failing >= FEWEST_OPEN && during.share >= OPEN_SHARE,
    )
    .sort((a, b) => b.score - a.score);
  if (!worst) return undefined;
  const { dimension, key, from, to, during, before } = worst;
  const open = list.filter(({ line }) => line.time >= from && line.time <= to);
  if (open.length < FEWEST_OPEN) return undefined;
  const where = dimension === 'all' ? '' : ` of ${dimension} ${key}`;
  return {
    subject: dimension === 'merchant' ? { kind: 'merchant', id: key } : { kind: 'route', id: `unanswered:${key}` },
    title: `${counted(open.length, 'payment')}${where} ${open.length === 1 ? 'has' : 'have'} no known outcome since ${iso(from)}`,
    detail: `${during.failing} of ${during.attempts} attempts of these minutes stayed without a final answer; usual: ${Math.round(before.share * 100)} %. ${statementSays(statements)} Orders ${some(open.map(({ order }) => order))}.`,
    evidence: citeLines(worst.lines),
    impact: {
      failingShare: during.share * worst.volumeShare,
      attempts: during.attempts,
      minutes: (to - from) / 60_000,
      ongoing: worst.ongoing,
      scope: dimension === 'all' ? 'all' : dimension === 'merchant' ? 'one-merchant' : 'one-route',
    },
    count: open.length,
    first: from,
    last: to,
    data: { orders: open.slice(0, 50).map(({ order }) => order) },
  };
}

export default defineCheck({
  meta: {
    id: 'payments/unknown-outcomes',
    title: 'Payments whose outcome is unknown',
    description:
      'Payments that the provider’s statement has as paid and our table has not, or a stretch in which far more payments than usual stay without a final answer. Lists the orders to reconcile. Customers who never pay, and attempts younger than a quarter of an hour, are left out.',
    class: 'technical',
    basePriority: 'important',
    owner: 'app',
    proof: 'observed',
    needs: ['transactions'],
    remedy:
      'Ask the provider for each of these orders (query interface, never a second charge), book or reverse what it answers, then repair the notification or the answer that got lost.',
    verification: {
      command: 'paymedic payments payments.csv statement.csv',
      expect: 'nothing left under reconciliation',
    },
    references: ['RFC 9110 section 9.2.2'],
  },
  *run(context): Iterable<Hit> {
    const { transactions, clock } = context.observations;
    const limits = transactionLimits(context.thresholds);
    for (const table of transactions.tables) {
      const differences = unknownOutcomes(table, transactions.statements, clock.now, limits);
      const paid = paidNotBooked(context, table, differences.paidButNotBooked);
      if (paid) yield paid;
      const open = unanswered(context, table, transactions.statements, differences.unknown);
      if (open) yield open;
    }
  },
});
