/**
 * Windows event logs in their binary form (.evtx): a header of 4 KiB, then chunks of 64 KiB, each of which stands by
 * itself with the names and templates of its records. Read chunk by chunk; a damaged record or chunk is counted and
 * left out. Headers that were not brought up to date (a log copied while it was written) do not matter: every chunk is
 * looked at, and behind the end that its header names the records that go on counting. Others there are what lay in that
 * memory before, often of another log. Layout: libyal's description of the Windows XML Event Log format.
 */
import { BinXmlReader, type Element, EvtxError } from './binxml.ts';
import { fileTime } from './values.ts';

const HEADER = 4096;
const CHUNK = 65_536;
const FIRST_RECORD = 512;
/** Where the chunk's header says that free space begins. */
const FREE_SPACE = 48;
const RECORD_HEADER = 24;
const CHUNK_MAGIC = Buffer.from('ElfChnk\0', 'latin1');
const RECORD_MAGIC = 0x00002a2a;

export interface EvtxRecord {
  /** Number of the record in its log. */
  number: number;
  /** When it was written, ms UTC. */
  written: number;
  root: Element;
}

export interface EvtxCounts {
  chunks: number;
  records: number;
  /** Records that were damaged. */
  damaged: number;
  /** The first of them. */
  sample?: { number: number; what: string };
  /** Whether the file ends inside a chunk. */
  truncated: boolean;
}

/** Calls `take` for every record. Never throws on damaged data. */
export async function readEvtx(chunks: AsyncIterable<Buffer>, take: (record: EvtxRecord) => void): Promise<EvtxCounts> {
  const counts: EvtxCounts = { chunks: 0, records: 0, damaged: 0, truncated: false };
  const chunk = Buffer.alloc(CHUNK);
  let filled = 0;
  let skip = HEADER;
  for await (const bytes of chunks) {
    let at = 0;
    if (skip > 0) {
      at = Math.min(skip, bytes.length);
      skip -= at;
    }
    while (at < bytes.length) {
      const copied = bytes.copy(chunk, filled, at);
      at += copied;
      filled += copied;
      if (filled < CHUNK) break;
      readChunk(chunk, counts, take);
      filled = 0;
    }
  }
  if (filled > 0) {
    counts.truncated = true;
    chunk.fill(0, filled);
    readChunk(chunk, counts, take);
  }
  return counts;
}

function readChunk(chunk: Buffer, counts: EvtxCounts, take: (record: EvtxRecord) => void): void {
  // Space that was set aside and never written.
  if (!chunk.subarray(0, 8).equals(CHUNK_MAGIC)) return;
  counts.chunks++;
  const free = chunk.readUInt32LE(FREE_SPACE);
  let before = Number.NaN;
  let at = FIRST_RECORD;
  while (at + RECORD_HEADER + 4 <= chunk.length) {
    if (chunk.readUInt32LE(at) !== RECORD_MAGIC) return;
    const size = chunk.readUInt32LE(at + 4);
    const number = Number(chunk.readBigUInt64LE(at + 8));
    if (at >= free && free >= FIRST_RECORD && number !== before + 1 && at > FIRST_RECORD) return;
    before = number;
    const written = fileTime(chunk.readBigUInt64LE(at + 16));
    const fits = size >= RECORD_HEADER + 4 && at + size <= chunk.length;
    const end = fits ? at + size - 4 : chunk.length;
    try {
      if (!fits) throw new EvtxError('the record is longer than its chunk');
      const [root] = new BinXmlReader(chunk).read(at + RECORD_HEADER, end);
      if (!root) throw new EvtxError('the record is empty');
      counts.records++;
      take({ number, written, root });
    } catch (error) {
      if (!(error instanceof EvtxError)) throw error;
      counts.damaged++;
      counts.sample ??= { number, what: error.message };
    }
    if (!fits) return;
    at += size;
  }
}
