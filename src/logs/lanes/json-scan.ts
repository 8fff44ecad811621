/**
 * Reads a JSON object from bytes without building it: where the values of the known members stand, and whether the whole
 * is JSON (RFC 8259). Whatever is rare - escapes in names, members that matter inside arrays, a name twice - is left to
 * the parser: the scan then answers -1.
 */
import { SEED_HIGH, SEED_LOW } from '../traffic/names.ts';
import { JsonKeys, SLOTS } from './json-keys.ts';

/** How a value was written. */
export const STRING = 1;
/** A string with escapes or with bytes beyond ASCII. */
export const ODD_STRING = 2;
/** A whole number of at most fifteen digits, as JavaScript would write it. */
export const INTEGER = 3;
export const OTHER = 4;

const DEEPEST = 5;
const MOST_VALUES = 150;
/** What ends the quick walk over a string: quote 1, backslash 2, control 3, beyond ASCII 4. */
const STOP = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 34 ? 1 : byte === 92 ? 2 : byte < 32 ? 3 : byte >= 128 ? 4 : 0,
);
const NO_SLOT = 255;

const MOST_GUESSES = 64;

/** A member's name as it stood at one place of an earlier line. */
interface Guess {
  prefix: string;
  bytes: Uint8Array;
  id: number;
}

export class JsonScan {
  readonly keys = new JsonKeys();
  /** By slot: the value's bytes without quotes, its kind (0: absent) and the id of its member. */
  readonly start = new Int32Array(SLOTS);
  readonly end = new Int32Array(SLOTS);
  readonly kind = new Uint8Array(SLOTS);
  readonly key = new Int32Array(SLOTS);
  readonly #rank = new Uint8Array(SLOTS);
  /** Bits of what makes a request, see `mayBeRequest`. */
  access = 0;
  #values = 0;
  /** Members seen on this line so far, and what was named at each place on an earlier line. */
  #members = 0;
  readonly #guesses: Guess[] = [];
  /** Kind of the value read last. */
  #last = 0;

  /** Reads the object that begins at `from`. @returns the index after it, or -1. */
  object(b: Uint8Array, from: number): number {
    this.kind.fill(0);
    this.#rank.fill(255);
    this.access = 0;
    this.#values = 0;
    this.#members = 0;
    return this.#object(b, from, SEED_HIGH, SEED_LOW, '', 0);
  }

  #object(b: Uint8Array, from: number, seedHigh: number, seedLow: number, prefix: string, depth: number): number {
    const { keys } = this;
    const stop = STOP;
    let at = from + 1;
    while (b[at] === 32 || b[at] === 9) at++;
    if (b[at] === 125) return at + 1;
    for (;;) {
      if (b[at] !== 34) return -1;
      const nameStart = ++at;
      // Lines of one writer name their members in the same order, so the name is mostly the one expected here.
      const guess = this.#guesses[this.#members++];
      let id = -1;
      if (guess && guess.prefix === prefix) {
        const { bytes } = guess;
        const length = bytes.length;
        let i = 0;
        while (i < length && bytes[i] === b[at + i]) i++;
        if (i === length && b[at + i] === 34) {
          ({ id } = guess);
          at += length + 1;
        }
      }
      if (id < 0) {
        let high = seedHigh;
        let low = seedLow;
        for (let byte = b[at]!; stop[byte] === 0; byte = b[++at]!) {
          high = Math.imul(high ^ byte, 16777619);
          low = Math.imul(low + byte, 0x9e3779b1);
        }
        // A member without a name does not show in the names of what is in it.
        if (b[at] !== 34 || at === nameStart) return -1;
        const name = Buffer.from(b.subarray(nameStart, at++));
        id = keys.find(high, low);
        if (id < 0) id = keys.learn(prefix + name.toString('latin1'), high, low);
        if (id < 0) return -1;
        if (this.#members <= MOST_GUESSES) this.#guesses[this.#members - 1] = { prefix, bytes: name, id };
      }
      while (b[at] === 32 || b[at] === 9) at++;
      if (b[at++] !== 58) return -1;
      while (b[at] === 32 || b[at] === 9) at++;
      const byte = b[at]!;
      const valueStart = at;
      if (byte === 123) {
        if (depth >= DEEPEST) return -1;
        // An object in the place of a value that is known: its members have longer names, so it is none.
        const [high, low] = keys.hashBehind(id);
        at = this.#object(b, at, high, low, keys.prefix(id), depth + 1);
        if (at < 0) return -1;
      } else if (byte === 91) {
        if (keys.matters[id] === 1) return -1;
        at = this.#array(b, at, depth + 1);
        if (at < 0) return -1;
      } else {
        at = this.#scalar(b, at);
        if (at < 0) return -1;
        if (keys.matters[id] === 1 && !this.#note(id, valueStart, at)) return -1;
      }
      while (b[at] === 32 || b[at] === 9) at++;
      const mark = b[at++];
      if (mark === 125) return at;
      if (mark !== 44) return -1;
      while (b[at] === 32 || b[at] === 9) at++;
    }
  }

  /** Files a value under what its member means. @returns false when the same member was there before. */
  #note(id: number, start: number, end: number): boolean {
    const { keys } = this;
    this.access |= keys.access[id]!;
    return (
      this.#fill(keys.slot[id]!, keys.rank[id]!, id, start, end) &&
      this.#fill(keys.otherSlot[id]!, keys.otherRank[id]!, id, start, end)
    );
  }

