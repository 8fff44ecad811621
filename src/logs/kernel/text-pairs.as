// Messages of pairs as Go programs write them (`level=info msg="x y" n=1`), behind the head of a text line: which of them are
// the level and the message is found out by the host, once for each sequence of names.
import { BLOCK, PAIR_LEVEL_COUNT, PAIR_LEVELS, PAIR_PLAN_COUNT, PAIR_PLANS, PAIR_SPANS } from './layout';
import { hashBytes } from './text-known';

/** A line of more pairs, or with a longer message, is for the general reader. */
const MOST_PAIRS: i32 = 30;
const VALUE_CAP: i32 = 1000;

/** Whose meaning is not known: that of the names, or of the level's text. */
const NAMES: i32 = 1;
const LEVEL: i32 = 2;
/** The same of the level before a message that stands on a line of its own. */
const WORD: i32 = 3;
/** Places in a plan: there is none; the names cannot be told by their places. */
const NONE: i32 = 255;
const UNPLANNED: i32 = 254;

/** Level of the pairs that were read, 0 for none; where their message stands. */
export let pairLevel: i32 = 0;
export let pairsFrom: i32 = 0;
export let pairsEnd: i32 = 0;

let plan: i32 = 0;
let planHash: u64 = 0;
let levelEntry: i32 = 0;
let levelHash: u64 = 0;
/** How many pairs there were, and the place of the level among them; the host asks. */
export let pairCount: i32 = 0;
export let levelFrom: i32 = 0;
export let levelEnd: i32 = 0;

export function forgetPairs(): void {
  memory.fill(PAIR_PLANS, 0, PAIR_PLAN_COUNT * 16);
  memory.fill(PAIR_LEVELS, 0, PAIR_LEVEL_COUNT * 16);
}

// @ts-ignore
@inline
function ofName(byte: u32): bool {
  return (byte | 32) - 97 < 26 || byte - 48 < 10 || byte == 95 || byte == 45 || byte == 46 || byte == 64;
}

/** What ends a value without quotes early, or makes it one of another kind: " & ) , ; ] { | and backslashes. */
// @ts-ignore
@inline
function ofNoValue(byte: u32): bool {
  return byte == 34 || byte == 38 || byte == 41 || byte == 44 || byte == 59 || byte == 92 || byte == 93 || byte == 123 || byte == 124;
}

/**
 * Reads the pairs bytes[from, end), all of them printable ASCII.
 * @returns 0 when level and message are known, what is not known, or -1 when they are for the general reader.
 */
export function readPairs(from: i32, end: i32): i32 {
  let hash: u64 = 0x27d4eb2f165667c5;
  let at = from;
  let count = 0;
  while (at < end) {
    if (count == MOST_PAIRS) return -1;
    const name = at;
    while (ofName(load<u8>(at))) at++;
    if (at == name || at - name > 60 || load<u8>(at) != 61) return -1;
    hash = hashBytes(name, at, hash);
    let start = ++at;
    if (load<u8>(at) == 34) {
      start = ++at;
      while (at < end && load<u8>(at) != 34 && load<u8>(at) != 92) at++;
      if (at >= end || load<u8>(at) != 34) return -1;
      at++;
    } else while (at < end && load<u8>(at) != 32) if (ofNoValue(load<u8>(at++))) return -1;
    const stop = load<u8>(start - 1) == 34 ? at - 1 : at;
    store<i32>(PAIR_SPANS + count * 8, start);
    store<i32>(PAIR_SPANS + count * 8, stop, 4);
    // What begins pairs is a word.
    if (count++ == 0) {
      if (stop == start) return -1;
      for (let i = start; i < stop; i++) if (load<u8>(i) == 32) return -1;
    }
    if (at < end && load<u8>(at) != 32) return -1;
    while (at < end && load<u8>(at) == 32) at++;
  }
  if (count < 2) return -1;
  pairCount = count;
  planHash = hash | 1;
  plan = PAIR_PLANS + <i32>((planHash >> 40) & (PAIR_PLAN_COUNT - 1)) * 16;
  if (load<u64>(plan) != planHash) return NAMES;
  const levelAt = <i32>load<u8>(plan, 8);
  const messageAt = <i32>load<u8>(plan, 9);
  if (levelAt == UNPLANNED) return -1;
  pairLevel = 0;
  if (levelAt != NONE) {
    levelFrom = load<i32>(PAIR_SPANS + levelAt * 8);
    levelEnd = load<i32>(PAIR_SPANS + levelAt * 8, 4);
    levelHash = hashBytes(levelFrom, levelEnd, 0x165667b19e3779f9);
    levelEntry = PAIR_LEVELS + <i32>((levelHash >> 40) & (PAIR_LEVEL_COUNT - 1)) * 16;
    if (load<u64>(levelEntry) != levelHash) return LEVEL;
    pairLevel = load<i32>(levelEntry, 8);
  }
  pairsFrom = from;
  pairsEnd = end;
  if (messageAt == NONE) return 0;
  const start = load<i32>(PAIR_SPANS + messageAt * 8);
  const stop = load<i32>(PAIR_SPANS + messageAt * 8, 4);
  if (stop - start > VALUE_CAP) return -1;
  // The whole stands for a message that is empty.
  if (stop > start) {
    pairsFrom = start;
    pairsEnd = stop;
  }
  return 0;
}

/** A level is a word of so many bytes at most, a colon and a blank. */
const LEVEL_CAP: i32 = 24;

/**
 * Reads the line bytes[from, end) behind a header without a message: `INFO: message`. @returns as `readPairs` does.
 */
export function readAwaited(from: i32, end: i32): i32 {
  pairsFrom = from;
  pairsEnd = end;
  pairLevel = 0;
  let colon = from;
  while (colon < end && load<u16>(colon) != 0x203a) {
    // Bytes of a letter are not counted one by one.
    if (load<u8>(colon) > 126 || colon - from > LEVEL_CAP) break;
    colon++;
  }
  if (colon >= end || load<u16>(colon) != 0x203a) return colon < end && load<u8>(colon) > 126 ? -1 : 0;
  if (colon == from || colon - from >= LEVEL_CAP) return 0;
  levelFrom = from;
  levelEnd = colon;
  levelHash = hashBytes(from, colon, 0x0a0761d6478bd642);
  levelEntry = PAIR_LEVELS + <i32>((levelHash >> 40) & (PAIR_LEVEL_COUNT - 1)) * 16;
  if (load<u64>(levelEntry) != levelHash) return WORD;
  pairLevel = load<i32>(levelEntry, 8);
  if (pairLevel > 0) pairsFrom = colon + 2;
  return 0;
}

/** Remembers which of the pairs read last are level and message, by their places. */
export function rememberPairs(levelAt: i32, messageAt: i32): void {
  store<u64>(plan, planHash);
  store<u8>(plan, <u8>levelAt, 8);
  store<u8>(plan, <u8>messageAt, 9);
}

/** Remembers what the level of the pairs read last means. @param seed 0 for none. */
export function rememberPairLevel(seed: i32): void {
  store<u64>(levelEntry, levelHash);
  store<i32>(levelEntry, seed, 8);
}

/** Where the text of the level stands whose meaning is not known. */
export function unknownLevelFrom(): i32 {
  return levelFrom - BLOCK;
}
export function unknownLevelEnd(): i32 {
  return levelEnd - BLOCK;
}
