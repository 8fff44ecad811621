/** Single requests in some five bytes each, and the minutes they lie in, in a few large blocks. */

import { roomier } from '../../evidence/release.ts';
import { turnsAway } from '../windows/series.ts';

/** Bytes of single requests; beyond them requests are counted per minute only. */
export const ROW_BYTES = 40 * 2 ** 20;
/** Bytes of one block; no piece is longer. */
export const BLOCK_BYTES = 256 * 1024;
/** Minutes that are told apart, more than the windows reach (MAX_MINUTES in series.ts); stamps may lie anywhere. */
export const MOST_MINUTES = 200_000;
/** Longest row: two numbers of five bytes, an upstream of three, a duration of five. */
export const LONGEST_ROW = 20;
/** By status, whether the answer turned the client away. */
const TURNS_AWAY: Uint8Array = Uint8Array.from({ length: 1000 }, (_, status) => (turnsAway(status) ? 1 : 0));
/** Whole milliseconds in seconds, as far as they are taken for what they are: most logs have nothing else. */
export const MILLISECONDS: Float32Array = Float32Array.from({ length: 1 << 15 }, (_, i) => i / 1000);
/** A duration is twice the number of whole milliseconds, or this and then the bytes of its float. */
const FLOAT = 1;
/**
 * Rows that are read at a time: they fit the processor's cache. They are so few that what follows a loop over them has run before
 * V8 compiles the loop while it runs: V8 leaves code that has not run out, and returns to the interpreter each time it is reached.
 */
const SOME_ROWS = 1024;
/** Words of a piece: its block, where it begins and ends there, and the number of the next one of its minute. */
const PIECE = 4;
/** Blocks that were given back, for the next pass: shared memory does not press the collector. */
const SPARE: Uint8Array[] = [];
const MOST_SPARE = ROW_BYTES / BLOCK_BYTES;

/** What the ids of another pass are in the tables that requests were merged into. */
export interface IdMaps {
  clients: Uint32Array;
  endpoints: Uint32Array;
  upstreams: Uint32Array;
}

/** Memory that all threads can read, so that none has to be copied. */
interface Block {
  rows: Uint8Array;
  /** Undefined when the ids are those of the tables at hand. */
  maps: IdMaps | undefined;
}

/** Requests of one minute, one after another. */
export interface Piece extends Block {
  from: number;
  to: number;
}

/** Some requests of one minute as columns, ids from the tables of the traffic. */
export class RowColumns {
  length = 0;
  readonly client = new Uint32Array(SOME_ROWS);
  readonly endpoint = new Uint32Array(SOME_ROWS);
  readonly upstream = new Uint32Array(SOME_ROWS);
  readonly failed = new Uint8Array(SOME_ROWS);
  /** 1 for an answer that turned the client away. */
  readonly refused = new Uint8Array(SOME_ROWS);
  /** NaN when not logged. */
  readonly seconds = new Float32Array(SOME_ROWS);
  /** Whether any of them has seconds. */
  timed = false;
  /** Whether any of them turned a client away. */
  refusals = false;
}

const float = new Float32Array(1);
const floatBytes = new Uint8Array(float.buffer);

/** Seven bits a byte, the lowest first. @returns the index after it. */
export function writeNumber(rows: Uint8Array, start: number, number: number): number {
  let at = start;
  let value = number;
  while (value > 127) {
    rows[at++] = (value & 127) | 128;
    value >>>= 7;
  }
  rows[at++] = value;
  return at;
}

