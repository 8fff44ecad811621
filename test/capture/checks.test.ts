import { beforeAll, describe, expect, it } from 'vitest';
import { readCapture, readCaptures } from '../../src/capture/index.ts';
import {
  ACK,
  alertRecord,
  Conversation,
  chunked,
  FIN,
  type Packet,
  pcap,
  RST,
  realClientHello,
  SYN,
} from './packets.ts';

let hello: Buffer;
beforeAll(async () => {
  hello = await realClientHello({ ALPNProtocols: ['imap'] });
});

const record = (type: number, length: number) =>
  Buffer.concat([Buffer.from([type, 3, 3, length >>> 8, length & 255]), Buffer.alloc(length, 0xee)]);
const serverHello13 = Buffer.concat([
  Buffer.from([22, 3, 3, 0, 50, 2, 0, 0, 46, 3, 3]),
  Buffer.alloc(32, 9),
  Buffer.from([0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4]),
]);

async function verdictOf(packets: readonly Packet[], snapLength?: number) {
  const bytes = pcap(packets);
  const { handshakes } = await readCapture(chunked(snapLength ? cut(bytes, snapLength) : bytes), 'x');
  return handshakes[0]!.verdict;
}

/** The same capture as a recorder with a snap length writes it. */
function cut(file: Buffer, snapLength: number): Buffer {
  const parts = [file.subarray(0, 24)];
  for (let at = 24; at < file.length; ) {
    const length = file.readUInt32LE(at + 8);
    const head = Buffer.from(file.subarray(at, at + 16));
    head.writeUInt32LE(Math.min(length, snapLength), 8);
    parts.push(head, file.subarray(at + 16, at + 16 + Math.min(length, snapLength)));
    at += 16 + length;
  }
  return Buffer.concat(parts);
}

describe('who only checks a port', () => {
  it('resets at the SYN-ACK, as load balancers do', async () => {
    const flow = new Conversation()
      .put('client', SYN)
      .put('server', SYN | ACK)
      .put('client', RST);
    expect((await verdictOf(flow.packets)).id).toBe('no_data');
  });

  it('closes without a byte, whatever the server answers to that', async () => {
    const flow = new Conversation()
      .open()
      .put('client', FIN | ACK)
      .put('server', ACK);
    flow.put('server', ACK, alertRecord(50)).put('client', RST);
    expect((await verdictOf(flow.packets)).id).toBe('no_data');
  });

  it('sends a PROXY header and nothing else', async () => {
    const flow = new Conversation()
      .open()
      .put('client', ACK, Buffer.from('PROXY TCP4 203.0.113.9 198.51.100.4 40112 443\r\n'))
      .put('server', ACK)
      .close();
    expect((await verdictOf(flow.packets)).id).toBe('no_data');
  });
});

describe('a refusal right behind the ServerHello', () => {
  it('is about the application protocol where one was offered, and inferred', async () => {
    const flow = new Conversation()
      .open()
      .put('client', ACK, hello)
      .put('server', ACK, Buffer.concat([serverHello13, record(23, 19)]))
      .put('client', ACK)
      .put('server', FIN | ACK)
      .put('client', FIN | ACK);
    expect(await verdictOf(flow.packets)).toMatchObject({ id: 'alpn_mismatch', inferred: true });
  });
});

describe('a capture with a snap length', () => {
  it('shows refusals in clear text', async () => {
    const flow = new Conversation().open().put('client', ACK, hello).put('server', ACK, alertRecord(70));
    expect((await verdictOf(flow.put('server', FIN | ACK).packets, 96)).id).toBe('protocol_version');
  });

  it('shows a server that says nothing', async () => {
    const flow = new Conversation().open().put('client', ACK, hello).put('server', ACK);
    expect((await verdictOf(flow.put('client', FIN | ACK, undefined, { after: 8000 }).packets, 96)).id).toBe(
      'server_accepts_but_no_reply',
    );
  });

  it('does not make silence of an answer that it cut', async () => {
    const flow = new Conversation()
      .open()
      .put('client', ACK, hello)
      .put('server', ACK, Buffer.concat([serverHello13, record(23, 900)]))
      .put('client', FIN | ACK, undefined, { after: 8000 });
    expect((await verdictOf(flow.packets, 96)).id).toBe('not_visible');
  });
});

describe('captures recorded one after the other', () => {
  const refused = (port: number, time: number) =>
    new Conversation({ clientPort: port, time })
      .open()
      .put('client', ACK, hello)
      .put('server', ACK, Buffer.concat([serverHello13, record(23, 900), record(23, 53)]))
      .put('client', ACK, alertRecord(45))
      .put('client', FIN | ACK).packets;
  const left = (port: number, time: number) =>
    new Conversation({ clientPort: port, time })
      .open()
      .put('client', ACK, hello)
      .put('server', ACK, Buffer.concat([serverHello13, record(23, 900), record(23, 53)]))
      .put('client', FIN | ACK).packets;
  const START = 1_780_000_000_000;
  const judged = async (first: Packet[], second: Packet[]) => {
    const { handshakes } = await readCaptures([
      { file: 'a', source: chunked(pcap(first)) },
      { file: 'b', source: chunked(pcap(second)) },
    ]);
    return handshakes.map((one) => one.verdict.id);
  };

  it('do not explain each other’s certificates: the server may have changed in between', async () => {
    const first = refused(40_001, START);
    const second = left(40_002, START + 60_000);
    expect(await judged(first, second)).toEqual(['server_cert_expired', 'server_cert_rejected']);
  });

  it('do when they overlap', async () => {
    const first = [
      ...refused(40_001, START),
      ...new Conversation({ clientPort: 40_009, time: START + 90_000 }).open().packets,
    ];
    const second = left(40_002, START + 60_000);
    expect((await judged(first, second)).at(-1)).toBe('server_cert_expired');
  });
});

describe('a connection whose opening was not captured', () => {
  it('has the sender of the hello for its client, whatever the ports suggest', async () => {
    const flow = new Conversation({ clientPort: 4096, serverPort: 35_688 }).put('client', ACK, hello);
    const { handshakes } = await readCapture(chunked(pcap(flow.packets)), 'x');
    expect(handshakes[0]?.client.port).toBe(4096);
  });
});
