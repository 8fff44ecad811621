// Reads requests whose fields stand one behind the other in a fixed order: HAProxy, load balancers of AWS, W3C extended logs,
// log_format lines. The host writes the steps (lanes/column-steps.ts); a line that fits none of them is left to its readers.
import {
  BLOCK,
  COLUMN_STAMPS,
  JOINED,
  JOINED_ROOM,
  MOST_PREFIXES,
  OUT,
  OUT_ROOM,
  PREFIX_ROOM,
  PREFIXES,
  STEPS,
  stopAt,
} from './layout';
import {
  endpointHigh,
  endpointLow,
  holdsWord,
  merchantFrom,
  merchantTo,
  namedMerchant,
  odd,
  path,
  query,
  signatureBits,
  textHoldsWord,
} from './target';

/** A row: 32 words of 32 bits and eight 64-bit numbers; what they are stands in lanes/column-rows.ts. */
export const COLUMN_ROW: i32 = 192;
const MOST: i32 = OUT_ROOM / COLUMN_ROW;
const LINE_CAP: i32 = 65_536;

/** Words of a row. */
const NEXT: i32 = 0;
const END: i32 = 1;
const ADDRESS: i32 = 2;
const STATUS: i32 = 3;
const FLAGS: i32 = 4;
const ENDPOINT: i32 = 5;
const UPSTREAM_HASH: i32 = 7;
const START: i32 = 9;
/** From here on two words a span, from and to. */
const SPANS: i32 = 10;
/** Spans as the host names them. */
const METHOD: i32 = 0;
const PATH: i32 = 1;
const QUERY: i32 = 2;
const UPSTREAM: i32 = 3;
const REFERER: i32 = 4;
const AGENT: i32 = 5;
const HOST: i32 = 6;
const CLIENT: i32 = 9;
const MERCHANT: i32 = 10;
const NOWHERE: i32 = 15;

/** Bits of FLAGS. */
const ODD: i32 = 1;
const WORDED: i32 = 2;
const HAS_PATH: i32 = 4;
/** The same as WORDED, of referer or user agent. */
const VOICED: i32 = 8;

/** Steps, four bytes each: what, and three numbers that say how. */
const AT_END: u32 = 0;
const LITERAL: u32 = 1;
const FIELD: u32 = 2;
const IP_ADDRESS: u32 = 3;
const STAMP: u32 = 4;
const ANSWER: u32 = 5;
const NUMBER: u32 = 6;
const REQUEST: u32 = 7;
const REST: u32 = 8;
const ONE_OF: u32 = 9;
const CAPTURES: u32 = 10;
const PREFIX: u32 = 11;
const TARGET: u32 = 12;
const ARGUMENTS: u32 = 13;
const TOKEN: u32 = 14;
const SERVER: u32 = 15;
/** Of a field: neither a quote may stand in it nor a backslash, which would hide the quote behind it. */
const UNESCAPED: i32 = 32;

/** How a number is written: a dash for none, milliseconds, a sign, milliseconds unless it has a fraction, a whole one. */
const DASH: i32 = 1;
const MILLISECONDS: i32 = 2;
const SIGNED: i32 = 4;
const GUESSED: i32 = 16;
const WHOLE: i32 = 64;
/** It is one part of a sum; it is the duration of the upstream's response, too. */
const ADDED: i32 = 8;
const RESPONSE: i32 = 32;
/** It has three digits at most. */
const STATUS_CODE: i32 = 128;

/** Where a stamp or prefix begins that is not as known; 0 for none. Which of the two stamps it is; 2 for a prefix. */
export let strangeAt: i32 = 0;
export let strange: i32 = 0;

/** Of each stamp: where its hour stands, its seconds or -1 where the minute is known only, length of what follows, base. */
let hour0: i32 = -1;
let hour1: i32 = -1;
let compared0: i32 = 0;
let compared1: i32 = 0;
let suffix0: i32 = 0;
let suffix1: i32 = 0;
let base0: f64 = NaN;
let base1: f64 = NaN;

/**
 * Makes a stamp known. @param from its first byte. @param hour where its hour stands in it. @param compared how many of its
 * bytes must be the same: up to the hour where `base` is that of its day, up to the seconds where it is that of its minute.
 */
