/**
 * Finds any of some thousand literals in bytes, ASCII case ignored, by looking at every fourth byte only.
 *
 * A literal of at least seven bytes covers one whole word at a multiple of four wherever it stands. Each literal is
 * filed under the four words that its rarest seven bytes can show there; the scan looks up one word in four bytes and
 * compares the whole literal only on a hit. Shorter literals have words with one unknown byte, filed under every value;
 * those of three and four bytes also need the words that begin two bytes later.
 */

/** The tables' size is also that of LITERAL_TABLE in src/logs/kernel/layout.as. */
const TABLE_BITS = 17;
const WORD = 4;
/** The shortest literal that holds a whole word at every alignment. */
const WINDOW = 7;
const SHORTEST = 3;
/** Lower case of letters; other bytes fall together, which the comparison sorts out. */
const FOLD = 0x20202020;

export interface LiteralSearch {
  /** Tag of the word that falls there, by hash; 0 where none does, ANY where words of different tags do. */
  occupied: Uint8Array;
  /** The same for words two bytes later; undefined when every literal has five bytes or more. */
  between: Uint8Array | undefined;
  /** Word to the first of its places; open addressing, 0 is free. */
  words: Int32Array;
  heads: Int32Array;
  /** Places: which literal, where in it the word begins, and the next place of the same word plus one. */
  literalOf: Int32Array;
  offsetOf: Int32Array;
  nextOf: Int32Array;
  /** Folded literals. */
  literals: Uint8Array[];
  /** Those of three and four bytes. */
  shorts: number[];
  /** What the kernel looks up, where it was worked out already. */
  marks?: SearchMarks;
}

/** See `markLong` and `markNeighbours`. */
export interface SearchMarks {
  long: Uint8Array;
  neighbours: Uint8Array;
}

/** Where literals begin, with their indices; grows as needed and is used again for every block. */
export class LiteralHits {
  at = new Int32Array(256);
  literal = new Int32Array(256);
  length = 0;

  add(at: number, literal: number): void {
    if (this.length === this.at.length) {
      const places = new Int32Array(this.length * 2);
      const literals = new Int32Array(this.length * 2);
      places.set(this.at);
      literals.set(this.literal);
      this.at = places;
      this.literal = literals;
    }
    this.at[this.length] = at;
    this.literal[this.length++] = literal;
  }

  /** Brings the hits into the order of their places. */
  sort(): void {
    const order = Array.from({ length: this.length }, (_, i) => i).sort((a, b) => this.at[a]! - this.at[b]!);
    const literals = order.map((i) => this.literal[i]!);
    this.at.set(order.map((i) => this.at[i]!));
    this.literal.set(literals);
  }
}

const fold = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte);
const mix = (word: number): number => Math.imul(word, 0x9e3779b1);
/** Place in the tables. */
const hash = (word: number): number => mix(word) >>> (32 - TABLE_BITS);
/** Seven further bits of the hash, never 0, which keep most words that are in no literal out. */
const tagOf = (mixed: number): number => (mixed & 0x7f) | 0x80;
const ANY = 1;

/** Whether a word may be one of a literal. */
const matches = (table: Uint8Array, mixed: number): boolean => {
  const tag = table[mixed >>> (32 - TABLE_BITS)]!;
  return tag !== 0 && (tag === tagOf(mixed) || tag === ANY);
};

function mark(table: Uint8Array, word: number): void {
  const at = hash(word);
  const tag = tagOf(mix(word));
  table[at] = table[at] === 0 || table[at] === tag ? tag : ANY;
}

/** Letters by falling frequency in English log text. */
const COMMON = 'etaoinsrcldhumpfgyvbwkxjqz';

/** How seldom a byte is in logs: digits, blanks and the usual marks are everywhere. */
function rarity(byte: number): number {
  const rank = COMMON.indexOf(String.fromCharCode(byte));
  if (rank >= 0) return 2 + rank;
  if (byte >= 48 && byte <= 57) return 0;
  if (byte >= 128) return 14;
  return ' "\':,.-/=_'.includes(String.fromCharCode(byte)) ? 1 : 10;
}

