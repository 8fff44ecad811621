// Finds what deserves a look in a block of lines: words of literals, and what may be card numbers.
import { BLOCK, ISSUERS, OUT, OUT_ROOM, stopAt } from './layout';

const MOST: i32 = OUT_ROOM / 4;
/** A longer run may be a raw ISO 8583 message: length, number and what follows it up to the trace number. */
const LONGEST: i32 = 48;

/** Whether a word may belong to a literal. @param bits and @param tags by the first bits of its hash. */
// @ts-ignore
@inline
export function mayBelong(bits: i32, tags: i32, word: u32): bool {
  const mixed = (word | 0x20202020) * 0x9e3779b1;
  if ((((<u32>load<u8>(bits + (mixed >>> 17))) >>> ((mixed >>> 14) & 7)) & 1) == 0) return false;
  const tag = <u32>load<u8>(tags + (mixed >>> 15));
  return tag == ((mixed & 0x7f) | 0x80) || tag == 1;
}

/** As in literal-search.ts. */
// @ts-ignore
@inline
function isMarked(neighbours: i32, word: u32, beside: u32, kind: u32): bool {
  const bit = ((word * 0x9e3779b1) ^ ((beside + kind) * 0x85ebca6b)) * 0xc2b2ae35 >>> 12;
  return ((<u32>load<u8>(neighbours + <i32>(bit >>> 3)) >>> (bit & 7)) & 1) != 0;
}

/** Whether what stands beside a word that may belong to a literal does so, too. */
export function fitsBeside(neighbours: i32, at: i32): bool {
  const word = load<u32>(at) | 0x20202020;
  const behind = load<u32>(at, 4) | 0x20202020;
  if (isMarked(neighbours, word, behind, 1) || isMarked(neighbours, word, behind & 0xffff, 2)) return true;
  const before = load<u32>(at - 4) | 0x20202020;
  return (
    isMarked(neighbours, word, before, 3) ||
    isMarked(neighbours, word, before >>> 16, 4) ||
    isMarked(neighbours, word, 0, 5)
  );
}

/**
 * Writes the places of words that may belong to a literal to OUT, in order; see src/logs/lexicon/literal-search.ts.
 * @param bits and @param tags of the words that stand at multiples of four. @param neighbours what stands beside them. @returns how many; `stoppedAt` is `end` when all
 * was looked at.
 */
export function literals(bits: i32, tags: i32, neighbours: i32, from: i32, end: i32): i32 {
  const stop = BLOCK + end;
  let at = BLOCK + from;
  let out = OUT;
  const last = OUT + (MOST - 1) * 4;
  while (at < stop && out <= last) {
    if (mayBelong(bits, tags, load<u32>(at)) && fitsBeside(neighbours, at)) {
      store<i32>(out, at - BLOCK);
      out += 4;
    }
    at += 4;
  }
  stopAt(at >= stop ? end : at - BLOCK);
  return (out - OUT) >>> 2;
}

/** The same for words at every second byte, where there are many short literals. */
export function literalsAndBetween(tags: i32, between: i32, from: i32, end: i32): i32 {
  const stop = BLOCK + end;
  let at = BLOCK + from;
  let out = OUT;
  const last = OUT + (MOST - 2) * 4;
  while (at < stop && out <= last) {
    const mixed = (load<u32>(at) | 0x20202020) * 0x9e3779b1;
    const tag = <u32>load<u8>(tags + (mixed >>> 15));
    const mixed2 = (load<u32>(at, 2) | 0x20202020) * 0x9e3779b1;
    const tag2 = <u32>load<u8>(between + (mixed2 >>> 15));
    if (tag != 0 && (tag == ((mixed & 0x7f) | 0x80) || tag == 1)) {
      store<i32>(out, at - BLOCK);
      out += 4;
    }
    if (tag2 != 0 && (tag2 == ((mixed2 & 0x7f) | 0x80) || tag2 == 1)) {
      store<i32>(out, at + 2 - BLOCK);
      out += 4;
    }
    at += 4;
  }
  stopAt(at >= stop ? end : at - BLOCK);
  return (out - OUT) >>> 2;
}

