// Rewrites labelled captures (Ethernet, IPv4, TCP) as other places and tools would have recorded them, and keeps the labels:
// other link layers and tunnels, IPv6, cut packets, duplicates, merged segments, holes, one direction, a late start, and
// connections that begin with a proxy's or STARTTLS's words. Usage: node bench/captures-rewrite.mjs DIR OUT [name filter]
// Writes OUT/<how>/ with captures and expected.tsv for `npm run bench:lab`. Where the rewriting takes evidence away, "not
// visible" is right as well as the truth, another failure is not.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomFrom } from './mutate.mjs';

const [directory, out, filter] = process.argv.slice(2);
if (!out || !existsSync(join(directory, 'expected.tsv'))) {
  console.error('usage: node bench/captures-rewrite.mjs DIR OUT [name filter]');
  process.exit(2);
}

// ---- reading and writing

function readPcap(file) {
  const bytes = readFileSync(file);
  const magic = bytes.readUInt32LE(0);
  if ((magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d) || bytes.readUInt32LE(20) !== 1) return undefined;
  const unit = magic === 0xa1b23c4d ? 1000 : 1;
  const packets = [];
  for (let at = 24; at + 16 <= bytes.length; ) {
    const kept = bytes.readUInt32LE(at + 8);
    const micro = bytes.readUInt32LE(at) * 1e6 + Math.round(bytes.readUInt32LE(at + 4) / unit);
    const data = bytes.subarray(at + 16, at + 16 + kept);
    packets.push(parsed(data, micro, bytes.readUInt32LE(at + 12)));
    at += 16 + kept;
  }
  return packets;
}

/** Ethernet header off; `tcp` holds what rewriting needs, undefined for everything else (ICMP). */
function parsed(frame, micro, original) {
  const ip = frame.subarray(14);
  const packet = { micro, ip: Buffer.from(ip), cut: original - frame.length, type: frame.readUInt16BE(12) };
  if (packet.type !== 0x0800 || ip[9] !== 6) return packet;
  const header = (ip[0] & 15) * 4;
  const tcp = ip.subarray(header);
  const offset = (tcp[12] >> 4) * 4;
  const total = ip.readUInt16BE(2) || ip.length;
  packet.tcp = {
    at: header,
    payloadAt: header + offset,
    payload: Math.max(0, total - header - offset),
    from: `${ip.subarray(12, 16).toString('hex')}:${tcp.readUInt16BE(0)}`,
    to: `${ip.subarray(16, 20).toString('hex')}:${tcp.readUInt16BE(2)}`,
    flags: tcp[13],
  };
  return packet;
}

const flowKey = ({ tcp }) => [tcp.from, tcp.to].sort().join('-');
const SYN = 2;
const ACK = 16;

function pcap(packets, link = 1, snap = 262_144) {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(snap, 16);
  head.writeUInt32LE(link, 20);
  const parts = [head];
  for (const { micro, bytes, length = bytes.length } of packets) {
    const kept = bytes.subarray(0, snap);
    const record = Buffer.alloc(16);
    record.writeUInt32LE(Math.floor(micro / 1e6), 0);
    record.writeUInt32LE(micro % 1e6, 4);
    record.writeUInt32LE(kept.length, 8);
    record.writeUInt32LE(Math.max(length, kept.length), 12);
    parts.push(record, kept);
  }
  return Buffer.concat(parts);
}

