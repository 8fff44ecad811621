// Reads JSON lines without building objects: where the values of the known members stand, and whether the whole is JSON
// (RFC 8259). Whatever is rare - escapes in names, members that matter inside arrays, a name twice - is left to the parser.
import {
  BLOCK,
  GUESS_BYTES,
  GUESSES,
  ISO,
  KEY_BYTES,
  KEY_SLOT_COUNT,
  KEY_SLOTS,
  KEYS,
  MOST_GUESSES,
  RECORD,
  SLOT_RANKS,
  stopAt,
} from './layout';
import { beginBatch, forgetRecords, take, TAKEN } from './count';
import { beginOutline, endOutline, forgetOutline, leaveOutline, mayLearn, outlineLine, outlineRequest, outlineValue } from './outline';
import { ACCESS_CLIENT, ARRAY, clearRecord, INTEGER, MESSAGE, NEGATIVE, ODD_STRING, OTHER, SPANS, STRING } from './record';

/** Slots of values are numbered as in json-keys.ts; this one is none. */
const NO_SLOT: u32 = 255;

const DEEPEST: i32 = 5;
const MOST_VALUES: i32 = 150;
const LINE_CAP: i32 = 65_536;

/** A name that was met for the first time: its bytes, the member it stands in and its double hash; start 0 for none. */
export let nameStart: i32 = 0;
export let nameEnd: i32 = 0;
export let nameParent: i32 = 0;
export let nameHigh: u32 = 0;
export let nameLow: u32 = 0;

let values: i32 = 0;
let members: i32 = 0;
/** The outline of the line is being taken. */
let learning: bool = false;
/** Kind of the value read last, 0 for null. */
export let last: i32 = 0;
let request: i32 = 0;
/** Elements of the array that was read last. */
let elements: i32 = 0;

/** Forgets everything learned; for another source. */
export function resetJson(): void {
  memory.fill(KEY_SLOTS, 0, ISO - KEY_SLOTS);
  forgetOutline();
  forgetRecords();
}

/**
 * Files a name. @param meaning slot, rank, other slot, other rank, from the lowest byte up. @param bits of what makes a
 * request. @param behindHigh with `behindLow` the double hash of the name with a dot behind. @param unit of a
 * duration of that name, see values.as.
 */
export function fileKey(
  id: i32,
  high: u32,
  low: u32,
  meaning: u32,
  bits: i32,
  matters: i32,
  behindHigh: u32,
  behindLow: u32,
  unit: i32,
): void {
  let slot = (high ^ (low >>> 7)) & (KEY_SLOT_COUNT - 1);
  while (load<i32>(KEY_SLOTS + slot * 12, 8) != 0) slot = (slot + 1) & (KEY_SLOT_COUNT - 1);
  const at = KEY_SLOTS + <i32>slot * 12;
  store<u32>(at, high);
  store<u32>(at, low, 4);
  store<i32>(at, id, 8);
  const key = KEYS + id * KEY_BYTES;
  store<u32>(key, meaning);
  store<u8>(key, <u8>bits, 4);
  store<u8>(key, <u8>matters, 5);
  store<u8>(key, <u8>unit, 6);
  store<u32>(key, behindHigh, 8);
  store<u32>(key, behindLow, 12);
}

function findKey(high: u32, low: u32): i32 {
  let slot = (high ^ (low >>> 7)) & (KEY_SLOT_COUNT - 1);
  while (true) {
    const at = KEY_SLOTS + <i32>slot * 12;
    const id = load<i32>(at, 8);
    if (id == 0 || (load<u32>(at) == high && load<u32>(at, 4) == low)) return id;
    slot = (slot + 1) & (KEY_SLOT_COUNT - 1);
  }
  return 0;
}

/** Whether a byte of a name ends it: quote, backslash, control. */
// @ts-ignore
@inline
function stops(byte: u32): bool {
  return byte == 34 || byte == 92 || byte < 32;
}

// @ts-ignore
@inline
function afterBlanks(from: i32): i32 {
  let at = from;
  while (load<u8>(at) == 32 || load<u8>(at) == 9) at++;
  return at;
}