/** Writes the places at which the first three bytes of a short literal stand, letters of either case. @param table in SHORTS. */
export function shorts(table: i32, from: i32, end: i32): i32 {
  const stop = BLOCK + end;
  let at = BLOCK + from;
  let out = OUT;
  const last = OUT + (MOST - 16) * 4;
  const fold = i8x16.splat(32);
  // Read once: nothing is moved out of the loop by itself.
  const x0 = v128.load_splat<u8>(table + 0);
  const y0 = v128.load_splat<u8>(table + 1);
  const z0 = v128.load_splat<u8>(table + 2);
  const x1 = v128.load_splat<u8>(table + 3);
  const y1 = v128.load_splat<u8>(table + 4);
  const z1 = v128.load_splat<u8>(table + 5);
  const x2 = v128.load_splat<u8>(table + 6);
  const y2 = v128.load_splat<u8>(table + 7);
  const z2 = v128.load_splat<u8>(table + 8);
  const x3 = v128.load_splat<u8>(table + 9);
  const y3 = v128.load_splat<u8>(table + 10);
  const z3 = v128.load_splat<u8>(table + 11);
  const x4 = v128.load_splat<u8>(table + 12);
  const y4 = v128.load_splat<u8>(table + 13);
  const z4 = v128.load_splat<u8>(table + 14);
  const x5 = v128.load_splat<u8>(table + 15);
  const y5 = v128.load_splat<u8>(table + 16);
  const z5 = v128.load_splat<u8>(table + 17);
  while (at < stop && out <= last) {
    const a = v128.or(v128.load(at), fold);
    const b = v128.or(v128.load(at, 1), fold);
    const c = v128.or(v128.load(at, 2), fold);
    let some = v128.and(v128.and(i8x16.eq(a, x0), i8x16.eq(b, y0)), i8x16.eq(c, z0));
    some = v128.or(some, v128.and(v128.and(i8x16.eq(a, x1), i8x16.eq(b, y1)), i8x16.eq(c, z1)));
    some = v128.or(some, v128.and(v128.and(i8x16.eq(a, x2), i8x16.eq(b, y2)), i8x16.eq(c, z2)));
    some = v128.or(some, v128.and(v128.and(i8x16.eq(a, x3), i8x16.eq(b, y3)), i8x16.eq(c, z3)));
    some = v128.or(some, v128.and(v128.and(i8x16.eq(a, x4), i8x16.eq(b, y4)), i8x16.eq(c, z4)));
    some = v128.or(some, v128.and(v128.and(i8x16.eq(a, x5), i8x16.eq(b, y5)), i8x16.eq(c, z5)));
    if (v128.any_true(some)) {
      let places = i8x16.bitmask(some);
      while (places != 0) {
        store<i32>(out, at + ctz(places) - BLOCK);
        out += 4;
        places &= places - 1;
      }
    }
    at += 16;
  }
  stopAt(at >= stop ? end : at - BLOCK);
  return (out - OUT) >>> 2;
}

// @ts-ignore
@inline
function digitMask(v: v128): u64 {
  return <u64>i8x16.bitmask(i8x16.lt_u(i8x16.sub(v, i8x16.splat(48)), i8x16.splat(10)));
}

/** M, N and O, with which base64 of digits begins. */
// @ts-ignore
@inline
function base64Mask(v: v128): u64 {
  return <u64>i8x16.bitmask(i8x16.lt_u(i8x16.sub(v, i8x16.splat(77)), i8x16.splat(3)));
}

/** D, T, j and z, which follow them. */
// @ts-ignore
@inline
function base64NextMask(v: v128): u64 {
  const folded = v128.and(v, i8x16.splat(<i8>0xef));
  return <u64>i8x16.bitmask(v128.or(i8x16.eq(folded, i8x16.splat(0x44)), i8x16.eq(folded, i8x16.splat(0x6a))));
}

// @ts-ignore
@inline
function isDigit(at: i32): bool {
  return load<u8>(at) - 48 < 10;
}

