// Takes what programs wrote out of the lines that Docker's json-file driver keeps: {"log":"...\n","stream":"stdout","time":"..."}
import { BLOCK, INNER, INNER_NEXT, INNER_ROOM, MOST_INNER } from './layout';

const LINE_CAP: i32 = 65_536;

/** End of what was taken out, as an index like those of the block. */
export let innerEnd: i32 = 0;

// @ts-ignore
@inline
function afterBlanks(from: i32): i32 {
  let at = from;
  while (load<u8>(at) == 32) at++;
  return at;
}

/** Value of a hexadecimal digit, or 16. */
function hexOf(byte: u32): u32 {
  if (byte - 48 < 10) return byte - 48;
  const letter = (byte | 32) - 97;
  return letter < 6 ? letter + 10 : 16;
}

let out: i32 = 0;

/** Writes what an escape stands for. @returns its length, 0 where the line is for the parser. */
function unescape(at: i32): i32 {
  const letter = load<u8>(at, 1);
  if (letter == 34 || letter == 92 || letter == 47) {
    store<u8>(out++, letter);
    return 2;
  }
  if (letter == 116) {
    store<u8>(out++, 9);
    return 2;
  }
  if (letter != 117) return 0;
  const a = hexOf(load<u8>(at, 2));
  const b = hexOf(load<u8>(at, 3));
  const c = hexOf(load<u8>(at, 4));
  const d = hexOf(load<u8>(at, 5));
  if ((a | b | c | d) > 15) return 0;
  const code = (a << 12) | (b << 8) | (c << 4) | d;
  // Control characters, and halves of pairs.
  if (code < 32 || code == 127 || (code >= 0xd800 && code < 0xe000)) return 0;
  if (code < 128) store<u8>(out++, <u8>code);
  else if (code < 0x800) {
    store<u8>(out, <u8>(0xc0 | (code >> 6)));
    store<u8>(out + 1, <u8>(0x80 | (code & 63)));
    out += 2;
  } else {
    store<u8>(out, <u8>(0xe0 | (code >> 12)));
    store<u8>(out + 1, <u8>(0x80 | ((code >> 6) & 63)));
    store<u8>(out + 2, <u8>(0x80 | (code & 63)));
    out += 3;
  }
  return 6;
}

/** Writes the text from behind its quote on, without the line end that it ends in. @returns index behind the closing quote, or 0. */
function textOf(from: i32): i32 {
  let at = from;
  while (true) {
    const v = v128.load(at);
    v128.store(out, v);
    const marks = i8x16.bitmask(
      v128.or(v128.or(i8x16.eq(v, i8x16.splat(34)), i8x16.eq(v, i8x16.splat(92))), i8x16.lt_u(v, i8x16.splat(32))),
    );
    if (marks == 0) {
      at += 16;
      out += 16;
      continue;
    }
    const plain = ctz(marks);
    at += plain;
    out += plain;
    const byte = load<u8>(at);
    if (byte == 34) return at + 1;
    if (byte != 92) return 0;
    // \r\n" and \n"
    const end = at + (load<u32>(at) == 0x6e5c725c ? 2 : 0);
    if (load<u16>(end) == 0x6e5c) return load<u8>(end, 2) == 34 ? end + 3 : 0;
    const length = unescape(at);
    if (length == 0) return 0;
    at += length;
  }
  return 0;
}

// @ts-ignore
@inline
function two(at: i32): u32 {
  const tens = <u32>load<u8>(at) - 48;
  const ones = <u32>load<u8>(at, 1) - 48;
  return tens < 10 && ones < 10 ? tens * 10 + ones : 99;
}

/** Index behind the quote after a stamp like 2026-09-12T08:54:04.402123456Z, or 0. */
function afterStamp(at: i32): i32 {
  const century = two(at);
  const year = two(at + 2);
  const month = two(at + 5);
  const day = two(at + 8);
  if (century != 20 || year > 98 || month < 1 || month > 12 || day < 1 || day > 31) return 0;
  if (load<u8>(at, 4) != 45 || load<u8>(at, 7) != 45 || load<u8>(at, 10) != 84) return 0;
  if (two(at + 11) > 23 || two(at + 14) > 59 || two(at + 17) > 59) return 0;
  if (load<u8>(at, 13) != 58 || load<u8>(at, 16) != 58) return 0;
  let to = at + 19;
  if (load<u8>(to) == 46) {
    to++;
    while (<u32>load<u8>(to) - 48 < 10) to++;
  }
  return load<u16>(to) == 0x225a ? to + 2 : 0;
}

