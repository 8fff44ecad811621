/** The attempts of a run themselves, without the ordinary ones before and after that share its key. */
import { most } from '../../lists.ts';
import type { TransactionTable } from '../types.ts';
import { isTryingDecline } from './runs.ts';
import { scan } from './scan.ts';

/**
 * The densest stretch of declines that tell trying.
 * @param rows in order of time. @param base share of such declines that is usual.
 * @param approved which approved tries at either edge belong to it: none (where the address is what the rows have in common, it says
 * nothing), those of addresses seen in the stretch, or also those that follow as soon as its attempts follow each other (where the
 * rows are of one card, which few use).
 */
export function tightened(
  table: TransactionTable,
  rows: number[],
  base: number,
  approved: 'none' | 'same-address' | 'same-pace',
): number[] {
  const failed = Uint8Array.from(rows, (row) => (isTryingDecline(table, row) ? 1 : 0));
  const [segment] = scan(failed, { base, minimumScore: 0, minimumFailures: 1, minimumShare: 0 }, 1);
  if (!segment) return rows;
  let { start, end } = segment;
  if (approved === 'none') return rows.slice(start, end + 1);
  const inside = rows.slice(start, end + 1);
  const clients = new Set(inside.map((row) => table.client[row]!).filter(Boolean));
  const longest = most(inside.slice(1).map((row, i) => table.time[row]! - table.time[inside[i]!]!));
  const belongs = (at: number, neighbour: number): boolean =>
    clients.has(table.client[rows[at]!]!) ||
    (approved === 'same-pace' && Math.abs(table.time[rows[at]!]! - table.time[rows[neighbour]!]!) <= longest);
  while (start > 0 && belongs(start - 1, start)) start--;
  while (end < rows.length - 1 && belongs(end + 1, end)) end++;
  return rows.slice(start, end + 1);
}
