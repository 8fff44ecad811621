// What the values of a JSON record are: times, addresses, durations.
import { BLOCK, ISO, KEY_BYTES, KEYS } from './layout';
import { end, INTEGER, kindOf, ODD_STRING, OTHER, SPANS, start, STRING, TIME } from './record';
import { known } from './texts';

/** The known stamp names its offset, so that only its day matters. */
let ownOffset: bool = false;

/**
 * Remembers a stamp: `2026-09-12T20:40:11` or `12/Sep/2026:20:40:11`, and what stands behind its seconds. @param from index
 * of the stamp. @param clock how far behind it the hour stands. @param base ms UTC of its day when `own`, as every stamp
 * with the same offset has it, else of its minute.
 */
export function knowStampOf(from: i32, clock: i32, zone: i32, zoneLength: i32, base: f64, own: i32): void {
  memory.copy(ISO, from + BLOCK, clock + 6);
  memory.copy(ISO + 24, zone + BLOCK, zoneLength);
  store<f64>(ISO, base, 32);
  store<i32>(ISO, zoneLength, 40);
  clockAt = clock;
  // The hour is the fourth byte of the second word, or the one behind it.
  lastOfDay = clock == 11 ? 0xffffff : 0xffffffff;
  ownOffset = own != 0;
}

let clockAt: i32 = 0;
/** Hour and minute that were read last, with their colons, and the seconds of the day at which that minute began. */
let minuteText: u64 = 0;
let minuteSeconds: u32 = 0;
let lastOfDay: u32 = 0;

/** The stamp is not to be used any more. */
export function forgetStamp(): void {
  // No zone has this length.
  store<i32>(ISO, -1, 40);
}

// @ts-ignore
@inline
function isDigit(at: i32): bool {
  return <u32>load<u8>(at) - 48 < 10;
}

/** Two digits as a number, or 99. */
// @ts-ignore
@inline
function two(at: i32): u32 {
  const tens = <u32>load<u8>(at) - 48;
  const ones = <u32>load<u8>(at, 1) - 48;
  return tens < 10 && ones < 10 ? tens * 10 + ones : 99;
}

/** ms UTC of the record's time; NaN when the host has to read it. Counts stamps that name their offset in `ownsOffset`. */
export function time(): f64 {
  const kind = kindOf(TIME);
  ownsOffset = 0;
  if (kind == STRING) {
    const ms = written();
    if (!isNaN(ms)) return ms;
  } else if (kind != INTEGER && kind != OTHER) return NaN;
  return epoch(start(TIME), end(TIME));
}

export let ownsOffset: i32 = 0;

/** A stamp of the same day, or minute, and zone as the one that is known, or NaN. */
function written(): f64 {
  const from = start(TIME);
  const to = end(TIME);
  const zoneLength = load<i32>(ISO, 40);
  if (zoneLength < 0 || load<u64>(from) != load<u64>(ISO)) return NaN;
  if ((load<u32>(from, 8) ^ load<u32>(ISO, 8)) & lastOfDay) return NaN;
  const clock = from + clockAt;
  let seconds = two(clock + 6);
  if (seconds > 59) return NaN;
  // 20:40:, as on the line before.
  const minute = load<u64>(clock) & 0xffffffffffff;
  if (ownOffset && minute == minuteText) seconds += minuteSeconds;
  else if (ownOffset) {
    const hour = two(clock);
    const minutes = two(clock + 3);
    if (hour > 23 || minutes > 59 || load<u8>(clock, 2) != 58 || load<u8>(clock, 5) != 58) return NaN;
    minuteText = minute;
    minuteSeconds = (hour * 60 + minutes) * 60;
    seconds += minuteSeconds;
  } else if (load<u32>(clock) != load<u32>(ISO + clockAt) || load<u16>(clock, 4) != load<u16>(ISO + clockAt, 4)) return NaN;
  let at = clock + 8;
  let ms: u32 = 0;
  const point = load<u8>(at);
  // Behind a value of a table, a comma is none of it.
  if (at < to && (point == 46 || point == 44)) {
    // Three digits are whole milliseconds; what follows is cut.
    const fraction = ++at;
    let scale: u32 = 100;
    let nines = 0;
    if (to - at == 3 + zoneLength && isDigit(at) && isDigit(at + 1) && isDigit(at + 2)) {
      ms = <u32>load<u8>(at) * 100 + <u32>load<u8>(at, 1) * 10 + <u32>load<u8>(at, 2) - 48 * 111;
      at += 3;
    } else for (; at < to && isDigit(at); at++) {
      const digit = <u32>load<u8>(at) - 48;
      ms += digit * scale;
      scale /= 10;
      if (digit == 9 && nines == at - fraction - 3) nines++;
    }
    // `timeOfDay` rounds up what is within a millionth of the next millisecond.
    if (at == fraction || nines > 4) return NaN;
  }
  if (to - at != zoneLength) return NaN;
  for (let i = 0; i < zoneLength; i++) if (load<u8>(ISO + 24 + i) != load<u8>(at + i)) return NaN;
  ownsOffset = ownOffset ? 1 : 0;
  return load<f64>(ISO, 32) + <f64>(seconds * 1000 + ms);
}