/** Groups that ordinary payment, web and Java logs are full of, however rare their letters. */
const FREQUENT = new Set(
  (
    'pay app cod con ify vic qui acq eck lik iph web jav ups und htt ttp tps com mer ord rde der txn cha han nel cos ost ' +
    'amo sta tat sho hop get pos ses saf ari moz zil ill lla chr rom win kit ple gec cko and dro lin inf war err rro exe ' +
    'nio not cli ien mob ver ers ser erv que ues req res esp ons sul ult api gin ngi mac int net ssl tls ind oid khtml ' +
    'htm tml ppl web bki pho hon one ipad int osh ows ndo ork upd dat ate use fer ref fra ram ame fir ire fox tok oke key ' +
    'ode cur urr rre ren enc ncy efu fun acc cce cep ept pte ted dec ecl cli ine ror cal all low ock pro roc oce ces ess sse ' +
    'sed mes age msg lev vel ser rvi ice tim ime ame nam end poi oin unt cou cre led lat ten enc ear rch out but pan amt'
  ).split(' '),
);

const group = (a: number, b: number, c: number): number => (a << 16) | (b << 8) | c;
const FREQUENT_GROUPS = new Set(
  [...FREQUENT].map((text) => group(text.charCodeAt(0), text.charCodeAt(1), text.charCodeAt(2))),
);
const MARKS = Uint8Array.from({ length: 256 }, (_, byte) => Number('":,\\ '.includes(String.fromCharCode(byte))));
const RARITY = Uint8Array.from({ length: 256 }, (_, byte) => rarity(byte));

/** How often the word at `at` is to be expected: the smaller the better. */
function frequency(bytes: Uint8Array, at: number): number {
  const [a, b, c, d] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
  if (FREQUENT_GROUPS.has(group(a, b, c)) || FREQUENT_GROUPS.has(group(b, c, d))) return 40;
  // ":" and the like stand between the members of every JSON line.
  if (MARKS[a]! + MARKS[b]! + MARKS[c]! + MARKS[d]! > 1) return 40;
  return 40 / (1 + RARITY[a]! + RARITY[b]! + RARITY[c]! + RARITY[d]!);
}

/** Start of the seven bytes whose words are rarest. */
function rarestWindow(bytes: Uint8Array): number {
  const frequencies: number[] = [];
  for (let at = 0; at + WORD <= bytes.length; at++) frequencies.push(frequency(bytes, at));
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let from = 0; from + WINDOW <= bytes.length; from++) {
    const sum = frequencies[from]! + frequencies[from + 1]! + frequencies[from + 2]! + frequencies[from + 3]!;
    if (sum < least) {
      least = sum;
      best = from;
    }
  }
  return best;
}

/** Places where a word of the literal stands at each alignment; negative or long ones have bytes that are not its own. */
function placesOf(bytes: Uint8Array): number[] {
  const { length } = bytes;
  if (length >= WINDOW) {
    const from = rarestWindow(bytes);
    return [from, from + 1, from + 2, from + 3];
  }
  const step = length > WORD ? WORD : 2;
  const places: number[] = [];
  for (let phase = 0; phase < step; phase++) {
    let best = -phase;
    let known = 0;
    for (let at = -phase; at < length; at += step) {
      const own = Math.min(length, at + WORD) - Math.max(0, at);
      if (own > known) {
        known = own;
        best = at;
      }
    }
    places.push(best);
  }
  return places;
}

/** Which byte of the word that begins at `offset` is not the literal's own, or -1: there is one at most. */
function unknownByte(bytes: Uint8Array, offset: number): number {
  for (let i = 0; i < WORD; i++) if (offset + i < 0 || offset + i >= bytes.length) return i;
  return -1;
}

/** Values that an unknown byte can have after folding: half of all. */
const UNKNOWN_VALUES = 128;

