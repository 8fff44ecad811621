/**
 * The byte loops of the log pass: AssemblyScript compiled to WebAssembly with SIMD, which looks at sixteen bytes at a time.
 * Source and layout of the memory are in the `.as` files of this folder; tools/kernel.mjs compiles them.
 */
import { ODD_BYTES, oddEscape } from '../attacks/matcher.ts';
import type { Places } from '../cards/find.ts';
import { LENGTHS } from '../cards/ranges.ts';
import { type LiteralHits, type LiteralSearch, lookCloser, lookShort, marksOf } from '../lexicon/literal-search.ts';
import { BREAKS } from '../templates.ts';
import type { StampClock } from '../time/stamp-clock.ts';
import type { KernelExports } from './exports.ts';
import { KERNEL } from './kernel.gen.ts';
import { WasmModule } from './wasm.ts';

/** What the general reader found out about the head of a text line; places are indices into the kernel's bytes. */
export interface TextHead {
  line: number;
  stamp: number;
  /** End of the stamp's fraction, or of its seconds. */
  core: number;
  end: number;
  envelope: number;
  message: number;
  reach: number;
  level: number;
  /** Bytes of the stamp behind `core`. */
  suffix: number;
  fixed: boolean;
  pairs: boolean;
  /** The message stands on the next line. */
  awaits?: boolean;
}

/**
 * Kinds of bytes in a request target. 0 plain, 1 digit, 2 slash, 3 odd (see ODD_BYTES), 4 percent, 5 dot, 6 question mark,
 * 7 blank, 8 what ends the lane: quotes, backslashes, line ends, bytes beyond ASCII.
 */
function kindOf(byte: number): number {
  const marks = ['/', '%', '.', '?', ' '].indexOf(String.fromCharCode(byte));
  if (marks >= 0) return [2, 4, 5, 6, 7][marks]!;
  if (byte >= 48 && byte <= 57) return 1;
  if (byte === 34 || byte === 92 || byte < 32 || byte >= 127) return 8;
  return ODD_BYTES[byte] === 1 ? 3 : 0;
}

const hexDigit = (value: number): number => '0123456789abcdef'.charCodeAt(value);

export class Kernel {
  /** The block of lines; behind it lie the kernel's tables and what `unwrap` takes out. */
  readonly bytes: Buffer;
  /** How long a block may be. */
  readonly room: number;
  /** Where the line behind each of those begins that `unwrap` took something out of. */
  readonly innerNext: Int32Array;
  /** Rows that were read, as whole numbers and as 64-bit ones. */
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** Requests among the JSON records that were counted; operations are in `words`. See OPERATION in count.as. */
  readonly requests: Int32Array;
  /** The JSON record read last, what shapes of messages counted, which of them did, and records by level; see record.as and count.as. */
  readonly record: { words: Int32Array; doubles: Float64Array };
  readonly shapes: { words: Int32Array; doubles: Float64Array };
  readonly touchedShapes: Int32Array;
  readonly levels: Uint32Array;
  /** What `text` found, see text.as. */
  readonly textResult: { words: Int32Array; doubles: Float64Array };
  /** Records that `text` counted and that are to be seen, see text.as. */
  readonly textEvents: { words: Int32Array; doubles: Float64Array };
  readonly #exports: KernelExports;
  readonly #tables: readonly Uint8Array[];
  readonly #loaded: (LiteralSearch | undefined)[] = [undefined, undefined];
  readonly #wordBits: readonly Uint8Array[];
  readonly #neighbours: readonly Uint8Array[];
  readonly #shorts: readonly Uint8Array[];
  readonly #stamp: Uint8Array;
  readonly #hits: Int32Array;
  readonly #steps: Uint8Array;
  readonly #prefixes: Uint8Array;
  #prefixCount = 0;