/** A number of seconds, milliseconds, microseconds or nanoseconds as `epochMilliseconds` tells them apart, or NaN. */
function epoch(from: i32, to: i32): f64 {
  let whole: u64 = 0;
  let at = from;
  for (; at < to && isDigit(at); at++) whole = whole * 10 + <u64>(load<u8>(at) - 48);
  const digits = at - from;
  let value = <f64>whole;
  if (at < to) {
    // Seconds with a fraction; so few digits that the division gives the number that they stand for.
    if (digits != 10 || load<u8>(at) != 46) return NaN;
    let scale: f64 = 1;
    const fraction = ++at;
    for (; at < to && isDigit(at); at++) {
      if (at - fraction > 5) continue;
      whole = whole * 10 + <u64>(load<u8>(at) - 48);
      scale *= 10;
    }
    if (at != to || at == fraction) return NaN;
    if (at > fraction + 5) return microseconds(whole);
    value = <f64>whole / scale;
  }
  ownsOffset = 1;
  if (digits == 10 && value >= 6.3e8 && value < 6.3e9) return floor(value * 1000 + 1e-3);
  if (digits == 13 && value >= 6.3e11 && value < 6.3e12) return value;
  if (digits == 16 && value >= 6.3e14 && value < 6.3e15) return floor(value / 1e3);
  if (digits == 19 && value >= 6.3e17 && value < 6.3e18) return floor(value / 1e6);
  return NaN;
}

/** Milliseconds of an epoch in microseconds whose further digits were cut; NaN where these may matter to the rounding. */
function microseconds(epoch: u64): f64 {
  // A double of these seconds is off by a quarter of a microsecond at most, and a whole one is added to it.
  if (epoch % 1000 > 997 || epoch < <u64>1e15 || epoch >= <u64>4e15) return NaN;
  ownsOffset = 1;
  return <f64>(epoch / 1000);
}

export let address: u32 = 0;

/** Adds the octet of `length` digits before `to` to the address. @returns 0 when it is as `ipv4Number` wants it. */
// @ts-ignore
@inline
function octet(to: i32, length: i32): i32 {
  // How many digits there are cannot be foretold, so nothing branches on it: what stands before them is shifted out.
  const digits = (load<u32>(to - 4) & 0x0f0f0f0f) & (0xffffffff << (32 - 8 * length));
  const value = (digits >> 24) + ((digits >> 16) & 15) * 10 + ((digits >> 8) & 15) * 100;
  address = (address << 8) | value;
  return (
    <i32>(<u32>(length - 1) > 2) |
    <i32>(value > 255) |
    (<i32>(length > 1) & <i32>(value < 10)) |
    (<i32>(length > 2) & <i32>(value < 100))
  );
}

/** The address is all of the text. */
let whole: bool = false;

