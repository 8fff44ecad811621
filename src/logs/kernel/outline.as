// The outline of a JSON line: everything but its values. One writer's lines mostly differ in nothing else, so that the next
// one is read by comparing what stands between values with what stood there. Whatever differs is read in full (json.as).
import { array, last, marksOf, plainEnd, scalar } from './json';
import { KEYS, OUTLINE, RECORD } from './layout';
import { ACCESS_CLIENT, ARRAY, INTEGER, NEGATIVE, ODD_STRING, SPANS, STRING } from './record';

/**
 * A value and what stands before it: length of that, bits of its first and second sixteen bytes, how the value is written
 * (a byte) and its depth, where its span goes, id of its member, where the span goes also; its likely length, a bit for each
 * byte of that, how often it had another length, and the one it had when the last line had another; then the text.
 */
const ENTRY: i32 = 96;
const TEXT: i32 = 48;
const LONGEST: i32 = 48;
const MOST: i32 = 63;
/** A text or a whole number that mostly has the same length: where it ends need not be waited for. */
const STEADY_TEXT: i32 = 7;
const STEADY_INTEGER: i32 = 8;
const LONGEST_STEADY: i32 = 31;
/** No value is written like this: the line ends. */
const END: i32 = 255;

/** Bits beside the depth: a client, which counts as none while it is empty or a dash, and whether it was that. */
const MAY_BE_NONE: u32 = 64;
const WAS_NONE: u32 = 128;

/** A span that nobody reads, and the kinds of a record with this outline. */
const NOWHERE: i32 = OUTLINE + 6_144;
const OWN_KINDS: i32 = OUTLINE + 6_176;

/** Bits of what makes a request. */
export let outlineRequest: i32 = 0;

let known: bool = false;
/** Ids of members stand in the record as this outline has them. */
let filed: bool = false;

let entry: i32 = 0;
let before: i32 = 0;
let fits: bool = false;

/** Lines that were read in full since an outline was of use, and how many it takes to look for another. */
let misses: i32 = 0;
/** Lines with the outline. */
let hits: i32 = 0;
let patience: i32 = 0;
const LEAST_PATIENCE: i32 = 8;
const MOST_PATIENCE: i32 = 4096;

export function forgetOutline(): void {
  known = false;
  misses = 0;
  patience = 0;
}

/** The record is about to be filled otherwise. */
export function leaveOutline(): void {
  filed = false;
}

/** A line was read in full. @returns whether its outline is to be taken. */
export function mayLearn(): bool {
  return ++misses > patience;
}

/** Begins the outline of the line at `from`. */
export function beginOutline(from: i32): void {
  known = false;
  misses = 0;
  hits = 0;
  patience = min(MOST_PATIENCE, max(LEAST_PATIENCE, patience * 2));
  entry = OUTLINE;
  before = from;
  fits = true;
}

/** Files what stands before `start`, and how the value is read. */
function file(start: i32, kind: i32, depth: u32): void {
  const length = start - before;
  if (length > LONGEST || entry >= OUTLINE + MOST * ENTRY) {
    fits = false;
    return;
  }
  store<i32>(entry, length);
  store<i32>(entry, bitsOf(length), 4);
  store<i32>(entry, bitsOf(length - 16), 8);
  store<u8>(entry, <u8>kind, 12);
  store<u8>(entry, <u8>depth, 13);
  // For `endOutline`.
  store<i32>(entry, start, 28);
  memory.fill(entry + TEXT, 0, LONGEST);
  memory.copy(entry + TEXT, before, length);
}

// @ts-ignore
@inline
function bitsOf(length: i32): i32 {
  return length >= 16 ? 0xffff : length <= 0 ? 0 : (1 << length) - 1;
}

/** Files a value with what stands before it. @param end for a string, its quote. @param key of the member, see `fileKey`. */
export function outlineValue(kind: i32, start: i32, end: i32, key: i32, id: i32, depth: i32): void {
  // Texts with escapes may be plain on the next line.
  if (kind == ODD_STRING) fits = false;
  const matters = load<u8>(key, 5) != 0;
  if (kind == ARRAY && matters) fits = false;
  if (!fits) return;
  file(start, kind, depth);
  if (!fits) return;
  store<i32>(entry, NOWHERE, 16);
  store<i32>(entry, id, 20);
  store<i32>(entry, 0, 24);
  if (matters) {
    const slot = <i32>load<u8>(key);
    const other = <i32>load<u8>(key, 2);
    if (slot == ACCESS_CLIENT || other == ACCESS_CLIENT)
      store<u8>(entry, <u8>(depth | MAY_BE_NONE | (isNone(start, end) ? WAS_NONE : 0)), 13);
    // A slot may be filled from another member in the end; `endOutline` looks for that.
    if (slot != 255) store<i32>(entry, SPANS + slot * 12, 16);
    if (other != 255) store<i32>(entry, SPANS + other * 12, 24);
  }
  before = end;
  entry += ENTRY;
}

// @ts-ignore
@inline
function isNone(start: i32, end: i32): bool {
  return end == start || (end == start + 1 && load<u8>(start) == 45);
}

