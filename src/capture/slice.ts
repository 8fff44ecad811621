/**
 * Cuts a capture down to chosen connections. TCP payload behind the handshake is removed (headers stay, lengths stay
 * as they were on the wire), so that a slice can be handed on without the data of the payments in it.
 */
import { counted } from '../wording.ts';
import { CaptureStream, decompressed } from './file/capture-stream.ts';
import type { PacketSink } from './file/packet-sink.ts';
import { PacketDecoder, type TransportSink } from './packet/decoder.ts';

export interface SliceSelection {
  /** Endpoints of a chosen connection. */
  clientAddress: string;
  clientPort: number;
  serverAddress: string;
  serverPort: number;
  /** ms UTC: payload after this time is removed; packets outside `from` and `to` belong to another connection. */
  from: number;
  to: number;
  payloadUntil: number;
}

export interface SliceResult {
  /** Packets and bytes written. */
  packets: number;
  bytes: number;
  packetsRead: number;
  notes: string[];
}

/** Nanosecond pcap, the only format that keeps every resolution met in practice. */
function fileHeader(linkType: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b23c4d, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(linkType, 20);
  return header;
}

/** Reads `source` and hands the bytes of the smaller capture to `write`. Packets of a second link type are left out and counted. */
export async function sliceCapture(
  source: AsyncIterable<Buffer>,
  selections: readonly SliceSelection[],
  write: (bytes: Buffer) => void,
): Promise<SliceResult> {
  const slicer = new Slicer(selections, write);
  const stream = new CaptureStream(slicer);
  for await (const chunk of decompressed(source, (says) => slicer.problem(says))) stream.push(chunk);
  stream.end();
  return slicer.result();
}

class Slicer implements PacketSink, TransportSink {
  private readonly decoder = new PacketDecoder(this);
  private readonly byEndpoints = new Map<string, SliceSelection[]>();
  private readonly write: (bytes: Buffer) => void;
  private linkType = -1;
  private otherLinkType = 0;
  private packets = 0;
  private bytes = 0;
  private packetsRead = 0;
  private readonly notes: string[] = [];
  /** Set by the transport callbacks: where the kept bytes of the packet at hand end; -1 to drop it. */
  private keepUntil = -1;

  constructor(selections: readonly SliceSelection[], write: (bytes: Buffer) => void) {
    this.write = write;
    for (const one of selections) {
      for (const key of [
        endpoints(one.clientAddress, one.clientPort, one.serverAddress, one.serverPort),
        endpoints(one.serverAddress, one.serverPort, one.clientAddress, one.clientPort),
      ]) {
        const list = this.byEndpoints.get(key);
        if (list) list.push(one);
        else this.byEndpoints.set(key, [one]);
      }
    }
  }

  packet(bytes: Buffer, start: number, end: number, originalLength: number, time: number, linkType: number): void {
    this.packetsRead++;
    this.keepUntil = -1;
    this.decoder.packet(bytes, start, end, originalLength, time, linkType);
    if (this.keepUntil < 0) return;
    if (this.linkType < 0) {
      this.linkType = linkType;
      this.put(fileHeader(linkType));
    } else if (this.linkType !== linkType) {
      this.otherLinkType++;
      return;
    }
    // Reassembled fragments live in another buffer: the fragment itself is kept whole.
    const kept =
      this.keepUntil >= start && this.keepUntil <= end
        ? bytes.subarray(start, this.keepUntil)
        : bytes.subarray(start, end);
    const header = Buffer.alloc(16);
    const seconds = Math.floor(time / 1000);
    header.writeUInt32LE(seconds >>> 0, 0);
    header.writeUInt32LE(Math.min(999_999_999, Math.max(0, Math.round((time - seconds * 1000) * 1e6))), 4);
    header.writeUInt32LE(kept.length, 8);
    header.writeUInt32LE(Math.max(originalLength, kept.length) >>> 0, 12);
    this.put(header);
    this.put(Buffer.from(kept));
    this.packets++;
  }

  problem(says: string): void {
    if (this.notes.length < 20) this.notes.push(says);
  }

  secrets(): void {}

  tcp(bytes: Buffer, start: number, end: number, decoder: PacketDecoder): void {
    const chosen = this.chosen(bytes, start, end, decoder);
    if (!chosen || end - start < 20) return;
    const payload = start + (bytes[start + 12]! >>> 4) * 4;
    this.keepUntil = decoder.time > chosen.payloadUntil ? Math.min(end, Math.max(start + 20, payload)) : end;
  }

  udp(bytes: Buffer, start: number, end: number, decoder: PacketDecoder): void {
    const chosen = this.chosen(bytes, start, end, decoder);
    if (chosen) this.keepUntil = decoder.time > chosen.payloadUntil ? Math.min(end, start + 8) : end;
  }

  /** Errors that speak of a chosen connection quote its addresses; they are small and kept. */
  icmp(bytes: Buffer, start: number, end: number, decoder: PacketDecoder): void {
    const quoted = start + 8;
    if (decoder.v6 || end - quoted < 28 || bytes[quoted]! >>> 4 !== 4) return;
    const transport = quoted + (bytes[quoted]! & 15) * 4;
    if (transport + 4 > end) return;
    const text = (at: number) => decoder.addresses.text(bytes.readInt32BE(at), false);
    if (
      this.byEndpoints.has(
        endpoints(
          text(quoted + 12),
          bytes.readUInt16BE(transport),
          text(quoted + 16),
          bytes.readUInt16BE(transport + 2),
        ),
      )
    )
      this.keepUntil = end;
  }

  result(): SliceResult {
    if (this.otherLinkType > 0)
      this.problem(
        `${counted(this.otherLinkType, 'packet')} of another link type ${this.otherLinkType === 1 ? 'was' : 'were'} left out: a pcap file holds one`,
      );
    return { packets: this.packets, bytes: this.bytes, packetsRead: this.packetsRead, notes: this.notes };
  }

  private chosen(bytes: Buffer, start: number, end: number, decoder: PacketDecoder): SliceSelection | undefined {
    if (end - start < 8) return undefined;
    const key = endpoints(
      decoder.addresses.text(decoder.source, decoder.v6),
      bytes.readUInt16BE(start),
      decoder.addresses.text(decoder.destination, decoder.v6),
      bytes.readUInt16BE(start + 2),
    );
    return this.byEndpoints.get(key)?.find((one) => decoder.time >= one.from && decoder.time <= one.to);
  }

  private put(bytes: Buffer): void {
    this.bytes += bytes.length;
    this.write(bytes);
  }
}

function endpoints(from: string, fromPort: number, to: string, toPort: number): string {
  return `${from} ${fromPort} ${to} ${toPort}`;
}
