import { kindOf, type TransactionTable } from '../types.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { cardIds, cite, type LineReference, tally } from './view.ts';

/** Many refunds in an hour: a stolen back-office account, a refund job gone wrong, or cash-out through refunds. */
export interface RefundBurst {
  from: number;
  to: number;
  refunds: number;
  /** Refunds of a usual hour. */
  usual: number;
  amount: number;
  users: { value: string; count: number }[];
  clients: { value: string; count: number }[];
  /** Refunds whose card and order the table shows no sale of; without both columns 0. */
  withoutSale: number;
  merchants: { value: string; count: number }[];
  lines: LineReference[];
}

const HOUR = 3_600_000;
/** Hours of a table from which its busy hours can be told from the rest. */
const MANY_HOURS = 8;
/** Refunds an hour below which a table's usual number says nothing. */
const LEAST_USUAL = 0.5;

/** Refunds an hour as of the busier hours of a table: a quantile that a burst of less than a quarter of them cannot move. */
function usualRate(times: readonly number[], first: number, last: number): number {
  const hours = Math.max(1, Math.ceil((last - first) / HOUR));
  const perHour = new Map<number, number>();
  for (const time of times) {
    const hour = Math.floor((time - first) / HOUR);
    perHour.set(hour, (perHour.get(hour) ?? 0) + 1);
  }
  const counts = [...perHour.values()].sort((a, b) => a - b);
  const at = Math.floor((hours - 1) * (hours >= MANY_HOURS ? 0.75 : 0.5));
  // Hours without any stand before the others.
  return Math.max(LEAST_USUAL, counts[at - (hours - counts.length)] ?? 0);
}

/** The stretch of events that speaks most strongly for `factor` times the usual rate, as indexes, with its score against it. */
function densest(
  times: readonly number[],
  from: number,
  to: number,
  perHour: number,
  factor: number,
): { start: number; end: number; score: number } | undefined {
  const gain = Math.log(factor);
  const loss = ((factor - 1) * perHour) / HOUR;
  let best: { start: number; end: number } | undefined;
  let most = gain;
  let sum = 0;
  let start = from;
  for (let i = from; i <= to; i++) {
    sum -= i > start ? (times[i]! - times[i - 1]!) * loss : 0;
    if (sum <= 0) {
      sum = 0;
      start = i;
    }
    sum += gain;
    if (sum > most) {
      most = sum;
      best = { start, end: i };
    }
  }
  if (!best) return undefined;
  const count = best.end - best.start + 1;
  const expected = Math.max(0.5, ((times[best.end]! - times[best.start]!) / HOUR) * perHour);
  return { ...best, score: count * Math.log(count / expected) - (count - expected) };
}

/** Tells of a refund whether the table holds a sale of its order or card. */
function salesOf(table: TransactionTable): (row: number) => boolean {
  const ids = cardIds(table);
  const orders = new Set<number>();
  const cards = new Set<number>();
  for (let row = 0; row < table.length; row++) {
    if (kindOf(table, row) !== 'payment') continue;
    orders.add(table.order[row]!);
    cards.add(ids[row]!);
  }
  return (row) =>
    (table.order[row] === 0 && ids[row] === 0) ||
    (table.order[row] !== 0 && orders.has(table.order[row]!)) ||
    (ids[row] !== 0 && cards.has(ids[row]!));
}

/**
 * Stretches with far more refunds than the busier hours of the table have (likelihood ratio of Poisson rates; the score bounds
 * false alarms as that of the failure windows does).
 */
export function refundBursts(table: TransactionTable, limits: TransactionLimits): RefundBurst[] {
  const rows: number[] = [];
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < table.length; row++) {
    const time = table.time[row]!;
    if (Number.isNaN(time)) continue;
    first = Math.min(first, time);
    last = Math.max(last, time);
    if (kindOf(table, row) === 'refund') rows.push(row);
  }
  const sold = salesOf(table);
  rows.sort((a, b) => table.time[a]! - table.time[b]!);
  const times = rows.map((row) => table.time[row]!);
  const usual = usualRate(times, first, last);
  const factor = limit(limits, 'refunds.factor');
  const pending: [number, number][] = [[0, rows.length - 1]];
  const ranges: [number, number][] = [];
  while (pending.length && ranges.length < MOST_BURSTS) {
    const [from, to] = pending.shift()!;
    if (to - from + 1 < limit(limits, 'refunds.burst')) continue;
    const wide = densest(times, from, to, usual, factor);
    if (!wide) continue;
    // Again with the pace of the burst itself, so that ordinary refunds at its edges are not taken along.
    const hours = Math.max(0.1, (times[wide.end]! - times[wide.start]!) / HOUR);
    const pace = (wide.end - wide.start + 1) / hours / usual;
    const burst = densest(times, wide.start, wide.end, usual, Math.max(factor, pace * 0.9)) ?? wide;
    if (burst.end - burst.start + 1 < limit(limits, 'refunds.burst')) continue;
    if (burst.score < limit(limits, 'rates.minimumScore')) continue;
    // What was sold at noon is given back in the evening: a busy hour of refunds alone is no burst.
    const expected = ((times[burst.end]! - times[burst.start]!) / HOUR) * usual;
    if (burst.end - burst.start + 1 < factor * expected) continue;
    ranges.push([burst.start, burst.end]);
    pending.push([from, burst.start - 1], [burst.end + 1, to]);
  }
  return ranges
    .sort((a, b) => a[0] - b[0])
    .map(([start, end]): RefundBurst => {
      const inside = rows.slice(start, end + 1);
      const from = table.time[inside[0]!]!;
      const to = table.time[inside.at(-1)!]!;
      return {
        from,
        to,
        refunds: inside.length,
        usual: (rows.length - inside.length) / Math.max(1, (last - first - (to - from)) / HOUR),
        amount: inside.reduce((sum, row) => sum + Math.abs(table.amount[row]! || 0), 0),
        users: tally(table, 'user', inside),
        clients: tally(table, 'client', inside),
        withoutSale: inside.filter((row) => !sold(row)).length,
        merchants: tally(table, 'merchant', inside),
        lines: cite(table, inside),
      };
    });
}

/** Bursts looked for in one table. */
const MOST_BURSTS = 20;
