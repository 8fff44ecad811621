/** Sets and counts by id of a table, in a byte or a word each: a Set of a million ids takes forty times as much. */

export class IdSet {
  readonly #has: Uint8Array;
  size = 0;

  /** @param length ids are below this. */
  constructor(length: number) {
    this.#has = new Uint8Array(length);
  }

  add(id: number): void {
    if (this.#has[id] !== 0) return;
    this.#has[id] = 1;
    this.size++;
  }

  has(id: number): boolean {
    return this.#has[id] === 1;
  }
}
