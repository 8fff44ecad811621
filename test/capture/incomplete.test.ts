import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import { NEUTRAL_VERDICTS } from '../../src/tls/neutral-verdicts.ts';
import { ACK, alertRecord, Conversation, chunked, FIN, pcap, realClientHello, SYN } from './packets.ts';

const lab = fileURLToPath(new URL('../../../shared/corpora/captures/lab/', import.meta.url));

/** Records of a little-endian pcap of Ethernet, each with its header. */
function records(file: Buffer): { head: Buffer; packets: Buffer[] } {
  const packets: Buffer[] = [];
  for (let at = 24; at + 16 <= file.length; at += packets.at(-1)!.length)
    packets.push(file.subarray(at, at + 16 + file.readUInt32LE(at + 8)));
  return { head: file.subarray(0, 24), packets };
}

/** The same packet as a capture with a snap length holds it. */
function cut(packet: Buffer, snapLength: number): Buffer {
  const short = Buffer.from(packet.subarray(0, 16 + snapLength));
  short.writeUInt32LE(short.length - 16, 8);
  return short;
}

/** Source address of an Ethernet frame with IPv4. */
const source = (packet: Buffer) => packet.toString('hex', 16 + 14 + 12, 16 + 14 + 16) + packet.readUInt16BE(16 + 34);

/** Everything that captures lack in practice. */
function* variants(packets: readonly Buffer[]): Iterable<[what: string, packets: Buffer[]]> {
  for (let gone = 0; gone < packets.length; gone++)
    yield [`without packet ${gone + 1}`, packets.filter((_packet, index) => index !== gone)];
  for (let kept = 1; kept < packets.length; kept++) {
    yield [`first ${kept} packets`, packets.slice(0, kept)];
    yield [`from packet ${kept + 1} on`, packets.slice(kept)];
  }
  for (const snapLength of [68, 96, 256])
    yield [`cut at ${snapLength}`, packets.map((packet) => cut(packet, snapLength))];
  const client = source(packets[0]!);
  yield ['client only', packets.filter((packet) => source(packet) === client)];
  yield ['server only', packets.filter((packet) => source(packet) !== client)];
}

async function claims(head: Buffer, packets: Buffer[]): Promise<string[]> {
  const { handshakes } = await readCapture(chunked(Buffer.concat([head, ...packets])), 'x');
  return handshakes
    .map((one) => one.verdict)
    .filter((one) => one.id !== 'ok' && !NEUTRAL_VERDICTS.has(one.id) && one.confidence >= 0.5)
    .map((one) => one.id);
}

