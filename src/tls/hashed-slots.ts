/**
 * A small open-addressing table for values found by a hash and then compared by the caller: for lookups that happen once
 * per handshake, where a Map costs more than parsing what is looked up. Emptied when it is full.
 *
 * Walk: `for (let slot = table.first(hash); table.values[slot] !== undefined; slot = table.next(slot))`, comparing
 * `table.hashes[slot]` first.
 */
const FIRST_SIZE = 64;

export class HashedSlots<T> {
  hashes: Int32Array = new Int32Array(0);
  values: (T | undefined)[] = [];
  private readonly most: number;
  private mask = 0;
  private count = 0;

  /** @param most values kept at once, a power of two from 32 on */
  constructor(most: number) {
    this.most = most;
    this.begin(FIRST_SIZE);
  }

  first(hash: number): number {
    return (hash ^ (hash >>> 15)) & this.mask;
  }

  next(slot: number): number {
    return (slot + 1) & this.mask;
  }

  add(hash: number, value: T): void {
    if (this.count * 2 >= this.values.length) this.makeRoom();
    this.put(hash, value);
  }

  private put(hash: number, value: T): void {
    let slot = this.first(hash);
    while (this.values[slot] !== undefined) slot = this.next(slot);
    this.hashes[slot] = hash;
    this.values[slot] = value;
    this.count++;
  }

  private makeRoom(): void {
    const { hashes, values } = this;
    if (this.count >= this.most) {
      this.begin(FIRST_SIZE);
      return;
    }
    this.begin(values.length * 2);
    values.forEach((value, slot) => {
      if (value !== undefined) this.put(hashes[slot]!, value);
    });
  }

  private begin(size: number): void {
    this.mask = size - 1;
    this.count = 0;
    this.hashes = new Int32Array(size);
    this.values = new Array<T | undefined>(size).fill(undefined);
  }
}
