/** Client addresses and what each of them did, without a string per address: a million of them take some 30 MB. */

/** Distinct addresses that are counted one by one; all later ones are counted together. */
export const ADDRESS_LIMIT = 1_500_000;
/** Id of lines that name no client, and of all addresses beyond the limit. */
export const NO_ADDRESS = 0;
export const OTHER_ADDRESSES = 1;

/** Numbers of one address lie side by side: one line of the processor's cache holds all of them. */
const STRIDE = 8;
const KEY = 0;
const REQUESTS = 1;
const ERRORS = 2;
const FIRST = 3;
const LAST = 4;
const SPARE = 7;
/** Addresses that are counted at a time: their rows fit the processor's first cache. */
const AT_A_TIME = 256;

export interface AddressCount {
  address: string;
  requests: number;
  /** Answered 4xx or 5xx. */
  errors: number;
  /** ms UTC, to the second; NaN when no line of it carried a time. */
  first: number;
  last: number;
}

const dotted = (key: number): string => `${key >>> 24}.${(key >>> 16) & 255}.${(key >>> 8) & 255}.${key & 255}`;

/** The number of a plain IPv4 address, or -1; `01.2.3.4` is none, since it would not be written back the same. */
export function ipv4Number(text: string): number {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return -1;
  let key = 0;
  for (let i = 1; i <= 4; i++) {
    const part = match[i]!;
    const value = Number(part);
    if (value > 255 || (part.length > 1 && part[0] === '0')) return -1;
    key = key * 256 + value;
  }
  return key;
}