/** @param literals at least three bytes long each. @throws RangeError for a shorter one. */
export function buildSearch(literals: Buffer[]): LiteralSearch {
  const folded = literals.map((literal) => {
    const bytes = new Uint8Array(literal.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = fold(literal[i]!);
    return bytes;
  });
  const places = folded.map((bytes, literal) => {
    if (bytes.length < SHORTEST) throw new RangeError(`the literal ${literals[literal]!.toString()} is too short`);
    return placesOf(bytes);
  });
  let most = 0;
  for (const [literal, offsets] of places.entries())
    for (const offset of offsets) most += unknownByte(folded[literal]!, offset) < 0 ? 1 : UNKNOWN_VALUES;
  let room = 16;
  while (room < most * 2) room *= 2;
  const index: LiteralSearch = {
    occupied: new Uint8Array(1 << TABLE_BITS),
    between: literals.some((literal) => literal.length <= WORD) ? new Uint8Array(1 << TABLE_BITS) : undefined,
    words: new Int32Array(room),
    heads: new Int32Array(room),
    literalOf: new Int32Array(most),
    offsetOf: new Int32Array(most),
    nextOf: new Int32Array(most),
    literals: folded,
    shorts: literals.flatMap((literal, i) => (literal.length <= WORD ? [i] : [])),
  };
  let place = 0;
  for (const [literal, bytes] of folded.entries()) {
    for (const offset of places[literal]!) {
      const unknown = unknownByte(bytes, offset);
      let word = FOLD;
      for (let i = 0; i < WORD; i++) if (i !== unknown) word |= bytes[offset + i]! << (8 * i);
      if (unknown < 0) file(index, place++, word, literal, offset);
      else
        for (let value = 0; value < 256; value++)
          if ((value & 0x20) !== 0) file(index, place++, word | (value << (8 * unknown)), literal, offset);
    }
  }
  return index;
}

/** Files a literal under a word that it can show, as the place of this number. */
function file(index: LiteralSearch, place: number, word: number, literal: number, offset: number): void {
  const { words, heads, literalOf, offsetOf, nextOf } = index;
  mark(index.occupied, word);
  if (index.literals[literal]!.length <= WORD) mark(index.between!, word);
  const mask = words.length - 1;
  let slot = hash(word) & mask;
  while (heads[slot] !== 0 && words[slot] !== word) slot = (slot + 1) & mask;
  literalOf[place] = literal;
  offsetOf[place] = offset;
  nextOf[place] = heads[slot]!;
  words[slot] = word;
  heads[slot] = place + 1;
}

/** The folded word at `at`; zeros stand for bytes beyond the end. */
const wordAt = (bytes: Uint8Array, at: number): number =>
  (at + WORD <= bytes.length
    ? bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    : (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)) | FOLD;

/** Compares the literals filed under the word that stands at `at`; bytes may end inside it. */
export function lookCloser(
  index: LiteralSearch,
  bytes: Uint8Array,
  start: number,
  at: number,
  end: number,
  hits: LiteralHits,
): void {
  const { words, heads } = index;
  const word = wordAt(bytes, at);
  const mask = words.length - 1;
  let slot = hash(word) & mask;
  while (heads[slot] !== 0 && words[slot] !== word) slot = (slot + 1) & mask;
  if (heads[slot] === 0) return;
  const { literalOf, offsetOf, nextOf, literals } = index;
  for (let place = heads[slot]!; place !== 0; place = nextOf[place - 1]!) {
    const wanted = literals[literalOf[place - 1]!]!;
    const from = at - offsetOf[place - 1]!;
    if (from < start || from + wanted.length > end) continue;
    let i = 0;
    while (i < wanted.length && fold(bytes[from + i]!) === wanted[i]) i++;
    if (i === wanted.length) hits.add(from, literalOf[place - 1]!);
  }
}

/** Adds the short literals that stand at `at`, none of them behind `end`. */
export function lookShort(index: LiteralSearch, bytes: Uint8Array, at: number, end: number, hits: LiteralHits): void {
  for (const literal of index.shorts) {
    const wanted = index.literals[literal]!;
    if (at + wanted.length > end) continue;
    let i = 0;
    while (i < wanted.length && fold(bytes[at + i]!) === wanted[i]) i++;
    if (i === wanted.length) hits.add(at, literal);
  }
}

/** Sets the bits of the words of literals that are not short, by the first 18 bits of their hash. */
function markLong({ words, heads, literalOf, nextOf, literals }: LiteralSearch, bits: Uint8Array): void {
  for (let slot = 0; slot < heads.length; slot++) {
    let place = heads[slot]!;
    while (place !== 0 && literals[literalOf[place - 1]!]!.length <= WORD) place = nextOf[place - 1]!;
    if (place === 0) continue;
    const hashed = mix(words[slot]!) >>> 0;
    bits[hashed >>> 17]! |= 1 << ((hashed >>> 14) & 7);
  }
}

/** Bits of the table of `markNeighbours`. */
const NEIGHBOUR_BITS = 20;
/** Which of a word's neighbours a bit tells of: four or two bytes behind it, four or two before, or that any may stand there. */
const [FOUR_BEHIND, TWO_BEHIND, FOUR_BEFORE, TWO_BEFORE, ANY_NEIGHBOUR] = [1, 2, 3, 4, 5] as const;

/** The same place as in the kernel (sweep.as). @param beside folded bytes beside the word. */
const neighbourBit = (word: number, beside: number, kind: number): number =>
  Math.imul(mix(word) ^ Math.imul(beside + kind, 0x85ebca6b), 0xc2b2ae35) >>> (32 - NEIGHBOUR_BITS);

/**
 * Sets a bit for every word of a literal and what stands beside it in the literal, so that few words of other texts need
 * the comparison.
 */
function markNeighbours(
  { words, heads, literalOf, offsetOf, nextOf, literals }: LiteralSearch,
  bits: Uint8Array,
): void {
  const set = (bit: number): void => {
    bits[bit >>> 3]! |= 1 << (bit & 7);
  };
  for (let slot = 0; slot < heads.length; slot++) {
    for (let place = heads[slot]!; place !== 0; place = nextOf[place - 1]!) {
      const literal = literals[literalOf[place - 1]!]!;
      const offset = offsetOf[place - 1]!;
      const before = offset;
      const behind = literal.length - offset - WORD;
      const folded = (at: number, length: number): number => {
        let value = 0;
        for (let i = 0; i < length; i++) value |= (literal[at + i]! | 0x20) << (8 * i);
        return value;
      };
      const word = words[slot]!;
      if (behind >= 4) set(neighbourBit(word, folded(offset + WORD, 4), FOUR_BEHIND));
      else if (before >= 4) set(neighbourBit(word, folded(offset - 4, 4), FOUR_BEFORE));
      else if (behind >= 2) set(neighbourBit(word, folded(offset + WORD, 2), TWO_BEHIND));
      else if (before >= 2) set(neighbourBit(word, folded(offset - 2, 2), TWO_BEFORE));
      else set(neighbourBit(word, 0, ANY_NEIGHBOUR));
    }
  }
}

/** Bits of the table of `markLong`. */
const LONG_BITS = 18;

/** Works the marks out, which takes as long as building the search. */
export function marksOf(index: LiteralSearch): SearchMarks {
  const marks = {
    long: new Uint8Array(1 << (LONG_BITS - 3)),
    neighbours: new Uint8Array(1 << (NEIGHBOUR_BITS - 3)),
  };
  markLong(index, marks.long);
  markNeighbours(index, marks.neighbours);
  return marks;
}

const scratch = new LiteralHits();

/** Indices of the literals that occur in bytes[start, end), possibly repeated; for single lines. */
export function search(index: LiteralSearch, bytes: Uint8Array, start: number, end: number, found: number[]): void {
  const { occupied, between } = index;
  const step = between ? 2 : WORD;
  scratch.length = 0;
  for (let at = start; at < end; at += step) {
    if (matches(occupied, mix(wordAt(bytes, at)))) lookCloser(index, bytes, start, at, end, scratch);
  }
  for (let i = 0; i < scratch.length; i++) found.push(scratch.literal[i]!);
}
