/** Text of unknown encoding to strings, without losing bytes silently. */
import { utf32By, utf32Decoder } from './utf32.ts';

export interface DecodedText {
  text: string;
  encoding: string;
}

/** Share of bytes above 0x7f that stand in pairs as GB 18030 two-byte characters do (both bytes above 0xa0, even runs). */
function pairedShare(bytes: Buffer): number {
  let high = 0;
  let paired = 0;
  for (let i = 0; i < bytes.length; ) {
    if (bytes[i]! < 0x80) {
      i++;
      continue;
    }
    let run = i;
    while (run < bytes.length && bytes[run]! >= 0xa1 && bytes[run] !== 0xff) run++;
    const length = Math.max(run - i, 1);
    high += length;
    paired += length - (length % 2);
    i += length;
  }
  return high ? paired / high : 0;
}

/** Bytes of a head; what is as long may be cut in the middle of a character. */
const HEAD_BYTES = 65_536;

/** Whether bytes are UTF-8. A character cut at the end does not disqualify them, unless it is the only one beyond ASCII. */
function isUtf8(sample: Buffer): boolean {
  try {
    // A stream waits for the rest of a character at its end.
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
  } catch {
    return false;
  }
  let last = sample.length - 1;
  while (last >= 0 && sample.length - last < 4 && (sample[last]! & 0xc0) === 0x80) last--;
  const lead = sample[last] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  if (last + length <= sample.length || sample.length >= HEAD_BYTES) return true;
  return sample.subarray(0, last).some((byte) => byte >= 0x80);
}

/** Finds the encoding of text: BOMs (of UTF-32, too), UTF-8 if valid, UTF-16 by its NULs, GB 18030 by its byte pairs, else Windows-1252. */
export function encodingOf(bytes: Buffer): string {
  if (bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  // Its mark begins with that of UTF-16.
  const wide = utf32By(bytes);
  if (wide) return wide;
  if (bytes.length >= 2 && bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes.length >= 2 && bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, HEAD_BYTES);
  if (sample.length >= 4 && sample[1] === 0 && sample[3] === 0 && sample[0] !== 0) return 'utf-16le';
  if (isUtf8(sample)) return 'utf-8';
  return pairedShare(sample) >= 0.85 ? 'gb18030' : 'windows-1252';
}

/** Decodes text; a leading byte order mark is dropped. */
export function decodeText(bytes: Buffer, encoding = encodingOf(bytes)): DecodedText {
  if (encoding === 'utf-8' && bytes[0] !== 0xef) return { text: bytes.toString('utf8'), encoding };
  if (encoding === 'utf-32le' || encoding === 'utf-32be')
    return { text: utf32Decoder(encoding)(bytes).replace(/^\ufeff/, ''), encoding };
  return { text: new TextDecoder(encoding).decode(bytes), encoding };
}

/**
 * Turns chunk after chunk into UTF-8; characters may be cut between them. A leading byte order mark is dropped.
 * @param encoding of `encodingOf`. @returns for each chunk its text; for none what is left at the end: U+FFFD for a character that is cut off.
 */
export function utf8Decoder(encoding: string): (chunk?: Buffer) => Buffer {
  if (encoding === 'utf-32le' || encoding === 'utf-32be') {
    const decode = utf32Decoder(encoding);
    let first = true;
    return (chunk) => {
      if (chunk === undefined) return Buffer.alloc(0);
      const text = decode(chunk);
      const marked = first && text.startsWith('\ufeff');
      first &&= text === '';
      return Buffer.from(marked ? text.slice(1) : text, 'utf8');
    };
  }
  const decoder = new TextDecoder(encoding);
  return (chunk) => Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }), 'utf8');
}

/** Lines without their ends (LF, CRLF or lone CR), with 1-based numbers. */
export function* numberedLines(text: string): Generator<{ line: number; text: string }> {
  let line = 0;
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf('\n', at);
    if (end === -1) end = text.length;
    const raw = text.slice(at, text.charCodeAt(end - 1) === 13 && end > at ? end - 1 : end);
    line++;
    yield { line, text: raw };
    at = end + 1;
  }
}
