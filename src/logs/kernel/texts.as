// What the host found out about texts of members, and shapes of messages.
import {
  BLOCK,
  BREAKS,
  KNOWN,
  KNOWN_MOST,
  KNOWN_SLOTS,
  MOST_SHAPES,
  QUICK,
  QUICK_MERCHANT_SLOTS,
  QUICK_MERCHANTS,
  QUICK_SLOTS,
  RECENT,
  RECENT_SLOTS,
  SHAPE_BYTES,
  SHAPE_SLOT_COUNT,
  SHAPE_SLOTS,
  SHAPES,
} from './layout';
import { end, fact, FACTS, kindOf, MERCHANT, MESSAGE, ODD_STRING, OTHER, start, STRING } from './record';

let remembered: i32 = 0;
let messages: i32 = 0;
let shapes: i32 = 0;

/** Forgets everything learned; for another source. */
export function forgetTexts(): void {
  memory.fill(KNOWN, 0, KNOWN_SLOTS * 16);
  memory.fill(SHAPE_SLOTS, 0, SHAPE_SLOT_COUNT * 16);
  memory.fill(QUICK, 0, QUICK_SLOTS * QUICK_BYTES);
  memory.fill(QUICK_MERCHANTS, 0, QUICK_MERCHANT_SLOTS * QUICK_BYTES);
  memory.fill(RECENT, 0, RECENT_SLOTS * RECENT_BYTES);
  remembered = 0;
  messages = 0;
  shapes = 0;
}

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

function file(hash: u64, value: i32): void {
  if (remembered >= KNOWN_MOST) return;
  const at = placeOf(hash);
  if (load<u64>(at) != 0) return;
  store<u64>(at, hash);
  store<i32>(at, value, 8);
  remembered++;
}

/** Remembers what the host found out about a text in a slot, while there is room. */
export function remember(slot: i32, from: i32, to: i32, value: i32): void {
  file(hashOf(slot, from + BLOCK, to + BLOCK), value);
}

/** What is known of the text in a slot: 0 where the slot is empty, -1 for nothing. */
export function known(slot: i32): i32 {
  const kind = kindOf(slot);
  if (kind == 0) return 0;
  // A number may be written in several ways.
  if (kind == OTHER) return -1;
  const from = start(slot);
  const to = end(slot);
  const length = to - from;
  if (length > 16) return find(slot, from, to);
  const text = firstOf(from, length);
  const mixed = (i64x2.extract_lane(text, 0) ^ (i64x2.extract_lane(text, 1) * 0x9fb21c651e98df25)) * 0x9e3779b97f4a7c15;
  const quick = QUICK + (<i32>(<u64>mixed >> 56) ^ slot) * QUICK_BYTES;
  const tag = (slot << 8) + length + 1;
  if (load<i32>(quick, 16) == tag && !v128.any_true(v128.xor(text, v128.load(quick)))) return load<i32>(quick, 20);
  const value = find(slot, from, to);
  if (value < 0) return value;
  v128.store(quick, text);
  store<i32>(quick, tag, 16);
  store<i32>(quick, value, 20);
  return value;
}

/** The same for the merchant: beside hundreds of them the other texts would not stay where they are found quickly. */
export function knownMerchant(): i32 {
  const kind = kindOf(MERCHANT);
  if (kind == 0) return 0;
  return kind == OTHER ? -1 : knownMerchantAt(start(MERCHANT), end(MERCHANT));
}

/** What is known of the merchant of that name. */
export function knownMerchantAt(from: i32, to: i32): i32 {
  const length = to - from;
  if (length > 16) return find(MERCHANT, from, to);
  const text = firstOf(from, length);
  const mixed = (i64x2.extract_lane(text, 0) ^ (i64x2.extract_lane(text, 1) * 0x9fb21c651e98df25)) * 0x9e3779b97f4a7c15;
  const quick = QUICK_MERCHANTS + <i32>(<u64>mixed >> 54) * QUICK_BYTES;
  if (load<i32>(quick, 16) == length + 1 && !v128.any_true(v128.xor(text, v128.load(quick)))) return load<i32>(quick, 20);
  const value = find(MERCHANT, from, to);
  if (value < 0) return value;
  v128.store(quick, text);
  store<i32>(quick, length + 1, 16);
  store<i32>(quick, value, 20);
  return value;
}

/** The same for texts of any length. */
function find(slot: i32, from: i32, to: i32): i32 {
  const hash = hashOf(slot, from, to);
  const at = placeOf(hash);
  return load<u64>(at) == hash ? load<i32>(at, 8) : -1;
}

