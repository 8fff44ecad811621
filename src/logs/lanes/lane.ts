/** A fast reader for lines of one layout, which stops at the first line that it leaves to the general reader. */
import type { Kernel } from '../kernel/kernel.ts';
import type { Sweep } from '../sweep.ts';

export interface Lane {
  /** Lines taken by the last run. */
  readonly taken: number;
  /** Set when the line at which the run stopped was swept already; its literals are in the array handed in. */
  readonly swept: boolean;
  /** The swept line may hold a card number. */
  readonly cards: boolean;
  /** Another block of lines is in the kernel, which stays the same for a whole source. */
  begin(kernel: Kernel): void;
  /**
   * Reads lines from `from` on. @returns where the first line begins that it does not take, or `end`.
   * @param found receives the literals of that line when `swept` is set.
   */
  run(kernel: Kernel, from: number, end: number, firstLine: number, sweep: Sweep, found: number[]): number;
  /** Hands on what it has counted by itself, at the end of the file. */
  finish(): void;
}
