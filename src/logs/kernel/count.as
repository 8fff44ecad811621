// Counts records that hold nothing new: a known shape of message, known names, a plain time. All others are for the host,
// which tells what it finds out about them (json-lane.ts).
import { BLOCK, LEVEL_COUNTS, OUT, OUT_ROOM, SHAPE_BYTES, SHAPES, TOUCHED } from './layout';
import {
  CLIENT,
  DURATION,
  end,
  ENDPOINT,
  fact,
  kindOf,
  LEVEL,
  MESSAGE,
  OUTCOME,
  OWNS_AT,
  PARTNER,
  SECONDS_AT,
  start,
  TIME_AT,
} from './record';
import { forgetTexts, known, shape } from './texts';
import { address, duration, forgetStamp, ownsOffset, plainAddress, seconds, time } from './values';

/** What became of a record. */
export const STOPPED: i32 = 0;
export const TAKEN: i32 = 1;
/** It stands in RECORD for the host to look at. */
export const FOR_HOST: i32 = 2;
/** It belongs to the next batch: that of another minute, or there is no room for it. */
export const NEXT_BATCH: i32 = 3;
export let verdict: i32 = 0;

/**
 * An operation of a batch: address, or number of the client when known by text; bits of what it is; endpoint; partner; second
 * since 1970; seconds that it took, a 32-bit float.
 */
export const OPERATION: i32 = 24;
const MOST: i32 = OUT_ROOM / OPERATION;
const FAILED: i32 = 1;
const TIMED: i32 = 4;
const BY_NUMBER: i32 = 8;
const NO_CLIENT: i32 = 16;

/** Of the batch: operations, those that failed, stamps that named their offset, first, last and latest time. */
export let operations: i32 = 0;
export let failures: i32 = 0;
export let owned: i32 = 0;
export let earliest: f64 = NaN;
export let latest: f64 = NaN;
export let lastTime: f64 = NaN;

/** Minute of all that was counted since the host asked, ms UTC, and how many shapes counted anything. */
export let minute: f64 = NaN;
export let touched: i32 = 0;

let counts: bool = false;
let countsOperations: bool = false;
let since: f64 = NaN;
let until: f64 = NaN;

/** @param mode 0: every record is for the host; 1: records are counted; 2: and operations. @param from and @param to ms UTC. */
export function setCounting(mode: i32, from: f64, to: f64): void {
  counts = mode > 0;
  countsOperations = mode > 1;
  // Seconds since 1970 have 32 bits.
  since = max<f64>(from, 0);
  until = min<f64>(to, 4_294_967_296_000);
}

/** Forgets everything learned and counted; for another source. */
export function forgetRecords(): void {
  forgetTexts();
  forgetStamp();
  forgetCounts();
  counts = false;
}

/** The host has what shapes and levels counted. */
export function forgetCounts(): void {
  for (let i = 0; i < touched; i++) store<i32>(SHAPES + load<i32>(TOUCHED + i * 4) * SHAPE_BYTES, 0);
  memory.fill(LEVEL_COUNTS, 0, 64);
  touched = 0;
  minute = NaN;
}

export function beginBatch(): void {
  verdict = STOPPED;
  operations = 0;
  failures = 0;
  owned = 0;
  earliest = Infinity;
  latest = -Infinity;
}

/** Whether a record of these members is a request. */
// @ts-ignore
@inline
function mayBeRequest(bits: i32): bool {
  // As json-keys.ts has it: a status with a request line, or with a method and a target.
  return (bits & 1) != 0 && ((bits & 2) != 0 || (bits & 12) == 12);
}

/** Whether a message may carry a stamp and a level of its own, as `mayHoldPrefix` has it; or an escape that may be one. */
// @ts-ignore
@inline
function mayHoldPrefix(first: u32): bool {
  return first - 48 < 10 || first == 91 || first == 92;
}

/**
 * Finds out what the record holds and counts it when there is nothing that the host has to see.
 * @param start of the line, @param close end of the object, @param next line. @param quiet nothing on the line was looked for.
 */
