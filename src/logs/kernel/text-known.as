// What is known of text lines by cheaper hashes than those that found it out: heads by their text with digits blotted out,
// shapes of messages by the words between tokens with digits, and records that hold literals of the lexicon.
import {
  EVENT_KEYS,
  EVENT_KEY_COUNT,
  FORM_COUNT,
  FORMS,
  HEADS_BY_TEXT,
  HEADS_BY_TEXT_COUNT,
} from './layout';
import { breakMask, digitMask } from './texts';

const PRIME: u64 = 0x9fb21c651e98df25;

// @ts-ignore
@inline
function mix(hash: u64, value: u64): u64 {
  const mixed = (hash ^ value) * PRIME;
  return mixed ^ (mixed >> 32);
}

/** Forgets everything; for another source. */
export function forgetKnown(): void {
  forgetHeads();
  memory.fill(FORMS, 0, FORM_COUNT * 16);
  forgetEvents();
}

export function forgetHeads(): void {
  memory.fill(HEADS_BY_TEXT, 0, HEADS_BY_TEXT_COUNT * 16);
  probed = 0;
}

export function forgetEvents(): void {
  memory.fill(EVENT_KEYS, 0, EVENT_KEY_COUNT * 16);
}

/** Bytes at `at` with zeros for digits, but for single ones behind a letter: these are words of their own (`debug2`). */
// @ts-ignore
@inline
function blotted(at: i32, v: v128): v128 {
  const digits = i8x16.lt_u(i8x16.sub(v, i8x16.splat(48)), i8x16.splat(10));
  const before = v128.or(v128.load(at - 1), i8x16.splat(32));
  const letters = i8x16.lt_u(i8x16.sub(before, i8x16.splat(97)), i8x16.splat(26));
  const more = i8x16.lt_u(i8x16.sub(v128.load(at, 1), i8x16.splat(48)), i8x16.splat(10));
  const single = v128.andnot(letters, more);
  return v128.bitselect(i8x16.splat(48), v, v128.andnot(digits, single));
}

/** Tokens at whose end a head is known. */
let probed: u64 = 0;
/** What `headByText` found: where the message and the envelope begin. */
export let messageAt: i32 = 0;
export let envelopeAt: i32 = 0;

/** Hash of the head up to and with the token at hand. */
let textHash: u64 = 0;
let tokenEnd: i32 = 0;

// @ts-ignore
@inline
function beginHead(lead: u64, layout: u64): u64 {
  return mix(mix(0x2545f4914f6cdd1d, lead), layout);
}

// @ts-ignore
@inline
function hashToken(from: i32, end: i32, before: u64): u64 {
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  let hash = before;
  let at = from;
  // Blanks before it.
  while (at < end && (load<u8>(at) == 32 || load<u8>(at) == 9)) hash = mix(hash, <u64>load<u8>(at++));
  while (true) {
    const v = v128.load(at);
    const blanks = v128.or(i8x16.eq(v, i8x16.splat(32)), i8x16.eq(v, i8x16.splat(9)));
    const length = min(min(<i32>ctz(i8x16.bitmask(blanks) | 0x10000), end - at), 16);
    const text = v128.and(blotted(at, v), i8x16.lt_s(places, i8x16.splat(<i8>length)));
    hash = mix(mix(hash, i64x2.extract_lane(text, 0)), i64x2.extract_lane(text, 1));
    at += length;
    if (length < 16) break;
  }
  tokenEnd = at;
  return at >= end ? mix(hash, 0x1ff) : hash;
}

/**
 * The head that begins at `from`, where its text is known, or 0. @param lead what stands before the stamp, @param layout of it.
 */
export function headByText(lead: u64, layout: u64, from: i32, end: i32): i32 {
  let hash = beginHead(lead, layout);
  let at = from;
  let left = probed;
  while (left != 0 && at < end) {
    hash = hashToken(at, end, hash);
    at = tokenEnd;
    if ((left & 1) != 0) {
      const entry = HEADS_BY_TEXT + <i32>((hash >> 40) & (HEADS_BY_TEXT_COUNT - 1)) * 16;
      if (load<u64>(entry) == hash) {
        messageAt = from + <i32>load<u16>(entry, 12);
        envelopeAt = from + <i32>load<u16>(entry, 14);
        return load<i32>(entry, 8);
      }
    }
    left >>= 1;
  }
  return 0;
}

/** Makes the head of `tokens` tokens known by its text. */
export function rememberHead(
  lead: u64,
  layout: u64,
  from: i32,
  end: i32,
  tokens: i32,
  head: i32,
  message: i32,
  envelope: i32,
): void {
  if (envelope < from) return;
  let hash = beginHead(lead, layout);
  let at = from;
  for (let token = 0; token < tokens; token++) {
    hash = hashToken(at, end, hash);
    at = tokenEnd;
  }
  const entry = HEADS_BY_TEXT + <i32>((hash >> 40) & (HEADS_BY_TEXT_COUNT - 1)) * 16;
  store<u64>(entry, hash);
  store<i32>(entry, head, 8);
  store<u16>(entry, <u16>(message - from), 12);
  store<u16>(entry, <u16>(envelope - from), 14);
  probed |= <u64>1 << (<u64>tokens - 1);
}