/** One section, one interface a direction, the second counting nanoseconds. */
function pcapng(packets) {
  const block = (type, body) => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    const head = Buffer.alloc(8);
    head.writeUInt32LE(type, 0);
    head.writeUInt32LE(12 + padded.length, 4);
    return Buffer.concat([head, padded, head.subarray(4)]);
  };
  const section = Buffer.from('4d3c2b1a01000000ffffffffffffffff', 'hex');
  const micros = Buffer.from('0100000000000400', 'hex');
  const nanos = Buffer.concat([micros, Buffer.from('09000100090000000000000000000000', 'hex').subarray(0, 12)]);
  const parts = [block(0x0a0d0d0a, section), block(1, micros), block(1, nanos)];
  const client = packets.find(({ tcp }) => tcp)?.tcp.from;
  for (const packet of packets) {
    const second = packet.tcp !== undefined && packet.tcp.from !== client;
    const ticks = second ? BigInt(packet.micro) * 1000n : BigInt(packet.micro);
    const bytes = ethernet(packet.ip, packet.type);
    const head = Buffer.alloc(20);
    head.writeUInt32LE(second ? 1 : 0, 0);
    head.writeUInt32LE(Number(ticks >> 32n), 4);
    head.writeUInt32LE(Number(ticks & 0xffffffffn), 8);
    head.writeUInt32LE(bytes.length, 12);
    head.writeUInt32LE(bytes.length + packet.cut, 16);
    parts.push(block(6, Buffer.concat([head, bytes])));
  }
  return Buffer.concat(parts);
}

const ethernet = (payload, type = 0x0800) => {
  const head = Buffer.alloc(14, 2);
  head.writeUInt16BE(type, 12);
  return Buffer.concat([head, payload]);
};
const framed = (packets, wrap) =>
  packets.map((packet) => {
    const bytes = wrap(packet);
    return { micro: packet.micro, bytes, length: bytes.length + packet.cut };
  });
const plain = (packets) => framed(packets, ({ ip, type }) => ethernet(ip, type));

// ---- addresses and layers

/** The same segments over IPv6; everything but TCP stays as it is. */
function asIpv6(packet) {
  if (!packet.tcp) return ethernet(packet.ip, packet.type);
  const head = Buffer.alloc(40);
  head[0] = 0x60;
  head.writeUInt16BE(packet.ip.readUInt16BE(2) - packet.tcp.at, 4);
  head[6] = 6;
  head[7] = packet.ip[8];
  head.writeUInt32BE(0xfd000a09, 8);
  packet.ip.copy(head, 20, 12, 16);
  head.writeUInt32BE(0xfd000a09, 24);
  packet.ip.copy(head, 36, 16, 20);
  return ethernet(Buffer.concat([head, packet.ip.subarray(packet.tcp.at)]), 0x86dd);
}

function inUdp(payload, port) {
  const head = Buffer.alloc(28);
  head[0] = 0x45;
  head.writeUInt16BE(28 + payload.length, 2);
  head[8] = 63;
  head[9] = 17;
  head.writeUInt32BE(0xac100001, 12);
  head.writeUInt32BE(0xac100002, 16);
  head.writeUInt16BE(51_234, 20);
  head.writeUInt16BE(port, 22);
  head.writeUInt16BE(8 + payload.length, 24);
  return ethernet(Buffer.concat([head, payload]));
}

// ---- words before the TLS handshake: [side, bytes] in order