/** One request. @param seconds NaN when not logged. @param refused whether its answer turned the client away. @returns the index after it. */
export function writeRow(
  rows: Uint8Array,
  start: number,
  client: number,
  endpoint: number,
  upstream: number,
  failed: boolean,
  seconds: number,
  refused: boolean,
): number {
  const hasSeconds = !Number.isNaN(seconds);
  // FAILED, UPSTREAM, TIMED, REFUSED.
  const flags = (failed ? 1 : 0) | (upstream === 0 ? 0 : 2) | (hasSeconds ? 4 : 0) | (refused ? 8 : 0);
  let at = writeNumber(rows, start, client);
  at = writeNumber(rows, at, (endpoint << 4) | flags);
  if (upstream !== 0) at = writeNumber(rows, at, upstream);
  if (!hasSeconds) return at;
  float[0] = seconds;
  const ms = (float[0] * 1000 + 0.5) | 0;
  // Also where there is none such.
  if (MILLISECONDS[ms] === float[0]) return writeNumber(rows, at, ms * 2);
  rows[at] = FLOAT;
  rows[at + 1] = floatBytes[0]!;
  rows[at + 2] = floatBytes[1]!;
  rows[at + 3] = floatBytes[2]!;
  rows[at + 4] = floatBytes[3]!;
  return at + 5;
}

/**
 * Writes rows of the kernel (OPERATION in count.as) whose clients are ids, while there is room for any row.
 * @param from number of the first. @returns that of the first that was not written.
 */
export function appendRows(
  words: Int32Array,
  from: number,
  count: number,
  into: { readonly rows: Uint8Array; used: number },
): number {
  const { rows: bytes } = into;
  const room = bytes.length - LONGEST_ROW;
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  // Names of a module are looked up each time.
  const milliseconds = MILLISECONDS;
  const turnsAway = TURNS_AWAY;
  let { used } = into;
  let row = from;
  for (let at = from * 6; row < count && used <= room; row++, at += 6) {
    const bits = words[(at + 1) | 0]!;
    const upstream = words[(at + 3) | 0]!;
    // As in `writeNumber`; FAILED and TIMED have the bits that the kernel gives them.
    let value = words[at]!;
    while (value > 127) {
      bytes[used++] = (value & 127) | 128;
      value >>>= 7;
    }
    bytes[used++] = value;
    value = (words[(at + 2) | 0]! << 4) | (bits & 5) | (upstream === 0 ? 0 : 2) | (turnsAway[bits >>> 8]! << 3);
    while (value > 127) {
      bytes[used++] = (value & 127) | 128;
      value >>>= 7;
    }
    bytes[used++] = value;
    if (upstream !== 0) {
      value = upstream;
      while (value > 127) {
        bytes[used++] = (value & 127) | 128;
        value >>>= 7;
      }
      bytes[used++] = value;
    }
    if ((bits & 4) === 0) continue;
    const seconds = floats[(at + 5) | 0]!;
    const ms = (seconds * 1000 + 0.5) | 0;
    if (milliseconds[ms] === seconds) {
      value = ms << 1;
      while (value > 127) {
        bytes[used++] = (value & 127) | 128;
        value >>>= 7;
      }
      bytes[used++] = value;
      continue;
    }
    value = words[(at + 5) | 0]!;
    bytes[used++] = 1;
    bytes[used++] = value;
    bytes[used++] = value >>> 8;
    bytes[used++] = value >>> 16;
    bytes[used++] = value >>> 24;
  }
  into.used = used;
  return row;
}

/**
 * Writes requests without upstreams and durations while there is room for any row. @param words of rows that begin at
 * `rows[from..to)`, with a status at `status`. @returns the index of the first that was not written.
 */
export function appendRequests(
  words: Int32Array,
  status: number,
  rows: Int32Array,
  clients: Int32Array,
  endpoints: Int32Array,
  from: number,
  to: number,
  into: { readonly rows: Uint8Array; used: number },
): number {
  const { rows: bytes } = into;
  const room = bytes.length - LONGEST_ROW;
  const turnsAway = TURNS_AWAY;
  let { used } = into;
  let i = from;
  for (; i < to && used <= room; i++) {
    // As in `writeNumber`.
    let value = clients[i]!;
    while (value > 127) {
      bytes[used++] = (value & 127) | 128;
      value >>>= 7;
    }
    bytes[used++] = value;
    const answer = words[(rows[i]! + status) | 0]!;
    value = (endpoints[i]! << 4) | (answer >= 500 ? 1 : 0) | (turnsAway[answer]! << 3);
    while (value > 127) {
      bytes[used++] = (value & 127) | 128;
      value >>>= 7;
    }
    bytes[used++] = value;
  }
  into.used = used;
  return i;
}

