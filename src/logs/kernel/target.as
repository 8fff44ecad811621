// Request targets: their endpoint, and whether they, a referer or a user agent may belong to an attack.
import { KINDS, ODD_ESCAPES, TEXT_ROOM, TEXT_SLOTS, TEXTS } from './layout';
import { fitsBeside, mayBelong } from './sweep';

/** Where the tables of the signatures' literals lie; 0 when none are looked for. */
export let signatureBits: i32 = 0;
let signatureTags: i32 = 0;
let signatureNeighbours: i32 = 0;
export function lookForSignatures(bits: i32, tags: i32, neighbours: i32): void {
  signatureBits = bits;
  signatureTags = tags;
  signatureNeighbours = neighbours;
}

/** Whether a word of these bytes may belong to a literal, see sweep.as; of short literals, one byte of it may lie outside. */
export function holdsWord(from: i32, to: i32): bool {
  for (let at = (from + 2) & ~3; at < to - 2; at += 4)
    if (mayBelong(signatureBits, signatureTags, load<u32>(at)) && fitsBeside(signatureNeighbours, at)) return true;
  return false;
}

/**
 * The same for a referer or user agent, of which few are new: those without such a word are remembered. The slot is chosen
 * by all bytes and the text is compared with the one that lies there.
 */
export function textHoldsWord(from: i32, to: i32): bool {
  const length = to - from;
  if (length < 16 || length > TEXT_ROOM - 16) return holdsWord(from, to);
  const last = to - 16;
  let sum = v128.load(last);
  for (let at = from; at < last; at += 16)
    sum = i32x4.add(v128.or(i32x4.shl(sum, 5), i32x4.shr_u(sum, 27)), v128.load(at));
  const mixed = (<u64>i64x2.extract_lane(sum, 0) ^ ((<u64>i64x2.extract_lane(sum, 1)) * 0x9e3779b97f4a7c15)) * 0xff51afd7ed558ccd;
  const slot = TEXTS + <i32>((mixed >>> 40) % TEXT_SLOTS) * TEXT_ROOM;
  if (load<i32>(slot) == length) {
    let unlike = v128.xor(v128.load(last), v128.load(slot + length));
    for (let at = 0; at < length - 16; at += 16)
      unlike = v128.or(unlike, v128.xor(v128.load(from + at), v128.load(slot + 16 + at)));
    if (!v128.any_true(unlike)) return false;
  }
  if (holdsWord(from, to)) return true;
  store<i32>(slot, length);
  memory.copy(slot + 16, from, length);
  return false;
}

// @ts-ignore
@inline
function kindOf(at: i32): u32 {
  return <u32>load<u8>(KINDS + <i32>load<u8>(at));
}

function hexOf(byte: u32): u32 {
  if (byte - 48 < 10) return byte - 48;
  const letter = (byte | 32) - 97;
  return letter < 6 ? letter + 10 : 16;
}

/** Whether a byte of a kind that may be odd is, where it stands. */
function isOdd(at: i32, kind: u32): i32 {
  if (kind == 3) return 1;
  if (kind == 5) return <i32>(load<u8>(at, 1) == 46 || load<u8>(at - 1) == 47);
  const high = hexOf(load<u8>(at, 1));
  const low = hexOf(load<u8>(at, 2));
  return high > 15 || low > 15 ? 1 : <i32>load<u8>(ODD_ESCAPES + <i32>(high * 16 + low));
}

/** Set when the target read last holds something that asks for a closer look. */
export let odd: i32 = 0;
/** The endpoint of the path read last. */
export let endpointHigh: u32 = 0;
export let endpointLow: u32 = 0;

/**
 * Reads the path from its slash on and hashes its endpoint as `endpointOf` has it: parts with digits and very long ones
 * become a star. The steps are those of `mixHigh` and `mixLow`. @returns index of the question mark or blank behind it, or
 * of a byte that no plain path holds; 0 for a path of too many parts.
 */
