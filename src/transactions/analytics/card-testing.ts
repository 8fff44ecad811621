import type { TransactionTable } from '../types.ts';
import { issuerSaysNo } from './enumeration.ts';
import { groupBy } from './groups.ts';
import { hiddenTesting } from './hidden-testing.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { cardAttempts, isTryingDecline, windowsOf } from './runs.ts';
import { baseRate, likelihoodRatio } from './scan.ts';
import { tightened } from './tighten.ts';
import {
  attemptsInOrder,
  cardIds,
  cite,
  distinct,
  isOngoing,
  type LineReference,
  median,
  namesTerminals,
  networkOf,
  outcomeOf,
  tally,
  textOf,
} from './view.ts';

export type TesterKey = 'client' | 'network' | 'device' | 'user' | 'bin' | 'amount' | 'merchant' | 'all';

/** Somebody tries many cards to learn which are good (OWASP OAT-001). */
export interface CardTestingRun {
  /** What the attempts have in common, e.g. one address. */
  by: TesterKey;
  key: string;
  /** First and last attempt, ms UTC. */
  from: number;
  to: number;
  ongoing: boolean;
  attempts: number;
  distinctCards: number;
  declineShare: number;
  /** Share of trying declines among all other card attempts of the table. */
  usualDeclineShare: number;
  /** Attempts that were approved: cards the tester now knows to be good. */
  approved: number;
  clients: { value: string; count: number }[];
  distinctClients: number;
  merchants: { value: string; count: number }[];
  bins: { value: string; count: number }[];
  codes: { value: string; count: number }[];
  medianAmount: number;
  usualMedianAmount: number;
  /**
   * Set where the tries hide among customers' payments: `attempts` are the declined tries then, and these are all attempts of
   * the key in the stretch, and how many of them an ordinary day would have had.
   */
  amongCustomers?: {
    attempts: number;
    expectedAttempts: number;
    expectedTries: number;
    /** Whether there were more attempts than chance explains. */
    moreThanUsual: boolean;
  };
  /** Other keys that the same attempts have in common. */
  also: { by: TesterKey; key: string }[];
  lines: LineReference[];
}

/** Share of the tries of a wider key from which a narrower one has the same. */
const SAME_TRIES = 0.95;
/** Further keys that are kept of a run. */
const MOST_KEYS = 20;

/** In order of how well a key names the culprit. */
const KEYS: readonly TesterKey[] = ['client', 'device', 'user', 'network', 'amount', 'bin'];

function keyOf(table: TransactionTable, by: TesterKey, row: number): string | undefined {
  switch (by) {
    case 'network': {
      const client = textOf(table, 'client', row);
      return client ? networkOf(client) : undefined;
    }
    case 'amount': {
      const merchant = textOf(table, 'merchant', row);
      return Number.isNaN(table.amount[row]!)
        ? undefined
        : `${table.amount[row]!.toFixed(2)} ${textOf(table, 'currency', row)} at ${merchant || 'the shop'}`;
    }
    case 'bin':
      return textOf(table, 'bin', row).slice(0, 8) || undefined;
    case 'all':
      return 'all';
    default:
      return textOf(table, by, row) || undefined;
  }
}

function distinctCards(table: TransactionTable, rows: number[]): number {
  const ids = cardIds(table);
  return new Set(rows.map((row) => ids[row]!)).size;
}

interface Candidate {
  by: TesterKey;
  key: string;
  rows: number[];
  amongCustomers?: CardTestingRun['amongCustomers'];
}

/** Share of declines that tell trying which is enough where hardly anything was approved: some stolen cards are empty. */
const WITH_FUNDS = 0.55;
const HARDLY_APPROVED = 0.15;

const triesOf = (table: TransactionTable, rows: readonly number[]): number =>
  rows.filter((row) => isTryingDecline(table, row)).length / rows.length;

