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

/**
 * Tells entries of three numbers; of two, the third is 0. @param size numbers of an entry. @param order of the pieces; as they
 * were filed unless given.
 */
export function eachOf(
  { minutes, ends, bytes }: PieceState,
  size: 2 | 3,
  tell: (minute: number, first: number, second: number, third: number, piece: number) => void,
  order: Iterable<number> = ends.keys(),
): void {
  const numbers = [0, 0, 0];
  for (const piece of order) {
    const minute = minutes[piece]!;
    const end = ends[piece]!;
    let at = piece === 0 ? 0 : ends[piece - 1]!;
    while (at < end) {
      for (let i = 0; i < size; i++) {
        let value = 0;
        let byte = 128;
        for (let shift = 0; byte > 127; shift += 7) {
          byte = bytes[at++]!;
          value |= (byte & 127) << shift;
        }
        numbers[i] = value >>> 0;
      }
      tell(minute, numbers[0]!, numbers[1]!, numbers[2]!, piece);
    }
  }
}
