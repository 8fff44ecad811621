import { beforeAll, describe, expect, it } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import {
  ACK,
  alertRecord,
  Conversation,
  chunked,
  ethernet,
  FIN,
  ipv4,
  type Packet,
  pcap,
  RST,
  realClientHello,
  SYN,
} from './packets.ts';

let hello: Buffer;
let hello12: Buffer;
let large: Buffer;
let noName: Buffer;
let odd: Buffer;

beforeAll(async () => {
  hello = await realClientHello();
  hello12 = await realClientHello({ maxVersion: 'TLSv1.2' });
  large = await realClientHello({ ALPNProtocols: Array.from({ length: 150 }, (_one, index) => `protocol-${index}`) });
  noName = await realClientHello({ servername: '' });
  odd = await realClientHello({ maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' });
});

async function verdicts(packets: readonly Packet[]) {
  const { handshakes, targets } = await readCapture(chunked(pcap([...packets].sort((a, b) => a.time - b.time))), 'x');
  return { ids: handshakes.map((one) => one.verdict.id), handshakes, targets };
}

const one = (options = {}) => new Conversation(options);
/** ServerHello of TLS 1.2 (0xc02f) or, with supported_versions, of TLS 1.3 (0x1301). */
function serverHello(tls13: boolean, tail = Buffer.alloc(8, 7)): Buffer {
  const extensions = tls13 ? Buffer.from([0, 6, 0, 43, 0, 2, 3, 4]) : Buffer.from([0, 5, 255, 1, 0, 1, 0]);
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(24, 9),
    tail,
    Buffer.from([0]),
    Buffer.from(tls13 ? [0x13, 1] : [0xc0, 0x2f]),
    Buffer.from([0]),
    extensions,
  ]);
  const message = Buffer.concat([Buffer.from([2, 0, 0, body.length]), body]);
  return Buffer.concat([Buffer.from([22, 3, 3, 0, message.length]), message]);
}
const record = (type: number, length: number) =>
  Buffer.concat([Buffer.from([type, 3, 3, length >>> 8, length & 255]), Buffer.alloc(length, 0xee)]);
const handshakeMessage = (type: number, body: Buffer) =>
  Buffer.concat([
    Buffer.from([
      22,
      3,
      3,
      (body.length + 4) >>> 8,
      (body.length + 4) & 255,
      type,
      0,
      body.length >>> 8,
      body.length & 255,
    ]),
    body,
  ]);

