import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import { ACK, alertRecord, Conversation, chunked, type Packet, pcap, pcapng, realClientHello } from './packets.ts';

let packets: Packet[];
let reference: string;

async function summary(file: Buffer, chunk?: number): Promise<string> {
  const read = await readCapture(chunked(file, chunk), 'x');
  return JSON.stringify(
    read.handshakes.map((one) => [
      one.flow,
      one.time,
      one.client,
      one.server,
      one.clientHello?.ja4,
      one.clientHello?.sni,
      one.verdict.id,
    ]),
  );
}

beforeAll(async () => {
  const hello = await realClientHello();
  packets = new Conversation()
    .open()
    .put('client', ACK, hello)
    .put('server', ACK)
    .put('server', ACK, alertRecord(112))
    .close().packets;
  reference = await summary(pcap(packets));
  expect(reference).toContain('sni_unknown');
});

describe('containers', () => {
  it.each(['little', 'big', 'little-nano', 'big-nano', 'modified'] as const)('reads %s pcap', async (flavour) => {
    expect(await summary(pcap(packets, 1, flavour))).toBe(reference);
  });

  it.each([
    { big: false, resolution: 6 },
    { big: true, resolution: 6 },
    { big: false, resolution: 9 },
    { big: true, resolution: 0x80 | 20 },
  ])('reads pcapng %o', async (options) => {
    const read = await readCapture(chunked(pcapng(packets, options)), 'x');
    expect(read.notes).toEqual([]);
    expect(read.handshakes[0]?.verdict.id).toBe('sni_unknown');
    expect(Math.abs((read.handshakes[0]?.time ?? 0) - packets[0]!.time)).toBeLessThan(0.01);
  });

  it.each([
    ['as it is', (file: Buffer) => file],
    ['compressed', (file: Buffer) => gzipSync(file)],
  ] as const)('takes chunks that are valid only until the next is asked for, %s', async (_how, wrap) => {
    const file = wrap(pcap(packets));
    const reused = Buffer.alloc(61);
    const passing = async function* () {
      for (let at = 0; at < file.length; at += reused.length) {
        const count = file.copy(reused, 0, at);
        yield reused.subarray(0, count);
        reused.fill(0xee);
      }
    };
    const read = await readCapture(passing(), 'x');
    expect(read.notes).toEqual([]);
    expect(read.handshakes.map((one) => one.verdict.id)).toEqual(['sni_unknown']);
  });

  it('reads simple packet blocks and several sections of different byte order', async () => {
    const half = Math.floor(packets.length / 2);
    const joined = Buffer.concat([pcapng(packets.slice(0, half)), pcapng(packets.slice(half), { big: true })]);
    const read = await readCapture(chunked(joined), 'x');
    expect(read.counts.packets).toBe(packets.length);
    expect(read.handshakes.map((one) => one.verdict.id)).toEqual(['sni_unknown']);
    expect((await readCapture(chunked(pcapng(packets, { simple: true })), 'x')).counts.packets).toBe(packets.length);
  });

  it('reads gzip, whole or cut', async () => {
    const zipped = gzipSync(pcap(packets));
    expect(await summary(zipped)).toBe(reference);
    const read = await readCapture(chunked(zipped.subarray(0, zipped.length - 60)), 'x');
    expect(read.notes.length).toBeGreaterThan(0);
    expect(read.counts.packets).toBeGreaterThan(0);
  });

  it('gives the same result for chunks of any size', async () => {
    const files = [pcap(packets), pcapng(packets)];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3000 }), fc.boolean(), async (size, ng) => {
        expect(await summary(files[ng ? 1 : 0]!, size)).toBe(reference);
      }),
      { numRuns: 60 },
    );
  });
});

describe('damage', () => {
  it('says where a truncated capture ends and keeps what came before', async () => {
    const whole = pcap(packets);
    const read = await readCapture(chunked(whole.subarray(0, whole.length - 5)), 'x');
    expect(read.counts.packets).toBe(packets.length - 1);
    expect(read.notes.join()).toMatch(/ends inside packet record \d+ at byte \d+/);
  });

  it('stops at a record that claims an impossible length', async () => {
    const whole = Buffer.from(pcap(packets));
    whole.writeUInt32LE(0x7fffffff, 24 + 8);
    const read = await readCapture(chunked(whole), 'x');
    expect(read.counts.packets).toBe(0);
    expect(read.notes.join()).toMatch(/corrupt from here/);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), /empty/],
    ['a text file', Buffer.from('this is not a capture at all, only words'), /not a capture/],
  ])('says that %s is no capture', async (_name, bytes, expected) => {
    const read = await readCapture(chunked(bytes), 'x');
    expect(read.notes).toHaveLength(1);
    expect(read.notes[0]).toMatch(expected);
  });
});