/** Whether the attempts were declined as those of somebody who tries cards are. */
function convincing(table: TransactionTable, rows: readonly number[], share: number): boolean {
  const tries = triesOf(table, rows);
  if (tries >= share) return true;
  const approved = rows.filter((row) => outcomeOf(table, row) === 'approved').length;
  return tries >= WITH_FUNDS && approved <= rows.length * HARDLY_APPROVED;
}

/** Attempts of one card that a tester makes; a program that retries makes more, and they are told by their own check. */
const PER_CARD = 3;

/** The first attempts of each card of a run; none where most are further ones: somebody charges known cards again and again. */
function firstTries(table: TransactionTable, run: readonly number[]): number[] {
  const ids = cardIds(table);
  const seen = new Map<number, number>();
  const first = run.filter((row) => {
    const count = (seen.get(ids[row]!) ?? 0) + 1;
    seen.set(ids[row]!, count);
    return count <= PER_CARD;
  });
  return first.length * 2 < run.length ? [] : first;
}

/** Keys that many customers have in common, so that a stretch of declines may be chance. */
const SHARED: ReadonlySet<TesterKey> = new Set(['network', 'amount', 'bin']);
/** Attempts outside a run from which a key's own share of declines can be told. */
const FEWEST_OUTSIDE = 30;

/** Share of declines that tell trying in ordinary stretches. */
const usualShare = (table: TransactionTable, rows: ArrayLike<number>, cap: number): number =>
  baseRate(
    Uint8Array.from(rows, (row) => Number(isTryingDecline(table, row))),
    0.05,
    cap,
  );

/** Whether chance explains a run: its key, or everybody, is declined that often. @param common share of everybody. */
function isUsual(
  table: TransactionTable,
  rows: readonly number[],
  run: readonly number[],
  common: number,
  limits: TransactionLimits,
): boolean {
  const own = rows.length - run.length >= FEWEST_OUTSIDE ? usualShare(table, rows, WITH_FUNDS) : 0;
  const tries = run.filter((row) => isTryingDecline(table, row)).length;
  return likelihoodRatio(tries, run.length, Math.max(own, common)) < limit(limits, 'rates.minimumScore');
}

function candidates(
  table: TransactionTable,
  attempts: Uint32Array,
  usual: number,
  limits: TransactionLimits,
): Candidate[] {
  const cards = limit(limits, 'cardTesting.cards');
  const share = limit(limits, 'cardTesting.declineShare');
  const rules = ['shortMinutes', 'mediumMinutes', 'longMinutes'].map((name) => ({
    minutes: limit(limits, `cardTesting.${name}`),
    attempts: limit(limits, 'cardTesting.attempts'),
    cards,
    declineShare: share,
  }));
  const common = usualShare(table, attempts, limit(limits, 'rates.declineBaseCap'));
  const base = Math.min(0.5, Math.max(0.1, usual));
  const found: Candidate[] = [];
  for (const by of KEYS) {
    // Everybody's card passes through a shop's terminal; it names no tester.
    if (by === 'device' && namesTerminals(table)) continue;
    for (const [key, rows] of groupBy(attempts, (row) => keyOf(table, by, row))) {
      if (rows.length < rules[0]!.attempts) continue;
      // A proxy or balancer of our own fronts everybody; trying cards through it is found by the other keys.
      if (
        (by === 'client' || by === 'network') &&
        rows.length > attempts.length * limit(limits, 'cardTesting.proxyShare') &&
        !convincing(table, rows, share)
      )
        continue;
      const empty = triesOf(table, rows) < share && convincing(table, rows, share);
      for (const plain of rules) {
        const rule = empty ? { ...plain, declineShare: Math.min(share, WITH_FUNDS) } : plain;
        const ranges = windowsOf(table, rows, rule);
        for (const { start, end } of ranges) {
          const approved = by === 'client' || by === 'network' ? 'none' : 'same-address';
          const run = tightened(table, rows.slice(start, end + 1), base, approved);
          if (by === 'bin' && issuerSaysNo(table, run)) continue;
          if (SHARED.has(by) && isUsual(table, rows, run, common, limits)) continue;
          const tried = firstTries(table, run);
          if (tried.length >= rule.attempts && convincing(table, tried, share) && distinctCards(table, run) >= cards)
            found.push({ by, key, rows: run });
        }
        if (ranges.length) break;
      }
    }
  }
  return found;
}

