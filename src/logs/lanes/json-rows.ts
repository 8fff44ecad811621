/** The kernel's reader of JSON lines (json.as, record.as): what it counted, and the record that it left to the host. */
import type { Kernel } from '../kernel/kernel.ts';
import { JsonKeys } from './json-keys.ts';

/** How a value was written; 0 where there is none, or null. */
export const STRING = 1;
/** A string with escapes or with bytes beyond ASCII. */
export const ODD_STRING = 2;
/** A whole number of at most fifteen digits, as JavaScript would write it. */
export const INTEGER = 3;
/** Another number, true or false. */
export const OTHER = 4;

/** Whose endpoint the kernel has hashed. */
export const OF_REQUEST = 1;
export const OF_OPERATION = 2;

/** Why the kernel stopped. */
const FOR_HOST = 2;
const NEXT_BATCH = 3;
const NOT_QUIET = 0x7fffffff;

export class JsonRows {
  readonly keys: JsonKeys;
  readonly #kernel: Kernel;
  /** Lines hold pairs, not objects. */
  readonly #pairs: boolean;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  /** Index in the kernel's bytes at which they begin in its memory. */
  readonly #offset: number;

  /** Takes the kernel for one source: what it learned of another is forgotten. */
  constructor(kernel: Kernel, pairs = false) {
    this.#pairs = pairs;
    this.#kernel = kernel;
    this.#words = kernel.record.words;
    this.#doubles = kernel.record.doubles;
    this.#offset = kernel.bytes.byteOffset;
    this.keys = new JsonKeys(kernel);
  }

  /**
   * Counts lines from `at` on, until one is met that is not to be counted. @param quiet lines that end behind it are not.
   * @returns how many; `stoppedAt` of the kernel says where it stopped.
   */
  count(at: number, end: number, quiet: number): number {
    let count: number;
    do count = this.#pairs ? this.#kernel.logfmt(at, end, quiet) : this.#kernel.json(at, end, quiet);
    while (count === 0 && this.#kernel.unknownName.start > 0 && this.keys.learn());
    return count;
  }

  /** Whether the line at which `count` stopped is a record that was read. */
  get read(): boolean {
    return this.#kernel.verdict === FOR_HOST;
  }

  /** Whether `count` is to be asked again where it stopped. */
  get more(): boolean {
    return this.#kernel.verdict === NEXT_BATCH;
  }

  /** Reads the line at `at` where the kernel was not told to count. @returns false when it is no record. */
  seek(at: number, end: number): boolean {
    return this.count(at, end, NOT_QUIET) === 0 && this.read;
  }

  kind(slot: number): number {
    return (this.#words[slot >> 2]! >>> ((slot & 3) << 3)) & 255;
  }
  /** Bytes of a value, without quotes. */
  from(slot: number): number {
    return this.#words[8 + slot * 3]! - this.#offset;
  }
  to(slot: number): number {
    return this.#words[9 + slot * 3]! - this.#offset;
  }
  /** The value as the parser's fields have it; undefined where there is none. */
  text(slot: number): string | undefined {
    const kind = this.kind(slot);
    if (kind === 0) return undefined;
    const b = this.#kernel.bytes;
    const from = this.from(slot);
    const to = this.to(slot);
    if (kind === STRING || kind === INTEGER) return b.toString('latin1', from, to);
    const text = b.toString('utf8', from, to);
    // A string with escapes or bytes beyond ASCII; a number, true or false.
    return String(JSON.parse(b[from - 1] === 34 ? `"${text}"` : text));
  }

  /** Name of the member that holds a value. */
  name(slot: number): string {
    return this.keys.name(this.#words[10 + slot * 3]!);
  }
  get start(): number {
    return this.#words[104]!;
  }
  /** Behind the object. */
  get close(): number {
    return this.#words[105]!;
  }
  get next(): number {
    return this.#words[106]!;
  }
  /** Bits of what makes a request, see `mayBeRequest`. */
  get access(): number {
    return this.#words[107]!;
  }
  /** What `remember` was told of the texts; -1 for nothing, 0 where there is none. */
  get level(): number {
    return this.#words[108]!;
  }
  get endpoint(): number {
    return this.#words[109]!;
  }
  get partner(): number {
    return this.#words[110]!;
  }
  get outcome(): number {
    return this.#words[111]!;
  }
  get client(): number {
    return this.#words[112]!;
  }
  get merchant(): number {
    return this.#words[103]!;
  }
  /** The client's plain IPv4 address as an unsigned number, or -1. */
  get address(): number {
    return this.#words[114] === 1 ? this.#words[113]! >>> 0 : -1;
  }
  /** Halves of the message's shape (see `shapeKeyOf`), where there is no `shape` yet and it is `shaped`. */
  get shapeHigh(): number {
    return this.#words[115]!;
  }
  get shapeLow(): number {
    return this.#words[116]!;
  }
  get shaped(): boolean {
    return this.#words[117] === 1;
  }
  /** Number of the message's shape as `fileShape` gave it, or -1. */
  get shape(): number {
    return this.#words[118]!;
  }
  /** Whether the duration was read to `seconds`, NaN where there is none. */
  get timed(): boolean {
    return this.#words[119] === 1;
  }
  /** ms UTC; NaN when the host has to read the stamp. */
  get time(): number {
    return this.#doubles[60]!;
  }
  get seconds(): number {
    return this.#doubles[61]!;
  }
  /** Whose endpoint the kernel has hashed; 0 for none. */
  get endpointOf(): number {
    return this.#words[126]!;
  }
  /** Whether the stamp names its offset, where `time` is known. */
  get ownOffset(): boolean {
    return this.#words[127] === 1;
  }
}
