/** Strings straight from bytes: a repeated value costs a hash, not an allocation, and no chunk is pinned. */

export class Interner {
  readonly strings: string[] = [''];
  #slots = new Uint32Array(1 << 12);
  #hashes = new Uint32Array(1 << 12);
  readonly #limit: number;
  /** Distinct values beyond the limit, which all got id 0. */
  overflow = 0;

  constructor(limit = 4_000_000) {
    this.#limit = limit;
  }

  bytes(b: Buffer, start: number, end: number): number {
    if (end <= start) return 0;
    let hash = 2166136261;
    let ascii = 0;
    for (let i = start; i < end; i++) {
      const byte = b[i]!;
      ascii |= byte;
      hash = Math.imul(hash ^ byte, 16777619);
    }
    hash = (hash ^ (hash >>> 15)) >>> 0;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = this.#slots[slot]!;
      if (id === 0) break;
      if (this.#hashes[slot] === hash && this.#same(this.strings[id]!, b, start, end, ascii)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#insert(slot, hash, ascii < 128 ? b.toString('latin1', start, end) : b.toString('utf8', start, end));
  }

  text(value: string): number {
    if (value === '') return 0;
    const b = Buffer.from(value, 'utf8');
    return this.bytes(b, 0, b.length);
  }

  #same(known: string, b: Buffer, start: number, end: number, ascii: number): boolean {
    if (ascii >= 128) return known === b.toString('utf8', start, end);
    const length = end - start;
    if (known.length !== length) return false;
    for (let i = 0; i < length; i++) if (known.charCodeAt(i) !== b[start + i]) return false;
    return true;
  }

  #insert(slot: number, hash: number, value: string): number {
    if (this.strings.length >= this.#limit) {
      this.overflow++;
      return 0;
    }
    const id = this.strings.length;
    this.strings.push(value);
    this.#slots[slot] = id;
    this.#hashes[slot] = hash;
    if (this.strings.length * 2 > this.#slots.length) this.#grow();
    return id;
  }

  #grow(): void {
    const oldSlots = this.#slots;
    const oldHashes = this.#hashes;
    this.#slots = new Uint32Array(oldSlots.length * 2);
    this.#hashes = new Uint32Array(oldSlots.length * 2);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < oldSlots.length; i++) {
      const id = oldSlots[i]!;
      if (id === 0) continue;
      const hash = oldHashes[i]!;
      let slot = hash & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id;
      this.#hashes[slot] = hash;
    }
  }
}