export function take(line: i32, close: i32, next: i32, request: i32, quiet: bool): i32 {
  const level = known(LEVEL);
  const form = shape(level);
  const ms = time();
  if (
    counts &&
    quiet &&
    form >= 0 &&
    // NaN is neither.
    ms >= since &&
    ms < until &&
    end(MESSAGE) > start(MESSAGE) &&
    (level > 0 || !mayHoldPrefix(load<u8>(start(MESSAGE)))) &&
    !mayBeRequest(request)
  ) {
    // A minute of which nothing was counted binds nobody.
    if (touched == 0) minute = floor(ms / 60_000) * 60_000;
    else if (ms < minute || ms >= minute + 60_000 || operations >= MOST) {
      verdict = NEXT_BATCH;
      return NEXT_BATCH;
    }
    if (!countsOperations || !isOperation() || operation(ms, level)) {
      count(form, level, ms, ownsOffset);
      return TAKEN;
    }
  }
  describe(line, close, next, request, level, form, ms);
  verdict = FOR_HOST;
  return FOR_HOST;
}

// @ts-ignore
@inline
function isOperation(): bool {
  return (kindOf(ENDPOINT) | kindOf(PARTNER)) != 0 && (kindOf(DURATION) | kindOf(OUTCOME)) != 0;
}

/** Files an operation in the batch. @returns false when it holds what is not known. */
function operation(ms: f64, level: i32): bool {
  const endpoint = known(ENDPOINT);
  const partner = known(PARTNER);
  const outcome = known(OUTCOME);
  if ((endpoint | partner | outcome) < 0 || !duration()) return false;
  let bits = level >= 6 || outcome == 1 ? FAILED : 0;
  let client: u32 = 0;
  if (kindOf(CLIENT) == 0) bits |= NO_CLIENT;
  else if (plainAddress()) client = address;
  else {
    const number = known(CLIENT);
    if (number < 0) return false;
    client = <u32>number;
    bits |= BY_NUMBER;
  }
  if (!isNaN(seconds)) bits |= TIMED;
  failures += bits & FAILED;
  const out = OUT + operations++ * OPERATION;
  store<u32>(out, client);
  store<i32>(out, bits, 4);
  store<i32>(out, endpoint, 8);
  store<i32>(out, partner, 12);
  store<u32>(out, <u32>(ms / 1000), 16);
  store<f32>(out, <f32>seconds, 20);
  return true;
}

/** The same for a record of text, where records are counted. @returns the verdict. */
export function takeText(form: i32, level: i32, ms: f64, own: i32): i32 {
  if (!counts || !(ms >= since && ms < until)) return FOR_HOST;
  if (touched == 0) minute = floor(ms / 60_000) * 60_000;
  else if (ms < minute || ms >= minute + 60_000) return NEXT_BATCH;
  count(form, level, ms, own);
  return TAKEN;
}

function count(form: i32, level: i32, ms: f64, own: i32): void {
  const at = SHAPES + form * SHAPE_BYTES;
  const before = load<i32>(at);
  if (before == 0) {
    store<i32>(TOUCHED + touched++ * 4, form);
    store<f64>(at, ms, 8);
    store<f64>(at, ms, 16);
  } else {
    if (ms < load<f64>(at, 8)) store<f64>(at, ms, 8);
    if (ms > load<f64>(at, 16)) store<f64>(at, ms, 16);
  }
  store<i32>(at, before + 1);
  const counter = LEVEL_COUNTS + level * 4;
  store<i32>(counter, load<i32>(counter) + 1);
  owned += own;
  lastTime = ms;
  if (ms < earliest) earliest = ms;
  if (ms > latest) latest = ms;
}

/** Writes down what the host wants to know of a record. */
function describe(line: i32, close: i32, next: i32, request: i32, level: i32, form: i32, ms: f64): void {
  fact(0, line - BLOCK);
  fact(1, close - BLOCK);
  fact(2, next - BLOCK);
  fact(3, request);
  fact(4, level);
  fact(5, known(ENDPOINT));
  fact(6, known(PARTNER));
  fact(7, known(OUTCOME));
  fact(8, known(CLIENT));
  const plain = plainAddress();
  fact(9, <i32>address);
  fact(10, plain ? 1 : 0);
  fact(14, form);
  fact(15, duration() ? 1 : 0);
  store<f64>(TIME_AT, ms);
  store<f64>(SECONDS_AT, seconds);
  store<i32>(OWNS_AT, ownsOffset);
}
