/** Strings straight from bytes: a repeated value costs a hash, not an allocation, and no chunk is pinned. */

import { randomBytes } from 'node:crypto';
import { release, roomier } from '../evidence/release.ts';

/** Distinct values and bytes of them that are kept; whatever is new beyond gets id 0. */
const MAX_VALUES = 4_000_000;
const MAX_BYTES = 256 * 2 ** 20;
/** Different in each run, so that nobody can write a log whose values all meet in one slot. */
const SEED = randomBytes(4).readInt32LE();
/** Bytes of a value; the rest is cut off. */
export const LONGEST = 64 * 1024;

export class Interner {
  readonly #limit: number;
  /** Ids by hash, 0 for none; there are more slots than ids. */
  #slots = new Uint32Array(1 << 12);
  /** By id. */
  #hashes: Uint32Array = new Uint32Array(1 << 11);
  /** Bytes of all values one after another; a value's bytes end where the next one's begin. */
  #arena = Buffer.alloc(1 << 16);
  #arenaView = viewOf(this.#arena);
  #starts: Uint32Array = new Uint32Array(1 << 11);
  #length = 1;
  #input: Buffer = this.#arena;
  #view = this.#arenaView;
  /** Distinct values beyond the limit, which all got id 0. */
  overflow = 0;
  /** Grows whenever ids came to mean something else. */
  generation = 0;

  constructor(limit = MAX_VALUES) {
    this.#limit = limit;
  }

  /** Ids are below this. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that the values take. */
  get size(): number {
    return this.#starts[this.#length]!;
  }

  bytes(b: Buffer, start: number, until: number): number {
    if (until <= start) return 0;
    const end = until - start > LONGEST ? start + LONGEST : until;
    if (b !== this.#input) {
      this.#input = b;
      this.#view = viewOf(b);
    }
    const view = this.#view;
    let hash = SEED ^ (end - start);
    let at = start;
    for (; at + 4 <= end; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1) ^ (hash >>> 15);
    for (; at < end; at++) hash = Math.imul(hash ^ b[at]!, 16777619);
    hash = (hash ^ (hash >>> 16)) >>> 0;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = this.#slots[slot]!;
      if (id === 0) break;
      if (this.#hashes[id] === hash && this.#same(id, view, b, start, end)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#insert(slot, hash, b, start, end);
  }

  text(value: string): number {
    if (value === '') return 0;
    const b = Buffer.from(value, 'utf8');
    return this.bytes(b, 0, b.length);
  }

  /** The value of an id, as a new string. */
  get(id: number): string {
    return id === 0 ? '' : this.#arena.toString('utf8', this.#starts[id]!, this.#starts[id + 1]!);
  }

  /** Writes the bytes of a value. @returns the index behind them. */
  copyTo(id: number, into: Uint8Array, at: number): number {
    return id === 0 ? at : at + this.#arena.copy(into, at, this.#starts[id]!, this.#starts[id + 1]!);
  }

  /** All values by id; '' first. */
  strings(): string[] {
    return Array.from({ length: this.#length }, (_, id) => this.get(id));
  }

  /** The bytes of all values, one a line, in the order of their ids. */
  joined(): Uint8Array {
    const joined = new Uint8Array(this.size + this.#length - 1);
    for (let id = 1, at = 0; id < this.#length; id++) {
      at = this.copyTo(id, joined, at);
      joined[at++] = 10;
    }
    return joined;
  }

  /** Drops all values; ids given out before mean nothing any more. */
  clear(): void {
    this.truncate(1);
  }

  /** Drops all values and the memory they took. */
  reset(): void {
    for (const table of [this.#slots, this.#hashes, this.#arena, this.#starts]) release(table);
    this.#slots = new Uint32Array(1 << 12);
    this.#hashes = new Uint32Array(1 << 11);
    this.#starts = new Uint32Array(1 << 11);
    this.#arena = Buffer.alloc(1 << 16);
    this.#arenaView = viewOf(this.#arena);
    this.#length = 1;
    this.generation++;
  }

  /** Drops the values with ids from `length` on. */
  truncate(length: number): void {
    this.generation++;
    this.#length = length;
    if (length === 1) {
      this.#starts[1] = 0;
      this.#slots.fill(0);
    } else this.#rehash(this.#slots.length);
  }

  /** Drops the values that are not marked and moves the others together. @returns the new ids by the old ones; 0 for dropped ones. */
  keep(marked: Uint8Array): Uint32Array {
    this.generation++;
    const moved = new Uint32Array(this.#length);
    let length = 1;
    let to = 0;
    for (let id = 1; id < moved.length; id++) {
      if (marked[id] === 0) continue;
      const [from, end] = [this.#starts[id]!, this.#starts[id + 1]!];
      this.#arena.copyWithin(to, from, end);
      to += end - from;
      moved[id] = length++;
      this.#hashes[moved[id]!] = this.#hashes[id]!;
      this.#starts[length] = to;
    }
    this.#length = length;
    this.#rehash(this.#slots.length);
    return moved;
  }

  #same(id: number, view: DataView, b: Buffer, start: number, end: number): boolean {
    const from = this.#starts[id]!;
    if (this.#starts[id + 1]! - from !== end - start) return false;
    const known = this.#arenaView;
    const shift = from - start;
    let at = start;
    for (; at + 4 <= end; at += 4) if (view.getInt32(at, true) !== known.getInt32(at + shift, true)) return false;
    for (; at < end; at++) if (b[at] !== this.#arena[at + shift]) return false;
    return true;
  }

  #insert(slot: number, hash: number, b: Buffer, start: number, end: number): number {
    const from = this.#starts[this.#length]!;
    const to = from + end - start;
    if (this.#length >= this.#limit || to > MAX_BYTES) {
      this.overflow++;
      return 0;
    }
    if (to > this.#arena.length) {
      const bigger = Buffer.alloc(Math.max(to, Math.min(MAX_BYTES, this.#arena.length * 2)));
      this.#arena.copy(bigger, 0, 0, from);
      release(this.#arena);
      this.#arena = bigger;
      this.#arenaView = viewOf(bigger);
    }
    b.copy(this.#arena, from, start, end);
    const id = this.#length++;
    if (id + 2 > this.#starts.length) {
      const room = this.#starts.length * 2;
      this.#starts = roomier(this.#starts, new Uint32Array(room));
      this.#hashes = roomier(this.#hashes, new Uint32Array(room));
    }
    this.#starts[id + 1] = to;
    this.#slots[slot] = id;
    this.#hashes[id] = hash;
    if (this.#length * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
    return id;
  }

  /** Places all values anew. */
  #rehash(room: number): void {
    if (room === this.#slots.length) this.#slots.fill(0);
    else {
      release(this.#slots);
      this.#slots = new Uint32Array(room);
    }
    const slots = this.#slots;
    const hashes = this.#hashes;
    const mask = room - 1;
    for (let id = 1; id < this.#length; id++) {
      let slot = hashes[id]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
  }
}

function viewOf(b: Buffer): DataView {
  return new DataView(b.buffer, b.byteOffset, b.length);
}
