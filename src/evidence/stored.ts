import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readFileSync, readSync } from 'node:fs';
import type { RandomAccess } from './zip.ts';

/** Bytes as they are stored: a file on disk, a member of an archive, or standard input. */
export interface Stored {
  /** Path shown in the report. */
  path: string;
  size: number;
  modified?: number;
  /** Present when the bytes are in memory. */
  buffer?: Buffer;
  /** The bytes from the start, each time it is called. */
  open(): AsyncIterable<Buffer>;
  /** The same without holding the bytes in memory meanwhile; missing where they exist in memory only. */
  reopen?: () => AsyncIterable<Buffer>;
  /** The regular file on disk that holds exactly these bytes. */
  file?: string;
  /** Random access; archive members that are not in memory have none. */
  access?: RandomAccess;
}

const CHUNK_BYTES = 1 << 20;

const streamOf = (file: string) => (): AsyncIterable<Buffer> =>
  createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;

/** Small enough to stay in the processor's cache until the reader is done with it. */
const PASSING_BYTES = 512 * 1024;

/** Buffers that no reader holds; what is let go would only be given back with the next full garbage collection. */
const idleBuffers: Buffer[] = [];

/** Chunks that can be read straight to where they are wanted. */
export interface PassingChunks extends AsyncGenerator<Buffer> {
  /** @param room asked before each chunk where to put it; a room of less than a page is not used. */
  into(room: () => Buffer): void;
}

const LEAST_ROOM = 4096;

/**
 * The bytes from..to of a file, each chunk valid only until the next is asked for: one buffer serves them all.
 * @param to end, exclusive; the end of the file when absent. @throws the error of the file system.
 */
export function passingChunks(file: string, from = 0, to = Number.POSITIVE_INFINITY): PassingChunks {
  let room: (() => Buffer) | undefined;
  const chunks = readChunks(file, from, to, () => room?.());
  return Object.assign(chunks, {
    into: (wanted: () => Buffer): void => {
      room = wanted;
    },
  });
}

async function* readChunks(
  file: string,
  from: number,
  to: number,
  room: () => Buffer | undefined,
): AsyncGenerator<Buffer> {
  let own: Buffer | undefined;
  const descriptor = openSync(file, 'r');
  try {
    for (let at = from; at < to; ) {
      let buffer = room();
      if (buffer === undefined || buffer.length < LEAST_ROOM) {
        own ??= idleBuffers.pop() ?? Buffer.allocUnsafeSlow(PASSING_BYTES);
        buffer = own;
      }
      // Read at once rather than through the thread pool: the pass has nothing else to do meanwhile.
      const count = readSync(descriptor, buffer, 0, Math.min(buffer.length, to - at), at);
      if (count === 0) return;
      at += count;
      yield buffer.subarray(0, count);
    }
  } finally {
    closeSync(descriptor);
    if (own) idleBuffers.push(own);
  }
}

function accessTo(file: string, size: number): RandomAccess {
  return {
    size,
    read(offset, length) {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
      const descriptor = openSync(file, 'r');
      try {
        let read = 0;
        while (read < buffer.length) {
          const count = readSync(descriptor, buffer, read, buffer.length - read, offset + read);
          if (count === 0) break;
          read += count;
        }
        return buffer.subarray(0, read);
      } finally {
        closeSync(descriptor);
      }
    },
  };
}

/** A regular file. Small ones are read at once. */
export function storedFile(file: string, path: string, size: number, modified: number, wholeFileBytes: number): Stored {
  const reopen = streamOf(file);
  if (size > wholeFileBytes) return { path, size, modified, file, open: reopen, reopen, access: accessTo(file, size) };
  const buffer = readFileSync(file);
  return { ...storedBuffer(path, buffer, modified), file, reopen, access: accessTo(file, buffer.length) };
}

/** Bytes that are already in memory. `reopen` says how to get them again without keeping them. */
export function storedBuffer(
  path: string,
  buffer: Buffer,
  modified?: number,
  reopen?: () => AsyncIterable<Buffer>,
): Stored {
  return {
    path,
    size: buffer.length,
    buffer,
    ...(modified === undefined ? {} : { modified }),
    ...(reopen ? { reopen } : {}),
    open: () => once(buffer),
    access: { size: buffer.length, read: (offset, length) => buffer.subarray(offset, offset + length) },
  };
}

/** One buffer as a stream. */
export async function* once(buffer: Buffer): AsyncGenerator<Buffer> {
  yield buffer;
}

/** The bytes `from`..`from + length` of a stream; reading stops there. */
export async function* sliceChunks(
  chunks: AsyncIterable<Buffer>,
  from: number,
  length: number,
): AsyncGenerator<Buffer> {
  let position = 0;
  const end = from + length;
  for await (const chunk of chunks) {
    const start = Math.max(from - position, 0);
    const stop = Math.min(end - position, chunk.length);
    if (stop > start) yield chunk.subarray(start, stop);
    position += chunk.length;
    if (position >= end) return;
  }
}

/** SHA-256 of stored bytes, hex. */
export async function hashStored(stored: Stored): Promise<string> {
  const hash = createHash('sha256');
  if (stored.buffer) return hash.update(stored.buffer).digest('hex');
  for await (const chunk of stored.open()) hash.update(chunk);
  return hash.digest('hex');
}

/** All chunks as one buffer; undefined when they exceed `maximum` bytes. */
export async function collect(chunks: AsyncIterable<Buffer>, maximum: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > maximum) return undefined;
    parts.push(chunk);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, length);
}

/** The first `length` bytes of a stream. */
export async function takeHead(chunks: AsyncIterable<Buffer>, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let taken = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    taken += chunk.length;
    if (taken >= length) break;
  }
  return Buffer.from(Buffer.concat(parts).subarray(0, length));
}
