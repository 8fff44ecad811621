/** The readable beginning of a QUIC connection: hellos in Initial packets, and signs of how it went on. */
import {
  decryptInitial,
  type InitialKeys,
  type InitialPacket,
  initialKeys,
  keyVersions,
  longHeaderEnd,
  readInitialFrames,
  readInitialHeader,
} from '../../tls/quic-initial.ts';
import type { TlsHalf } from '../stream/tls-half.ts';
import type { TlsSession } from '../stream/tls-session.ts';

const MAX_CRYPTO = 64 * 1024;

type Keys = { client: InitialKeys; server: InitialKeys };

class CryptoStream {
  private pieces: { offset: number; bytes: Buffer }[] = [];
  private held = 0;
  delivered = 0;

  add(offset: number, bytes: Buffer): void {
    if (this.held + bytes.length > MAX_CRYPTO) return;
    this.held += bytes.length;
    this.pieces.push({ offset, bytes: Buffer.from(bytes) });
  }

  /** Bytes that have become contiguous since the last call. */
  take(): Buffer | undefined {
    const ready: Buffer[] = [];
    for (let progress = true; progress; ) {
      progress = false;
      for (const [index, piece] of this.pieces.entries()) {
        if (piece.offset > this.delivered) continue;
        const fresh = piece.bytes.subarray(Math.min(piece.bytes.length, this.delivered - piece.offset));
        this.pieces.splice(index, 1);
        this.delivered += fresh.length;
        if (fresh.length > 0) ready.push(fresh);
        progress = true;
        break;
      }
    }
    return ready.length > 0 ? Buffer.concat(ready) : undefined;
  }
}

export class QuicConnection {
  private readonly session: TlsSession;
  /** The id that keys follow from: the first the client chose, or the server's after a Retry. */
  private keyedBy: Buffer | undefined;
  /** By version: a server may go on in another one that is compatible (RFC 9368 section 2.1), with the same id. */
  private readonly keys = new Map<number, Keys | undefined>();
  private readonly streams = { client: new CryptoStream(), server: new CryptoStream() };
  private readonly pending = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
  /** Packets with short headers (1-RTT keys) by direction. */
  shortHeaders = { client: 0, server: 0 };

  constructor(session: TlsSession) {
    this.session = session;
  }

  datagram(bytes: Buffer, start: number, end: number, fromClient: boolean, frame: number, time: number): void {
    const from = fromClient ? 'client' : 'server';
    const half = fromClient ? this.session.client : this.session.server;
    for (let at = start; at < end; ) {
      if ((bytes[at]! & 0x80) === 0) {
        if (bytes[at]! & 0x40) this.shortHeaders[from]++;
        return;
      }
      this.initial(bytes, at, end, from, half, frame, time);
      const next = longHeaderEnd(bytes, at, end);
      if (next <= at) return;
      at = next;
    }
  }

  private initial(
    bytes: Buffer,
    at: number,
    end: number,
    from: 'client' | 'server',
    half: TlsHalf,
    frame: number,
    time: number,
  ): void {
    const packet = readInitialHeader(bytes, at, end);
    if (!packet) return;
    if (!this.keyedBy) {
      if (from === 'server') return;
      this.keyedBy = Buffer.from(packet.destinationId);
    }
    const payload = this.opened(bytes, packet, from);
    if (!payload) return;
    half.records.add(22, payload.length, frame, time, false);
    const frames = readInitialFrames(payload);
    for (const piece of frames.crypto) this.streams[from].add(piece.offset, piece.bytes);
    if (frames.closeCode !== undefined && frames.closeCode >= 0x100 && frames.closeCode <= 0x1ff)
      this.session.alert(half, 2, frames.closeCode & 0xff, frame, time);
    const fresh = this.streams[from].take();
    if (fresh) this.messages(from, half, fresh, frame, time);
  }

  private opened(bytes: Buffer, packet: InitialPacket, from: 'client' | 'server'): Buffer | undefined {
    for (const version of keyVersions(packet.version)) {
      const keys = this.keysOf(version);
      const payload = keys ? decryptInitial(bytes, packet, keys[from]) : undefined;
      if (payload) return payload;
      if (from === 'server') continue;
      // After a Retry the keys follow from the server's new connection id (RFC 9001 section 5.2).
      const renewed = initialKeys(version, packet.destinationId);
      const reopened = renewed ? decryptInitial(bytes, packet, renewed.client) : undefined;
      if (!reopened || !renewed) continue;
      this.keyedBy = Buffer.from(packet.destinationId);
      this.keys.clear();
      this.keys.set(version, renewed);
      return reopened;
    }
    return undefined;
  }

  private keysOf(version: number): Keys | undefined {
    if (!this.keys.has(version)) this.keys.set(version, initialKeys(version, this.keyedBy!));
    return this.keys.get(version);
  }

  private messages(from: 'client' | 'server', half: TlsHalf, fresh: Buffer, frame: number, time: number): void {
    const all = Buffer.concat([this.pending[from], fresh]);
    let at = 0;
    while (all.length - at >= 4) {
      const length = all.readUIntBE(at + 1, 3);
      if (all.length - at - 4 < length) break;
      this.session.message(half, all[at]!, all, at + 4, at + 4 + length, frame, time);
      at += 4 + length;
    }
    this.pending[from] = Buffer.from(all.subarray(at));
  }
}
