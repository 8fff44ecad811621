/**
 * Finds any of some hundred literals in bytes, ASCII case ignored. Every literal is filed under its rarest three-byte
 * group; the scan hashes each group of three into a table that fits the first-level cache and looks closer only on a hit.
 * Against a dense automaton of the same literals this needs no start-up and no second-level cache.
 */

const BUCKETS = 1 << 15;
const GROUP = 3;

interface Needle {
  index: number;
  /** Folded bytes. */
  bytes: Uint8Array;
  /** Where the group stands in the literal. */
  offset: number;
}

export interface LiteralSearch {
  /** 1 where a literal's group falls. */
  occupied: Uint8Array;
  needles: Map<number, Needle[]>;
}

const fold = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte);

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
    'htm tml ppl web bki pho hon one ipad int osh ows ndo ork upd dat ate use fer ref fra ram ame fir ire fox tok oke key'
  ).split(' '),
);

/** Five bits of each byte: upper and lower case of a letter are the same. */
const hash = (a: number, b: number, c: number): number => ((a & 31) << 10) | ((b & 31) << 5) | (c & 31);

/** @param literals at least three bytes long each. @throws RangeError for a shorter one. */
export function buildSearch(literals: Buffer[]): LiteralSearch {
  const occupied = new Uint8Array(BUCKETS);
  const needles = new Map<number, Needle[]>();
  for (const [index, literal] of literals.entries()) {
    if (literal.length < GROUP) throw new RangeError(`the literal ${literal.toString()} is too short`);
    const bytes = Uint8Array.from(literal, fold);
    let best = 0;
    let bestScore = -1;
    for (let at = 0; at + GROUP <= bytes.length; at++) {
      const group = String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!);
      const score = FREQUENT.has(group) ? 0 : rarity(bytes[at]!) + rarity(bytes[at + 1]!) + rarity(bytes[at + 2]!);
      if (score > bestScore) {
        bestScore = score;
        best = at;
      }
    }
    const bucket = hash(bytes[best]!, bytes[best + 1]!, bytes[best + 2]!);
    occupied[bucket] = 1;
    const known = needles.get(bucket);
    if (known) known.push({ index, bytes, offset: best });
    else needles.set(bucket, [{ index, bytes, offset: best }]);
  }
  return { occupied, needles };
}

/**
 * Indices of the literals that occur in bytes[start, end), possibly repeated.
 * Kept small and separate: V8 compiles short byte loops well and long ones unreliably.
 */
export function search(index: LiteralSearch, bytes: Buffer, start: number, end: number, found: number[]): void {
  const { occupied } = index;
  let group = 0;
  for (let at = start; at < end; at++) {
    group = ((group << 5) | (bytes[at]! & 31)) & 0x7fff;
    if (occupied[group] === 1) lookCloser(index, group, bytes, start, at - 2, end, found);
  }
}

function lookCloser(
  index: LiteralSearch,
  group: number,
  bytes: Buffer,
  start: number,
  at: number,
  end: number,
  found: number[],
): void {
  const candidates = index.needles.get(group)!;
  for (let n = 0; n < candidates.length; n++) {
    const { bytes: wanted, offset, index: literal } = candidates[n]!;
    const from = at - offset;
    if (from < start || from + wanted.length > end) continue;
    let i = 0;
    while (i < wanted.length && fold(bytes[from + i]!) === wanted[i]) i++;
    if (i === wanted.length) found.push(literal);
  }
}
