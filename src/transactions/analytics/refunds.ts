import type { TransactionTable } from '../types.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { cite, type LineReference, tally } from './view.ts';

/** Many refunds in an hour: a stolen back-office account, a refund job gone wrong, or cash-out through refunds. */
export interface RefundBurst {
  from: number;
  to: number;
  refunds: number;
  /** Refunds of a usual hour. */
  usual: number;
  amount: number;
  users: { value: string; count: number }[];
  merchants: { value: string; count: number }[];
  lines: LineReference[];
}

const HOUR = 3_600_000;

/** Hours with far more refunds than usual; neighbouring hours are one burst. */
export function refundBursts(table: TransactionTable, limits: TransactionLimits): RefundBurst[] {
  const rows: number[] = [];
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < table.length; row++) {
    const time = table.time[row]!;
    if (Number.isNaN(time)) continue;
    first = Math.min(first, time);
    last = Math.max(last, time);
    if (table.refund?.[row]) rows.push(row);
  }
  rows.sort((a, b) => table.time[a]! - table.time[b]!);
  const burst = limit(limits, 'refunds.burst');
  const ranges: [number, number][] = [];
  let left = 0;
  for (let right = 0; right < rows.length; right++) {
    while (table.time[rows[right]!]! - table.time[rows[left]!]! > HOUR) left++;
    if (right - left + 1 < burst) continue;
    const range = ranges.at(-1);
    if (range && left <= range[1] + 1) range[1] = right;
    else ranges.push([left, right]);
  }
  return ranges.flatMap(([start, end]) => {
    const inside = rows.slice(start, end + 1);
    const from = table.time[inside[0]!]!;
    const to = table.time[inside.at(-1)!]!;
    const hoursOutside = Math.max(1, (last - first - (to - from)) / HOUR);
    const usual = (rows.length - inside.length) / hoursOutside;
    const perHour = inside.length / Math.max(1, (to - from) / HOUR);
    if (perHour < usual * limit(limits, 'refunds.factor')) return [];
    return [
      {
        from,
        to,
        refunds: inside.length,
        usual,
        amount: inside.reduce((sum, row) => sum + Math.abs(table.amount[row]! || 0), 0),
        users: tally(table, 'user', inside),
        merchants: tally(table, 'merchant', inside),
        lines: cite(table, inside),
      },
    ];
  });
}
