/**
 * Connections by 4-tuple in fixed records of 64 bytes, so that a SYN flood costs a bounded amount of memory. A record
 * becomes a `Flow` once payload, a FIN or a late RST shows that there is more to say. When the table is full the
 * oldest record is handed out and its slot reused.
 */
import { mix } from '../packet/addresses.ts';

const WORDS = 16;
const DOUBLES = WORDS / 2;

/** Word offsets inside a record. */
export const FIELD = {
  addressA: 0,
  addressB: 1,
  ports: 2,
  flags: 3,
  clientIsn: 4,
  serverIsn: 5,
  firstFrame: 6,
  /** SYNs in the low half, SYN-ACKs in the high half, both saturating. */
  synCounts: 7,
  /** float32: ms from the first SYN to the first SYN-ACK. */
  synAckDelay: 8,
  ttls: 9,
  /** Doubles 5 and 6. */
  firstTime: 10,
  lastTime: 12,
  synAckFrame: 14,
  hash: 15,
} as const;

export const FLAG = {
  v6: 1,
  /** The side with the greater address opened the connection. */
  openerIsB: 2,
  syn: 4,
  synAck: 8,
  finalAck: 16,
  rstFromServer: 32,
  rstFromClient: 64,
  used: 128,
  timestampsClient: 256,
  timestampsServer: 512,
  icmp: 1024,
} as const;

export class FlowTable<F> {
  words: Uint32Array;
  times: Float64Array;
  floats: Float32Array;
  /** Flow of a promoted record. */
  readonly flows: (F | undefined)[] = [];
  private index: Int32Array;
  private readonly capacity: number;
  private next = 0;
  private readonly free: number[] = [];
  count = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    const buffer = new ArrayBuffer(1024 * WORDS * 4);
    this.words = new Uint32Array(buffer);
    this.times = new Float64Array(buffer);
    this.floats = new Float32Array(buffer);
    this.index = new Int32Array(4096).fill(-1);
  }

  /** Slot of the flow with this canonical key, or -1. */
  find(addressA: number, addressB: number, ports: number, v6: number): number {
    const mask = this.index.length - 1;
    let at = mix(addressA, addressB, ports, v6) & mask;
    const { words, index } = this;
    for (;;) {
      const slot = index[at]!;
      if (slot < 0) return -1;
      const base = slot * WORDS;
      if (
        words[base] === addressA &&
        words[base + 1] === addressB &&
        words[base + 2] === ports &&
        (words[base + 3]! & 1) === v6
      )
        return slot;
      at = (at + 1) & mask;
    }
  }

  /** A fresh record; `evicted` is called first with the slot that must make room. */
  insert(addressA: number, addressB: number, ports: number, v6: number, evicted: (slot: number) => void): number {
    let slot = this.free.pop() ?? -1;
    if (slot >= 0) {
      // A released slot is out of the index already.
    } else if (this.count < this.capacity) {
      slot = this.count++;
      if ((slot + 1) * WORDS > this.words.length) this.growRecords();
    } else {
      slot = this.next;
      this.next = (this.next + 1) % this.capacity;
      evicted(slot);
      this.unindex(slot);
    }
    const base = slot * WORDS;
    this.words.fill(0, base, base + WORDS);
    const hash = mix(addressA, addressB, ports, v6);
    this.words[base] = addressA;
    this.words[base + 1] = addressB;
    this.words[base + 2] = ports;
    this.words[base + FIELD.flags] = FLAG.used | v6;
    this.words[base + FIELD.hash] = hash;
    this.flows[slot] = undefined;
    this.link(slot, hash);
    return slot;
  }

  /** Gives a slot back after its connection was handed out. */
  release(slot: number): void {
    this.unindex(slot);
    this.words[slot * WORDS + FIELD.flags] = 0;
    this.free.push(slot);
  }

  base(slot: number): number {
    return slot * WORDS;
  }

  firstTime(slot: number): number {
    return this.times[slot * DOUBLES + 5]!;
  }

  lastTime(slot: number): number {
    return this.times[slot * DOUBLES + 6]!;
  }

  setTimes(slot: number, first: number, last: number): void {
    this.times[slot * DOUBLES + 5] = first;
    this.times[slot * DOUBLES + 6] = last;
  }

  touch(slot: number, time: number): void {
    this.times[slot * DOUBLES + 6] = time;
  }

  private link(slot: number, hash: number): void {
    const mask = this.index.length - 1;
    let at = hash & mask;
    while (this.index[at]! >= 0) at = (at + 1) & mask;
    this.index[at] = slot;
    if (this.count * 2 > this.index.length) this.growIndex();
  }

  /** Removes a slot from the open-addressing index, moving later entries of its run back (no tombstones). */
  private unindex(slot: number): void {
    const mask = this.index.length - 1;
    let at = this.words[slot * WORDS + FIELD.hash]! & mask;
    while (this.index[at]! !== slot) {
      if (this.index[at]! < 0) return;
      at = (at + 1) & mask;
    }
    let hole = at;
    for (;;) {
      at = (at + 1) & mask;
      const other = this.index[at]!;
      if (other < 0) break;
      const home = this.words[other * WORDS + FIELD.hash]! & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        this.index[hole] = other;
        hole = at;
      }
    }
    this.index[hole] = -1;
  }

  private growRecords(): void {
    const words = new Uint32Array(Math.min(this.words.length * 2, this.capacity * WORDS));
    words.set(this.words);
    this.words = words;
    this.times = new Float64Array(words.buffer);
    this.floats = new Float32Array(words.buffer);
  }

  private growIndex(): void {
    const index = new Int32Array(this.index.length * 2).fill(-1);
    const mask = index.length - 1;
    for (const slot of this.index) {
      if (slot < 0) continue;
      let at = this.words[slot * WORDS + FIELD.hash]! & mask;
      while (index[at]! >= 0) at = (at + 1) & mask;
      index[at] = slot;
    }
    this.index = index;
  }
}
