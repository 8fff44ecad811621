/** Durations of one series in one minute, and their percentiles without sorting all of them. */

/** Fewer are sorted. */
const FEW = 48;
/** Sign, exponent and seven bits of the fraction: positive numbers in rising order, one bucket for values within 1 %. */
const BUCKETS = 0x8000;
const COUNTS = new Uint32Array(BUCKETS);
/** 1 for buckets whose values are looked at one by one; zeros between calls. */
const WANTED = new Uint8Array(BUCKETS);

export class Durations {
  #seconds = new Float32Array(64);
  #bits = new Uint32Array(this.#seconds.buffer);
  /** Values of one bucket. */
  #some = new Float32Array(64);
  length = 0;

  add(seconds: number): void {
    if (this.length === this.#seconds.length) {
      const bigger = new Float32Array(this.length * 2);
      bigger.set(this.#seconds);
      this.#seconds = bigger;
      this.#bits = new Uint32Array(bigger.buffer);
      this.#some = new Float32Array(bigger.length);
    }
    this.#seconds[this.length++] = seconds;
  }

  /**
   * Exact nearest-rank percentiles, as `nearestRank` has them. @param shares 0..1, rising. May bring the values into another
   * order. @returns one value a share, NaN when there are no durations.
   */
  percentiles(shares: readonly number[]): number[] {
    const { length } = this;
    if (length === 0) return shares.map(() => Number.NaN);
    const rankOf = (share: number): number => Math.max(0, Math.ceil(share * length) - 1);
    const bits = this.#bits;
    // Names of a module are looked up each time in a bundle, so the loops have their own.
    const counts = COUNTS;
    let least = 0;
    let low = BUCKETS;
    let high = 0;
    for (let i = 0; i < length; i++) {
      const bucket = bits[i]! >>> 16;
      // Nothing lies far below everything else.
      if (bucket === 0) least++;
      else if (bucket < low) low = bucket;
      if (bucket > high) high = bucket;
    }
    // Negative numbers stand behind the positive ones.
    if (length < FEW || high >= BUCKETS) {
      const sorted = this.#seconds.subarray(0, length).sort();
      return shares.map((share) => sorted[rankOf(share)]!);
    }
    for (let bucket = low; bucket <= high; bucket++) counts[bucket] = 0;
    for (let i = 0; i < length; i++) counts[bits[i]! >>> 16]!++;
    // Where the wanted values are: behind all values of the wanted buckets before theirs.
    const wanted = WANTED;
    let bucket = low;
    let before = least;
    let gathered = 0;
    const places = shares.map((share) => {
      const rank = rankOf(share);
      if (rank < least) return -1;
      while (before + counts[bucket]! <= rank) {
        if (wanted[bucket] !== 0) gathered += counts[bucket]!;
        before += counts[bucket++]!;
      }
      wanted[bucket] = 1;
      return gathered + rank - before;
    });
    const some = this.#some;
    const seconds = this.#seconds;
    let found = 0;
    for (let i = 0; i < length; i++) if (wanted[bits[i]! >>> 16] !== 0) some[found++] = seconds[i]!;
    for (let i = low; i <= bucket; i++) wanted[i] = 0;
    const sorted = some.subarray(0, found).sort();
    return places.map((place, i) => (place < 0 ? this.#inBucket(0, rankOf(shares[i]!)) : sorted[place]!));
  }

  /** The value of that rank among those of one bucket. */
  #inBucket(bucket: number, rank: number): number {
    const bits = this.#bits;
    const seconds = this.#seconds;
    const some = this.#some;
    const { length } = this;
    let found = 0;
    for (let i = 0; i < length; i++) if (bits[i]! >>> 16 === bucket) some[found++] = seconds[i]!;
    return found === 1 ? some[0]! : some.subarray(0, found).sort()[rank]!;
  }
}
