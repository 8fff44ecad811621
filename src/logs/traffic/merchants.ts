/**
 * Requests or operations by merchant and minute, and how many of them failed: a few bytes for each merchant of a minute, not
 * for each request. A merchant calls from servers of its own, so each of its requests is a voice.
 */
import { countDurations, DurationHistograms } from './duration-histograms.ts';
import { NameTable } from './names.ts';

/** Bytes that minutes may take; requests beyond them are known by their merchant only. */
const MOST_BYTES = 4 * 2 ** 20;
/** Longest entry: three numbers of five bytes. */
const LONGEST = 15;
/** Bytes that a piece of a minute counts as besides its entries, so that minutes in no order stay within the bound. */
const PIECE = 12;
/** Merchants by the bits above those of the upstream, see `put` in count.as. */
const ABOVE = 16;
const UPSTREAM = 0xffff;

const FAILED = 1;

type NameState = Pick<NameTable, 'names' | 'counts'>;

/** Plain data for other threads. */
export interface MerchantState {
  names: NameState;
  /** Minutes since 1970 of the pieces, and where each ends in `bytes`. */
  minutes: Float64Array;
  ends: Uint32Array;
  bytes: Uint8Array;
  beyond: number;
  durations: Pick<DurationHistograms, 'counts' | 'kept'>;
}

/** The loop of `takeBatch`, a function of its own so that it is compiled by itself and soon. */
function countRows(
  words: Int32Array,
  end: number,
  counts: Uint32Array,
  requests: Uint32Array,
  failures: Uint32Array,
  touched: number[],
): void {
  for (let at = 3; at < end; at = (at + 6) | 0) {
    const both = words[at]!;
    const merchant = both >>> ABOVE;
    if (merchant === 0) continue;
    words[at] = both & UPSTREAM;
    counts[merchant]!++;
    if (requests[merchant]!++ === 0) touched.push(merchant);
    failures[merchant]! += words[(at - 2) | 0]! & FAILED;
  }
}

export class MerchantCounts {
  readonly names = new NameTable();
  readonly durations: DurationHistograms;
  /** Requests whose minute is not known. */
  beyond = 0;
  #minute = Number.NaN;
  /** Of the open minute, by merchant. */
  #requests = new Uint32Array(64);
  #failures = new Uint32Array(64);
  #touched: number[] = [];
  /** Pieces of minutes that are closed: the merchants of each with their counts. */
  #bytes = new Uint8Array(0);
  #used = 0;
  readonly #minutes: number[] = [];
  readonly #ends: number[] = [];

  /** @param timed whether durations are kept, see DurationHistograms. */
  constructor(timed = false) {
    this.durations = new DurationHistograms(timed);
  }

  /**
   * @param minute since 1970; NaN where the time is not known. @param merchant its id among `names`; 0 counts nowhere.
   * @param seconds NaN when not logged.
   */
  add(minute: number, merchant: number, failed: boolean, seconds = Number.NaN): void {
    if (merchant === 0) return;
    this.addMany(minute, merchant, 1, failed ? 1 : 0);
    if (!Number.isNaN(seconds) && this.durations.reserve(this.names.names.length))
      this.durations.add(merchant, seconds);
  }

  /** The same of several requests of one merchant. */
  addMany(minute: number, merchant: number, requests: number, failures: number): void {
    this.names.counts[merchant]! += requests;
    if (Number.isNaN(minute)) this.beyond += requests;
    else this.#count(minute, merchant, requests, failures);
  }

