/**
 * How long requests of each merchant took, by minute, in 200 classes a twentieth apart from a millisecond to half a minute:
 * percentiles come within 3 percent, whatever the number of requests. A name keeps 1.6 KB, so that many names are too many.
 */
import { roomier } from '../../evidence/release.ts';
import { eachPiece, MinutePieces, orderOf, type PieceState } from './minute-pieces.ts';

const CLASSES = 200;
/** Milliseconds that are told apart; what takes longer counts as this long. */
const MOST_MS = 32_767;
const STEP = Math.log(MOST_MS) / (CLASSES - 1);
/** Names beyond which no durations are kept at all, so that it does not matter who was named first. */
export const MOST_TIMED = 1000;
/** Bytes that the minutes may take: some eight million different durations of a merchant and minute. */
const MOST_BYTES = 16 * 2 ** 20;
/** Numbers of an entry: how far its name and class lie behind those of the entry before, and its count. */
const NUMBERS = 2;
/** Stands for the minute of what has no time. */
const UNKNOWN = Number.POSITIVE_INFINITY;

/** By whole milliseconds: the class they belong to. */
const CLASS_OF: Uint8Array = Uint8Array.from({ length: MOST_MS + 1 }, (_, ms) =>
  ms === 0 ? 0 : Math.round(Math.log(ms) / STEP),
);

/** Plain data for other threads. */
export interface DurationState {
  kept: boolean;
  crowded: boolean;
  beside: Uint32Array;
  pieces: PieceState;
}

export class DurationHistograms {
  /** Whether durations are kept: they cost a tenth of the time that counting takes, so somebody has to ask for them. */
  kept: boolean;
  /** Whether there were too many names, so that nothing is told. */
  manyNames = false;
  /** Whether there was no room for some minutes, so that none is told. */
  crowded = false;
  /** Counts by name and class: of the open minute, which of them are more than 0, and of what is in no piece. */
  #open = new Uint32Array(0);
  #touched: number[] = [];
  #beside = new Uint32Array(0);
  #minute = UNKNOWN;
  readonly #pieces: MinutePieces;
  /** Of all minutes together, once somebody asked. */
  #whole: Uint32Array | undefined;

  /** @param most bytes that the minutes may take. */
  constructor(kept = false, most = MOST_BYTES) {
    this.kept = kept;
    this.#pieces = new MinutePieces(NUMBERS, most);
  }

  /** Makes room for so many names. @returns whether durations are kept: not where there are too many names. */
  reserve(names: number): boolean {
    if (!this.kept) return false;
    this.#whole = undefined;
    if (names > MOST_TIMED) {
      this.kept = false;
      this.manyNames = true;
      this.#open = this.#beside = new Uint32Array(0);
      this.#touched.length = 0;
      return false;
    }
    if (names * CLASSES > this.#open.length) {
      const room = Math.min(MOST_TIMED, names * 2) * CLASSES;
      this.#open = roomier(this.#open, new Uint32Array(room));
      this.#beside = roomier(this.#beside, new Uint32Array(room));
    }
    return true;
  }

  /** @param seconds no NaN. @param of number of the name, for which there is room. @param minute since 1970, NaN where not known. */
  add(of: number, seconds: number, minute: number): void {
    const ms = (Math.fround(seconds) * 1000 + 0.5) | 0;
    this.#count(minute, of * CLASSES + CLASS_OF[ms >>> 0 <= MOST_MS ? ms : MOST_MS]!, 1);
  }

