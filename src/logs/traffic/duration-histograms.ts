/**
 * How long requests of each merchant took, in 200 classes a twentieth apart from a millisecond to half a minute: percentiles come
 * within 3 percent, whatever the number of requests. Whoever is named keeps 800 bytes, so that many names are too many.
 */
import { roomier } from '../../evidence/release.ts';

const CLASSES = 200;
/** Milliseconds that are told apart; what takes longer counts as this long. */
const MOST_MS = 32_767;
const STEP = Math.log(MOST_MS) / (CLASSES - 1);
/** Names beyond which no durations are kept at all, so that it does not matter who was named first. */
export const MOST_TIMED = 1000;

/** By whole milliseconds: the class they belong to. */
export const CLASS_OF: Uint8Array = Uint8Array.from({ length: MOST_MS + 1 }, (_, ms) =>
  ms === 0 ? 0 : Math.round(Math.log(ms) / STEP),
);

export class DurationHistograms {
  /** By name and class. */
  counts = new Uint32Array(0);
  /** Whether durations are kept: they cost a tenth of the time that counting takes, so somebody has to ask for them. */
  kept: boolean;

  constructor(kept = false) {
    this.kept = kept;
  }

  /** Makes room for so many names. @returns whether durations are kept: not where there are too many names. */
  reserve(names: number): boolean {
    if (!this.kept) return false;
    if (names > MOST_TIMED) {
      this.kept = false;
      this.counts = new Uint32Array(0);
      return false;
    }
    if (names * CLASSES > this.counts.length)
      this.counts = roomier(this.counts, new Uint32Array(Math.min(MOST_TIMED, names * 2) * CLASSES));
    return true;
  }

  /** @param seconds no NaN. @param of number of the name, for which there is room. */
  add(of: number, seconds: number): void {
    const ms = (Math.fround(seconds) * 1000 + 0.5) | 0;
    this.counts[of * CLASSES + CLASS_OF[ms >>> 0 <= MOST_MS ? ms : MOST_MS]!]!++;
  }

  /** Adds what another pass counted. @param ids by its name, the name here. @param names how many there are now. */
  merge(other: Pick<DurationHistograms, 'counts' | 'kept'>, ids: ArrayLike<number>, names: number): void {
    if (!this.reserve(other.kept ? names : MOST_TIMED + 1)) return;
    const { counts } = other;
    for (let name = 1; name < ids.length && (name + 1) * CLASSES <= counts.length; name++)
      this.addAll(ids[name]!, counts.subarray(name * CLASSES, (name + 1) * CLASSES));
  }

  /** Counts of one name by class; empty where nothing was timed. */
  of(name: number): Uint32Array {
    return this.counts.subarray(name * CLASSES, (name + 1) * CLASSES);
  }

  /** Adds counts by class. */
  addAll(name: number, counts: ArrayLike<number>): void {
    const own = this.of(name);
    for (let i = 0; i < Math.min(own.length, counts.length); i++) own[i]! += counts[i]!;
  }

  /** Nearest-rank percentile in seconds, within 3 percent; NaN where nothing was timed. @param share 0..1. */
  percentile(name: number, share: number): number {
    const counts = this.of(name);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(share * total));
    let seen = 0;
    const found = counts.findIndex((count) => {
      seen += count;
      return seen >= rank;
    });
    return Math.exp(found * STEP) / 1000;
  }
}

/**
 * Counts rows of the kernel (OPERATION in count.as) by merchant, whose number stands above bit 16 of a word; a function of its own,
 * as those of address-loops.ts. @param counts of histograms with room for every merchant.
 */
export function countDurations(words: Int32Array, end: number, above: number, counts: Uint32Array): void {
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  // Names of a module are looked up each time.
  const classOf = CLASS_OF;
  for (let at = 3; at < end; at = (at + 6) | 0) {
    const merchant = words[at]! >>> above;
    // TIMED.
    if (merchant === 0 || (words[(at - 2) | 0]! & 4) === 0) continue;
    const ms = (floats[(at + 2) | 0]! * 1000 + 0.5) | 0;
    counts[(merchant * 200 + classOf[ms >>> 0 <= 32_767 ? ms : 32_767]!) | 0]!++;
  }
}
