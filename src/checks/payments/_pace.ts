/** Whether a range of cards is tried more often than it is on any day. */
import type { TransactionTable } from '../../transactions/types.ts';

/** Attempts of a range before a run from which its usual pace can be told. */
const FEWEST_BEFORE = 10;

/**
 * Whether the range is tried more often than before. A range of which every payment fails at its usual pace has an
 * issuer in trouble, not a thief.
 */
export function moreThanUsual(
  table: TransactionTable,
  run: { bin: string; from: number; to: number; attempts: number },
): boolean {
  let before = 0;
  let first = run.from;
  for (let i = 0; i < table.length; i++) {
    const time = table.time[i]!;
    if (time >= run.from) continue;
    if (time < first) first = time;
    if ((table.strings[table.bin[i]!] ?? '').startsWith(run.bin.slice(0, 6))) before++;
  }
  if (before < FEWEST_BEFORE) return true;
  const usual = before / (run.from - first);
  return run.attempts / Math.max(60_000, run.to - run.from) >= usual * 2;
}