describe('captures that lack something', () => {
  it.skipIf(!existsSync(lab)).each(['ok_tls12', 'ok_tls13', 'hrr', 'pq_split_ok', 'dup_ok'])(
    'accuse nobody when the handshake was fine: %s (skipped without ../shared/corpora/captures/lab)',
    async (name) => {
      const { head, packets } = records(readFileSync(`${lab}${name}.pcap`));
      expect(await claims(head, packets)).toEqual([]);
      for (const [what, rest] of variants(packets)) expect([what, await claims(head, rest)]).toEqual([what, []]);
    },
  );

  it('hear an alert about the certificate although the server’s answer was not captured', async () => {
    const hello = await realClientHello();
    const flow = new Conversation().open().put('client', ACK, hello);
    const { packets } = flow.put('client', ACK, alertRecord(48)).close();
    const { handshakes } = await readCapture(chunked(pcap(packets)), 'x');
    expect(handshakes[0]?.verdict).toMatchObject({ id: 'server_cert_untrusted', side: 'server' });
  });

  it('say so when they show one direction only', async () => {
    const hello = await realClientHello();
    const { packets } = new Conversation().open().put('client', ACK, hello).put('server', ACK).close();
    const { head, packets: all } = records(pcap(packets));
    const client = source(all[0]!);
    const { handshakes } = await readCapture(
      chunked(Buffer.concat([head, ...all.filter((packet) => source(packet) === client)])),
      'x',
    );
    expect(handshakes[0]?.verdict.id).toBe('not_visible');
    expect(handshakes[0]?.verdict.says).toContain('client’s packets only');
  });

  it('know a lost alert by its length', async () => {
    const full = records(pcap((await handshake12()).packets));
    const { handshakes } = await readCapture(chunked(Buffer.concat([full.head, ...full.packets])), 'x');
    expect(handshakes[0]?.verdict.id).toBe('server_cert_rejected');
    expect(handshakes[0]?.verdict.inferred).toBe(true);
  });

  it('do not take the acknowledgements of an uncaptured answer for silence', async () => {
    const flow = new Conversation().open();
    flow.packets.splice(1, 1);
    flow.put('client', ACK, await realClientHello()).put('server', ACK);
    flow.serverSequence += 1393;
    flow.put('client', ACK).put('server', FIN | ACK, undefined, { after: 300 });
    const { handshakes } = await readCapture(chunked(pcap(flow.packets)), 'x');
    expect(handshakes[0]?.verdict.id).toBe('not_visible');
  });

  it('do not call opaque bytes of a connection without its beginning plain text', async () => {
    const flow = new Conversation().put('client', ACK, Buffer.alloc(300, 0x9a)).put('server', ACK).close();
    const { handshakes } = await readCapture(chunked(pcap(flow.packets)), 'x');
    expect(handshakes[0]?.verdict.id).toBe('not_visible');
  });

  it('see a second segment dropped although the sender’s card split the hello', async () => {
    const hello = Buffer.concat([await realClientHello(), Buffer.alloc(1200, 0)]);
    hello.writeUInt16BE(hello.length - 5, 3);
    hello.writeUIntBE(hello.length - 9, 6, 3);
    const flow = new Conversation().open().put('client', ACK, hello);
    const start = flow.clientSequence - hello.length;
    flow.put('server', ACK, undefined, { acknowledgement: start + 1400 });
    for (const after of [200, 400, 800])
      flow.put('client', ACK, hello.subarray(1400), { after, sequence: start + 1400, advance: false });
    const { handshakes } = await readCapture(chunked(pcap(flow.packets)), 'x');
    expect(handshakes[0]?.verdict.id).toBe('middlebox_drops_second_segment');
  });

  it('do not count a SYN twice that was captured on both sides of a router', async () => {
    const flow = new Conversation().put('client', SYN);
    flow.put('client', SYN, undefined, { after: 0.02, ttl: 63, sequence: flow.clientSequence - 1, advance: false });
    const { handshakes } = await readCapture(
      chunked(
        pcap([...flow.packets, ...new Conversation({ clientPort: 41_000, time: flow.time + 5000 }).open().packets]),
      ),
      'x',
    );
    expect(handshakes.find((one) => one.client.port === 40_000)?.verdict.says).toContain('one SYN');
  });
});

/** A server's flight of TLS 1.2 with an unreadable certificate, and a client that goes seven uncaptured bytes later. */
async function handshake12(): Promise<Conversation> {
  const flow = new Conversation().open().put('client', ACK, await realClientHello());
  const message = (type: number, body: Buffer) =>
    Buffer.concat([
      Buffer.from([
        22,
        3,
        3,
        (body.length + 4) >> 8,
        (body.length + 4) & 255,
        type,
        0,
        body.length >> 8,
        body.length & 255,
      ]),
      body,
    ]);
  const serverHello = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 7), Buffer.from([0, 0xc0, 0x2f, 0])]);
  const certificate = Buffer.from([0, 0, 7, 0, 0, 4, 1, 2, 3, 4]);
  flow.put(
    'server',
    ACK,
    Buffer.concat([message(2, serverHello), message(11, certificate), message(14, Buffer.alloc(0))]),
  );
  flow.clientSequence += 7;
  return flow
    .put('client', FIN | ACK)
    .put('server', FIN | ACK)
    .put('client', ACK);
}
