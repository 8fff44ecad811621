/** Attempts and failures by merchant, route, node, card range and client while the fault was on. Pure. */
import type { Observations } from '../../graph/observations.ts';
import type { Slice } from '../../report/types.ts';
import { OUTCOMES, type TransactionTable } from '../../transactions/types.ts';

const DIMENSIONS = ['route', 'merchant', 'node', 'bin', 'client'] as const;
const FAILED = OUTCOMES.indexOf('error');
const PENDING = OUTCOMES.indexOf('pending');
/** Per dimension: the worst and the best, so that what works stands beside what does not. */
const WORST = 8;
const BEST = 3;
/** A slice of fewer attempts says nothing. */
const LEAST = 3;

function count(
  tables: readonly TransactionTable[],
  dimension: (typeof DIMENSIONS)[number],
  from: number,
  to: number,
): Slice[] {
  const sums = new Map<string, Slice>();
  for (const t of tables) {
    const column = t[dimension];
    for (let i = 0; i < t.length; i++) {
      if (!(t.time[i]! >= from && t.time[i]! <= to)) continue;
      const value = t.strings[column[i]!];
      if (!value) continue;
      const slice = sums.get(value) ?? { dimension, value, attempts: 0, failed: 0 };
      slice.attempts++;
      if (t.outcome[i] === FAILED || t.outcome[i] === PENDING) slice.failed++;
      sums.set(value, slice);
    }
  }
  return [...sums.values()].filter((s) => s.attempts >= LEAST);
}

/** @param from onset, @param to end of the fault or incident clock; ms UTC. */
export function slicesOf(o: Observations, from: number, to: number): Slice[] {
  return DIMENSIONS.flatMap((dimension) => {
    const all = count(o.transactions.tables, dimension, from, to).sort(
      (a, b) =>
        b.failed / b.attempts - a.failed / a.attempts || b.attempts - a.attempts || (a.value < b.value ? -1 : 1),
    );
    // One value only is no comparison.
    if (all.length < 2) return [];
    return all.length <= WORST + BEST ? all : [...all.slice(0, WORST), ...all.slice(-BEST)];
  });
}