export function knowColumnStamp(
  which: i32,
  from: i32,
  hour: i32,
  compared: i32,
  suffix: i32,
  length: i32,
  base: f64,
): void {
  memory.copy(COLUMN_STAMPS + which * 128, from + BLOCK, compared);
  memory.copy(COLUMN_STAMPS + which * 128 + 64, suffix + BLOCK, length);
  if (which == 0) {
    hour0 = hour;
    compared0 = compared;
    suffix0 = length;
    base0 = base;
  } else {
    hour1 = hour;
    compared1 = compared;
    suffix1 = length;
    base1 = base;
  }
}

// @ts-ignore
@inline
function put(row: i32, index: i32, value: i32): void {
  store<i32>(row + index * 4, value);
}

// @ts-ignore
@inline
function span(row: i32, slot: i32, from: i32, to: i32): void {
  store<i32>(row + (SPANS + slot * 2) * 4, from - BLOCK);
  store<i32>(row + (SPANS + slot * 2) * 4, to - BLOCK, 4);
}

// @ts-ignore
@inline
function number(row: i32, index: i32, value: f64): void {
  store<f64>(row + 128 + index * 8, value);
}

// @ts-ignore
@inline
function digit(at: i32): bool {
  return <u32>load<u8>(at) - 48 < 10;
}

function same(at: i32, known: i32, length: i32): bool {
  let i = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(at + i) != load<u64>(known + i)) return false;
  for (; i < length; i++) if (load<u8>(at + i) != load<u8>(known + i)) return false;
  return true;
}

// @ts-ignore
@inline
function two(at: i32): i32 {
  const tens = <u32>load<u8>(at) - 48;
  const ones = <u32>load<u8>(at, 1) - 48;
  return tens < 10 && ones < 10 ? <i32>(tens * 10 + ones) : 99;
}

/** ms UTC of the stamp read last. */
let stamped: f64 = NaN;

/** @returns index behind the stamp, or 0. */
function stamp(at: i32, which: i32): i32 {
  const hourAt = which == 0 ? hour0 : hour1;
  const compared = which == 0 ? compared0 : compared1;
  const known = COLUMN_STAMPS + which * 128;
  strangeAt = at;
  strange = which;
  if (hourAt < 0 || !same(at, known, compared)) return 0;
  const clock = at + hourAt;
  const hours = two(clock);
  const minutes = two(clock + 3);
  const seconds = two(clock + 6);
  if (hours > 23 || minutes > 59 || seconds > 59 || load<u8>(clock, 2) != 58 || load<u8>(clock, 5) != 58) return 0;
  let ms = seconds * 1000;
  if (compared <= hourAt) ms += (hours * 60 + minutes) * 60_000;
  let end = clock + 8;
  const point = load<u8>(end);
  if ((point == 46 || point == 44) && digit(end + 1)) {
    const fraction = ++end;
    let scale = 100;
    for (; digit(end); end++) {
      ms += (<i32>load<u8>(end) - 48) * scale;
      scale /= 10;
    }
    // More digits may be rounded up.
    if (end - fraction > 6) return 0;
  }
  const length = which == 0 ? suffix0 : suffix1;
  if (!same(end, known + 64, length)) return 0;
  stamped = (which == 0 ? base0 : base1) + <f64>ms;
  strangeAt = 0;
  return end + length;
}

/** Reads an IPv4 address as `ipv4Number` wants it. @returns index behind it, or 0. */
function address(start: i32, row: i32): i32 {
  let key: u32 = 0;
  let octet: i32 = -1;
  let dots = 0;
  for (let at = start; at < start + 16; at++) {
    const byte = <u32>load<u8>(at);
    const value = byte - 48;
    if (value < 10) octet = octet < 0 ? <i32>value : octet == 0 ? 999 : octet * 10 + <i32>value;
    else {
      if (<u32>octet > 255) return 0;
      key = (key << 8) | <u32>octet;
      octet = -1;
      if (byte != 46) {
        if (dots != 3) return 0;
        put(row, ADDRESS, <i32>key);
        span(row, CLIENT, start, at);
        return at;
      }
      dots++;
    }
  }
  return 0;
}

/** Takes the path bytes[from, to). @returns false when it is for the general reader. */
function endpoint(from: i32, to: i32, row: i32): bool {
  if (from >= to || load<u8>(from) != 47 || path(from) != to) return false;
  put(row, ENDPOINT, <i32>endpointHigh);
  put(row, ENDPOINT + 1, <i32>endpointLow);
  span(row, PATH, from, to);
  flag(row, HAS_PATH | (odd != 0 ? ODD : 0));
  return true;
}