/** Whether a text has a request as `mayBeAccessLine` wants it in its first quotes: "GET /x HTTP/1.1" 200 and a blank. */
function holdsRequest(from: i32, to: i32): bool {
  let at = from;
  while (at < to && load<u8>(at) != 34) at++;
  const method = ++at;
  while (<u32>load<u8>(at) - 65 < 26) at++;
  if (at >= to || at - method < 3 || at - method > 8 || load<u8>(at) != 32) return false;
  const target = ++at;
  while (at < to && load<u8>(at) > 32) at++;
  if (at == target || at - target > 2000 || to - at < 14) return false;
  //  HTTP/ and a digit
  if ((load<u64>(at) & 0x0000ffffffffffff) != 0x2f5054544820 || <u32>load<u8>(at, 6) - 48 > 9) return false;
  at += 7;
  for (let i = 0; i < 4 && load<u8>(at) != 34; i++) at++;
  if (load<u16>(at) != 0x2022 || load<u8>(at, 5) != 32) return false;
  for (let i = 2; i < 5; i++) if (<u32>load<u8>(at + i) - 48 > 9) return false;
  return true;
}

/** What programs wrote: requests of access logs, JSON objects, or any other text. */
const REQUESTS: i32 = 0;
const OBJECTS: i32 = 1;
const TEXT: i32 = 2;

/** Whether what was written is an object, as `innerObject` has it, or nothing. */
function isNoText(from: i32, to: i32): bool {
  let at = from;
  while (at < to && (load<u8>(at) <= 32 || load<u8>(at) > 127)) at++;
  return at == to || load<u8>(at) == 123;
}

/** Puts `TIME STREAM F ` before the text at `begin`, as Kubernetes keeps it. */
function lead(begin: i32, time: i32, timeEnd: i32, stream: i32): void {
  const length = timeEnd - time + 10;
  memory.copy(begin + length, begin, out - begin);
  memory.copy(begin, time, timeEnd - time);
  const at = begin + timeEnd - time;
  store<u8>(at, 32);
  memory.copy(at + 1, stream, 6);
  store<u16>(at + 7, 0x4620);
  store<u8>(at + 9, 32);
  out += length;
}

/**
 * Takes lines out until one is of another form or of another kind, ends behind `quiet`, or the room is full.
 * @param kind of what programs wrote. @returns how many; INNER_NEXT has where the line behind each begins.
 */
export function unwrap(from: i32, end: i32, quiet: i32, kind: i32): i32 {
  const stop = BLOCK + end;
  const last = INNER + INNER_ROOM - LINE_CAP - 160;
  let at = BLOCK + from;
  let count = 0;
  out = INNER;
  while (at < stop && count < MOST_INNER && out < last) {
    const begin = out;
    // Whatever does not go on is not written.
    innerEnd = begin - BLOCK;
    // {"log
    if (load<u8>(at) != 123) break;
    let value = load<u32>(at, 1) == 0x676f6c22 && load<u16>(at, 5) == 0x3a22 ? afterBlanks(at + 7) : 0;
    if (value == 0 || load<u8>(value) != 34) break;
    const first = <u32>load<u8>(value, 1);
    if (kind == TEXT ? first == 34 : kind == OBJECTS ? first != 123 : first - 48 >= 10) break;
    value = textOf(value + 1);
    if (value == 0 || out - begin > LINE_CAP || (kind == REQUESTS && !holdsRequest(begin, out))) break;
    if (kind == TEXT && (isNoText(begin, out) || (first - 48 < 10 && holdsRequest(begin, out)))) break;
    value = afterBlanks(value);
    if (load<u8>(value) != 44) break;
    // "stream":
    value = afterBlanks(value + 1);
    if (load<u64>(value) != 0x226d616572747322 || load<u8>(value, 8) != 58) break;
    value = afterBlanks(value + 9);
    if (load<u8>(value, 7) != 34) break;
    // "stdout, "stderr
    const stream = load<u64>(value) & 0x00ffffffffffffff;
    if (stream != 0x74756f64747322 && stream != 0x72726564747322) break;
    const streamAt = value + 1;
    value = afterBlanks(value + 8);
    if (load<u8>(value) != 44) break;
    // "time":
    value = afterBlanks(value + 1);
    if (load<u32>(value) != 0x6d697422 || load<u16>(value, 4) != 0x2265 || load<u8>(value, 6) != 58) break;
    value = afterBlanks(value + 7);
    if (load<u8>(value) != 34) break;
    const timeAt = value + 1;
    value = afterStamp(timeAt);
    if (value == 0) break;
    const timeEnd = value - 1;
    value = afterBlanks(value);
    if (load<u8>(value++) != 125) break;
    if (load<u8>(value) == 13) value++;
    if (load<u8>(value++) != 10) break;
    if (value - at > LINE_CAP || value - BLOCK > quiet || value > stop) break;
    if (kind == TEXT) {
      if (timeEnd - timeAt > 60) break;
      lead(begin, timeAt, timeEnd, streamAt);
    }
    store<u8>(out++, 10);
    store<i32>(INNER_NEXT + count * 4, value - BLOCK);
    count++;
    at = value;
    innerEnd = out - BLOCK;
  }
  // What follows is none of the lines.
  store<u8>(innerEnd + BLOCK, 0);
  return count;
}
