/** Entries of a few numbers each, filed by minute in a few bytes; a minute may come in several pieces, and in any order. */

import { writeNumber } from './rows.ts';

/** Longest number: five times seven bits. */
const LONGEST = 5;
/** Bytes that a piece of a minute counts as besides its entries, so that minutes in no order stay within the bound. */
const PIECE = 12;

/** Plain data for other threads. */
export interface PieceState {
  /** Minutes since 1970 of the pieces, and where each ends in `bytes`. */
  minutes: Float64Array;
  ends: Uint32Array;
  bytes: Uint8Array;
}

export class MinutePieces {
  readonly #numbers: number;
  readonly #most: number;
  #bytes = new Uint8Array(0);
  #used = 0;
  readonly #minutes: number[] = [];
  readonly #ends: number[] = [];

  /** @param numbers of an entry. @param most bytes that everything may take. */
  constructor(numbers: number, most: number) {
    this.#numbers = numbers;
    this.#most = most;
  }

  /** Bytes that count as taken. */
  get room(): number {
    return this.#used + this.#ends.length * PIECE;
  }

  /** Makes room for so many entries. @returns false when there is none left. */
  reserve(entries: number): boolean {
    const more = entries * this.#numbers * LONGEST;
    if (this.room + more > this.#most) return false;
    const needed = this.#used + more;
    if (needed <= this.#bytes.length) return true;
    const room = Math.min(this.#most, Math.max(needed, this.#bytes.length * 2, 4096));
    const bigger = new Uint8Array(room);
    bigger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = bigger;
    return true;
  }

  /** Writes one number of an entry for which there is room: seven bits a byte, the lowest first. */
  write(number: number): void {
    this.#used = writeNumber(this.#bytes, this.#used, number);
  }

  /** Files what was written since the last piece. @param minute since 1970. */
  end(minute: number): void {
    this.#minutes.push(minute);
    this.#ends.push(this.#used);
  }

  /** Forgets everything filed; what is written then has as much room as that had, without asking for it. */
  clear(): void {
    this.#used = 0;
    this.#minutes.length = 0;
    this.#ends.length = 0;
  }

  /** What was filed, where it stands: good until more is. */
  view(): PieceState {
    return {
      minutes: Float64Array.from(this.#minutes),
      ends: Uint32Array.from(this.#ends),
      bytes: this.#bytes.subarray(0, this.#used),
    };
  }
}

/** The pieces in order of their minutes. */
export const orderOf = ({ ends, minutes }: PieceState): number[] =>
  Array.from(ends.keys()).sort((a, b) => minutes[a]! - minutes[b]!);

/** Numbers of one piece; a function of its own, as V8 compiles it soon and once for whatever is done with them. @returns how many. */
function decode(bytes: Uint8Array, from: number, to: number, into: Uint32Array): number {
  let known = 0;
  let value = 0;
  let shift = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    value |= (byte & 127) << shift;
    shift += 7;
    if (byte > 127) continue;
    into[known++] = value;
    value = 0;
    shift = 0;
  }
  return known;
}

/**
 * Tells pieces with the numbers of all their entries, one behind the other.
 * @param tell must not keep `numbers`, of which `end` are of this piece. @param order as they were filed unless given.
 */
export function eachPiece(
  { minutes, ends, bytes }: PieceState,
  tell: (minute: number, numbers: Uint32Array, end: number) => void,
  order: Iterable<number> = ends.keys(),
): void {
  let numbers = new Uint32Array(0);
  for (const piece of order) {
    const from = piece === 0 ? 0 : ends[piece - 1]!;
    const to = ends[piece]!;
    // A number takes a byte and more.
    if (to - from > numbers.length) numbers = new Uint32Array(2 * (to - from));
    tell(minutes[piece]!, numbers, decode(bytes, from, to, numbers));
  }
}

/** Tells entries of three numbers; of two, the third is 0. @param size numbers of an entry. @param order as of `eachPiece`. */
export function eachOf(
  state: PieceState,
  size: 2 | 3,
  tell: (minute: number, first: number, second: number, third: number) => void,
  order?: Iterable<number>,
): void {
  eachPiece(
    state,
    (minute, numbers, end) => {
      for (let at = 0; at < end; at += size)
        tell(minute, numbers[at]!, numbers[at + 1]!, size === 3 ? numbers[at + 2]! : 0);
    },
    order,
  );
}