// @ts-ignore
@inline
function flag(row: i32, bits: i32): void {
  store<i32>(row + FLAGS * 4, load<i32>(row + FLAGS * 4) | bits);
}

/** Takes the query bytes[from, to) of the target whose path was taken. @returns false when it is for the general reader. */
function argument(from: i32, to: i32, row: i32): bool {
  if (query(from) != to) return false;
  span(row, QUERY, from, to);
  if (odd != 0) flag(row, ODD);
  // A column of its own says more, wherever it stands.
  if (load<i32>(row + (SPANS + MERCHANT * 2) * 4, 4) == 0 && namedMerchant())
    span(row, MERCHANT, merchantFrom, merchantTo);
  return true;
}

/** Reads `METHOD TARGET PROTOCOL` up to the quote. @returns its index, or 0. */
function request(start: i32, row: i32): i32 {
  let at = start;
  while (<u32>load<u8>(at) - 65 < 26) at++;
  if (at - start < 3 || at - start > 16 || load<u8>(at) != 32) return 0;
  span(row, METHOD, start, at);
  let from = ++at;
  if (load<u8>(at) != 47) {
    // https://host/
    while (<u32>(load<u8>(at) | 32) - 97 < 26) at++;
    if (at - from < 1 || at - from > 7 || load<u8>(at) != 58 || load<u16>(at, 1) != 0x2f2f) return 0;
    const host = at + 3;
    at = host;
    while (load<u8>(at) > 34 && load<u8>(at) != 47 && load<u8>(at) < 127 && load<u8>(at) != 63 && load<u8>(at) != 92) at++;
    if (load<u8>(at) != 47 || at == host) return 0;
    if (load<i32>(row + (SPANS + HOST * 2) * 4, 4) == NOWHERE) span(row, HOST, host, at);
    from = at;
  }
  let mark = 0;
  for (; load<u8>(at) > 32 && load<u8>(at) != 34; at++) if (mark == 0 && load<u8>(at) == 63) mark = at;
  if (load<u8>(at) != 32) return 0;
  if (!endpoint(from, mark == 0 ? at : mark, row)) return 0;
  if (mark != 0 && !argument(mark + 1, at, row)) return 0;
  if (signatureBits != 0 && holdsWord(from, at)) flag(row, WORDED);
  if (load<u32>(at, 1) != 0x50545448 || load<u8>(at, 5) != 47) return 0;
  for (at += 6; load<u8>(at) != 34; at++) {
    const byte = load<u8>(at);
    if (byte <= 32 || byte == 92 || byte >= 127) return 0;
  }
  return at;
}

/** Double hash of a name as `NameTable` has it. */
function nameHash(from: i32, to: i32, row: i32): void {
  let high: u32 = 0x811c9dc5;
  let low: u32 = 0x050c5d1f;
  for (let at = from; at < to; at++) {
    const byte = <u32>load<u8>(at);
    high = (high ^ byte) * 16777619;
    low = (low + byte) * 0x9e3779b1;
  }
  put(row, UPSTREAM_HASH, <i32>high);
  put(row, UPSTREAM_HASH + 1, <i32>low);
}

/** The form of the line before. */
let usual: i32 = 0;

/** Index of the first byte that is a blank, a control character or beyond ASCII. */
// @ts-ignore
@inline
function tokenEnd(from: i32): i32 {
  let at = from;
  while (true) {
    const v = v128.load(at);
    const stops = i8x16.bitmask(v128.or(i8x16.lt_s(v, i8x16.splat(33)), i8x16.eq(v, i8x16.splat(127))));
    if (stops != 0) return at + ctz(stops);
    at += 16;
  }
}

/** Index of the first such byte, or of the end of the line. */
// @ts-ignore
@inline
function byteAt(from: i32, byte: u8): i32 {
  let at = from;
  while (true) {
    const v = v128.load(at);
    const stops = i8x16.bitmask(v128.or(i8x16.eq(v, i8x16.splat(<i8>byte)), i8x16.eq(v, i8x16.splat(10))));
    if (stops != 0) return at + ctz(stops);
    at += 16;
  }
}

