import { most } from '../../lists.ts';
import type { TransactionTable } from '../types.ts';
import { groupBy } from './groups.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { cardAttempts, isTryingDecline, isWrongData, windowsOf } from './runs.ts';
import { scan } from './scan.ts';
import { tightened } from './tighten.ts';
import {
  attemptsInOrder,
  cardIds,
  cite,
  distinct,
  isOngoing,
  type LineReference,
  median,
  outcomeOf,
  reasonOf,
  tally,
  textOf,
} from './view.ts';

/** Card data are searched by trying (OWASP OAT-010). */
export interface EnumerationRun {
  /** What is searched: numbers within one BIN, the expiry date, or the security code of a card. */
  mode: 'number' | 'expiry' | 'security-code';
  bin: string;
  from: number;
  to: number;
  ongoing: boolean;
  attempts: number;
  distinctCards: number;
  /** Most expiry dates tried for one card. */
  variants: number;
  declineShare: number;
  approved: number;
  /** Attempts with a number that no issuer knows. */
  unknownNumbers: number;
  distinctClients: number;
  merchants: { value: string; count: number }[];
  codes: { value: string; count: number }[];
  medianAmount: number;
  lines: LineReference[];
}

const HOUR = 3_600_000;
/** Variants of one card count within this time: slow searches take a day. */
const SEARCH_SPAN = 24 * HOUR;
/** Searches of cards of one BIN that lie within this time belong to one run. */
const RUN_GAP = 6 * HOUR;

/** Share of tries among a card's attempts that is no search. */
const USUALLY_DECLINED = 0.3;

interface CardSearch {
  bin: string;
  mode: 'expiry' | 'security-code';
  variants: number;
  rows: number[];
}

/** The densest stretch of one card's attempts that is a search, if there is one. */
function searchOf(table: TransactionTable, rows: number[], limits: TransactionLimits): CardSearch | undefined {
  const variants = limit(limits, 'enumeration.variants');
  const codes = limit(limits, 'enumeration.securityCodeDeclines');
  const bin = textOf(table, 'bin', rows[0]!).slice(0, 8);
  let best: CardSearch | undefined;
  let left = 0;
  for (let right = 0; right < rows.length; right++) {
    while (table.time[rows[right]!]! - table.time[rows[left]!]! > SEARCH_SPAN) left++;
    if (right - left + 1 < variants) continue;
    if (best && right - left + 1 <= best.rows.length) continue;
    const window = rows.slice(left, right + 1);
    const declines = window.filter((row) => isTryingDecline(table, row));
    if (declines.length < window.length * 0.5) continue;
    const expiries = distinct(table, 'cardExpiry', declines);
    const wrongCodes = declines.filter((row) => reasonOf(table, row) === 'wrong-security-code').length;
    if (expiries >= variants) best = { bin, mode: 'expiry', variants: expiries, rows: window };
    else if (wrongCodes >= codes) best = { bin, mode: 'security-code', variants: expiries, rows: window };
  }
  if (!best) return undefined;
  // The card's owner paid before and after, or another customer's card ends in the same digits.
  return { ...best, rows: tightened(table, best.rows, USUALLY_DECLINED, 'same-pace') };
}

function describe(
  table: TransactionTable,
  order: Uint32Array,
  mode: EnumerationRun['mode'],
  bin: string,
  rows: number[],
  variants: number,
): EnumerationRun {
  const to = table.time[rows.at(-1)!]!;
  return {
    mode,
    bin,
    from: table.time[rows[0]!]!,
    to,
    ongoing: isOngoing(table, order, to),
    attempts: rows.length,
    distinctCards: new Set(rows.map((row) => cardIds(table)[row]!)).size,
    variants,
    declineShare: rows.filter((row) => isTryingDecline(table, row)).length / rows.length,
    approved: rows.filter((row) => outcomeOf(table, row) === 'approved').length,
    unknownNumbers: rows.filter((row) => reasonOf(table, row) === 'invalid-card').length,
    distinctClients: distinct(table, 'client', rows),
    merchants: tally(table, 'merchant', rows),
    codes: tally(table, 'code', rows),
    medianAmount: median(rows.map((row) => table.amount[row]!)),
    lines: cite(table, rows),
  };
}

/** Searches of several cards of one BIN, close in time, are one run. */
function cardSearches(
  table: TransactionTable,
  order: Uint32Array,
  attempts: Uint32Array,
  limits: TransactionLimits,
): EnumerationRun[] {
  const searches: CardSearch[] = [];
  const ids = cardIds(table);
  for (const rows of groupBy(attempts, (row) => ids[row]).values()) {
    const search = searchOf(table, rows, limits);
    if (search) searches.push(search);
  }
  const runs: CardSearch[][] = [];
  for (const search of searches.sort((a, b) => table.time[a.rows[0]!]! - table.time[b.rows[0]!]!)) {
    const start = table.time[search.rows[0]!]!;
    const run = runs.find(
      (members) =>
        members[0]!.bin === search.bin &&
        members[0]!.mode === search.mode &&
        start - most(members.map(({ rows }) => table.time[rows.at(-1)!]!)) <= RUN_GAP,
    );
    if (run) run.push(search);
    else runs.push([search]);
  }
  return runs.map((members) => {
    const rows = members.flatMap((member) => member.rows).sort((a, b) => table.time[a]! - table.time[b]! || a - b);
    return describe(
      table,
      order,
      members[0]!.mode,
      members[0]!.bin,
      rows,
      most(members.map((member) => member.variants)),
    );
  });
}

/** The stretch in which rows of a kind are densest. @param base share of them that is usual. */
const densest = (rows: readonly number[], ofKind: (row: number) => boolean, base: number) =>
  scan(
    Uint8Array.from(rows, (row) => Number(ofKind(row))),
    { base, minimumScore: 0, minimumFailures: 1, minimumShare: 0 },
    1,
  )[0];

