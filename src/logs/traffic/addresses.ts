/**
 * Client addresses and what each of them did, without a string per address: some 16 to 30 MB at the limit. Beyond it those
 * that made the fewest requests are counted together and their room is used again (lossy counting: Manku and Motwani,
 * "Approximate Frequency Counts over Data Streams", VLDB 2002), so that whoever is busy stays, however late it comes.
 */

import { release, roomier } from '../../evidence/release.ts';
import { Interner } from '../interner.ts';
import { failsHabitually } from '../windows/series.ts';
import {
  beginAt,
  countClients,
  countRequests,
  guessClients,
  guessIds,
  hashOf,
  otherClients,
  wrongIds,
} from './address-loops.ts';

/** Distinct addresses that are counted one by one; beyond, see `thin`. */
export const ADDRESS_LIMIT = 300_000;
/** Id of lines that name no client, and of all addresses that are counted together. */
const NO_ADDRESS = 0;
export const OTHER_ADDRESSES = 1;
/** No address is longer; what is cut here is none. */
const LONGEST_TEXT = 64;

/** What a request mostly touches of its address: four words side by side, so that much of it stays in the processor's cache. */
const STRIDE = 4;
const KEY = 0;
const REQUESTS = 1;
const ERRORS = 2;
const LAST = 3;
/** Words of the rest, by the same ids. */
const REST = 4;
const FIRST = 0;
/** Id of the text of an address that is no plain IPv4 address, or 0. */
const TEXT = 1;
/** KEPT where somebody keeps the id, see `pin`; GONE where it may be given again. */
const STATE = 2;
const KEPT = 1;
const GONE = 2;
/** The next id that may be given again. */
const NEXT = 3;
/** Share of the addresses that are counted together at a time, so that looking for them stays rare. */
const THINNED_SHARE = 0.25;
/** Addresses with as many requests as this are busy whatever the others do. */
const BUSY = 4096;
/** Addresses that are counted at a time: their rows fit the half of the first cache that one of two threads of a core has. */
const AT_A_TIME = 64;

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

export interface AddressState {
  length: number;
  rows: Uint32Array;
  rest: Uint32Array;
  /** Texts that rows refer to, from id 1 on, one a line. */
  texts: Uint8Array;
  most: number;
}

export class AddressTable {
  readonly #limit: number;
  /**
   * Ids of plain IPv4 addresses by hash, 0 for none; above an id stand those bits of the hash that say nothing about the
   * place, so that another address is seldom looked at. There are more slots than ids.
   */
  #slots = new Int32Array(1 << 12);
  readonly #found = new Int32Array(AT_A_TIME);
  #rows: Uint32Array = new Uint32Array(STRIDE << 11);
  #rest: Uint32Array = new Uint32Array(REST << 11);
  readonly #texts = new Interner();
  /** Id of an address by the id of its text. */
  #byText = new Uint32Array(1 << 10);
  #length = 2;
  /** Ids that may be given again: the first of them, 0 for none, and how many there are. */
  #free = 0;
  #freed = 0;
  #most = 0;
  /** Grows whenever ids came to mean something else. */
  generation = 0;

  constructor(limit = ADDRESS_LIMIT) {
    this.#limit = limit;
  }

  /** Ids are below this. */
  get length(): number {
    return this.#length;
  }

  /** Whether addresses were counted together because there were too many. */
  get overflowed(): boolean {
    return this.#rows[OTHER_ADDRESSES * STRIDE + REQUESTS]! > 0;
  }

  /** Requests of one address that may have been counted with the others, at most. */
  get uncertainty(): number {
    return this.#most;
  }

  /** Whether there are more addresses than are to be told apart: `thin` is due, once no id is in use. */
  get crowded(): boolean {
    return this.#length - this.#freed > this.#limit;
  }

