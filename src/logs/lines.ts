/** Splits a byte stream into lines without decoding it. */

import { utf8Decoder } from '../evidence/text.ts';
import { foreignEncoding } from './encoding.ts';

/** A longer line is kept up to this many bytes; the rest is counted. */
export const LINE_CAP = 64 * 1024;

/** `end` is exclusive and before CR/LF (bytes[end] is 13 when the line ended in CR LF); `dropped` says how many bytes of the line lie beyond the cap. */
export type LineHandler = (bytes: Buffer, start: number, end: number, line: number, dropped: number) => void;

const LF = 10;
const CR = 13;

/** A byte that is NUL in a text file means a hole left by a crash or a truncating rotation; it separates nothing. */
function skipNuls(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === 0) at++;
  return at;
}

/**
 * Calls `handle` for every line of `chunks`. Lines that cross chunks are joined; a line is cut at LINE_CAP.
 * What is not UTF-8 is converted; a UTF-8 mark is skipped.
 * @returns number of bytes and lines seen.
 */
export async function forEachLine(
  chunks: AsyncIterable<Buffer>,
  handle: LineHandler,
): Promise<{ bytes: number; lines: number }> {
  const carry = Buffer.allocUnsafe(LINE_CAP);
  let carried = 0;
  let dropped = 0;
  let pending = false;
  let line = 0;
  let bytes = 0;
  let convert: ((chunk: Buffer) => Buffer) | undefined;
  let first = true;

  const emit = (buffer: Buffer, from: number, to: number, lost: number): void => {
    const end = to > from && buffer[to - 1] === CR ? to - 1 : to;
    const start = buffer[from] === 0 ? skipNuls(buffer, from, end) : from;
    line++;
    handle(buffer, start, end, line, lost);
  };

  for await (const raw of chunks) {
    bytes += raw.length;
    if (first && raw.length > 0) {
      const encoding = foreignEncoding(raw);
      convert = encoding && utf8Decoder(encoding);
    }
    const chunk = convert ? convert(raw) : raw;
    let at = 0;
    if (first && raw.length > 0) {
      first = false;
      if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) at = 3;
    }
    while (at < chunk.length) {
      const newline = chunk.indexOf(LF, at);
      const stop = newline === -1 ? chunk.length : newline;
      if (newline !== -1 && !pending) {
        const lost = Math.max(0, stop - at - LINE_CAP);
        emit(chunk, at, stop - lost, lost);
      } else {
        const room = Math.min(LINE_CAP - carried, stop - at);
        chunk.copy(carry, carried, at, at + room);
        carried += room;
        dropped += stop - at - room;
        pending = true;
        if (newline !== -1) {
          if (carried < LINE_CAP) carry[carried] = 0;
          emit(carry, 0, carried, dropped);
          carried = 0;
          dropped = 0;
          pending = false;
        }
      }
      at = stop + 1;
    }
  }
  if (pending) {
    if (carried < LINE_CAP) carry[carried] = 0;
    emit(carry, 0, carried, dropped);
  }
  return { bytes, lines: line };
}