/** Whether what stands at `at`, behind the quote of a name, is the guess: a name of at most 48 bytes, quote, colon, blanks. */
// @ts-ignore
@inline
function guessed(guess: i32, at: i32): bool {
  const same = i8x16.bitmask(i8x16.eq(v128.load(guess, 16), v128.load(at)));
  const mask = load<i32>(guess, 12);
  if ((same & mask) != mask) return false;
  const length = load<i32>(guess, 8);
  for (let i = 16; i < length; i++) if (load<u8>(guess + 16 + i) != load<u8>(at + i)) return false;
  return true;
}

/** Remembers a name with what stood between it and its value. */
function guess(place: i32, parent: i32, id: i32, from: i32, length: i32): void {
  if (place >= MOST_GUESSES || length > 48) return;
  const at = GUESSES + place * GUESS_BYTES;
  // Never 0, as it is where nothing was remembered.
  store<i32>(at, parent + 1);
  store<i32>(at, id, 4);
  store<i32>(at, length, 8);
  store<i32>(at, length >= 16 ? 0xffff : (1 << length) - 1, 12);
  memory.copy(at + 16, from, length);
}

/** Reads the object at `from`. @param parent id of the member that it is the value of, 0 for none. @returns the index behind it, or 0. */
function object(from: i32, seedHigh: u32, seedLow: u32, parent: i32, depth: i32): i32 {
  let at = from + 1;
  if (load<u8>(at) != 34) {
    at = afterBlanks(at);
    if (load<u8>(at) == 125) return at + 1;
    if (load<u8>(at) != 34) return 0;
  }
  while (true) {
    const begin = ++at;
    // Lines of one writer name their members in the same order, so the name is mostly the one expected here.
    const place = members++;
    const expected = GUESSES + place * GUESS_BYTES;
    let id = 0;
    if (place < MOST_GUESSES && load<i32>(expected) == parent + 1 && guessed(expected, at)) {
      id = load<i32>(expected, 4);
      at += load<i32>(expected, 8);
    } else {
      if (place >= MOST_VALUES) return 0;
      let high = seedHigh;
      let low = seedLow;
      for (let byte = <u32>load<u8>(at); !stops(byte); byte = <u32>load<u8>(++at)) {
        high = (high ^ byte) * 16777619;
        low = (low + byte) * 0x9e3779b1;
      }
      // A member without a name does not show in the names of what is in it.
      if (load<u8>(at) != 34 || at == begin) return 0;
      id = findKey(high, low);
      if (id == 0) {
        nameStart = begin - BLOCK;
        nameEnd = at - BLOCK;
        nameParent = parent;
        nameHigh = high;
        nameLow = low;
        return 0;
      }
      at = afterBlanks(at + 1);
      if (load<u8>(at) != 58) return 0;
      at = afterBlanks(at + 1);
      guess(place, parent, id, begin, at - begin);
    }
    const byte = <u32>load<u8>(at);
    const value = at;
    const key = KEYS + id * KEY_BYTES;
    const matters = load<u8>(key, 5) != 0;
    if (byte == 34) {
      at = plainEnd(at + 1);
      let kind = STRING;
      if (load<u8>(at) != 34) {
        at = oddString(at);
        if (at == 0) return 0;
        kind = ODD_STRING;
      } else at++;
      if (matters && !note(key, id, kind, value + 1, at - 1)) return 0;
      if (learning) outlineValue(kind, value + 1, at - 1, key, id, depth);
    } else if (byte - 48 < 10) {
      // Mostly a few digits, and nothing else.
      const digits = ctz(~i8x16.bitmask(i8x16.lt_u(i8x16.sub(v128.load(at), i8x16.splat(48)), i8x16.splat(10))));
      const behind = <u32>load<u8>(at + digits);
      let kind = INTEGER;
      if (digits < 16 && (behind == 44 || behind == 125) && (digits == 1 || byte != 48)) at += digits;
      else {
        at = number(at);
        if (at == 0) return 0;
        kind = last;
      }
      if (matters && !note(key, id, kind, value, at)) return 0;
      if (learning) outlineValue(kind, value, at, key, id, depth);
    } else if (byte == 123) {
      if (depth >= DEEPEST) return 0;
      // An object in the place of a value that is known: its members have longer names, so it is none.
      if (matters && !note(key, id, 0, at, at)) return 0;
      at = object(at, load<u32>(key, 8), load<u32>(key, 12), id, depth + 1);
      if (at == 0) return 0;
    } else if (byte == 91) {
      // The bytes of a message may stand in one.
      if (matters && load<u8>(key) == MESSAGE) return 0;
      at = array(at, depth + 1);
      if (at == 0 || (matters && !noteArray(key, id, value))) return 0;
      if (learning) outlineValue(ARRAY, value, at, key, id, depth + 1);
    } else {
      at = scalar(at);
      if (at == 0 || (matters && !note(key, id, last, value, at))) return 0;
      if (learning) outlineValue(last == INTEGER ? NEGATIVE : last, value, at, key, id, depth);
    }
    // ,"
    if (load<u16>(at) == 0x222c) {
      at++;
      continue;
    }
    at = afterBlanks(at);
    const mark = load<u8>(at++);
    if (mark == 125) return at;
    if (mark != 44) return 0;
    at = afterBlanks(at);
    if (load<u8>(at) != 34) return 0;
  }
  return 0;
}

