/**
 * pcapng (draft-ietf-opsawg-pcapng): sections in either byte order, any timestamp resolution and offset, Enhanced,
 * Simple and the obsolete Packet Block, Decryption Secrets; every other block is passed over by its length.
 */
import { counted } from '../../wording.ts';
import { type ContainerReader, MAX_PACKET, type PacketSink } from './packet-sink.ts';

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;
const TLS_KEY_LOG = 0x544c534b;
const OPTION_TIMESTAMP_RESOLUTION = 9;
const OPTION_TIMESTAMP_OFFSET = 14;
const MAX_BLOCK = MAX_PACKET + 1024 * 1024;
/** The last instant that a Date can hold, in ms UTC. */
const LAST_INSTANT = 8.64e15;
const MAX_INTERFACES = 65_536;

interface Interface {
  linkType: number;
  snapLength: number;
  /** Ticks per millisecond. */
  ticksPerMs: number;
  offsetMs: number;
}

export function isPcapng(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === SECTION_HEADER;
}

export class PcapngReader implements ContainerReader {
  readonly format = 'pcapng';
  stopped = false;
  private readonly sink: PacketSink;
  private little = true;
  private interfaces: Interface[] = [];
  private frame = 0;
  private position = 0;
  private wanted = 0;

  constructor(sink: PacketSink) {
    this.sink = sink;
  }

  needs(): number {
    return this.wanted;
  }

  consume(bytes: Buffer, start: number, end: number): number {
    let at = start;
    this.wanted = 0;
    while (end - at >= 12) {
      const type = this.u32(bytes, at);
      if (bytes.readUInt32BE(at) === SECTION_HEADER && !this.readByteOrder(bytes, at)) {
        return this.stop(
          `section header at byte ${this.position + at - start} has no valid byte-order magic`,
          start,
          end,
        );
      }
      const length = this.u32(bytes, at + 4);
      // Lengths are padded to 32 bits; some writers forget, which other readers accept too.
      const total = (length + 3) & ~3;
      if (length < 12 || length > MAX_BLOCK) {
        return this.stop(
          `block at byte ${this.position + at - start} claims ${counted(length, 'byte')}: corrupt from here, ${counted(this.frame, 'packet')} ${this.frame === 1 ? 'was' : 'were'} read`,
          start,
          end,
        );
      }
      if (end - at < total) {
        this.wanted = total;
        break;
      }
      this.block(
        bytes[at] === 0x0a && bytes.readUInt32BE(at) === SECTION_HEADER ? SECTION_HEADER : type,
        bytes,
        at,
        at + length,
      );
      at += total;
    }
    this.position += at - start;
    return at - start;
  }

  finish(left: number): void {
    if (left > 0 && !this.stopped)
      this.sink.problem(
        `the file ends inside a block at byte ${this.position} (${counted(left, 'byte')} left): truncated capture, ${counted(this.frame, 'packet')} ${this.frame === 1 ? 'was' : 'were'} read`,
      );
  }

  private stop(says: string, start: number, end: number): number {
    this.sink.problem(says);
    this.stopped = true;
    this.position += end - start;
    return end - start;
  }

  private readByteOrder(bytes: Buffer, at: number): boolean {
    const magic = bytes.readUInt32BE(at + 8);
    if (magic === BYTE_ORDER_MAGIC) this.little = false;
    else if (magic === 0x4d3c2b1a) this.little = true;
    else return false;
    return true;
  }

  private u16(bytes: Buffer, at: number): number {
    return this.little ? bytes[at]! | (bytes[at + 1]! << 8) : (bytes[at]! << 8) | bytes[at + 1]!;
  }

