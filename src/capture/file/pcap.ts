/**
 * Classic pcap (draft-ietf-opsawg-pcap): micro- and nanosecond, both byte orders, and the "modified" format of
 * Alexey Kuznetsov's patch with a longer record header (magic a1b2cd34).
 */
import { counted } from '../../wording.ts';
import { type ContainerReader, MAX_PACKET, type PacketSink } from './packet-sink.ts';

const FILE_HEADER = 24;

const MAGICS: ReadonlyMap<number, { little: boolean; nano: boolean; recordHeader: number }> = new Map([
  [0xd4c3b2a1, { little: true, nano: false, recordHeader: 16 }],
  [0xa1b2c3d4, { little: false, nano: false, recordHeader: 16 }],
  [0x4d3cb2a1, { little: true, nano: true, recordHeader: 16 }],
  [0xa1b23c4d, { little: false, nano: true, recordHeader: 16 }],
  [0x34cdb2a1, { little: true, nano: false, recordHeader: 24 }],
  [0xa1b2cd34, { little: false, nano: false, recordHeader: 24 }],
]);

export function isPcap(head: Buffer): boolean {
  return head.length >= 4 && MAGICS.has(head.readUInt32BE(0));
}

export class PcapReader implements ContainerReader {
  readonly format = 'pcap';
  stopped = false;
  private readonly sink: PacketSink;
  private headerRead = false;
  private little = true;
  private fraction = 1000;
  private recordHeader = 16;
  private linkType = 0;
  private snapLength = 0;
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
    if (!this.headerRead) {
      if (end - at < FILE_HEADER) return 0;
      this.readFileHeader(bytes, at);
      at += FILE_HEADER;
    }
    const { little, recordHeader, linkType, fraction, sink } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.wanted = 0;
    while (end - at >= recordHeader) {
      const seconds = view.getUint32(at, little);
      const part = view.getUint32(at + 4, little);
      const captured = view.getUint32(at + 8, little);
      const original = view.getUint32(at + 12, little);
      if (captured > MAX_PACKET || (captured > this.snapLength && captured > original && captured > 0x40000)) {
        sink.problem(
          `packet record ${this.frame + 1} at byte ${this.position + at - start} claims ${captured} captured bytes: the file is corrupt from here, ${counted(this.frame, 'packet')} ${this.frame === 1 ? 'was' : 'were'} read`,
        );
        this.stopped = true;
        this.position += end - start;
        return end - start;
      }
      const body = at + recordHeader;
      if (end - body < captured) {
        this.wanted = recordHeader + captured;
        break;
      }
      this.frame++;
      sink.packet(bytes, body, body + captured, original, seconds * 1000 + part / fraction, linkType);
      at = body + captured;
    }
    this.position += at - start;
    return at - start;
  }

  finish(left: number): void {
    if (left > 0 && !this.stopped)
      this.sink.problem(
        this.headerRead
          ? `the file ends inside packet record ${this.frame + 1} at byte ${this.position} (${counted(left, 'byte')} left): truncated capture, ${counted(this.frame, 'packet')} ${this.frame === 1 ? 'was' : 'were'} read`
          : `the file ends inside its header (${left} of ${FILE_HEADER} bytes)`,
      );
  }

  private readFileHeader(bytes: Buffer, at: number): void {
    const kind = MAGICS.get(bytes.readUInt32BE(at));
    if (!kind) throw new Error('caller checks the magic number');
    this.little = kind.little;
    this.fraction = kind.nano ? 1_000_000 : 1000;
    this.recordHeader = kind.recordHeader;
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, FILE_HEADER);
    this.snapLength = view.getUint32(16, kind.little);
    // The upper bits hold the FCS length and flags; the link type is the lower 16 (draft section 4).
    const network = view.getUint32(20, kind.little);
    this.linkType = network & 0xffff;
    const major = view.getUint16(4, kind.little);
    // Bits 16 to 25 are reserved and shall be zero; what a writer meant by them is unknown.
    if (network & 0x03ff0000)
      this.sink.problem(`reserved bits of the link type are set; reading it as link type ${this.linkType}`);
    if (major !== 2) this.sink.problem(`pcap version ${major} is unknown; reading it as version 2`);
    this.headerRead = true;
    this.position = 0;
  }
}