/** Files a value under what its member means. @returns false when the same member was there before. */
// @ts-ignore
@inline
function note(key: i32, id: i32, kind: i32, start: i32, end: i32): bool {
  if (kind != 0) request |= <i32>load<u8>(key, 4);
  const slot = <u32>load<u8>(key);
  if (slot == NO_SLOT) return true;
  if (!fill(slot, load<u8>(key, 1), id, kind, start, end)) return false;
  const other = <u32>load<u8>(key, 2);
  return other == NO_SLOT || fill(other, load<u8>(key, 3), id, kind, start, end);
}

/** Files the only element of an array that matters, which counts as the value itself. @returns false where it holds more. */
function noteArray(key: i32, id: i32, bracket: i32): bool {
  // Several have names of their own, which mean nothing.
  if (elements != 1) return note(key, id, 0, bracket, bracket);
  const from = afterBlanks(bracket + 1);
  const first = load<u8>(from);
  if (first == 123 || first == 91) return false;
  const to = scalar(from);
  const quoted = first == 34 ? 1 : 0;
  return note(key, id, last, from + quoted, to - quoted);
}

/** @param id of the member is kept beside its value. */
// @ts-ignore
@inline
function fill(slot: u32, rank: u32, id: i32, kind: i32, start: i32, end: i32): bool {
  const known = <u32>load<u8>(SLOT_RANKS + <i32>slot);
  if (rank == known) return false;
  if (rank > known || kind == 0) return true;
  // A client that is empty or a dash is none; the next one may be.
  if (slot == ACCESS_CLIENT && (end == start || (end == start + 1 && load<u8>(start) == 45))) return true;
  store<u8>(SLOT_RANKS + <i32>slot, <u8>rank);
  store<u8>(RECORD + <i32>slot, <u8>kind);
  const span = SPANS + <i32>slot * 12;
  store<i32>(span, start);
  store<i32>(span, end, 4);
  store<i32>(span, id, 8);
  return true;
}

/** Any value that is neither object nor array; its kind goes to `last`. */
export function scalar(from: i32): i32 {
  if (++values > MOST_VALUES) return 0;
  const byte = <u32>load<u8>(from);
  if (byte == 34) return string(from + 1);
  if (byte == 45 || byte - 48 < 10) return number(from);
  const word = load<u32>(from);
  // true, null, false
  if (word == 0x65757274) {
    last = OTHER;
    return from + 4;
  }
  if (word == 0x6c6c756e) {
    last = 0;
    return from + 4;
  }
  if (word == 0x736c6166 && load<u8>(from, 4) == 101) {
    last = OTHER;
    return from + 5;
  }
  return 0;
}