  /** Id of an IPv4 address given as an unsigned number. */
  ipv4(key: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = hashOf(key);
    let slot = hash & mask;
    for (let entry = slots[slot]!; entry !== 0; entry = slots[slot]!) {
      if (((entry ^ hash) & ~mask) === 0 && this.#rows[(entry & mask) * 4] === key) return entry & mask;
      slot = (slot + 1) & mask;
    }
    const id = this.#next();
    this.#rows[id * STRIDE + KEY] = key;
    slots[slot] = (hash & ~mask) | id;
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
    const { address } = places;
    for (let from = 0; from < count; from += AT_A_TIME) {
      const to = Math.min(count, from + AT_A_TIME);
      guessIds(this.#slots, words, address, rows, from, to, ids);
      if (wrongIds(this.#rows, words, address, rows, from, to, ids) > 0)
        this.#correctIds(words, address, rows, from, to, ids);
      countRequests(this.#rows, this.#rest, words, places, rows, from, to, ids);
    }
  }

  /** Looks the addresses up one by one whose ids are not those that were guessed. */
  #correctIds(words: Int32Array, address: number, rows: Int32Array, from: number, to: number, ids: Int32Array): void {
    for (let i = from; i < to; i++) {
      const key = words[(rows[i]! + address) | 0]! >>> 0;
      if (ids[i] === 0 || this.#rows[ids[i]! << 2] !== key) ids[i] = this.ipv4(key);
    }
  }

  /**
   * Counts clients of rows of the kernel, which hold an address as a number, an id or a place in `text` (see OPERATION in
   * count.as), the status and the second. @param step words a row. The first word of each row becomes the id.
   */
  countBatch(words: Int32Array, step: number, count: number, text: Buffer): void {
    for (let from = 0; from < count; from += AT_A_TIME)
      this.#countRows(words, step, from * step, Math.min(count, from + AT_A_TIME) * step, text);
  }

  #countRows(words: Int32Array, step: number, from: number, to: number, text: Buffer): void {
    const found = this.#found;
    guessClients(this.#slots, words, step, from, to, found);
    if (otherClients(this.#rows, words, step, from, to, found) > 0) this.#findClients(words, step, from, to, text);
    countClients(this.#rows, this.#rest, words, step, from, to, found);
  }

  /** Finds the ids of clients that are no known address. */
  #findClients(words: Int32Array, step: number, from: number, to: number, text: Buffer): void {
    const found = this.#found;
    for (let at = from, i = 0; at < to; at += step, i++) {
      const bits = words[at + 1]!;
      const client = words[at]!;
      // BY_NUMBER, NO_CLIENT, BY_TEXT; an id otherwise.
      if ((bits & 56) === 0) {
        const key = client >>> 0;
        if (found[i] === 0 || this.#rows[found[i]! * STRIDE] !== key) found[i] = this.ipv4(key);
      } else if ((bits & 48) === 0) found[i] = client;
      else if ((bits & 16) !== 0) found[i] = NO_ADDRESS;
      else {
        const start = client & 0xffffff;
        found[i] = this.#ofText(this.#texts.bytes(text, start, start + (client >>> 24)));
      }
    }
  }

  /** Id of an address in any notation; '' is none. */
  text(address: string): number {
    if (address === '') return NO_ADDRESS;
    const key = ipv4Number(address);
    if (key >= 0) return this.ipv4(key);
    return this.#ofText(this.#texts.text(address.slice(0, LONGEST_TEXT)));
  }

  /** Id of the address with this text. */
  #ofText(text: number): number {
    let id = this.#byText[text] ?? 0;
    if (id !== 0) return id;
    if (text >= this.#byText.length)
      this.#byText = roomier(this.#byText, new Uint32Array(Math.max(text + 1, this.#byText.length * 2)));
    id = this.#next();
    this.#rest[id * REST + TEXT] = text;
    this.#byText[text] = id;
    return id;
  }

  /** Keeps an id as it is: somebody remembers it beyond the request at hand. */
  pin(id: number): void {
    this.#rest[id * REST + STATE] = KEPT;
  }

  /**
   * Counts the addresses with the fewest requests together and frees their ids. Ids that were given out before mean something
   * else afterwards, except pinned ones: `generation` tells.
   */
  thin(): void {
    const rows = this.#rows;
    const rest = this.#rest;
    const perCount = new Uint32Array(BUSY);
    for (let id = 2; id < this.#length; id++) perCount[Math.min(BUSY - 1, rows[id * STRIDE + REQUESTS]!)]!++;
    // Free ids and those that were never counted have no requests.
    let least = 1;
    const wanted = (this.#length - this.#freed) * THINNED_SHARE;
    for (let sum = perCount[1]!; sum < wanted && least < BUSY - 1; sum += perCount[least]!) least++;
    this.#most += least;
    this.generation++;
    const spoken = new Uint8Array(this.#texts.length);
    this.#byText.fill(0);
    this.#slots.fill(0);
    this.#free = 0;
    this.#freed = 0;
    for (let id = 2; id < this.#length; id++) {
      const at = id * STRIDE;
      if (rest[at + STATE] !== KEPT && rows[at + REQUESTS]! <= least) {
        this.add(OTHER_ADDRESSES, rows[at + REQUESTS]!, rows[at + ERRORS]!, rest[at + FIRST]!, rows[at + LAST]!);
        rows.fill(0, at, at + STRIDE);
        rest.fill(0, at, at + REST);
        rest[at + STATE] = GONE;
        rest[at + NEXT] = this.#free;
        this.#free = id;
        this.#freed++;
      } else if (rest[at + TEXT] !== 0) spoken[rest[at + TEXT]!] = 1;
      else this.#place(id);
    }
    const moved = this.#texts.keep(spoken);
    for (let id = 2; id < this.#length; id++) {
      const text = moved[this.#rest[id * REST + TEXT]!]!;
      if (text === 0) continue;
      rest[id * REST + TEXT] = text;
      this.#byText[text] = id;
    }
  }

  /** `thin` where it is due. */
  thinWhereCrowded(): void {
    if (this.crowded) this.thin();
  }

  #place(id: number): void {
    const mask = this.#slots.length - 1;
    const hash = hashOf(this.#rows[id * STRIDE + KEY]!);
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = (hash & ~mask) | id;
  }

  name(id: number): string {
    if (id === NO_ADDRESS) return '';
    if (id === OTHER_ADDRESSES) return '(others)';
    const text = this.#rest[id * REST + TEXT]!;
    return text === 0 ? dotted(this.#rows[id * STRIDE + KEY]!) : this.#texts.get(text);
  }

  /** @param second whole seconds since 1970; 0 when the line carried no time. */
  count(id: number, isError: boolean, second: number): void {
    const rows = this.#rows;
    // STRIDE, then REQUESTS to LAST: written out, as names of a module cost a look-up each time once bundled.
    const at = id * 4;
    rows[at + 1]!++;
    if (isError) rows[at + 2]!++;
    const last = rows[at + 3]!;
    if (second > last) rows[at + 3] = second;
    if (last === 0 || second < last) beginAt(this.#rest, at, second);
  }

  /** Adds what an address did elsewhere. @param first whole seconds since 1970, 0 when unknown. */
  add(id: number, requests: number, errors: number, first: number, last: number): void {
    const at = id * STRIDE;
    const rows = this.#rows;
    rows[at + REQUESTS]! += requests;
    rows[at + ERRORS]! += errors;
    beginAt(this.#rest, at, first);
    rows[at + LAST] = Math.max(rows[at + LAST]!, last);
  }

  /**
   * Every id in order: name, requests, errors, and the seconds since 1970 of its first and last (0 when unknown). Ids that are
   * free have an empty name.
   */
  *counts(): Generator<[address: string, requests: number, errors: number, first: number, last: number]> {
    for (let id = 0; id < this.#length; id++) {
      const at = id * STRIDE;
      const rows = this.#rows;
      const name = this.#rest[id * REST + STATE] === GONE ? '' : this.name(id);
      yield [name, rows[at + REQUESTS]!, rows[at + ERRORS]!, this.#rest[at + FIRST]!, rows[at + LAST]!];
    }
  }

  /** By id, 1 for an address that habitually fails: a scanner, or one that is told to go away. */
  habitual(): Uint8Array {
    const flags = new Uint8Array(this.#length);
    for (let id = OTHER_ADDRESSES + 1; id < this.#length; id++) if (this.failsHabitually(id)) flags[id] = 1;
    return flags;
  }

  failsHabitually(id: number): boolean {
    return failsHabitually(this.#rows[id * STRIDE + REQUESTS]!, this.#rows[id * STRIDE + ERRORS]!);
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
      rest: this.#rest.slice(0, this.#length * REST),
      texts: this.#texts.joined(),
      most: this.#most,
    };
  }

  /** Adds the counts of another table. @returns its ids to ours; `thin` may be due once they are used. */
  merge({ length, rows: theirs, rest, texts, most }: AddressState): Uint32Array {
    const ids = new Uint32Array(length);
    const ofTexts: number[] = [0];
    const bytes = Buffer.from(texts.buffer, texts.byteOffset, texts.length);
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(10, at);
      ofTexts.push(this.#texts.bytes(bytes, at, end));
      at = end + 1;
    }
    for (let id = 0; id < length; id++) {
      const from = id * STRIDE;
      const text = ofTexts[rest[from + TEXT]!]!;
      // Nobody is behind an id without requests: it was freed.
      if (id > OTHER_ADDRESSES && theirs[from + REQUESTS] === 0) ids[id] = OTHER_ADDRESSES;
      else if (id <= OTHER_ADDRESSES) ids[id] = id;
      else ids[id] = text === 0 ? this.ipv4(theirs[from + KEY]!) : this.#ofText(text);
      this.add(ids[id]!, theirs[from + REQUESTS]!, theirs[from + ERRORS]!, rest[from + FIRST]!, theirs[from + LAST]!);
    }
    this.#most += most;
    return ids;
  }

  /** Says that a table which was merged in another way had counted this many requests of one address with others. */
  addUncertainty(most: number): void {
    this.#most += most;
  }

  /** The addresses with the most requests, most first; equal ones by name. */
  busiest(most: number): AddressCount[] {
    const ids: number[] = [];
    let least = 0;
    for (let id = 2; id < this.#length; id++) {
      const requests = this.requestsOf(id);
      // Free ids have none.
      if (requests === 0 || requests < least) continue;
      ids.push(id);
      if (ids.length >= most * 8) least = this.#keepBusiest(ids, most);
    }
    this.#keepBusiest(ids, most);
    const ms = (second: number): number => (second === 0 ? Number.NaN : second * 1000);
    return ids.map((id) => ({
      address: this.name(id),
      requests: this.requestsOf(id),
      errors: this.#rows[id * STRIDE + ERRORS]!,
      first: ms(this.#rest[id * REST + FIRST]!),
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
    const free = this.#free;
    if (free !== 0) {
      this.#free = this.#rest[free * REST + NEXT]!;
      this.#freed--;
      this.#rest[free * REST + STATE] = 0;
      return free;
    }
    if (this.#length * STRIDE === this.#rows.length) {
      // By half: twice as much would be most of the memory of the whole pass.
      const room = Math.ceil((this.#rows.length / STRIDE) * 1.5);
      this.#rows = roomier(this.#rows, new Uint32Array(room * STRIDE));
      this.#rest = roomier(this.#rest, new Uint32Array(room * REST));
    }
    return this.#length++;
  }

  #rehash(): void {
    const length = this.#slots.length * 2;
    release(this.#slots);
    this.#slots = new Int32Array(length);
    for (let id = 2; id < this.#length; id++)
      if (this.#rest[id * REST + TEXT] === 0 && this.#rest[id * REST + STATE] !== GONE) this.#place(id);
  }
}
