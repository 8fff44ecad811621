/** Rows of requests that the kernel read from columns (columns.as). */
import type { Kernel } from '../kernel/kernel.ts';

const WORDS = 48;
const DOUBLES = 24;

/** One row; `move` goes over the rows. All places are indices into the kernel's bytes. */
export class ColumnRow {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  #at = 0;
  #double = 16;

  constructor({ words, doubles }: Kernel) {
    this.#words = words;
    this.#doubles = doubles;
  }

  move(row: number): void {
    this.#at = row * WORDS;
    this.#double = row * DOUBLES + 16;
  }

  /** Start of the line after it; its own start, and its end before the CR. */
  get next(): number {
    return this.#words[this.#at]!;
  }
  get end(): number {
    return this.#words[this.#at + 1]!;
  }
  get start(): number {
    return this.#words[this.#at + 9]!;
  }
  /** IPv4 address as an unsigned number. */
  get address(): number {
    return this.#words[this.#at + 2]! >>> 0;
  }
  /** 0 where there was no answer. */
  get status(): number {
    return this.#words[this.#at + 3]!;
  }
  /** The target holds something that asks for a closer look. */
  get odd(): boolean {
    return (this.#words[this.#at + 4]! & 1) !== 0;
  }
  /** The target holds a word that may belong to a literal of a signature; or referer or user agent do. */
  get worded(): boolean {
    return (this.#words[this.#at + 4]! & 2) !== 0;
  }
  get voiced(): boolean {
    return (this.#words[this.#at + 4]! & 8) !== 0;
  }
  get hasPath(): boolean {
    return (this.#words[this.#at + 4]! & 4) !== 0;
  }
  /** Double hash of the endpoint, see `endpointOf`, and of the upstream. */
  get endpointHigh(): number {
    return this.#words[this.#at + 5]!;
  }
  get endpointLow(): number {
    return this.#words[this.#at + 6]!;
  }
  get upstreamHigh(): number {
    return this.#words[this.#at + 7]!;
  }
  get upstreamLow(): number {
    return this.#words[this.#at + 8]!;
  }
  /** Start and end of a span, see SPAN; negative where there is none. */
  from(span: number): number {
    return this.#words[this.#at + 10 + span * 2]!;
  }
  to(span: number): number {
    return this.#words[this.#at + 11 + span * 2]!;
  }
  /** One of NUMBER; NaN where there is none. */
  number(number: number): number {
    return this.#doubles[this.#double + number]!;
  }
}
