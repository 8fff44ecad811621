// Reads access lines as nginx and Apache write them unless told otherwise:
// ADDRESS IDENT USER [STAMP] "METHOD TARGET PROTOCOL" STATUS BYTES, with or without "REFERER" "AGENT".
import { BLOCK, OUT, OUT_ROOM, STAMP, stopAt } from './layout';
import {
  endpointHigh,
  endpointLow,
  holdsWord,
  merchantFrom,
  namedMerchant,
  odd,
  path,
  query,
  signatureBits,
  textHoldsWord,
} from './target';

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

/** First and last time of the rows that were read, ms UTC. */
export let rowsFrom: f64 = NaN;
export let rowsTo: f64 = NaN;

/** Set when the line at hand may hold a literal of a signature. */
let suspicious: i32 = 0;

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

/** Reads method, target and endpoint. @returns index of the closing quote, or 0. */
function request(start: i32, row: i32): i32 {
  let at = start;
  while (<u32>load<u8>(at) - 65 < 26) at++;
  if (at - start < 3 || at - start > 16 || load<u8>(at) != 32 || load<u8>(at, 1) != 47) return 0;
  put(row, 4, start - BLOCK);
  put(row, 5, at - BLOCK);
  put(row, 6, at + 1 - BLOCK);
  const mark = path(at + 1);
  if (mark == 0) return 0;
  put(row, 16, <i32>endpointHigh);
  put(row, 17, <i32>endpointLow);
  put(row, 8, mark - BLOCK);
  at = load<u8>(mark) == 63 ? query(mark + 1) : mark;
  if (load<u8>(at) != 32) return 0;
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
  let earliest: i32 = i32.MAX_VALUE;
  let latest: i32 = i32.MIN_VALUE;
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
    if (seconds < earliest) earliest = seconds;
    if (seconds > latest) latest = seconds;
    store<f64>(row, midnight + <f64>seconds * 1000, 80);
    put(row, 18, <i32>(midnightSeconds + <u32>seconds));
    put(row, 19, <i32>((midnightSeconds + <u32>seconds) / 60));
    put(row, 15, odd | suspicious | (namedMerchant() ? (merchantFrom - BLOCK) << 2 : 0));
    put(row, 0, next - BLOCK);
    put(row, 10, at - BLOCK);
    row += ACCESS_ROW;
    at = next;
  }
  stopAt(at - BLOCK);
  rowsFrom = midnight + <f64>earliest * 1000;
  rowsTo = midnight + <f64>latest * 1000;
  return (row - OUT) / ACCESS_ROW;
}
