/** Durations of one minute and the percentiles of every series that they count in, from one sort for all series. */
import { MILLISECONDS } from './rows.ts';

/** Fewer are sorted as one number each, which costs less than going through tables of digits. */
const FEW = 400;
/** Most bits of a digit, so that its table stays in the processor's first cache. */
const MOST_BITS = 11;
const ROOM = 1024;

/** Words of a percentile that was reached: its series, the index of the share, and the place of its value among all. */
const HIT = 3;

/** Place of a percentile among so many values. */
const rankOf = (share: number, of: number): number => Math.max(0, Math.ceil(share * of) - 1);

// The loops of `percentiles`, functions of their own that call nothing of other objects: V8 compiles each with all it calls.

/** Counts values by the two series that each has. */
function countBoth(series: Uint16Array, length: number, total: Uint32Array): void {
  for (let i = 0; i < length; i++) {
    const both = series[i]!;
    total[both & 255]!++;
    total[both >>> 8]!++;
  }
}

/**
 * Goes through values in rising order and tells the percentiles of each series. @param total, passed, place, next by series: see
 * Durations. @param hits receives HIT words each. @returns the end of them.
 */
function findPlaces(
  series: Uint16Array,
  length: number,
  shares: readonly number[],
  total: Uint32Array,
  passed: Uint32Array,
  place: Uint32Array,
  next: Uint8Array,
  hits: Uint32Array,
): number {
  let end = 0;
  for (let i = 0; i < length; i++) {
    const both = series[i]!;
    let one = both & 255;
    for (let side = 0; side < 2; side++, one = both >>> 8) {
      if (++passed[one]! !== place[one]!) continue;
      // Several shares may name the same value.
      while (next[one]! < shares.length && place[one] === passed[one]) {
        hits[end] = one;
        hits[end + 1] = next[one]!;
        hits[end + 2] = i;
        end += HIT;
        next[one]!++;
        place[one] = next[one]! < shares.length ? rankOf(shares[next[one]!]!, total[one]!) + 1 : 0;
      }
    }
  }
  return end;
}

export class Durations {
  length = 0;
  /** Values in seconds, no NaN; whoever adds some calls `reserve` first and counts `length` up. */
  seconds = new Float32Array(ROOM);
  /** By value: two further series that it counts in, eight bits each. All values count in series 0, too. */
  series: Uint16Array = new Uint16Array(ROOM);
  #bits = new Uint32Array(this.seconds.buffer);
  #otherBits = new Uint32Array(ROOM);
  #otherSeries: Uint16Array = new Uint16Array(ROOM);
  readonly #few = new Float64Array(FEW);
  readonly #digits = new Uint32Array(1 << MOST_BITS);
  /** By series: values in it, how many of them were passed, place and number of the percentile that comes next. */
  readonly #total: Uint32Array;
  readonly #passed: Uint32Array;
  readonly #place: Uint32Array;
  readonly #next: Uint8Array;

  readonly #none: number;

  /** @param count of series, 256 at most. The last stands for none: what counts in it is told by nobody. */
  constructor(count: number) {
    this.#none = count - 1;
    this.#total = new Uint32Array(count);
    this.#passed = new Uint32Array(count);
    this.#place = new Uint32Array(count);
    this.#next = new Uint8Array(count);
  }

