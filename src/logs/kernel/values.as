// What the values of a JSON record are: times, addresses, durations.
import { BLOCK, ISO, KEY_BYTES, KEYS } from './layout';
import { CLIENT, DURATION, end, INTEGER, kindOf, ODD_STRING, OTHER, SPANS, start, STRING, TIME } from './record';

/** The known stamp names its offset, so that only its day matters. */
let ownOffset: bool = false;

/**
 * Remembers a stamp: `2026-09-12T20:40:11`, and what stands behind its seconds. @param from index of the stamp. @param base
 * ms UTC of its day when `own`, as every stamp with the same offset has it, else of its minute.
 */
export function knowStampOf(from: i32, zone: i32, zoneLength: i32, base: f64, own: i32): void {
  memory.copy(ISO, from + BLOCK, 17);
  memory.copy(ISO + 24, zone + BLOCK, zoneLength);
  store<f64>(ISO, base, 32);
  store<i32>(ISO, zoneLength, 40);
  ownOffset = own != 0;
}

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
  if ((load<u32>(from, 8) ^ load<u32>(ISO, 8)) & 0xffffff) return NaN;
  let seconds = two(from + 17);
  if (seconds > 59) return NaN;
  if (ownOffset) {
    const hour = two(from + 11);
    const minutes = two(from + 14);
    if (hour > 23 || minutes > 59 || load<u8>(from, 13) != 58 || load<u8>(from, 16) != 58) return NaN;
    seconds += (hour * 60 + minutes) * 60;
  } else if (load<u64>(from, 9) != load<u64>(ISO, 9)) return NaN;
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
      whole = whole * 10 + <u64>(load<u8>(at) - 48);
      scale *= 10;
    }
    if (at != to || at == fraction || at > fraction + 5) return NaN;
    value = <f64>whole / scale;
  }
  ownsOffset = 1;
  if (digits == 10 && value >= 6.3e8 && value < 6.3e9) return floor(value * 1000 + 1e-3);
  if (digits == 13 && value >= 6.3e11 && value < 6.3e12) return value;
  if (digits == 16 && value >= 6.3e14 && value < 6.3e15) return floor(value / 1e3);
  if (digits == 19 && value >= 6.3e17 && value < 6.3e18) return floor(value / 1e6);
  return NaN;
}

export let address: u32 = 0;

/** Adds the octet of `length` digits before `to` to the address. @returns 0 when it is as `ipv4Number` wants it. */
// @ts-ignore
@inline
function octet(to: i32, length: i32): i32 {
  const ones = <u32>load<u8>(to - 1) - 48;
  const tens = length > 1 ? <u32>load<u8>(to - 2) - 48 : 0;
  const hundreds = length > 2 ? <u32>load<u8>(to - 3) - 48 : 0;
  const value = hundreds * 100 + tens * 10 + ones;
  address = (address << 8) | value;
  return (
    <i32>(<u32>(length - 1) > 2) |
    <i32>(value > 255) |
    (<i32>(length > 1) & <i32>(value < 10)) |
    (<i32>(length > 2) & <i32>(value < 100))
  );
}

/** Whether the client is a plain IPv4 address, which goes to `address`; as `ipv4Number` has it. */
export function plainAddress(): bool {
  const from = start(CLIENT);
  const to = end(CLIENT);
  const length = to - from;
  if (kindOf(CLIENT) != STRING || <u32>(length - 7) > 8) return false;
  const v = v128.load(from);
  const inside = (1 << length) - 1;
  let dots = i8x16.bitmask(i8x16.eq(v, i8x16.splat(46))) & inside;
  const digits = i8x16.bitmask(i8x16.lt_u(i8x16.sub(v, i8x16.splat(48)), i8x16.splat(10))) & inside;
  if ((dots | digits) != inside || popcnt(dots) != 3) return false;
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
      octet(to, length - third - 1)) ==
    0
  );
}

/** Units of a number by the name of its member, as `secondsOfNumber` has them. */
const MILLISECONDS: i32 = 2;
const NANOSECONDS: i32 = 3;
/** `duration`: milliseconds when it is a whole number of at least ten. */
const GUESSED: i32 = 4;

export let seconds: f64 = NaN;

/** Whether the duration was read to `seconds`, NaN when there is none; else it is for the host. */
export function duration(): bool {
  seconds = NaN;
  const kind = kindOf(DURATION);
  if (kind == 0) return true;
  const from = start(DURATION);
  const to = end(DURATION);
  if (kind == INTEGER && to - from <= 8 && load<u8>(from) != 45) {
    setSeconds(<f64>upToEightDigits(from, to - from), false);
    return true;
  }
  let at = from;
  let whole: u64 = 0;
  for (; at < to && isDigit(at); at++) whole = whole * 10 + <u64>(load<u8>(at) - 48);
  if (at == from || kind == ODD_STRING) return false;
  let digits = at - from;
  let scale: f64 = 1;
  let fraction = false;
  if (at < to && load<u8>(at) == 46) {
    const point = ++at;
    let part: u64 = 0;
    for (; at < to && isDigit(at); at++) {
      part = part * 10 + <u64>(load<u8>(at) - 48);
      scale *= 10;
      digits++;
    }
    if (at == point || digits > 15) return false;
    // A number is written again without zeros at its end, and as 1e-7 when it is small.
    fraction = part != 0 || kind == STRING;
    if (kind != STRING && whole == 0 && part != 0 && <f64>part / scale < 1e-6) return false;
    whole = whole * <u64>scale + part;
  }
  if (at != to || digits > 15) return false;
  setSeconds(<f64>whole / scale, fraction);
  return true;
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
function setSeconds(value: f64, fraction: bool): void {
  const unit = <i32>load<u8>(KEYS + load<i32>(SPANS + DURATION * 12, 8) * KEY_BYTES, 6);
  if (unit == NANOSECONDS) seconds = value / 1e9;
  else if (!fraction && (unit == MILLISECONDS || (unit == GUESSED && value >= 10))) seconds = value / 1e3;
  else seconds = value;
}
