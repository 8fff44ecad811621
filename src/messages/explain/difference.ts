/** The first difference between what was signed and what was stored, shown without showing the content. */
import type { Difference } from '../verdict.ts';

const CONTEXT = 8;

/** First differing offset; undefined when both are the same. */
export function firstDifference(signed: Buffer, found: Buffer): Difference | undefined {
  const shorter = Math.min(signed.length, found.length);
  let offset = 0;
  while (offset < shorter && signed[offset] === found[offset]) offset++;
  if (offset === signed.length && offset === found.length) return undefined;
  return { offset, signed: masked(signed, offset), found: masked(found, offset) };
}

/** Some bytes around an offset: letters become x, digits 9; punctuation, spaces and control characters show what happened. */
function masked(bytes: Buffer, offset: number): string {
  const from = Math.max(0, offset - CONTEXT);
  const to = Math.min(bytes.length, offset + CONTEXT);
  let out = from > 0 ? '...' : '';
  for (let i = from; i < to; i++) {
    const b = bytes[i]!;
    if (i === offset) out += '>';
    if (b >= 0x30 && b <= 0x39) out += '9';
    else if ((b >= 0x41 && b <= 0x5a) || (b >= 0x61 && b <= 0x7a)) out += 'x';
    else if (b === 0x0a) out += '\\n';
    else if (b === 0x0d) out += '\\r';
    else if (b === 0x09) out += '\\t';
    else if (b < 0x20 || b === 0x7f) out += `\\x${b.toString(16).padStart(2, '0')}`;
    // Of bytes outside ASCII only the kind shows: the lead bytes tell UTF-8 from other character sets.
    else if (b >= 0x80) out += `\\x${(b & 0xf0).toString(16)[0]}.`;
    else out += String.fromCharCode(b);
  }
  if (offset >= to) out += '>(end)';
  return to < bytes.length ? `${out}...` : out;
}