  private u32(bytes: Buffer, at: number): number {
    return this.little
      ? (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
      : ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  private block(type: number, bytes: Buffer, at: number, end: number): void {
    const bodyEnd = end - 4;
    switch (type) {
      case SECTION_HEADER:
        this.interfaces = [];
        if (bodyEnd - at >= 16) this.checkVersion(this.u16(bytes, at + 12), this.u16(bytes, at + 14), at);
        return;
      case INTERFACE_DESCRIPTION:
        this.readInterface(bytes, at + 8, bodyEnd);
        return;
      case ENHANCED_PACKET:
        if (bodyEnd - at < 28) {
          this.short('enhanced packet', at);
          return;
        }
        this.emit(
          bytes,
          at + 28,
          bodyEnd,
          this.u32(bytes, at + 20),
          this.u32(bytes, at + 24),
          this.u32(bytes, at + 8),
          this.u32(bytes, at + 12),
          this.u32(bytes, at + 16),
        );
        return;
      case OBSOLETE_PACKET:
        if (bodyEnd - at < 28) {
          this.short('packet', at);
          return;
        }
        this.emit(
          bytes,
          at + 28,
          bodyEnd,
          this.u32(bytes, at + 20),
          this.u32(bytes, at + 24),
          this.u16(bytes, at + 8),
          this.u32(bytes, at + 12),
          this.u32(bytes, at + 16),
        );
        return;
      case SIMPLE_PACKET: {
        if (bodyEnd - at < 12) {
          this.short('simple packet', at);
          return;
        }
        const original = this.u32(bytes, at + 8);
        const snap = this.interfaces[0]?.snapLength || 0xffffffff;
        this.emit(bytes, at + 12, bodyEnd, Math.min(original, snap, bodyEnd - at - 12), original, 0, -1, 0);
        return;
      }
      case DECRYPTION_SECRETS: {
        const length = this.u32(bytes, at + 12);
        if (bodyEnd - at >= 16 && this.u32(bytes, at + 8) === TLS_KEY_LOG && length <= bodyEnd - at - 16)
          this.sink.secrets(bytes.toString('latin1', at + 16, at + 16 + length));
        return;
      }
    }
  }

  /** 1.0, and the 1.2 that some writers use for the same format (draft-ietf-opsawg-pcapng section 4.1). */
  private checkVersion(major: number, minor: number, at: number): void {
    if (major !== 1 || (minor !== 0 && minor !== 2))
      this.sink.problem(
        `the section at byte ${this.position + at} is of pcapng version ${major}.${minor}, which is unknown; reading it as version 1.0`,
      );
  }

  private short(what: string, at: number): void {
    this.frame++;
    this.sink.problem(`${what} block at byte ${this.position + at} is too short: frame ${this.frame} skipped`);
  }

  private emit(
    bytes: Buffer,
    start: number,
    limit: number,
    captured: number,
    original: number,
    interfaceId: number,
    high: number,
    low: number,
  ): void {
    this.frame++;
    const where = this.interfaces[interfaceId];
    let end = start + captured;
    if (end > limit) {
      this.sink.problem(`frame ${this.frame} claims ${captured} captured bytes but its block holds ${limit - start}`);
      end = limit;
    }
    if (!where) {
      this.sink.problem(
        `frame ${this.frame} names interface ${interfaceId}, which the section does not describe; read as Ethernet`,
      );
      this.sink.packet(bytes, start, end, original, 0, 1);
      return;
    }
    let time = high < 0 ? 0 : (high * 4294967296 + low) / where.ticksPerMs + where.offsetMs;
    if (!(time >= 0 && time <= LAST_INSTANT)) {
      this.sink.problem(`frame ${this.frame} is dated beyond the calendar; read as without a time`);
      time = 0;
    }
    this.sink.packet(bytes, start, end, original, time, where.linkType);
  }

  private readInterface(bytes: Buffer, start: number, end: number): void {
    if (end - start < 8 || this.interfaces.length >= MAX_INTERFACES) {
      this.sink.problem('an interface description block is too short or one too many');
      return;
    }
    const found: Interface = {
      linkType: this.u16(bytes, start),
      snapLength: this.u32(bytes, start + 4),
      ticksPerMs: 1000,
      offsetMs: 0,
    };
    for (let at = start + 8; end - at >= 4; ) {
      const code = this.u16(bytes, at);
      const length = this.u16(bytes, at + 2);
      if (code === 0 || at + 4 + length > end) break;
      if (code === OPTION_TIMESTAMP_RESOLUTION && length >= 1) {
        const value = bytes[at + 4]!;
        const ticks = value & 0x80 ? 2 ** (value & 0x7f) : 10 ** value;
        found.ticksPerMs = ticks / 1000;
      } else if (code === OPTION_TIMESTAMP_OFFSET && length >= 8) {
        const high = this.u32(bytes, this.little ? at + 8 : at + 4) | 0;
        const low = this.u32(bytes, this.little ? at + 4 : at + 8);
        found.offsetMs = (high * 4294967296 + low) * 1000;
      }
      at += 4 + ((length + 3) & ~3);
    }
    this.interfaces.push(found);
  }
}
