/**
 * Card testing that hides among customers: the attempts share a merchant, or an address or device behind which others pay, too.
 * Found against the key's own ordinary share of declines, and told from a fault of the merchant by what a tester adds: attempts
 * beyond the usual number, nearly all declined, for several reasons, with cards that never paid before, while customers go on
 * being approved.
 */
import type { TransactionTable } from '../types.ts';
import { groupBy } from './groups.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { isTryingDecline, isWrongData } from './runs.ts';
import { baseRate, type Segment, scan } from './scan.ts';
import { cardIds, namesTerminals, outcomeOf, reasonOf, tally, textOf } from './view.ts';

export type HidingKey = 'client' | 'device' | 'user' | 'merchant' | 'all';

/** Declined tries in a stretch of one key, and what else there was in it. */
export interface HiddenTesting {
  by: HidingKey;
  key: string;
  /** Declined tries, in order of time. */
  rows: number[];
  /** All attempts of the key in the stretch, customers' included. */
  attempts: number;
  /** Attempts and declined tries that the key would have had in the stretch on an ordinary day. */
  expected: { attempts: number; tries: number };
  /** Whether there were more attempts than chance explains: few tries among many customers do not show in their number. */
  moreThanUsual: boolean;
}

/** Narrow keys first: they name the culprit. */
const KEYS: readonly HidingKey[] = ['client', 'device', 'user', 'merchant', 'all'];
/** Keys beyond the largest are left out: a stretch needs attempts to stand out. */
const MOST_KEYS = 500;
/** Attempts of a key outside a stretch from which its ordinary share can be told. */
const FEWEST_OUTSIDE = 30;
/** Share of the added attempts that is declined: a sale or a batch of renewals adds approvals, too. */
const ADDED_DECLINED = 0.45;
/** Share of the declines that is added to the usual number of attempts and not put in its place. */
const ADDED = 0.5;
/** Standard deviations by which the usual number of attempts differs from day to day. */
const CHANCE = 1.5;
/** Share of the expected approvals that must still come: where customers fail as well, the fault is the merchant's or the bank's. */
const STILL_APPROVED = 0.6;
/** Share of one reason among the declines: a form that drops the security code fails for one reason only. */
const ONE_REASON = 0.8;
/** Declines for wrong card data among the declined tries. */
const WRONG_DATA = 0.3;
/** Cards among the tries, and those of them that paid elsewhere in the table. */
const NEW_CARDS = 0.75;
const KNOWN_CARDS = 0.25;

interface Expected {
  attempts: number;
  tries: number;
  approved: number;
}

/** What the key would have had in the stretch: its rest of the table, in step with all other attempts. */
function expectedIn(
  table: TransactionTable,
  attempts: Uint32Array,
  rows: readonly number[],
  inside: readonly number[],
): Expected {
  const from = table.time[inside[0]!]!;
  const to = table.time[inside.at(-1)!]!;
  const within = (row: number): boolean => table.time[row]! >= from && table.time[row]! <= to;
  const mine = rows.filter((row) => !within(row));
  let allInside = 0;
  for (const row of attempts) if (within(row)) allInside++;
  const othersInside = allInside - inside.length;
  const othersOutside = attempts.length - allInside - mine.length;
  if (othersOutside >= FEWEST_OTHERS && othersOutside >= mine.length)
    return countsOf(table, mine, othersInside / othersOutside);
  // Nobody keeps the time of the day for this key: its neighbouring hours do.
  const beside = Math.max(HOUR, to - from);
  const near = mine.filter((row) => table.time[row]! >= from - beside && table.time[row]! <= to + beside);
  const known =
    Math.min(beside, from - table.time[attempts[0]!]!) + Math.min(beside, table.time[attempts.at(-1)!]! - to);
  return countsOf(table, near, (to - from) / Math.max(MINUTE, known));
}

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Attempts of others from which the course of the day can be told. */
const FEWEST_OTHERS = 100;

const countsOf = (table: TransactionTable, rows: readonly number[], scale: number): Expected => ({
  attempts: rows.length * scale,
  tries: rows.filter((row) => isTryingDecline(table, row)).length * scale,
  approved: rows.filter((row) => outcomeOf(table, row) === 'approved').length * scale,
});