/** The third and fourth letter of base64 of digits. */
function base64Ends(at: i32): bool {
  const third = <u32>load<u8>(at, 2);
  const fourth = <u32>load<u8>(at, 3);
  if (!(fourth - 119 < 4 || fourth - 48 < 6)) return false;
  // A E I M Q U Y c g k
  return (third - 65 <= 24 && ((third - 65) & 3) == 0) || third == 99 || third == 103 || third == 107;
}

function base64Quad(at: i32): bool {
  const first = <u32>load<u8>(at);
  const second = <u32>load<u8>(at, 1) & 0xef;
  return first - 77 < 3 && (second == 0x44 || second == 0x6a) && base64Ends(at);
}

/** Whether the first of the digits at `from` may be the end of an escape: of %22, \x22, \u0022 or %u0022. */
function escaped(from: i32): bool {
  for (let at = from - 1; at >= from - 6; at--) {
    const byte = <u32>load<u8>(at);
    if (byte == 37) return true;
    // u, x
    if ((byte == 117 || byte == 120) && (load<u8>(at - 1) == 92 || load<u8>(at - 1) == 37)) return true;
    if (byte - 48 >= 10 && (byte | 32) - 97 >= 6) return false;
  }
  return false;
}

/** Whether a run of twelve digits or more can be a card number, or hold one behind an escape or as hexadecimal. */
function numberMay(from: i32, to: i32): bool {
  if (escaped(from)) return true;
  const length = to - from;
  // Chip data: 5A08 and the number, or 57, a length, the number and D with its expiry.
  if ((load<u8>(from - 1) | 32) == 97 && load<u8>(from - 2) == 53 && load<u8>(from) == 48) return true;
  if (length > 16 && (load<u8>(to) | 32) == 100 && isDigit(to + 1) && isDigit(to + 4)) return true;
  if (length > 19) {
    // Within a message or text in hexadecimal, whose letters end the run.
    if ((load<u8>(from - 1) | 32) - 97 < 6 || (load<u8>(to) | 32) - 97 < 6) return true;
    // 3 before every digit, behind what a longer text has before it.
    for (let i = from; i < from + 4; i++) {
      if (length >= 24 && load<u8>(i) == 51 && load<u8>(i, 2) == 51 && load<u8>(i, 4) == 51) return true;
    }
    return false;
  }
  const prefix =
    (<i32>load<u8>(from) - 48) * 1000 +
    (<i32>load<u8>(from, 1) - 48) * 100 +
    (<i32>load<u8>(from, 2) - 48) * 10 +
    (<i32>load<u8>(from, 3) - 48);
  return (load<u32>(ISSUERS + prefix * 4) & (1 << length)) != 0;
}

/** Whether two groups of digits may be joined by what begins at `at`; `adjacent`: the next group begins right behind. */
function joins(byte: u32, adjacent: bool): bool {
  // blank - + . and Latin-1's no-break space are one byte long; % & \ and bytes beyond ASCII begin longer ones.
  if (byte == 37 || byte == 38 || byte == 92 || byte >= 128) return true;
  return adjacent && (byte == 32 || byte == 45 || byte == 43 || byte == 46);
}

/**
 * Whether the group of digits that ends before `to` can be the first of a card number: of four to six digits that an issuer
 * has, unless an escape or digits of another kind stand before it.
 */
function mayBegin(to: i32): bool {
  let from = to - 4;
  while (isDigit(from - 1) && to - from < LONGEST) from--;
  if (escaped(from) || load<u8>(from - 1) >= 128) return true;
  if (to - from > 6) return false;
  const prefix =
    (<i32>load<u8>(from) - 48) * 1000 +
    (<i32>load<u8>(from, 1) - 48) * 100 +
    (<i32>load<u8>(from, 2) - 48) * 10 +
    (<i32>load<u8>(from, 3) - 48);
  return load<u32>(ISSUERS + prefix * 4) != 0;
}

/** Whether two groups of four digits that end and begin around the blank at `at` spell digits, two bytes a group: 3431 3131. */
function spellsTwos(at: i32): bool {
  return (
    load<u8>(at) == 32 && load<u8>(at, 1) == 51 && load<u8>(at, 3) == 51 && load<u8>(at - 4) == 51 && load<u8>(at - 2) == 51
  );
}

