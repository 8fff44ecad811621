/** DTLS records and handshake fragments of one direction (RFC 6347, RFC 9147), handed to the session as messages. */
import type { TlsHalf } from '../stream/tls-half.ts';
import type { TlsSession } from '../stream/tls-session.ts';

const MAX_MESSAGE = 64 * 1024;
const MAX_OPEN = 16;

interface OpenMessage {
  type: number;
  length: number;
  pieces: { from: number; to: number }[];
  bytes: Buffer;
}

export function looksLikeDtls(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 13) return false;
  const type = bytes[start]!;
  const version = (bytes[start + 1]! << 8) | bytes[start + 2]!;
  const length = (bytes[start + 11]! << 8) | bytes[start + 12]!;
  return (
    type >= 20 &&
    type <= 25 &&
    (version === 0xfeff || version === 0xfefd || version === 0xfefc || version === 0x0100) &&
    length <= end - start - 13
  );
}

/** A datagram that opens a DTLS conversation: a clear-text ClientHello. */
export function opensDtls(bytes: Buffer, start: number, end: number): boolean {
  return (
    looksLikeDtls(bytes, start, end) &&
    bytes[start] === 22 &&
    end - start > 25 &&
    bytes[start + 13] === 1 &&
    bytes[start + 3] === 0 &&
    bytes[start + 4] === 0
  );
}

export class DtlsHalf {
  private readonly half: TlsHalf;
  private readonly session: TlsSession;
  private readonly open = new Map<number, OpenMessage>();
  private readonly delivered = new Set<number>();

  constructor(session: TlsSession, half: TlsHalf) {
    this.session = session;
    this.half = half;
  }

  datagram(bytes: Buffer, start: number, end: number, frame: number, time: number): void {
    for (let at = start; looksLikeDtls(bytes, at, end); ) {
      const type = bytes[at]!;
      const version = (bytes[at + 1]! << 8) | bytes[at + 2]!;
      const epoch = (bytes[at + 3]! << 8) | bytes[at + 4]!;
      const length = (bytes[at + 11]! << 8) | bytes[at + 12]!;
      const body = at + 13;
      this.half.recordVersion = version;
      this.half.records.add(type, length, frame, time, epoch > 0);
      if (epoch > 0) this.session.encrypted(this.half, type, length, frame, time);
      else if (type === 22) this.handshake(bytes, body, body + length, frame, time);
      else if (type === 21 && length >= 2) this.session.alert(this.half, bytes[body]!, bytes[body + 1]!, frame, time);
      else if (type === 20) this.session.changeCipherSpec(this.half, frame, time);
      at = body + length;
    }
  }

  private handshake(bytes: Buffer, start: number, end: number, frame: number, time: number): void {
    for (let at = start; end - at >= 12; ) {
      const type = bytes[at]!;
      const length = bytes.readUIntBE(at + 1, 3);
      const sequence = bytes.readUInt16BE(at + 4);
      const offset = bytes.readUIntBE(at + 6, 3);
      const piece = bytes.readUIntBE(at + 9, 3);
      const from = at + 12;
      if (from + piece > end || offset + piece > length || length > MAX_MESSAGE) return;
      at = from + piece;
      // Flights are sent again as a whole when an answer is late.
      if (this.delivered.has(sequence)) continue;
      if (piece === length) {
        this.deliver(sequence, type, bytes, from, at, frame, time);
        continue;
      }
      const open = this.open.get(sequence) ?? { type, length, pieces: [], bytes: Buffer.alloc(length) };
      if (
        open.length !== length ||
        (this.open.size >= MAX_OPEN && !this.open.has(sequence)) ||
        open.pieces.length > 256
      )
        return;
      this.open.set(sequence, open);
      bytes.copy(open.bytes, offset, from, at);
      open.pieces.push({ from: offset, to: offset + piece });
      if (covers(open)) {
        this.open.delete(sequence);
        this.deliver(sequence, type, open.bytes, 0, length, frame, time);
      }
    }
  }

  private deliver(
    sequence: number,
    type: number,
    bytes: Buffer,
    start: number,
    end: number,
    frame: number,
    time: number,
  ): void {
    if (this.delivered.size < 64) this.delivered.add(sequence);
    this.session.message(this.half, type, bytes, start, end, frame, time);
  }
}

function covers(open: OpenMessage): boolean {
  let reached = 0;
  for (const piece of [...open.pieces].sort((a, b) => a.from - b.from)) {
    if (piece.from > reached) return false;
    reached = Math.max(reached, piece.to);
  }
  return reached >= open.length;
}
