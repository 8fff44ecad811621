// Reads rows of delimited exports (RFC 4180, any separator): where the cells stand that matter, by the columns that the host has
// told. Rows with other numbers of cells, doubled quotes in what matters and the like are left to it.
import { beginBatch, take, TAKEN } from './count';
import { BLOCK, MOST_TABLE_COLUMNS, RECORD, stopAt, TABLE_COLUMNS } from './layout';
import { clearRecord, ODD_STRING, SPANS, STRING, TIME } from './record';

const LINE_CAP: i32 = 65_536;
const NO_SLOT: u32 = 255;
/** Bits of a column: a text of an error; it means something. */
const ERROR: u32 = 1;
const MATTERS: u32 = 2;
/** As `HAS_ERROR` has it. */
const HAS_ERROR: i32 = 32;

let separator: u32 = 44;
let columns: i32 = 0;

/** @param mark the separator. @param count columns of a row, `MOST_TABLE_COLUMNS` at most. */
export function beginTable(mark: i32, count: i32): void {
  separator = <u32>mark;
  columns = min(count, MOST_TABLE_COLUMNS);
  memory.fill(TABLE_COLUMNS, 0xff, MOST_TABLE_COLUMNS * 4);
  for (let i = 0; i < columns; i++) store<u8>(TABLE_COLUMNS + i * 4, 0, 2);
}

/** Tells what a column means: up to two slots of the record (255 for none), and its bits. */
export function setColumn(index: i32, slot: i32, other: i32, bits: i32): void {
  const at = TABLE_COLUMNS + index * 4;
  store<u8>(at, <u8>slot);
  store<u8>(at, <u8>other, 1);
  store<u8>(at, <u8>bits, 2);
}

/** Index of the next byte from `at` on that is `mark` or ends the line. */
// @ts-ignore
@inline
function find(from: i32, mark: u32): i32 {
  let at = from;
  while (true) {
    const v = v128.load(at);
    const found = i8x16.bitmask(v128.or(i8x16.eq(v, i8x16.splat(<i8>mark)), i8x16.eq(v, i8x16.splat(10))));
    if (found != 0) return at + ctz(found);
    at += 16;
  }
}

/** Kind of the text bytes[from, to), 0 where it is for the host. */
function kindOfText(from: i32, to: i32): i32 {
  let kind = STRING;
  for (let at = from; at < to; at += 16) {
    const v = v128.load(at);
    const inside = to - at >= 16 ? 0xffff : (1 << (to - at)) - 1;
    const odd = i8x16.bitmask(v128.or(i8x16.lt_s(v, i8x16.splat(32)), i8x16.eq(v, i8x16.splat(127)))) & inside;
    if (odd != 0) kind = ODD_STRING;
  }
  if (kind == STRING) return kind;
  // What is no plain text is read like JSON's, where backslashes begin escapes.
  for (let at = from; at < to; at++) if (load<u8>(at) == 92) return 0;
  return kind;
}

let request: i32 = 0;

// @ts-ignore
@inline
function fill(slot: u32, id: i32, kind: i32, from: i32, to: i32): void {
  if (slot == NO_SLOT) return;
  store<u8>(RECORD + <i32>slot, <u8>kind);
  const span = SPANS + <i32>slot * 12;
  store<i32>(span, from);
  store<i32>(span, to, 4);
  store<i32>(span, id, 8);
}

/** Reads the row at `from`. @returns where its line ends, or 0. */
function row(from: i32): i32 {
  let at = from;
  for (let column = 0; column < columns; column++) {
    const told = load<u32>(TABLE_COLUMNS + column * 4);
    let start = at;
    let end: i32;
    if (load<u8>(at) == 34) {
      start = ++at;
      at = find(at, 34);
      let doubled = false;
      while (load<u16>(at) == 0x2222) {
        doubled = true;
        at = find(at + 2, 34);
      }
      if (load<u8>(at) != 34) return 0;
      end = at++;
      if (doubled && ((told >> 16) & MATTERS) != 0) return 0;
      // What stands between a quote and the separator is nobody's.
      if (column + 1 < columns ? load<u8>(at) != separator : !ends(at)) return 0;
    } else {
      at = find(at, separator);
      end = at;
      if (column + 1 == columns && load<u8>(at) == 10 && at > start && load<u8>(at - 1) == 13) end = --at;
    }
    if (((told >> 16) & MATTERS) != 0) {
      const kind = kindOfText(start, end);
      if (kind == 0) return 0;
      if (((told >> 16) & ERROR) != 0 && end > start) request |= HAS_ERROR;
      fill(told & 255, column + 1, kind, start, end);
      fill((told >> 8) & 255, column + 1, kind, start, end);
    }
    if (column + 1 == columns) return ends(at) ? at : 0;
    if (load<u8>(at) != separator) return 0;
    at++;
  }
  return 0;
}

// @ts-ignore
@inline
function ends(at: i32): bool {
  return load<u8>(at) == 10 || load<u16>(at) == 0x0a0d;
}

/** Whether the time is written with more than digits: as an epoch it would be none in a table. */
function isWritten(): bool {
  if (<i32>load<u8>(RECORD + TIME) != STRING) return false;
  const from = load<i32>(SPANS + TIME * 12);
  const to = load<i32>(SPANS + TIME * 12, 4);
  for (let at = from; at < to; at++) {
    const byte = <u32>load<u8>(at);
    if (byte - 48 >= 10 && byte != 46) return true;
  }
  return false;
}

/** The same as `json` in json.as for the rows of a table. */
export function table(from: i32, to: i32, quiet: i32): i32 {
  const stop = BLOCK + to;
  let at = BLOCK + from;
  let count = 0;
  beginBatch();
  while (at < stop) {
    clearRecord();
    request = 0;
    const close = row(at);
    if (close == 0 || !isWritten()) break;
    const next = load<u8>(close) == 13 ? close + 2 : close + 1;
    if (next - at > LINE_CAP) break;
    // The line of an error without a message is for the host: the text of the error stands for it.
    if (take(at, close, next, request, next - BLOCK <= quiet) != TAKEN) break;
    count++;
    at = next;
  }
  stopAt(at - BLOCK);
  return count;
}