/** Bits of quotes, backslashes, control characters and bytes beyond ASCII. */
// @ts-ignore
@inline
export function marksOf(v: v128): i32 {
  // Bytes beyond ASCII are negative.
  return i8x16.bitmask(
    v128.or(v128.or(i8x16.eq(v, i8x16.splat(34)), i8x16.eq(v, i8x16.splat(92))), i8x16.lt_s(v, i8x16.splat(32))),
  );
}

/** Index of the first byte from `from` on that is a quote, a backslash, a control character or beyond ASCII. */
// @ts-ignore
@inline
export function plainEnd(from: i32): i32 {
  let at = from;
  while (true) {
    const marks = marksOf(v128.load(at));
    if (marks != 0) return at + ctz(marks);
    at += 16;
  }
}

/** From behind the opening quote. @returns the index behind the closing one, or 0. */
function string(from: i32): i32 {
  const at = plainEnd(from);
  if (load<u8>(at) != 34) return oddString(at);
  last = STRING;
  return at + 1;
}

/** The rest of a string that has escapes or bytes beyond ASCII. */
function oddString(from: i32): i32 {
  let at = from;
  while (true) {
    const v = v128.load(at);
    const marks = i8x16.bitmask(
      v128.or(v128.or(i8x16.eq(v, i8x16.splat(34)), i8x16.eq(v, i8x16.splat(92))), i8x16.lt_u(v, i8x16.splat(32))),
    );
    if (marks == 0) {
      at += 16;
      continue;
    }
    at += ctz(marks);
    const byte = load<u8>(at);
    if (byte == 34) {
      last = ODD_STRING;
      return at + 1;
    }
    const length = byte == 92 ? escapeLength(at) : 0;
    if (length == 0) return 0;
    at += length;
  }
  return 0;
}

/** Length of the escape at a backslash; 0 when it is none (RFC 8259 section 7). */
function escapeLength(at: i32): i32 {
  const letter = load<u8>(at, 1);
  if (letter == 117) {
    for (let i = at + 2; i < at + 6; i++) {
      const byte = <u32>load<u8>(i);
      if (!(byte - 48 < 10 || (byte | 32) - 97 < 6)) return 0;
    }
    return 6;
  }
  // " / \ b f n r t
  return letter == 34 ||
    letter == 47 ||
    letter == 92 ||
    letter == 98 ||
    letter == 102 ||
    letter == 110 ||
    letter == 114 ||
    letter == 116
    ? 2
    : 0;
}

// @ts-ignore
@inline
function isDigit(at: i32): bool {
  return <u32>load<u8>(at) - 48 < 10;
}

function number(from: i32): i32 {
  let at = from;
  const negative = load<u8>(at) == 45;
  if (negative) at++;
  const digits = at;
  while (isDigit(at)) at++;
  const length = at - digits;
  if (length == 0 || (length > 1 && load<u8>(digits) == 48)) return 0;
  let whole = length <= 15 && !(negative && load<u8>(digits) == 48);
  if (load<u8>(at) == 46) {
    whole = false;
    const fraction = ++at;
    while (isDigit(at)) at++;
    if (at == fraction) return 0;
  }
  if ((load<u8>(at) | 32) == 101) {
    whole = false;
    at++;
    if (load<u8>(at) == 43 || load<u8>(at) == 45) at++;
    const exponent = at;
    while (isDigit(at)) at++;
    if (at == exponent) return 0;
  }
  last = whole ? INTEGER : OTHER;
  return at;
}

/** Passes over an array; objects in it are passed over as well. */
export function array(from: i32, depth: i32): i32 {
  if (depth > DEEPEST) return 0;
  let at = afterBlanks(from + 1);
  elements = 0;
  if (load<u8>(at) == 93) return at + 1;
  let count = 0;
  while (true) {
    at = passOver(at, depth);
    if (at == 0) return 0;
    count++;
    at = afterBlanks(at);
    const mark = load<u8>(at++);
    if (mark == 93) {
      elements = count;
      return at;
    }
    if (mark != 44) return 0;
    at = afterBlanks(at);
  }
  return 0;
}

