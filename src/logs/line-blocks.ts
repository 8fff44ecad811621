/** Whole lines in blocks that fit the processor's cache, in one buffer that is used again: nothing is copied per line. */
import { utf8Decoder } from '../evidence/text.ts';
import type { Encoding } from './encoding.ts';
import { giveBack, type Kernel, takeKernel } from './kernel/kernel.ts';
import { LINE_CAP } from './lines.ts';

const LF = 10;
const CR = 13;
const BLOCK_BYTES = 512 * 1024;
/** Room after the last line, so that words may be read past its end. */
const SLACK = 16;

/** Pieces of a file, which may be put straight into the block where their source can do that. */
export interface Chunks extends AsyncIterable<Buffer> {
  into?(room: () => Buffer): void;
}

/** A buffer that begins at the first line of a block, and the kernel in whose memory it lies, if there is one. */
export interface BlockBuffer {
  bytes: Buffer;
  kernel: Kernel | undefined;
}

/**
 * Takes the lines in bytes[0, end); the last byte is a line feed. Lines may be as long as the block. At `end` stands the
 * first byte of the next line, or 0 where that is not known.
 * @returns how many lines there were.
 */
export type BlockHandler = (block: BlockBuffer, end: number, firstLine: number) => number;

/**
 * Calls `handle` for blocks of whole lines. A line longer than a block is cut at LINE_CAP; the file's last line gets a
 * line feed when it has none. What is not UTF-8 is converted; a mark of UTF-8 is skipped.
 * @param encoding of the file, told from its first bytes.
 * @param chunks may be used again by their source once the next is asked for.
 * @returns number of bytes and lines seen.
 */
export async function forEachBlock(
  chunks: Chunks,
  handle: BlockHandler,
  encoding?: Encoding,
): Promise<{ bytes: number; lines: number }> {
  const kernel = takeKernel();
  try {
    const bytes = kernel?.bytes ?? Buffer.alloc(BLOCK_BYTES + LINE_CAP + SLACK);
    return await fillBlocks({ bytes, kernel }, chunks, handle, encoding);
  } finally {
    giveBack(kernel);
  }
}

async function fillBlocks(
  block: BlockBuffer,
  chunks: Chunks,
  handle: BlockHandler,
  encoding: Encoding | undefined,
): Promise<{ bytes: number; lines: number }> {
  const { bytes: b } = block;
  const room = BLOCK_BYTES + LINE_CAP;
  let filled = 0;
  /** A line that fills the whole block is cut: what follows is dropped up to its line feed. */
  let dropping = false;
  let lines = 0;
  let bytes = 0;
  const convert = encoding && utf8Decoder(encoding);
  let first = true;

  /** What was there before is not taken for the line that follows. */
  const fence = (): void => {
    b[filled] = 0;
  };
  const drain = (): void => {
    const last = b.lastIndexOf(LF, filled - 1);
    if (last === -1 || filled === 0) {
      if (filled < room) return;
      // Not even one line end in a whole block.
      filled = LINE_CAP;
      dropping = true;
      return;
    }
    fence();
    lines += handle(block, last + 1, lines + 1);
    b.copyWithin(0, last + 1, filled);
    filled -= last + 1;
  };

  chunks.into?.(() => b.subarray(filled, room));
  for await (const raw of chunks) {
    bytes += raw.length;
    if (raw.length === 0) continue;
    const chunk = convert ? convert(raw) : raw;
    let at = first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
    first = false;
    while (at < chunk.length) {
      if (dropping) {
        const newline = chunk.indexOf(LF, at);
        if (newline === -1) break;
        at = newline;
        dropping = false;
      }
      const taken = Math.min(chunk.length - at, room - filled);
      // What was read into the block stands there already.
      if (chunk.buffer !== b.buffer || chunk.byteOffset + at !== b.byteOffset + filled)
        chunk.copy(b, filled, at, at + taken);
      filled += taken;
      at += taken;
      if (filled === room) drain();
    }
    // Small chunks are gathered; a stream that pauses (a pipe) must not hold lines back for long.
    if (filled >= BLOCK_BYTES / 8) drain();
  }
  if (filled > 0) {
    if (b[filled - 1] !== LF) b[filled++] = LF;
    fence();
    lines += handle(block, filled, lines + 1);
  }
  return { bytes, lines };
}

/** End of the line bytes[start, newline) without its CR and beyond no more than LINE_CAP bytes. */
export function lineEnd(b: Uint8Array, start: number, newline: number): number {
  const end = newline - start > LINE_CAP ? start + LINE_CAP : newline;
  return end > start && b[end - 1] === CR ? end - 1 : end;
}

/** Start of a line without leading NULs: holes left by a crash or a truncating rotation, which separate nothing. */
export function afterNuls(b: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && b[at] === 0) at++;
  return at;
}