/**
 * Reads some of the requests of a piece into columns. @param from where the piece begins, or what the call before returned.
 * @returns where the next of them stand; `piece.to` when these were the last.
 */
export function readRows(piece: Piece, from: number, into: RowColumns): number {
  const next = unpackRows(piece, from, into);
  if (piece.maps) translate(into, piece.maps);
  return next;
}

/** Those rows with the ids that they were written with. A function of its own: its loop is compiled without what follows it. */
function unpackRows({ rows, to }: Piece, from: number, into: RowColumns): number {
  const { client, endpoint, upstream, failed, refused, seconds } = into;
  const view = new DataView(rows.buffer, rows.byteOffset, to);
  const milliseconds = MILLISECONDS;
  let row = 0;
  let at = from;
  let anyTimed = false;
  let all = 0;
  for (; at < to && row < SOME_ROWS; row++) {
    // Written out, as the loop runs once a request: up to five groups of seven bits, the lowest first.
    let byte = rows[at++]!;
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = rows[at++]!;
      value |= (byte & 127) << shift;
    }
    client[row] = value;
    byte = rows[at++]!;
    value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = rows[at++]!;
      value |= (byte & 127) << shift;
    }
    // FAILED, UPSTREAM, TIMED, REFUSED.
    endpoint[row] = value >>> 4;
    failed[row] = value & 1;
    refused[row] = (value >>> 3) & 1;
    all |= value;
    const timed = (value & 4) !== 0;
    if ((value & 2) === 0) upstream[row] = 0;
    else {
      byte = rows[at++]!;
      value = byte & 127;
      for (let shift = 7; byte > 127; shift += 7) {
        byte = rows[at++]!;
        value |= (byte & 127) << shift;
      }
      upstream[row] = value;
    }
    seconds[row] = Number.NaN;
    if (!timed) continue;
    anyTimed = true;
    byte = rows[at++]!;
    value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = rows[at++]!;
      value |= (byte & 127) << shift;
    }
    if ((value & 1) === 0) seconds[row] = milliseconds[value >>> 1] ?? Number.NaN;
    else {
      // Bytes from elsewhere may end inside a row.
      if (at + 4 <= to) seconds[row] = view.getFloat32(at, true);
      at += 4;
    }
  }
  into.length = row;
  into.timed = anyTimed;
  into.refusals = (all & 8) !== 0;
  return at;
}

/** Puts the ids of the tables at hand in place of those of another pass. */
function translate(
  { length, client, endpoint, upstream }: RowColumns,
  { clients, endpoints, upstreams }: IdMaps,
): void {
  for (let i = 0; i < length; i++) {
    client[i] = clients[client[i]!]!;
    endpoint[i] = endpoints[endpoint[i]!]!;
    upstream[i] = upstreams[upstream[i]!]!;
  }
}

/** The requests of columns as rows. */
export function packRows({ length, client, endpoint, upstream, failed, seconds, refused }: RowColumns): Uint8Array {
  const rows = new Uint8Array(length * LONGEST_ROW);
  let at = 0;
  for (let row = 0; row < length; row++)
    at = writeRow(
      rows,
      at,
      client[row]!,
      endpoint[row]!,
      upstream[row]!,
      failed[row] === 1,
      seconds[row]!,
      refused[row] === 1,
    );
  return rows.subarray(0, at);
}

/** Pieces of some minutes: plain data for other threads. */
export interface Pieces {
  blocks: Block[];
  /** Four words a piece. */
  pieces: Uint32Array;
}

/** The pieces of a minute in the order in which they were written. @param first of the minute; 0 when it has none. */
export function* piecesFrom({ blocks, pieces }: Pieces, first: number): Generator<Piece> {
  for (let piece = first; piece !== 0; piece = pieces[piece * PIECE + 3]!) {
    const at = piece * PIECE;
    yield { ...blocks[pieces[at]!]!, from: pieces[at + 1]!, to: pieces[at + 2]! };
  }
}

