/** A fast reader for lines of one layout, which stops at the first line that it leaves to the general reader. */
import type { Kernel } from '../kernel/kernel.ts';
import type { Sweep } from '../sweep.ts';
import type { Level } from '../types.ts';

/** How the general reader read a text line; places are indices into its bytes. */
export interface Reading {
  /** Whether it began a record of text, whose message stands at its end as it is. */
  plain: boolean;
  start: number;
  end: number;
  /** The stamp, with its offset and the like. */
  stamp: number;
  stampEnd: number;
  /** ms as if the wall clock were UTC. */
  local: number;
  ownOffset: boolean;
  /** Where begins what was asked whether it is a line of another kind: bytes from there to the end. */
  envelope: number;
  /** Bytes behind what settled head and level. */
  beyond: number;
  fixed: boolean;
  /** It began a record whose message is pairs (which is not `plain`), under a priority of this level. */
  pairs: boolean;
  level: Level | undefined;
}

/** Nothing read yet. */
export const emptyReading = (): Reading => ({
  plain: false,
  start: 0,
  end: 0,
  stamp: 0,
  stampEnd: 0,
  local: 0,
  ownOffset: false,
  envelope: 0,
  beyond: 0,
  fixed: false,
  pairs: false,
  level: undefined,
});

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
  /** Lines from the one at which the run stopped on that are for the general reader before the lane is asked again. */
  readonly left: number;
  /** Set when the next lines like the one at which the run stopped may be taken, although this one was not. */
  readonly hopeful: boolean;
  /** Set when the lane wants to see what the general reader makes of the line at which the run stopped. */
  readonly curious: boolean;
  /** What the general reader made of it; asked only where the lane is curious. @returns whether anything was learned. */
  learn?(reading: Reading): boolean;
  /** The lines of the block are all read: what the kernel still holds is to be taken from it. */
  rest?(): void;
  /** Hands on what it has counted by itself, at the end of the file. */
  finish(): void;
}

/** A lane that leaves a line at a time and asks nothing about it: it sweeps no line, and learns from none. */
export abstract class SteadyLane implements Lane {
  taken = 0;
  readonly swept = false;
  readonly cards = false;
  readonly left = 1;
  readonly hopeful = false;
  readonly curious = false;

  abstract begin(kernel: Kernel): void;
  abstract run(kernel: Kernel, from: number, end: number, firstLine: number, sweep: Sweep, found: number[]): number;
  abstract finish(): void;
}