/**
 * Runs of card testing: many distinct cards behind one key, mostly declined for reasons that tell trying from shopping.
 * A flash sale has many cards too, but its decline share stays usual; month-end declines are for lack of funds and do not
 * count; an issuer that is down does not count.
 */
export function cardTesting(table: TransactionTable, limits: TransactionLimits): CardTestingRun[] {
  const order = attemptsInOrder(table);
  const attempts = cardAttempts(table, order);
  const usual = attempts.length ? attempts.filter((row) => isTryingDecline(table, row)).length / attempts.length : 0;
  const sorted = candidates(table, attempts, usual, limits).sort(
    (a, b) => b.rows.length - a.rows.length || KEYS.indexOf(a.by) - KEYS.indexOf(b.by),
  );
  const accepted: (Candidate & { set: Set<number>; also: { by: TesterKey; key: string }[] })[] = [];
  for (const candidate of sorted) {
    const twin = accepted.find(
      ({ set }) => candidate.rows.filter((row) => set.has(row)).length >= candidate.rows.length * 0.6,
    );
    if (!twin) {
      accepted.push({ ...candidate, set: new Set(candidate.rows), also: [] });
      continue;
    }
    const other = { by: candidate.by, key: candidate.key };
    // An address with all but a few of the tries names the culprit; their amount does not.
    const namesBetter =
      KEYS.indexOf(candidate.by) < KEYS.indexOf(twin.by) && candidate.rows.length >= twin.rows.length * SAME_TRIES;
    if (namesBetter) {
      if (twin.also.length < MOST_KEYS) twin.also.push({ by: twin.by, key: twin.key });
      [twin.by, twin.key] = [other.by, other.key];
    } else if (twin.also.length < MOST_KEYS) twin.also.push(other);
  }
  const told = new Set(accepted.flatMap(({ rows }) => rows));
  for (const hidden of hiddenTesting(table, attempts, limits)) {
    if (hidden.rows.filter((row) => told.has(row)).length >= hidden.rows.length * 0.4) continue;
    for (const row of hidden.rows) told.add(row);
    const amongCustomers = {
      attempts: hidden.attempts,
      expectedAttempts: hidden.expected.attempts,
      expectedTries: hidden.expected.tries,
      moreThanUsual: hidden.moreThanUsual,
    };
    accepted.push({
      by: hidden.by,
      key: hidden.key,
      rows: hidden.rows,
      set: new Set(hidden.rows),
      also: [],
      amongCustomers,
    });
  }
  return accepted.map(({ by, key, rows, set, also, amongCustomers }) => {
    const rest = [...attempts].filter((row) => !set.has(row));
    const to = table.time[rows.at(-1)!]!;
    return {
      by,
      key,
      from: table.time[rows[0]!]!,
      to,
      ongoing: isOngoing(table, order, to),
      attempts: rows.length,
      distinctCards: distinctCards(table, rows),
      declineShare: rows.filter((row) => isTryingDecline(table, row)).length / rows.length,
      usualDeclineShare: rest.length
        ? rest.filter((row) => isTryingDecline(table, row)).length / rest.length
        : Number.NaN,
      approved: rows.filter((row) => outcomeOf(table, row) === 'approved').length,
      clients: tally(table, 'client', rows),
      distinctClients: distinct(table, 'client', rows),
      merchants: tally(table, 'merchant', rows),
      bins: tally(table, 'bin', rows),
      codes: tally(table, 'code', rows),
      medianAmount: median(rows.map((row) => table.amount[row]!)),
      usualMedianAmount: median(rest.map((row) => table.amount[row]!)),
      ...(amongCustomers ? { amongCustomers } : {}),
      also,
      lines: cite(table, rows),
    };
  });
}
