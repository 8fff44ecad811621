// Counts records that hold nothing new: a known shape of message, known names, a plain time. All others are for the host,
// which tells what it finds out about them (json-lane.ts).
import { BLOCK, LEVEL_COUNTS, OUT, OUT_REQUESTS, SHAPE_BYTES, SHAPES, TOUCHED } from './layout';
import {
  CLIENT,
  DURATION,
  end,
  ENDPOINT,
  fact,
  kindOf,
  LEVEL,
  MERCHANT_AT,
  MESSAGE,
  OUTCOME,
  OWNS_AT,
  PARTNER,
  SECONDS_AT,
  start,
  STRING,
  TIME_AT,
} from './record';
import {
  HAS_ERROR,
  mayBeRequest,
  NO_REQUEST,
  PLAIN,
  plainRequest,
  requestEndpoint,
  requestMerchant,
  requestUpstream,
  status,
} from './request';
import { endpointHigh, endpointLow, path } from './target';
import { forgetTexts, known, knownEndpoint, knownMerchant, jsonShape, OF_OPERATION, shape } from './texts';
import {
  address,
  client,
  clientBits,
  clientOf,
  durationOf,
  forgetStamp,
  ownsOffset,
  plainAddress,
  seconds,
  secondsExact,
  time,
} from './values';

/** What became of a record. */
export const STOPPED: i32 = 0;
export const TAKEN: i32 = 1;
/** It stands in RECORD for the host to look at. */
export const FOR_HOST: i32 = 2;
/** It belongs to the next batch: that of another minute, or there is no room for it. */
export const NEXT_BATCH: i32 = 3;
export let verdict: i32 = 0;

/**
 * An operation or a request of a batch: address, number of the client when known by text, or where its text stands; bits of
 * what it is, with the status from bit 8 up; endpoint; partner, and from bit 16 up the merchant; second since 1970; seconds that it took, a 32-bit float.
 */
export const OPERATION: i32 = 24;
const MOST: i32 = (OUT_REQUESTS - OUT) / OPERATION;
const FAILED: i32 = 1;
const TIMED: i32 = 4;

/** Of the batch: operations, those that failed, requests, those that failed; stamps that named their offset, first, last and latest time. */
export let operations: i32 = 0;
export let failures: i32 = 0;
export let requests: i32 = 0;
export let failedRequests: i32 = 0;
export let owned: i32 = 0;
export let earliest: f64 = NaN;
export let latest: f64 = NaN;
export let lastTime: f64 = NaN;

/** Minute of all that was counted since the host asked, ms UTC, and how many shapes counted anything. */
export let minute: f64 = NaN;
export let touched: i32 = 0;

let counts: bool = false;
let countsOperations: bool = false;
let countsRequests: bool = false;
let since: f64 = NaN;
let until: f64 = NaN;

/** @param mode 0: every record is for the host; 1: records are counted; 2: and operations, 3: and requests. @param from and @param to ms UTC. */
export function setCounting(mode: i32, from: f64, to: f64): void {
  counts = mode > 0;
  countsOperations = mode > 1;
  countsRequests = mode > 2;
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
  requests = 0;
  failedRequests = 0;
  owned = 0;
  earliest = Infinity;
  latest = -Infinity;
}

/** Whether a message may carry a stamp and a level of its own, as `mayHoldPrefix` has it; or an escape that may be one. */
// @ts-ignore
@inline
function mayHoldPrefix(from: i32): bool {
  const first = <u32>load<u8>(from);
  if (first - 48 < 10 || first == 91 || first == 92) return true;
  if (first - 65 >= 26) return false;
  // ERR, and the first four letters of the other severities.
  const word = load<u32>(from);
  return (
    (word & 0xffffff) == 0x525245 ||
    word == 0x4f464e49 ||
    word == 0x4e524157 ||
    word == 0x55424544 ||
    word == 0x41544146 ||
    word == 0x54495243 ||
    word == 0x45564553 ||
    word == 0x43415254 ||
    word == 0x49544f4e
  );
}

/**
 * Finds out what the record holds and counts it when there is nothing that the host has to see.
 * @param start of the line, @param close end of the object, @param next line. @param quiet nothing on the line was looked for.
 */
export function take(line: i32, close: i32, next: i32, request: i32, quiet: bool): i32 {
  // What was asked for of another record, of another file even, is nothing that the host may answer for this one.
  fact(22, 0);
  const ms = time();
  let level = -1;
  let form = -1;
  let asRequest = mayBeRequest(request);
  const counted =
    counts &&
    quiet &&
    // NaN is neither.
    ms >= since &&
    ms < until;
  if (asRequest && counted && countsRequests) {
    const found = plainRequest(request);
    if (found == PLAIN) {
      if (!fits(ms)) return NEXT_BATCH;
      fileRequest(ms);
      return TAKEN;
    }
    asRequest = found != NO_REQUEST;
  }
  if (asRequest && countsRequests) fact(13, 0);
  else {
    level = known(LEVEL);
    form = shapeOf(level, line, close, request);
  }
  if (!asRequest && counted && form >= 0) {
    if (!fits(ms)) return NEXT_BATCH;
    if (!countsOperations || !isOperation() || operation(ms, level)) {
      count(form, level, ms, ownsOffset);
      return TAKEN;
    }
  }
  // Of what is likely a request the endpoint was asked for already.
  fact(5, asRequest ? known(ENDPOINT) : endpointOf());
  describe(line, close, next, request, ms);
  fact(14, form);
  verdict = FOR_HOST;
  return FOR_HOST;
}

