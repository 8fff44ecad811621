/**
 * Requests or operations by merchant and minute, and how many of them failed: a few bytes for each merchant of a minute, not
 * for each request. A merchant calls from servers of its own, so each of its requests is a voice.
 */
import { DurationHistograms, type DurationState } from './duration-histograms.ts';
import { eachOf, eachPiece, MinutePieces, orderOf, type PieceState } from './minute-pieces.ts';
import { NameTable } from './names.ts';

/** Bytes that minutes may take; requests beyond them are known by their merchant only. */
const MOST_BYTES = 4 * 2 ** 20;
/** Numbers of an entry: the merchant, its requests, and its failures. */
const NUMBERS = 3;
/** Merchants by the bits above those of the upstream, see `put` in count.as. */
const ABOVE = 16;
const UPSTREAM = 0xffff;

const FAILED = 1;

type NameState = Pick<NameTable, 'names' | 'counts'>;

/** Plain data for other threads. */
export interface MerchantState extends PieceState {
  names: NameState;
  beyond: number;
  durations: DurationState;
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

/** The same of entries of another pass. @param ids by its merchant, the one here. */
function addEntries(
  numbers: Uint32Array,
  end: number,
  ids: ArrayLike<number>,
  requests: Uint32Array,
  failures: Uint32Array,
  touched: number[],
): void {
  for (let at = 0; at < end; at += NUMBERS) {
    const merchant = ids[numbers[at]!]!;
    if (requests[merchant] === 0) touched.push(merchant);
    requests[merchant]! += numbers[at + 1]!;
    failures[merchant]! += numbers[at + 2]!;
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
  readonly #pieces = new MinutePieces(NUMBERS, MOST_BYTES);
  /** The pieces were put together, which gave back little room. */
  #joined = false;

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
    this.time(minute, merchant, seconds);
  }

  /** The same of several requests of one merchant. */
  addMany(minute: number, merchant: number, requests: number, failures: number): void {
    this.names.counts[merchant]! += requests;
    if (Number.isNaN(minute)) this.beyond += requests;
    else this.#count(minute, merchant, requests, failures);
  }

  /** Keeps how long a request took that was counted, where that is asked for. @param seconds NaN when not logged. */
  time(minute: number, merchant: number, seconds: number): void {
    if (!Number.isNaN(seconds) && this.durations.reserve(this.names.names.length))
      this.durations.add(merchant, seconds, minute);
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
    if (this.durations.reserve(this.names.names.length)) this.durations.takeBatch(minute, words, end, ABOVE);
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
    const pieces = this.#pieces;
    const fits = pieces.reserve(touched.length) || (this.#join() && pieces.reserve(touched.length));
    for (const merchant of touched) {
      const requests = this.#requests[merchant]!;
      if (fits) {
        pieces.write(merchant);
        pieces.write(requests);
        pieces.write(this.#failures[merchant]!);
      } else this.beyond += requests;
      this.#requests[merchant] = 0;
      this.#failures[merchant] = 0;
    }
    touched.length = 0;
    if (fits) pieces.end(this.#minute);
  }

  /**
   * Puts the pieces of each minute together: there are many where lines stand in no order of time.
   * @returns whether that gave room back; once it gives back little, it is not tried again.
   */
  #join(): boolean {
    if (this.#joined) return false;
    const pieces = this.#pieces;
    const { room } = pieces;
    const { minutes, ends, bytes } = pieces.view();
    const state = { minutes, ends, bytes: bytes.slice() };
    // A sum takes no more bytes than its parts, so that there is room for everything put together.
    pieces.clear();
    const counts = new Map<number, { requests: number; failures: number }>();
    let open = Number.NaN;
    const write = (): void => {
      if (counts.size === 0) return;
      for (const [merchant, { requests, failures }] of counts)
        for (const number of [merchant, requests, failures]) pieces.write(number);
      pieces.end(open);
      counts.clear();
    };
    eachOf(
      state,
      NUMBERS,
      (minute, merchant, requests, failures) => {
        if (minute !== open) write();
        open = minute;
        const known = counts.get(merchant);
        if (known) {
          known.requests += requests;
          known.failures += failures;
        } else counts.set(merchant, { requests, failures });
      },
      orderOf(state),
    );
    write();
    this.#joined = pieces.room * 2 > room;
    return pieces.room < room;
  }

  /** Whether some merchants or minutes had to be counted together. */
  get approximated(): boolean {
    return this.beyond > 0 || this.names.overflowed || this.durations.crowded;
  }

  /** What was counted, where it stands: good until more is counted. */
  #view(): Omit<MerchantState, 'durations'> {
    this.#close();
    return {
      names: { names: this.names.names, counts: this.names.counts },
      ...this.#pieces.view(),
      beyond: this.beyond,
    };
  }

  state(): MerchantState {
    const view = this.#view();
    return { ...view, bytes: view.bytes.slice(), durations: this.durations.state() };
  }

  /** Adds what another pass counted. */
  merge(other: MerchantState): void {
    const ids = this.names.merge(other.names);
    this.beyond += other.beyond;
    this.durations.merge(other.durations, ids, this.names.names.length);
    eachPiece(other, (minute, numbers, end) => {
      if (this.#minute !== minute) this.#open(minute);
      this.#reserve();
      addEntries(numbers, end, ids, this.#requests, this.#failures, this.#touched);
    });
  }

  /** Puts one merchant's minute back that was written elsewhere; its requests are among those of its name. */
  restore(minute: number, merchant: number, requests: number, failures: number): void {
    this.#count(minute, merchant, requests, failures);
  }

  /** Tells everything counted by minute, in order of time; a minute may come in several pieces. */
  each(tell: TellMerchants): void {
    const state = this.#view();
    eachPiece(state, tell, orderOf(state));
  }

  /** The same as plain data. */
  *entries(): Generator<[minute: number, merchant: number, requests: number, failures: number]> {
    const state = this.#view();
    for (const piece of orderOf(state)) {
      const told: [number, number, number, number][] = [];
      eachOf(
        state,
        NUMBERS,
        (minute, merchant, requests, failures) => told.push([minute, merchant, requests, failures]),
        [piece],
      );
      yield* told;
    }
  }
}

/** @param numbers a merchant, its requests and its failures, and so on up to `end`; not to be kept. */
export type TellMerchants = (minute: number, numbers: Uint32Array, end: number) => void;
