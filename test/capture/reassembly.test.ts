import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
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
  realClientHello,
  SYN,
  TIMESTAMPS,
  tcp,
} from './packets.ts';

const hellos: Buffer[] = [];

beforeAll(async () => {
  hellos.push(await realClientHello());
  hellos.push(await realClientHello({ maxVersion: 'TLSv1.2', servername: '' }));
  hellos.push(await realClientHello({ ALPNProtocols: ['h2', 'http/1.1'], ciphers: 'ECDHE+AESGCM' }));
  // Larger than a segment, as post-quantum hellos are.
  hellos.push(
    await realClientHello({ ALPNProtocols: Array.from({ length: 120 }, (_one, index) => `protocol-${index}`) }),
  );
});

async function helloOf(packets: readonly Packet[]): Promise<string> {
  const { handshakes } = await readCapture(chunked(pcap(packets)), 'x');
  const { ja3, ja4, sni, suites, extensions, size } = handshakes.find((one) => one.clientHello)?.clientHello ?? {};
  return JSON.stringify([ja3, ja4, sni, suites, extensions, size]);
}

function expected(record: Buffer): string {
  const parsed = new ClientHelloParser().parse(record, 9, record.length, 0x0301, 'tcp')!.hello;
  return JSON.stringify([parsed.ja3, parsed.ja4, parsed.sni, parsed.suites, parsed.extensions, parsed.size]);
}

describe('a ClientHello however it travels', () => {
  it('survives shuffles, duplicates, overlaps, tiny segments and sequence wrap', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(hellos.length - 1),
        fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(4000), fc.integer({ min: 1, max: 600 })), { maxLength: 12 }),
        fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
        fc.constantFrom(1000, 0xffffff00, 0xfffffffe, 0x7ffffff0),
        async (which, cuts, repeats, order, initial) => {
          const hello = hellos[which]!;
          const segments: { from: number; bytes: Buffer }[] = [];
          for (let at = 0, step = 0; at < hello.length; step++) {
            const length = Math.min(cuts[step % cuts.length]!, hello.length - at);
            segments.push({ from: at, bytes: hello.subarray(at, at + length) });
            at += length;
            if (segments.length > 400) {
              segments.push({ from: at, bytes: hello.subarray(at) });
              break;
            }
          }
          // Repeats that overlap their neighbours hold the same bytes, as retransmissions do.
          for (const [from, length] of repeats)
            if (from < hello.length) segments.push({ from, bytes: hello.subarray(from, from + length) });
          const shuffled = segments
            .map((segment, index) => ({ segment, key: order[index % order.length]! * 1000 + index }))
            .sort((a, b) => a.key - b.key)
            .map(({ segment }) => segment);
          expect(await helloOf(conversation(initial, shuffled))).toBe(expected(hello));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('survives one-byte segments in reverse order', async () => {
    const hello = hellos[0]!;
    const bytes = Array.from(hello, (_byte, at) => ({ from: at, bytes: hello.subarray(at, at + 1) })).reverse();
    expect(await helloOf(conversation(1000, bytes))).toBe(expected(hello));
  });

  it('survives IPv4 fragments in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(hellos.length - 1),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        async (which, eighths, reverse) => {
          const hello = hellos[which]!;
          const segment = tcp({
            ...CLIENT,
            sequence: 1001,
            acknowledgement: 9001,
            flags: ACK,
            options: TIMESTAMPS,
            payload: hello,
          });
          const fragments: Buffer[] = [];
          for (let at = 0; at < segment.length; at += eighths * 8) {
            const piece = segment.subarray(at, at + eighths * 8);
            const more = at + piece.length < segment.length ? 0x2000 : 0;
            fragments.push(ethernet(ipv4(6, piece, { identification: 77, fragment: (at / 8) | more })));
          }
          if (fragments.length > 120) return;
          if (reverse) fragments.reverse();
          const packets = [
            ...conversation(1000, []),
            ...fragments.map((bytes, index) => ({ bytes, time: 1_780_000_000_100 + index })),
          ];
          expect(await helloOf(packets)).toBe(expected(hello));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('survives records of any size that split its handshake message', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(hellos.length - 1), fc.integer({ min: 1, max: 700 }), async (which, size) => {
        const hello = hellos[which]!;
        const records: Buffer[] = [];
        for (let at = 5; at < hello.length; at += size) {
          const piece = hello.subarray(at, at + size);
          records.push(Buffer.from([22, 3, 1, piece.length >>> 8, piece.length & 255]), piece);
        }
        expect(await helloOf(conversation(1000, [{ from: 0, bytes: Buffer.concat(records) }]))).toBe(expected(hello));
      }),
      { numRuns: 60 },
    );
  });

  it('reads a conversation that was captured from its middle, out of order at first', async () => {
    const hello = hellos[3]!;
    const half = 700;
    const packets = conversation(1000, [
      { from: 0, bytes: hello.subarray(0, half) },
      { from: half, bytes: hello.subarray(half) },
    ]).slice(3);
    expect(await helloOf(packets)).toBe(expected(hello));
  });

  it('takes a SYN-ACK sent again with another number for what it is', async () => {
    const hello = hellos[0]!;
    const one = new Conversation().put('client', SYN).put('server', SYN | ACK);
    one.serverSequence = 777_000;
    one
      .put('server', SYN | ACK)
      .put('client', ACK)
      .put('client', ACK, hello)
      .put('server', ACK, Buffer.from([21, 3, 3, 0, 2, 2, 40]));
    const { handshakes } = await readCapture(chunked(pcap(one.packets)), 'x');
    expect(handshakes.map((flow) => flow.alerts.map((alert) => alert.description))).toEqual([[40]]);
  });
});

const zeek = fileURLToPath(new URL('../../../shared/corpora/captures/zeek/', import.meta.url));
describe.skipIf(!existsSync(zeek))('public captures (skipped without ../shared/corpora/captures/zeek)', () => {
  it('gives no failure that the capture does not show', async () => {
    // What the captures really show: a refused offer, two alerts about certificates, a name that does not match, Heartbleed.
    const real = new Map([
      ['tls-1.2-handshake-failure.trace', 'no_shared_cipher'],
      ['tls13draft16-ff52.a01.pcap', 'server_cert_untrusted'],
      ['certificate-with-sct.pcap', 'server_cert_name_mismatch'],
      ['heartbleed-success.pcap', 'client_aborted_handshake'],
    ]);
    for (const file of readdirSync(zeek)) {
      const { handshakes } = await readCapture(createReadStream(zeek + file), file);
      const failed = handshakes.map((one) => one.verdict.id).filter((id) => id !== 'ok' && id !== 'no_tls');
      expect(failed, file).toEqual(real.has(file) ? [real.get(file)] : []);
    }
  });
});