/**
 * Length of a digit of another script than ASCII's at `at`, 0 for none; the scripts of cards/spelling.ts: Arabic-Indic and its
 * eastern form, those of India, Thai, Lao, Myanmar, Khmer, full width.
 */
function otherDigit(at: i32): i32 {
  const first = <u32>load<u8>(at);
  const second = <u32>load<u8>(at, 1);
  if (first == 0xd9) return second - 0xa0 < 10 ? 2 : 0;
  if (first == 0xdb) return second - 0xb0 < 10 ? 2 : 0;
  const third = <u32>load<u8>(at, 2);
  if (first == 0xe0) {
    // Nine scripts of India stand 128 characters apart.
    if (second - 0xa5 <= 16 && (second & 1) == 1) return third - 0xa6 < 10 ? 3 : 0;
    return (second == 0xb9 || second == 0xbb) && third - 0x90 < 10 ? 3 : 0;
  }
  if (first == 0xe1) {
    if (second == 0x81) return third - 0x80 < 10 ? 3 : 0;
    return second == 0x9f && third - 0xa0 < 10 ? 3 : 0;
  }
  return first == 0xef && second == 0xbc && third - 0x90 < 10 ? 3 : 0;
}

/** Bytes with which such digits begin. */
// @ts-ignore
@inline
function otherMask(v: v128): u64 {
  const indian = i8x16.eq(v128.and(v, i8x16.splat(<i8>0xfe)), i8x16.splat(<i8>0xe0));
  const arabic = i8x16.eq(v128.and(v, i8x16.splat(<i8>0xfd)), i8x16.splat(<i8>0xd9));
  return <u64>i8x16.bitmask(v128.or(v128.or(indian, arabic), i8x16.eq(v, i8x16.splat(<i8>0xef))));
}

/** Whether pairs of digits from `at` on are bytes of a dump, or escapes: what stands between them is the same each time. */
function spellsBytes(at: i32): bool {
  const mark = <u32>load<u8>(at, 2);
  // blank, colon, percent sign: %34%31
  if (mark == load<u8>(at, 5) && (mark == 32 || mark == 58 || mark == 37)) return true;
  // \x34\x31, &#52;&#49;, &#x34;&#x31;
  return (mark == 92 && load<u8>(at, 3) == 120) || (mark == 59 && load<u8>(at, 3) == 38);
}

/**
 * Writes a place on every line that may hold a card number to OUT, in order; see src/logs/cards/find.ts. A number is a
 * run of twelve digits or more, or begins with two groups of four or more with a separator between, or has
 * digits of another script, or stands encoded. Windows of 64 bytes, 48 apart, so that each sees what its digits belong to.
 * @returns how many; `stoppedAt` is `end` when all was looked at.
 */