/** Takes what bytes[from, to) holds for a span of the row; a dash alone is nothing. @returns false for bytes beyond ASCII. */
function take(slot: i32, from: i32, to: i32, row: i32): bool {
  if (slot == NOWHERE || from == to || (to - from == 1 && load<u8>(from) == 45)) return true;
  for (let at = from; at < to; at++) if (load<u8>(at) >= 127) return false;
  span(row, slot, from, to);
  if (slot == UPSTREAM) nameHash(from, to, row);
  else if ((slot == REFERER || slot == AGENT) && signatureBits != 0 && textHoldsWord(from, to)) flag(row, VOICED);
  return true;
}

/** The number that begins at `start`, and where it ends; a sign before is taken where `signs` is set. */
let value: f64 = NaN;
let fraction: bool = false;
function decimal(start: i32, signs: bool): i32 {
  let at = start;
  let negative = false;
  if (signs && (load<u8>(at) == 43 || load<u8>(at) == 45)) negative = load<u8>(at++) == 45;
  const first = at;
  let whole: u64 = 0;
  for (; digit(at); at++) whole = whole * 10 + <u64>(load<u8>(at) - 48);
  if (at == first) return 0;
  let digits = at - first;
  let scale: f64 = 1;
  fraction = load<u8>(at) == 46;
  if (fraction) {
    const point = ++at;
    for (; digit(at); at++) {
      whole = whole * 10 + <u64>(load<u8>(at) - 48);
      scale *= 10;
    }
    if (at == point) return 0;
    digits += at - point;
  }
  // So few digits that the division gives the number that they stand for.
  if (digits > 15) return 0;
  value = negative ? NaN : <f64>whole / scale;
  return at;
}

/** Whether the text of a step, `length` bytes at `text` of STEPS, stands at `at`. */
// @ts-ignore
@inline
function stands(at: i32, text: i32, length: i32): bool {
  return same(at, STEPS + text, length);
}

/** Skips HAProxy's captured headers: `{a|b} {c} `. @returns index behind them; 0 when one may hold a signature. */
function captures(start: i32, row: i32, end: i32): i32 {
  let at = start;
  if (load<u8>(at) != 123) {
    // The general reader takes any braces for them.
    for (let i = at; i < end; i++) if (load<u8>(i) == 123) return 0;
    return at;
  }
  for (let group = 0; load<u8>(at) == 123 && group < 2; group++) {
    const from = at + 1;
    let to = from;
    while (to < end && load<u8>(to) != 125) {
      const byte = load<u8>(to);
      if (byte < 32 || byte >= 127 || byte == 34) return 0;
      to++;
    }
    if (to >= end || to - from > 600 || load<u8>(to, 1) != 32) return 0;
    if (group == 0) span(row, 8, from, to);
    if (signatureBits != 0 && textHoldsWord(from, to)) return 0;
    at = to + 2;
  }
  return at;
}

/** Skips what stands between the stamp of syslog and the payload, where it is known. @returns index behind it, or 0. */
function prefix(at: i32): i32 {
  for (let i = 0; i < MOST_PREFIXES; i++) {
    const known = PREFIXES + i * PREFIX_ROOM;
    const length = load<i32>(known);
    if (length > 0 && same(at, known + 4, length)) return at + length;
  }
  return 0;
}

/** Reads an IPv4 address with a port, or a dash for none. @returns index behind it, or 0. */
function server(from: i32): i32 {
  if (load<u8>(from) == 45) return from + 1;
  let dots = 0;
  let colons = 0;
  let at = from;
  for (; digit(at) || load<u8>(at) == 46 || load<u8>(at) == 58; at++) {
    if (load<u8>(at) == 46) dots++;
    else if (load<u8>(at) == 58) colons++;
  }
  return dots == 3 && colons == 1 && digit(from) && digit(at - 1) && at - from < 60 ? at : 0;
}

