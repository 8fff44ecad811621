// The durations of one minute, each with the two series that it counts in, and exact nearest-rank percentiles of every series from
// one sort of all of them; see durations.ts.

/** Shares that percentiles are told of, as 64-bit floats. */
export const SHARES: i32 = 1344;
export const MOST_SHARES: i32 = 4;
/** By series and share: seconds, a 32-bit float; NaN where a series has no durations. */
export const PERCENTILES: i32 = 1376;
/** By series: durations in it, how many of them were passed, place of the percentile that comes next, and its number. */
const TOTAL: i32 = 2400;
const PASSED: i32 = 2656;
const PLACE: i32 = 2912;
const TURN: i32 = 3168;
const DIGITS: i32 = 3424;
/** Most bits of a digit, so that its table stays in the processor's first cache. */
const MOST_BITS: u32 = 11;
export const DURATIONS_END: i32 = 11616;

/** Whole milliseconds that are written as such. */
const MILLISECONDS: u32 = 32768;
/** Fewer are put in their places one after another. */
const FEW: i32 = 24;

/** Room for keys twice, for series twice: what is sorted goes to and fro. */
let base: i32 = 0;
let room: i32 = 0;
let length: i32 = 0;
/** Where a duration was no whole milliseconds, keys are the bits of floats, changed so that they rise with them. */
let floats: bool = false;

let keys: i32 = 0;
let otherKeys: i32 = 0;
let pairs: i32 = 0;
let otherPairs: i32 = 0;

/** Names the end of what the host laid out; durations stand behind it, in as much memory as they need. */
export function setDurations(at: i32): void {
  base = at;
  room = 0;
  length = 0;
}

export function forgetDurations(): void {
  length = 0;
  floats = false;
}

/** Doubles the room. Keys stay where they are, series move. */
function grow(): void {
  const before = room;
  room = max(4096, before * 2);
  const missing = base + room * 12 - (memory.size() << 16);
  if (missing > 0 && memory.grow((missing + 65535) >> 16) < 0) unreachable();
  if (before > 0) memory.copy(base + room * 8, base + before * 8, before * 2);
}

/** @param value whole milliseconds, or the bits of seconds. @param both the two series. */
export function addDuration(value: u32, whole: bool, both: u32): void {
  let key = value;
  if (whole) {
    if (value >= MILLISECONDS) return;
    if (floats) key = rising(value);
  } else {
    const seconds = reinterpret<f32>(value);
    if (seconds !== seconds) return;
    if (!floats) {
      floats = true;
      for (let i = 0; i < length; i++) store<u32>(base + (i << 2), rising(load<u32>(base + (i << 2))));
    }
    key = ordered(value);
  }
  if (length === room) grow();
  store<u32>(base + (length << 2), key);
  store<u16>(base + room * 8 + (length << 1), <u16>both);
  length++;
}

// @ts-ignore: decorator
@inline
function ordered(bits: u32): u32 {
  return bits >>> 31 === 0 ? bits | 0x80000000 : ~bits;
}

function inSeconds(milliseconds: u32): f32 {
  return <f32>(<f64>milliseconds / 1000);
}

function rising(milliseconds: u32): u32 {
  return ordered(reinterpret<u32>(inSeconds(milliseconds)));
}

function valueAt(place: i32): f32 {
  const key = load<u32>(keys + (place << 2));
  if (!floats) return inSeconds(key);
  return reinterpret<f32>(key >>> 31 === 0 ? ~key : key ^ 0x80000000);
}

/** Place of a percentile among so many values. */
function rankOf(share: i32, count: i32): i32 {
  return max(0, <i32>ceil<f64>(load<f64>(SHARES + (share << 3)) * <f64>count) - 1);
}

// @ts-ignore: decorator
@inline
function tell(series: i32, share: i32, seconds: f32): void {
  store<f32>(PERCENTILES + (((series << 2) + share) << 2), seconds);
}