export function cards(from: i32, end: i32): i32 {
  const stop = BLOCK + end;
  let out = OUT;
  const last = OUT + (MOST - 64) * 4;
  let at = BLOCK + from - 4;
  while (at < stop && out < last) {
    const v0 = v128.load(at);
    const v1 = v128.load(at, 16);
    const v2 = v128.load(at, 32);
    const v3 = v128.load(at, 48);
    const d = digitMask(v0) | (digitMask(v1) << 16) | (digitMask(v2) << 32) | (digitMask(v3) << 48);
    const d2 = d & (d >> 1);
    const d4 = d2 & (d2 >> 2);
    const d8 = d4 & (d4 >> 4);
    let long = d8 & (d4 >> 8) & 0xffff_ffff_ffff;
    let near = d4 >> 1;
    near |= near >> 1;
    near |= near >> 2;
    near |= near >> 4;
    let gaps = ~d & (d4 << 4) & near & 0xf_ffff_ffff_fff0;
    const letters = base64Mask(v0) | (base64Mask(v1) << 16) | (base64Mask(v2) << 32) | (base64Mask(v3) << 48);
    let encoded =
      letters &
      ((base64NextMask(v0) | (base64NextMask(v1) << 16) | (base64NextMask(v2) << 32) | (base64NextMask(v3) << 48)) >> 1) &
      0xffff_ffff_ffff;
    // Pairs of digits at the same distance, four and more: bytes of dumps, characters as escapes.
    const pair = d2 & ~(d >> 2) & ~(d << 1);
    const pairs3 = pair & (pair >> 3);
    const pairs4 = pair & (pair >> 4);
    const pairs5 = pair & (pair >> 5);
    const pairs6 = pair & (pair >> 6);
    let pairs =
      ((pairs3 & (pairs3 >> 6)) | (pairs4 & (pairs4 >> 8)) | (pairs5 & (pairs5 >> 10)) | (pairs6 & (pairs6 >> 12))) &
      0xffff_ffff_ffff;
    // Eight single digits at every second or third place: EBCDIC in hexadecimal, F4F1 or F4 F1.
    const single = d & ~(d << 1) & ~(d >> 1);
    let ebcdic: u64 = 0;
    if (popcnt(single) >= 8) {
      const two = single & (single >> 2) & ((single & (single >> 2)) >> 4);
      const three = single & (single >> 3) & ((single & (single >> 3)) >> 6);
      ebcdic = ((two & (two >> 8)) | (three & (three >> 12))) & 0xffff_ffff_ffff;
    }
    // Digits of other scripts are beyond ASCII.
    let others: u64 = 0;
    if (i8x16.bitmask(v128.or(v128.or(v0, v1), v128.or(v2, v3))) != 0) {
      others =
        (otherMask(v0) | (otherMask(v1) << 16) | (otherMask(v2) << 32) | (otherMask(v3) << 48)) & 0xffff_ffff_ffff;
    }
    let next = at + 48;
    if ((long | gaps | encoded | pairs | others | ebcdic) != 0) {
      let found = false;
      if (long != 0) {
        const seen = at + <i32>ctz(long);
        let begin = seen;
        while (isDigit(begin - 1) && seen - begin < LONGEST) begin--;
        let to = seen + 12;
        while (isDigit(to) && to - begin < LONGEST) to++;
        found = to - begin >= LONGEST || numberMay(begin, to);
      }
      while (gaps != 0 && !found) {
        const place = <i32>ctz(gaps);
        gaps &= gaps - 1;
        found = joins(load<u8>(at + place), ((d4 >> (place + 1)) & 1) != 0) && (mayBegin(at + place) || spellsTwos(at + place));
      }
      while (encoded != 0 && !found) {
        const place = at + <i32>ctz(encoded);
        encoded &= encoded - 1;
        found = base64Ends(place) && base64Quad(place + 4);
      }
      while (pairs != 0 && !found) {
        found = spellsBytes(at + <i32>ctz(pairs));
        pairs &= pairs - 1;
      }
      while (ebcdic != 0 && !found) {
        const place = at + <i32>ctz(ebcdic);
        ebcdic &= ebcdic - 1;
        const step = isDigit(place + 2) ? 2 : 3;
        found = (load<u8>(place - 1) | 32) == 102 && (load<u8>(place + step - 1) | 32) == 102;
      }
      while (others != 0 && !found) {
        const place = at + <i32>ctz(others);
        others &= others - 1;
        const length = otherDigit(place);
        // Full-width ones stand among ASCII's; of the other scripts three follow each other in every layout.
        found =
          length != 0 &&
          (load<u8>(place) == 0xef || (otherDigit(place + length) != 0 && otherDigit(place + 2 * length) != 0));
      }
      if (found) {
        out = eachLine(at, stop, out);
      } else if (long != 0) {
        // A second long run in this window is met from behind the first.
        let behind = at + <i32>ctz(long) + 12;
        while (isDigit(behind) && behind < next) behind++;
        next = behind;
      }
    }
    at = next;
  }
  stopAt(at >= stop ? end : at + 4 - BLOCK);
  return (out - OUT) >>> 2;
}

/** Notes every line that a window touches: rare enough not to ask which. */
function eachLine(at: i32, stop: i32, out: i32): i32 {
  let to = out;
  let begin = max(at, BLOCK);
  const end = min(at + 64, stop);
  while (begin < end) {
    store<i32>(to, begin - BLOCK);
    to += 4;
    while (begin < end && load<u8>(begin) != 10) begin++;
    begin++;
  }
  return to;
}
