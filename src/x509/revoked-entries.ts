/**
 * The entries of a revocation list, kept as the octets they were read from. A list of a large authority has hundreds of
 * thousands of them, of which a handful is ever asked for: no object is made until somebody asks.
 */
import { DerReader } from './der.ts';
import { readTime } from './time.ts';
import type { RevokedEntry, RevokedSerials } from './types.ts';

/** Reads the reason of one entry from its extensions. */
export type ReasonReader = (reader: DerReader, from: number, to: number) => string | undefined;

export class RevokedEntries implements RevokedSerials {
  private readonly bytes: Buffer;
  private readonly reason: ReasonReader;
  /** Where each entry starts. */
  private starts = new Uint32Array(64);
  private count = 0;
  /** Open addressing over `starts`, by serial number; 0 is free, else index + 1. Made with the first question. */
  private table: Uint32Array | undefined;
  private repeated = 0;

  constructor(bytes: Buffer, reason: ReasonReader) {
    this.bytes = bytes;
    this.reason = reason;
  }

  /** Notes an entry by the offset of its SEQUENCE. */
  add(start: number): void {
    if (this.count === this.starts.length) {
      const larger = new Uint32Array(this.count * 2);
      larger.set(this.starts);
      this.starts = larger;
    }
    this.starts[this.count++] = start;
  }

  get size(): number {
    return this.count;
  }

  /** Entries whose serial number another entry has too. */
  get duplicates(): number {
    this.index();
    return this.repeated;
  }

  has(serial: string): boolean {
    return this.find(serial) >= 0;
  }

  get(serial: string): RevokedEntry | undefined {
    const at = this.find(serial);
    return at < 0 ? undefined : this.entry(this.starts[at]!);
  }

  *keys(): Generator<string> {
    for (let i = 0; i < this.count; i++) {
      const { start, end } = this.serial(this.starts[i]!);
      yield this.bytes.toString('hex', start, end).toUpperCase();
    }
  }

  private index(): Uint32Array {
    if (this.table) return this.table;
    const table = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(8, this.count * 2))));
    const mask = table.length - 1;
    for (let i = 0; i < this.count; i++) {
      const { start, end } = this.serial(this.starts[i]!);
      let slot = hash(this.bytes, start, end) & mask;
      for (; table[slot] !== 0; slot = (slot + 1) & mask) {
        const other = this.serial(this.starts[table[slot]! - 1]!);
        if (this.bytes.compare(this.bytes, other.start, other.end, start, end) !== 0) continue;
        this.repeated++;
        break;
      }
      table[slot] = i + 1;
    }
    this.table = table;
    return table;
  }

  private find(text: string): number {
    const wanted = Buffer.from(text.length % 2 ? `0${text}` : text, 'hex');
    let skip = 0;
    while (skip < wanted.length - 1 && wanted[skip] === 0) skip++;
    const table = this.index();
    const mask = table.length - 1;
    let slot = hash(wanted, skip, wanted.length) & mask;
    for (; table[slot] !== 0; slot = (slot + 1) & mask) {
      const { start, end } = this.serial(this.starts[table[slot]! - 1]!);
      if (wanted.compare(this.bytes, start, end, skip) === 0) return table[slot]! - 1;
    }
    return -1;
  }

  /** Octets of the serial number without leading zeros. */
  private serial(entry: number): { start: number; end: number } {
    const { bytes } = this;
    // Entries are noted only after both headers were read, so nothing can fail here.
    const inner = skipHeader(bytes, entry);
    const content = skipHeader(bytes, inner);
    const end = content + lengthAt(bytes, inner);
    let start = content;
    while (start < end - 1 && bytes[start] === 0) start++;
    return { start, end };
  }

  private entry(at: number): RevokedEntry {
    const reader = new DerReader(this.bytes);
    const entry = reader.read(at, this.bytes.length)!;
    const serial = reader.read(entry.content, entry.end)!;
    const date = reader.read(serial.next, entry.end);
    const reason = date && date.next < entry.end ? this.reason(reader, date.next, entry.end) : undefined;
    return { time: readTime(reader, date, 'revocationDate').value, ...(reason === undefined ? {} : { reason }) };
  }
}

function lengthAt(bytes: Buffer, at: number): number {
  const first = bytes[at + 1]!;
  if (first < 0x80) return first;
  let length = 0;
  for (let i = 0; i < (first & 0x7f); i++) length = length * 256 + bytes[at + 2 + i]!;
  return length;
}

const skipHeader = (bytes: Buffer, at: number): number => {
  const first = bytes[at + 1]!;
  return at + 2 + (first > 0x80 ? first & 0x7f : 0);
};

function hash(bytes: Buffer, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let i = start; i < end; i++) value = Math.imul(value ^ bytes[i]!, 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}