/** Whose endpoints these are. */
export const OF_REQUEST: i32 = 1;
export const OF_OPERATION: i32 = 2;

/** Number of the endpoint with these halves of a hash, -1 when it is not known; the host is told the hash. */
export function knownEndpoint(high: u32, low: u32, whose: i32): i32 {
  fact(20, <i32>high);
  fact(21, <i32>low);
  fact(22, whose);
  const hash = hashOfEndpoint();
  const at = placeOf(hash);
  return load<u64>(at) == hash ? load<i32>(at, 8) : -1;
}

/** Remembers the number of the endpoint that `knownEndpoint` was asked for, while there is room. */
export function rememberEndpoint(value: i32): void {
  file(hashOfEndpoint(), value);
}

/** Never 0. */
// @ts-ignore
@inline
function hashOfEndpoint(): u64 {
  const hash = (load<u64>(FACTS, 80) + <u64>load<i32>(FACTS, 88)) * 0x9fb21c651e98df25;
  return (hash ^ (hash >> 32)) | 1;
}

/** Short texts that were looked up last: sixteen bytes, zeros behind the end; slot and length; what is known. */
const QUICK_BYTES: i32 = 32;

/** The first sixteen bytes of a text, zeros behind its end. */
// @ts-ignore
@inline
function firstOf(from: i32, length: i32): v128 {
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.and(v128.load(from), i8x16.lt_s(places, i8x16.splat(<i8>min(length, 16))));
}

/** A hash over characters as `shapeKey` has it: of all before the token at hand, and with it. */
let shapeHigh: u32 = 0;
let shapeLow: u32 = 0;
let tokenHigh: u32 = 0;
let tokenLow: u32 = 0;
let variable: bool = false;

// @ts-ignore
@inline
function character(code: u32): void {
  if (code > 127 || load<u8>(BREAKS + <i32>code) == 0) {
    if (code - 48 < 10) variable = true;
    tokenHigh = (tokenHigh ^ code) * 16777619;
    tokenLow = (tokenLow + code) * 2654435761;
    return;
  }
  endToken();
  shapeHigh = (tokenHigh ^ code) * 16777619;
  shapeLow = (tokenLow + code) * 2654435761;
  tokenHigh = shapeHigh;
  tokenLow = shapeLow;
  variable = false;
}

// @ts-ignore
@inline
function endToken(): void {
  if (!variable) return;
  tokenHigh = (shapeHigh ^ 42) * 16777619;
  tokenLow = (shapeLow + 42) * 2654435761;
}

function beginShape(seed: i32): void {
  shapeHigh = <u32>2166136261 ^ <u32>seed;
  shapeLow = <u32>84696351 + <u32>seed;
  tokenHigh = shapeHigh;
  tokenLow = shapeLow;
  variable = false;
}

/** Characters of a message that count. */
export const SHAPE_LENGTH: i32 = 240;

/** Bytes that end a token as `BREAKS` has them, where none is a control character or beyond ASCII: by their nibbles. */
// @ts-ignore
@inline
export function breakMask(v: v128): u64 {
  const low = i8x16.swizzle(i8x16(1, 0, 1, 0, 0, 0, 0, 1, 1, 1, 2, 14, 11, 14, 2, 0), v128.and(v, i8x16.splat(15)));
  const high = i8x16.swizzle(i8x16(0, 0, 1, 2, 0, 4, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0), i8x16.shr_u(v, 4));
  return <u64>(i8x16.bitmask(i8x16.eq(v128.and(low, high), i8x16.splat(0))) ^ 0xffff);
}

// @ts-ignore
@inline
export function digitMask(v: v128): u64 {
  return <u64>i8x16.bitmask(i8x16.lt_u(i8x16.sub(v, i8x16.splat(48)), i8x16.splat(10)));
}

