/**
 * The fast lane for access lines as nginx and Apache write them unless told otherwise:
 * `ADDRESS IDENT USER [STAMP] "METHOD TARGET PROTOCOL" STATUS BYTES` with or without `"REFERER" "AGENT"`.
 * It must say the same as `readAccessLine`; at anything unusual it stops and leaves the line to it.
 */
import { ODD_BYTES, oddEscape } from '../attacks/matcher.ts';
import type { BlockBuffer } from '../line-blocks.ts';
import { LINE_CAP } from '../lines.ts';
import { parseTimestamp, stamp } from '../time/timestamp.ts';
import { mixHigh, mixLow, SEED_HIGH, SEED_LOW } from '../traffic/names.ts';

/** What one line holds, as indices and numbers; used again for every line. */
export interface CombinedLine {
  /** Start of the line after it. */
  next: number;
  /** End of the line, before its CR. */
  end: number;
  /** IPv4 address as an unsigned number; ends at `clientEnd`. */
  address: number;
  clientEnd: number;
  methodStart: number;
  methodEnd: number;
  targetStart: number;
  targetEnd: number;
  /** Index of the question mark; `targetEnd` when there is none. */
  mark: number;
  status: number;
  bytes: number;
  /** -1 when the line ends before it. */
  refererStart: number;
  refererEnd: number;
  agentStart: number;
  agentEnd: number;
  /** The target holds something that asks for a closer look. */
  odd: boolean;
  /** Double hash of the endpoint, see `endpointOf`. */
  high: number;
  low: number;
}

export const emptyCombined = (): CombinedLine => ({
  next: 0,
  end: 0,
  address: 0,
  clientEnd: 0,
  methodStart: 0,
  methodEnd: 0,
  targetStart: 0,
  targetEnd: 0,
  mark: 0,
  status: 0,
  bytes: 0,
  refererStart: 0,
  refererEnd: 0,
  agentStart: 0,
  agentEnd: 0,
  odd: false,
  high: 0,
  low: 0,
});

/**
 * Kinds of bytes in a target. Loops compare with the numbers themselves: names of a module cost a look-up each time once
 * bundled. 0 plain, 1 digit, 2 slash, 3 odd (see ODD_BYTES), 4 percent, 5 dot, 6 question mark, 7 blank, 8 what ends the
 * lane: quotes, backslashes, line ends, bytes beyond ASCII.
 */
const KIND_OF = Uint8Array.from({ length: 256 }, (_, byte) => {
  const marks = ['/', '%', '.', '?', ' '].indexOf(String.fromCharCode(byte));
  if (marks >= 0) return [2, 4, 5, 6, 7][marks]!;
  if (byte >= 48 && byte <= 57) return 1;
  if (byte === 34 || byte === 92 || byte < 32 || byte >= 127) return 8;
  return ODD_BYTES[byte] === 1 ? 3 : 0;
});

/** High bit of each byte of `word` that equals the byte repeated in `pattern`; never misses one. */
const equals = (word: number, pattern: number): number => {
  const difference = word ^ pattern;
  return (difference - 0x01010101) & ~difference & 0x80808080;
};

/**
 * Index of the quote that ends a field, or -1 when the line ends first. A backslash hides the byte after it.
 * @param words the same bytes, four at a time.
 */
function fieldEnd(b: Uint8Array, words: Int32Array, from: number): number {
  let at = from;
  for (;;) {
    // Four bytes at a time while none of them ends anything.
    if ((at & 3) === 0) {
      let i = at >> 2;
      let word = words[i]!;
      while ((equals(word, 0x22222222) | equals(word, 0x5c5c5c5c) | equals(word, 0x0a0a0a0a)) === 0) word = words[++i]!;
      at = i << 2;
    }
    const byte = b[at]!;
    if (byte === 34) return at;
    if (byte === 92) at++;
    // A line feed behind the backslash ends the line all the same.
    if (b[at] === 10) return -1;
    at++;
  }
}

/** Index of the blank after an identity or user, or -1 where it could be anything else. */
function plainWord(b: Uint8Array, from: number): number {
  let at = from;
  const first = b[at]!;
  if (first === 34 || first === 91 || (first >= 48 && first <= 57)) return -1;
  while (b[at]! > 32) at++;
  return at > from && b[at] === 32 ? at : -1;
}

/**
 * Reads address, identity and user. @returns index of the bracket before the stamp, or -1.
 */
