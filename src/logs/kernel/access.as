// Reads access lines as nginx and Apache write them unless told otherwise:
// ADDRESS IDENT USER [STAMP] "METHOD TARGET PROTOCOL" STATUS BYTES, with or without "REFERER" "AGENT".
import { BLOCK, KINDS, ODD_ESCAPES, OUT, OUT_ROOM, STAMP, stopAt, TEXT_ROOM, TEXT_SLOTS, TEXTS } from './layout';
import { mayBelong } from './sweep';

/** A row: 20 words of 32 bits, then 64-bit numbers of time and bytes. */
export const ACCESS_ROW: i32 = 96;
const MOST: i32 = OUT_ROOM / ACCESS_ROW;
const LINE_CAP: i32 = 65_536;

/** Set where the stamp of the line is one that the host has to read. */
export let stampWanted: i32 = 0;
/** ms UTC of the midnight before the stamp that is known; NaN for none. */
export let midnight: f64 = NaN;
/** The same in seconds since 1970. */
let midnightSeconds: u32 = 0;
export function knowStamp(value: f64): void {
  midnight = value;
  midnightSeconds = <u32>(value / 1000);
}

/** Where the tables of the signatures' literals lie; 0 when none are looked for. */
let signatureBits: i32 = 0;
let signatureTags: i32 = 0;
export function lookForSignatures(bits: i32, tags: i32): void {
  signatureBits = bits;
  signatureTags = tags;
}

/** Set when the line at hand may hold a literal of a signature. */
let suspicious: i32 = 0;

/** Whether a word of these bytes may belong to a literal, see sweep.as; of short literals, one byte of it may lie outside. */
function holdsWord(from: i32, to: i32): bool {
  for (let at = (from + 2) & ~3; at < to - 2; at += 4)
    if (mayBelong(signatureBits, signatureTags, load<u32>(at))) return true;
  return false;
}

/**
 * The same for a referer or user agent, of which few are new: those without such a word are remembered. The slot is chosen
 * by all bytes and the text is compared with the one that lies there.
 */
function textHoldsWord(from: i32, to: i32): bool {
  const length = to - from;
  if (length < 16 || length > TEXT_ROOM - 16) return holdsWord(from, to);
  const last = to - 16;
  let sum = v128.load(last);
  for (let at = from; at < last; at += 16)
    sum = i32x4.add(v128.or(i32x4.shl(sum, 5), i32x4.shr_u(sum, 27)), v128.load(at));
  const mixed = (<u64>i64x2.extract_lane(sum, 0) ^ ((<u64>i64x2.extract_lane(sum, 1)) * 0x9e3779b97f4a7c15)) * 0xff51afd7ed558ccd;
  const slot = TEXTS + <i32>((mixed >>> 40) % TEXT_SLOTS) * TEXT_ROOM;
  if (load<i32>(slot) == length) {
    let unlike = v128.xor(v128.load(last), v128.load(slot + length));
    for (let at = 0; at < length - 16; at += 16)
      unlike = v128.or(unlike, v128.xor(v128.load(from + at), v128.load(slot + 16 + at)));
    if (!v128.any_true(unlike)) return false;
  }
  if (holdsWord(from, to)) return true;
  store<i32>(slot, length);
  memory.copy(slot + 16, from, length);
  return false;
}

// @ts-ignore
@inline
function put(row: i32, index: i32, value: i32): void {
  store<i32>(row + index * 4, value);
}

/** Index of the blank after an identity or user, or 0 where it could be anything else. */
function plainWord(from: i32): i32 {
  let at = from;
  const first = <u32>load<u8>(at);
  if (first == 34 || first == 91 || first - 48 < 10) return 0;
  while (load<u8>(at) > 32) at++;
  return at > from && load<u8>(at) == 32 ? at : 0;
}

/** Reads address, identity and user. @returns index of the bracket before the stamp, or 0. */
function client(start: i32, row: i32): i32 {
  let key: u32 = 0;
  let octet: i32 = -1;
  let dots = 0;
  let at = start;
  for (; true; at++) {
    const byte = <u32>load<u8>(at);
    const digit = byte - 48;
    if (digit < 10) octet = octet < 0 ? <i32>digit : octet == 0 ? 256 : octet * 10 + <i32>digit;
    else if (<u32>octet > 255) return 0;
    else {
      key = (key << 8) | <u32>octet;
      if (byte != 46) break;
      octet = -1;
      dots++;
    }
    // More digits than an octet has: no address, and no overflow either.
    if (octet > 9999) return 0;
  }
  if (dots != 3 || load<u8>(at) != 32) return 0;
  put(row, 2, <i32>key);
  put(row, 3, at - BLOCK);
  // " - - "
  if (load<u32>(at, 1) == 0x202d202d) at += 5;
  else {
    const afterIdentity = plainWord(at + 1);
    const afterUser = afterIdentity == 0 ? 0 : plainWord(afterIdentity + 1);
    if (afterUser == 0) return 0;
    at = afterUser + 1;
  }
  return load<u8>(at) == 91 ? at : 0;
}