  /**
   * Counts rows of the kernel (OPERATION in count.as) of names for which there is room, all of one minute.
   * @param above bit of the fourth word of a row from which on its name stands.
   */
  takeBatch(minute: number, words: Int32Array, end: number, above: number): void {
    this.#turnTo(minute);
    countDurations(words, end, above, this.#open, this.#touched);
  }

  #count(minute: number, key: number, count: number): void {
    this.#turnTo(Number.isNaN(minute) ? UNKNOWN : minute);
    if (this.#open[key] === 0) this.#touched.push(key);
    this.#open[key]! += count;
  }

  #turnTo(minute: number): void {
    if (this.#minute === minute) return;
    this.#close();
    this.#minute = minute;
  }

  /** Files the open minute. */
  #close(): void {
    const { length } = this.#touched;
    if (length === 0) return;
    const pieces = this.#pieces;
    const timed = this.#minute !== UNKNOWN;
    if (timed && !this.crowded) this.crowded = !pieces.reserve(length);
    const filed = timed && !this.crowded;
    let last = 0;
    for (const key of Uint32Array.from(this.#touched).sort()) {
      const count = this.#open[key]!;
      this.#open[key] = 0;
      if (filed) {
        pieces.write(key - last);
        pieces.write(count);
        last = key;
      } else this.#beside[key]! += count;
    }
    this.#touched.length = 0;
    if (filed) pieces.end(this.#minute);
  }

  /** What was counted, where it stands: good until more is. */
  #view(): DurationState {
    this.#close();
    return { kept: this.kept, crowded: this.crowded, beside: this.#beside, pieces: this.#pieces.view() };
  }

  state(): DurationState {
    const { beside, pieces, ...rest } = this.#view();
    return { ...rest, beside: beside.slice(), pieces: { ...pieces, bytes: pieces.bytes.slice() } };
  }

  /** Adds what another pass counted. @param ids by its name, the name here. @param names how many there are now. */
  merge(other: DurationState, ids: ArrayLike<number>, names: number): void {
    if (!this.reserve(other.kept ? names : MOST_TIMED + 1)) return;
    const here = (key: number): number => ids[Math.floor(key / CLASSES)]! * CLASSES + (key % CLASSES);
    for (const [key, count] of other.beside.entries()) if (count > 0) this.#beside[here(key)]! += count;
    eachKey(other.pieces, (minute, key, count) => this.#count(minute, here(key), count));
    this.crowded ||= other.crowded;
  }

  /** Nearest-rank percentile of all minutes in seconds, within 3 percent; NaN where nothing was timed. @param share 0..1. */
  percentile(name: number, share: number): number {
    if (!this.kept) return Number.NaN;
    if (!this.#whole) {
      const { beside, pieces } = this.#view();
      const whole = beside.slice();
      eachKey(pieces, (_, key, count) => {
        whole[key]! += count;
      });
      this.#whole = whole;
    }
    return percentileOf(this.#whole.subarray(name * CLASSES, (name + 1) * CLASSES), share);
  }

  /**
   * Nearest-rank percentiles of each minute in order of time, within 3 percent; none where some minutes are missing.
   * @param wanted by name, whether it is told. @param shares 0..1. @param tell takes the index of the share, and seconds.
   */
  byMinute(
    wanted: ArrayLike<unknown>,
    shares: readonly number[],
    tell: (minute: number, name: number, share: number, seconds: number) => void,
  ): void {
    if (!this.kept) return;
    const { pieces, crowded } = this.#view();
    if (crowded) return;
    let open = UNKNOWN;
    const counts = new Map<number, Uint32Array>();
    const tellMinute = (): void => {
      for (const [name, own] of counts)
        for (const [i, share] of shares.entries()) tell(open, name, i, percentileOf(own, share));
      counts.clear();
    };
    const take = (minute: number, key: number, count: number): void => {
      if (minute !== open) tellMinute();
      open = minute;
      const name = Math.floor(key / CLASSES);
      if (!wanted[name]) return;
      const own = counts.get(name) ?? new Uint32Array(CLASSES);
      counts.set(name, own);
      own[key - name * CLASSES]! += count;
    };
    eachKey(pieces, take, orderOf(pieces));
    tellMinute();
  }
}

/** Tells what pieces hold, each with its name and class as one number. */
function eachKey(
  pieces: PieceState,
  tell: (minute: number, key: number, count: number) => void,
  order?: Iterable<number>,
): void {
  eachPiece(
    pieces,
    (minute, numbers, end) => {
      let key = 0;
      for (let at = 0; at < end; at += NUMBERS) {
        key += numbers[at]!;
        tell(minute, key, numbers[at + 1]!);
      }
    },
    order,
  );
}

/** @param counts by class. */
function percentileOf(counts: Uint32Array, share: number): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  if (total === 0) return Number.NaN;
  const rank = Math.max(1, Math.ceil(share * total));
  let found = 0;
  for (let seen = counts[0]!; seen < rank; ) seen += counts[++found]!;
  return Math.exp(found * STEP) / 1000;
}

/**
 * Counts rows of the kernel (OPERATION in count.as) by merchant, whose number stands above bit 16 of a word; a function of its own,
 * as those of address-loops.ts. @param counts of histograms with room for every merchant. @param touched which were 0 before.
 */
function countDurations(words: Int32Array, end: number, above: number, counts: Uint32Array, touched: number[]): void {
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  // Names of a module are looked up each time.
  const classOf = CLASS_OF;
  for (let at = 3; at < end; at = (at + 6) | 0) {
    const merchant = words[at]! >>> above;
    // TIMED.
    if (merchant === 0 || (words[(at - 2) | 0]! & 4) === 0) continue;
    const ms = (floats[(at + 2) | 0]! * 1000 + 0.5) | 0;
    const key = (merchant * 200 + classOf[ms >>> 0 <= 32_767 ? ms : 32_767]!) | 0;
    if (counts[key]!++ === 0) touched.push(key);
  }
}
