/** Packet captures written from what two ends said: Ethernet, IPv4, TCP with right checksums, classic pcap. */
import type { Segment } from './handshake.ts';

export interface Conversation {
  client: string;
  clientPort: number;
  server: string;
  serverPort: number;
  /** ms UTC of the first packet. */
  time: number;
  /** Payload in order. */
  segments: readonly Segment[];
  /** How it ends: by FIN, by a reset of one side, or with nothing more. `silent`: the server never answers the SYN. */
  end: 'fin' | 'reset-by-client' | 'reset-by-server' | 'reset-by-middlebox' | 'none' | 'refused' | 'silent';
  /** Hops that lower the TTL of each side, as seen where the capture was taken. */
  clientTtl?: number;
  serverTtl?: number;
  roundTripMs?: number;
}

const SYN = 2;
const ACK = 16;
const PSH = 8;
const FIN = 1;
const RST = 4;

/** A pcap file (LINKTYPE_ETHERNET, microseconds) of the conversations in order of time. */
export function writeCapture(conversations: readonly Conversation[]): Buffer {
  const packets = conversations.flatMap(packetsOf).sort((a, b) => a.time - b.time);
  const header: Buffer = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262144, 16);
  header.writeUInt32LE(1, 20);
  const parts: Buffer[] = [header];
  for (const { time, frame } of packets) {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(Math.floor(time / 1000), 0);
    record.writeUInt32LE(Math.round((time % 1000) * 1000), 4);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    parts.push(record, frame);
  }
  return Buffer.concat(parts);
}

function packetsOf(talk: Conversation): { time: number; frame: Buffer }[] {
  const packets: { time: number; frame: Buffer }[] = [];
  const next = { client: 1_000_000 + talk.clientPort, server: 7_000_000 + talk.clientPort };
  const rtt = talk.roundTripMs ?? 20;
  let time = talk.time;
  const send = (from: 'client' | 'server', flags: number, data: Buffer = Buffer.alloc(0), ttl?: number): void => {
    const own = next[from];
    const other = next[from === 'client' ? 'server' : 'client'];
    packets.push({ time, frame: frameOf(talk, from, own, flags & ACK ? other : 0, flags, data, ttl) });
    next[from] += data.length + (flags & (SYN | FIN) ? 1 : 0);
  };
  send('client', SYN);
  if (talk.end === 'silent') {
    for (const wait of [1000, 2000, 4000]) {
      time += wait;
      next.client--;
      send('client', SYN);
    }
    return packets;
  }
  time += rtt;
  if (talk.end === 'refused') {
    send('server', RST | ACK);
    return packets;
  }
  send('server', SYN | ACK);
  time += 0.2;
  send('client', ACK);
  let last: 'client' | 'server' = 'client';
  for (const segment of talk.segments) {
    time += segment.from === last ? 0.3 : rtt / 2;
    for (let at = 0; at < segment.data.length; at += 1400)
      send(segment.from, PSH | ACK, segment.data.subarray(at, at + 1400));
    last = segment.from;
  }
  time += rtt / 2;
  if (talk.end === 'fin') {
    send('client', FIN | ACK);
    time += rtt;
    send('server', FIN | ACK);
    time += 0.2;
    send('client', ACK);
  } else if (talk.end === 'reset-by-client') send('client', RST | ACK);
  else if (talk.end === 'reset-by-server') send('server', RST | ACK);
  else if (talk.end === 'reset-by-middlebox') {
    // Forged in the name of both ends by something nearer than either: another TTL gives it away.
    send('server', RST | ACK, Buffer.alloc(0), 254);
    send('client', RST | ACK, Buffer.alloc(0), 254);
  }
  return packets;
}

function checksum(...parts: Buffer[]): number {
  let sum = 0;
  for (const part of parts) for (let i = 0; i < part.length; i += 2) sum += (part[i]! << 8) | (part[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function frameOf(
  talk: Conversation,
  from: 'client' | 'server',
  sequence: number,
  acknowledged: number,
  flags: number,
  data: Buffer,
  ttl?: number,
): Buffer {
  const address = (text: string): Buffer => Buffer.from(text.split('.').map(Number));
  const [source, target] =
    from === 'client' ? [address(talk.client), address(talk.server)] : [address(talk.server), address(talk.client)];
  const [sourcePort, targetPort] =
    from === 'client' ? [talk.clientPort, talk.serverPort] : [talk.serverPort, talk.clientPort];
  const options = flags & SYN ? Buffer.from([2, 4, 0x05, 0xb4, 1, 3, 3, 7]) : Buffer.alloc(0);
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(sourcePort, 0);
  tcp.writeUInt16BE(targetPort, 2);
  tcp.writeUInt32BE(sequence >>> 0, 4);
  tcp.writeUInt32BE(acknowledged >>> 0, 8);
  tcp[12] = ((20 + options.length) / 4) << 4;
  tcp[13] = flags;
  tcp.writeUInt16BE(64240, 14);
  const pseudo = Buffer.concat([source, target, Buffer.from([0, 6]), u16(20 + options.length + data.length)]);
  tcp.writeUInt16BE(checksum(pseudo, Buffer.concat([tcp, options, data])), 16);
  const ip = Buffer.alloc(20);
  ip[0] = 0x45;
  ip.writeUInt16BE(40 + options.length + data.length, 2);
  ip.writeUInt16BE(sequence & 0xffff, 4);
  ip.writeUInt16BE(0x4000, 6);
  ip[8] = ttl ?? (from === 'client' ? (talk.clientTtl ?? 64) : (talk.serverTtl ?? 52));
  ip[9] = 6;
  source.copy(ip, 12);
  target.copy(ip, 16);
  ip.writeUInt16BE(checksum(ip), 10);
  const ethernet = Buffer.from(
    from === 'client' ? '02000000000202000000000108' + '00' : '02000000000102000000000208' + '00',
    'hex',
  );
  return Buffer.concat([ethernet, ip, tcp, options, data]);
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}