function readClient(b: Uint8Array, start: number, line: CombinedLine): number {
  let key = 0;
  let octet = -1;
  let dots = 0;
  let at = start;
  for (; ; at++) {
    const byte = b[at]!;
    const digit = byte - 48;
    if (digit >>> 0 < 10) octet = octet < 0 ? digit : octet === 0 ? 256 : octet * 10 + digit;
    else if (octet < 0 || octet > 255) return -1;
    else {
      key = (key << 8) | octet;
      if (byte !== 46) break;
      octet = -1;
      dots++;
    }
  }
  if (dots !== 3 || b[at] !== 32) return -1;
  line.address = key >>> 0;
  line.clientEnd = at;
  if (b[at + 1] === 45 && b[at + 2] === 32 && b[at + 3] === 45 && b[at + 4] === 32) at += 5;
  else {
    const afterIdentity = plainWord(b, at + 1);
    const afterUser = afterIdentity < 0 ? -1 : plainWord(b, afterIdentity + 1);
    if (afterUser < 0) return -1;
    at = afterUser + 1;
  }
  return b[at] === 91 ? at : -1;
}

/** Reads method, target and endpoint. @returns index of the closing quote, or -1. */
function readRequest(b: Uint8Array, start: number, line: CombinedLine): number {
  let at = start;
  while (b[at]! >= 65 && b[at]! <= 90) at++;
  if (at - start < 3 || at - start > 16 || b[at] !== 32 || b[at + 1] !== 47) return -1;
  line.methodStart = start;
  line.methodEnd = at;
  line.targetStart = at + 1;
  line.odd = false;
  const mark = readPath(b, at + 1, line);
  if (mark < 0) return -1;
  line.mark = mark;
  at = b[mark] === 63 ? readQuery(b, mark + 1, line) : mark;
  if (at < 0) return -1;
  line.targetEnd = at;
  if (b[at + 1] !== 72 || b[at + 2] !== 84) return -1;
  for (at += 3; b[at] !== 34; at++) if (b[at]! <= 32 || b[at] === 92) return -1;
  return at;
}

/**
 * Reads the path from its slash on and hashes its endpoint as `endpointOf` has it: parts with digits and very long ones
 * become a star. The steps are those of `mixHigh` and `mixLow`. @returns index of the question mark or blank, or -1.
 */
function readPath(b: Uint8Array, start: number, line: CombinedLine): number {
  const kinds = KIND_OF;
  let high = mixHigh(SEED_HIGH, 47);
  let low = mixLow(SEED_LOW, 47);
  let partHigh = high;
  let partLow = low;
  let partStart = start + 1;
  let digits = 0;
  let parts = 1;
  for (let at = start + 1; ; at++) {
    const byte = b[at]!;
    const kind = kinds[byte]!;
    if (kind === 1) digits++;
    else if (kind === 2 || kind === 6 || kind === 7) {
      const length = at - partStart;
      const version = length <= 3 && b[partStart] === 118 && digits === length - 1;
      if (length > 40 || (digits > 0 && !version)) {
        high = Math.imul(partHigh ^ 42, 16777619);
        low = Math.imul(partLow + 42, 0x9e3779b1);
      }
      if (kind !== 2) {
        line.high = high;
        line.low = low;
        return at;
      }
      // `endpointOf` keeps eleven parts.
      if (++parts > 11) return -1;
      partStart = at + 1;
      digits = 0;
      high = Math.imul(high ^ 47, 16777619);
      low = Math.imul(low + 47, 0x9e3779b1);
      partHigh = high;
      partLow = low;
      continue;
    } else if (kind !== 0) {
      if (kind === 8) return -1;
      if (isOdd(b, at, kind)) line.odd = true;
    }
    high = Math.imul(high ^ byte, 16777619);
    low = Math.imul(low + byte, 0x9e3779b1);
  }
}

/** @returns index of the blank after the query, or -1. */
function readQuery(b: Uint8Array, start: number, line: CombinedLine): number {
  const kinds = KIND_OF;
  for (let at = start; ; at++) {
    const kind = kinds[b[at]!]!;
    if (kind <= 2 || kind === 6) continue;
    if (kind === 7) return at;
    if (kind === 8) return -1;
    if (isOdd(b, at, kind)) line.odd = true;
  }
}

/** Whether a byte of a kind that may be odd is, where it stands. */
const isOdd = (b: Uint8Array, at: number, kind: number): boolean =>
  kind === 3 || (kind === 5 ? b[at + 1] === 46 || b[at - 1] === 47 : oddEscape(b[at + 1]!, b[at + 2]!));

