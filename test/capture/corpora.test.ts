/** Public captures: every hello in them sent again in other ways, and their packets counted by another reader. */
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { CaptureStream } from '../../src/capture/file/capture-stream.ts';
import { readCapture } from '../../src/capture/index.ts';
import { ClientHelloParser } from '../../src/tls/client-hello.ts';
import {
  ACK,
  CLIENT,
  Conversation,
  chunked,
  conversation,
  ethernet,
  ipv4,
  type Packet,
  pcap,
  TIMESTAMPS,
  tcp,
} from './packets.ts';

const corpora = fileURLToPath(new URL('../../../shared/corpora/', import.meta.url));
const folders = ['captures/lab/', 'captures/zeek/', 'ja4/'].map((folder) => corpora + folder).filter(existsSync);
const captures = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(?:pcap|pcapng|trace)$/.test(name))
    .map((name) => folder + name),
);

const facts = (hello: ReturnType<ClientHelloParser['parse']> | undefined) => {
  const { ja3, ja4, sni, alpn, groups, size } = hello?.hello ?? {};
  return JSON.stringify([ja3, ja4, sni, alpn, groups, size]);
};

/** The distinct hellos over TCP in the captures, each as one TLS record. */
async function hellosOfCaptures(): Promise<Buffer[]> {
  const found = new Map<string, Buffer>();
  const original = ClientHelloParser.prototype.parse;
  const spy = vi.spyOn(ClientHelloParser.prototype, 'parse').mockImplementation(function (
    this: ClientHelloParser,
    bytes,
    start,
    end,
    recordVersion,
    transport,
  ) {
    const parsed = original.call(this, bytes, start, end, recordVersion, transport);
    if (parsed && transport === 'tcp' && end - start < 16_000) {
      const body = Buffer.from(bytes.subarray(start, end));
      const head = Buffer.from([22, 3, 1, (body.length + 4) >>> 8, (body.length + 4) & 255, 1, 0, 0, 0]);
      head.writeUInt16BE(body.length, 7);
      // Hellos of one client differ in nothing but random bytes.
      found.set(facts(parsed), Buffer.concat([head, body]));
    }
    return parsed;
  });
  try {
    for (const file of captures) await readCapture(createReadStream(file), file);
  } finally {
    spy.mockRestore();
  }
  return [...found.values()];
}

/** Segments of a hello: cut, repeated with overlap, and in another order. */
const travels = fc.record({
  cuts: fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 12 }),
  repeats: fc.array(fc.tuple(fc.nat(2000), fc.integer({ min: 1, max: 600 })), { maxLength: 6 }),
  order: fc.infiniteStream(fc.nat()),
  initial: fc.constantFrom(1000, 0xffffff80, 0x7ffffff0),
});

function inPieces(hello: Buffer, cuts: readonly number[]): { from: number; bytes: Buffer }[] {
  const pieces: { from: number; bytes: Buffer }[] = [];
  for (let at = 0, step = 0; at < hello.length; step++) {
    const piece = hello.subarray(at, at + cuts[step % cuts.length]!);
    pieces.push({ from: at, bytes: piece });
    at += piece.length;
  }
  return pieces;
}

async function arrived(packets: readonly Packet[]): Promise<string> {
  const { handshakes } = await readCapture(chunked(pcap(packets)), 'x');
  const hello = handshakes.find((one) => one.clientHello)?.clientHello;
  return facts(hello ? { hello, sessionId: 0 } : undefined);
}