/** Whether the text in a slot is a plain IPv4 address, which goes to `address`; as `ipv4Number` has it. */
export function plainAddress(slot: i32): bool {
  return leadingAddress(slot) && whole;
}

/** The same for an address with a port or other addresses behind it, as `clientAddress` has them. */
function leadingAddress(slot: i32): bool {
  const from = start(slot);
  const to = end(slot);
  if (kindOf(slot) != STRING || to - from < 7) return false;
  const v = v128.load(from);
  let dots = i8x16.bitmask(i8x16.eq(v, i8x16.splat(46)));
  const digits = i8x16.bitmask(i8x16.lt_u(i8x16.sub(v, i8x16.splat(48)), i8x16.splat(10)));
  // The quote behind the text is neither.
  const length = ctz(~(dots | digits));
  if (<u32>(length - 7) > 8) return false;
  dots &= (1 << length) - 1;
  if (popcnt(dots) != 3) return false;
  whole = from + length == to;
  if (!whole && !maySplit(from + length, to)) return false;
  const first = ctz(dots);
  dots &= dots - 1;
  const second = ctz(dots);
  dots &= dots - 1;
  const third = ctz(dots);
  address = 0;
  return (
    (octet(from + first, first) |
      octet(from + second, second - first - 1) |
      octet(from + third, third - second - 1) |
      octet(from + length, length - third - 1)) ==
    0
  );
}

/** Whether what begins at `from` belongs to no address: a comma, or a port and then a comma or the end. */
function maySplit(from: i32, to: i32): bool {
  let at = from;
  if (load<u8>(at) == 58) {
    at++;
    while (at < to && isDigit(at)) at++;
    if (at == from + 1) return false;
  }
  return at == to || load<u8>(at) == 44;
}

/** What names the client of a row, and its bits; see OPERATION in count.as. */
export let client: u32 = 0;
export let clientBits: i32 = 0;
export const BY_NUMBER: i32 = 8;
export const NO_CLIENT: i32 = 16;
export const BY_TEXT: i32 = 32;

/** Finds the client that a slot names. @returns false when the host has to. */
export function clientOf(slot: i32): bool {
  clientBits = 0;
  if (kindOf(slot) == 0) {
    clientBits = NO_CLIENT;
    client = 0;
    return true;
  }
  if (leadingAddress(slot)) {
    client = address;
    return true;
  }
  const number = known(slot);
  if (number >= 0) {
    client = <u32>number;
    clientBits = BY_NUMBER;
    return true;
  }
  if (!colonAddress(slot)) return false;
  // Where the text stands in the block, and its length.
  client = <u32>(start(slot) - BLOCK) | (<u32>(end(slot) - start(slot)) << 24);
  clientBits = BY_TEXT;
  return true;
}

/** Whether a text is an address with colons, as `clientAddress` tells them: hexadecimal digits, colons, points behind these. */
function colonAddress(slot: i32): bool {
  const from = start(slot);
  const to = end(slot);
  if (kindOf(slot) != STRING || to - from > 45) return false;
  let colons = 0;
  for (let at = from; at < to; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 58) colons++;
    else if (byte == 46) {
      if (colons == 0) return false;
    } else if (byte - 48 >= 10 && (byte | 32) - 97 >= 6) return false;
  }
  // With one colon it may be a host with a port.
  return colons > 1;
}

/** Units of a number by the name of its member (duration-names.ts); milliseconds when it is whole. */
const MILLISECONDS: i32 = 2;
const NANOSECONDS: i32 = 3;
/** `duration`: milliseconds when it is a whole number of at least ten. */
const GUESSED: i32 = 4;
/** Whether whole or not. */
const NAMED_MILLISECONDS: i32 = 5;
const NAMED_MICROSECONDS: i32 = 6;

export let seconds: f64 = NaN;
/** Whether `seconds` is the number that was written to its last bit, else rounded to 32 bits it is. */
export let secondsExact: bool = true;