/** Minutes as columns, with what another thread needs to take them over. */
export interface MinuteState extends Pieces {
  length: number;
  minutes: Float64Array;
  requests: Uint32Array;
  failures: Uint32Array;
  held: Uint32Array;
  first: Uint32Array;
  bytes: number;
}

const NO_ROWS = new Uint8Array(0);

/** No minute: what lies beyond those that are told apart. */
export const NOWHERE = -1;

/** Minutes by number. A minute costs some forty bytes besides its rows, and so does each change to it from another. */
export class MinuteTable {
  length = 0;
  /** By index of the minute: minutes since 1970. */
  minutes = new Float64Array(64);
  requests = new Uint32Array(64);
  /** Answered 5xx, or cut before an answer. */
  failures = new Uint32Array(64);
  /** Requests that the rows hold; the others are known by number only. */
  held = new Uint32Array(64);
  /** Where the next row of the open minute is written; whoever writes counts `used` up. */
  rows: Uint8Array = NO_ROWS;
  used = 0;
  /** Bytes of rows and pieces that are closed. */
  #bytes = 0;
  #first = new Uint32Array(64);
  #last = new Uint32Array(64);
  readonly #index = new Map<number, number>();
  #blocks: Block[] = [];
  /** The first is none: 0 ends a chain. */
  #pieces = new Uint32Array(PIECE * 64);
  #pieceCount = 1;
  #open = NOWHERE;
  #from = 0;
  /** The block that is written to, and how much of it is filed. */
  #writing = -1;
  #filed = 0;

  /** Makes a minute the one that rows are written to. @returns its index; NOWHERE when there are too many. */
  open(minute: number): number {
    this.#close();
    const known = this.#index.get(minute);
    const found = known ?? (this.length < MOST_MINUTES ? this.#add(minute) : NOWHERE);
    // Nowhere has no room at all.
    this.rows = found === NOWHERE || this.#writing < 0 ? NO_ROWS : this.#blocks[this.#writing]!.rows;
    this.used = found === NOWHERE ? 0 : this.#filed;
    this.#from = this.used;
    this.#open = found;
    return found;
  }

  #add(minute: number): number {
    const { length } = this;
    if (length === this.minutes.length) {
      const room = Math.min(MOST_MINUTES, length * 2);
      this.minutes = roomier(this.minutes, new Float64Array(room));
      this.requests = roomier(this.requests, new Uint32Array(room));
      this.failures = roomier(this.failures, new Uint32Array(room));
      this.held = roomier(this.held, new Uint32Array(room));
      this.#first = roomier(this.#first, new Uint32Array(room));
      this.#last = roomier(this.#last, new Uint32Array(room));
    }
    this.minutes[length] = minute;
    this.#index.set(minute, length);
    return this.length++;
  }

  /** Files what was written to the open minute. */
  #close(): void {
    const { used } = this;
    if (used === this.#from) return;
    this.#chain(this.#open, this.#writing, this.#from, used);
    this.#from = used;
    this.#filed = used;
  }

