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
  /** Of the connection in its capture. */
  number: 15,
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
  /** The record has a `Flow`. */
  promoted: 1024,
} as const;

export class FlowTable<F> {
  words: Int32Array;
  times: Float64Array;
  floats: Float32Array;
  /** Flows of promoted records, as long as the records. */
  private readonly flows: (F | undefined)[] = [];
  /** Pairs of slot and hash, so that a search touches no record but the one it finds. */
  private index: Int32Array;
  private readonly capacity: number;
  private next = 0;
  private readonly free: number[] = [];
  count = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    const buffer = new ArrayBuffer(1024 * WORDS * 4);
    this.words = new Int32Array(buffer);
    this.times = new Float64Array(buffer);
    this.floats = new Float32Array(buffer);
    this.index = new Int32Array(2 * 4096).fill(-1);
    this.growFlows();
  }

  /** Slot of the flow with this canonical key, or -1. */
  find(addressA: number, addressB: number, ports: number, v6: number): number {
    const { words, index } = this;
    const mask = index.length - 1;
    const hash = mix(addressA, addressB, ports, v6);
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const slot = index[at]!;
      if (slot < 0) return -1;
      if (index[at + 1] !== hash) continue;
      const base = slot * WORDS;
      if (
        words[base] === addressA &&
        words[base + 1] === addressB &&
        words[base + 2] === ports &&
        (words[base + 3]! & 1) === v6
      )
        return slot;
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
      this.next = slot + 1 === this.capacity ? 0 : slot + 1;
      evicted(slot);
      this.unindex(slot);
    }
    const base = slot * WORDS;
    const { words } = this;
    words[base] = addressA;
    words[base + 1] = addressB;
    words[base + 2] = ports;
    words[base + FIELD.flags] = FLAG.used | v6;
    for (let at = base + 4; at < base + WORDS; at++) words[at] = 0;
    this.link(slot, mix(addressA, addressB, ports, v6));
    return slot;
  }

  /** Gives a slot back after its connection was handed out. */
  release(slot: number): void {
    this.unindex(slot);
    this.words[slot * WORDS + FIELD.flags] = 0;
    this.free.push(slot);
  }

  /** The flow of a record, when it was promoted. */
  flow(slot: number): F | undefined {
    return (this.words[slot * WORDS + FIELD.flags]! & FLAG.promoted) === 0 ? undefined : this.flows[slot];
  }

  promote(slot: number, flow: F): void {
    this.flows[slot] = flow;
    const at = slot * WORDS + FIELD.flags;
    this.words[at] = this.words[at]! | FLAG.promoted;
  }

  /** Takes the flow from its record. */
  drop(slot: number): void {
    this.flows[slot] = undefined;
    const at = slot * WORDS + FIELD.flags;
    this.words[at] = this.words[at]! & ~FLAG.promoted;
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
    const { index } = this;
    const mask = index.length - 1;
    let at = (hash << 1) & mask;
    while (index[at]! >= 0) at = (at + 2) & mask;
    index[at] = slot;
    index[at + 1] = hash;
    if (this.count * 4 > index.length) this.growIndex();
  }

  /** Removes a slot from the open-addressing index, moving later entries of its run back (no tombstones). */
  private unindex(slot: number): void {
    const { index, words } = this;
    const mask = index.length - 1;
    const base = slot * WORDS;
    let at = (mix(words[base]!, words[base + 1]!, words[base + 2]!, words[base + 3]! & 1) << 1) & mask;
    while (index[at]! !== slot) {
      if (index[at]! < 0) return;
      at = (at + 2) & mask;
    }
    let hole = at;
    for (;;) {
      at = (at + 2) & mask;
      const other = index[at]!;
      if (other < 0) break;
      const home = (index[at + 1]! << 1) & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        index[hole] = other;
        index[hole + 1] = index[at + 1]!;
        hole = at;
      }
    }
    index[hole] = -1;
  }

  private growRecords(): void {
    const words = new Int32Array(Math.min(this.words.length * 2, this.capacity * WORDS));
    words.set(this.words);
    this.words = words;
    this.times = new Float64Array(words.buffer);
    this.floats = new Float32Array(words.buffer);
    this.growFlows();
  }

  /** One by one: an array with a gap in it would become a slow one. */
  private growFlows(): void {
    while (this.flows.length < this.words.length / WORDS) this.flows.push(undefined);
  }

  private growIndex(): void {
    const index = new Int32Array(this.index.length * 2).fill(-1);
    const mask = index.length - 1;
    for (let from = 0; from < this.index.length; from += 2) {
      if (this.index[from]! < 0) continue;
      const hash = this.index[from + 1]!;
      let at = (hash << 1) & mask;
      while (index[at]! >= 0) at = (at + 2) & mask;
      index[at] = this.index[from]!;
      index[at + 1] = hash;
    }
    this.index = index;
  }
}
