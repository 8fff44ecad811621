/** Names such as endpoints and upstreams, known by a double hash of their bytes, so that counting needs no string. */

/** Distinct names that are told apart; all later ones share the last id. */
export const NAME_LIMIT = 20_000;
const SEED_HIGH = 0x811c9dc5 | 0;
const SEED_LOW = 0x050c5d1f;

/** One step of each half; two independent 32-bit halves make equal hashes mean equal names for all practice. */
export const mixHigh = (hash: number, byte: number): number => Math.imul(hash ^ byte, 16777619);
export const mixLow = (hash: number, byte: number): number => Math.imul(hash + byte, 0x9e3779b1);

export class NameTable {
  readonly names: string[] = [''];
  /** Requests by id. */
  counts: Uint32Array = new Uint32Array(1024);
  #slots = new Uint32Array(1 << 11);
  #high = new Int32Array(1024);
  #low = new Int32Array(1024);
  /** A table that was merged into this one had counted names together. */
  #othersMerged = false;

  /** Whether names beyond the limit were counted together. */
  get overflowed(): boolean {
    return this.names.length > NAME_LIMIT || this.#othersMerged;
  }

  /** Id of the name with these hashes, or -1. */
  find(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    let slot = (high ^ (low >>> 7)) & mask;
    for (;;) {
      const id = this.#slots[slot]!;
      if (id === 0) return -1;
      if (this.#high[id] === high && this.#low[id] === low) return id;
      slot = (slot + 1) & mask;
    }
  }

  /**
   * Ids of many names, or -1 for those that are not known. @param words hold their hashes side by side at `word` of the rows
   * that begin at `rows[0..count)`. @returns how many are not known.
   */
  findAll(words: Int32Array, word: number, rows: Int32Array, count: number, ids: Int32Array): number {
    const slots = this.#slots;
    const highs = this.#high;
    const lows = this.#low;
    const mask = slots.length - 1;
    let unknown = 0;
    for (let i = 0; i < count; i++) {
      const at = (rows[i]! + word) | 0;
      const high = words[at]!;
      const low = words[(at + 1) | 0]!;
      let slot = (high ^ (low >>> 7)) & mask;
      let id = slots[slot]!;
      while (id !== 0 && (highs[id] !== high || lows[id] !== low)) {
        slot = (slot + 1) & mask;
        id = slots[slot]!;
      }
      ids[i] = id === 0 ? -1 : id;
      if (id === 0) unknown++;
    }
    return unknown;
  }

  /** Files a name that `find` does not know. */
  add(name: string, high: number, low: number): number {
    const id = this.names.length;
    if (id > NAME_LIMIT) return NAME_LIMIT;
    this.names.push(id === NAME_LIMIT ? '(others)' : Buffer.from(name, 'utf8').toString('utf8'));
    if (id === NAME_LIMIT) return id;
    if (id >= this.counts.length) {
      const grow = <T extends Uint32Array | Int32Array>(old: T, bigger: T): T => {
        bigger.set(old);
        return bigger;
      };
      const room = this.counts.length * 2;
      this.counts = grow(this.counts, new Uint32Array(room));
      this.#high = grow(this.#high, new Int32Array(room));
      this.#low = grow(this.#low, new Int32Array(room));
      this.#slots = new Uint32Array(room * 2);
      for (let known = 1; known < id; known++) this.#place(known);
    }
    this.#high[id] = high;
    this.#low[id] = low;
    this.#place(id);
    return id;
  }

  #place(id: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#high[id]! ^ (this.#low[id]! >>> 7)) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = id;
  }

  /** Id of a name in ASCII, b[from, to). */
  bytes(b: Buffer, from: number, to: number): number {
    let high = SEED_HIGH;
    let low = SEED_LOW;
    for (let i = from; i < to; i++) {
      high = mixHigh(high, b[i]!);
      low = mixLow(low, b[i]!);
    }
    const id = this.find(high, low);
    return id >= 0 ? id : this.add(b.toString('latin1', from, to), high, low);
  }

  /** Id of a name given as text; '' is 0. */
  text(name: string): number {
    if (name === '') return 0;
    const bytes = Buffer.from(name, 'utf8');
    let high = SEED_HIGH;
    let low = SEED_LOW;
    for (let i = 0; i < bytes.length; i++) {
      high = mixHigh(high, bytes[i]!);
      low = mixLow(low, bytes[i]!);
    }
    const id = this.find(high, low);
    return id >= 0 ? id : this.add(name, high, low);
  }

  /** Adds the names and counts of another table. @returns its ids to ours. */
  merge(other: Pick<NameTable, 'names' | 'counts'>): Uint32Array {
    const ids = new Uint32Array(other.names.length);
    this.counts[0]! += other.counts[0]!;
    if (other.names.length > NAME_LIMIT) this.#othersMerged = true;
    for (let id = 1; id < other.names.length; id++) {
      ids[id] = this.text(other.names[id]!);
      this.counts[ids[id]!]! += other.counts[id]!;
    }
    return ids;
  }
}
