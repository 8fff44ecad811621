/** Durations of one series in one minute, and their percentiles without sorting all of them. */

/** More rounds than this, and a sort is surer (values may be arranged against the choice of the pivot). */
const MOST_ROUNDS = 48;

export class Durations {
  #seconds = new Float32Array(64);
  length = 0;

  add(seconds: number): void {
    if (this.length === this.#seconds.length) {
      const bigger = new Float32Array(this.length * 2);
      bigger.set(this.#seconds);
      this.#seconds = bigger;
    }
    this.#seconds[this.length++] = seconds;
  }

  /**
   * Exact nearest-rank percentiles, as `nearestRank` has them. @param shares 0..1, rising. Brings the values into another
   * order. @returns one value a share, NaN when there are no durations.
   */
  percentiles(shares: readonly number[]): number[] {
    const { length } = this;
    let from = 0;
    return shares.map((share) => {
      if (length === 0) return Number.NaN;
      const rank = Math.max(0, Math.ceil(share * length) - 1);
      select(this.#seconds, from, length - 1, rank);
      // All values in front of the rank are smaller or equal now.
      from = rank;
      return this.#seconds[rank]!;
    });
  }
}

/** Hoare's selection: moves the value of that rank to its place, smaller ones before it and greater ones behind. */
function select(values: Float32Array, first: number, last: number, rank: number): void {
  let low = first;
  let high = last;
  for (let round = 0; low < high; round++) {
    if (round === MOST_ROUNDS) {
      values.subarray(low, high + 1).sort();
      return;
    }
    const a = values[low]!;
    const b = values[(low + high) >>> 1]!;
    const c = values[high]!;
    const pivot = a < b ? (b < c ? b : a < c ? c : a) : a < c ? a : b < c ? c : b;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const swapped = values[i]!;
        values[i++] = values[j]!;
        values[j--] = swapped;
      }
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else return;
  }
}
