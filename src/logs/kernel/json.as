// Reads JSON lines without building objects: where the values of the known members stand, and whether the whole is JSON
// (RFC 8259). Whatever is rare - escapes in names, members that matter inside arrays, a name twice - is left to the parser.
import {
  BLOCK,
  BREAKS,
  GUESS_BYTES,
  GUESSES,
  ISO,
  KEY_BYTES,
  KEY_SLOT_COUNT,
  KEY_SLOTS,
  KEYS,
  KNOWN,
  KNOWN_MOST,
  KNOWN_SLOTS,
  MOST_GUESSES,
  OUT,
  OUT_ROOM,
  SLOT_RANKS,
  stopAt,
} from './layout';

/** How a value was written: as json-rows.ts has it. */
const STRING: i32 = 1;
const ODD_STRING: i32 = 2;
const INTEGER: i32 = 3;
const OTHER: i32 = 4;

/** Slots of values, as json-keys.ts numbers them. */
const TIME: i32 = 0;
const LEVEL: i32 = 1;
const MESSAGE: i32 = 2;
const CLIENT: i32 = 5;
const ENDPOINT: i32 = 6;
const PARTNER: i32 = 7;
const DURATION: i32 = 8;
const OUTCOME: i32 = 9;
const NO_SLOT: u32 = 255;

const DEEPEST: i32 = 5;
const MOST_VALUES: i32 = 150;
const LINE_CAP: i32 = 65_536;

/**
 * A row. Bytes 0-15: kinds by slot. Words 4-13: where values start, 14-23: where they end, both without quotes; 24: key of
 * the duration; 25: start of the line; 26: end of the object; 27: next line; 28: bits of what makes a request; 29-32: what
 * is known of level, endpoint, partner and outcome, -1 for nothing; 33: IPv4 address and 34: whether it is one; 35, 36:
 * halves of the message's shape and 37: whether it has one. Doubles 19: ms UTC, NaN when the host must read it; 20: the
 * duration, NaN when it is no whole number.
 */
export const JSON_ROW: i32 = 176;
const MOST: i32 = OUT_ROOM / JSON_ROW;
const STARTS: i32 = 16;
const ENDS: i32 = 56;

/** A name that was met for the first time: its bytes, the member it stands in and its double hash; start 0 for none. */
export let nameStart: i32 = 0;
export let nameEnd: i32 = 0;
export let nameParent: i32 = 0;
export let nameHigh: u32 = 0;
export let nameLow: u32 = 0;

let row: i32 = 0;
let values: i32 = 0;
let members: i32 = 0;
/** Kind of the value read last, 0 for null. */
let last: i32 = 0;
let request: i32 = 0;
let remembered: i32 = 0;

/** Forgets everything learned; for another source. */
export function resetJson(): void {
  memory.fill(KEY_SLOTS, 0, ISO - KEY_SLOTS);
  memory.fill(KNOWN, 0, KNOWN_SLOTS * 16);
  // No zone has this length.
  store<i32>(ISO, -1, 40);
  remembered = 0;
}

/**
 * Files a name. @param meaning slot, rank, other slot, other rank, from the lowest byte up. @param bits of what makes a
 * request. @param behindHigh with `behindLow` the double hash of the name with a dot behind.
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

/** Whether a byte of a name ends it: quote, backslash, control, or beyond ASCII. */
// @ts-ignore
@inline
function stops(byte: u32): bool {
  return byte == 34 || byte == 92 || byte < 32 || byte >= 128;
}

// @ts-ignore
@inline
function afterBlanks(from: i32): i32 {
  let at = from;
  while (load<u8>(at) == 32 || load<u8>(at) == 9) at++;
  return at;
}

/** Whether the name and its colon at `at` are those of a guess: `length` bytes, at most 48. */
// @ts-ignore
@inline
function guessed(guess: i32, at: i32): bool {
  const same = i8x16.bitmask(i8x16.eq(v128.load(guess, 16), v128.load(at)));
  const mask = load<i32>(guess, 12);
  if ((same & mask) != mask) return false;
  const length = load<i32>(guess, 8);
  if (length <= 16) return true;
  for (let i = 16; i < length; i++) if (load<u8>(guess + 16 + i) != load<u8>(at + i)) return false;
  return true;
}

/** Remembers a name that was followed by quote and colon. */
function guess(place: i32, parent: i32, id: i32, from: i32, length: i32): void {
  if (place >= MOST_GUESSES || length > 48) return;
  const at = GUESSES + place * GUESS_BYTES;
  store<i32>(at, parent);
  store<i32>(at, id, 4);
  store<i32>(at, length, 8);
  store<i32>(at, length >= 16 ? 0xffff : (1 << length) - 1, 12);
  memory.copy(at + 16, from, length);
}

