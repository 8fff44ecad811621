/** What only a whole table tells of its rows, all its files taken together: its zone, its unit, what its words mean. */
import { zoneOffset } from '../evidence/time.ts';
import { OUTCOMES, type TransactionTable } from './types.ts';

const CLOCK_SLACK = 300_000;
/** Whole amounts in fewer rows than this prove nothing about their unit. */
const FEWEST_AMOUNTS = 20;
/** Currencies without minor units (ISO 4217). */
const WHOLE_CURRENCIES = /^(?:JPY|KRW|VND|CLP|ISK|XAF|XOF|XPF|PYG|UGX|392|410)$/i;

/** How the rows of one or several files were written. */
export interface Habits {
  /** Every time had a zone of its own. */
  explicitTimes: boolean;
  /** How times without one were read. */
  zone: NonNullable<TransactionTable['zone']>;
  /** Rows with an amount, and whether none of them had decimals. */
  amounts: number;
  wholeAmounts: boolean;
  currency: string;
}

/** Habits of the files of one table. */
export function habitsOfAll(files: readonly Habits[]): Habits {
  return {
    ...files[0]!,
    explicitTimes: files.every(({ explicitTimes }) => explicitTimes),
    amounts: files.reduce((sum, { amounts }) => sum + amounts, 0),
    wholeAmounts: files.every(({ wholeAmounts }) => wholeAmounts),
  };
}

/** Applies to the rows what their table as a whole tells. @param now incident clock, ms UTC. */
export function settle(table: TransactionTable, habits: Habits, now: number): void {
  unanswered(table);
  toldApart(table);
  table.zone = habits.explicitTimes ? { name: 'as written', source: 'row' } : habits.zone;
  if (!habits.explicitTimes && habits.zone.name !== 'UTC' && table.time.some((time) => time > now + CLOCK_SLACK))
    readAsUtc(table, habits.zone.name, now);
  if (
    habits.wholeAmounts &&
    // Field 4 of ISO 8583 is in minor units.
    (table.role === 'host-messages' || habits.amounts >= FEWEST_AMOUNTS) &&
    !WHOLE_CURRENCIES.test(habits.currency)
  )
    scaleAmounts(table, 100);
}

/** Local times that lie after the incident clock were UTC; undone only if that puts every row before the clock. */
function readAsUtc(table: TransactionTable, zone: string, now: number): void {
  const shifted = table.time.map((time) => (Number.isNaN(time) ? time : time + zoneOffset(zone, time)));
  if (shifted.some((time) => time > now + CLOCK_SLACK)) return;
  table.time.set(shifted);
  table.zone = { name: 'UTC', source: 'assumed-utc' };
}

/** Approved rows from which the habit of a table can be told. */
const FEWEST_APPROVED = 20;

/**
 * `failed` without a response code, in a table whose answers all carry one, is no decline of an issuer: nobody answered.
 * Judged over the whole table, since the word alone says either.
 */
function unanswered(table: TransactionTable): void {
  const [approved, declined, error] = [
    OUTCOMES.indexOf('approved'),
    OUTCOMES.indexOf('declined'),
    OUTCOMES.indexOf('error'),
  ];
  let answers = 0;
  let coded = 0;
  for (let i = 0; i < table.length; i++) {
    if (table.outcome[i] !== approved) continue;
    answers++;
    if (table.code[i] !== 0) coded++;
  }
  if (answers < FEWEST_APPROVED || coded < answers * 0.95) return;
  for (let i = 0; i < table.length; i++)
    if (table.outcome[i] === declined && table.code[i] === 0) table.outcome[i] = error;
}

/**
 * `failed` in a table that says `declined` or `rejected` for the others is no decision of an issuer either: whoever keeps two
 * words means two things (Braintree: `failed`, an error on the way to the processor, beside `processor_declined`).
 */
function toldApart(table: TransactionTable): void {
  const [declined, error] = [OUTCOMES.indexOf('declined'), OUTCOMES.indexOf('error')];
  const word = (i: number): string => table.strings[table.status[i]!]!;
  const decided = new Set<number>();
  const failed = new Set<number>();
  for (let i = 0; i < table.length; i++) {
    if (table.outcome[i] !== declined) continue;
    const status = table.status[i]!;
    if (decided.has(status) || failed.has(status)) continue;
    if (/declin|refus|reject|denied/i.test(word(i))) decided.add(status);
    else if (/^fail(?:ed|ure)?$/i.test(word(i))) failed.add(status);
  }
  if (decided.size === 0 || failed.size === 0) return;
  for (let i = 0; i < table.length; i++)
    if (table.outcome[i] === declined && (table.reason?.[i] ?? 0) === 0 && failed.has(table.status[i]!))
      table.outcome[i] = error;
}

/** Amounts in minor units become units of the currency. */
export function scaleAmounts(table: TransactionTable, scale: number): void {
  for (let i = 0; i < table.length; i++) table.amount[i] = table.amount[i]! / scale;
  table.amountScale = (table.amountScale ?? 1) * scale;
}
