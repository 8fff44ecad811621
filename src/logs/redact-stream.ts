/** Streams bytes through the redactor: what it does not remove stays as it was, byte for byte. */
import { utf32By, utf32Bytes, utf32Decoder } from '../evidence/utf32.ts';
import type { MaskedBefore } from './cards/masked-before.ts';
import { NumbersAhead } from './cards/numbers-ahead.ts';
import type { Redactor } from './redact.ts';

const LF = 10;
const CR = 13;
/** A longer line is redacted in pieces. */
const LONGEST_LINE = 4 << 20;
/** How far before the end of a piece a place is looked for at which nothing is cut in two. */
const CUT_WITHIN = 64 << 10;
const SEPARATES = new Uint8Array(256);
for (const byte of Buffer.from(' \t,;|&"\'<>()[]{}\0')) SEPARATES[byte] = 1;

/** Where a line that has no end yet may be cut. */
function cutAt(b: Buffer): number {
  for (let at = b.length - 1; at > b.length - CUT_WITHIN; at--) if (SEPARATES[b[at]!] === 1) return at;
  return b.length;
}

/** Bytes one after another in one buffer that is used again. */
class Joined {
  #bytes = Buffer.allocUnsafe(1 << 20);
  #used = 0;

  add(bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#bytes.length) {
      const bigger = Buffer.allocUnsafe((this.#used + bytes.length) * 2);
      this.#bytes.copy(bigger, 0, 0, this.#used);
      this.#bytes = bigger;
    }
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** What was added since the last time; overwritten by what is added next. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    return taken;
  }
}

/**
 * The copy of `chunks` without card data and secrets, in the same encoding and with the same ends of lines. Each block is
 * valid until the next is asked for.
 */
export async function* redactStream(
  chunks: AsyncIterable<Buffer>,
  redactor: Pick<Redactor, 'learn' | 'line'>,
): AsyncGenerator<Buffer> {
  const out = new Joined();
  /** Pieces of a line that has no end yet; put together once it has, or is too long. */
  let rest: Buffer[] = [];
  let waiting = 0;
  let recode: Recode | undefined;
  let first = true;
  for await (const raw of chunks) {
    if (raw.length === 0) continue;
    if (first) recode = wide(raw);
    first = false;
    const chunk = recode ? recode.read(raw) : raw;
    if (!chunk.includes(LF) && waiting + chunk.length <= LONGEST_LINE) {
      // Copied: the chunk may be used again by whoever gave it.
      rest.push(Buffer.from(chunk));
      waiting += chunk.length;
      continue;
    }
    const b: Buffer = waiting === 0 ? chunk : Buffer.concat([...rest, chunk]);
    let at = 0;
    redactor.learn(b, 0, b.length);
    for (let newline = b.indexOf(LF); newline !== -1; newline = b.indexOf(LF, at)) {
      const end = newline > at && b[newline - 1] === CR ? newline - 1 : newline;
      out.add(redactor.line(b, at, end));
      out.add(b.subarray(end, newline + 1));
      at = newline + 1;
    }
    let left = b.subarray(at);
    if (left.length > LONGEST_LINE) {
      const cut = cutAt(left);
      out.add(redactor.line(left, 0, cut, true));
      left = left.subarray(cut);
    }
    rest = left.length === 0 ? [] : [Buffer.from(left)];
    waiting = left.length;
    const block = out.take();
    if (block.length > 0) yield recode ? recode.write(block) : block;
  }
  if (waiting === 0) return;
  const last = Buffer.concat(rest);
  redactor.learn(last, 0, last.length);
  const end = last[last.length - 1] === CR ? last.length - 1 : last.length;
  const block = Buffer.concat([redactor.line(last, 0, end), last.subarray(end)]);
  yield recode ? recode.write(block) : block;
}

/** The card numbers of `chunks`, for a redactor that reads them once more. */
export async function numbersIn(chunks: AsyncIterable<Buffer>): Promise<MaskedBefore> {
  const ahead = new NumbersAhead();
  // Nothing but the ends of lines is written.
  for await (const _ of redactStream(chunks, ahead));
  return ahead.numbers;
}

interface Recode {
  read(chunk: Buffer): Buffer;
  write(block: Buffer): Buffer;
}

/** UTF-16 and UTF-32 with a byte order mark are read as UTF-8 and written as they came. */
function wide(first: Buffer): Recode | undefined {
  const utf32 = utf32By(first);
  if (utf32) {
    const decode = utf32Decoder(utf32);
    return {
      read: (chunk) => Buffer.from(decode(chunk), 'utf8'),
      write: (block) => utf32Bytes(block.toString('utf8'), utf32),
    };
  }
  const little = first[0] === 0xff && first[1] === 0xfe;
  const big = first[0] === 0xfe && first[1] === 0xff;
  if (!little && !big) return undefined;
  const decoder = new TextDecoder(little ? 'utf-16le' : 'utf-16be', { ignoreBOM: true });
  return {
    read: (chunk) => Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8'),
    write: (block) => {
      const bytes = Buffer.from(block.toString('utf8'), 'utf16le');
      return big ? bytes.swap16() : bytes;
    },
  };
}