  constructor(exports: KernelExports) {
    const { buffer } = exports.memory;
    const table = <T>(kind: new (b: ArrayBuffer, at: number, length: number) => T, at: number, length: number): T =>
      new kind(buffer, at, length);
    this.#exports = exports;
    this.bytes = Buffer.from(buffer, exports.BLOCK.value);
    this.room = exports.BLOCK_ROOM.value;
    this.innerNext = table(Int32Array, exports.INNER_NEXT.value, exports.MOST_INNER.value);
    this.words = table(Int32Array, exports.OUT.value, exports.OUT_ROOM.value / 4);
    this.doubles = table(Float64Array, exports.OUT.value, exports.OUT_ROOM.value / 8);
    const behind = exports.OUT.value + exports.OUT_ROOM.value;
    this.requests = table(Int32Array, exports.OUT_REQUESTS.value, (behind - exports.OUT_REQUESTS.value) / 4);
    const record = exports.RECORD.value;
    this.record = { words: table(Int32Array, record, 128), doubles: table(Float64Array, record, 64) };
    const shapes = exports.SHAPES.value;
    const room = exports.TOUCHED.value - shapes;
    this.shapes = { words: table(Int32Array, shapes, room / 4), doubles: table(Float64Array, shapes, room / 8) };
    this.touchedShapes = table(Int32Array, exports.TOUCHED.value, room / 24);
    this.levels = table(Uint32Array, exports.LEVEL_COUNTS.value, 16);
    const text = exports.TEXT_RESULT.value;
    this.textResult = { words: table(Int32Array, text, 32), doubles: table(Float64Array, text + 48, 5) };
    const events = exports.EVENTS.value;
    const eventRoom = exports.MOST_EVENTS.value * exports.EVENT_BYTES.value;
    this.textEvents = {
      words: table(Int32Array, events, eventRoom / 4),
      doubles: table(Float64Array, events, eventRoom / 8),
    };
    this.#hits = table(Int32Array, exports.HITS.value, exports.MOST_HITS.value);
    this.#tables = [0, 1, 2, 3].map((i) =>
      table(Uint8Array, exports.LITERALS.value + i * exports.LITERAL_TABLE.value, exports.LITERAL_TABLE.value),
    );
    this.#wordBits = [0, 1].map((i) =>
      table(Uint8Array, exports.WORD_BITS.value + i * exports.WORD_BITS_TABLE.value, exports.WORD_BITS_TABLE.value),
    );
    this.#neighbours = [0, 1].map((i) =>
      table(Uint8Array, exports.NEIGHBOURS.value + i * exports.NEIGHBOURS_TABLE.value, exports.NEIGHBOURS_TABLE.value),
    );
    this.#shorts = [0, 1].map((i) =>
      table(Uint8Array, exports.SHORTS.value + i * exports.SHORTS_TABLE.value, exports.SHORTS_TABLE.value),
    );
    this.#steps = table(Uint8Array, exports.STEPS.value, exports.STEPS_ROOM.value);
    this.#prefixes = table(Uint8Array, exports.PREFIXES.value, exports.MOST_PREFIXES.value * exports.PREFIX_ROOM.value);
    this.#stamp = table(Uint8Array, exports.STAMP.value, 32);
    table(Uint8Array, exports.KINDS.value, 256).set(Uint8Array.from({ length: 256 }, (_, byte) => kindOf(byte)));
    table(Uint8Array, exports.ODD_ESCAPES.value, 256).set(
      Uint8Array.from({ length: 256 }, (_, byte) => Number(oddEscape(hexDigit(byte >>> 4), hexDigit(byte & 15)))),
    );
    table(Uint8Array, exports.BREAKS.value, 256).set(BREAKS);
    table(Uint32Array, exports.ISSUERS.value, 10_000).set(LENGTHS);
  }

  /** Where the call before stopped, as an index into `bytes`. */
  get stoppedAt(): number {
    return this.#exports.stoppedAt.value;
  }

  /** Index of the stamp that `access` could not read, or 0. */
  get stampWanted(): number {
    return this.#exports.stampWanted.value;
  }

  /** Adds the literals that occur in bytes[from, end) to `hits`, in order of their places. */
  sweepLiterals(search: LiteralSearch, end: number, hits: LiteralHits, from = 0): void {
    const slot = this.#load(search);
    const { LITERALS, LITERAL_TABLE, WORD_BITS, WORD_BITS_TABLE, NEIGHBOURS, NEIGHBOURS_TABLE, SHORTS, SHORTS_TABLE } =
      this.#exports;
    const neighbours = NEIGHBOURS.value + slot * NEIGHBOURS_TABLE.value;
    const tags = LITERALS.value + slot * 2 * LITERAL_TABLE.value;
    const bits = WORD_BITS.value + slot * WORD_BITS_TABLE.value;
    const many = search.shorts.length > this.#exports.MOST_SHORTS.value;
    for (let at = from; at < end; at = this.stoppedAt) {
      const count = many
        ? this.#exports.literalsAndBetween(tags, tags + LITERAL_TABLE.value, at, end)
        : this.#exports.literals(bits, tags, neighbours, at, end);
      for (let i = 0; i < count; i++) lookCloser(search, this.bytes, from, this.words[i]!, end, hits);
    }
    if (many || search.shorts.length === 0) return;
    const before = hits.length;
    for (let at = from; at < end; at = this.stoppedAt) {
      const count = this.#exports.shorts(SHORTS.value + slot * SHORTS_TABLE.value, at, end);
      for (let i = 0; i < count; i++) lookShort(search, this.bytes, this.words[i]!, end, hits);
    }
    if (before > 0 && hits.length > before) hits.sort();
  }

  /** Adds a place on every line of bytes[0, end) on which `findCards` may find a candidate, in order. */
  sweepCards(end: number, places: Places): void {
    for (let at = 0; at < end; at = this.stoppedAt) {
      const count = this.#exports.cards(at, end);
      for (let i = 0; i < count; i++) places.add(this.words[i]!);
    }
  }

  /**
   * Takes what programs wrote out of Docker's lines, see docker.as. @param quiet lines that end behind it are left.
   * @param kind of what they wrote: requests of access logs, JSON objects, or other text, which gets the head that Kubernetes
   * gives it. @returns how many lines; they stand at `inner`, up to `innerEnd`.
   */
  unwrap(from: number, end: number, quiet: number, kind: 'requests' | 'objects' | 'text'): number {
    return this.#exports.unwrap(from, end, quiet, { requests: 0, objects: 1, text: 2 }[kind]);
  }
  get inner(): number {
    return this.#exports.INNER.value - this.#exports.BLOCK.value;
  }
  get innerEnd(): number {
    return this.#exports.innerEnd.value;
  }

  /** Reads access lines from `from` on into rows, see access.as. @returns how many. */
  access(from: number, end: number): number {
    return this.#exports.access(from, end);
  }

  /** First and last time of the rows that `access` read, ms UTC; there must be one. */
  get rowsFrom(): number {
    return this.#exports.rowsFrom.value;
  }
  get rowsTo(): number {
    return this.#exports.rowsTo.value;
  }

  /** Literals of which `access` tells the lines that may hold one; none when undefined. */
  lookForSignatures(search: LiteralSearch | undefined): void {
    const { LITERALS, LITERAL_TABLE, WORD_BITS, WORD_BITS_TABLE, NEIGHBOURS, NEIGHBOURS_TABLE, lookForSignatures } =
      this.#exports;
    if (search === undefined) lookForSignatures(0, 0, 0);
    else {
      const slot = this.#load(search);
      lookForSignatures(
        WORD_BITS.value + slot * WORD_BITS_TABLE.value,
        LITERALS.value + slot * 2 * LITERAL_TABLE.value,
        NEIGHBOURS.value + slot * NEIGHBOURS_TABLE.value,
      );
    }
  }

  /** Makes the day and offset of the stamp at `at` known. @param midnight ms UTC at which its day began. */
  knowStamp(at: number, midnight: number): void {
    this.#stamp.set(this.bytes.subarray(at, at + 26));
    this.#exports.knowStamp(midnight);
  }

  /** Reads and counts JSON lines from `from` on, see json.as. @returns how many were counted; `batch` has the rest. */
  json(from: number, end: number, quiet: number): number {
    return this.#exports.json(from, end, quiet);
  }

  /** The same for lines of pairs. */
  logfmt(from: number, end: number, quiet: number): number {
    return this.#exports.logfmt(from, end, quiet);
  }

  /** Tells how the rows of a table are cut, see table.as. @param separator one byte. */
  beginTable(separator: string, columns: number): void {
    this.#exports.beginTable(separator.charCodeAt(0), columns);
  }

  /** Tells what a column means: up to two slots of records, 255 for none. @param error its texts are of errors. */
  setColumn(index: number, slot: number, other: number, error: boolean): void {
    this.#exports.setColumn(index, slot, other, Number(error) | 2);
  }

  /** The same as `json` for rows of a table. */
  table(from: number, end: number, quiet: number): number {
    return this.#exports.table(from, end, quiet);
  }

  /** Why `json` stopped where it did. */
  get verdict(): number {
    return this.#exports.verdict.value;
  }

  /** What `json` counted: see count.as. Times are ms UTC. */
  get batch(): {
    operations: number;
    failures: number;
    requests: number;
    failedRequests: number;
    owned: number;
    minute: number;
    earliest: number;
    latest: number;
    last: number;
  } {
    const { operations, failures, requests, failedRequests, owned, minute, earliest, latest, lastTime } = this.#exports;
    return {
      operations: operations.value,
      failures: failures.value,
      requests: requests.value,
      failedRequests: failedRequests.value,
      owned: owned.value,
      minute: minute.value,
      earliest: earliest.value,
      latest: latest.value,
      last: lastTime.value,
    };
  }

  /** How many shapes counted anything since `forgetCounts`. */
  get touched(): number {
    return this.#exports.touched.value;
  }

  forgetCounts(): void {
    this.#exports.forgetCounts();
  }

  /** Lets `json` count records in [since, until), ms UTC. @param what else is counted. */
  countRecords(what: 'records' | 'operations' | 'operations and requests', since: number, until: number): void {
    this.#exports.setCounting({ records: 1, operations: 2, 'operations and requests': 3 }[what], since, until);
  }

  /** Makes the shape of the record at hand known. @returns its number, -1 when there is no room. */
  fileShape(): number {
    return this.#exports.fileShape();
  }

  /** Remembers the number of the endpoint of the record at hand. */
  rememberEndpoint(value: number): void {
    this.#exports.rememberEndpoint(value);
  }

  /** Forgets the names and texts of another source. */
  resetJson(): void {
    this.#exports.resetJson();
  }

  /** The name that `json` met for the first time: its bytes, the member it stands in, its double hash. `start` is 0 for none. */
  get unknownName(): { start: number; end: number; parent: number; high: number; low: number } {
    const { nameStart, nameEnd, nameParent, nameHigh, nameLow } = this.#exports;
    return {
      start: nameStart.value,
      end: nameEnd.value,
      parent: nameParent.value,
      high: nameHigh.value | 0,
      low: nameLow.value | 0,
    };
  }

  /** Files a name of a JSON member, see json.as. */
  fileKey(
    id: number,
    high: number,
    low: number,
    meaning: number,
    bits: number,
    matters: boolean,
    behindHigh: number,
    behindLow: number,
    unit: number,
  ): void {
    this.#exports.fileKey(id, high, low, meaning, bits, Number(matters), behindHigh, behindLow, unit);
  }

  /** Remembers what the text bytes[from, to) in a slot of JSON records means, while there is room. */
  remember(slot: number, from: number, to: number, value: number): void {
    this.#exports.remember(slot, from, to, value);
  }

  /**
   * Makes a stamp known. @param clock how far behind its beginning the hour stands. @param zone where stands what follows its
   * seconds. @param base ms UTC of its day where it names its offset (`own`), else of its minute.
   */
  knowStampOf(from: number, clock: number, zone: number, zoneLength: number, base: number, own: boolean): void {
    this.#exports.knowStampOf(from, clock, zone, zoneLength, base, Number(own));
  }

  forgetStamp(): void {
    this.#exports.forgetStamp();
  }

  /** Writes the steps by which `columns` reads lines, see columns.as, and forgets stamps and prefixes. @returns false where there is no room. */
  setSteps(steps: Uint8Array): boolean {
    if (steps.length > this.#steps.length) return false;
    this.#steps.fill(0).set(steps);
    this.#prefixes.fill(0);
    this.#prefixCount = 0;
    for (const which of [0, 1]) this.#exports.knowColumnStamp(which, 0, -1, 0, 0, 0, Number.NaN);
    return true;
  }

  /** Reads lines of columns into rows. @param second where the steps of another form begin; 0 for none. @returns how many. */
  columns(from: number, end: number, second: number, apart: boolean): number {
    return this.#exports.columns(from, end, second, Number(apart));
  }

  /** Where the query read last named a merchant, as indexes into `bytes`; good where that text stands there. */
  get queryMerchant(): [from: number, to: number] {
    const { merchantFrom, merchantTo } = this.#exports;
    return [merchantFrom.value - this.#exports.BLOCK.value, merchantTo.value - this.#exports.BLOCK.value];
  }

  /** Where something stands that `columns` does not know yet, and which: one of two stamps, or a prefix (2). Undefined for nothing. */
  get stranger(): { at: number; which: number } | undefined {
    const at = this.#exports.strangeAt.value;
    return at === 0 ? undefined : { at, which: this.#exports.strange.value };
  }

  /** Makes a stamp of columns known, see columns.as. */
  knowColumnStamp(which: number, from: number, clock: StampClock, end: number, base: number, wholeDay: boolean): void {
    const { hour, seconds, core } = clock;
    const compared = (wholeDay ? hour : seconds) - from;
    this.#exports.knowColumnStamp(which, from, hour - from, compared, core, end - core, base);
  }

  /** Makes the text at bytes[from, to) known as what may stand between a stamp and the payload. */
  knowPrefix(from: number, to: number): boolean {
    const room = this.#exports.PREFIX_ROOM.value;
    if (to - from > room - 12) return false;
    const at = (this.#prefixCount++ % this.#exports.MOST_PREFIXES.value) * room;
    this.#prefixes.fill(0, at, at + room);
    this.#prefixes[at] = to - from;
    this.#prefixes.set(this.bytes.subarray(from, to), at + 4);
    return true;
  }

  /**
   * Counts text records from `from` on, see text.as. @param quiet literals before it say nothing.
   * @returns how many lines they have.
   */
  text(from: number, end: number, quiet: number): number {
    return this.#exports.text(from, end, quiet);
  }

  /** Halves of the shape of the message of the record at which `text` stopped, see `shapeKeyOf`. */
  get textShape(): { high: number; low: number } {
    const { words } = this.record;
    return { high: words[115]!, low: words[116]! };
  }

  resetText(): void {
    this.#exports.resetText();
  }

  /**
   * Tells `text` what the sweep found in the block, in order: places doubled twice, with the kind in the last two bits (see
   * text.as). @param next hands them out, -1 at the end.
   */
  putHits(next: () => number): void {
    const hits = this.#hits;
    const block = this.#exports.BLOCK.value << 2;
    let count = 0;
    let hit = next();
    for (; hit >= 0 && count < hits.length - 1; hit = next()) hits[count++] = hit + block;
    hits[count] = 0x7fff_ffff;
    this.#exports.beginHits(hit < 0 ? 0x7000_0000 : hit >> 2);
  }

  /** Remembers what the record says at which `text` stopped for its literals: 2 for nothing, or a larger number. */
  rememberEvent(value: number): void {
    this.#exports.rememberEvent(value);
  }

  forgetEvents(): void {
    this.#exports.forgetEvents();
  }

  /** How many pairs the record has at which `text` stopped, and the text of their level where that is not known. */
  get pairs(): { count: number; level: string } {
    const { pairCount, unknownLevelFrom, unknownLevelEnd } = this.#exports;
    return { count: pairCount.value, level: this.bytes.toString('utf8', unknownLevelFrom(), unknownLevelEnd()) };
  }

  /** Remembers by their names which of these pairs are level and message, see text-pairs.as. */
  rememberPairs(level: number, message: number): void {
    this.#exports.rememberPairs(level, message);
  }

  /** Remembers what their level means. @param seed 0 for none. */
  rememberPairLevel(seed: number): void {
    this.#exports.rememberPairLevel(seed);
  }

  /** Makes the stamp of text lines known, see text.as. @param base ms UTC of its day or else of its minute. */
  knowTextStamp(
    lead: number,
    from: number,
    clock: StampClock,
    end: number,
    own: boolean,
    layout: number,
    base: number,
    wholeDay: boolean,
  ): void {
    const { hour, seconds, core } = clock;
    this.#exports.knowTextStamp(
      lead,
      from,
      hour - from,
      seconds - from,
      core,
      end - core,
      Number(own),
      layout,
      base,
      Number(wholeDay),
    );
  }

  /** Files a head. @returns false when it cannot be known by its tokens. */
  fileHead(head: TextHead): boolean {
    const { line, stamp, core, end, envelope, message, reach, level, suffix, fixed, pairs, awaits = false } = head;
    const bits = Number(fixed) | (Number(pairs) << 1) | (Number(awaits) << 2);
    return this.#exports.fileHead(line, stamp, core, end, envelope, message, reach, level, suffix, bits) !== 0;
  }

  #load(search: LiteralSearch): number {
    const known = this.#loaded.indexOf(search);
    if (known >= 0) return known;
    // The one that was loaded last stays.
    const slot = this.#loaded[0] === undefined ? 0 : this.#loaded[1] === undefined ? 1 : 0;
    this.#loaded[slot] = search;
    this.#tables[slot * 2]!.set(search.occupied);
    if (search.between) this.#tables[slot * 2 + 1]!.set(search.between);
    const { long, neighbours } = search.marks ?? marksOf(search);
    this.#wordBits[slot]!.set(long);
    this.#neighbours[slot]!.set(neighbours);
    const shorts = this.#shorts[slot]!.fill(255);
    // The kernel folds all bytes, letters or not.
    for (const [i, literal] of search.shorts.slice(0, this.#exports.MOST_SHORTS.value).entries())
      for (let byte = 0; byte < 3; byte++) shorts[i * 3 + byte] = search.literals[literal]![byte]! | 32;
    return slot;
  }
}

const module = new WasmModule<KernelExports>(KERNEL);
const idle: Kernel[] = [];

/**
 * A kernel for one stream of blocks, to be given back. Undefined where there is no WebAssembly with SIMD (`--jitless`,
 * processors before 2008): the general readers then do all the work.
 */
export function takeKernel(): Kernel | undefined {
  const known = idle.pop();
  if (known) return known;
  const exports = module.instance();
  return exports && new Kernel(exports);
}

export function giveBack(kernel: Kernel | undefined): void {
  if (kernel) idle.push(kernel);
}
