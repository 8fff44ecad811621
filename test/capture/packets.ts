/** Builds packets and captures for tests: exact bytes, chosen by the test, in any container and link layer. */
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect } from 'node:tls';

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

export interface SegmentOptions {
  source?: string;
  destination?: string;
  sourcePort: number;
  destinationPort: number;
  sequence: number;
  acknowledgement?: number;
  flags: number;
  window?: number;
  payload?: Buffer;
  ttl?: number;
  identification?: number;
  /** TCP options, already padded to 32 bits. */
  options?: Buffer;
}

export const TIMESTAMPS = Buffer.from([1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1]);
export const SYN_OPTIONS = Buffer.from([2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7]);

export function tcp(options: SegmentOptions): Buffer {
  const extra = options.options ?? Buffer.alloc(0);
  const header = Buffer.alloc(20);
  header.writeUInt16BE(options.sourcePort, 0);
  header.writeUInt16BE(options.destinationPort, 2);
  header.writeUInt32BE(options.sequence >>> 0, 4);
  header.writeUInt32BE((options.acknowledgement ?? 0) >>> 0, 8);
  header[12] = ((20 + extra.length) / 4) << 4;
  header[13] = options.flags;
  header.writeUInt16BE(options.window ?? 64_240, 14);
  return Buffer.concat([header, extra, options.payload ?? Buffer.alloc(0)]);
}

export function ipv4(
  protocol: number,
  payload: Buffer,
  options: { source?: string; destination?: string; ttl?: number; identification?: number; fragment?: number } = {},
): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt16BE(options.identification ?? 1, 4);
  header.writeUInt16BE(options.fragment ?? 0x4000, 6);
  header[8] = options.ttl ?? 64;
  header[9] = protocol;
  Buffer.from((options.source ?? '10.0.0.1').split('.').map(Number)).copy(header, 12);
  Buffer.from((options.destination ?? '10.0.0.2').split('.').map(Number)).copy(header, 16);
  return Buffer.concat([header, payload]);
}

export function ipv6(next: number, payload: Buffer, source = 1, destination = 2): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(payload.length, 4);
  header[6] = next;
  header[7] = 64;
  header.writeUInt32BE(0x20010db8, 8);
  header.writeUInt32BE(source, 20);
  header.writeUInt32BE(0x20010db8, 24);
  header.writeUInt32BE(destination, 36);
  return Buffer.concat([header, payload]);
}

