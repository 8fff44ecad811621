/** What single bytes and pairs of bytes tell of card numbers around them, for a search that looks at every twelfth byte only. */
import { FITS } from './base64.ts';
import { SPECIAL, SPELLINGS } from './spelling.ts';

/** What a byte can be for a probe: nothing, digit, plain separator, part of a spelled-out one, base64 of digits. */
export const DIGIT = 1;
export const PLAIN = 2;
export const SPELLED = 3;
export const ENCODED = 4;
export const KIND = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) if (SPECIAL[byte]) KIND[byte] = SPELLED;
for (const byte of Buffer.from(' -+')) KIND[byte] = PLAIN;
for (const byte of Buffer.from('MNODTjzAEIQUYcgkwxy')) KIND[byte] = ENCODED;
for (let byte = 48; byte <= 57; byte++) KIND[byte] = DIGIT;
/** Within a separator of several characters, such as `&nbsp;` or `\u00a0`. */
const WITHIN = 5;
/** A colon, which stands between the bytes of a dump. */
const COLON = 6;
/** A digit of EBCDIC in hexadecimal, or the blank before one. */
export const EBCDIC = 7;
/**
 * What a probe can be, by its byte and the next one (`byte << 8 | next`), which together tell most probes of ordinary
 * text from all that matters: one look at a table and one branch that is hardly ever taken.
 */
export const PROBED = new Uint8Array(65_536);
for (let byte = 0; byte < 256; byte++) {
  const kind = KIND[byte]!;
  const first = byte << 8;
  if (kind === ENCODED) {
    for (let next = 0; next < 256; next++) if (FITS[0][byte]! & FITS[1][next]!) PROBED[first | next] = kind;
  } else if (kind === PLAIN || byte === 46 || byte === 59)
    // A blank, a dash, a dot and the end of an entity join numbers only before a digit.
    PROBED.fill(kind, first | 48, (first | 57) + 1);
  else PROBED.fill(kind, first, first + 256);
}
for (const spelling of SPELLINGS) {
  for (let i = 1; i < spelling.length && spelling[0]! < 0x80; i++) {
    const nexts = i + 1 < spelling.length ? [spelling[i + 1]!] : Buffer.from('0123456789');
    for (const next of nexts) {
      const pair = (spelling[i]! << 8) | next;
      if (PROBED[pair] === 0) PROBED[pair] = WITHIN;
    }
  }
}
// \x34 and &#x34;
for (const mark of Buffer.from('x#')) for (const next of Buffer.from('x345')) PROBED[(mark << 8) | next] ||= WITHIN;
// Between two entities.
PROBED[(59 << 8) | 38] ||= WITHIN;
for (const next of Buffer.from('0123456789abcdefABCDEF')) PROBED[(58 << 8) | next] = COLON;
// Digits of EBCDIC in hexadecimal, F4F1 or F4 F1.
for (const f of Buffer.from('Ff')) {
  for (const next of Buffer.from('0123456789')) PROBED[(f << 8) | next] ||= EBCDIC;
  PROBED[(32 << 8) | f] ||= EBCDIC;
}
/** What follows digits in the middle of such a separator: `&#160;`, `%C2%A0`, `\u00a0`, `\u202f`. */
export const ENDS = new Uint8Array(256);
for (const byte of Buffer.from(';%\\aAdDf')) ENDS[byte] = 1;
/** Bytes before a run of ASCII digits that can belong to a spelled-out separator or an escape. */
export const BEFORE = Uint8Array.from(SPECIAL);
for (const byte of Buffer.from('uxabcdefABCDEF')) BEFORE[byte] = 1;
