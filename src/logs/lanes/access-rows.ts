/**
 * The fast lane's view of access lines as nginx and Apache write them unless told otherwise:
 * `ADDRESS IDENT USER [STAMP] "METHOD TARGET PROTOCOL" STATUS BYTES` with or without `"REFERER" "AGENT"`.
 * The kernel reads them (access.as); it must say the same as `readAccessLine`, and stops at anything unusual.
 */
import type { Kernel } from '../kernel/kernel.ts';
import { parseTimestamp, stamp } from '../time/timestamp.ts';

/** `12/Sep/2026:08:54:04 +0000`: the length of a stamp without its brackets. */
const STAMP_LENGTH = 26;

const LAST_MIDNIGHT = Date.UTC(2100, 0, 1);

const two = (b: Uint8Array, at: number): number => {
  const tens = b[at]! - 48;
  const ones = b[at + 1]! - 48;
  return tens >>> 0 < 10 && ones >>> 0 < 10 ? tens * 10 + ones : 99;
};

/** ms UTC of the midnight before the stamp at `at`, NaN when it is of another kind. Needs an offset in the stamp. */
function midnightOf(b: Buffer, at: number): number {
  const hour = two(b, at + 12);
  const minute = two(b, at + 15);
  const second = two(b, at + 18);
  if (b[at + 2] !== 47 || b[at + 6] !== 47 || b[at + 11] !== 58 || b[at + 14] !== 58 || b[at + 17] !== 58)
    return Number.NaN;
  if (hour > 23 || minute > 59 || second > 59 || b[at + 20] !== 32) return Number.NaN;
  if (!parseTimestamp(b, at, at + STAMP_LENGTH + 1) || stamp.next !== at + STAMP_LENGTH) return Number.NaN;
  if (Number.isNaN(stamp.offset) || stamp.yearless || stamp.dateless || stamp.zoneName !== '') return Number.NaN;
  const midnight = stamp.local - stamp.offset * 60_000 - ((hour * 60 + minute) * 60 + second) * 1000;
  // Rows hold seconds since 1970 in 32 bits.
  return midnight >= 0 && midnight < LAST_MIDNIGHT ? midnight : Number.NaN;
}

/**
 * Reads lines from `from` on into the kernel's rows. @returns how many; fewer than there are lines when one of another
 * form is met or the rows are full; `kernel.stoppedAt` says where.
 */
export function readAccessRows(kernel: Kernel, from: number, end: number): number {
  const count = kernel.access(from, end);
  const { stampWanted } = kernel;
  if (count > 0 || stampWanted === 0) return count;
  const midnight = midnightOf(kernel.bytes, stampWanted);
  if (Number.isNaN(midnight)) return 0;
  kernel.knowStamp(stampWanted, midnight);
  return kernel.access(from, end);
}

/** Words of a row. */
export const ROW_WORDS = 24;
/** Which words of a row hold what the counters need; the minute and second are since 1970, the endpoint is its double hash. */
export const PLACES = { address: 2, status: 9, merchant: 15, endpoint: 16, second: 18, minute: 19 } as const;
/** Its lowest bits are not 0 when the request may be an attack; above them stands where the query names a merchant. */
export const ODD_WORD = 15;
export const ODD_BITS = 3;
const ABOVE_ODD = 2;
/** Which double of a row is its time. */
export const TIME_DOUBLE = 10;

/** One row; `at` is moved over the rows. All places are indices into the kernel's bytes. */
export class AccessRow {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  /** Index of the row's first word. */
  #at = 0;

  constructor({ words, doubles }: Kernel) {
    this.#words = words;
    this.#doubles = doubles;
  }

  move(row: number): void {
    this.#at = row * 24;
  }

  /** Start of the line after it. */
  get next(): number {
    return this.#words[this.#at]!;
  }
  /** End of the line, before its CR. */
  get end(): number {
    return this.#words[this.#at + 1]!;
  }
  /** IPv4 address as an unsigned number. */
  get address(): number {
    return this.#words[this.#at + 2]! >>> 0;
  }
  get clientEnd(): number {
    return this.#words[this.#at + 3]!;
  }
  get methodStart(): number {
    return this.#words[this.#at + 4]!;
  }
  get methodEnd(): number {
    return this.#words[this.#at + 5]!;
  }
  get targetStart(): number {
    return this.#words[this.#at + 6]!;
  }
  get targetEnd(): number {
    return this.#words[this.#at + 7]!;
  }
  /** Index of the question mark; `targetEnd` when there is none. */
  get mark(): number {
    return this.#words[this.#at + 8]!;
  }
  get status(): number {
    return this.#words[this.#at + 9]!;
  }
  get start(): number {
    return this.#words[this.#at + 10]!;
  }
  /** -1 when the line ends before it. */
  get refererStart(): number {
    return this.#words[this.#at + 11]!;
  }
  get refererEnd(): number {
    return this.#words[this.#at + 12]!;
  }
  get agentStart(): number {
    return this.#words[this.#at + 13]!;
  }
  get agentEnd(): number {
    return this.#words[this.#at + 14]!;
  }
  /** The target holds something that asks for a closer look. */
  get odd(): boolean {
    return (this.#words[this.#at + 15]! & 1) !== 0;
  }
  /** The line holds a word that may belong to a literal of a signature. */
  get worded(): boolean {
    return (this.#words[this.#at + 15]! & 2) !== 0;
  }
  /** Where the query names a merchant, 0 for none; it ends with the last unreserved character. */
  get merchant(): number {
    return this.#words[this.#at + 15]! >>> ABOVE_ODD;
  }
  /** Double hash of the endpoint, see `endpointOf`. */
  get high(): number {
    return this.#words[this.#at + 16]!;
  }
  get low(): number {
    return this.#words[this.#at + 17]!;
  }
  /** ms UTC. */
  get time(): number {
    return this.#doubles[(this.#at >> 1) + 10]!;
  }
  get bytes(): number {
    return this.#doubles[(this.#at >> 1) + 11]!;
  }
}