// @ts-ignore
@inline
function kindOf(at: i32): u32 {
  return <u32>load<u8>(KINDS + <i32>load<u8>(at));
}

function hexOf(byte: u32): u32 {
  if (byte - 48 < 10) return byte - 48;
  const letter = (byte | 32) - 97;
  return letter < 6 ? letter + 10 : 16;
}

/** Whether a byte of a kind that may be odd is, where it stands. */
function isOdd(at: i32, kind: u32): i32 {
  if (kind == 3) return 1;
  if (kind == 5) return <i32>(load<u8>(at, 1) == 46 || load<u8>(at - 1) == 47);
  const high = hexOf(load<u8>(at, 1));
  const low = hexOf(load<u8>(at, 2));
  return high > 15 || low > 15 ? 1 : <i32>load<u8>(ODD_ESCAPES + <i32>(high * 16 + low));
}

let odd: i32 = 0;

/**
 * Reads the path from its slash on and hashes its endpoint as `endpointOf` has it: parts with digits and very long ones
 * become a star. The steps are those of `mixHigh` and `mixLow`. @returns index of the question mark or blank, or 0.
 */
function path(start: i32, row: i32): i32 {
  let high: u32 = (0x811c9dc5 ^ 47) * 16777619;
  let low: u32 = (0x050c5d1f + 47) * 0x9e3779b1;
  let partHigh = high;
  let partLow = low;
  let partStart = start + 1;
  let digits = 0;
  let parts = 1;
  for (let at = start + 1; true; at++) {
    const byte = <u32>load<u8>(at);
    const kind = <u32>load<u8>(KINDS + <i32>byte);
    if (kind == 1) digits++;
    else if (kind == 2 || kind == 6 || kind == 7) {
      const length = at - partStart;
      const version = length <= 3 && load<u8>(partStart) == 118 && digits == length - 1;
      if (length > 40 || (digits > 0 && !version)) {
        high = (partHigh ^ 42) * 16777619;
        low = (partLow + 42) * 0x9e3779b1;
      }
      if (kind != 2) {
        put(row, 16, <i32>high);
        put(row, 17, <i32>low);
        return at;
      }
      // `endpointOf` keeps eleven parts.
      if (++parts > 11) return 0;
      partStart = at + 1;
      digits = 0;
      high = (high ^ 47) * 16777619;
      low = (low + 47) * 0x9e3779b1;
      partHigh = high;
      partLow = low;
      continue;
    } else if (kind != 0) {
      if (kind == 8) return 0;
      odd |= isOdd(at, kind);
    }
    high = (high ^ byte) * 16777619;
    low = (low + byte) * 0x9e3779b1;
  }
  return 0;
}

/** @returns index of the blank after the query, or 0. */
function query(start: i32): i32 {
  for (let at = start; true; at++) {
    const kind = kindOf(at);
    if (kind <= 2 || kind == 6) continue;
    if (kind == 7) return at;
    if (kind == 8) return 0;
    odd |= isOdd(at, kind);
  }
  return 0;
}

/** Reads method, target and endpoint. @returns index of the closing quote, or 0. */
function request(start: i32, row: i32): i32 {
  let at = start;
  while (<u32>load<u8>(at) - 65 < 26) at++;
  if (at - start < 3 || at - start > 16 || load<u8>(at) != 32 || load<u8>(at, 1) != 47) return 0;
  put(row, 4, start - BLOCK);
  put(row, 5, at - BLOCK);
  put(row, 6, at + 1 - BLOCK);
  odd = 0;
  const mark = path(at + 1, row);
  if (mark == 0) return 0;
  put(row, 8, mark - BLOCK);
  at = load<u8>(mark) == 63 ? query(mark + 1) : mark;
  if (at == 0) return 0;
  put(row, 7, at - BLOCK);
  if (signatureBits != 0 && holdsWord(load<i32>(row, 24) + BLOCK, at)) suspicious = 2;
  if (load<u8>(at, 1) != 72 || load<u8>(at, 2) != 84) return 0;
  for (at += 3; load<u8>(at) != 34; at++) {
    const byte = load<u8>(at);
    if (byte <= 32 || byte == 92) return 0;
  }
  return at;
}

/** Index of the quote that ends a field, or 0 when the line ends first. A backslash hides the byte after it. */
function fieldEnd(from: i32): i32 {
  let at = from;
  while (true) {
    const v = v128.load(at);
    const marks = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(v, i8x16.splat(34)), i8x16.eq(v, i8x16.splat(92))),
        i8x16.eq(v, i8x16.splat(10)),
      ),
    );
    if (marks == 0) {
      at += 16;
      continue;
    }
    at += ctz(marks);
    if (load<u8>(at) == 34) return at;
    if (load<u8>(at) == 92) at++;
    // A line feed behind the backslash ends the line all the same.
    if (load<u8>(at) == 10) return 0;
    at++;
  }
}

