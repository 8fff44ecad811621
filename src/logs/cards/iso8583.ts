/**
 * Card numbers in raw ISO 8583 messages as logs write them: message type, bitmap in hexadecimal, then the fields one behind the
 * other. Field 2 is the number, with its length in two digits before it; it comes first where bit 2 of the bitmap is set
 * (ISO 8583:1987, 4.4 and table 6). Packed messages fill an odd number up to whole bytes.
 */
import { isHexDigit } from './spelling.ts';

export interface MessageCard {
  from: number;
  to: number;
  digits: string;
}

/** Version, class, function, originator; then the primary bitmap, and the secondary one where its first bit is set. */
const OPENING = /[0-2][1-8][0-9][0-5](?:[0-7][0-9a-f]{15}|[89a-f][0-9a-f]{31})(?=1[2-9])/gi;
/** Length of transport headers before a message, in digits. */
const MAX_HEADER = 48;
const MAX_OPENING = 4 + 32;

/** @param from any byte of the run of hexadecimal digits that ends at or behind `to`. */
export function messageCard(
  b: Buffer,
  from: number,
  to: number,
  lineStart: number,
  lineEnd: number,
  holds: (digits: string) => boolean,
): MessageCard | undefined {
  let begin = from;
  while (begin > lineStart && from - begin < MAX_OPENING + MAX_HEADER && isHexDigit(b[begin - 1])) begin--;
  const text = b.toString('latin1', begin, Math.min(lineEnd, to, begin + MAX_HEADER + MAX_OPENING + 24));
  OPENING.lastIndex = 0;
  for (let match = OPENING.exec(text); match; match = OPENING.exec(text)) {
    // A header may look like the beginning of a message, so the next one is looked for right behind it.
    OPENING.lastIndex = match.index + 1;
    if ((Number.parseInt(match[0][4]!, 16) & 4) === 0) continue;
    const at = match.index + match[0].length;
    const length = Number(text.slice(at, at + 2));
    for (const fill of length % 2 === 1 && text[at + 2] === '0' ? [0, 1] : [0]) {
      const digits = text.slice(at + 2 + fill, at + 2 + fill + length);
      if (digits.length !== length || !/^\d+$/.test(digits) || !holds(digits)) continue;
      return { from: begin + at + 2 + fill, to: begin + at + 2 + fill + length, digits };
    }
  }
  return undefined;
}

const TYPE = /^[0-2][1-8][0-9][0-5]$/;
const TYPE_BYTES = 4;
const BITMAP_BYTES = 8;

/** The bytes of a message in text whose bitmaps are binary, with these in hexadecimal; undefined where no message begins. */
export function withBitmapSpelled(bytes: Buffer): Buffer | undefined {
  if (!TYPE.test(bytes.toString('latin1', 0, TYPE_BYTES)) || bytes.length < TYPE_BYTES + 2 * BITMAP_BYTES)
    return undefined;
  // The first bit announces a second bitmap.
  const end = TYPE_BYTES + (bytes[TYPE_BYTES]! >= 0x80 ? 2 : 1) * BITMAP_BYTES;
  return Buffer.concat([
    bytes.subarray(0, TYPE_BYTES),
    Buffer.from(bytes.toString('hex', TYPE_BYTES, end), 'latin1'),
    bytes.subarray(end),
  ]);
}