/** Reads the object at `from`. @param parent id of the member that it is the value of, 0 for none. @returns the index behind it, or 0. */
function object(from: i32, seedHigh: u32, seedLow: u32, parent: i32, depth: i32): i32 {
  let at = afterBlanks(from + 1);
  if (load<u8>(at) == 125) return at + 1;
  while (true) {
    if (load<u8>(at) != 34) return 0;
    const begin = ++at;
    // Lines of one writer name their members in the same order, so the name is mostly the one expected here.
    const place = members++;
    const expected = GUESSES + place * GUESS_BYTES;
    let id = 0;
    if (place < MOST_GUESSES && load<i32>(expected, 4) != 0 && load<i32>(expected) == parent && guessed(expected, at)) {
      id = load<i32>(expected, 4);
      at += load<i32>(expected, 8);
    } else {
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
      at++;
      if (load<u8>(at) == 58) guess(place, parent, id, begin, at + 1 - begin);
      at = afterBlanks(at);
      if (load<u8>(at++) != 58) return 0;
    }
    at = afterBlanks(at);
    const byte = load<u8>(at);
    const value = at;
    const key = KEYS + id * KEY_BYTES;
    if (byte == 123) {
      if (depth >= DEEPEST) return 0;
      // An object in the place of a value that is known: its members have longer names, so it is none.
      at = object(at, load<u32>(key, 8), load<u32>(key, 12), id, depth + 1);
      if (at == 0) return 0;
    } else if (byte == 91) {
      if (load<u8>(key, 5) != 0) return 0;
      at = array(at, depth + 1);
      if (at == 0) return 0;
    } else {
      at = scalar(at);
      if (at == 0) return 0;
      if (load<u8>(key, 5) != 0 && !note(key, id, value, at)) return 0;
    }
    at = afterBlanks(at);
    const mark = load<u8>(at++);
    if (mark == 125) return at;
    if (mark != 44) return 0;
    at = afterBlanks(at);
  }
  return 0;
}

/** Files a value under what its member means. @returns false when the same member was there before. */
function note(key: i32, id: i32, start: i32, end: i32): bool {
  request |= <i32>load<u8>(key, 4);
  return (
    fill(load<u8>(key), load<u8>(key, 1), id, start, end) && fill(load<u8>(key, 2), load<u8>(key, 3), id, start, end)
  );
}

function fill(slot: u32, rank: u32, id: i32, start: i32, end: i32): bool {
  if (slot == NO_SLOT) return true;
  const known = <u32>load<u8>(SLOT_RANKS + <i32>slot);
  if (rank == known) return false;
  if (rank > known || last == 0) return true;
  const quoted = last == STRING || last == ODD_STRING ? 1 : 0;
  store<u8>(SLOT_RANKS + <i32>slot, <u8>rank);
  store<u8>(row + <i32>slot, <u8>last);
  store<i32>(row + <i32>slot * 4, start + quoted - BLOCK, STARTS);
  store<i32>(row + <i32>slot * 4, end - quoted - BLOCK, ENDS);
  if (slot == DURATION) store<i32>(row, id, 96);
  return true;
}