/** Many numbers of one BIN, mostly declined, where the BIN's other hours and the other BINs are not. */
function numberSearches(
  table: TransactionTable,
  order: Uint32Array,
  attempts: Uint32Array,
  limits: TransactionLimits,
): EnumerationRun[] {
  const cards = limit(limits, 'enumeration.cards');
  const declineShare = limit(limits, 'enumeration.declineShare');
  const runs: EnumerationRun[] = [];
  for (const [bin, rows] of groupBy(attempts, (row) => textOf(table, 'bin', row).slice(0, 8))) {
    for (const minutes of [10, 60, 1440]) {
      const ranges = windowsOf(table, rows, { minutes, attempts: cards, cards, declineShare });
      for (const { start, end } of ranges) {
        const window = rows.slice(start, end + 1);
        const segment = densest(window, (row) => isTryingDecline(table, row), USUALLY_DECLINED);
        const run = segment ? window.slice(segment.start, segment.end + 1) : window;
        if (new Set(run.map((row) => cardIds(table)[row]!)).size >= cards && !issuerSaysNo(table, run))
          runs.push(describe(table, order, 'number', bin, run, 1));
      }
      if (ranges.length) break;
    }
  }
  return runs;
}

/** Share of cards that do not exist among an ordinary range's attempts: customers mistype. */
const MISTYPED = 0.01;
/** Evidence that there are more, as a log-likelihood ratio. */
const MORE_THAN_MISTYPED = 25;

/**
 * Numbers of one BIN that do not exist, far more than customers mistype in it or elsewhere: a search that goes on between the
 * payments of the BIN's own customers, whose share of declines stays low.
 */
function missingNumbers(
  table: TransactionTable,
  order: Uint32Array,
  attempts: Uint32Array,
  limits: TransactionLimits,
): EnumerationRun[] {
  const cards = limit(limits, 'enumeration.cards');
  const unknown = (row: number): boolean =>
    outcomeOf(table, row) === 'declined' && reasonOf(table, row) === 'invalid-card';
  const ranges = groupBy(attempts, (row) => textOf(table, 'bin', row).slice(0, 8));
  const total = attempts.filter(unknown).length;
  const declinesOf = (rows: ArrayLike<number>): number =>
    Array.from(rows).filter((row) => outcomeOf(table, row) === 'declined').length;
  const declined = declinesOf(attempts);
  const runs: EnumerationRun[] = [];
  for (const [bin, rows] of ranges) {
    const guesses = rows.filter(unknown);
    if (new Set(guesses.map((row) => cardIds(table)[row]!)).size < cards) continue;
    const elsewhere = (total - guesses.length) / Math.max(1, attempts.length - rows.length);
    // A range that is declined more often has more of every reason.
    const ofDeclines = (total - guesses.length) / Math.max(1, declined - declinesOf(rows));
    const expected = Math.max(rows.length * Math.max(MISTYPED, elsewhere), declinesOf(rows) * ofDeclines);
    if (guesses.length * Math.log(guesses.length / expected) - (guesses.length - expected) < MORE_THAN_MISTYPED)
      continue;
    // From the stretch in which they are densest: mistyped ones before and after are not part of it.
    const segment = densest(rows, unknown, Math.max(MISTYPED, elsewhere));
    const from = segment ? table.time[rows[segment.start]!]! : Number.NEGATIVE_INFINITY;
    const to = segment ? table.time[rows[segment.end]!]! : Number.POSITIVE_INFINITY;
    const run = guesses.filter((row) => table.time[row]! >= from && table.time[row]! <= to);
    if (new Set(run.map((row) => cardIds(table)[row]!)).size >= cards)
      runs.push(describe(table, order, 'number', bin, run, 1));
  }
  return runs;
}

/** Share of declines for card data that are wrong which tells a search; an issuer's plain no to its customers has none. */
const WRONG_DATA = 0.2;
/** Attempts of one address, and share of one merchant or amount, that ordinary customers do not reach. */
const ONE_ADDRESS = 1.5;
const ONE_PLACE = 0.6;

/**
 * Whether a run of declined numbers is that of customers whose issuer says no to everybody: hardly any decline is for wrong
 * card data, each pays from an address of its own, and they shop where and for what others do.
 */
export function issuerSaysNo(table: TransactionTable, rows: readonly number[]): boolean {
  const declines = rows.filter((row) => outcomeOf(table, row) === 'declined');
  if (declines.filter((row) => isWrongData(table, row)).length >= declines.length * WRONG_DATA) return false;
  const clients = distinct(table, 'client', [...rows]);
  if (clients === 0 || rows.length > clients * ONE_ADDRESS) return false;
  const top = (values: (string | number)[]): number => {
    const counts = new Map<string | number, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    return most(counts.values()) / rows.length;
  };
  return (
    top(rows.map((row) => table.amount[row]!)) < ONE_PLACE / 2 &&
    (distinct(table, 'merchant', [...rows]) <= 1 || top(rows.map((row) => textOf(table, 'merchant', row))) < ONE_PLACE)
  );
}

/** Searches for card numbers, expiry dates and security codes. */
export function enumeration(table: TransactionTable, limits: TransactionLimits): EnumerationRun[] {
  const order = attemptsInOrder(table);
  const attempts = cardAttempts(table, order);
  const numbers = numberSearches(table, order, attempts, limits);
  const missing = missingNumbers(table, order, attempts, limits).filter(
    (run) => !numbers.some(({ bin, from, to }) => bin === run.bin && from <= run.to && to >= run.from),
  );
  return [...cardSearches(table, order, attempts, limits), ...numbers, ...missing].sort((a, b) => a.from - b.from);
}