/** Steps of one form of line. @returns whether the line bytes[start, end) fits. */
function fits(program: i32, start: i32, end: i32, row: i32): bool {
  let at = start;
  let step = program;
  while (true) {
    const what = <u32>load<u8>(step);
    const a = <i32>load<u8>(step, 1);
    const b = <i32>load<u8>(step, 2);
    const c = <i32>load<u8>(step, 3);
    step += 4;
    if (what == LITERAL) {
      if (!stands(at, a << 4, b)) return false;
      at += b;
    } else if (what == TOKEN || what == FIELD) {
      // A token ends at the byte b; a field at the text of c bytes at b << 4.
      const from = at;
      if (what == TOKEN) {
        at = tokenEnd(at);
        if (at == from || load<u8>(at) != <u8>b || at >= end) return false;
        if (!take(a & 15, from, at, row)) return false;
        // Some must hold a slash.
        if (a & 16) {
          let slash = from;
          while (slash < at && load<u8>(slash) != 47) slash++;
          if (slash == from || slash >= at - 1) return false;
        }
        if (c != 0 && (at - from > (c & 15) || at - from < c >> 4 || !isLetters(from, at))) return false;
        at++;
      } else {
        const first = load<u8>(STEPS + (b << 4));
        while (true) {
          at = byteAt(at, first);
          if (at + c > end) return false;
          if (load<u8>(at) == first && (c == 1 || stands(at, b << 4, c))) break;
          if (load<u8>(at) == 10) return false;
          at++;
        }
        if ((a & UNESCAPED) != 0)
          for (let i = from; i < at; i++) if (load<u8>(i) == 92 || load<u8>(i) == 34) return false;
        if (!take(a & 15, from, at, row)) return false;
        at += c;
      }
    } else if (what == NUMBER) {
      if ((b & DASH) != 0 && load<u8>(at) == 45 && !digit(at + 1)) {
        value = NaN;
        at++;
      } else {
        at = decimal(at, (b & SIGNED) != 0);
        if (at == 0 || ((b & WHOLE) != 0 && fraction)) return false;
        if ((b & STATUS_CODE) != 0 && value > 999) return false;
        if ((b & MILLISECONDS) != 0 || ((b & GUESSED) != 0 && !fraction)) value = value / 1000;
      }
      if (c != 0 && load<u8>(at++) != <u8>c) return false;
      if ((b & ADDED) != 0) {
        const known = load<f64>(row + 128 + a * 8);
        number(row, a, (isNaN(known) ? 0 : known) + (isNaN(value) ? 0 : value));
      } else if (a < 8) number(row, a, value);
      if ((b & RESPONSE) != 0) number(row, 5, value);
    } else if (what == IP_ADDRESS) {
      if (b != 0 && load<u8>(at) == 45) {
        at++;
        continue;
      }
      at = address(at, row);
      if (at == 0) return false;
      if (a != 0) {
        // The port.
        if (load<u8>(at) != 58 || !digit(at + 1)) return false;
        for (at++; digit(at); ) at++;
      }
    } else if (what == SERVER) {
      const from = at;
      at = server(at);
      if (at == 0 || !take(a, from, at, row)) return false;
    } else if (what == STAMP) {
      at = stamp(at, a);
      if (at == 0) return false;
      if (b != 0) number(row, 0, stamped);
    } else if (what == ANSWER) {
      if (a == 0 && load<u16>(at) == 0x312d) {
        // HAProxy's -1 for no answer.
        put(row, STATUS, 0);
        at += 2;
      } else {
        if (<u32>load<u8>(at) - 49 > 4 || !digit(at + 1) || !digit(at + 2) || digit(at + 3)) return false;
        const status = (<i32>load<u8>(at) - 48) * 100 + (<i32>load<u8>(at, 1) - 48) * 10 + <i32>load<u8>(at, 2) - 48;
        put(row, STATUS, status);
        at += 3;
      }
    } else if (what == REQUEST) {
      at = request(at, row);
      if (at == 0) return false;
    } else if (what == CAPTURES) {
      at = captures(at, row, end);
      if (at == 0) return false;
    } else if (what == PREFIX) {
      const known = prefix(at);
      if (known == 0) {
        strangeAt = at;
        strange = 2;
        return false;
      }
      at = known;
    } else if (what == TARGET || what == ARGUMENTS) {
      const from = at;
      while (at < end && load<u8>(at) != <u8>a) at++;
      if (what == TARGET) {
        if (!endpoint(from, at, row)) return false;
      } else if (at > from && !(at - from == 1 && load<u8>(from) == 45) && !argument(from, at, row)) return false;
      if (at < end) at++;
      else if (load<u8>(step) != 0) return false;
    } else if (what == ONE_OF) {
      let word = STEPS + (a << 4);
      let found = 0;
      while (load<u8>(word) != 0 && found == 0) {
        const length = <i32>load<u8>(word);
        if (same(at, word + 1, length)) found = length;
        word += length + 1;
      }
      if (found == 0) return false;
      at += found;
    } else if (what == REST) {
      // The last column: nothing more of its kind, where a is what separates them.
      if (a != 0) {
        const from = at;
        at = byteAt(at, <u8>a);
        if (at > end) at = end;
        return at == end && take(b, from, at, row);
      }
      return b == 0 || (at < end && load<u8>(at) > 32 && load<u8>(at) < 127);
    } else return at == end;
    if (at > end) return false;
  }
  return false;
}

