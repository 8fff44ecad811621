import { least, most } from '../../lists.ts';
import { fileOf, type StatementTable, type TransactionTable } from '../types.ts';
import { groupBy } from './groups.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { attemptsInOrder, type LineReference, ordersOf, outcomeOf, reasonOf, textOf } from './view.ts';

/** Words of a statement for money that was taken. */
export const PAID =
  /^(?:success|succeeded|successful|paid|settled|captured|completed|trade_success|trade_finished|approved|ok|成功|已支付|交易成功|支付成功|买家已支付|pagado|aprobado|bezahlt|erfolgreich|00)$/i;

export interface OrderMismatch {
  order: string;
  line: LineReference;
  statementLine?: { file: string; line: number };
  route: string;
  merchant: string;
  amount: number;
  ours: string;
}

/** Amounts of one currency that the statement has a power of ten higher or lower: two sides count its minor units differently. */
export interface AmountFactor {
  currency: string;
  /** Statement to table: 100 where the provider took a hundred times as much as we booked. */
  factor: number;
  count: number;
  /** Payments of the currency that both have. */
  of: number;
  from: number;
  to: number;
  lines: LineReference[];
  statementLines: { file: string; line: number }[];
}

/** Powers of ten between the exponents of ISO 4217 (0 for JPY, 2 for EUR, 3 for KWD). */
const FACTORS = [10, 100, 1000, 0.1, 0.01, 0.001];
/** Payments that are no slip of a hand. */
const LEAST_FACTORED = 3;
/** Share of the differing amounts of the currency that must be as far apart. */
const MOSTLY = 0.8;

export interface Reconciliation {
  /** The provider has the money, our table says pending, failed or nothing final. */
  paidButNotBooked: OrderMismatch[];
  /** Approved with us, within the statement's time span, and not in the statement. None where a statement was not read whole. */
  bookedButNotPaid: OrderMismatch[];
  /** Paid with another amount. */
  amountDiffers: (OrderMismatch & { currency: string; statementAmount: number })[];
  /** Of these, currencies whose amounts are a power of ten apart. */
  amountFactors: AmountFactor[];
  /** No answer, and no statement that would tell. */
  unknown: OrderMismatch[];
  /** First attempt of the earliest mismatch of `paidButNotBooked`; NaN without one. */
  from: number;
  to: number;
  /** Mismatches by route with the share of that route's attempts in the stretch. */
  byRoute: { route: string; count: number; share: number }[];
}

function mismatch(table: TransactionTable, row: number, statement?: { file: string; line: number }): OrderMismatch {
  return {
    order: textOf(table, 'order', row),
    line: { file: fileOf(table, row), line: table.line[row]!, time: table.time[row]! },
    ...(statement ? { statementLine: statement } : {}),
    route: textOf(table, 'route', row),
    merchant: textOf(table, 'merchant', row),
    amount: table.amount[row]!,
    ours: outcomeOf(table, row),
  };
}

/** Attempts that ended without a decision. */
function isOpen(table: TransactionTable, row: number): boolean {
  const outcome = outcomeOf(table, row);
  const reason = reasonOf(table, row);
  return (
    outcome === 'pending' ||
    (outcome === 'error' && (reason === 'timeout' || reason === 'unknown' || reason === 'connection')) ||
    outcome === 'unknown'
  );
}

/**
 * Compares our attempts with the provider's statements, order by order, and lists attempts whose outcome nobody knows.
 * @param now incident clock, ms UTC: attempts younger than `unknown.settleMinutes` may still be answered.
 */