// @ts-ignore
@inline
export function hashBytes(from: i32, to: i32, before: u64): u64 {
  let hash = mix(before, <u64>(to - from));
  let at = from;
  for (; to - at >= 8; at += 8) hash = mix(hash, load<u64>(at));
  return at < to ? mix(hash, load<u64>(at) & ((<u64>1 << (<u64>(to - at) * 8)) - 1)) : hash;
}

let formEntry: i32 = 0;
let formHash: u64 = 0;

/**
 * Number of the shape of a message of plain bytes where it was met before, else -1: the same texts between tokens with digits
 * are the same shape.
 * @param to end of what of the message counts. @param seed of the level.
 */
export function formByText(from: i32, to: i32, seed: i32): i32 {
  let hash = mix(0x5851f42d4c957f2d, <u64>seed);
  let segment = from;
  let at = from;
  formEntry = 0;
  while (at < to) {
    const v0 = v128.load(at);
    const v1 = v128.load(at, 16);
    const v2 = v128.load(at, 32);
    const v3 = v128.load(at, 48);
    const here = to - at;
    let breaks = breakMask(v0) | (breakMask(v1) << 16) | (breakMask(v2) << 32) | (breakMask(v3) << 48);
    let digits = digitMask(v0) | (digitMask(v1) << 16) | (digitMask(v2) << 32) | (digitMask(v3) << 48);
    let limit = here;
    if (here < 64) {
      const behind = ~<u64>0 << <u64>here;
      breaks |= behind;
      digits &= ~behind;
    } else if (here > 64) {
      // The last token may go on.
      if (breaks == 0) return -1;
      limit = 64 - <i32>clz(breaks);
      if (limit < 64) digits &= ~(~<u64>0 << <u64>limit);
    }
    while (digits != 0) {
      const digit = ctz(digits);
      const before = breaks & ~(~<u64>0 << digit);
      const begin = at + (64 - <i32>clz(before));
      hash = mix(hashBytes(segment, begin, hash), 42);
      const behind = breaks >> digit;
      // Without a break behind it, it ends with the message.
      const stop = behind == 0 ? <u64>limit : digit + ctz(behind);
      segment = at + <i32>stop;
      if (stop >= 64) break;
      digits &= ~<u64>0 << stop;
    }
    at += limit;
  }
  hash = hashBytes(segment, to, hash);
  formHash = hash;
  formEntry = FORMS + <i32>((hash >> 40) & (FORM_COUNT - 1)) * 16;
  return load<u64>(formEntry) == hash ? load<i32>(formEntry, 8) : -1;
}

/** Makes the shape of the message that `formByText` did not know known. */
export function rememberForm(form: i32): void {
  if (formEntry == 0) return;
  store<u64>(formEntry, formHash);
  store<i32>(formEntry, form, 8);
}

/**
 * What is known of a record that holds literals: nothing, that it was met once, that it says nothing; else a number of the
 * host's, a negative one where it is to be looked at each time.
 */
export const UNSEEN: i32 = 0;
export const SEEN: i32 = 1;
export const SILENT: i32 = 2;

let eventEntry: i32 = 0;
let eventHash: u64 = 0;

/** What is known of records with the text bytes[from, end): its first token as it is, digits blotted out behind it. */
export function eventByText(from: i32, end: i32): i32 {
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  let at = from;
  while (at < end && load<u8>(at) == 32) at++;
  while (at < end && load<u8>(at) != 32) at++;
  let hash = mix(hashBytes(from, at, 0x14057b7ef767814f), <u64>(end - at));
  for (; at < end; at += 16) {
    const length = min(end - at, 16);
    const text = v128.and(blotted(at, v128.load(at)), i8x16.lt_s(places, i8x16.splat(<i8>length)));
    hash = mix(mix(hash, i64x2.extract_lane(text, 0)), i64x2.extract_lane(text, 1));
  }
  eventHash = hash;
  eventEntry = EVENT_KEYS + <i32>((hash >> 40) & (EVENT_KEY_COUNT - 1)) * 16;
  if (load<u64>(eventEntry) != hash) return UNSEEN;
  store<i32>(eventEntry, 1, 12);
  return load<i32>(eventEntry, 8);
}

/** None of the record at hand is to be remembered. */
export function forgetEvent(): void {
  eventEntry = 0;
}

/** Remembers what the record at hand says. What was met again since its place was wanted last keeps it. */
export function rememberEvent(value: i32): void {
  if (eventEntry == 0) return;
  if (load<u64>(eventEntry) != eventHash) {
    if (load<i32>(eventEntry, 12) > 0) {
      store<i32>(eventEntry, 0, 12);
      return;
    }
    store<u64>(eventEntry, eventHash);
    store<i32>(eventEntry, 0, 12);
  }
  store<i32>(eventEntry, value, 8);
}