function isLetters(from: i32, to: i32): bool {
  for (let at = from; at < to; at++) {
    const byte = <u32>load<u8>(at);
    if (byte != 45 && (byte | 32) - 97 >= 26) return false;
  }
  return true;
}

/** Looks for literals in a target whose parts stand apart: across the question mark between them, too. */
function joined(row: i32): bool {
  const path = load<i32>(row + (SPANS + PATH * 2) * 4) + BLOCK;
  const pathEnd = load<i32>(row + (SPANS + PATH * 2) * 4, 4) + BLOCK;
  const from = load<i32>(row + (SPANS + QUERY * 2) * 4) + BLOCK;
  const to = load<i32>(row + (SPANS + QUERY * 2) * 4, 4) + BLOCK;
  let length = pathEnd - path;
  memory.copy(JOINED, path, min(length, JOINED_ROOM / 2));
  if (length > JOINED_ROOM / 2) return false;
  if (to > from && from > BLOCK - 1 && load<i32>(row + (SPANS + QUERY * 2) * 4) >= 0) {
    if (to - from > JOINED_ROOM / 2 - 64) return false;
    store<u8>(JOINED + length++, 63);
    memory.copy(JOINED + length, from, to - from);
    length += to - from;
  }
  if (holdsWord(JOINED, JOINED + length)) flag(row, WORDED);
  return true;
}

/**
 * Reads lines from `from` on, one row each, until one fits none of the forms, `end` or the room for rows is reached.
 * @param second where in STEPS another form begins; 0 for none. @param apart path and query stand in columns of their own.
 * @returns how many rows; `strangeAt` when the line at `stoppedAt` has a stamp that is not known.
 */
export function columns(from: i32, end: i32, second: i32, apart: i32): i32 {
  const stop = BLOCK + end;
  const last = OUT + (MOST - 1) * COLUMN_ROW;
  let row = OUT;
  let at = BLOCK + from;
  if (usual != second) usual = 0;
  strangeAt = 0;
  while (at < stop && row <= last) {
    let feed = at;
    while (true) {
      const feeds = i8x16.bitmask(i8x16.eq(v128.load(feed), i8x16.splat(10)));
      if (feeds != 0) {
        feed += ctz(feeds);
        break;
      }
      feed += 16;
    }
    const close = feed > at && load<u8>(feed - 1) == 13 ? feed - 1 : feed;
    if (close - at > LINE_CAP || close == at) break;
    clear(row);
    // Lines of one form come in turn; none fits both.
    if (!fits(STEPS + usual, at, close, row)) {
      // What is not known is asked for first.
      if (second == 0 || strangeAt != 0) break;
      clear(row);
      if (!fits(STEPS + second - usual, at, close, row)) break;
      usual = second - usual;
    }
    if (apart != 0 && signatureBits != 0 && !joined(row)) break;
    put(row, NEXT, feed + 1 - BLOCK);
    put(row, END, close - BLOCK);
    put(row, START, at - BLOCK);
    row += COLUMN_ROW;
    at = feed + 1;
  }
  if (strangeAt != 0) strangeAt -= BLOCK;
  stopAt(at - BLOCK);
  return (row - OUT) / COLUMN_ROW;
}

function clear(row: i32): void {
  const zeros = i64x2.splat(0);
  for (let i = 0; i < 40; i += 16) v128.store(row + i, zeros);
  // Spans without bytes.
  const none = i32x4(-BLOCK, NOWHERE, -BLOCK, NOWHERE);
  v128.store(row, none, 40);
  v128.store(row, none, 56);
  v128.store(row, none, 72);
  v128.store(row, none, 88);
  v128.store(row, none, 104);
  store<i32>(row, 0, 120);
  store<i32>(row, 0, 124);
  const nothing = f64x2.splat(NaN);
  for (let i = 128; i < 192; i += 16) v128.store(row + i, nothing);
}