  /**
   * Counts rows of the kernel (OPERATION in count.as), all of one minute, and leaves the upstream alone in its word.
   * @param minute since 1970.
   */
  takeBatch(minute: number, words: Int32Array, count: number): void {
    const end = count * 6;
    let any = 0;
    for (let at = 3; at < end; at = (at + 6) | 0) any |= words[at]!;
    if (any >>> ABOVE === 0) return;
    if (this.#minute !== minute) this.#open(minute);
    this.#reserve();
    if (this.durations.reserve(this.names.names.length)) countDurations(words, end, ABOVE, this.durations.counts);
    countRows(words, end, this.names.counts, this.#requests, this.#failures, this.#touched);
  }

  #count(minute: number, merchant: number, requests: number, failures: number): void {
    if (this.#minute !== minute) this.#open(minute);
    if (merchant >= this.#requests.length) this.#reserve();
    if (this.#requests[merchant] === 0) this.#touched.push(merchant);
    this.#requests[merchant]! += requests;
    this.#failures[merchant]! += failures;
  }

  /** Room for every merchant that has a name. */
  #reserve(): void {
    const { length } = this.names.names;
    if (length <= this.#requests.length) return;
    const grown = (old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const bigger = new Uint32Array(length * 2);
      bigger.set(old);
      return bigger;
    };
    this.#requests = grown(this.#requests);
    this.#failures = grown(this.#failures);
  }

  #open(minute: number): void {
    this.#close();
    this.#minute = minute;
  }

  /** Files what was counted in the open minute. */
  #close(): void {
    const touched = this.#touched;
    if (touched.length === 0) return;
    const fits = this.#room(touched.length * LONGEST);
    for (const merchant of touched) {
      const requests = this.#requests[merchant]!;
      if (fits) {
        this.#write(merchant);
        this.#write(requests);
        this.#write(this.#failures[merchant]!);
      } else this.beyond += requests;
      this.#requests[merchant] = 0;
      this.#failures[merchant] = 0;
    }
    touched.length = 0;
    if (!fits) return;
    this.#minutes.push(this.#minute);
    this.#ends.push(this.#used);
  }

  /** Makes room for so many bytes. @returns false when there is none left. */
  #room(bytes: number): boolean {
    const needed = this.#used + bytes;
    if (needed + this.#ends.length * PIECE > MOST_BYTES) return false;
    if (needed <= this.#bytes.length) return true;
    const bigger = new Uint8Array(Math.min(MOST_BYTES, Math.max(needed, this.#bytes.length * 2, 4096)));
    bigger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = bigger;
    return true;
  }

  /** Seven bits a byte, the lowest first. */
  #write(number: number): void {
    let value = number;
    while (value > 127) {
      this.#bytes[this.#used++] = (value & 127) | 128;
      value >>>= 7;
    }
    this.#bytes[this.#used++] = value;
  }

  /** Whether some merchants or minutes had to be counted together. */
  get approximated(): boolean {
    return this.beyond > 0 || this.names.overflowed;
  }

  /** What was counted, where it stands: good until more is counted. */
  #view(): MerchantState {
    this.#close();
    return {
      names: { names: this.names.names, counts: this.names.counts },
      minutes: Float64Array.from(this.#minutes),
      ends: Uint32Array.from(this.#ends),
      bytes: this.#bytes.subarray(0, this.#used),
      beyond: this.beyond,
      durations: this.durations,
    };
  }

  state(): MerchantState {
    const view = this.#view();
    const { counts, kept } = this.durations;
    return { ...view, bytes: view.bytes.slice(), durations: { counts: counts.slice(), kept } };
  }

  /** Adds what another pass counted. */
  merge(other: MerchantState): void {
    const ids = this.names.merge(other.names);
    this.beyond += other.beyond;
    this.durations.merge(other.durations, ids, this.names.names.length);
    eachOf(other, (minute, merchant, requests, failures) => this.#count(minute, ids[merchant]!, requests, failures));
  }

  /** Puts one merchant's minute back that was written elsewhere; its requests are among those of its name. */
  restore(minute: number, merchant: number, requests: number, failures: number): void {
    this.#count(minute, merchant, requests, failures);
  }

  /** Tells everything counted by minute, in order of time; a minute may come in several pieces. */
  each(tell: TellMerchant): void {
    const state = this.#view();
    eachOf(state, tell, orderOf(state));
  }

  /** The same as plain data. */
  *entries(): Generator<[minute: number, merchant: number, requests: number, failures: number]> {
    const state = this.#view();
    for (const piece of orderOf(state)) {
      const told: [number, number, number, number][] = [];
      eachOf(state, (...one) => told.push(one), [piece]);
      yield* told;
    }
  }
}

export type TellMerchant = (minute: number, merchant: number, requests: number, failures: number) => void;

/** The pieces in order of their minutes. */
const orderOf = ({ ends, minutes }: MerchantState): number[] =>
  Array.from(ends.keys()).sort((a, b) => minutes[a]! - minutes[b]!);

/** @param order of the pieces; as they were counted unless given. */
function eachOf(
  { minutes, ends, bytes }: MerchantState,
  tell: TellMerchant,
  order: Iterable<number> = ends.keys(),
): void {
  const numbers = [0, 0, 0];
  for (const piece of order) {
    const minute = minutes[piece]!;
    const end = ends[piece]!;
    let at = piece === 0 ? 0 : ends[piece - 1]!;
    while (at < end) {
      for (let i = 0; i < 3; i++) {
        let value = 0;
        let byte = 128;
        for (let shift = 0; byte > 127; shift += 7) {
          byte = bytes[at++]!;
          value |= (byte & 127) << shift;
        }
        numbers[i] = value >>> 0;
      }
      tell(minute, numbers[0]!, numbers[1]!, numbers[2]!);
    }
  }
}