export function udp(payload: Buffer, sourcePort: number, destinationPort: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(destinationPort, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  return Buffer.concat([header, payload]);
}

export function ethernet(payload: Buffer, type = 0x0800): Buffer {
  const header = Buffer.alloc(14, 2);
  header.writeUInt16BE(type, 12);
  return Buffer.concat([header, payload]);
}

export interface Packet {
  bytes: Buffer;
  /** ms UTC. */
  time: number;
}

export type PcapFlavour = 'little' | 'big' | 'little-nano' | 'big-nano' | 'modified';

export function pcap(packets: readonly Packet[], linkType = 1, flavour: PcapFlavour = 'little'): Buffer {
  const little = !flavour.startsWith('big');
  const nano = flavour.endsWith('nano');
  const magic = flavour === 'modified' ? 0xa1b2cd34 : nano ? 0xa1b23c4d : 0xa1b2c3d4;
  const u32 = (buffer: Buffer, value: number, at: number) =>
    little ? buffer.writeUInt32LE(value >>> 0, at) : buffer.writeUInt32BE(value >>> 0, at);
  const u16 = (buffer: Buffer, value: number, at: number) =>
    little ? buffer.writeUInt16LE(value, at) : buffer.writeUInt16BE(value, at);
  const head = Buffer.alloc(24);
  u32(head, magic, 0);
  u16(head, 2, 4);
  u16(head, 4, 6);
  u32(head, 262_144, 16);
  u32(head, linkType, 20);
  const parts: Buffer[] = [head];
  for (const { bytes, time } of packets) {
    const record = Buffer.alloc(flavour === 'modified' ? 24 : 16);
    const seconds = Math.floor(time / 1000);
    u32(record, seconds, 0);
    u32(record, Math.round((time - seconds * 1000) * (nano ? 1e6 : 1000)), 4);
    u32(record, bytes.length, 8);
    u32(record, bytes.length, 12);
    parts.push(record, bytes);
  }
  return Buffer.concat(parts);
}

export function pcapng(
  packets: readonly Packet[],
  options: { big?: boolean; resolution?: number; linkType?: number; secrets?: string; simple?: boolean } = {},
): Buffer {
  const u32 = (value: number) => {
    const buffer = Buffer.alloc(4);
    if (options.big) buffer.writeUInt32BE(value >>> 0);
    else buffer.writeUInt32LE(value >>> 0);
    return buffer;
  };
  const u16 = (value: number) => {
    const buffer = Buffer.alloc(2);
    if (options.big) buffer.writeUInt16BE(value);
    else buffer.writeUInt16LE(value);
    return buffer;
  };
  const block = (type: number, ...body: Buffer[]) => {
    const content = Buffer.concat(body);
    const padded = Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
    return Buffer.concat([u32(type), u32(padded.length + 12), padded, u32(padded.length + 12)]);
  };
  const resolution = options.resolution ?? 6;
  const perMs = (resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution) / 1000;
  const parts: Buffer[] = [
    block(0x0a0d0d0a, u32(0x1a2b3c4d), u16(1), u16(0), Buffer.alloc(8, 255)),
    block(
      1,
      u16(options.linkType ?? 1),
      u16(0),
      u32(262_144),
      u16(9),
      u16(1),
      Buffer.from([resolution, 0, 0, 0]),
      u16(0),
      u16(0),
    ),
  ];
  if (options.secrets)
    parts.push(block(10, u32(0x544c534b), u32(options.secrets.length), Buffer.from(options.secrets)));
  // A block nobody knows must be passed over.
  parts.push(block(0x0bad, Buffer.alloc(7, 1)));
  for (const { bytes, time } of packets) {
    if (options.simple) parts.push(block(3, u32(bytes.length), bytes));
    else {
      const ticks = BigInt(Math.round(time * perMs));
      parts.push(
        block(
          6,
          u32(0),
          u32(Number(ticks >> 32n)),
          u32(Number(ticks & 0xffffffffn)),
          u32(bytes.length),
          u32(bytes.length),
          bytes,
        ),
      );
    }
  }
  return Buffer.concat(parts);
}

/** A source of chunks as readers get them. */
export async function* chunked(bytes: Buffer, size = bytes.length || 1): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Client and server of one connection; every call gives the Ethernet frames of the next step. */
export class Conversation {
  readonly packets: Packet[] = [];
  time: number;
  clientSequence: number;
  serverSequence: number;
  readonly clientPort: number;
  readonly serverPort: number;
  readonly clientAddress: string;
  readonly serverAddress: string;

  constructor(
    options: {
      clientPort?: number;
      serverPort?: number;
      clientAddress?: string;
      serverAddress?: string;
      time?: number;
      clientSequence?: number;
      serverSequence?: number;
    } = {},
  ) {
    this.clientPort = options.clientPort ?? 40_000;
    this.serverPort = options.serverPort ?? 443;
    this.clientAddress = options.clientAddress ?? '10.0.0.1';
    this.serverAddress = options.serverAddress ?? '10.0.0.2';
    this.time = options.time ?? 1_780_000_000_000;
    this.clientSequence = options.clientSequence ?? 1000;
    this.serverSequence = options.serverSequence ?? 5000;
  }

  /** Adds one segment; `after` is ms since the previous one. */
  put(
    from: 'client' | 'server',
    flags: number,
    payload?: Buffer,
    change: Partial<SegmentOptions> & { after?: number; advance?: boolean } = {},
  ): this {
    const client = from === 'client';
    this.time += change.after ?? 1;
    const segment = tcp({
      sourcePort: client ? this.clientPort : this.serverPort,
      destinationPort: client ? this.serverPort : this.clientPort,
      sequence: client ? this.clientSequence : this.serverSequence,
      acknowledgement: flags & ACK ? (client ? this.serverSequence : this.clientSequence) : 0,
      flags,
      options: flags & SYN ? SYN_OPTIONS : TIMESTAMPS,
      ...(payload ? { payload } : {}),
      ...change,
    });
    this.packets.push({
      time: this.time,
      bytes: ethernet(
        ipv4(6, segment, {
          source: client ? this.clientAddress : this.serverAddress,
          destination: client ? this.serverAddress : this.clientAddress,
          ...(change.ttl === undefined ? {} : { ttl: change.ttl }),
          ...(change.identification === undefined ? {} : { identification: change.identification }),
        }),
      ),
    });
    if (change.advance !== false) {
      const moved = (payload?.length ?? 0) + (flags & (SYN | FIN) ? 1 : 0);
      if (client) this.clientSequence = (this.clientSequence + moved) >>> 0;
      else this.serverSequence = (this.serverSequence + moved) >>> 0;
    }
    return this;
  }

  open(): this {
    return this.put('client', SYN)
      .put('server', SYN | ACK)
      .put('client', ACK);
  }

  close(): this {
    return this.put('client', FIN | ACK)
      .put('server', FIN | ACK)
      .put('client', ACK);
  }
}

/** A ClientHello record that OpenSSL (inside Node) writes for these options. */
export function realClientHello(options: ConnectionOptions = {}): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const wire = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        parts.push(Buffer.from(chunk));
        done();
        setImmediate(() => {
          socket.destroy();
          resolve(Buffer.concat(parts));
        });
      },
    });
    const socket = connect({ socket: wire, servername: 'shop.example', ...options });
    socket.on('error', () => {});
  });
}

export const alertRecord = (description: number, level = 2) => Buffer.from([21, 3, 3, 0, 2, level, description]);

export const CLIENT = { sourcePort: 40_000, destinationPort: 443 };

/** Opening, then the given segments of the hello in the given order. */
export function conversation(initial: number, segments: readonly { from: number; bytes: Buffer }[]): Packet[] {
  let time = 1_780_000_000_000;
  const put = (segment: Buffer, source = '10.0.0.1', destination = '10.0.0.2'): Packet => ({
    time: ++time,
    bytes: ethernet(ipv4(6, segment, { source, destination })),
  });
  return [
    put(tcp({ ...CLIENT, sequence: initial, flags: SYN, options: SYN_OPTIONS })),
    put(
      tcp({
        sourcePort: 443,
        destinationPort: 40_000,
        sequence: 9000,
        acknowledgement: initial + 1,
        flags: SYN | ACK,
        options: SYN_OPTIONS,
      }),
      '10.0.0.2',
      '10.0.0.1',
    ),
    put(tcp({ ...CLIENT, sequence: initial + 1, acknowledgement: 9001, flags: ACK, options: TIMESTAMPS })),
    ...segments.map(({ from, bytes }) =>
      put(
        tcp({
          ...CLIENT,
          sequence: initial + 1 + from,
          acknowledgement: 9001,
          flags: ACK,
          options: TIMESTAMPS,
          payload: bytes,
        }),
      ),
    ),
  ];
}