  #chain(minute: number, block: number, from: number, to: number): void {
    const piece = this.#pieceCount++;
    const at = piece * PIECE;
    if (at === this.#pieces.length) this.#pieces = roomier(this.#pieces, new Uint32Array(at * 2));
    this.#pieces[at] = block;
    this.#pieces[at + 1] = from;
    this.#pieces[at + 2] = to;
    if (this.#first[minute] === 0) this.#first[minute] = piece;
    else this.#pieces[this.#last[minute]! * PIECE + 3] = piece;
    this.#last[minute] = piece;
    this.#bytes += to - from + 4 * PIECE;
  }

  /** Makes room for a row of the open minute. @returns false when there is none left. */
  grow(): boolean {
    this.#close();
    if (this.#open === NOWHERE || this.#bytes + BLOCK_BYTES > ROW_BYTES) return false;
    this.rows = SPARE.pop() ?? new Uint8Array(new SharedArrayBuffer(BLOCK_BYTES));
    this.#writing = this.#blocks.length;
    this.#blocks.push({ rows: this.rows, maps: undefined });
    this.used = 0;
    this.#from = 0;
    this.#filed = 0;
    return true;
  }

  /** Bytes that single requests take so far. */
  get bytes(): number {
    return this.#bytes + this.used - this.#from;
  }

  /** Indexes of all minutes in order of time. */
  inOrder(): Uint32Array {
    const { minutes, length } = this;
    return Uint32Array.from({ length }, (_, i) => i).sort((a, b) => minutes[a]! - minutes[b]!);
  }

  /** The rows of a minute. */
  piecesOf(index: number): Generator<Piece> {
    return piecesFrom(this.pieces(), this.#first[index]!);
  }

  /** Index of its first piece; 0 when it has none. */
  firstPiece(index: number): number {
    return this.#first[index]!;
  }

  /** What `piecesFrom` needs, for this thread or another. */
  pieces(): Pieces {
    this.#close();
    return { blocks: this.#blocks, pieces: this.#pieces };
  }

  state(): MinuteState {
    const { length, minutes, requests, failures, held } = this;
    const { blocks, pieces } = this.pieces();
    const own = <T extends Float64Array | Uint32Array>(column: T): T => column.slice(0, length) as T;
    return {
      length,
      minutes: own(minutes),
      requests: own(requests),
      failures: own(failures),
      held: own(held),
      first: own(this.#first),
      blocks,
      pieces: pieces.slice(0, this.#pieceCount * PIECE),
      bytes: this.#bytes,
    };
  }

  /**
   * Takes over the minutes of another pass with their rows. @param mapsOf what its ids are here.
   * @returns how many requests lost their rows, and how many lie in minutes beyond those that are told apart.
   */
  merge(other: MinuteState, mapsOf: (before: IdMaps | undefined) => IdMaps): { withoutRows: number; beyond: number } {
    this.#close();
    const base = this.#blocks.length;
    for (const { rows, maps } of other.blocks) this.#blocks.push({ rows, maps: mapsOf(maps) });
    let withoutRows = 0;
    let beyond = 0;
    for (let i = 0; i < other.length; i++) {
      const requests = other.requests[i]!;
      const own = this.open(other.minutes[i]!);
      if (own === NOWHERE) {
        beyond += requests;
        continue;
      }
      this.requests[own]! += requests;
      this.failures[own]! += other.failures[i]!;
      let bytes = 0;
      for (let piece = other.first[i]!; piece !== 0; piece = other.pieces[piece * PIECE + 3]!)
        bytes += other.pieces[piece * PIECE + 2]! - other.pieces[piece * PIECE + 1]!;
      const fits = this.#bytes + bytes <= ROW_BYTES;
      // Rows that the other pass had no room for were counted there.
      withoutRows += fits ? requests - other.held[i]! : requests;
      if (!fits) continue;
      this.held[own]! += other.held[i]!;
      for (let piece = other.first[i]!; piece !== 0; piece = other.pieces[piece * PIECE + 3]!) {
        const at = piece * PIECE;
        this.#chain(own, base + other.pieces[at]!, other.pieces[at + 1]!, other.pieces[at + 2]!);
      }
    }
    return { withoutRows, beyond };
  }

  /** Lets the rows go; the counts stay. Nobody else may read them any more. */
  releaseRows(): void {
    this.#close();
    for (const { rows } of this.#blocks) if (SPARE.length < MOST_SPARE) SPARE.push(rows);
    this.#blocks = [];
    this.#pieces = new Uint32Array(PIECE * 64);
    this.#pieceCount = 1;
    this.#first.fill(0);
    this.#last.fill(0);
    this.#open = NOWHERE;
    this.#writing = -1;
    this.rows = NO_ROWS;
    this.used = 0;
    this.#from = 0;
    this.#filed = 0;
    this.#bytes = 0;
  }
}
