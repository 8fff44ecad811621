/** Runs that charge stored cards (subscriptions, instalments): more is declined in them than at a checkout, on any ordinary day. */
import { firstAtLeast } from '../../lists.ts';
import type { Reason } from '../response-codes.ts';
import type { TransactionTable } from '../types.ts';
import { keyReader, type RateChange } from './explain.ts';
import { groupBy } from './groups.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { likelihoodRatio } from './scan.ts';
import { attemptsInOrder, cite, type LineReference, outcomeOf, reasonOf, tally } from './view.ts';
import type { VolumeChange } from './volume.ts';

/** Payments that a merchant began by itself, declined as those of its customers' accounts are: no incident. */
export interface ScheduledRun {
  /** First and last attempt, ms UTC. */
  from: number;
  to: number;
  /** How it is known: the table marks them, or the same happens at this time of other days. */
  known: 'marked' | 'repeated';
  attempts: number;
  declined: number;
  merchants: { value: string; count: number }[];
  codes: { value: string; count: number }[];
  lines: LineReference[];
}

const DAY = 86_400_000;
/** Of a run of stored cards at least half is paid; where less is, something besides accounts declines. */
const MOST_DECLINED = 0.5;
/** Reasons that speak of the account alone: no funds, over an amount or a number of uses (51, 61, 65 of ISO 8583). */
const OF_ACCOUNTS: ReadonlySet<Reason> = new Set(['funds', 'limit', 'frequency-limit']);
/** Share of the declines of a run that speak of the account. */
const ACCOUNTS_SHARE = 0.5;
/** Other days at which an unmarked run has to be seen, and its share of the attempts there. */
const OTHER_DAYS = 2;
const AS_MANY = 0.5;
const LONGEST_RUN = 3 * 3_600_000;
/** Subscriptions have a few prices: so many cover so large a share of the attempts of an unmarked run. */
const PLANS = 12;
const OF_PLANS = 0.9;
/** Share of a surge that marked payments make where it is a run. */
const MOST_OF_SURGE = 0.8;

const isDeclined = (table: TransactionTable, row: number): boolean => outcomeOf(table, row) === 'declined';

const declinesAmong = (table: TransactionTable, rows: readonly number[]): number[] =>
  rows.filter((row) => isDeclined(table, row));

/** Whether the declines of a run are those of accounts: lack of funds leads, and half and more of all went well. */
function ofAccounts(table: TransactionTable, rows: readonly number[]): boolean {
  const declined = declinesAmong(table, rows);
  if (declined.length > rows.length * MOST_DECLINED) return false;
  const reasons = new Map<Reason, number>();
  for (const row of declined) reasons.set(reasonOf(table, row), (reasons.get(reasonOf(table, row)) ?? 0) + 1);
  const funds = reasons.get('funds') ?? 0;
  let accounts = 0;
  for (const [reason, count] of reasons) {
    if (count > funds) return false;
    if (OF_ACCOUNTS.has(reason)) accounts += count;
  }
  return accounts >= declined.length * ACCOUNTS_SHARE;
}

/** Whether so few amounts cover the attempts as a merchant has prices of plans. */
function atPlanPrices(table: TransactionTable, rows: readonly number[]): boolean {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(table.amount[row]!, (counts.get(table.amount[row]!) ?? 0) + 1);
  const most = [...counts.values()].sort((a, b) => b - a).slice(0, PLANS);
  return most.reduce((sum, count) => sum + count, 0) >= rows.length * OF_PLANS;
}

/** Rows of a table between two times, by a key. */
type RowsBetween = (from: number, to: number) => number[];

interface Span {
  from: number;
  to: number;
}

/** Whether as much is declined at this time of other days: a job that runs every night. @param whole time of the table. */
function isRepeated(
  table: TransactionTable,
  rows: readonly number[],
  between: RowsBetween,
  whole: Span,
  limits: TransactionLimits,
): boolean {
  const [from, to] = [table.time[rows[0]!]!, table.time[rows.at(-1)!]!];
  if (to - from > LONGEST_RUN || !atPlanPrices(table, rows)) return false;
  let days = 0;
  let attempts = 0;
  let declined = 0;
  for (let day = Math.ceil((whole.from - to) / DAY); from + day * DAY <= whole.to; day++) {
    if (day === 0) continue;
    const other = between(from + day * DAY, to + day * DAY);
    if (other.length < rows.length * AS_MANY) continue;
    days++;
    attempts += other.length;
    declined += declinesAmong(table, other).length;
  }
  return (
    days >= OTHER_DAYS &&
    likelihoodRatio(declinesAmong(table, rows).length, rows.length, (declined + 0.5) / (attempts + 1)) <
      limit(limits, 'rates.minimumScore')
  );
}

