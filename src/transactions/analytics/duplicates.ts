import { fileOf, type StatementTable, type TransactionTable } from '../types.ts';
import { groupBy } from './groups.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { PAID } from './reconcile.ts';
import { baseRate, scan } from './scan.ts';
import { attemptsInOrder, cardIds, cardOf, cite, type LineReference, outcomeOf, samePerson, textOf } from './view.ts';

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

function describe(table: TransactionTable, kind: DuplicateCharge['kind'], rows: number[]): DuplicateCharge {
  const [first] = rows as [number, ...number[]];
  const card = cardOf(table, first);
  return {
    kind,
    order: textOf(table, table.columns.order === undefined ? 'payment' : 'order', first),
    ...(card ? { card } : {}),
    merchant: textOf(table, 'merchant', first),
    amount: table.amount[first]!,
    count: rows.length,
    from: table.time[first]!,
    to: table.time[rows.at(-1)!]!,
    lines: cite(table, rows),
  };
}

/** Two approvals of an order further apart are parts of it: instalments, shipments, renewals under one contract number. */
const ONE_CHARGE_MS = 24 * 3_600_000;
/** Orders that are approved again later this often in a table are numbered anew, or charged in parts: its habit. */
const HABIT = 0.05;

/** One order approved under several payment ids. */
function sameOrder(table: TransactionTable, approved: Uint32Array): DuplicateCharge[] {
  const ids = cardIds(table);
  const found: DuplicateCharge[] = [];
  // A table with one number of each payment may mean the order by it; a second approval is later then, not another row of the first.
  const oneNumber = table.columns.order === undefined;
  const numbers = oneNumber ? table.payment : table.order;
  const orders = groupBy(approved, (row) => numbers[row]);
  for (const rows of orders.values()) {
    if (rows.length < 2) continue;
    const first = rows[0]!;
    // The same payment written twice is a copy of a row, not a second charge.
    const payments = new Set(rows.map((row) => (oneNumber ? 0 : table.payment[row]) || -row - 1));
    if (payments.size < 2) continue;
    // Order numbers come round again; a second charge is of the same amount and, where known, the same card.
    const again = rows.filter(
      (row, i) =>
        table.amount[row] === table.amount[first] &&
        ids[row] === ids[first] &&
        table.time[row]! - table.time[first]! <= ONE_CHARGE_MS &&
        (!oneNumber ||
          i === 0 ||
          (table.time[row]! > table.time[rows[i - 1]!]! &&
            table.status[row] === table.status[first] &&
            table.code[row] === table.code[first])),
    );
    if (again.length > 1) found.push(describe(table, 'same-order', again));
  }
  const inParts = found.filter(isLater).length;
  return inParts > orders.size * HABIT && inParts > FEW ? found.filter((charge) => !isLater(charge)) : found;
}

/** Charges of which a share says nothing yet. */
const FEW = 10;
/** A retry or a second click comes sooner than this; a further shipment later. */
const AT_ONCE_MS = 15 * 60_000;
const isLater = ({ from, to }: DuplicateCharge): boolean => to - from > AT_ONCE_MS;

/** Whether two approvals carry one order (or payment) number: told as such. */
const sameNumber = (table: TransactionTable, a: number, b: number): boolean =>
  (table.order[a] !== 0 && table.order[a] === table.order[b]) ||
  (table.payment[a] !== 0 && table.payment[a] === table.payment[b]);

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
        if (!same || sameNumber(table, before, row) || !samePerson(table, before, row)) continue;
        found.push(describe(table, 'same-card', [before, row]));
        break;
      }
    }
  }
  return found;
}

/** One order settled under two payment ids. */
function settledTwice(statement: StatementTable): DuplicateCharge[] {
  const found: DuplicateCharge[] = [];
  const latest = new Map<string, number>();
  const { rows } = statement;
  for (let i = 0; i < rows.length; i++) {
    const { file, order, payment, status, line, time, amount } = rows.at(i);
    if (!order || amount < 0 || !(status === '' || PAID.test(status))) continue;
    const known = latest.get(order);
    const before = known === undefined ? undefined : rows.at(known);
    if (before && before.payment !== payment) {
      const lines = [
        { file: before.file, line: before.line, time: before.time },
        { file, line, time },
      ];
      found.push({ kind: 'statement', order, merchant: '', amount, count: 2, from: before.time, to: time, lines });
    }
    latest.set(order, i);
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

const placeOf = ({ file, line }: { file: string; line: number }): string => `${line} ${file}`;

/** Share of second charges in an ordinary table: two coffees, two tickets, one person. */
const USUAL_REPEATS = 0.002;
/** A table in which more are second charges in most of its stretches sells things that are bought twice. */
const HABITUAL_REPEATS = 0.2;

/** Charges of one card, amount and merchant beyond the first that a page or a job that charges twice may make. */
const MOST_CLICKS = 4;

/**
 * Second charges of cards that have few: one that pays the same hundreds of times under as many orders is a monitor, a machine or
 * a firm that buys single units, not somebody who was charged twice.
 */
function ofFewClicks(found: readonly DuplicateCharge[]): DuplicateCharge[] {
  const ofOne = ({ card, order, merchant, amount }: DuplicateCharge): string =>
    `${card ?? order}\n${merchant}\n${amount}`;
  const clicks = new Map<string, number>();
  const charges = found.filter(({ kind }) => kind === 'same-card');
  for (const charge of charges) clicks.set(ofOne(charge), (clicks.get(ofOne(charge)) ?? 0) + 1);
  return charges.filter((charge) => clicks.get(ofOne(charge))! <= MOST_CLICKS);
}

/**
 * The second clicks of one card that stand close together in time, far beyond what the table is used to. People who buy the same
 * thing twice do so all day long; a page or a job that charges twice begins at a moment.
 *
 * The score bounds false alarms as that of the failure windows does (`rates.minimumScore`: fewer than one in a million scans).
 */
export function duplicateBurst(
  table: TransactionTable,
  found: readonly DuplicateCharge[],
  limits: TransactionLimits,
): DuplicateCharge[] {
  const approved = attemptsInOrder(table).filter((row) => outcomeOf(table, row) === 'approved');
  const clicks = ofFewClicks(found);
  const counted = [...clicks, ...found.filter(({ kind }) => kind === 'same-order')];
  const second = new Set(counted.map(({ lines }) => placeOf(lines.at(-1)!)));
  // At the merchants that have any: those of others only thin them out.
  const merchants = new Set(counted.map(({ merchant }) => merchant));
  const rows = approved.filter((row) => merchants.has(textOf(table, 'merchant', row)));
  const flags = Uint8Array.from(rows, (row) =>
    Number(second.has(placeOf({ file: fileOf(table, row), line: table.line[row]! }))),
  );
  const [burst] = scan(
    flags,
    {
      base: baseRate(flags, USUAL_REPEATS, HABITUAL_REPEATS, 0.5),
      minimumScore: limit(limits, 'rates.minimumScore'),
      minimumFailures: limit(limits, 'duplicates.burst'),
      minimumShare: limit(limits, 'duplicates.burstShare'),
    },
    1,
  );
  if (!burst) return [];
  const from = table.time[rows[burst.start]!]!;
  const to = table.time[rows[burst.end]!]!;
  return clicks.filter((d) => d.to >= from && d.to <= to);
}
