/** Counts by minute in many series with one bound on all of them: stamps may lie anywhere in ten thousand years. */

/** Minutes of all series together that are told apart, some 30 MB. */
const MOST_MINUTES = 500_000;

export class MinuteBudget {
  #left: number;
  /** What happened in minutes beyond the bound. */
  beyond = 0;

  constructor(most = MOST_MINUTES) {
    this.#left = most;
  }

  /** @param series of one thing, by minute (ms UTC). */
  add(series: Map<number, number>, minute: number, count = 1): void {
    const known = series.get(minute);
    if (known !== undefined) series.set(minute, known + count);
    else if (this.#left > 0) {
      this.#left--;
      series.set(minute, count);
    } else this.beyond += count;
  }

  /** Takes over a series that was counted elsewhere. */
  adopt(series: ReadonlyMap<number, number>): void {
    this.#left -= series.size;
  }
}