  /** Makes room for so many values more. */
  reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.seconds.length) return;
    const room = Math.max(wanted, this.seconds.length * 2);
    const { seconds, series } = this;
    this.seconds = new Float32Array(room);
    this.seconds.set(seconds);
    this.series = new Uint16Array(room);
    this.series.set(series);
    this.#bits = new Uint32Array(this.seconds.buffer);
    this.#otherBits = new Uint32Array(room);
    this.#otherSeries = new Uint16Array(room);
  }

  /**
   * Exact nearest-rank percentiles, as `nearestRank` has them, of every series that has values; forgets the values.
   * @param shares 0..1, rising. @param found takes the series, the index of the share and the seconds.
   */
  percentiles(shares: readonly number[], found: (series: number, share: number, seconds: number) => void): void {
    const { length } = this;
    if (length === 0) return;
    const valueAt = this.#order();
    const { series } = this;
    for (const [i, share] of shares.entries()) found(0, i, valueAt(rankOf(share, length)));
    const total = this.#total.fill(0);
    countBoth(series, length, total);
    const place = this.#place.fill(0);
    for (let one = 1; one < this.#none; one++) place[one] = total[one] === 0 ? 0 : rankOf(shares[0]!, total[one]!) + 1;
    const hits = new Uint32Array(total.length * shares.length * HIT);
    const end = findPlaces(series, length, shares, total, this.#passed.fill(0), place, this.#next.fill(0), hits);
    for (let hit = 0; hit < end; hit += HIT) found(hits[hit]!, hits[hit + 1]!, valueAt(hits[hit + 2]!));
    this.length = 0;
  }

  /** Brings the series into the rising order of their values. @returns what tells the value at a place of that order. */
  #order(): (at: number) => number {
    if (this.length > FEW && this.#orderMilliseconds()) return (at) => MILLISECONDS[this.#keyAt(at)]!;
    this.#sort();
    const { seconds } = this;
    return (at) => seconds[at]!;
  }

  /** Orders durations that are few whole milliseconds, as in most logs, by counting. @returns false where one is not. */
  #orderMilliseconds(): boolean {
    const { length, seconds, series } = this;
    const keys = this.#otherBits;
    const digits = this.#digits.fill(0);
    // Names of a module are looked up each time.
    const milliseconds = MILLISECONDS;
    for (let i = 0; i < length; i++) {
      const value = seconds[i]!;
      const key = (value * 1000 + 0.5) | 0;
      // Also where there is none such, or no digit of it.
      if (milliseconds[key] !== value || key >= digits.length) return false;
      keys[i] = key;
      digits[key]!++;
    }
    let at = 0;
    for (let key = 0; key < digits.length; key++) {
      const count = digits[key]!;
      digits[key] = at;
      at += count;
    }
    const ordered = this.#otherSeries;
    for (let i = 0; i < length; i++) ordered[digits[keys[i]!]!++] = series[i]!;
    this.#otherSeries = series;
    this.series = ordered;
    return true;
  }

  /** The value at a place after `#orderMilliseconds`: `#digits` has where each ends. */
  #keyAt(place: number): number {
    const ends = this.#digits;
    let low = 0;
    for (let high = ends.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if (ends[middle]! > place) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Brings the values into rising order, each with its series. */
  #sort(): void {
    const { length, seconds } = this;
    const bits = this.#bits;
    // Nearly all logs have whole milliseconds, whose numbers are short.
    const milliseconds = MILLISECONDS;
    let whole = 0;
    for (; whole < length; whole++) {
      const value = seconds[whole]!;
      const key = (value * 1000 + 0.5) | 0;
      // Also where there is none such.
      if (milliseconds[key] !== value) break;
      bits[whole] = key;
    }
    const inMilliseconds = whole === length;
    // Numbers of rising bits: what is negative has its bits the other way round, and comes first.
    if (!inMilliseconds)
      for (let i = 0; i < length; i++) {
        if (i < whole) seconds[i] = milliseconds[bits[i]!]!;
        const raw = bits[i]!;
        bits[i] = raw >>> 31 === 0 ? raw | 0x80000000 : ~raw;
      }
    let least = 0xffffffff;
    let most = 0;
    for (let i = 0; i < length; i++) {
      const key = bits[i]!;
      if (key < least) least = key;
      if (key > most) most = key;
    }
    if (length <= FEW) this.#sortFew(least);
    else this.#sortMany(least, most);
    const sorted = this.#bits;
    const values = this.seconds;
    for (let i = 0; i < length; i++) {
      const key = sorted[i]!;
      if (inMilliseconds) values[i] = milliseconds[key]!;
      else sorted[i] = key >>> 31 === 0 ? ~key : key ^ 0x80000000;
    }
  }

  #sortFew(least: number): void {
    const { length, series } = this;
    const bits = this.#bits;
    const few = this.#few;
    for (let i = 0; i < length; i++) few[i] = (bits[i]! - least) * 65_536 + series[i]!;
    few.subarray(0, length).sort();
    for (let i = 0; i < length; i++) {
      const both = few[i]!;
      const key = Math.floor(both / 65_536);
      bits[i] = key + least;
      series[i] = both - key * 65_536;
    }
  }

  /** By digits, the lowest first; as few and as short ones as the values need. */
  #sortMany(least: number, most: number): void {
    const { length } = this;
    const needed = 32 - Math.clz32(most - least);
    const passes = Math.ceil(needed / MOST_BITS);
    const width = passes === 0 ? 0 : Math.ceil(needed / passes);
    const mask = (1 << width) - 1;
    const digits = this.#digits;
    for (let pass = 0; pass < passes; pass++) {
      const shift = pass * width;
      const from = this.#bits;
      const to = this.#otherBits;
      const fromSeries = this.series;
      const toSeries = this.#otherSeries;
      for (let digit = 0; digit <= mask; digit++) digits[digit] = 0;
      for (let i = 0; i < length; i++) digits[((from[i]! - least) >>> shift) & mask]!++;
      let at = 0;
      for (let digit = 0; digit <= mask; digit++) {
        const count = digits[digit]!;
        digits[digit] = at;
        at += count;
      }
      for (let i = 0; i < length; i++) {
        const key = from[i]!;
        const place = digits[((key - least) >>> shift) & mask]!++;
        to[place] = key;
        toSeries[place] = fromSeries[i]!;
      }
      this.#bits = to;
      this.#otherBits = from;
      this.series = toSeries;
      this.#otherSeries = fromSeries;
    }
    this.seconds = new Float32Array(this.#bits.buffer);
  }
}