function passOver(from: i32, depth: i32): i32 {
  if (load<u8>(from) == 91) return array(from, depth + 1);
  if (load<u8>(from) != 123) return scalar(from);
  if (depth > DEEPEST) return 0;
  let at = afterBlanks(from + 1);
  if (load<u8>(at) == 125) return at + 1;
  while (true) {
    if (load<u8>(at) != 34) return 0;
    at = string(at + 1);
    if (at == 0) return 0;
    at = afterBlanks(at);
    if (load<u8>(at++) != 58) return 0;
    at = passOver(afterBlanks(at), depth + 1);
    if (at == 0) return 0;
    at = afterBlanks(at);
    const mark = load<u8>(at++);
    if (mark == 125) return at;
    if (mark != 44) return 0;
    at = afterBlanks(at);
  }
  return 0;
}

/** Reads the line at `from` whatever its outline. @returns the index behind its object, or 0. */
function record(from: i32): i32 {
  leaveOutline();
  clearRecord();
  values = 0;
  members = 0;
  request = 0;
  return object(from, 0x811c9dc5, 0x050c5d1f, 0, 0);
}

/** Reads the line at `from`, which is a record, once more and takes its outline. */
function learn(from: i32): void {
  beginOutline(from);
  learning = true;
  const close = record(from);
  learning = false;
  endOutline(close, request);
}

/**
 * Reads lines that hold one object each from `from` on and counts those that hold nothing new (see count.as), until one is
 * of another form or is not followed by such a line, or is for the host, or `to` is reached.
 * At `to` stands the first byte of the next line, if there is any.
 * @param quiet lines that end behind it are for the host. @returns how many were counted. `verdict` says why it stopped at
 * `stoppedAt`; `nameStart` is set when the line there may be read once the host knows a name.
 */
export function json(from: i32, to: i32, quiet: i32): i32 {
  nameStart = 0;
  const stop = BLOCK + to;
  let at = BLOCK + from;
  let count = 0;
  beginBatch();
  // Another reader may have used the record meanwhile.
  leaveOutline();
  while (at < stop && load<u8>(at) == 123) {
    values = 0;
    let close = outlineLine(at);
    if (close != 0) request = outlineRequest;
    else {
      close = record(at);
      if (close == 0) break;
      if (mayLearn()) learn(at);
    }
    const next = load<u8>(close) == 13 ? close + 2 : close + 1;
    // What follows a record without being one belongs to it.
    if (load<u8>(next - 1) != 10 || load<u8>(next) != 123 || next - at > LINE_CAP) break;
    if (take(at, close, next, request, next - BLOCK <= quiet) != TAKEN) break;
    count++;
    at = next;
  }
  stopAt(at - BLOCK);
  return count;
}

/** Whether a byte may belong to the name of a pair, as `readFields` has it. */
// @ts-ignore
@inline
function ofName(byte: u32): bool {
  return (byte | 32) - 97 < 26 || byte - 48 < 10 || byte == 95 || byte == 45 || byte == 46 || byte == 64;
}

/** Pairs of a line, and of its names how long the first may be and all others. */
const MOST_PAIRS: i32 = 60;
const FIRST_NAME: i32 = 40;
const LONGEST_NAME: i32 = 63;
const LONGEST_VALUE: i32 = 1000;