export function path(start: i32): i32 {
  odd = 0;
  noQuery();
  let high: u32 = (0x811c9dc5 ^ 47) * 16777619;
  let low: u32 = (0x050c5d1f + 47) * 0x9e3779b1;
  let partHigh = high;
  let partLow = low;
  let partStart = start + 1;
  let digits = 0;
  let parts = 1;
  for (let at = start + 1; true; at++) {
    const byte = <u32>load<u8>(at);
    const kind = <u32>load<u8>(KINDS + <i32>byte);
    if (kind == 1) digits++;
    else if (kind == 2 || kind >= 6) {
      const length = at - partStart;
      const version = length <= 3 && load<u8>(partStart) == 118 && digits == length - 1;
      if (length > 40 || (digits > 0 && !version)) {
        high = (partHigh ^ 42) * 16777619;
        low = (partLow + 42) * 0x9e3779b1;
      }
      if (kind != 2) {
        endpointHigh = high;
        endpointLow = low;
        return at;
      }
      // `endpointOf` keeps eleven parts.
      if (++parts > 11) return 0;
      partStart = at + 1;
      digits = 0;
      high = (high ^ 47) * 16777619;
      low = (low + 47) * 0x9e3779b1;
      partHigh = high;
      partLow = low;
      continue;
    } else if (kind != 0) odd |= isOdd(at, kind);
    high = (high ^ byte) * 16777619;
    low = (low + byte) * 0x9e3779b1;
  }
  return 0;
}

/** The first argument of the query read last whose name begins with an `m`, 0 for none; and where the query ends. */
let mayName: i32 = 0;
let queryStop: i32 = 0;

/** Forgets the query of another request. */
export function noQuery(): void {
  mayName = 0;
}

/** @returns index of the blank behind the query, or of a byte that no plain one holds. */
export function query(start: i32): i32 {
  mayName = (load<u8>(start) | 32) == 109 ? start : 0;
  for (let at = start; true; at++) {
    // &m
    if ((load<u16>(at) | 0x2000) == 0x6d26 && mayName == 0) mayName = at + 1;
    const kind = kindOf(at);
    if (kind <= 2 || kind == 6) continue;
    if (kind >= 7) {
      queryStop = at;
      return at;
    }
    odd |= isOdd(at, kind);
  }
  return 0;
}

/** The merchant that `namedMerchant` found. */
export let merchantFrom: i32 = 0;
export let merchantTo: i32 = 0;

/** Whether the query read last names a merchant, as `merchantInQuery` has it. */
export function namedMerchant(): bool {
  let at = mayName;
  if (at == 0) return false;
  while (at < queryStop) {
    const value = behindMerchantKey(at);
    if (value != 0 && value < queryStop && isAlphanumeric(load<u8>(value))) {
      let to = value + 1;
      while (to < queryStop && isUnreserved(load<u8>(to))) to++;
      if (to - value <= 64 && (to == queryStop || load<u8>(to) == 38)) {
        merchantFrom = value;
        merchantTo = to;
        return true;
      }
    }
    while (at < queryStop && load<u8>(at) != 38) at++;
    at++;
  }
  return false;
}

function isAlphanumeric(byte: u32): bool {
  return byte - 48 < 10 || (byte | 32) - 97 < 26;
}

/** RFC 3986, section 2.3. */
function isUnreserved(byte: u32): bool {
  return isAlphanumeric(byte) || byte == 45 || byte == 46 || byte == 95 || byte == 126;
}

/** Index behind the equals sign of `merchant_id=`, `mchId=` and the like, in letters of either case; 0 for another name. */
function behindMerchantKey(at: i32): i32 {
  let rest: i32;
  // merchant
  if ((load<u64>(at) | 0x2020202020202020) == 0x746e61686372656d) {
    rest = at + 8;
    if (load<u8>(rest) == 61) return rest + 1;
  } else {
    // mch, mer
    const three = (load<u32>(at) | 0x202020) & 0xffffff;
    if (three != 0x68636d && three != 0x72656d) return 0;
    rest = at + 3;
  }
  const short = rest == at + 3;
  if (load<u8>(rest) == 95) rest++;
  const word = load<u64>(rest) | 0x0020202020202020;
  // id, no, code, account
  const two = <u32>word & 0xffff;
  if (two == 0x6469 && load<u8>(rest, 2) == 61) return rest + 3;
  if (short) return 0;
  if (two == 0x6f6e && load<u8>(rest, 2) == 61) return rest + 3;
  if (<u32>word == 0x65646f63 && load<u8>(rest, 4) == 61) return rest + 5;
  return word == 0x3d746e756f636361 ? rest + 8 : 0;
}