const text = (side, words) => [side, Buffer.from(words, 'latin1')];
const C = 'client';
const S = 'server';
const hex = (side, words) => [side, Buffer.from(words.replace(/ /g, ''), 'hex')];
const PREFACES = {
  proxy1: [text(C, 'PROXY TCP4 203.0.113.9 198.51.100.4 40112 443\r\n')],
  proxy2: [hex(C, '0d0a0d0a000d0a515549540a 21 11 000c cb007109 c6336404 9cb0 01bb')],
  connect: [
    text(
      C,
      'CONNECT shop.lab.example:443 HTTP/1.1\r\nHost: shop.lab.example:443\r\nProxy-Connection: Keep-Alive\r\n\r\n',
    ),
    text(S, 'HTTP/1.1 200 Connection established\r\n\r\n'),
  ],
  'connect-auth': [
    text(C, 'CONNECT shop.lab.example:443 HTTP/1.1\r\nHost: shop.lab.example:443\r\n\r\n'),
    text(
      S,
      'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 4\r\n\r\nno\r\n',
    ),
    text(
      C,
      'CONNECT shop.lab.example:443 HTTP/1.1\r\nHost: shop.lab.example:443\r\nProxy-Authorization: Basic eDp5\r\n\r\n',
    ),
    text(S, 'HTTP/1.0 200 OK\r\nVia: 1.1 gate\r\n\r\n'),
  ],
  socks5: [
    hex(C, '05 02 00 02'),
    hex(S, '05 00'),
    hex(C, '05 01 00 03 10 73686f702e6c61622e6578616d706c65 01bb'),
    hex(S, '05 00 00 01 0a090202 9c40'),
  ],
  'socks5-auth': [
    hex(C, '05 01 02'),
    hex(S, '05 02'),
    hex(C, '01 03 616263 03 646566'),
    hex(S, '01 00'),
    hex(C, '05 01 00 01 0a090202 01bb'),
    hex(S, '05 00 00 01 0a090202 9c40'),
  ],
  socks4: [hex(C, '04 01 01bb 0a090202 7800'), hex(S, '00 5a 01bb 0a090202')],
  smtp: [
    text(S, '220 mail.lab.example ESMTP\r\n'),
    text(C, 'EHLO till.lab.example\r\n'),
    text(S, '250-mail.lab.example\r\n250-PIPELINING\r\n250 STARTTLS\r\n'),
    text(C, 'STARTTLS\r\n'),
    text(S, '220 2.0.0 Ready to start TLS\r\n'),
  ],
  imap: [
    text(S, '* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n'),
    text(C, '. STARTTLS\r\n'),
    text(S, '. OK Begin TLS negotiation now.\r\n'),
  ],
  pop3: [text(S, '+OK ready\r\n'), text(C, 'STLS\r\n'), text(S, '+OK Begin TLS\r\n')],
  ftp: [text(S, '220 (vsFTPd 3.0.3)\r\n'), text(C, 'AUTH TLS\r\n'), text(S, '234 Proceed with negotiation.\r\n')],
  xmpp: [
    text(
      C,
      "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' to='lab.example' version='1.0'>",
    ),
    text(
      S,
      "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' id='1' version='1.0'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>",
    ),
    text(C, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
    text(S, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
  ],
  ldap: [
    hex(C, '30 1d 02 01 01 77 18 80 16 312e332e362e312e342e312e313436362e3230303337'),
    hex(S, '30 0c 02 01 01 78 07 0a 01 00 04 00 04 00'),
  ],
  postgres: [hex(C, '00 00 00 08 04 d2 16 2f'), hex(S, '53')],
  mysql: [
    hex(
      S,
      '4a 00 00 00 0a 382e302e333000 0a000000 0102030405060708 00 ffff ff 0200 ffdf 15 00000000000000000000 0102030405060708090a0b0c 00 6d7973716c5f6e61746976655f70617373776f726400',
    ),
    hex(C, '20 00 00 01 05aeff19 00000001 2d 0000000000000000000000000000000000000000000000'),
  ],
};

/** Inserts an exchange after the opening of every connection and moves all later numbers. */
function withPreface(packets, preface) {
  const sum = (side) => preface.filter(([from]) => from === side).reduce((total, [, bytes]) => total + bytes.length, 0);
  const flows = new Map();
  const result = [];
  for (const packet of packets) {
    if (!packet.tcp) {
      result.push(packet);
      continue;
    }
    const key = flowKey(packet);
    let flow = flows.get(key);
    if (packet.tcp.flags & SYN && !(packet.tcp.flags & ACK)) {
      flow = { client: packet.tcp.from, opened: false, spoken: false };
      flows.set(key, flow);
    }
    if (!flow) return undefined;
    if (packet.tcp.flags & SYN && packet.tcp.flags & ACK) flow.opened = packet;
    if (packet.tcp.flags & SYN || !flow.opened) {
      result.push(packet);
      continue;
    }
    // The bare ACK of the opening comes before the exchange.
    const opening =
      !flow.spoken && packet.tcp.from === flow.client && packet.tcp.payload === 0 && packet.tcp.flags === ACK;
    if (opening) {
      flow.answer = packet;
      result.push(packet);
      continue;
    }
    if (!flow.spoken) {
      flow.spoken = true;
      result.push(...exchange(preface, flow, packet.micro - 2));
    }
    result.push(shifted(packet, packet.tcp.from === flow.client ? [sum(C), sum(S)] : [sum(S), sum(C)]));
  }
  return result;
}

function exchange(preface, flow, micro) {
  const synAck = flow.opened;
  const at = synAck.tcp.at;
  const isn = { client: (synAck.ip.readUInt32BE(at + 8) - 1) >>> 0, server: synAck.ip.readUInt32BE(at + 4) };
  const sent = { client: (isn.client + 1) >>> 0, server: (isn.server + 1) >>> 0 };
  return preface.map(([side, bytes]) => {
    const ip = Buffer.alloc(20);
    const tcp = Buffer.alloc(20);
    const fromServer = side === S;
    ip[0] = 0x45;
    ip.writeUInt16BE(40 + bytes.length, 2);
    ip.writeUInt16BE(0x4000, 6);
    ip[8] = fromServer ? synAck.ip[8] : (flow.answer?.ip[8] ?? 64);
    ip[9] = 6;
    synAck.ip.copy(ip, 12, fromServer ? 12 : 16, fromServer ? 16 : 20);
    synAck.ip.copy(ip, 16, fromServer ? 16 : 12, fromServer ? 20 : 16);
    tcp.writeUInt16BE(synAck.ip.readUInt16BE(at + (fromServer ? 0 : 2)), 0);
    tcp.writeUInt16BE(synAck.ip.readUInt16BE(at + (fromServer ? 2 : 0)), 2);
    tcp.writeUInt32BE(sent[side], 4);
    tcp.writeUInt32BE(sent[fromServer ? C : S], 8);
    tcp[12] = 5 << 4;
    tcp[13] = 24;
    tcp.writeUInt16BE(502, 14);
    sent[side] = (sent[side] + bytes.length) >>> 0;
    const frame = Buffer.concat([Buffer.alloc(12, 2), Buffer.from([8, 0]), ip, tcp, bytes]);
    return parsed(frame, micro, frame.length);
  });
}

function shifted(packet, [sequence, acknowledgement]) {
  const ip = Buffer.from(packet.ip);
  const { at } = packet.tcp;
  ip.writeUInt32BE((ip.readUInt32BE(at + 4) + sequence) >>> 0, at + 4);
  if (packet.tcp.flags & ACK) ip.writeUInt32BE((ip.readUInt32BE(at + 8) + acknowledgement) >>> 0, at + 8);
  for (let option = at + 20; option < packet.tcp.payloadAt && ip[option] !== 0; ) {
    const kind = ip[option];
    const length = kind === 1 ? 1 : ip[option + 1];
    if (!length) break;
    // Selective acknowledgements name numbers, too (RFC 2018).
    if (kind === 5)
      for (let edge = option + 2; edge + 4 <= option + length; edge += 4)
        ip.writeUInt32BE((ip.readUInt32BE(edge) + acknowledgement) >>> 0, edge);
    option += length;
  }
  return { ...packet, ip };
}

// ---- what recording does to packets

/** Segments that follow each other directly, as one packet above the path's MTU, checksums left to the card. */
function merged(packets) {
  const result = [];
  for (const packet of packets) {
    const before = result.at(-1);
    const joins =
      before?.tcp &&
      packet.tcp &&
      before.tcp.from === packet.tcp.from &&
      before.tcp.to === packet.tcp.to &&
      before.tcp.payload > 1000 &&
      packet.tcp.payload > 0 &&
      before.cut + packet.cut === 0 &&
      before.ip.length + packet.tcp.payload < 60_000 &&
      packet.ip.readUInt32BE(packet.tcp.at + 4) ===
        (before.ip.readUInt32BE(before.tcp.at + 4) + before.tcp.payload) >>> 0;
    if (!joins) {
      result.push(packet);
      continue;
    }
    const ip = Buffer.concat([
      before.ip.subarray(0, before.tcp.payloadAt + before.tcp.payload),
      packet.ip.subarray(packet.tcp.payloadAt, packet.tcp.payloadAt + packet.tcp.payload),
    ]);
    // Some drivers leave the total length of such a packet at zero.
    ip.writeUInt16BE(result.length % 2 ? ip.length : 0, 2);
    ip.writeUInt16BE(0xdead, before.tcp.at + 16);
    result[result.length - 1] = {
      ...before,
      ip,
      tcp: { ...before.tcp, payload: before.tcp.payload + packet.tcp.payload },
    };
  }
  return result;
}

/** Both sides of a router: every packet again, a hop further, with other MAC addresses and a moment later. */
function twice(packets) {
  return packets
    .flatMap((packet) => {
      const again = Buffer.from(packet.ip);
      if (packet.type === 0x0800) again[8]--;
      return [packet, { ...packet, ip: again, micro: packet.micro + 17 }];
    })
    .sort((a, b) => a.micro - b.micro);
}

function reordered(packets, random) {
  const result = [...packets];
  for (let at = 1; at < result.length; at++)
    if (random() < 0.15) [result[at - 1], result[at]] = [result[at], result[at - 1]];
  return result;
}

/** Records of the packet's payload begin with an alert in clear text. */
const carriesAlert = ({ ip, tcp }) =>
  tcp !== undefined && tcp.payload >= 7 && ip[tcp.payloadAt] === 21 && ip[tcp.payloadAt + 1] === 3;
const towardsServer = (packets) => {
  const client = packets.find(({ tcp }) => tcp && tcp.flags & SYN && !(tcp.flags & ACK))?.tcp;
  return ({ tcp }) => client === undefined || tcp === undefined || tcp.to === client.to;
};

function toOneServer(packets) {
  const client = packets.find(({ tcp }) => tcp && tcp.flags & SYN && !(tcp.flags & ACK))?.tcp;
  const port = client ? client.to.split(':')[1] : '';
  return (packet) => {
    const fromServer = packet.tcp?.from.endsWith(`:${port}`);
    if (!packet.tcp || (!fromServer && !packet.tcp.to.endsWith(`:${port}`))) return packet;
    const ip = Buffer.from(packet.ip);
    ip.writeUInt32BE(0x0a4d0002, fromServer ? 12 : 16);
    ip.writeUInt16BE(4433, packet.tcp.at + (fromServer ? 0 : 2));
    return { ...packet, ip };
  };
}

const VLAN = Buffer.from([0x00, 0x2a]);
const NOT_VISIBLE = ['not_visible', 'incomplete_capture'];
/** @type {Record<string, { make: (packets: any[], random: () => number) => Buffer | undefined, also?: string[] }>} */
const HOW = {
  ipv6: { make: (packets) => pcap(framed(packets, asIpv6)) },
  vlan: {
    make: (packets) =>
      pcap(
        framed(packets, ({ ip, type }) =>
          ethernet(Buffer.concat([VLAN, Buffer.from([type >> 8, type & 255]), ip]), 0x8100),
        ),
      ),
  },
  qinq: {
    make: (packets) =>
      pcap(
        framed(packets, ({ ip, type }) =>
          ethernet(
            Buffer.concat([VLAN, Buffer.from([0x81, 0]), VLAN, Buffer.from([type >> 8, type & 255]), ip]),
            0x88a8,
          ),
        ),
      ),
  },
  vxlan: {
    make: (packets) =>
      pcap(
        framed(packets, ({ ip, type }) =>
          inUdp(Buffer.concat([Buffer.from('0800000000000700', 'hex'), ethernet(ip, type)]), 4789),
        ),
      ),
  },
  geneve: {
    make: (packets) =>
      pcap(
        framed(packets, ({ ip, type }) =>
          inUdp(Buffer.concat([Buffer.from('0000655800000700', 'hex'), ethernet(ip, type)]), 6081),
        ),
      ),
  },
  sll: {
    make: (packets) =>
      pcap(
        framed(packets, ({ ip, type }) =>
          Buffer.concat([
            Buffer.from('00000001000602020202020200000000', 'hex').subarray(0, 14),
            Buffer.from([type >> 8, type & 255]),
            ip,
          ]),
        ),
        113,
      ),
  },
  sll2: {
    make: (packets) =>
      pcap(
        framed(packets, ({ ip, type }) =>
          Buffer.concat([
            Buffer.from([type >> 8, type & 255]),
            Buffer.from('000000000002000100060202020202020000', 'hex'),
            ip,
          ]),
        ),
        276,
      ),
  },
  raw: {
    make: (packets) =>
      pcap(
        framed(packets, ({ ip }) => ip),
        101,
      ),
  },
  loop: {
    make: (packets) =>
      pcap(
        framed(packets, ({ ip }) => Buffer.concat([Buffer.from([2, 0, 0, 0]), ip])),
        0,
      ),
  },
  // One address and port for the servers of all captures, as when a lab starts one after the other.
  'same-server': { make: (packets) => pcap(plain(packets.map(toOneServer(packets)))) },
  interfaces: { make: (packets) => pcapng(packets) },
  router: { make: (packets) => pcap(plain(twice(packets))) },
  merged: { make: (packets) => pcap(plain(merged(packets))) },
  reordered: { make: (packets, random) => pcap(plain(reordered(packets, random))), also: NOT_VISIBLE },
  snap256: { make: (packets) => pcap(plain(packets), 1, 256), also: NOT_VISIBLE },
  snap128: { make: (packets) => pcap(plain(packets), 1, 128), also: NOT_VISIBLE },
  snap96: { make: (packets) => pcap(plain(packets), 1, 96), also: NOT_VISIBLE },
  'lost-5': { make: (packets, random) => pcap(plain(packets.filter(() => random() > 0.05))), also: NOT_VISIBLE },
  'lost-20': { make: (packets, random) => pcap(plain(packets.filter(() => random() > 0.2))), also: NOT_VISIBLE },
  'lost-alert': {
    make: (packets) =>
      packets.some(carriesAlert) ? pcap(plain(packets.filter((packet) => !carriesAlert(packet)))) : undefined,
    also: NOT_VISIBLE,
  },
  late: { make: (packets) => pcap(plain(packets.slice(3))), also: NOT_VISIBLE },
  later: { make: (packets) => pcap(plain(packets.slice(5))), also: NOT_VISIBLE },
  early: { make: (packets) => pcap(plain(packets.slice(0, 6))), also: NOT_VISIBLE },
  'client-only': { make: (packets) => pcap(plain(packets.filter(towardsServer(packets)))), also: NOT_VISIBLE },
  'server-only': {
    make: (packets) => pcap(plain(packets.filter((one) => !towardsServer(packets)(one) || !one.tcp))),
    also: NOT_VISIBLE,
  },
  ...Object.fromEntries(
    Object.entries(PREFACES).map(([name, preface]) => [
      `via-${name}`,
      {
        make: (packets) => {
          const moved = withPreface(packets, preface);
          return moved ? pcap(plain(moved)) : undefined;
        },
      },
    ]),
  ),
};

/** What is still true when the reason is not captured. */
const VAGUER = [
  [/^server_cert_/, 'server_cert_rejected'],
  [/^client_cert_/, 'client_cert_rejected'],
];
const rows = readFileSync(join(directory, 'expected.tsv'), 'utf8')
  .split(/\r?\n/)
  .slice(1)
  .filter(Boolean)
  .map((line) => line.split('\t'));
const names = readdirSync(directory);
let written = 0;
for (const [how, { make, also = [] }] of Object.entries(HOW)) {
  const expected = ['capture\ttruth'];
  mkdirSync(join(out, how), { recursive: true });
  for (const [capture, truth] of rows) {
    if (filter && !capture.includes(filter)) continue;
    const name = names.find((one) => one === capture || one === `${capture}.pcap`);
    const packets = name ? readPcap(join(directory, name)) : undefined;
    if (!packets) continue;
    const bytes = make(packets, randomFrom(written + 1));
    if (!bytes || bytes.length <= 24) continue;
    writeFileSync(join(out, how, `${capture}.pcap`), bytes);
    const truths = truth.split('|');
    const vaguer =
      also.length > 0 ? truths.flatMap((id) => VAGUER.filter(([pattern]) => pattern.test(id)).map(([, to]) => to)) : [];
    expected.push(`${capture}\t${[...new Set([...truths, ...also, ...vaguer])].join('|')}`);
    written++;
  }
  writeFileSync(join(out, how, 'expected.tsv'), `${expected.join('\n')}\n`);
}
console.log(`${written} captures in ${Object.keys(HOW).length} folders of ${out}`);
