/** What separates two causes separates them in both directions. Pure. */
import type { Cause } from './types.ts';

/**
 * Gives every cause also the rivals that name it, after its own: the sentence between two causes is written once, in
 * the file of either, and names the causes instead of saying "this" and "the other".
 */
export function withMutualRivals(causes: readonly Cause[]): Cause[] {
  return causes.map((cause) => {
    const named = new Set(cause.rivals.map((rival) => rival.cause));
    const others = causes.flatMap((other) =>
      other.id === cause.id || named.has(other.id)
        ? []
        : other.rivals.filter((r) => r.cause === cause.id).map((r) => ({ cause: other.id, separate: r.separate })),
    );
    return others.length ? { ...cause, rivals: [...cause.rivals, ...others] } : cause;
  });
}