/** Reads what follows the request. @returns whether the line ends where it should. */
function readAnswer(b: Uint8Array, words: Int32Array, start: number, line: CombinedLine): boolean {
  const hundreds = b[start + 2]! - 48;
  const tens = b[start + 3]! - 48;
  const ones = b[start + 4]! - 48;
  if (b[start + 1] !== 32 || hundreds < 1 || hundreds > 5 || tens >>> 0 > 9 || ones >>> 0 > 9) return false;
  if (b[start + 5] !== 32) return false;
  line.status = hundreds * 100 + tens * 10 + ones;
  let at = start + 6;
  let bytes = 0;
  if (b[at] === 45) at++;
  else {
    if ((b[at]! - 48) >>> 0 > 9) return false;
    while ((b[at]! - 48) >>> 0 < 10) bytes = bytes * 10 + b[at++]! - 48;
  }
  line.bytes = bytes;
  line.refererStart = -1;
  line.agentStart = -1;
  if (b[at] === 32 && b[at + 1] === 34) {
    const refererEnd = fieldEnd(b, words, at + 2);
    if (refererEnd < 0 || b[refererEnd + 1] !== 32 || b[refererEnd + 2] !== 34) return false;
    const agentEnd = fieldEnd(b, words, refererEnd + 3);
    if (agentEnd < 0) return false;
    line.refererStart = at + 2;
    line.refererEnd = refererEnd;
    line.agentStart = refererEnd + 3;
    line.agentEnd = agentEnd;
    at = agentEnd + 1;
  }
  line.end = at;
  if (b[at] === 13) at++;
  line.next = at + 1;
  return b[at] === 10;
}

const two = (b: Uint8Array, at: number): number => {
  const tens = b[at]! - 48;
  const ones = b[at + 1]! - 48;
  return tens >>> 0 < 10 && ones >>> 0 < 10 ? tens * 10 + ones : 99;
};

/** `12/Sep/2026:08:54:04 +0000`: the length of a stamp without its brackets. */
const STAMP_LENGTH = 26;

/** The stamp of the line before, since most lines share its second and nearly all its day. */
class StampCache {
  readonly #bytes = new Uint8Array(STAMP_LENGTH);
  #midnight = Number.NaN;
  #time = Number.NaN;

  /** @returns ms UTC of the stamp at `at`, NaN when it is of another kind. Needs an offset in the stamp. */
  read(b: Buffer, at: number): number {
    const known = this.#bytes;
    let i = STAMP_LENGTH - 1;
    while (i >= 0 && known[i] === b[at + i]) i--;
    if (i < 0) return this.#time;
    for (i = 0; i < 12 && known[i] === b[at + i]; i++);
    let rest = 20;
    while (rest < STAMP_LENGTH && known[rest] === b[at + rest]) rest++;
    if (i < 12 || rest < STAMP_LENGTH) return this.#parse(b, at);
    const hour = two(b, at + 12);
    const minute = two(b, at + 15);
    const second = two(b, at + 18);
    if (hour > 23 || minute > 59 || second > 59 || b[at + 14] !== 58 || b[at + 17] !== 58) return Number.NaN;
    for (i = 12; i < 20; i++) known[i] = b[at + i]!;
    this.#time = this.#midnight + ((hour * 60 + minute) * 60 + second) * 1000;
    return this.#time;
  }

  #parse(b: Buffer, at: number): number {
    const hour = two(b, at + 12);
    const minute = two(b, at + 15);
    const second = two(b, at + 18);
    if (b[at + 2] !== 47 || b[at + 6] !== 47 || b[at + 11] !== 58 || b[at + 14] !== 58 || b[at + 17] !== 58)
      return Number.NaN;
    if (hour > 23 || minute > 59 || second > 59 || b[at + 20] !== 32) return Number.NaN;
    if (!parseTimestamp(b, at, at + STAMP_LENGTH + 1) || stamp.next !== at + STAMP_LENGTH) return Number.NaN;
    if (Number.isNaN(stamp.offset) || stamp.yearless || stamp.dateless || stamp.zoneName !== '') return Number.NaN;
    for (let i = 0; i < STAMP_LENGTH; i++) this.#bytes[i] = b[at + i]!;
    this.#time = stamp.local - stamp.offset * 60_000;
    this.#midnight = this.#time - ((hour * 60 + minute) * 60 + second) * 1000;
    return this.#time;
  }
}

/** Reads lines one after another. */
export class CombinedReader {
  readonly line = emptyCombined();
  readonly #stamps = new StampCache();

  /**
   * Reads the line at `start` into `line`; the block ends with a line feed.
   * @returns ms UTC of the line, NaN when the line is not of this form and nothing was read.
   */
  read({ bytes: b, words }: BlockBuffer, start: number): number {
    const { line } = this;
    const bracket = readClient(b, start, line);
    if (bracket < 0 || b[bracket + 27] !== 93 || b[bracket + 28] !== 32 || b[bracket + 29] !== 34) return Number.NaN;
    const quote = readRequest(b, bracket + 30, line);
    if (quote < 0 || !readAnswer(b, words, quote, line) || line.next - start > LINE_CAP) return Number.NaN;
    return this.#stamps.read(b, bracket + 1);
  }
}