/**
 * The payments of a run among the attempts of a stretch of declines: those that the table marks, else those of the merchant with most
 * declines, else all of them. Undefined where they are no run, or where others are declined more than usual beside them.
 */
function runWithin(
  table: TransactionTable,
  change: RateChange,
  between: RowsBetween,
  whole: Span,
  limits: TransactionLimits,
): Pick<Run, 'known' | 'rows'> | undefined {
  const rows = between(change.from, change.to);
  const usual = Math.max(limit(limits, 'rates.declineBaseFloor'), change.before.share || 0);
  const isRun = (ofRun: (row: number) => boolean): number[] | undefined => {
    const run = rows.filter(ofRun);
    const rest = rows.filter((row) => !ofRun(row));
    return declinesAmong(table, run).length >= limit(limits, 'rates.minimumFailures') &&
      ofAccounts(table, run) &&
      likelihoodRatio(declinesAmong(table, rest).length, rest.length, usual) < limit(limits, 'rates.minimumScore')
      ? run
      : undefined;
  };
  const marked = isRun((row) => table.initiator[row] !== 0);
  if (marked) return { known: 'marked', rows: marked };
  const leading = groupBy(Uint32Array.from(declinesAmong(table, rows)), (row) => table.merchant[row]).largest(
    1,
  )[0]?.[0];
  const merchant = leading === undefined ? 0 : table.merchant[leading]!;
  for (const ofRun of [(row: number) => merchant !== 0 && table.merchant[row] === merchant, () => true]) {
    const run = isRun(ofRun);
    if (run && isRepeated(table, run, (from, to) => between(from, to).filter(ofRun), whole, limits))
      return { known: 'repeated', rows: run };
  }
  return undefined;
}

interface Run {
  known: ScheduledRun['known'];
  rows: readonly number[];
}

function described(table: TransactionTable, { known, rows }: Run): ScheduledRun {
  const declined = declinesAmong(table, rows);
  return {
    from: table.time[rows[0]!]!,
    to: table.time[rows.at(-1)!]!,
    known,
    attempts: rows.length,
    declined: declined.length,
    merchants: tally(table, 'merchant', rows, 4),
    codes: tally(table, 'code', declined, 4),
    lines: cite(table, declined),
  };
}

/**
 * Takes windows and surges that are runs of stored cards out of those of a table.
 * @param rates from `rateChanges`. @param volume from `volumeChanges`. @param limits as for these.
 * @returns what is left of both, and the runs, each once, in order of time.
 */
export function setRunsAside(
  table: TransactionTable,
  rates: readonly RateChange[],
  volume: readonly VolumeChange[],
  limits: TransactionLimits,
): { rates: RateChange[]; volume: VolumeChange[]; runs: ScheduledRun[] } {
  const order = attemptsInOrder(table);
  const runs: ScheduledRun[] = [];
  if (order.length === 0 || rates.length + volume.length === 0) return { rates: [...rates], volume: [...volume], runs };
  const whole = { from: table.time[order[0]!]!, to: table.time[order.at(-1)!]! };
  const times = Float64Array.from(order, (row) => table.time[row]!);
  const reader =
    (keyOf: (row: number) => string | undefined, key: string): RowsBetween =>
    (from, to) => {
      const rows: number[] = [];
      for (let at = firstAtLeast(times, from); times[at]! <= to; at++)
        if (keyOf(order[at]!) === key) rows.push(order[at]!);
      return rows;
    };
  const add = (found: Run): void => {
    const run = described(table, found);
    if (!runs.some(({ from, to }) => from <= run.to && run.from <= to)) runs.push(run);
  };
  const leftRates = rates.filter((change) => {
    // A change by issuer is told by its own check.
    if (change.outcome !== 'declined' || change.dimension === 'issuer') return true;
    const between = reader(keyReader(table, change.dimension, []), change.key);
    const run = runWithin(table, change, between, whole, limits);
    if (run) add(run);
    return run === undefined;
  });
  const leftVolume = volume.filter(({ kind, dimension, route, from, to }) => {
    if (kind !== 'surge') return true;
    // A surge ends before its last minute is over.
    const rows = reader(keyReader(table, dimension, []), route)(from, to - 1);
    const marked = rows.filter((row) => table.initiator[row] !== 0);
    if (marked.length < rows.length * MOST_OF_SURGE || !ofAccounts(table, marked)) return true;
    add({ known: 'marked', rows: marked });
    return false;
  });
  return { rates: leftRates, volume: leftVolume, runs: runs.sort((a, b) => a.from - b.from) };
}