/** Digits that make a 64-bit float to its last bit, and that leave the rounding to 32 bits in hardly any doubt. */
const EXACT_DIGITS: i32 = 15;
const MOST_DIGITS: i32 = 17;
/** More than all that is lost by digits beyond those, by a conversion and by two divisions. */
const LOST: f64 = 1e-15;

/**
 * Whether the duration in a slot was read to `seconds`, NaN when there is none; else it is for the host.
 * @param counted the program counts in milliseconds what others may count in seconds.
 */
export function durationOf(slot: i32, counted: bool): bool {
  seconds = NaN;
  secondsExact = true;
  const kind = kindOf(slot);
  if (kind == 0) return true;
  const from = start(slot);
  const to = end(slot);
  const named = <i32>load<u8>(KEYS + load<i32>(SPANS + slot * 12, 8) * KEY_BYTES, 6);
  const unit = counted && (named == GUESSED || named == MILLISECONDS) ? NAMED_MILLISECONDS : named;
  if (kind == INTEGER && to - from <= 8 && load<u8>(from) != 45) {
    setSeconds(<f64>upToEightDigits(from, to - from), false, unit);
    return true;
  }
  let at = from;
  let whole: u64 = 0;
  for (; at < to && isDigit(at); at++) whole = whole * 10 + <u64>(load<u8>(at) - 48);
  if (at == from || kind == ODD_STRING) return false;
  if (at - from > EXACT_DIGITS) return false;
  let digits = at - from;
  let scale: f64 = 1;
  let fraction = false;
  if (at < to && load<u8>(at) == 46) {
    const point = ++at;
    let part: u64 = 0;
    // Programs that count in 64-bit floats write up to seventeen digits that count: 0.19153265957326288.
    let counted = whole == 0 ? 0 : digits;
    for (; at < to && isDigit(at); at++) {
      digits++;
      if (counted == MOST_DIGITS) continue;
      part = part * 10 + <u64>(load<u8>(at) - 48);
      scale *= 10;
      if (part != 0 || counted > 0) counted++;
    }
    if (at == point || scale > 1e22) return false;
    // A number is written again without zeros at its end, and as 1e-7 when it is small.
    fraction = part != 0 || kind == STRING;
    if (kind != STRING && whole == 0 && part != 0 && <f64>part / scale < 1e-6) return false;
    whole = whole == 0 ? part : whole * <u64>scale + part;
  }
  const value = <f64>whole / scale;
  secondsExact = digits <= EXACT_DIGITS;
  if (at == to) {
    setSeconds(value, fraction, unit);
    return secondsExact || roundsAlike();
  }
  // 0.25s, 17ms
  if (kind != STRING) return false;
  if (to - at == 1 && load<u8>(at) == 115) seconds = value;
  else if (to - at == 2 && load<u16>(at) == 0x736d) seconds = value / 1e3;
  else return false;
  return secondsExact || roundsAlike();
}

/** Whether what is lost of `seconds` makes no difference to what is counted, which is rounded to 32 bits. */
function roundsAlike(): bool {
  return <f32>(seconds * (1 - LOST)) == <f32>(seconds * (1 + LOST));
}

/** The number that one to eight digits stand for. */
function upToEightDigits(from: i32, length: i32): u64 {
  // Each digit in a byte of its own, the last on top, zeros below the first; pairs of them, then fours.
  const digits = (load<u64>(from) - 0x3030303030303030) << (<u64>(64 - 8 * length));
  const pairs = digits * 10 + (digits >> 8);
  return (
    ((pairs & 0x000000ff000000ff) * 0x000f424000000064 + ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32
  );
}

/** @param fraction the number was written with one. */
// @ts-ignore
@inline
function setSeconds(value: f64, fraction: bool, unit: i32): void {
  if (unit == NANOSECONDS) seconds = value / 1e9;
  else if (unit == NAMED_MILLISECONDS) seconds = value / 1e3;
  else if (unit == NAMED_MICROSECONDS) seconds = value / 1e6;
  else if (!fraction && (unit == MILLISECONDS || (unit == GUESSED && value >= 10))) seconds = value / 1e3;
  else seconds = value;
}