/** Each case: the packets, and the verdict of the first flow. */
const CASES: [id: string, make: () => Packet[]][] = [
  [
    'syn_blackhole',
    () =>
      one()
        .put('client', SYN, undefined, { advance: false })
        .put('client', SYN, undefined, { after: 1000, advance: false })
        .put('client', SYN, undefined, { after: 2000 }).packets,
  ],
  [
    'port_closed',
    () =>
      one()
        .put('client', SYN)
        .put('server', RST | ACK).packets,
  ],
  [
    'reply_lost_on_path',
    () =>
      one()
        .put('client', SYN, undefined, { advance: false })
        .put('server', SYN | ACK, undefined, { advance: false })
        .put('client', SYN, undefined, { after: 1000, advance: false })
        .put('server', SYN | ACK, undefined, { advance: false })
        .put('client', SYN, undefined, { after: 2000 }).packets,
  ],
  ['no_data', () => one().open().close().packets],
  [
    'server_closed_before_hello',
    () =>
      one()
        .open()
        .put('server', FIN | ACK)
        .put('client', FIN | ACK).packets,
  ],
  [
    'drop_after_clienthello',
    () =>
      one()
        .open()
        .put('client', ACK, hello, { advance: false })
        .put('client', ACK, hello, { after: 200, advance: false })
        .put('client', ACK, hello, { after: 400, advance: false })
        .put('client', ACK, hello, { after: 800 }).packets,
  ],
  [
    'server_accepts_but_no_reply',
    () =>
      one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK)
        .put('client', FIN | ACK, undefined, { after: 5000 })
        .put('server', ACK).packets,
  ],
  [
    'server_reset_after_clienthello',
    () =>
      one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK)
        .put('server', RST | ACK, undefined, { after: 30 }).packets,
  ],
  [
    'server_closed_after_clienthello',
    () =>
      one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK)
        .put('server', FIN | ACK)
        .put('client', FIN | ACK).packets,
  ],
  [
    'middlebox_reset',
    () =>
      one()
        .open()
        .put('client', ACK, hello)
        .put('server', RST | ACK, undefined, { ttl: 251 }).packets,
  ],
  [
    'middlebox_drops_second_segment',
    () => {
      const flow = one()
        .open()
        .put('client', ACK, large.subarray(0, 1448))
        .put('client', ACK, large.subarray(1448), { advance: false });
      flow.put('server', ACK);
      for (let again = 0; again < 4; again++)
        flow.put('client', ACK, large.subarray(1448), { after: 300, advance: false });
      return flow.packets;
    },
  ],
  [
    'mtu_blackhole_c2s',
    () => {
      const flow = one().open().put('client', ACK, large.subarray(0, 1448), { advance: false });
      const start = flow.clientSequence;
      flow.put('client', ACK, large.subarray(1448), { sequence: start + 1448, advance: false });
      const sack = Buffer.from([1, 1, 5, 10, 0, 0, 0, 0, 0, 0, 0, 0]);
      flow.put('server', ACK, undefined, { options: sack });
      for (let again = 0; again < 4; again++)
        flow.put('client', ACK, large.subarray(0, 1448), { after: 300, advance: false });
      return flow.packets;
    },
  ],
  [
    'mtu_blackhole_s2c',
    () => {
      const flow = one().open().put('client', ACK, hello).put('server', ACK);
      flow.serverSequence += 1448;
      flow.put('server', ACK, Buffer.alloc(500, 1)).put('client', ACK, undefined, { acknowledgement: 5001 });
      return flow.put('client', FIN | ACK, undefined, { after: 5000, acknowledgement: 5001 }).packets;
    },
  ],
  [
    'reply_lost_on_path',
    () => {
      const flow = one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK)
        .put('client', FIN | ACK, undefined, { after: 5000 });
      flow.serverSequence += 2511;
      return flow.put('server', ACK).packets;
    },
  ],
  [
    'plaintext_server_on_tls_port',
    () =>
      one().open().put('client', ACK, hello).put('server', ACK, Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')).close()
        .packets,
  ],
  [
    'plaintext_client_on_tls_port',
    () =>
      one()
        .open()
        .put('client', ACK, Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
        .put(
          'server',
          ACK,
          Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port'),
        )
        .close().packets,
  ],
  [
    'plaintext_client_on_tls_port',
    () =>
      one({ serverPort: 7777 })
        .open()
        .put('client', ACK, Buffer.from('GET / HTTP/1.1\r\n\r\n'))
        .put('server', ACK, alertRecord(10))
        .close().packets,
  ],
  [
    'no_tls',
    () =>
      one({ serverPort: 8080 })
        .open()
        .put('client', ACK, Buffer.from('GET / HTTP/1.1\r\n\r\n'))
        .put('server', ACK, Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))
        .close().packets,
  ],
  [
    'protocol_version',
    () => one().open().put('client', ACK, hello12).put('server', ACK, alertRecord(70)).close().packets,
  ],
  ['no_shared_cipher', () => one().open().put('client', ACK, odd).put('server', ACK, alertRecord(40)).close().packets],
  [
    'no_shared_cipher',
    () => one().open().put('client', ACK, hello12).put('server', ACK, alertRecord(71)).close().packets,
  ],
  ['alert40', () => one().open().put('client', ACK, hello).put('server', ACK, alertRecord(40)).close().packets],
  ['sni_missing', () => one().open().put('client', ACK, noName).put('server', ACK, alertRecord(112)).close().packets],
  ['sni_unknown', () => one().open().put('client', ACK, hello).put('server', ACK, alertRecord(112)).close().packets],
  ['alpn_mismatch', () => one().open().put('client', ACK, hello).put('server', ACK, alertRecord(120)).close().packets],
  [
    'downgrade_detected',
    () => one().open().put('client', ACK, hello).put('server', ACK, alertRecord(86)).close().packets,
  ],
  [
    'downgrade_detected',
    () =>
      one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK, serverHello(false, Buffer.from('444f574e47524401', 'hex')))
        .put('client', ACK, alertRecord(47))
        .close().packets,
  ],
  [
    'protocol_version_client',
    () =>
      one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK, serverHello(false))
        .put('client', ACK, alertRecord(70))
        .close().packets,
  ],
  [
    'server_cert_rejected',
    () =>
      one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900)]))
        .put('client', ACK, record(23, 19))
        .close().packets,
  ],
  [
    'server_cert_expired',
    () =>
      one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900)]))
        .put('client', ACK, alertRecord(45))
        .close().packets,
  ],
  [
    'server_cert_untrusted',
    () =>
      one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900)]))
        .put('client', ACK, alertRecord(48))
        .close().packets,
  ],
  [
    'client_cert_missing',
    () =>
      one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900)]))
        .put('client', ACK, Buffer.concat([record(23, 25), record(23, 53)]))
        .put('server', ACK, record(23, 19))
        .close().packets,
  ],
  [
    'client_cert_rejected',
    () =>
      one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900)]))
        .put('client', ACK, Buffer.concat([record(23, 900), record(23, 281), record(23, 53)]))
        .put('server', ACK, record(23, 19))
        .close().packets,
  ],
  [
    'ok',
    () =>
      one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900)]))
        .put('client', ACK, record(23, 53))
        .put('server', ACK, record(23, 255))
        .put('client', ACK, record(23, 100))
        .close().packets,
  ],
  [
    'client_cert_missing',
    () =>
      one()
        .open()
        .put('client', ACK, hello12)
        .put(
          'server',
          ACK,
          Buffer.concat([
            serverHello(false),
            handshakeMessage(13, Buffer.from([1, 1, 0, 2, 4, 1, 0, 0])),
            handshakeMessage(14, Buffer.alloc(0)),
          ]),
        )
        .put('client', ACK, handshakeMessage(11, Buffer.from([0, 0, 0])))
        .put('server', ACK, alertRecord(40))
        .close().packets,
  ],
  [
    'receiver_stalled',
    () => {
      const flow = one()
        .open()
        .put('client', ACK, hello)
        .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900)]))
        .put('client', ACK, record(23, 53))
        .put('server', ACK, record(23, 255));
      for (let probe = 0; probe < 5; probe++) flow.put('client', ACK, undefined, { window: 0, after: 400 });
      return flow.packets;
    },
  ],
  [
    'not_visible',
    () => one().put('client', ACK, record(23, 100)).put('server', ACK, record(23, 100)).put('client', ACK).packets,
  ],
  ['incomplete_capture', () => one().open().put('client', ACK, hello).packets],
];

