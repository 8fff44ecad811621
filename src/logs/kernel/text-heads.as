// Heads of text lines: what stands between stamp and message, known by a hash of its tokens in which digits count by number.
import { BLOCK, HEAD_SLOTS, HEADS, MOST_HEADS, TOKENS } from './layout';
import { forgetHeads } from './text-known';

const MOST_TOKENS: i32 = 40;
/** Bytes of a head and of one of its tokens; longer ones are for the general reader, whose expressions have bounds. */
export const HEAD_CAP: i32 = 150;
const TOKEN_CAP: i32 = 100;

let heads: i32 = 0;

/** Forgets everything; for another source. */
export function forgetAllHeads(): void {
  memory.fill(HEADS, 0, HEAD_SLOTS * 16);
  heads = 0;
}

// @ts-ignore
@inline
function digit(at: i32): bool {
  return <u32>load<u8>(at) - 48 < 10;
}

// @ts-ignore
@inline
function mix(hash: u64, value: u64): u64 {
  const mixed = (hash ^ value) * 0x9fb21c651e98df25;
  return mixed ^ (mixed >> 29);
}

let tokenEnd: i32 = 0;

/**
 * Hashes a token: letters and marks as they are, runs with digits by their leading letters and what kind of run it is.
 * That is all that the general reader's expressions ask of a head, but for single digits behind letters (`debug2`, `LOG5`).
 */
function token(from: i32, end: i32, before: u64): u64 {
  let hash = before;
  let at = from;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte == 32 || byte == 9) break;
    if (byte - 48 >= 10) {
      hash = mix(hash, <u64>byte);
      at++;
      if ((byte | 32) - 97 >= 26) continue;
      // The rest of its letters.
      while (at < end && (<u32>load<u8>(at) | 32) - 97 < 26) hash = mix(hash, <u64>load<u8>(at++));
      if (at >= end || !digit(at)) continue;
      hash = run(at, end, hash, true);
    } else hash = run(at, end, hash, false);
    at = runEnd;
  }
  tokenEnd = at;
  return hash;
}

let runEnd: i32 = 0;

/** Hashes what follows from the first digit of a run of letters and digits on. */
function run(from: i32, end: i32, before: u64, lettered: bool): u64 {
  let at = from;
  while (at < end && digit(at)) at++;
  const digits = at - from;
  let letters = 0;
  let hexadecimal = true;
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte - 48 < 10) continue;
    if ((byte | 32) - 97 >= 26) break;
    letters++;
    if (byte - 97 >= 6) hexadecimal = false;
  }
  runEnd = at;
  const length = at - from;
  if (letters == 0) {
    if (lettered && digits == 1) return mix(before, 0x400 + <u64>load<u8>(from));
    return mix(before, 0x200 + <u64>min(digits, 15));
  }
  // Parts of a stamp: 12T20 and 123Z.
  if (length == 5 && digits == 2 && load<u8>(from, 2) == 84 && digit(from + 3) && digit(from + 4)) return mix(before, 0x300);
  if (letters == 1 && digits == length - 1 && load<u8>(at - 1) == 90) return mix(before, 0x310 + <u64>min(digits, 15));
  return mix(before, hexadecimal ? 0x301 : 0x302);
}

/** Hash of what stands before the stamp, and of the stamp's layout. */
function beginning(lead: u64, layout: u64): u64 {
  return mix(mix(0x9e3779b97f4a7c15, layout), lead);
}

// @ts-ignore
@inline
function slotOf(hash: u64): i32 {
  let slot = <u32>(hash >> 40) & (HEAD_SLOTS - 1);
  while (true) {
    const at = HEADS + <i32>slot * 16;
    const found = load<u64>(at);
    if (found == hash || found == 0) return at;
    slot = (slot + 1) & (HEAD_SLOTS - 1);
  }
  return 0;
}

/** Tokens of the head that `headOf` found. */
export let headTokens: i32 = 0;

/** Place of the head that begins behind the stamp, where it is known, or 0. */
export function headOf(lead: u64, layout: u64, from: i32, end: i32): i32 {
  let hash = beginning(lead, layout);
  let at = from;
  for (let index = 0; index < MOST_TOKENS; index++) {
    for (; at < end && (load<u8>(at) == 32 || load<u8>(at) == 9); at++) hash = mix(hash, <u64>load<u8>(at));
    store<i32>(TOKENS + index * 4, at);
    const begin = at;
    hash = token(at, end, hash);
    at = tokenEnd;
    if (at - begin > TOKEN_CAP) return 0;
    if (at >= end) hash = mix(hash, 0x1ff);
    const slot = slotOf(hash);
    if (load<u64>(slot) == hash) {
      headTokens = index + 1;
      return slot;
    }
    if (at >= end || at - from > HEAD_CAP * 2) return 0;
  }
  return 0;
}

/** Bits of a head: its message is taken as it stands, whatever it looks like; it is pairs; it stands on the next line. */
export const FIXED: i32 = 1;
export const PAIRS: i32 = 2;
export const AWAITS: i32 = 4;

/**
 * Files the head of a line whose stamp ends, with its fraction, before `core`. @param lead what stands before the stamp.
 * @param envelope where begins what the general reader asks whether it is a line of another kind. @param message where the
 * message begins. @param reach the outcome depends on nothing behind it. @param level seed of the level. @param suffix length
 * of what of the stamp stands behind `core`. @returns whether the head can be known by its tokens.
 */
export function fileHeadOf(
  lead: u64,
  layout: u64,
  core: i32,
  end: i32,
  envelope: i32,
  message: i32,
  reach: i32,
  level: i32,
  suffix: i32,
  bits: i32,
): bool {
  if (heads >= MOST_HEADS || message - core > HEAD_CAP) return false;
  const to = end + BLOCK;
  const from = core + BLOCK;
  let hash = beginning(lead, layout);
  let at = from;
  let messageToken = -1;
  let envelopeToken = -1;
  let back = 0;
  for (let index = 0; index < MOST_TOKENS; index++) {
    for (; at < to && (load<u8>(at) == 32 || load<u8>(at) == 9); at++) hash = mix(hash, <u64>load<u8>(at));
    if (at == message + BLOCK) messageToken = index;
    // The blanks before a token are part of what is known.
    if (envelopeToken < 0 && at >= envelope + BLOCK) {
      envelopeToken = index;
      back = at - envelope - BLOCK;
    }
    const begin = at;
    hash = token(at, to, hash);
    at = tokenEnd;
    if (at - begin > TOKEN_CAP) return false;
    if (at >= to) hash = mix(hash, 0x1ff);
    // Nothing of the line is the message.
    if ((bits & AWAITS) != 0 && at >= to) {
      messageToken = 0;
      envelopeToken = 0;
    }
    if (messageToken >= 0 && (at >= reach + BLOCK || at >= to)) {
      if (envelopeToken < 0 || back > 200) return false;
      const slot = slotOf(hash);
      if (load<u64>(slot) == 0) heads++;
      else forgetHeads();
      store<u64>(slot, hash);
      store<i32>(slot, messageToken | (level << 8) | (suffix << 16) | (bits << 24), 8);
      store<i32>(slot, envelopeToken | (back << 8), 12);
      return true;
    }
    if (at >= to) return false;
  }
  return false;
}

