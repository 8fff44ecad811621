import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { counted } from '../wording.ts';
import type { EvidenceLimits } from './limits.ts';
import { releaseAll } from './release.ts';
import { ZstdBlocks } from './zstd-blocks.ts';

export type Compression = 'gzip' | 'zstd';

/** What zstd data are unpacked at a time: 2 MiB expanded at most. */
const PUSH_BYTES = 16_384;
const PUSH_BLOCKS = 16;

/** What stopped a decompression early, in a sentence that tells what was still read. */
export type NoteSink = (note: string) => void;

/** Compression of a stream from its first bytes; `unsupported` names formats that must be unpacked by hand. */
export function compressionOf(head: Buffer): Compression | { unsupported: string } | undefined {
  if (head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip'; // RFC 1952 section 2.3.1
  if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528) return 'zstd'; // RFC 8878 section 3.1.1
  if (head.length >= 4 && head.toString('latin1', 0, 3) === 'BZh' && head[3]! >= 0x31 && head[3]! <= 0x39)
    return { unsupported: 'bzip2' };
  if (head.length >= 6 && head.readUInt32BE(0) === 0xfd377a58 && head[4] === 0x5a && head[5] === 0)
    return { unsupported: 'xz' };
  if (head.length >= 6 && head.toString('latin1', 0, 4) === '7z\xbc\xaf') return { unsupported: '7-zip' };
  if (head.length >= 6 && head.toString('latin1', 0, 4) === 'Rar!') return { unsupported: 'RAR' };
  return undefined;
}

function bombNote(stored: number, expanded: number): string {
  return `stopped after ${expanded} expanded bytes: ${counted(Math.round(expanded / Math.max(stored, 1)), 'time')} its stored size, as a decompression bomb would be; the rest was not read`;
}

/** Passes chunks on until a bound is reached; says so once. */
async function* bounded(
  chunks: AsyncIterable<Buffer>,
  stored: number,
  limits: EvidenceLimits,
  note: NoteSink,
): AsyncGenerator<Buffer> {
  let expanded = 0;
  for await (const chunk of chunks) {
    expanded += chunk.length;
    if (expanded > limits.expandedBytes) {
      note(`stopped at the limit of ${limits.expandedBytes} expanded bytes; the rest was not read`);
      return;
    }
    if (expanded > limits.bombBytes && expanded > stored * limits.bombRatio) {
      note(bombNote(stored, expanded));
      return;
    }
    yield chunk;
  }
}

/** What zlib unpacks into at a time. */
const GUNZIP_BYTES = 64 * 1024;

async function* gunzipChunks(source: AsyncIterable<Buffer>, note: NoteSink, passing: boolean): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: GUNZIP_BYTES });
  const input = Readable.from(source, { objectMode: false });
  input.on('error', (error) => gunzip.destroy(error));
  input.pipe(gunzip);
  let expanded = 0;
  try {
    for await (const chunk of gunzip) {
      expanded += (chunk as Buffer).length;
      yield chunk;
      // A buffer that is full is not written to again, and what stood before in it has been read.
      if (passing && fillsItsBuffer(chunk)) releaseAll(chunk);
    }
  } catch (error) {
    note(damageNote('gzip', error, expanded));
  } finally {
    input.destroy();
    gunzip.destroy();
  }
}

const fillsItsBuffer = ({ buffer, byteOffset, length }: Buffer): boolean =>
  buffer.byteLength === GUNZIP_BYTES && byteOffset + length === GUNZIP_BYTES;

function damageNote(kind: string, error: unknown, expanded: number): string {
  const code = (error as { code?: string }).code ?? (error instanceof Error ? error.message : 'unknown error');
  const how =
    code === 'Z_BUF_ERROR' || /unexpected (end|EOF)/i.test(String(code)) ? 'is truncated' : `is damaged (${code})`;
  return `${kind} data ${how}: read ${counted(expanded, 'byte')} up to there, what follows is lost; copy the file again`;
}

async function* zstdChunks(source: AsyncIterable<Buffer>, note: NoteSink): AsyncGenerator<Buffer> {
  const { Decompress } = await import('fzstd');
  const blocks = new ZstdBlocks();
  let ready: Buffer[] = [];
  let expanded = 0;
  const stream = new Decompress((data) => {
    if (data.length) ready.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  });
  try {
    for await (const chunk of source) {
      // A few blocks at a time keep a bomb from expanding far beyond the bound before it is seen.
      for (let at = 0; at < chunk.length; ) {
        const end = blocks.cut(chunk.subarray(0, at + PUSH_BYTES), at, PUSH_BLOCKS);
        stream.push(chunk.subarray(at, end));
        at = end;
        for (const part of ready) {
          expanded += part.length;
          yield part;
        }
        ready = [];
      }
    }
    stream.push(new Uint8Array(0), true);
  } catch (error) {
    note(damageNote('zstd', error, expanded));
  }
  for (const part of ready) yield part;
}

/**
 * Decompressed chunks of a stored stream; never throws on damaged data, tells `note` instead.
 * @param passing each chunk is valid only until the next is asked for.
 */
export function expand(
  kind: Compression,
  source: AsyncIterable<Buffer>,
  stored: number,
  limits: EvidenceLimits,
  note: NoteSink,
  passing = false,
): AsyncIterable<Buffer> {
  return bounded(
    kind === 'gzip' ? gunzipChunks(source, note, passing) : zstdChunks(source, note),
    stored,
    limits,
    note,
  );
}

type ZstdDecompress = (data: Buffer, options: { maxOutputLength: number }) => Buffer;

/**
 * Decompresses a small stored buffer at once. Returns `too large` when it does not fit `maximum` bytes, undefined when it is
 * damaged, so that the caller takes the streaming road, which keeps what can be kept.
 */
export function expandAtOnce(kind: Compression, stored: Buffer, maximum: number): Buffer | 'too large' | undefined {
  // The length modulo 2^32 that a whole file ends with (RFC 1952 section 2.3.1), where it can be one: what is too large is
  // not unpacked to find that out. DEFLATE expands 1032 times at most.
  const claimed = kind === 'gzip' && stored.length >= 18 ? stored.readUInt32LE(stored.length - 4) : 0;
  if (claimed > maximum && claimed <= stored.length * 1032) return 'too large';
  try {
    if (kind === 'gzip') return gunzipSync(stored, { maxOutputLength: maximum, finishFlush: constants.Z_FINISH });
    const native = (zlib as { zstdDecompressSync?: ZstdDecompress }).zstdDecompressSync;
    return native?.(stored, { maxOutputLength: maximum });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : undefined;
  }
}