export function unknownOutcomes(
  table: TransactionTable,
  statements: StatementTable[],
  now: number,
  limits: TransactionLimits,
): Reconciliation {
  const settle = limit(limits, 'unknown.settleMinutes') * 60_000;
  const asked = ordersOf(table);
  /** By order, its row of all statements together. */
  const paidAt = new Map<string, number>();
  const whole = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  let before = 0;
  for (const { rows } of statements) {
    for (let i = 0; i < rows.length; i++) {
      const { order, status, time } = rows.at(i);
      if (time < whole.from) whole.from = time;
      if (time > whole.to) whole.to = time;
      if (order && asked.has(order) && (status === '' || PAID.test(status))) paidAt.set(order, before + i);
    }
    before += rows.length;
  }
  const paid = (order: string): { file: string; line: number; amount: number; time: number } | undefined => {
    let index = paidAt.get(order);
    if (index === undefined) return undefined;
    for (const { rows } of statements) {
      if (index < rows.length) {
        const { file, line, amount, time } = rows.at(index);
        return { file, line, amount, time };
      }
      index -= rows.length;
    }
    return undefined;
  };
  // A day whose statement nobody has says nothing about the payments of that day.
  const covered =
    statements.length > 0 && statements.every(({ covers }) => covers)
      ? statements.flatMap(({ covers }) => covers!)
      : [whole];
  // What is missing among the rows that were kept may stand in those that were not.
  const whollyRead = statements.every(({ dropped }) => dropped === 0);
  // One order may have several attempts; it is booked when any of them was approved.
  const attempts = groupBy(attemptsInOrder(table), (row) => table.order[row]);
  const routesInStatement = new Set<string>();
  for (const [order, rows] of attempts)
    if (paidAt.has(table.strings[order]!)) routesInStatement.add(textOf(table, 'route', rows[0]!));
  const result: Reconciliation = {
    paidButNotBooked: [],
    bookedButNotPaid: [],
    amountDiffers: [],
    amountFactors: [],
    unknown: [],
    from: Number.NaN,
    to: Number.NaN,
    byRoute: [],
  };
  /** By currency: payments that both have. */
  const both = new Map<string, number>();
  for (const [order, rows] of attempts) {
    const approved = rows.find((row) => outcomeOf(table, row) === 'approved');
    const last = rows.at(-1)!;
    const settled = paid(table.strings[order]!);
    if (settled && approved === undefined) {
      // A statement may be a little ahead of our books.
      if (now - table.time[last]! >= settle / 3) result.paidButNotBooked.push(mismatch(table, last, settled));
    } else if (settled && approved !== undefined) {
      const currency = textOf(table, 'currency', approved);
      both.set(currency, (both.get(currency) ?? 0) + 1);
      if (settled.amount > 0 && Math.abs(settled.amount - table.amount[approved]!) > 0.011)
        result.amountDiffers.push({ ...mismatch(table, approved, settled), currency, statementAmount: settled.amount });
    } else if (approved !== undefined) {
      const time = table.time[approved]!;
      if (
        whollyRead &&
        routesInStatement.has(textOf(table, 'route', approved)) &&
        covered.some(({ from, to }) => time >= from + settle && time <= to - settle)
      )
        result.bookedButNotPaid.push(mismatch(table, approved));
    } else if (isOpen(table, last) && now - table.time[last]! >= settle) result.unknown.push(mismatch(table, last));
  }
  result.amountFactors = factorsOf(result.amountDiffers, both);
  if (result.paidButNotBooked.length) {
    const times = result.paidButNotBooked.map(({ line }) => line.time);
    result.from = least(times);
    result.to = most(times);
    result.byRoute = sharesByRoute(table, result);
  }
  return result;
}

function factorsOf(
  differing: Reconciliation['amountDiffers'],
  both: ReadonlyMap<string, number>,
): Reconciliation['amountFactors'] {
  const found: AmountFactor[] = [];
  for (const currency of new Set(differing.map((one) => one.currency))) {
    const ones = differing.filter((one) => one.currency === currency);
    for (const factor of FACTORS) {
      // The smaller one may have been rounded to what its unit allows.
      const apart = ones.filter(
        ({ amount, statementAmount }) => Math.abs(statementAmount - amount * factor) <= 0.011 * Math.max(1, factor),
      );
      if (apart.length < LEAST_FACTORED || apart.length < ones.length * MOSTLY) continue;
      const times = apart.map(({ line }) => line.time);
      found.push({
        currency,
        factor,
        count: apart.length,
        of: both.get(currency) ?? apart.length,
        from: least(times),
        to: most(times),
        lines: apart.slice(0, 5).map(({ line }) => line),
        statementLines: apart.slice(0, 5).flatMap(({ statementLine }) => statementLine ?? []),
      });
      break;
    }
  }
  return found;
}

function sharesByRoute(
  table: TransactionTable,
  { paidButNotBooked, from, to }: Reconciliation,
): Reconciliation['byRoute'] {
  const counts = new Map<string, number>();
  for (const { route } of paidButNotBooked) counts.set(route, (counts.get(route) ?? 0) + 1);
  return [...counts]
    .map(([route, count]) => {
      let attempts = 0;
      for (let row = 0; row < table.length; row++)
        if (textOf(table, 'route', row) === route && table.time[row]! >= from && table.time[row]! <= to) attempts++;
      return { route, count, share: attempts ? count / attempts : Number.NaN };
    })
    .sort((a, b) => b.count - a.count);
}