describe('one verdict per connection', () => {
  it.each(CASES)('%s (%#)', async (id, make) => {
    const { ids, handshakes } = await verdicts(make());
    expect(ids).toEqual([id]);
    const { verdict } = handshakes[0]!;
    expect(verdict.frames.length).toBeGreaterThan(0);
    expect(verdict.says).not.toBe('');
    expect(verdict.confidence).toBeGreaterThan(0);
  });

  it('names the ICMP error that answered', async () => {
    const flow = one().put('client', SYN);
    const quoted = flow.packets[0]!.bytes.subarray(14, 14 + 28);
    const icmp = ethernet(
      ipv4(1, Buffer.concat([Buffer.from([3, 1, 0, 0, 0, 0, 0, 0]), quoted]), {
        source: '10.0.0.254',
        destination: '10.0.0.1',
      }),
    );
    const { ids, handshakes } = await verdicts([...flow.packets, { bytes: icmp, time: flow.time + 1 }]);
    expect(ids).toEqual(['host_unreachable']);
    expect(handshakes[0]!.verdict.says).toContain('10.0.0.254 answered');
  });
});

describe('neighbours', () => {
  const answered = (record: Buffer, port: number) =>
    one({ clientPort: port }).open().put('client', ACK, record).put('server', ACK, alertRecord(40)).close().packets;
  const reset = (record: Buffer, port: number) =>
    one({ clientPort: port, time: 1_780_000_010_000 })
      .open()
      .put('client', ACK, record.subarray(0, 1448))
      .put('client', ACK, record.subarray(1448))
      .put('server', ACK)
      .put('server', RST | ACK, undefined, { after: 20 }).packets;

  it('tells TLS 1.3 intolerance from a reset that hits everyone', async () => {
    const small = (record: Buffer) =>
      one({ clientPort: 40_001, time: 1_780_000_010_000 })
        .open()
        .put('client', ACK, record)
        .put('server', ACK)
        .put('server', RST | ACK, undefined, { after: 20 }).packets;
    expect((await verdicts([...answered(hello12, 40_000), ...small(hello)])).ids).toEqual([
      'alert40',
      'tls13_intolerant_peer',
    ]);
  });

  it('tells intolerance of large hellos', async () => {
    expect((await verdicts([...answered(hello, 40_000), ...reset(large, 40_001)])).ids).toEqual([
      'alert40',
      'large_clienthello_intolerance',
    ]);
  });

  it('sees a full accept queue beside living connections', async () => {
    const living = one({ clientPort: 40_000 })
      .open()
      .put('client', ACK, hello)
      .put('server', ACK, Buffer.concat([serverHello(true), record(23, 900)]))
      .put('client', ACK, record(23, 53))
      .put('server', ACK, record(23, 255))
      .put('client', ACK, record(23, 40), { after: 9000 });
    const waiting = one({ clientPort: 40_001, time: 1_780_000_002_000 })
      .put('client', SYN, undefined, { advance: false })
      .put('client', SYN, undefined, { after: 1000, advance: false })
      .put('client', SYN, undefined, { after: 2000 });
    expect((await verdicts([...living.packets, ...waiting.packets])).ids).toEqual(['ok', 'accept_queue_full']);
  });

  it('counts a SYN flood per target instead of per connection', async () => {
    const packets: Packet[] = [];
    for (let index = 0; index < 3000; index++)
      packets.push(
        ...one({
          clientPort: 1024 + index,
          clientAddress: `172.16.${index >>> 8}.${index & 255}`,
          time: 1_780_000_000_000 + index,
        }).put('client', SYN).packets,
      );
    packets.push(
      ...one({ clientPort: 9, time: 1_780_000_020_000 })
        .open()
        .put('client', ACK, hello)
        .put('server', ACK, alertRecord(112))
        .close().packets,
    );
    const { ids, targets } = await verdicts(packets);
    expect(ids.filter((id) => id === 'syn_flood')).toHaveLength(3000);
    expect(ids.at(-1)).toBe('sni_unknown');
    expect(targets[0]).toMatchObject({ synFlood: true, unanswered: 3000 });
    expect(Math.abs(targets[0]!.distinctClients - 3001)).toBeLessThan(100);
  });

  it('bounds the flow table and says so', async () => {
    const packets: Packet[] = [];
    for (let index = 0; index < 2000; index++)
      packets.push(...one({ clientPort: 1024 + index, time: 1_780_000_000_000 + index }).put('client', SYN).packets);
    const { notes, counts } = await readCapture(chunked(pcap(packets)), 'x', { maxFlows: 100 });
    expect(counts.flows).toBe(2000);
    expect(notes.join()).toContain('1900 of 2000 connections had to leave the flow table');
  });
});