/** Any value that is neither object nor array; its kind goes to `last`. */
function scalar(from: i32): i32 {
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

/** From behind the opening quote. @returns the index behind the closing one, or 0. */
function string(from: i32): i32 {
  let at = from;
  while (true) {
    const v = v128.load(at);
    // Bytes beyond ASCII are negative.
    const marks = i8x16.bitmask(
      v128.or(v128.or(i8x16.eq(v, i8x16.splat(34)), i8x16.eq(v, i8x16.splat(92))), i8x16.lt_s(v, i8x16.splat(32))),
    );
    if (marks != 0) {
      at += ctz(marks);
      break;
    }
    at += 16;
  }
  if (load<u8>(at) == 34) {
    last = STRING;
    return at + 1;
  }
  return oddString(at);
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
function array(from: i32, depth: i32): i32 {
  if (depth > DEEPEST) return 0;
  let at = afterBlanks(from + 1);
  if (load<u8>(at) == 93) return at + 1;
  while (true) {
    at = passOver(at, depth);
    if (at == 0) return 0;
    at = afterBlanks(at);
    const mark = load<u8>(at++);
    if (mark == 93) return at;
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

// --- what the values are ------------------------------------------------------------------------------------------

/** Hash of a text in a slot; never 0. */
function hashOf(slot: i32, start: i32, end: i32): u64 {
  let hash = (<u64>slot + 1) * 0x9e3779b97f4a7c15 + <u64>(end - start);
  let at = start;
  for (; end - at >= 8; at += 8) {
    hash = (hash ^ load<u64>(at)) * 0x9fb21c651e98df25;
    hash ^= hash >> 32;
  }
  if (at < end) {
    hash = (hash ^ (load<u64>(at) & ((<u64>1 << (<u64>(end - at) * 8)) - 1))) * 0x9fb21c651e98df25;
    hash ^= hash >> 32;
  }
  hash *= 0xd6e8feb86659fd93;
  hash ^= hash >> 32;
  return hash == 0 ? 1 : hash;
}

/** Place of a hash among what is known, or the free place where it belongs. */
function placeOf(hash: u64): i32 {
  let slot = <u32>hash & (KNOWN_SLOTS - 1);
  while (true) {
    const at = KNOWN + <i32>slot * 16;
    const found = load<u64>(at);
    if (found == hash || found == 0) return at;
    slot = (slot + 1) & (KNOWN_SLOTS - 1);
  }
  return 0;
}

/** Remembers what the host found out about a text in a slot, while there is room. */
export function remember(slot: i32, from: i32, to: i32, value: i32): void {
  if (remembered >= KNOWN_MOST) return;
  const hash = hashOf(slot, from + BLOCK, to + BLOCK);
  const at = placeOf(hash);
  if (load<u64>(at) != 0) return;
  store<u64>(at, hash);
  store<i32>(at, value, 8);
  remembered++;
}

/** What is known of the text in a slot: 0 where the slot is empty, -1 for nothing. */
function known(slot: i32): i32 {
  const kind = <i32>load<u8>(row + slot);
  if (kind == 0) return 0;
  if (kind != STRING && kind != INTEGER) return -1;
  const hash = hashOf(slot, start(slot), end(slot));
  const at = placeOf(hash);
  return load<u64>(at) == hash ? load<i32>(at, 8) : -1;
}

// @ts-ignore
@inline
function start(slot: i32): i32 {
  return load<i32>(row + slot * 4, STARTS) + BLOCK;
}

// @ts-ignore
@inline
function end(slot: i32): i32 {
  return load<i32>(row + slot * 4, ENDS) + BLOCK;
}

/** Remembers the minute of a stamp, 17 bytes, and what stands behind its seconds. @param from index of the stamp. @param minute ms UTC. */
export function knowMinute(from: i32, zone: i32, zoneLength: i32, minute: f64): void {
  memory.copy(ISO, from + BLOCK, 17);
  memory.copy(ISO + 24, zone + BLOCK, zoneLength);
  store<f64>(ISO, minute, 32);
  store<i32>(ISO, zoneLength, 40);
}

/** The minute is not to be used any more. */
export function forgetMinute(): void {
  store<i32>(ISO, -1, 40);
}

/** ms UTC of a stamp in the same minute and zone as the one that is known, or NaN. */
function time(): f64 {
  if (load<u8>(row + TIME) != STRING) return NaN;
  const from = start(TIME);
  const to = end(TIME);
  const zoneLength = load<i32>(ISO, 40);
  if (zoneLength < 0 || load<u64>(from) != load<u64>(ISO)) return NaN;
  if (load<u64>(from, 8) != load<u64>(ISO, 8) || load<u8>(from, 16) != load<u8>(ISO, 16)) return NaN;
  const tens = <u32>load<u8>(from, 17) - 48;
  const ones = <u32>load<u8>(from, 18) - 48;
  if (tens > 5 || ones > 9) return NaN;
  let at = from + 19;
  let ms: u32 = 0;
  const point = load<u8>(at);
  if (point == 46 || point == 44) {
    // Three digits are whole milliseconds; three more are cut, as `timeOfDay` does, which rounds what has even more.
    const fraction = ++at;
    let scale: u32 = 100;
    for (; at < to && isDigit(at); at++) {
      ms += (<u32>load<u8>(at) - 48) * scale;
      scale /= 10;
    }
    if (at == fraction || at > fraction + 6) return NaN;
  }
  if (to - at != zoneLength) return NaN;
  for (let i = 0; i < zoneLength; i++) if (load<u8>(ISO + 24 + i) != load<u8>(at + i)) return NaN;
  return load<f64>(ISO, 32) + <f64>((tens * 10 + ones) * 1000 + ms);
}

/** Writes the number of the plain IPv4 address of the client, if it is one; as `ipv4Number` has it. */
function client(): void {
  store<i32>(row, 0, 136);
  if (load<u8>(row + CLIENT) != STRING) return;
  let key: u32 = 0;
  let octet: i32 = -1;
  let dots = 0;
  const to = end(CLIENT);
  for (let at = start(CLIENT); at < to; at++) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit < 10) {
      octet = octet < 0 ? <i32>digit : octet == 0 ? 256 : octet * 10 + <i32>digit;
      if (octet > 255) return;
    } else if (load<u8>(at) == 46 && octet >= 0) {
      key = (key << 8) | <u32>octet;
      octet = -1;
      dots++;
    } else return;
  }
  if (dots != 3 || octet < 0) return;
  store<u32>(row, (key << 8) | <u32>octet, 132);
  store<i32>(row, 1, 136);
}

/** Writes the shape of the message as `shapeKey` has it, where its bytes are plain. @param seed of the level, -1 when it is not known. */
function shape(seed: i32): void {
  store<i32>(row, 0, 148);
  if (seed < 0 || load<u8>(row + MESSAGE) != STRING) return;
  let high = <u32>2166136261 ^ <u32>seed;
  let low = <u32>84696351 + <u32>seed;
  let tokenHigh = high;
  let tokenLow = low;
  let variable = false;
  const from = start(MESSAGE);
  const to = min(end(MESSAGE), from + 240);
  for (let at = from; at < to; at++) {
    const byte = <u32>load<u8>(at);
    if (load<u8>(BREAKS + <i32>byte) == 0) {
      if (byte - 48 < 10) variable = true;
      tokenHigh = (tokenHigh ^ byte) * 16777619;
      tokenLow = (tokenLow + byte) * 2654435761;
      continue;
    }
    if (variable) {
      tokenHigh = (high ^ 42) * 16777619;
      tokenLow = (low + 42) * 2654435761;
    }
    high = (tokenHigh ^ byte) * 16777619;
    low = (tokenLow + byte) * 2654435761;
    tokenHigh = high;
    tokenLow = low;
    variable = false;
  }
  if (variable) {
    tokenHigh = (high ^ 42) * 16777619;
    tokenLow = (low + 42) * 2654435761;
  }
  store<u32>(row, tokenHigh >>> 6, 140);
  store<u32>(row, tokenLow >>> 6, 144);
  store<i32>(row, 1, 148);
}

/** The duration as a whole number that is not negative, or NaN. */
function duration(): f64 {
  const from = start(DURATION);
  if (load<u8>(row + DURATION) != INTEGER || load<u8>(from) == 45) return NaN;
  const to = end(DURATION);
  let whole: u64 = 0;
  for (let at = from; at < to; at++) whole = whole * 10 + <u64>(load<u8>(at) - 48);
  return <f64>whole;
}

/**
 * Reads lines that hold one object each from `from` on, one row each, until one is of another form or is not followed by
 * such a line, a time is met that the host must read (that row is the last), `to` or the room for rows is reached.
 * @returns how many rows; `nameStart` when the line at `stoppedAt` may be read once the host knows a name.
 */
export function json(from: i32, to: i32): i32 {
  nameStart = 0;
  const stop = BLOCK + to;
  const most = OUT + (MOST - 1) * JSON_ROW;
  let at = BLOCK + from;
  row = OUT;
  while (at < stop && row <= most && load<u8>(at) == 123) {
    v128.store(row, i64x2.splat(0));
    v128.store(SLOT_RANKS, i64x2.splat(-1));
    values = 0;
    members = 0;
    request = 0;
    const close = object(at, 0x811c9dc5, 0x050c5d1f, 0, 0);
    if (close == 0) break;
    const next = load<u8>(close) == 13 ? close + 2 : close + 1;
    // What follows a record without being one belongs to it.
    if (load<u8>(next - 1) != 10 || next >= stop || load<u8>(next) != 123 || next - at > LINE_CAP) break;
    store<i32>(row, at - BLOCK, 100);
    store<i32>(row, close - BLOCK, 104);
    store<i32>(row, next - BLOCK, 108);
    store<i32>(row, request, 112);
    const level = known(LEVEL);
    store<i32>(row, level, 116);
    store<i32>(row, known(ENDPOINT), 120);
    store<i32>(row, known(PARTNER), 124);
    store<i32>(row, known(OUTCOME), 128);
    client();
    shape(level);
    const ms = time();
    store<f64>(row, ms, 152);
    store<f64>(row, duration(), 160);
    row += JSON_ROW;
    at = next;
    if (isNaN(ms)) break;
  }
  stopAt(at - BLOCK);
  return (row - OUT) / JSON_ROW;
}
