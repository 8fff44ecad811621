/** Rows of the kernel's reader of JSON lines (json.as): where the values of the known members stand, and what they are. */
import type { Kernel } from '../kernel/kernel.ts';
import type { AddressTable } from '../traffic/addresses.ts';
import { JsonKeys } from './json-keys.ts';

/** How a value was written; 0 where there is none, or null. */
export const STRING = 1;
/** A string with escapes or with bytes beyond ASCII. */
export const ODD_STRING = 2;
/** A whole number of at most fifteen digits, as JavaScript would write it. */
export const INTEGER = 3;

export class JsonRows {
  readonly keys: JsonKeys;
  /** Rows that were read, and the one at hand. */
  #count = 0;
  #row = 0;
  /** Index of the row's first word. */
  #at = 0;
  readonly #kernel: Kernel;
  readonly #addresses: AddressTable;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;

  /** Takes the kernel for one source: what it learned of another is forgotten. @param addresses in which clients will be counted. */
  constructor(kernel: Kernel, addresses: AddressTable) {
    this.#addresses = addresses;
    this.#kernel = kernel;
    this.#words = kernel.words;
    this.#doubles = kernel.doubles;
    this.keys = new JsonKeys(kernel);
  }

  /** Forgets the rows; the kernel has other bytes now. */
  clear(): void {
    this.#count = 0;
    this.#row = 0;
  }

  /** Moves to the row of the line at `at`, reading on where it was not read yet. @returns false when it has none. */
  seek(at: number, end: number): boolean {
    // A line left to the parser keeps its row; what was read of the lines behind it still holds.
    for (; this.#row < this.#count; this.#row++) {
      this.#at = this.#row * 44;
      if (this.start === at) return true;
      if (this.start > at) break;
    }
    this.#row = 0;
    this.#at = 0;
    do this.#count = this.#kernel.json(at, end);
    while (this.#count === 0 && this.#kernel.unknownName.start > 0 && this.keys.learn());
    this.#addresses.warm(this.#words, 33, 44, this.#count);
    return this.#count > 0;
  }

  kind(slot: number): number {
    return (this.#words[this.#at + (slot >> 2)]! >>> ((slot & 3) << 3)) & 255;
  }
  /** Bytes of a value, without quotes. */
  from(slot: number): number {
    return this.#words[this.#at + 4 + slot]!;
  }
  to(slot: number): number {
    return this.#words[this.#at + 14 + slot]!;
  }
  /** Name of the member that holds the duration. */
  get durationName(): string {
    return this.keys.name(this.#words[this.#at + 24]!);
  }
  get start(): number {
    return this.#words[this.#at + 25]!;
  }
  /** Behind the object. */
  get close(): number {
    return this.#words[this.#at + 26]!;
  }
  get next(): number {
    return this.#words[this.#at + 27]!;
  }
  /** Bits of what makes a request, see `mayBeRequest`. */
  get access(): number {
    return this.#words[this.#at + 28]!;
  }
  /** What `remember` was told of the texts; -1 for nothing, 0 where there is none. */
  get level(): number {
    return this.#words[this.#at + 29]!;
  }
  get endpoint(): number {
    return this.#words[this.#at + 30]!;
  }
  get partner(): number {
    return this.#words[this.#at + 31]!;
  }
  get outcome(): number {
    return this.#words[this.#at + 32]!;
  }
  /** The client's plain IPv4 address as an unsigned number, or -1. */
  get address(): number {
    return this.#words[this.#at + 34] === 1 ? this.#words[this.#at + 33]! >>> 0 : -1;
  }
  /** Whether the message is plain, so that the halves of its shape are known (see `shapeKeyOf`). */
  get shaped(): boolean {
    return this.#words[this.#at + 37] === 1;
  }
  get shapeHigh(): number {
    return this.#words[this.#at + 35]!;
  }
  get shapeLow(): number {
    return this.#words[this.#at + 36]!;
  }
  /** ms UTC; NaN when the host has to read the stamp. */
  get time(): number {
    return this.#doubles[(this.#at >> 1) + 19]!;
  }
  /** NaN when it is no whole number. */
  get duration(): number {
    return this.#doubles[(this.#at >> 1) + 20]!;
  }
}
