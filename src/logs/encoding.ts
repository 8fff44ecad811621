/** Logs that are not UTF-8: told from their first bytes, turned into UTF-8 as they are read. */
import { decodeText, encodingOf } from '../evidence/text.ts';
import { utf32By } from '../evidence/utf32.ts';

/** How the bytes of a file become UTF-8; undefined where they stay as they are. */
export type Encoding = 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be' | 'gb18030' | 'windows-1252';

/**
 * UTF-16 and UTF-32 by their byte order marks, GB 18030 (and with it GBK) by its pairs of bytes, Windows-1252 (and with it Latin-1) by
 * letters within words. What is none stays as it is: the bytes of a handshake in a line are no reason to change the others.
 * @param head the first bytes of a file
 */
export function foreignEncoding(head: Buffer): Encoding | undefined {
  // Its mark begins with that of UTF-16.
  const wide = utf32By(head);
  if (wide) return wide;
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const encoding = encodingOf(head);
  if (encoding === 'gb18030') return encoding;
  return encoding === 'windows-1252' && isWestern(head) ? encoding : undefined;
}

/** A few letters with accents prove little. */
const LEAST_LETTERS = 3;

/** Whether nearly every byte above 0x7f is a letter of Latin-1 beside one of ASCII, as in words of German, French or Spanish. */
function isWestern(head: Buffer): boolean {
  let high = 0;
  let letters = 0;
  for (let i = 0; i < Math.min(head.length, 65_536); i++) {
    if (head[i]! < 0x80) continue;
    high++;
    if (head[i]! >= 0xc0 && (isLetter(head[i - 1]) || isLetter(head[i + 1]))) letters++;
  }
  return letters >= LEAST_LETTERS && letters >= high * 0.9;
}

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a));

/** The first bytes as UTF-8. */
export function asUtf8(head: Buffer): Buffer {
  const encoding = foreignEncoding(head);
  return encoding === undefined ? head : Buffer.from(decodeText(head, encoding).text, 'utf8');
}
