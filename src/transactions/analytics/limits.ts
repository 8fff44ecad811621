import { loadKnowledge } from '../../knowledge/load.ts';

/** Thresholds of the payment analytics by name, e.g. `cardTesting.attempts`; see knowledge/thresholds.yaml. */
export type TransactionLimits = { [name: string]: number };

/** Shape of knowledge/thresholds.yaml. */
export interface ThresholdData {
  transactions: { [name: string]: { value: number; unit: string; why?: string; source?: string } };
}

/**
 * Numbers of the threshold file, with overrides laid over them.
 * @param data the parsed file; the compiled knowledge when not given.
 * @param overrides by name, with or without the prefix `transactions.`; others are ignored.
 */
export function transactionLimits(overrides: { [name: string]: number } = {}, data?: ThresholdData): TransactionLimits {
  const known = data ?? (loadKnowledge().other('thresholds') as ThresholdData | undefined);
  if (!known) throw new Error('the compiled knowledge lacks thresholds.json; run: npm run build');
  const limits: TransactionLimits = {};
  for (const [name, { value }] of Object.entries(known.transactions))
    limits[name] = overrides[`transactions.${name}`] ?? overrides[name] ?? value;
  return limits;
}

/** A limit that must exist; a missing one is a mistake in the threshold file. */
export function limit(limits: TransactionLimits, name: string): number {
  const value = limits[name];
  if (value === undefined) throw new Error(`threshold ${name} is missing`);
  return value;
}
