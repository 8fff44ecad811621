/** Two lanes for the lines of one source: where one does not take a line, the other is asked. */
import type { Kernel } from '../kernel/kernel.ts';
import type { Sweep } from '../sweep.ts';
import { type Lane, SteadyLane } from './lane.ts';

export class EitherLane extends SteadyLane {
  /** The one that took lines last. */
  #first: Lane;
  #second: Lane;

  /** @param first and @param second look at nothing but the line, and leave no line swept. */
  constructor(first: Lane, second: Lane) {
    super();
    this.#first = first;
    this.#second = second;
  }

  begin(kernel: Kernel): void {
    this.#first.begin(kernel);
    this.#second.begin(kernel);
  }

  run(kernel: Kernel, from: number, end: number, firstLine: number, sweep: Sweep, found: number[]): number {
    const at = this.#first.run(kernel, from, end, firstLine, sweep, found);
    this.taken = this.#first.taken;
    if (at >= end) return at;
    const stopped = this.#second.run(kernel, at, end, firstLine + this.taken, sweep, found);
    this.taken += this.#second.taken;
    if (this.#second.taken > 0) [this.#first, this.#second] = [this.#second, this.#first];
    return stopped;
  }

  finish(): void {
    this.#first.finish();
    this.#second.finish();
  }
}