/** The shape that the record counts under, or -1. */
function shapeOf(level: i32, line: i32, close: i32, request: i32): i32 {
  const kind = kindOf(MESSAGE);
  const from = start(MESSAGE);
  // A text of an error stands for a message that is missing, else the line does.
  if (kind == 0 || (kind == STRING && end(MESSAGE) == from))
    return (request & HAS_ERROR) != 0 ? shape(-1) : jsonShape(line, close, level);
  const form = shape(level);
  return level > 0 || !mayHoldPrefix(from) ? form : -1;
}

/** Whether a record of this time belongs to the batch, and there is room; else the batch ends. */
function fits(ms: f64): bool {
  // A minute of which nothing was counted binds nobody.
  if (touched == 0 && requests == 0) minute = floor(ms / 60_000) * 60_000;
  else if (ms < minute || ms >= minute + 60_000 || operations >= MOST || requests >= MOST) {
    verdict = NEXT_BATCH;
    return false;
  }
  return true;
}

function widen(ms: f64, own: i32): void {
  owned += own;
  lastTime = ms;
  if (ms < earliest) earliest = ms;
  if (ms > latest) latest = ms;
}

/** Puts the plain request at hand into the batch. */
function fileRequest(ms: f64): void {
  let bits = clientBits | (status << 8);
  if (status >= 500) {
    bits |= FAILED;
    failedRequests++;
  }
  if (!isNaN(seconds)) bits |= TIMED;
  put(OUT_REQUESTS + requests++ * OPERATION, bits, requestEndpoint, requestUpstream | (requestMerchant << 16), ms);
  widen(ms, ownsOffset);
}

// @ts-ignore
@inline
function put(out: i32, bits: i32, endpoint: i32, partner: i32, ms: f64): void {
  store<u32>(out, client);
  store<i32>(out, bits, 4);
  store<i32>(out, endpoint, 8);
  store<i32>(out, partner, 12);
  store<u32>(out, <u32>(ms / 1000), 16);
  store<f32>(out, <f32>seconds, 20);
}

// @ts-ignore
@inline
function isOperation(): bool {
  return (kindOf(ENDPOINT) | kindOf(PARTNER)) != 0 && (kindOf(DURATION) | kindOf(OUTCOME)) != 0;
}

/** Number of the operation's endpoint, -1 when it is not known. */
function endpointOf(): i32 {
  fact(22, 0);
  const number = known(ENDPOINT);
  const from = start(ENDPOINT);
  if (number >= 0 || kindOf(ENDPOINT) != STRING || load<u8>(from) != 47) return number;
  // Paths are counted by their endpoint, of which there are fewer.
  const mark = path(from);
  if (mark == 0 || (mark != end(ENDPOINT) && load<u8>(mark) != 63)) return -1;
  for (let at = from; at < mark; at++) if (load<u8>(at) == 35) return -1;
  return knownEndpoint(endpointHigh, endpointLow, OF_OPERATION);
}

/** Files an operation in the batch. @returns false when it holds what is not known. */
function operation(ms: f64, level: i32): bool {
  const endpoint = endpointOf();
  const partner = known(PARTNER);
  const outcome = known(OUTCOME);
  const merchant = knownMerchant();
  if ((endpoint | partner | outcome | merchant) < 0 || !durationOf(DURATION, false) || !clientOf(CLIENT)) return false;
  let bits = clientBits;
  if (level >= 6 || outcome == 1) bits |= FAILED;
  if (!isNaN(seconds)) bits |= TIMED;
  failures += bits & FAILED;
  put(OUT + operations++ * OPERATION, bits, endpoint, partner | (merchant << 16), ms);
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
  widen(ms, own);
}

/** Writes down what the host wants to know of a record besides its endpoint and shape. */
function describe(line: i32, close: i32, next: i32, request: i32, ms: f64): void {
  fact(0, line - BLOCK);
  fact(1, close - BLOCK);
  fact(2, next - BLOCK);
  fact(3, request);
  fact(4, known(LEVEL));
  fact(6, known(PARTNER));
  fact(7, known(OUTCOME));
  fact(8, known(CLIENT));
  store<i32>(MERCHANT_AT, knownMerchant());
  fact(10, plainAddress(CLIENT) ? 1 : 0);
  fact(9, <i32>address);
  fact(15, durationOf(DURATION, false) && secondsExact ? 1 : 0);
  store<f64>(TIME_AT, ms);
  store<f64>(SECONDS_AT, seconds);
  store<i32>(OWNS_AT, ownsOffset);
}