/** Spreads an address over all bits, so that a table of millions stays as quick as a small one. */
function slotOf(key: number): number {
  const mixed = Math.imul(key ^ (key >>> 16), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

export interface AddressState {
  length: number;
  rows: Uint32Array;
  texts: [number, string][];
}

export class AddressTable {
  readonly #limit: number;
  #slots = new Uint32Array(1 << 12);
  #rows: Uint32Array = new Uint32Array(STRIDE << 11);
  readonly #texts = new Map<string, number>();
  readonly #textOf = new Map<number, string>();
  #length = 2;

  constructor(limit = ADDRESS_LIMIT) {
    this.#limit = limit;
  }

  /** Ids are below this. */
  get length(): number {
    return this.#length;
  }

  /** Whether addresses beyond the limit were counted together. */
  get overflowed(): boolean {
    return this.#rows[OTHER_ADDRESSES * STRIDE + REQUESTS]! > 0;
  }

  /** Id of an IPv4 address given as an unsigned number. */
  ipv4(key: number): number {
    const mask = this.#slots.length - 1;
    let slot = slotOf(key) & mask;
    for (;;) {
      const id = this.#slots[slot]!;
      if (id === 0) break;
      if (this.#rows[id * 8] === key) return id;
      slot = (slot + 1) & mask;
    }
    if (this.#length >= this.#limit) return OTHER_ADDRESSES;
    const id = this.#next();
    this.#rows[id * STRIDE + KEY] = key;
    this.#slots[slot] = id;
    if (this.#length * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  /**
   * Ids of many IPv4 addresses, and what one request of each did. Look-ups that do not wait for each other take a fraction of
   * the time. @param words of rows that begin at `rows[0..count)`: the address, the status and the second since 1970 of a
   * request stand at these places of each. @param ids receives the ids.
   */
  countAll(
    words: Int32Array,
    places: { address: number; status: number; second: number },
    rows: Int32Array,
    count: number,
    ids: Int32Array,
  ): void {
    for (let from = 0; from < count; from += AT_A_TIME)
      this.#countSome(words, places, rows, from, Math.min(count, from + AT_A_TIME), ids);
  }

  #countSome(
    words: Int32Array,
    { address, status, second }: { address: number; status: number; second: number },
    rows: Int32Array,
    from: number,
    to: number,
    ids: Int32Array,
  ): void {
    // Shifts and `| 0` keep indices whole numbers of 32 bits, which a product or a sum need not be.
    const slots = this.#slots;
    const known = this.#rows;
    const mask = slots.length - 1;
    for (let i = from; i < to; i++) ids[i] = slots[slotOf(words[(rows[i]! + address) | 0]!) & mask]!;
    // Nothing waits for these: the rows are at hand when they are looked at.
    let sum = 0;
    for (let i = from; i < to; i++) sum ^= known[ids[i]! << 3]!;
    known[SPARE] = sum;
    for (let i = from; i < to; i++) {
      const key = words[(rows[i]! + address) | 0]! >>> 0;
      if (ids[i] === 0 || known[ids[i]! << 3] !== key) ids[i] = this.ipv4(key);
    }
    const counts = this.#rows;
    for (let i = from; i < to; i++) {
      // As in `count`.
      const at = ids[i]! << 3;
      const row = rows[i]!;
      const time = words[(row + second) | 0]! >>> 0;
      counts[at + 1]!++;
      if (words[(row + status) | 0]! >= 400) counts[at + 2]!++;
      if (time === 0) continue;
      const first = counts[at + 3]!;
      if (first === 0 || time < first) counts[at + 3] = time;
      if (time > counts[at + 4]!) counts[at + 4] = time;
    }
  }

  /**
   * Counts clients of rows of the kernel, which hold an address as a number or an id (see OPERATION in count.as) and the
   * second. None of them is an error. @param step words a row. The first word of each row becomes the id.
   */
  countBatch(words: Int32Array, step: number, count: number): void {
    for (let from = 0; from < count; from += AT_A_TIME)
      this.#countRows(words, step, from * step, Math.min(count, from + AT_A_TIME) * step);
  }

  #countRows(words: Int32Array, step: number, from: number, to: number): void {
    // As in `#countSome`: nothing waits for the first look-ups, and the rows are at hand when they are counted.
    const slots = this.#slots;
    const known = this.#rows;
    const mask = slots.length - 1;
    let sum = 0;
    for (let at = from; at < to; at = (at + step) | 0) sum ^= known[slots[slotOf(words[at]!) & mask]! << 3]!;
    known[SPARE] = sum;
    for (let at = from; at < to; at = (at + step) | 0) {
      const bits = words[(at + 1) | 0]!;
      let id = words[at]!;
      // BY_NUMBER, NO_CLIENT.
      if ((bits & 24) === 0) {
        const key = id >>> 0;
        id = slots[slotOf(key) & mask]!;
        if (id === 0 || known[id << 3] !== key) id = this.ipv4(key);
        words[at] = id;
      } else if ((bits & 16) !== 0) {
        id = NO_ADDRESS;
        words[at] = id;
      }
      // As in `count`; the table may have grown.
      const rows = this.#rows;
      const row = id << 3;
      const second = words[(at + 4) | 0]! >>> 0;
      rows[row + 1]!++;
      if (second === 0) continue;
      const first = rows[row + 3]!;
      if (first === 0 || second < first) rows[row + 3] = second;
      if (second > rows[row + 4]!) rows[row + 4] = second;
    }
  }

  /** Id of an address in any notation; '' is none. */
  text(address: string): number {
    if (address === '') return NO_ADDRESS;
    const key = ipv4Number(address);
    if (key >= 0) return this.ipv4(key);
    let id = this.#texts.get(address);
    if (id === undefined) {
      if (this.#length >= this.#limit) return OTHER_ADDRESSES;
      id = this.#next();
      // Copied: a slice would keep the text it was cut from.
      const own = Buffer.from(address, 'utf8').toString('utf8');
      this.#texts.set(own, id);
      this.#textOf.set(id, own);
    }
    return id;
  }

  name(id: number): string {
    if (id === NO_ADDRESS) return '';
    if (id === OTHER_ADDRESSES) return '(others)';
    return this.#textOf.get(id) ?? dotted(this.#rows[id * STRIDE + KEY]!);
  }

  /** @param second whole seconds since 1970; 0 when the line carried no time. */
  count(id: number, isError: boolean, second: number): void {
    const rows = this.#rows;
    // STRIDE, then REQUESTS to LAST: written out, as names of a module cost a look-up each time once bundled.
    const at = id * 8;
    rows[at + 1]!++;
    if (isError) rows[at + 2]!++;
    if (second === 0) return;
    const first = rows[at + 3]!;
    if (first === 0 || second < first) rows[at + 3] = second;
    if (second > rows[at + 4]!) rows[at + 4] = second;
  }

  /** Adds what an address did elsewhere. @param first whole seconds since 1970, 0 when unknown. */
  add(id: number, requests: number, errors: number, first: number, last: number): void {
    const at = id * STRIDE;
    const rows = this.#rows;
    rows[at + REQUESTS]! += requests;
    rows[at + ERRORS]! += errors;
    if (first !== 0 && (rows[at + FIRST] === 0 || first < rows[at + FIRST]!)) rows[at + FIRST] = first;
    rows[at + LAST] = Math.max(rows[at + LAST]!, last);
  }

  /** Every id in order: name, requests, errors, and the seconds since 1970 of its first and last (0 when unknown). */
  counts(): [address: string, requests: number, errors: number, first: number, last: number][] {
    return Array.from({ length: this.#length }, (_, id) => {
      const at = id * STRIDE;
      const rows = this.#rows;
      return [this.name(id), rows[at + REQUESTS]!, rows[at + ERRORS]!, rows[at + FIRST]!, rows[at + LAST]!];
    });
  }

  /** Requests of one address. */
  requestsOf(id: number): number {
    return this.#rows[id * STRIDE + REQUESTS]!;
  }

  /** What another thread needs to merge this table. */
  state(): AddressState {
    return {
      length: this.#length,
      rows: this.#rows.slice(0, this.#length * STRIDE),
      texts: [...this.#textOf],
    };
  }

  /** A table that can be merged into another, but not looked up in. */
  static from({ length, rows, texts }: AddressState): AddressTable {
    const table = new AddressTable();
    table.#length = length;
    table.#rows = rows;
    for (const [id, text] of texts) table.#textOf.set(id, text);
    return table;
  }

  /** Adds the counts of another table. @returns its ids to ours. */
  merge(other: AddressTable): Uint32Array {
    const ids = new Uint32Array(other.length);
    for (let id = 0; id < other.length; id++) {
      const from = id * STRIDE;
      const text = other.#textOf.get(id);
      const own =
        id <= OTHER_ADDRESSES ? id : text === undefined ? this.ipv4(other.#rows[from + KEY]!) : this.text(text);
      ids[id] = own;
      const rows = other.#rows;
      this.add(own, rows[from + REQUESTS]!, rows[from + ERRORS]!, rows[from + FIRST]!, rows[from + LAST]!);
    }
    return ids;
  }

  /** The addresses with the most requests, most first; equal ones by name. */
  busiest(most: number): AddressCount[] {
    const ids: number[] = [];
    let least = 0;
    for (let id = 2; id < this.#length; id++) {
      if (this.requestsOf(id) < least) continue;
      ids.push(id);
      if (ids.length >= most * 8) least = this.#keepBusiest(ids, most);
    }
    this.#keepBusiest(ids, most);
    const ms = (second: number): number => (second === 0 ? Number.NaN : second * 1000);
    return ids.map((id) => ({
      address: this.name(id),
      requests: this.requestsOf(id),
      errors: this.#rows[id * STRIDE + ERRORS]!,
      first: ms(this.#rows[id * STRIDE + FIRST]!),
      last: ms(this.#rows[id * STRIDE + LAST]!),
    }));
  }

  /** Cuts `ids` to the busiest. @returns how many requests the last of them made. */
  #keepBusiest(ids: number[], most: number): number {
    ids.sort((a, b) => this.requestsOf(b) - this.requestsOf(a) || (this.name(a) < this.name(b) ? -1 : 1));
    ids.length = Math.min(ids.length, most);
    return ids.length < most ? 0 : this.requestsOf(ids.at(-1)!);
  }

  #next(): number {
    if (this.#length * STRIDE === this.#rows.length) {
      const bigger = new Uint32Array(this.#rows.length * 2);
      bigger.set(this.#rows);
      this.#rows = bigger;
    }
    return this.#length++;
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let id = 2; id < this.#length; id++) {
      if (this.#textOf.has(id)) continue;
      let slot = slotOf(this.#rows[id * STRIDE + KEY]!) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id;
    }
  }
}