  #fill(slot: number, rank: number, id: number, start: number, end: number): boolean {
    if (slot === NO_SLOT) return true;
    const known = this.#rank[slot]!;
    if (rank === known) return false;
    if (rank > known || this.#last === 0) return true;
    const quoted = this.#last === STRING || this.#last === ODD_STRING ? 1 : 0;
    this.#rank[slot] = rank;
    this.start[slot] = start + quoted;
    this.end[slot] = end - quoted;
    this.kind[slot] = this.#last;
    this.key[slot] = id;
    return true;
  }

  /** Any value that is neither object nor array; its kind goes to #last, 0 for null. */
  #scalar(b: Uint8Array, from: number): number {
    if (++this.#values > MOST_VALUES) return -1;
    const byte = b[from]!;
    if (byte === 34) return this.#string(b, from + 1);
    if (byte === 45 || (byte >= 48 && byte <= 57)) return this.#number(b, from);
    if (byte === 116 && b[from + 1] === 114 && b[from + 2] === 117 && b[from + 3] === 101) {
      this.#last = OTHER;
      return from + 4;
    }
    if (byte === 110 && b[from + 1] === 117 && b[from + 2] === 108 && b[from + 3] === 108) {
      this.#last = 0;
      return from + 4;
    }
    if (byte === 102 && b[from + 1] === 97 && b[from + 2] === 108 && b[from + 3] === 115 && b[from + 4] === 101) {
      this.#last = OTHER;
      return from + 5;
    }
    return -1;
  }

  /** From behind the opening quote. @returns the index after the closing one. */
  #string(b: Uint8Array, from: number): number {
    const stop = STOP;
    let at = from;
    let odd = false;
    for (;;) {
      let kind = stop[b[at]!]!;
      while (kind === 0) kind = stop[b[++at]!]!;
      if (kind === 1) break;
      if (kind === 3) return -1;
      odd = true;
      if (kind === 2) {
        const length = escapeLength(b, at);
        if (length === 0) return -1;
        at += length;
      } else at++;
    }
    this.#last = odd ? ODD_STRING : STRING;
    return at + 1;
  }

  #number(b: Uint8Array, from: number): number {
    let at = from;
    const negative = b[at] === 45;
    if (negative) at++;
    const digits = at;
    while ((b[at]! - 48) >>> 0 < 10) at++;
    const length = at - digits;
    if (length === 0 || (length > 1 && b[digits] === 48)) return -1;
    let whole = length <= 15 && !(negative && b[digits] === 48);
    if (b[at] === 46) {
      whole = false;
      const fraction = ++at;
      while ((b[at]! - 48) >>> 0 < 10) at++;
      if (at === fraction) return -1;
    }
    if ((b[at]! | 32) === 101) {
      whole = false;
      at++;
      if (b[at] === 43 || b[at] === 45) at++;
      const exponent = at;
      while ((b[at]! - 48) >>> 0 < 10) at++;
      if (at === exponent) return -1;
    }
    this.#last = whole ? INTEGER : OTHER;
    return at;
  }

  /** Passes over an array; objects in it are passed over as well. */
  #array(b: Uint8Array, from: number, depth: number): number {
    if (depth > DEEPEST) return -1;
    let at = from + 1;
    while (b[at] === 32 || b[at] === 9) at++;
    if (b[at] === 93) return at + 1;
    for (;;) {
      at = this.#passOver(b, at, depth);
      if (at < 0) return -1;
      while (b[at] === 32 || b[at] === 9) at++;
      const mark = b[at++];
      if (mark === 93) return at;
      if (mark !== 44) return -1;
      while (b[at] === 32 || b[at] === 9) at++;
    }
  }

  #passOver(b: Uint8Array, from: number, depth: number): number {
    if (b[from] === 91) return this.#array(b, from, depth + 1);
    if (b[from] !== 123) return this.#scalar(b, from);
    if (depth > DEEPEST) return -1;
    let at = from + 1;
    while (b[at] === 32 || b[at] === 9) at++;
    if (b[at] === 125) return at + 1;
    for (;;) {
      if (b[at] !== 34) return -1;
      at = this.#string(b, at + 1);
      if (at < 0) return -1;
      while (b[at] === 32 || b[at] === 9) at++;
      if (b[at++] !== 58) return -1;
      while (b[at] === 32 || b[at] === 9) at++;
      at = this.#passOver(b, at, depth + 1);
      if (at < 0) return -1;
      while (b[at] === 32 || b[at] === 9) at++;
      const mark = b[at++];
      if (mark === 125) return at;
      if (mark !== 44) return -1;
      while (b[at] === 32 || b[at] === 9) at++;
    }
  }
}

/** Length of the escape at a backslash; 0 when it is none (RFC 8259 section 7). */
function escapeLength(b: Uint8Array, at: number): number {
  const letter = b[at + 1]!;
  if (letter === 117) {
    for (let i = at + 2; i < at + 6; i++) {
      const byte = b[i]! | 32;
      if (!((b[i]! >= 48 && b[i]! <= 57) || (byte >= 97 && byte <= 102))) return 0;
    }
    return 6;
  }
  // " / \ b f n r t
  return letter === 34 ||
    letter === 47 ||
    letter === 92 ||
    letter === 98 ||
    letter === 102 ||
    letter === 110 ||
    letter === 114 ||
    letter === 116
    ? 2
    : 0;
}