/** Reads what follows the request. @returns where the next line begins, or 0. */
function answer(quote: i32, row: i32): i32 {
  const hundreds = <i32>load<u8>(quote, 2) - 48;
  const tens = <i32>load<u8>(quote, 3) - 48;
  const ones = <i32>load<u8>(quote, 4) - 48;
  if (load<u8>(quote, 1) != 32 || hundreds < 1 || hundreds > 5 || <u32>tens > 9 || <u32>ones > 9) return 0;
  if (load<u8>(quote, 5) != 32) return 0;
  put(row, 9, hundreds * 100 + tens * 10 + ones);
  let at = quote + 6;
  let bytes: f64 = 0;
  if (load<u8>(at) == 45) at++;
  else {
    if (<u32>load<u8>(at) - 48 > 9) return 0;
    while (<u32>load<u8>(at) - 48 < 10) bytes = bytes * 10 + <f64>(load<u8>(at++) - 48);
  }
  store<f64>(row, bytes, 88);
  put(row, 11, -1);
  put(row, 13, -1);
  if (load<u16>(at) == 0x2220) {
    const refererEnd = fieldEnd(at + 2);
    if (refererEnd == 0 || load<u16>(refererEnd, 1) != 0x2220) return 0;
    const agentEnd = fieldEnd(refererEnd + 3);
    if (agentEnd == 0) return 0;
    put(row, 11, at + 2 - BLOCK);
    put(row, 12, refererEnd - BLOCK);
    put(row, 13, refererEnd + 3 - BLOCK);
    put(row, 14, agentEnd - BLOCK);
    if (signatureBits != 0 && (textHoldsWord(at + 2, refererEnd) || textHoldsWord(refererEnd + 3, agentEnd)))
      suspicious = 2;
    at = agentEnd + 1;
  }
  put(row, 1, at - BLOCK);
  if (load<u8>(at) == 13) at++;
  return load<u8>(at) == 10 ? at + 1 : 0;
}

// @ts-ignore
@inline
function two(at: i32): i32 {
  const tens = <u32>load<u8>(at) - 48;
  const ones = <u32>load<u8>(at, 1) - 48;
  return tens < 10 && ones < 10 ? <i32>(tens * 10 + ones) : 99;
}

/** `12/Sep/2026:08:54:04 +0000` to seconds since the known midnight while day and offset are those of its stamp; else -1. */
function time(at: i32): i32 {
  if (isNaN(midnight)) return -1;
  // The day with its colon is 12 bytes, the clock 8, blank and offset 6.
  if (load<u64>(at) != load<u64>(STAMP) || load<u32>(at, 8) != load<u32>(STAMP, 8)) return -1;
  if (load<u32>(at, 20) != load<u32>(STAMP, 20) || load<u16>(at, 24) != load<u16>(STAMP, 24)) return -1;
  const hour = two(at + 12);
  const minute = two(at + 15);
  const second = two(at + 18);
  if (hour > 23 || minute > 59 || second > 59 || load<u8>(at, 14) != 58 || load<u8>(at, 17) != 58) return -1;
  return (hour * 60 + minute) * 60 + second;
}

/**
 * Reads lines from `from` on, one row each, until one is of another form, `end` or the room for rows is reached.
 * @returns how many rows; `stampWanted` when the line at `stoppedAt` may be read once the host knows its day.
 */
export function access(from: i32, end: i32): i32 {
  stampWanted = 0;
  const stop = BLOCK + end;
  const last = OUT + (MOST - 1) * ACCESS_ROW;
  let row = OUT;
  let at = BLOCK + from;
  while (at < stop && row <= last) {
    suspicious = 0;
    const bracket = client(at, row);
    if (bracket == 0) break;
    if (load<u8>(bracket, 27) != 93 || load<u16>(bracket, 28) != 0x2220) break;
    const quote = request(bracket + 30, row);
    if (quote == 0) break;
    const next = answer(quote, row);
    if (next == 0 || next - at > LINE_CAP) break;
    const seconds = time(bracket + 1);
    if (seconds < 0) {
      stampWanted = bracket + 1 - BLOCK;
      break;
    }
    store<f64>(row, midnight + <f64>seconds * 1000, 80);
    put(row, 18, <i32>(midnightSeconds + <u32>seconds));
    put(row, 19, <i32>((midnightSeconds + <u32>seconds) / 60));
    put(row, 15, odd | suspicious);
    put(row, 0, next - BLOCK);
    put(row, 10, at - BLOCK);
    row += ACCESS_ROW;
    at = next;
  }
  stopAt(at - BLOCK);
  return (row - OUT) / ACCESS_ROW;
}