describe('before TLS', () => {
  const client = (text: string | Buffer) => Buffer.from(text as string);
  const CASES: [name: string, opening: [from: 'client' | 'server', bytes: Buffer][]][] = [
    [
      'smtp',
      [
        ['server', client('220 mail ESMTP\r\n')],
        ['client', client('EHLO x\r\n')],
        ['server', client('250 STARTTLS\r\n')],
        ['client', client('STARTTLS\r\n')],
        ['server', client('220 go\r\n')],
      ],
    ],
    [
      'imap',
      [
        ['server', client('* OK ready\r\n')],
        ['client', client('a1 STARTTLS\r\n')],
        ['server', client('a1 OK\r\n')],
      ],
    ],
    [
      'pop3',
      [
        ['server', client('+OK hello\r\n')],
        ['client', client('STLS\r\n')],
        ['server', client('+OK\r\n')],
      ],
    ],
    [
      'ftp',
      [
        ['server', client('220 FTP ready\r\n')],
        ['client', client('AUTH TLS\r\n')],
        ['server', client('234 go\r\n')],
      ],
    ],
    [
      'xmpp',
      [
        ['client', client("<?xml version='1.0'?><stream:stream>")],
        ['server', client('<proceed/>')],
      ],
    ],
    [
      'ldap',
      [
        [
          'client',
          Buffer.concat([Buffer.from([0x30, 29, 2, 1, 1, 0x77, 24, 0x80, 22]), client('1.3.6.1.4.1.1466.20037')]),
        ],
        ['server', Buffer.from([0x30, 12, 2, 1, 1, 0x78, 7, 10, 1, 0, 4, 0, 4, 0])],
      ],
    ],
    [
      'postgresql',
      [
        ['client', Buffer.from('0000000804d2162f', 'hex')],
        ['server', client('S')],
      ],
    ],
    [
      'mysql',
      [
        ['server', Buffer.concat([Buffer.from([20, 0, 0, 0, 10]), client('8.0.36-community')])],
        ['client', Buffer.concat([Buffer.from([32, 0, 0, 1]), Buffer.alloc(32)])],
      ],
    ],
    [
      'http-connect',
      [
        ['client', client('CONNECT shop.example:443 HTTP/1.1\r\n\r\n')],
        ['server', client('HTTP/1.1 200 Connection established\r\n\r\n')],
      ],
    ],
    [
      'socks5',
      [
        ['client', Buffer.from([5, 1, 0])],
        ['server', Buffer.from([5, 0])],
        ['client', Buffer.from([5, 1, 0, 1, 1, 2, 3, 4, 1, 187])],
        ['server', Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])],
      ],
    ],
    ['proxy-v1', [['client', client('PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\r\n')]]],
    ['proxy-v2', [['client', Buffer.from('0d0a0d0a000d0a515549540a2111000cc0000201c0000202138801bb', 'hex')]]],
  ];

  it.each(CASES)('%s', async (name, opening) => {
    for (const tiny of [false, true]) {
      const flow = one({ serverPort: 4000 }).open();
      const send = (from: 'client' | 'server', bytes: Buffer) => {
        if (!tiny) flow.put(from, ACK, bytes);
        else for (const byte of bytes) flow.put(from, ACK, Buffer.from([byte]), { after: 0.01 });
      };
      for (const [from, bytes] of opening) send(from, bytes);
      send('client', hello);
      send('server', alertRecord(112));
      const { handshakes } = await verdicts(flow.close().packets);
      expect(handshakes.map((h) => [h.starttls, h.clientHello?.sni, h.verdict.id])).toEqual([
        [name, 'shop.example', 'sni_unknown'],
      ]);
    }
  });

  it('reads a PROXY header and a hello in one segment', async () => {
    const { handshakes } = await verdicts(
      one()
        .open()
        .put('client', ACK, Buffer.concat([Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\r\n'), hello]))
        .put('server', ACK, alertRecord(112))
        .close().packets,
    );
    expect(handshakes.map((h) => [h.starttls, h.verdict.id])).toEqual([['proxy-v1', 'sni_unknown']]);
  });
});
