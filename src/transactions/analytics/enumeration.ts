import type { TransactionTable } from '../types.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { cardAttempts, groupBy, isTryingDecline, windowsOf } from './runs.ts';
import { scan } from './scan.ts';
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
  return best;
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
        start - Math.max(...members.map(({ rows }) => table.time[rows.at(-1)!]!)) <= RUN_GAP,
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
      Math.max(...members.map((member) => member.variants)),
    );
  });
}

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
        const [segment] = scan(
          Uint8Array.from(window, (row) => (isTryingDecline(table, row) ? 1 : 0)),
          { base: 0.3, minimumScore: 0, minimumFailures: 1, minimumShare: 0 },
          1,
        );
        const run = segment ? window.slice(segment.start, segment.end + 1) : window;
        if (new Set(run.map((row) => cardIds(table)[row]!)).size >= cards)
          runs.push(describe(table, order, 'number', bin, run, 1));
      }
      if (ranges.length) break;
    }
  }
  return runs;
}

/** Searches for card numbers, expiry dates and security codes. */
export function enumeration(table: TransactionTable, limits: TransactionLimits): EnumerationRun[] {
  const order = attemptsInOrder(table);
  const attempts = cardAttempts(table, order);
  return [...cardSearches(table, order, attempts, limits), ...numberSearches(table, order, attempts, limits)].sort(
    (a, b) => a.from - b.from,
  );
}