/** @param none the last series, of which nothing is told. */
export function findPercentiles(shares: i32, none: i32): i32 {
  for (let i = 0; i < none * MOST_SHARES; i++) store<f32>(PERCENTILES + (i << 2), f32.NaN);
  if (length === 0) return 0;
  sort();
  for (let share = 0; share < shares; share++) tell(0, share, valueAt(rankOf(share, length)));
  memory.fill(TOTAL, 0, DIGITS - TOTAL);
  for (let i = 0; i < length; i++) {
    const both = <i32>load<u16>(pairs + (i << 1));
    const first = TOTAL + ((both & 255) << 2);
    store<i32>(first, load<i32>(first) + 1);
    const second = TOTAL + ((both >>> 8) << 2);
    store<i32>(second, load<i32>(second) + 1);
  }
  for (let one = 1; one < none; one++) {
    const total = load<i32>(TOTAL + (one << 2));
    if (total > 0) store<i32>(PLACE + (one << 2), rankOf(0, total) + 1);
  }
  for (let i = 0; i < length; i++) {
    const both = <i32>load<u16>(pairs + (i << 1));
    pass(both & 255, i, shares);
    pass(both >>> 8, i, shares);
  }
  return length;
}

/** Passes a duration of a series, the smaller ones first. */
// @ts-ignore: decorator
@inline
function pass(one: i32, at: i32, shares: i32): void {
  const passed = load<i32>(PASSED + (one << 2)) + 1;
  store<i32>(PASSED + (one << 2), passed);
  if (passed === load<i32>(PLACE + (one << 2))) reach(one, at, passed, shares);
}

/** Tells the shares that this duration stands for: it may be several. */
function reach(one: i32, at: i32, passed: i32, shares: i32): void {
  let share = load<i32>(TURN + (one << 2));
  let place = passed;
  while (share < shares && place === passed) {
    tell(one, share++, valueAt(at));
    place = share < shares ? rankOf(share, load<i32>(TOTAL + (one << 2))) + 1 : 0;
  }
  store<i32>(TURN + (one << 2), share);
  store<i32>(PLACE + (one << 2), place);
}

/** Brings the keys into rising order, each with its series. */
function sort(): void {
  keys = base;
  otherKeys = base + room * 4;
  pairs = base + room * 8;
  otherPairs = base + room * 10;
  if (length <= FEW) sortFew();
  else sortMany();
}

function sortFew(): void {
  for (let i = 1; i < length; i++) {
    const key = load<u32>(keys + (i << 2));
    const pair = load<u16>(pairs + (i << 1));
    let at = i;
    for (; at > 0 && load<u32>(keys + ((at - 1) << 2)) > key; at--) {
      store<u32>(keys + (at << 2), load<u32>(keys + ((at - 1) << 2)));
      store<u16>(pairs + (at << 1), load<u16>(pairs + ((at - 1) << 1)));
    }
    store<u32>(keys + (at << 2), key);
    store<u16>(pairs + (at << 1), pair);
  }
}

/** By digits, the lowest first; as few and as short ones as the keys need. */
function sortMany(): void {
  let least: u32 = 0xffffffff;
  let most: u32 = 0;
  for (let i = 0; i < length; i++) {
    const key = load<u32>(keys + (i << 2));
    least = min(least, key);
    most = max(most, key);
  }
  const needed: u32 = 32 - clz<u32>(most - least);
  const passes = (needed + MOST_BITS - 1) / MOST_BITS;
  const width = passes === 0 ? 0 : (needed + passes - 1) / passes;
  const mask: u32 = (1 << width) - 1;
  for (let turn: u32 = 0; turn < passes; turn++) {
    const shift = turn * width;
    memory.fill(DIGITS, 0, (mask + 1) << 2);
    for (let i = 0; i < length; i++) {
      const digit = DIGITS + <i32>((((load<u32>(keys + (i << 2)) - least) >>> shift) & mask) << 2);
      store<i32>(digit, load<i32>(digit) + 1);
    }
    let at = 0;
    for (let digit = DIGITS; digit <= DIGITS + <i32>(mask << 2); digit += 4) {
      const many = load<i32>(digit);
      store<i32>(digit, at);
      at += many;
    }
    for (let i = 0; i < length; i++) {
      const key = load<u32>(keys + (i << 2));
      const digit = DIGITS + <i32>((((key - least) >>> shift) & mask) << 2);
      const place = load<i32>(digit);
      store<i32>(digit, place + 1);
      store<u32>(otherKeys + (place << 2), key);
      store<u16>(otherPairs + (place << 1), load<u16>(pairs + (i << 1)));
    }
    let swap = keys;
    keys = otherKeys;
    otherKeys = swap;
    swap = pairs;
    pairs = otherPairs;
    otherPairs = swap;
  }
}
