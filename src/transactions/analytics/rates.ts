import type { Outcome, TransactionTable } from '../types.ts';
import { DIMENSIONS, type Dimension, explainFailures, keyReader, type RateChange } from './explain.ts';
import { groupBy } from './groups.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { attemptsInOrder, outcomeOf } from './view.ts';

/** Counts of one minute of one key. */
export interface MinuteCounts {
  attempts: number;
  approved: number;
  declined: number;
  error: number;
  pending: number;
}

export interface RateSeries {
  dimension: Dimension | 'client';
  key: string;
  attempts: number;
  /** Minute (ms UTC, floored) to counts. */
  perMinute: Map<number, MinuteCounts>;
}

/** Success and failure per minute of the keys of a dimension, busiest first. @param most keys; all when not given. */
export function rates(
  table: TransactionTable,
  by: Dimension | 'client',
  issuers: { bin: string; issuer: string }[] = [],
  most = Number.POSITIVE_INFINITY,
): RateSeries[] {
  const keyOf = keyReader(table, by, issuers);
  return groupBy(attemptsInOrder(table), keyOf)
    .largest(most)
    .map((rows) => ({
      dimension: by,
      key: keyOf(rows[0]!)!,
      attempts: rows.length,
      perMinute: minutesOf(table, rows),
    }));
}

function minutesOf(table: TransactionTable, rows: readonly number[]): RateSeries['perMinute'] {
  const perMinute: RateSeries['perMinute'] = new Map();
  for (const row of rows) {
    const minute = Math.floor(table.time[row]! / 60_000) * 60_000;
    let counts = perMinute.get(minute);
    if (!counts) {
      counts = { attempts: 0, approved: 0, declined: 0, error: 0, pending: 0 };
      perMinute.set(minute, counts);
    }
    counts.attempts++;
    const outcome = outcomeOf(table, row);
    if (outcome !== 'unknown') counts[outcome]++;
  }
  return perMinute;
}

/** Declines that are the cardholder's or a fraudster's own: they say nothing about a system. */
const byOutcome = (table: TransactionTable, outcome: Outcome) => (row: number) => outcomeOf(table, row) === outcome;

/**
 * Windows of raised technical errors, declines and pending attempts, each attributed to the key that explains it best.
 * Silent on ordinary days: a busy hour with the usual success rate is no window.
 */
export function rateChanges(
  table: TransactionTable,
  limits: TransactionLimits,
  issuers: { bin: string; issuer: string }[] = [],
  dimensions: readonly Dimension[] = DIMENSIONS,
): RateChange[] {
  const kinds: [RateChange['outcome'], string][] = [
    ['error', 'error'],
    ['declined', 'decline'],
    ['pending', 'pending'],
  ];
  return kinds.flatMap(([outcome, name]) =>
    explainFailures(
      table,
      {
        failing: byOutcome(table, outcome),
        outcome,
        floor: limit(limits, `rates.${name}BaseFloor`),
        cap: limit(limits, `rates.${name}BaseCap`),
        quantile: outcome === 'declined' ? 0.33 : 0.2,
        dimensions,
      },
      limits,
      issuers,
    ),
  );
}