/** The shape of plain bytes. */
function plainShape(from: i32, end: i32): void {
  // In registers: the steps are those of `character`, but a token with a digit is passed over.
  let high = shapeHigh;
  let low = shapeLow;
  const to = min(end, from + SHAPE_LENGTH);
  let at = from;
  while (at < to) {
    const v0 = v128.load(at);
    const v1 = v128.load(at, 16);
    const v2 = v128.load(at, 32);
    const v3 = v128.load(at, 48);
    const here = to - at;
    // What lies behind the message ends its last token.
    const behind = here < 64 ? ~<u64>0 << <u64>here : 0;
    let breaks = breakMask(v0) | (breakMask(v1) << 16) | (breakMask(v2) << 32) | (breakMask(v3) << 48) | behind;
    const digits = digitMask(v0) | (digitMask(v1) << 16) | (digitMask(v2) << 32) | (digitMask(v3) << 48);
    let token = 0;
    // A token longer than that is rare; its digits may lie further back.
    if (breaks == 0) break;
    while (breaks != 0) {
      const stop = <i32>ctz(breaks);
      const length = stop - token;
      const inside = length == 0 ? 0 : (digits >> <u64>token) & (~<u64>0 >> <u64>(64 - length));
      let withHigh = high;
      let withLow = low;
      if (inside != 0) {
        withHigh = (high ^ 42) * 16777619;
        withLow = (low + 42) * 2654435761;
      } else {
        for (let i = at + token; i < at + stop; i++) {
          const byte = <u32>load<u8>(i);
          withHigh = (withHigh ^ byte) * 16777619;
          withLow = (withLow + byte) * 2654435761;
        }
      }
      if (stop >= here) {
        tokenHigh = withHigh;
        tokenLow = withLow;
        return;
      }
      const byte = <u32>load<u8>(at + stop);
      high = (withHigh ^ byte) * 16777619;
      low = (withLow + byte) * 2654435761;
      token = stop + 1;
      breaks &= breaks - 1;
    }
    at += token;
  }
  shapeHigh = high;
  shapeLow = low;
  tokenHigh = high;
  tokenLow = low;
  for (; at < to; at++) character(<u32>load<u8>(at));
  endToken();
}

/** Value of a hexadecimal digit that is one. */
// @ts-ignore
@inline
function hex(byte: u32): u32 {
  return byte < 58 ? byte - 48 : (byte | 32) - 87;
}

/** The shape of a message with bytes beyond ASCII, or with JSON's `escapes`. @returns false when it is no UTF-8. */
function oddShape(from: i32, to: i32, escapes: bool): bool {
  let at = from;
  for (let length = 0; at < to && length < SHAPE_LENGTH; length++) {
    let code = <u32>load<u8>(at++);
    if (escapes && code == 92) {
      code = <u32>load<u8>(at++);
      if (code == 117) {
        code =
          (hex(load<u8>(at)) << 12) |
          (hex(load<u8>(at, 1)) << 8) |
          (hex(load<u8>(at, 2)) << 4) |
          hex(load<u8>(at, 3));
        at += 4;
      } else if (code == 110) code = 10;
      else if (code == 116) code = 9;
      else if (code == 114) code = 13;
      else if (code == 98) code = 8;
      else if (code == 102) code = 12;
    } else if (code > 127) {
      // RFC 3629, section 4.
      const more = code >= 0xf0 ? 3 : code >= 0xe0 ? 2 : 1;
      if (code < 0xc2 || code > 0xf4 || at + more > to) return false;
      code &= 0x3f >> more;
      for (let i = 0; i < more; i++) {
        const byte = <u32>load<u8>(at++);
        if ((byte & 0xc0) != 0x80) return false;
        code = (code << 6) | (byte & 0x3f);
      }
      if (more == 2 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) return false;
      if (more == 3) {
        if (code < 0x10000 || code > 0x10ffff) return false;
        code -= 0x10000;
        character(0xd800 + (code >> 10));
        if (++length == SHAPE_LENGTH) break;
        code = 0xdc00 + (code & 0x3ff);
      }
    }
    // Only the first line counts.
    if (code == 10) break;
    character(code);
  }
  return true;
}

/** Place of a shape in the table, or the free place where it belongs. */
function shapePlace(high: u32, low: u32): i32 {
  const key = (<u64>high << 32) | <u64>low;
  let slot = (high ^ (low >>> 5)) & (SHAPE_SLOT_COUNT - 1);
  while (true) {
    const at = SHAPE_SLOTS + <i32>slot * 16;
    if (load<i32>(at, 8) == 0 || load<u64>(at) == key) return at;
    slot = (slot + 1) & (SHAPE_SLOT_COUNT - 1);
  }
  return 0;
}

/** Files the shape of the record at hand. @returns its number, or -1 when there is no room. */
export function fileShape(): i32 {
  if (shapes >= MOST_SHAPES) return -1;
  const high = load<u32>(FACTS, 44);
  const low = load<u32>(FACTS, 48);
  const at = shapePlace(high, low);
  store<u64>(at, (<u64>high << 32) | <u64>low);
  store<i32>(at, shapes + 1, 8);
  store<i32>(SHAPES + shapes * SHAPE_BYTES, 0);
  return shapes++;
}

/** Slot of messages without digits among the known texts, one for each level, and how many are kept. */
const MESSAGES: i32 = 64;
const MOST_MESSAGES: i32 = 2000;

/**
 * Short messages that were met last: first and last sixteen bytes, zeros for digits and behind the end; length and level;
 * number of the shape.
 */
