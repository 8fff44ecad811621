/** Feeds a capture of any supported container from chunks of any size, copying only records that straddle chunks. */

import { Readable } from 'node:stream';
import { createGunzip, constants as zlib } from 'node:zlib';
import type { ContainerReader, PacketSink } from './packet-sink.ts';
import { isPcap, PcapReader } from './pcap.ts';
import { isPcapng, PcapngReader } from './pcapng.ts';

const EMPTY = Buffer.alloc(0);
/** A block never needs more than this at once; more is a corrupt file. */
const MAX_CARRY = 20 * 1024 * 1024;

export class CaptureStream {
  private readonly sink: PacketSink;
  private reader: ContainerReader | undefined;
  private carry: Buffer = EMPTY;
  private unknown = false;
  bytesRead = 0;

  constructor(sink: PacketSink) {
    this.sink = sink;
  }

  get format(): string {
    return this.reader?.format ?? 'unknown';
  }

  /** Nothing more can be read from this input. */
  get stopped(): boolean {
    return this.unknown || (this.reader?.stopped ?? false);
  }

  /** Takes the next bytes, which need to be valid only during the call. */
  push(chunk: Buffer): void {
    this.bytesRead += chunk.length;
    if (this.stopped || chunk.length === 0) return;
    let at = 0;
    if (!this.reader) {
      const all = this.carry.length > 0 ? Buffer.concat([this.carry, chunk]) : chunk;
      if (all.length < 24) {
        this.carry = Buffer.from(all);
        return;
      }
      if (!this.open(all)) return;
      this.carry = EMPTY;
      this.take(all, 0);
      return;
    }
    // Complete the record that straddles the chunk border, and nothing else, in a small copy.
    while (this.carry.length > 0 && at < chunk.length && !this.stopped) {
      const missing = Math.max(this.reader.needs() - this.carry.length, this.reader.needs() > 0 ? 0 : 28);
      const grab = Math.min(Math.max(missing, 1), chunk.length - at);
      const joined = Buffer.concat([this.carry, chunk.subarray(at, at + grab)]);
      at += grab;
      const used = this.reader.consume(joined, 0, joined.length);
      if (used === 0) {
        this.carry = joined;
        if (this.carry.length > MAX_CARRY) throw new RangeError('a container reader asked for more than its own bound');
        continue;
      }
      const left = joined.length - used;
      // Bytes behind the completed record go back to the chunk when they came from it.
      if (left <= grab) {
        at -= left;
        this.carry = EMPTY;
      } else {
        this.carry = joined.subarray(used);
      }
    }
    if (at < chunk.length && this.carry.length === 0) this.take(chunk, at);
  }

  end(): void {
    if (this.unknown) return;
    if (!this.reader) {
      if (this.carry.length > 0 && !this.open(this.carry)) return;
      if (!this.reader) {
        this.sink.problem('the file is empty: nothing was captured');
        return;
      }
      const all = this.carry;
      this.carry = EMPTY;
      this.take(all, 0);
    }
    this.reader.finish(this.carry.length);
  }

  private take(bytes: Buffer, from: number): void {
    const used = this.reader!.consume(bytes, from, bytes.length);
    const rest = from + used;
    this.carry = rest < bytes.length && !this.stopped ? Buffer.from(bytes.subarray(rest)) : EMPTY;
  }

  private open(head: Buffer): boolean {
    if (isPcap(head)) this.reader = new PcapReader(this.sink);
    else if (isPcapng(head)) this.reader = new PcapngReader(this.sink);
    else {
      const magic = head.subarray(0, 4).toString('hex');
      this.sink.problem(
        `not a capture this program reads (first bytes ${magic}); convert it with: editcap -F pcapng IN OUT`,
      );
      this.unknown = true;
      return false;
    }
    return true;
  }
}

/**
 * Decompresses gz (and zst where Node has it) when the first bytes say so; everything else passes unchanged. Chunks of
 * `source` need to be valid only until the next is asked for.
 */
export async function* decompressed(
  source: AsyncIterable<Buffer>,
  problem: (says: string) => void,
): AsyncIterable<Buffer> {
  const iterator = source[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return;
  const rest = (async function* (): AsyncIterable<Buffer> {
    yield first.value;
    for (;;) {
      const step = await iterator.next();
      if (step.done) return;
      yield step.value;
    }
  })();
  // A decompressor reads ahead.
  const copies = async function* (): AsyncIterable<Buffer> {
    for await (const chunk of rest) yield Buffer.from(chunk);
  };
  const head = first.value;
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  const zstd = head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528;
  if (!gzip && !zstd) {
    yield* rest;
    return;
  }
  const decoder = gzip ? createGunzip({ finishFlush: zlib.Z_SYNC_FLUSH, chunkSize: 1 << 20 }) : await zstdDecoder();
  if (!decoder) {
    problem('zstd needs Node 22.15 or later; decompress it first: zstd -d FILE');
    return;
  }
  const input = Readable.from(copies());
  input.on('error', (error) => decoder.destroy(error));
  try {
    for await (const chunk of input.pipe(decoder)) yield chunk as Buffer;
  } catch (error) {
    problem(`the compressed stream is damaged (${(error as Error).message}); what came before it was read`);
  } finally {
    input.destroy();
  }
}

async function zstdDecoder(): Promise<(NodeJS.ReadWriteStream & { destroy(error?: Error): void }) | undefined> {
  const zlibModule = (await import('node:zlib')) as unknown as {
    createZstdDecompress?: () => import('node:stream').Transform;
  };
  return zlibModule.createZstdDecompress?.();
}
