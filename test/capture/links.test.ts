import { beforeAll, describe, expect, it } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import { ACK, chunked, ethernet, ipv4, ipv6, pcap, realClientHello, tcp, udp } from './packets.ts';

let segment: Buffer;
let v4: Buffer;
let v6: Buffer;
beforeAll(async () => {
  segment = tcp({
    sourcePort: 40_000,
    destinationPort: 443,
    sequence: 1,
    acknowledgement: 1,
    flags: ACK,
    payload: await realClientHello(),
  });
  v4 = ipv4(6, segment);
  v6 = ipv6(6, segment);
});

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const LAYERS: [name: string, linkType: number, wrap: () => Buffer][] = [
  ['Ethernet', 1, () => ethernet(v4)],
  ['Ethernet, IPv6', 1, () => ethernet(v6, 0x86dd)],
  ['VLAN', 1, () => Buffer.concat([ethernet(hex('0064 0800'), 0x8100), v4])],
  ['QinQ', 1, () => Buffer.concat([ethernet(hex('0064 8100 0065 0800'), 0x88a8), v4])],
  ['MPLS', 1, () => Buffer.concat([ethernet(hex('00010040 00020140'), 0x8847), v4])],
  [
    'MPLS with an Ethernet pseudowire',
    1,
    () => Buffer.concat([ethernet(hex('00020140 00000000'), 0x8847), ethernet(v4)]),
  ],
  [
    'PPPoE',
    1,
    () =>
      Buffer.concat([
        ethernet(Buffer.concat([hex('1100 0001'), Buffer.from([0, v4.length + 2]), hex('0021')]), 0x8864),
        v4,
      ]),
  ],
  ['raw IP', 101, () => v4],
  ['raw IP, IPv6', 101, () => v6],
  ['Linux cooked', 113, () => Buffer.concat([hex('0000 0001 0006 0202020202020000 0800'), v4])],
  ['Linux cooked v2', 276, () => Buffer.concat([hex('0800 0000 00000001 0001 00 06 0202020202020000'), v4])],
  ['BSD loopback, little endian', 0, () => Buffer.concat([hex('02000000'), v4])],
  ['BSD loopback, big endian, IPv6', 0, () => Buffer.concat([hex('0000001e'), v6])],
  ['OpenBSD loop', 108, () => Buffer.concat([hex('00000002'), v4])],
  ['PPP', 9, () => Buffer.concat([hex('ff03 0021'), v4])],
  ['PPP, compressed', 9, () => Buffer.concat([hex('57'), v6])],
  ['Cisco HDLC', 104, () => Buffer.concat([hex('0f00 0800'), v4])],
  ['GRE', 1, () => ethernet(ipv4(47, Buffer.concat([hex('0000 0800'), v4])))],
  ['GRE with key and sequence', 1, () => ethernet(ipv4(47, Buffer.concat([hex('3000 86dd 00000001 00000002'), v6])))],
  ['NVGRE', 1, () => ethernet(ipv4(47, Buffer.concat([hex('2000 6558 00000100'), ethernet(v4)])))],
  ['ERSPAN II', 1, () => ethernet(ipv4(47, Buffer.concat([hex('1000 88be 00000001 1001000000000000'), ethernet(v4)])))],
  [
    'ERSPAN III',
    1,
    () => ethernet(ipv4(47, Buffer.concat([hex('1000 22eb 00000001 200100000000000000000000'), ethernet(v4)]))),
  ],
  ['VXLAN', 1, () => ethernet(ipv4(17, udp(Buffer.concat([hex('0800000000010000'), ethernet(v4)]), 5555, 4789)))],
  [
    'GENEVE',
    1,
    () => ethernet(ipv4(17, udp(Buffer.concat([hex('0100655800000100 00000000'), ethernet(v4)]), 5555, 6081))),
  ],
  ['GTP-U', 1, () => ethernet(ipv4(17, udp(Buffer.concat([hex('30ff0000 00000001'), v4]), 2152, 2152)))],
  ['4in6', 1, () => ethernet(ipv6(4, v4), 0x86dd)],
  ['6in4', 1, () => ethernet(ipv4(41, v6))],
  [
    'IPv6 extension headers',
    1,
    () => ethernet(ipv6(0, Buffer.concat([hex('3c00 000000000000'), hex('0600 000000000000'), segment])), 0x86dd),
  ],
  [
    'IPv6 fragment header, not fragmented',
    1,
    () => ethernet(ipv6(44, Buffer.concat([hex('0600 0000 00000001'), segment])), 0x86dd),
  ],
];

describe('link and tunnel layers', () => {
  it.each(LAYERS)('%s', async (_name, linkType, wrap) => {
    const { handshakes, notes } = await readCapture(
      chunked(pcap([{ bytes: wrap(), time: 1_780_000_000_000 }], linkType)),
      'x',
    );
    expect(notes).toEqual([]);
    expect(handshakes.map((one) => one.clientHello?.sni)).toEqual(['shop.example']);
  });

  it('reassembles IPv6 fragments', async () => {
    const cut = 64;
    const first = ipv6(44, Buffer.concat([hex('0600 0001 0000002a'), segment.subarray(0, cut)]));
    const second = ipv6(
      44,
      Buffer.concat([hex('0600'), Buffer.from([cut >>> 8, cut & 0xf8]), hex('0000002a'), segment.subarray(cut)]),
    );
    const packets = [second, first].map((bytes, index) => ({
      bytes: ethernet(bytes, 0x86dd),
      time: 1_780_000_000_000 + index,
    }));
    const { handshakes } = await readCapture(chunked(pcap(packets)), 'x');
    expect(handshakes.map((one) => one.clientHello?.sni)).toEqual(['shop.example']);
    expect(handshakes[0]?.client.address).toBe('2001:db8::1');
  });

  it('names a link type it does not know', async () => {
    const { notes } = await readCapture(chunked(pcap([{ bytes: v4, time: 1 }], 147)), 'x');
    expect(notes.join()).toMatch(/link type 147 .* 1 packet skipped/);
  });

  it('does not follow tunnels for ever', async () => {
    let packet = v4;
    for (let depth = 0; depth < 200; depth++) packet = ipv4(4, packet);
    const { handshakes } = await readCapture(chunked(pcap([{ bytes: ethernet(packet), time: 1 }])), 'x');
    expect(handshakes).toEqual([]);
  });
});