const RECENT_BYTES: i32 = 48;

// @ts-ignore
@inline
function withoutDigits(v: v128): v128 {
  return v128.andnot(v, i8x16.lt_u(i8x16.sub(v, i8x16.splat(48)), i8x16.splat(10)));
}

// @ts-ignore
@inline
function recentPlace(first: v128, last: v128, length: i32, seed: i32): i32 {
  const words = <u64>(i64x2.extract_lane(first, 0) ^ i64x2.extract_lane(last, 1));
  const mixed = <u32>((words * 0x9e3779b97f4a7c15) >> 52) + seed * 41 + length;
  return RECENT + <i32>(mixed & (RECENT_SLOTS - 1)) * RECENT_BYTES;
}

/** Number of the message's shape, -1 when it is not known. @param seed of the level, -1 when it is not known. */
export function shape(seed: i32): i32 {
  fact(13, 0);
  const kind = kindOf(MESSAGE);
  if (seed < 0 || (kind != STRING && kind != ODD_STRING)) return -1;
  const from = start(MESSAGE);
  const to = end(MESSAGE);
  const length = to - from;
  const short = length >= 8 && length <= 32 && kind == STRING;
  // Another digit makes no other shape; in an escape it would.
  const first = withoutDigits(firstOf(from, length));
  const last = length < 16 ? first : withoutDigits(v128.load(to - 16));
  const recent = recentPlace(first, last, length, seed);
  if (short) {
    if (load<i32>(recent, 32) == (length << 8) + seed + 1) {
      const differs = v128.or(v128.xor(first, v128.load(recent)), v128.xor(last, v128.load(recent, 16)));
      if (!v128.any_true(differs)) {
        fact(13, 1);
        return load<i32>(recent, 36);
      }
    }
  }
  // Texts with digits are mostly not met again.
  const known = !short && !holdsDigit(from, to);
  let hash: u64 = 0;
  if (known) {
    hash = hashOf(MESSAGES + seed, from, to);
    const place = placeOf(hash);
    if (load<u64>(place) == hash) {
      fact(13, 1);
      return load<i32>(place, 8);
    }
  }
  beginShape(seed);
  if (kind == STRING) plainShape(from, to);
  else {
    if (!oddShape(from, to, true)) return -1;
    endToken();
  }
  const high = tokenHigh >>> 6;
  const low = tokenLow >>> 6;
  fact(11, <i32>high);
  fact(12, <i32>low);
  fact(13, 1);
  const found = load<i32>(shapePlace(high, low), 8) - 1;
  if (found < 0) return found;
  if (short) {
    v128.store(recent, first);
    v128.store(recent, last, 16);
    store<i32>(recent, (length << 8) + seed + 1, 32);
    store<i32>(recent, found, 36);
  } else if (known && messages < MOST_MESSAGES) {
    // Other texts need room among what is known, too.
    file(hash, found);
    messages++;
  }
  return found;
}

/**
 * Number of the shape of a text line's message, -1 when it is not known, -2 when it is no UTF-8; its halves are facts then.
 * @param plain there is nothing but printable ASCII in what counts of it.
 */
export function lineShape(from: i32, to: i32, seed: i32, plain: bool): i32 {
  beginShape(seed);
  if (plain) plainShape(from, to);
  else {
    if (!oddShape(from, to, false)) return -2;
    endToken();
  }
  const high = tokenHigh >>> 6;
  const low = tokenLow >>> 6;
  fact(11, <i32>high);
  fact(12, <i32>low);
  return load<i32>(shapePlace(high, low), 8) - 1;
}

/** The same for a JSON record without a message, for which its line stands. @param seed of the level, -1 when it is not known. */
export function jsonShape(from: i32, to: i32, seed: i32): i32 {
  fact(13, 0);
  if (seed < 0) return -1;
  const stop = min(to, from + SHAPE_LENGTH);
  let plain = true;
  // Tabs between members, bytes beyond ASCII.
  for (let at = from; at < stop && plain; at += 16) {
    const odd = <u32>i8x16.bitmask(i8x16.lt_s(v128.load(at), i8x16.splat(32)));
    plain = odd == 0 || at + <i32>ctz(odd) >= stop;
  }
  const form = lineShape(from, to, seed, plain);
  if (form == -2) return -1;
  fact(13, 1);
  return form;
}

function holdsDigit(from: i32, to: i32): bool {
  for (let at = from; at < to; at += 16) {
    const digits = <u32>digitMask(v128.load(at));
    if (digits != 0 && at + <i32>ctz(digits) < to) return true;
  }
  return false;
}
