/** Rows by a key. */

/**
 * Where the rows of each group stand in one column, so that a million groups of one row cost little more than their keys.
 * Groups come in the order of their first rows; the rows of each are a copy.
 */
export class Groups<Key extends string | number> {
  readonly #ids: Map<Key, number>;
  /** Where the rows of each group begin, and at the end how many there are. */
  readonly #starts: Uint32Array;
  readonly #rows: Uint32Array;

  /** @param ids of the groups by key, from 0 on. @param starts of each in `rows`, and their end. */
  constructor(ids: Map<Key, number>, starts: Uint32Array, rows: Uint32Array) {
    this.#ids = ids;
    this.#starts = starts;
    this.#rows = rows;
  }

  get size(): number {
    return this.#ids.size;
  }

  #rowsOf(id: number): number[] {
    return Array.from(this.#rows.subarray(this.#starts[id]!, this.#starts[id + 1]!));
  }

  *[Symbol.iterator](): Generator<[Key, number[]]> {
    for (const [key, id] of this.#ids) yield [key, this.#rowsOf(id)];
  }

  *values(): Generator<number[]> {
    for (let id = 0; id < this.size; id++) yield this.#rowsOf(id);
  }

  /** The rows of the groups with most of them, largest first. @param most groups. @param least rows that a group must have. */
  largest(most: number, least = 1): number[][] {
    const sizeOf = (id: number): number => this.#starts[id + 1]! - this.#starts[id]!;
    const ids = Uint32Array.from({ length: this.size }, (_, id) => id).filter((id) => sizeOf(id) >= least);
    ids.sort((a, b) => sizeOf(b) - sizeOf(a) || a - b);
    return Array.from(ids.subarray(0, most), (id) => this.#rowsOf(id));
  }
}

/** Rows by a key, in the order in which they are given; rows without the key are left out. */
export function groupBy<Key extends string | number>(
  rows: Uint32Array,
  keyOf: (row: number) => Key | undefined,
): Groups<Key> {
  const ids = new Map<Key, number>();
  /** The group of each row and one; 0 for none. */
  const groupOf = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const key = keyOf(rows[i]!);
    if (key === undefined || key === '' || key === 0) continue;
    let id = ids.get(key);
    if (id === undefined) {
      id = ids.size;
      ids.set(key, id);
    }
    groupOf[i] = id + 1;
  }
  const starts = new Uint32Array(ids.size + 1);
  for (const group of groupOf) if (group > 0) starts[group]!++;
  for (let id = 1; id < starts.length; id++) starts[id]! += starts[id - 1]!;
  const grouped = new Uint32Array(starts[ids.size]!);
  const next = starts.slice();
  for (let i = 0; i < rows.length; i++) if (groupOf[i]! > 0) grouped[next[groupOf[i]! - 1]!++] = rows[i]!;
  return new Groups(ids, starts, grouped);
}