/** The line was read to its end, `close`. @param request bits of what makes one. */
export function endOutline(close: i32, request: i32): void {
  if (close == 0 || !fits) return;
  file(close, END, 0);
  if (!fits) return;
  for (let at = OUTLINE; at < entry; at += ENTRY) {
    const start = load<i32>(at, 28);
    if (!owns(load<i32>(at, 16), start)) store<i32>(at, NOWHERE, 16);
    if (!owns(load<i32>(at, 24), start)) store<i32>(at, 0, 24);
    const next = at + ENTRY;
    const length = load<i32>(next, 28) - load<i32>(next) - start;
    const kind = <i32>load<u8>(at, 12);
    store<i32>(at, 0, 36);
    store<i32>(at, -1, 40);
    if (length > LONGEST_STEADY) continue;
    expect(at, length);
    if (kind == STRING) store<u8>(at, <u8>STEADY_TEXT, 12);
    else if (kind == INTEGER) store<u8>(at, <u8>STEADY_INTEGER, 12);
  }
  v128.store(OWN_KINDS, v128.load(RECORD));
  v128.store(OWN_KINDS, v128.load(RECORD, 16), 16);
  outlineRequest = request;
  known = true;
  filed = true;
}

/** @param length that the value is likely to have. */
function expect(entry: i32, length: i32): void {
  store<i32>(entry, length, 28);
  store<u32>(entry, (1 << length) - 1, 32);
}

/** A value had another length than expected. */
function missed(entry: i32, length: i32): void {
  const often = load<i32>(entry, 36) + 1;
  store<i32>(entry, often, 36);
  if (often * 8 > hits + 64) store<u8>(entry, <u8>(<i32>load<u8>(entry, 12) == STEADY_TEXT ? STRING : INTEGER), 12);
  else if (length == load<i32>(entry, 40) && length <= LONGEST_STEADY) expect(entry, length);
  store<i32>(entry, length, 40);
}

/** Whether the value that begins at `start` fills the slot of a span. */
function owns(span: i32, start: i32): bool {
  if (span < SPANS || span == NOWHERE) return false;
  return load<u8>(RECORD + (span - SPANS) / 12) != 0 && load<i32>(span) == start;
}

/** Reads the line at `from` into the record if it has the outline. @returns the index behind its object, or 0. */
export function outlineLine(from: i32): i32 {
  if (!known) return 0;
  let at = from;
  let entry = OUTLINE;
  while (true) {
    const bits = load<i32>(entry, 4);
    if ((i8x16.bitmask(i8x16.eq(v128.load(entry, TEXT), v128.load(at))) & bits) != bits) return 0;
    const length = load<i32>(entry);
    if (length > 16 && !more(entry, at, length)) return 0;
    at += length;
    const start = at;
    const kind = <i32>load<u8>(entry, 12);
    if (kind == STEADY_TEXT) {
      const length = load<i32>(entry, 28);
      let marks = marksOf(v128.load(at));
      if (length > 16) marks |= marksOf(v128.load(at, 16)) << 16;
      if ((marks & load<i32>(entry, 32)) == 0 && load<u8>(at + length) == 34) {
        at += length;
        store<i32>(entry, -1, 40);
      } else {
        at = plainEnd(at);
        missed(entry, at - start);
      }
    } else if (kind == STRING) at = plainEnd(at);
    else if (kind == STEADY_INTEGER || kind == INTEGER) {
      const digits = digitsOf(v128.load(at));
      const bits = load<i32>(entry, 32);
      if (kind == STEADY_INTEGER && (digits & ((bits << 1) | 1)) == bits && load<u8>(at) != 48) {
        at += load<i32>(entry, 28);
        store<i32>(entry, -1, 40);
      } else {
        const length = ctz(~digits);
        if (<u32>(length - 1) > 14 || (length > 1 && load<u8>(at) == 48)) return 0;
        at += length;
        if (kind == STEADY_INTEGER) missed(entry, length);
      }
    } else if (kind == END) break;
    else {
      at = kind == ARRAY ? array(at, <i32>load<u8>(entry, 13)) : scalar(at);
      if (at == 0 || (kind != ARRAY && last != (kind == NEGATIVE ? INTEGER : kind))) return 0;
    }
    const span = load<i32>(entry, 16);
    store<i32>(span, start);
    store<i32>(span, at, 4);
    if (load<u32>(entry, 24) != 0 || load<u8>(entry, 13) >= MAY_BE_NONE) {
      if (!special(entry, start, at)) return 0;
    }
    entry += ENTRY;
  }
  if (!filed) fileIds();
  v128.store(RECORD, v128.load(OWN_KINDS));
  v128.store(RECORD, v128.load(OWN_KINDS, 16), 16);
  misses = 0;
  patience = LEAST_PATIENCE;
  hits = min(hits + 1, 1 << 27);
  return at;
}

// @ts-ignore
@inline
function digitsOf(v: v128): i32 {
  return i8x16.bitmask(i8x16.lt_u(i8x16.sub(v, i8x16.splat(48)), i8x16.splat(10)));
}

/** The rest of what stands before a value. */
function more(entry: i32, at: i32, length: i32): bool {
  const bits = load<i32>(entry, 8);
  if ((i8x16.bitmask(i8x16.eq(v128.load(entry, TEXT + 16), v128.load(at, 16))) & bits) != bits) return false;
  for (let i = 32; i < length; i++) if (load<u8>(entry + TEXT + i) != load<u8>(at + i)) return false;
  return true;
}

/** A value that fills two slots, or that may count as none. @returns false when it does not as it did. */
function special(entry: i32, start: i32, end: i32): bool {
  const other = load<i32>(entry, 24);
  if (other != 0) {
    store<i32>(other, start);
    store<i32>(other, end, 4);
  }
  const flags = <u32>load<u8>(entry, 13);
  return flags < MAY_BE_NONE || isNone(start, end) == ((flags & WAS_NONE) != 0);
}

function fileIds(): void {
  for (let at = OUTLINE; <i32>load<u8>(at, 12) != END; at += ENTRY) {
    const id = load<i32>(at, 20);
    store<i32>(load<i32>(at, 16), id, 8);
    const other = load<i32>(at, 24);
    if (other != 0) store<i32>(other, id, 8);
  }
  filed = true;
}
