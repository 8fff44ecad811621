import { slowWindows } from '../../logs/windows/slow.ts';
import { usualProfile } from '../../logs/windows/weekly.ts';
import { DEFAULT_WINDOW_THRESHOLDS } from '../../logs/windows/windows.ts';
import type { TransactionTable } from '../types.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { minuteSeries, type Part, partsOf } from './minutes.ts';
import { cite, type LineReference, median, namesTerminals, tally, textOf } from './view.ts';

/** Attempts take longer than usual. */
export interface SlowSpell {
  dimension: Part['dimension'];
  /** Name of the route or merchant; `all` for the whole table. */
  key: string;
  /** First and last minute, ms UTC. */
  from: number;
  to: number;
  /** It reaches the end of the table. */
  toEnd: boolean;
  attempts: number;
  /** p95 in seconds, within and outside. */
  p95: number;
  usualP95: number;
  /** The slowest of them. */
  lines: LineReference[];
}

/** Share of a spell's attempts that one job makes, and share of the table's hours in which it runs: what goes on all day is no job. */
const OF_A_JOB = 0.6;
const HOURS_OF_A_JOB = 0.2;
const HOUR = 3_600_000;
/** How much longer than usual others take during a job that slows everything down, and a job that is slow itself. */
const AS_USUAL = 1.5;
/** Attempts from which one can tell how long they usually take. */
const FEWEST_TIMED = 10;

const middleOf = (table: TransactionTable, rows: ArrayLike<number>): number =>
  median(Array.from(rows, (row) => table.latencyMs[row]!));

/** Hours with attempts. */
const hoursOf = (table: TransactionTable, rows: ArrayLike<number>): number =>
  new Set(Array.from(rows, (row) => Math.floor(table.time[row]! / HOUR))).size;

/**
 * Whether a spell is a job that takes its time, as it does every night: one program, customer account or merchant makes most of
 * its attempts and runs in few hours, all others go as fast as ever, and other runs of the job took as long (or the table has none).
 */
function isJob(table: TransactionTable, part: Part, { from, to }: { from: number; to: number }): boolean {
  const within = (row: number): boolean => table.time[row]! >= from && table.time[row]! < to;
  const inside = part.rows.filter(within);
  const outside = part.rows.filter((row) => !within(row));
  return (['client', 'user', 'device', 'merchant'] as const).some((column) => {
    if (column === part.dimension || (column === 'device' && namesTerminals(table))) return false;
    const [top] = tally(table, column, inside, 1);
    if (!top || top.count < inside.length * OF_A_JOB) return false;
    const own = (row: number): boolean => textOf(table, column, row) === top.value;
    if (hoursOf(table, part.rows.filter(own)) > hoursOf(table, part.rows) * HOURS_OF_A_JOB) return false;
    const elsewhere = outside.filter(own);
    const others = inside.filter((row) => !own(row));
    const usual = middleOf(
      table,
      outside.filter((row) => !own(row)),
    );
    if (others.length >= FEWEST_TIMED && middleOf(table, others) > usual * AS_USUAL) return false;
    return (
      elsewhere.length < FEWEST_TIMED || middleOf(table, inside.filter(own)) <= middleOf(table, elsewhere) * AS_USUAL
    );
  });
}

/**
 * Spells in which attempts took longer than usual, of everything or of one route or merchant, where the table has a column
 * of durations; each route is judged by what it usually takes.
 */
export function slowSpells(table: TransactionTable, limits: TransactionLimits): SlowSpell[] {
  if (!table.columns.latencyMs) return [];
  const parts = partsOf(table, limit(limits, 'volume.minimumAttempts'));
  const series = new Map(parts.map((part) => [part, minuteSeries(table, part)]));
  const routes = parts.filter(({ dimension }) => dimension === 'route').map((part) => series.get(part)!);
  const spells = parts.flatMap((part) => {
    const one = series.get(part)!;
    const strata = part.dimension === 'all' ? routes : [];
    const windows = slowWindows(one, strata, [], DEFAULT_WINDOW_THRESHOLDS, usualProfile(one));
    return windows
      .filter((window) => !isJob(table, part, window))
      .map(({ from, to, open, requests, value, baseline }): SlowSpell => {
        const inside = part.rows
          .filter((row) => table.time[row]! >= from && table.time[row]! < to)
          .sort((a, b) => table.latencyMs[b]! - table.latencyMs[a]! || a - b);
        return {
          dimension: part.dimension,
          key: part.key,
          from,
          to,
          toEnd: open,
          attempts: requests,
          p95: value,
          usualP95: baseline,
          lines: cite(table, inside.slice(0, 5)),
        };
      });
  });
  const all = spells.filter(({ dimension }) => dimension === 'all');
  return spells
    .filter(
      (spell) => spell.dimension === 'all' || !all.some((whole) => whole.from <= spell.to && whole.to >= spell.from),
    )
    .sort((a, b) => a.from - b.from);
}
