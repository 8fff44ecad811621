/** Counts by minute in columns: stamps may lie in as many minutes as there are lines, and a Map takes five times as much. */
import { firstAtLeast } from '../lists.ts';

const MINUTE = 60_000;

/** Minutes (ms UTC, floored) to counts, in order of time. Reads like a Map. */
export class MinuteCounts implements ReadonlyMap<number, number> {
  readonly #minutes: Float64Array;
  readonly #counts: Uint32Array;

  private constructor(minutes: Float64Array, counts: Uint32Array) {
    this.#minutes = minutes;
    this.#counts = counts;
  }

  /** @param times ms UTC; what is no time is left out. @param take indexes that count; all when absent. */
  static of(times: ArrayLike<number>, take: (index: number) => boolean = () => true): MinuteCounts {
    let taken = 0;
    const each = new Float64Array(times.length);
    for (let i = 0; i < times.length; i++)
      if (Number.isFinite(times[i]!) && take(i)) each[taken++] = Math.floor(times[i]! / MINUTE) * MINUTE;
    const sorted = each.subarray(0, taken).sort();
    let length = 0;
    for (let i = 0; i < taken; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) length++;
    const minutes = new Float64Array(length);
    const counts = new Uint32Array(length);
    for (let i = 0, at = -1; i < taken; i++) {
      if (i === 0 || sorted[i] !== sorted[i - 1]) minutes[++at] = sorted[i]!;
      counts[at]!++;
    }
    return new MinuteCounts(minutes, counts);
  }

  get size(): number {
    return this.#minutes.length;
  }

  get(minute: number): number | undefined {
    const at = firstAtLeast(this.#minutes, minute);
    return this.#minutes[at] === minute ? this.#counts[at] : undefined;
  }

  has(minute: number): boolean {
    return this.get(minute) !== undefined;
  }

  keys(): MapIterator<number> {
    return this.#minutes.values() as MapIterator<number>;
  }

  values(): MapIterator<number> {
    return this.#counts.values() as MapIterator<number>;
  }

  *entries(): MapIterator<[number, number]> {
    for (let at = 0; at < this.size; at++) yield [this.#minutes[at]!, this.#counts[at]!];
  }

  [Symbol.iterator](): MapIterator<[number, number]> {
    return this.entries();
  }

  forEach(call: (count: number, minute: number, map: ReadonlyMap<number, number>) => void): void {
    for (const [minute, count] of this) call(count, minute, this);
  }
}
