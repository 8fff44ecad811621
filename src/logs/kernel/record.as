// A JSON record as it was read: where the values of the members that matter stand, and what was found out about them.
import { RECORD, SLOT_RANKS } from './layout';

/** How a value was written: as json-rows.ts has it. */
export const STRING: i32 = 1;
export const ODD_STRING: i32 = 2;
export const INTEGER: i32 = 3;
export const OTHER: i32 = 4;
/** Only in outlines: an INTEGER with a sign before it, and an array. */
export const NEGATIVE: i32 = 5;
export const ARRAY: i32 = 6;

/** Slots of values, as json-keys.ts numbers them. */
export const TIME: i32 = 0;
export const LEVEL: i32 = 1;
export const MESSAGE: i32 = 2;
export const CLIENT: i32 = 5;
export const ENDPOINT: i32 = 6;
export const PARTNER: i32 = 7;
export const DURATION: i32 = 8;
export const OUTCOME: i32 = 9;
export const STATUS: i32 = 10;
export const REQUEST_LINE: i32 = 11;
export const METHOD: i32 = 12;
export const TARGET: i32 = 13;
export const QUERY: i32 = 14;
export const ACCESS_CLIENT: i32 = 15;
export const REFERER: i32 = 17;
export const USER_AGENT: i32 = 18;
export const REQUEST_TIME: i32 = 20;
export const UPSTREAM: i32 = 24;
export const TERMINATION: i32 = 26;
/** Of requests and operations alike. */
export const MERCHANT: i32 = 27;

/** A record: 32 bytes of kinds by slot; three words a slot: where its value starts and ends, without quotes, and its member. */
export const SPANS: i32 = RECORD + 32;
/**
 * Then words: start of the line, end of the object, next line, bits of what makes a request; what is known of level,
 * endpoint, partner, outcome and client, -1 for nothing; the client's IPv4 address and whether it is one; halves of the
 * message's shape, whether it has one, its number or -1; whether the duration is known. Then ms UTC, NaN when the host must
 * read it, the duration in seconds, NaN for none; halves of the hash of an endpoint, and whether there is one; whether the
 * stamp names its offset.
 */
export const FACTS: i32 = RECORD + 416;
/** What is known of the merchant, in the room of the last slot, which is none. */
export const MERCHANT_AT: i32 = RECORD + 412;
export const TIME_AT: i32 = RECORD + 480;
export const SECONDS_AT: i32 = RECORD + 488;
export const OWNS_AT: i32 = RECORD + 508;

// @ts-ignore
@inline
export function clearRecord(): void {
  v128.store(RECORD, i64x2.splat(0));
  v128.store(RECORD, i64x2.splat(0), 16);
  v128.store(SLOT_RANKS, i64x2.splat(-1));
  v128.store(SLOT_RANKS, i64x2.splat(-1), 16);
}

// @ts-ignore
@inline
export function kindOf(slot: i32): i32 {
  return <i32>load<u8>(RECORD + slot);
}
// @ts-ignore
@inline
export function start(slot: i32): i32 {
  return load<i32>(SPANS + slot * 12);
}
// @ts-ignore
@inline
export function end(slot: i32): i32 {
  return load<i32>(SPANS + slot * 12, 4);
}
// @ts-ignore
@inline
export function fact(index: i32, value: i32): void {
  store<i32>(FACTS + index * 4, value);
}