/** Whether declined tries look like those of somebody who tries cards that are not his. */
function byATester(table: TransactionTable, tries: readonly number[], paid: Set<number>): boolean {
  const ids = cardIds(table);
  const cards = new Set(tries.map((row) => ids[row]!));
  if (cards.size < tries.length * NEW_CARDS) return false;
  if ([...cards].filter((card) => paid.has(card)).length > cards.size * KNOWN_CARDS) return false;
  if (tries.filter((row) => isWrongData(table, row)).length < tries.length * WRONG_DATA) return false;
  const reasons = new Map<string, number>();
  for (const row of tries) reasons.set(reasonOf(table, row), (reasons.get(reasonOf(table, row)) ?? 0) + 1);
  return Math.max(...reasons.values()) <= tries.length * ONE_REASON;
}

/** Share of the tries that one merchant, route or node must hold, and how many times its share of all attempts, to be the matter. */
const MOSTLY = 0.5;
const BEYOND_ITS_SHARE = 1.5;

/** Whether most tries belong to one merchant, route or node to which most attempts do not: then it is judged by itself. */
function belongsElsewhere(table: TransactionTable, inside: readonly number[], tries: readonly number[]): boolean {
  return (['merchant', 'route', 'node'] as const).some((column) => {
    const [top] = tally(table, column, tries, 1);
    if (!top || top.count < tries.length * MOSTLY) return false;
    const all = inside.filter((row) => textOf(table, column, row) === top.value).length / inside.length;
    return top.count / tries.length > all * BEYOND_ITS_SHARE;
  });
}

/** Tries of one address that an ordinary customer makes with cards of his own: a few customers who try all of theirs are no tester. */
const OWN_CARDS = 3;

/** Tries by address; 0 is that of rows without one. */
function triesOfClients(table: TransactionTable, tries: readonly number[]): Map<number, number> {
  const ofClient = new Map<number, number>();
  for (const row of tries) ofClient.set(table.client[row]!, (ofClient.get(table.client[row]!) ?? 0) + 1);
  return ofClient;
}

/** Tries, of which each address counts so many at most. */
function fromCustomers(table: TransactionTable, tries: readonly number[]): number {
  let count = 0;
  for (const [client, own] of triesOfClients(table, tries)) count += client === 0 ? own : Math.min(own, OWN_CARDS);
  return count;
}

/** Declined tries of an address from which on it is not that of one customer; behind others, they are each one's own. */
const OF_ONE = 10;

/** Declined tries by the customers who made them, as far as addresses tell. */
interface Trying {
  tries: number;
  customers: number;
  squares: number;
}

function customersOf(table: TransactionTable, tries: readonly number[]): Trying {
  let [customers, squares] = [0, 0];
  for (const [client, count] of triesOfClients(table, tries)) {
    const one = client !== 0 && count <= OF_ONE;
    customers += one ? 1 : count;
    squares += one ? count * count : count;
  }
  return { tries: tries.length, customers, squares };
}

/** Tries that are expected at least: what was never seen may happen. */
const LEAST_EXPECTED = 0.5;

/** Log-likelihood ratio of a count against the one expected, as Poisson counts. */
const scoreOf = (count: number, expected: number): number =>
  count <= expected ? 0 : count * Math.log(count / Math.max(LEAST_EXPECTED, expected)) - (count - expected);

/**
 * How surely there are more tries than ordinary customers make, who try again when they are declined: more customers than usual
 * do, or more tries than so many as they make each explain. The variance of a compound Poisson count is its mean times the mean
 * of the squares by the mean of what each adds.
 */
function surprise(now: Trying, usual: Trying, expected: number): number {
  if (usual.tries === 0) return scoreOf(now.tries, expected);
  return Math.max(
    scoreOf(now.customers, (expected * usual.customers) / usual.tries),
    scoreOf(now.tries, expected) / (usual.squares / usual.tries),
  );
}