/** Reads `key=value key="value"` to the end of the line. @returns its index, or 0 where anything else stands between. */
function pairs(from: i32): i32 {
  let at = from;
  for (let count = 0; count < MOST_PAIRS; count++) {
    const begin = at;
    let high: u32 = 0x811c9dc5;
    let low: u32 = 0x050c5d1f;
    for (let byte = <u32>load<u8>(at); ofName(byte); byte = <u32>load<u8>(++at)) {
      high = (high ^ byte) * 16777619;
      low = (low + byte) * 0x9e3779b1;
    }
    if (at == begin || at - begin > (count == 0 ? FIRST_NAME : LONGEST_NAME) || load<u8>(at) != 61) return 0;
    const id = findKey(high, low);
    if (id == 0) {
      nameStart = begin - BLOCK;
      nameEnd = at - BLOCK;
      nameParent = 0;
      nameHigh = high;
      nameLow = low;
      return 0;
    }
    const quoted = load<u8>(++at) == 34;
    if (quoted) at++;
    const value = at;
    let kind = STRING;
    let escaped = false;
    if (quoted) {
      for (at = plainEnd(at); load<u8>(at) != 34; at = plainEnd(at)) {
        const byte = load<u8>(at);
        if (byte < 32) return 0;
        kind = ODD_STRING;
        // Whatever stands behind a backslash is hidden.
        if (byte == 92) {
          escaped = true;
          if (load<u8>(++at) < 32) return 0;
        }
        at++;
      }
    } else
      for (let byte = <u32>load<u8>(at); byte > 32; byte = <u32>load<u8>(++at)) {
        // , ; & ) ] | end a value; quotes, braces and further signs make other things of it.
        if (byte == 44 || byte == 59 || byte == 38 || byte == 41 || byte == 93 || byte == 124) return 0;
        if (byte == 34 || byte == 61 || byte == 123 || byte == 92) return 0;
        if (byte > 127) kind = ODD_STRING;
      }
    const key = KEYS + id * KEY_BYTES;
    if (at - value > LONGEST_VALUE) return 0;
    if (load<u8>(key, 5) != 0 && (escaped || !note(key, id, kind, value, at))) return 0;
    if (quoted) at++;
    const behind = load<u8>(at);
    if (behind == 10 || (behind == 13 && load<u8>(at, 1) == 10)) return at;
    if (behind != 32) return 0;
    at = afterBlanks(at);
  }
  return 0;
}

/** Whether the line at `next` is a record for sure: its time stands where that of the line at `at` does, on the same day. */
function timedLike(at: i32, next: i32): bool {
  if (<i32>load<u8>(RECORD) != STRING) return false;
  const time = load<i32>(SPANS);
  let own = at;
  let other = next;
  // The time is the first pair, or the second behind a word.
  while (own < time && load<u8>(own) != 32) own++;
  if (own >= time) own = at;
  else {
    own = afterBlanks(own);
    while (load<u8>(other) == load<u8>(at + (other - next)) && load<u8>(other) != 61) other++;
    if (load<u8>(other) != 61) return false;
    for (other++; ofName(<u32>load<u8>(other)); ) other++;
    if (load<u8>(other) != 32) return false;
    other = afterBlanks(other);
  }
  if (time - own > LONGEST_NAME) return false;
  // 2026-09-12T
  const length = time - own + 11;
  for (let i = 0; i < length; i++) if (load<u8>(own + i) != load<u8>(other + i)) return false;
  const clock = other + length;
  const separator = load<u8>(clock - 1);
  return (
    load<u8>(clock - 4) == 45 &&
    load<u8>(clock - 7) == 45 &&
    (separator == 84 || separator == 32) &&
    below(clock, 24) &&
    load<u8>(clock, 2) == 58 &&
    below(clock + 3, 60) &&
    load<u8>(clock, 5) == 58 &&
    below(clock + 6, 60)
  );
}

function below(at: i32, limit: u32): bool {
  const tens = <u32>load<u8>(at) - 48;
  const ones = <u32>load<u8>(at, 1) - 48;
  return tens < 10 && ones < 10 && tens * 10 + ones < limit;
}

/** The same as `json` for lines of pairs. */
export function logfmt(from: i32, to: i32, quiet: i32): i32 {
  nameStart = 0;
  const stop = BLOCK + to;
  let at = BLOCK + from;
  let count = 0;
  beginBatch();
  while (at < stop) {
    clearRecord();
    request = 0;
    const close = pairs(at);
    if (close == 0) break;
    const next = load<u8>(close) == 13 ? close + 2 : close + 1;
    // What follows a record without being one belongs to it.
    if (next >= stop || next - at > LINE_CAP || !timedLike(at, next)) break;
    if (take(at, close, next, request, next - BLOCK <= quiet) != TAKEN) break;
    count++;
    at = next;
  }
  stopAt(at - BLOCK);
  return count;
}
