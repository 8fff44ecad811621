/** Payment tables minute by minute, as the windows of logs are judged: everything, and the busiest routes and merchants. */
import type { MinuteSeries } from '../../logs/windows/series.ts';
import { nearestRank } from '../../logs/windows/series.ts';
import type { TransactionTable } from '../types.ts';
import { groupBy } from './groups.ts';
import { attemptsInOrder, outcomeOf, textOf } from './view.ts';

export const MINUTE = 60_000;
/** More routes or merchants than these are no parts to look at one by one: of hundreds of small ones none shows a pause. */
const MOST_PARTS = 200;
/** Parts of one dimension that are looked at. */
export const BUSIEST = 40;
/** A table of fewer or more milliseconds is no series of minutes: a handful of them, or rows of months. */
const SHORTEST = 3_600_000;
const LONGEST = 32 * 86_400_000;

/** Attempts that are judged together. */
export interface Part {
  dimension: 'all' | 'route' | 'merchant';
  /** Name of the route or merchant; `all` for the whole table. */
  key: string;
  /** In order of time. */
  rows: Uint32Array;
  /** Of the whole table, ms UTC. */
  first: number;
  last: number;
}

/** Everything first, then the routes and merchants with enough attempts, busiest first. Empty where no series can be made. */
export function partsOf(table: TransactionTable, least: number): Part[] {
  const order = attemptsInOrder(table);
  if (order.length < least) return [];
  const span = { first: table.time[order[0]!]!, last: table.time[order.at(-1)!]! };
  if (span.last - span.first < SHORTEST || span.last - span.first > LONGEST) return [];
  const parts = (['route', 'merchant'] as const).flatMap((dimension) => {
    const rowsOf = groupBy(order, (row) => table[dimension][row]!);
    // One route is the whole.
    if (rowsOf.size < 2 || rowsOf.size > MOST_PARTS) return [];
    return rowsOf
      .largest(BUSIEST, least)
      .map(
        (rows): Part => ({ dimension, key: textOf(table, dimension, rows[0]!), rows: Uint32Array.from(rows), ...span }),
      );
  });
  return [{ dimension: 'all', key: 'all', rows: order, ...span }, ...parts];
}

/** Attempts a minute and how long they took; what failed by a time limit is not counted as slow. Failures are not counted here. */
export function minuteSeries(table: TransactionTable, { key, rows, first, last }: Part): MinuteSeries {
  const start = Math.floor(first / MINUTE) * MINUTE;
  const minutes = Math.floor((last - start) / MINUTE) + 1;
  const requests = new Uint32Array(minutes);
  const none = new Uint32Array(minutes);
  const blank = (): Float32Array => new Float32Array(minutes).fill(Number.NaN);
  const [p50, p95, p99] = [blank(), blank(), blank()];
  let taken: number[] = [];
  let minute = -1;
  const settle = (): void => {
    if (taken.length === 0) return;
    taken.sort((a, b) => a - b);
    p50[minute] = nearestRank(taken, 0.5);
    p95[minute] = nearestRank(taken, 0.95);
    p99[minute] = nearestRank(taken, 0.99);
    taken = [];
  };
  for (const row of rows) {
    const at = Math.floor((table.time[row]! - start) / MINUTE);
    if (at !== minute) settle();
    minute = at;
    requests[at]!++;
    const ms = table.latencyMs[row]!;
    if (ms >= 0 && outcomeOf(table, row) !== 'error') taken.push(ms / 1000);
  }
  settle();
  return { key, start, requests, failures: none, clients: requests, clientsFailed: none, p50, p95, p99 };
}