describe.skipIf(captures.length === 0)('public hellos sent again (skipped without ../shared/corpora)', () => {
  it('say the same however they travel', { timeout: 120_000 }, async () => {
    const hellos = await hellosOfCaptures();
    expect(hellos.length).toBeGreaterThan(60);
    for (const hello of hellos) {
      const wanted = facts(new ClientHelloParser().parse(hello, 9, hello.length, 0x0301, 'tcp'));
      await fc.assert(
        fc.asyncProperty(travels, async ({ cuts, repeats, order, initial }) => {
          const pieces = inPieces(hello, cuts);
          for (const [from, length] of repeats)
            if (from < hello.length) pieces.push({ from, bytes: hello.subarray(from, from + length) });
          const keys = pieces.map(() => order.next().value);
          const shuffled = pieces.map((piece, index) => ({ piece, key: keys[index]! })).sort((a, b) => a.key - b.key);
          expect(
            await arrived(
              conversation(
                initial,
                shuffled.map(({ piece }) => piece),
              ),
            ),
          ).toBe(wanted);
        }),
        { numRuns: 3 },
      );
      expect(await arrived(conversation(1000, inPieces(hello, [1])))).toBe(wanted);
      expect(await arrived([...conversation(1000, []), ...fragments(hello)])).toBe(wanted);
    }
  });
});

function fragments(hello: Buffer): Packet[] {
  const segment = tcp({
    ...CLIENT,
    sequence: 1001,
    acknowledgement: 9001,
    flags: ACK,
    options: TIMESTAMPS,
    payload: hello,
  });
  const packets: Packet[] = [];
  for (let at = 0; at < segment.length; at += 256) {
    const more = at + 256 < segment.length ? 0x2000 : 0;
    const bytes = ethernet(ipv4(6, segment.subarray(at, at + 256), { identification: 7, fragment: (at / 8) | more }));
    packets.push({ bytes, time: 1_780_000_000_100 + packets.length });
  }
  return packets.reverse();
}

interface OraclePacket {
  header: { timestampSeconds: number; timestampMicroseconds: number; capturedLength: number; originalLength: number };
  data: Buffer;
}

/** pcap-parser: classic files with microseconds only, and silent about damage; for whole files it is a second opinion. */
function byPcapParser(bytes: Buffer): Promise<string[]> {
  const { parse } = createRequire(import.meta.url)('pcap-parser') as {
    parse(source: NodeJS.ReadableStream): NodeJS.EventEmitter;
  };
  return new Promise((resolve, reject) => {
    const packets: string[] = [];
    parse(Readable.from([bytes]))
      .on('packet', ({ header, data }: OraclePacket) =>
        packets.push(
          `${header.timestampSeconds * 1000 + header.timestampMicroseconds / 1000} ${header.originalLength} ${data.toString('base64')}`,
        ),
      )
      .on('end', () => resolve(packets))
      .on('error', reject);
  });
}

function byReader(bytes: Buffer, size: number): string[] {
  const packets: string[] = [];
  const stream = new CaptureStream({
    packet: (buffer, start, end, original, time) =>
      packets.push(`${time} ${original} ${buffer.toString('base64', start, end)}`),
    problem: (says) => packets.push(says),
    secrets: () => {},
  });
  for (let at = 0; at < bytes.length; at += size) stream.push(bytes.subarray(at, at + size));
  stream.end();
  return packets;
}

describe('pcap-parser as a second reader', () => {
  const made = new Conversation().open().put('client', ACK, Buffer.alloc(900, 1)).close().packets;
  it.each(['little', 'big'] as const)('sees the same packets in a capture of %s-endian numbers', async (order) => {
    const bytes = pcap(made, 1, order);
    expect(byReader(bytes, 37)).toEqual(await byPcapParser(bytes));
  });

  const classic = captures.filter((file) =>
    ['d4c3b2a1', 'a1b2c3d4'].includes(readFileSync(file).toString('hex', 0, 4)),
  );
  it.skipIf(classic.length === 0)('sees the same packets in public captures (skipped without ../shared)', async () => {
    expect(classic.length).toBeGreaterThan(20);
    for (const file of classic) {
      const bytes = readFileSync(file);
      expect(byReader(bytes, 4096), file).toEqual(await byPcapParser(bytes));
    }
  });
});