const triesOutside = (table: TransactionTable, rows: readonly number[], { start, end }: Segment): number[] =>
  rows.filter((row, at) => (at < start || at > end) && isTryingDecline(table, row));

/**
 * @param leastScore of a key under which many customers pay, some of them several times; undefined where it is one customer, or a
 * few behind one address.
 */
function judgeStretch(
  table: TransactionTable,
  attempts: Uint32Array,
  rows: readonly number[],
  segment: Segment,
  paid: Set<number>,
  fewest: number,
  leastScore: number | undefined,
): Omit<HiddenTesting, 'by' | 'key'> | undefined {
  const inside = rows.slice(segment.start, segment.end + 1);
  const tries = inside.filter((row) => isTryingDecline(table, row));
  if (rows.length - inside.length < FEWEST_OUTSIDE || !byATester(table, tries, paid)) return undefined;
  if (belongsElsewhere(table, inside, tries)) return undefined;
  const expected = expectedIn(table, attempts, rows, inside);
  const moreTries = tries.length - expected.tries;
  if (leastScore !== undefined) {
    if (fromCustomers(table, tries) - expected.tries < fewest) return undefined;
    const usual = customersOf(table, triesOutside(table, rows, segment));
    if (surprise(customersOf(table, tries), usual, expected.tries) < leastScore) return undefined;
  }
  const moreAttempts = inside.length - expected.attempts;
  const chance = Math.sqrt(expected.attempts) * CHANCE;
  const approved = inside.filter((row) => outcomeOf(table, row) === 'approved').length;
  if (
    moreTries < fewest ||
    moreTries < (moreAttempts - chance) * ADDED_DECLINED ||
    moreAttempts + chance < moreTries * ADDED
  )
    return undefined;
  if (approved < expected.approved * STILL_APPROVED - 2 * Math.sqrt(expected.approved)) return undefined;
  return {
    rows: tries,
    attempts: inside.length,
    expected: { attempts: expected.attempts, tries: expected.tries },
    moreThanUsual: moreAttempts > chance,
  };
}

/**
 * Stretches of declined tries among the payments of ordinary customers.
 *
 * The threshold of the scan bounds false alarms: a stretch of ordinary declines reaches the score in fewer than one in a
 * million keys (`rates.minimumScore`, raised by the logarithm of the number of keys looked at, and by how much the customers of
 * a shared key repeat their tries).
 *
 * @param attempts card attempts whose issuer answered, oldest first.
 */
export function hiddenTesting(
  table: TransactionTable,
  attempts: Uint32Array,
  limits: TransactionLimits,
): HiddenTesting[] {
  const ids = cardIds(table);
  const paid = new Set<number>();
  for (const row of attempts) if (outcomeOf(table, row) === 'approved') paid.add(ids[row]!);
  const fewest = limit(limits, 'cardTesting.hiddenTries');
  const groups = KEYS.flatMap((by): { by: HidingKey; key: string; rows: number[] }[] => {
    if (by === 'all') return [{ by, key: 'all', rows: [...attempts] }];
    if (by === 'device' && namesTerminals(table)) return [];
    return groupBy(attempts, (row) => table[by][row])
      .largest(MOST_KEYS, fewest + FEWEST_OUTSIDE)
      .map((rows) => ({ by, key: textOf(table, by, rows[0]!), rows }));
  });
  const found: HiddenTesting[] = [];
  for (const { by, key, rows } of groups) {
    const failed = Uint8Array.from(rows, (row) => Number(isTryingDecline(table, row)));
    const base = baseRate(failed, limit(limits, 'rates.declineBaseFloor'), limit(limits, 'rates.declineBaseCap'));
    const minimumScore = limit(limits, 'rates.minimumScore') + Math.log(groups.length);
    const shared = by === 'merchant' || by === 'all';
    const segments = scan(
      failed,
      {
        base,
        minimumScore,
        minimumFailures: fewest,
        minimumShare: base * 2,
      },
      2,
    );
    for (const segment of segments) {
      const stretch = judgeStretch(table, attempts, rows, segment, paid, fewest, shared ? minimumScore : undefined);
      if (stretch) found.push({ by, key, ...stretch });
    }
  }
  return found;
}
