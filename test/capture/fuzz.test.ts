import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error a plain script without types, shared with the long fuzz run
import { mutate, randomFrom } from '../../bench/mutate.mjs';
import {
  clientGroups,
  handshakeRow,
  ladder,
  readCapture,
  serverSummaries,
  sliceCapture,
  timeline,
} from '../../src/capture/index.ts';
import { ACK, alertRecord, Conversation, chunked, pcap, pcapng, realClientHello } from './packets.ts';

const lab = fileURLToPath(new URL('../../../shared/corpora/captures/lab/', import.meta.url));
const seeds: Buffer[] = [];

beforeAll(async () => {
  const flow = new Conversation()
    .open()
    .put('client', ACK, await realClientHello())
    .put('server', ACK, alertRecord(40))
    .close();
  seeds.push(pcap(flow.packets), pcapng(flow.packets), pcapng(flow.packets, { big: true }));
  if (existsSync(lab))
    for (const name of readdirSync(lab)) if (name.endsWith('.pcap')) seeds.push(readFileSync(lab + name));
});

describe('damaged captures', () => {
  it('neither throws nor hangs on 2,000 mutations, and every view survives them', async () => {
    const random = randomFrom(20_261_121);
    for (let run = 0; run < 2000; run++) {
      const bytes = mutate(seeds[run % seeds.length], random) as Buffer;
      const { handshakes } = await readCapture(chunked(bytes, run % 7 === 0 ? 61 : undefined), 'x');
      for (const one of handshakes) {
        JSON.stringify(handshakeRow(one));
        ladder(one);
      }
      clientGroups(handshakes);
      serverSummaries(handshakes);
      timeline(handshakes);
    }
  }, 120_000);
});

describe('slice', () => {
  it('keeps the chosen connection, drops payload behind the handshake and judges the same', async () => {
    const failed = new Conversation({ clientPort: 1 })
      .open()
      .put('client', ACK, await realClientHello())
      .put('server', ACK, alertRecord(112))
      .close();
    const other = new Conversation({ clientPort: 2 })
      .open()
      .put('client', ACK, Buffer.from('secret card data'))
      .close();
    const whole = pcap([...failed.packets, ...other.packets].sort((a, b) => a.time - b.time));
    const [one] = (await readCapture(chunked(whole), 'x')).handshakes;
    const parts: Buffer[] = [];
    const selection = {
      clientAddress: one!.client.address,
      clientPort: 1,
      serverAddress: one!.server.address,
      serverPort: 443,
      from: one!.time,
      to: one!.end!,
      payloadUntil: one!.end!,
    };
    const result = await sliceCapture(chunked(whole), [selection], (bytes) => parts.push(Buffer.from(bytes)));
    const cut = Buffer.concat(parts);
    expect(result).toMatchObject({
      packets: failed.packets.length,
      packetsRead: failed.packets.length + other.packets.length,
    });
    expect(cut.includes('secret')).toBe(false);
    expect((await readCapture(chunked(cut), 'x')).handshakes.map((flow) => flow.verdict.id)).toEqual(['sni_unknown']);
    // A completed handshake keeps its headers and loses its data.
    const shorter: Buffer[] = [];
    await sliceCapture(chunked(whole), [{ ...selection, payloadUntil: one!.time }], (bytes) =>
      shorter.push(Buffer.from(bytes)),
    );
    expect(Buffer.concat(shorter).length).toBeLessThan(cut.length);
  });
});

describe('two runs', () => {
  it('give the same bytes', async () => {
    const file = seeds[0]!;
    const once = JSON.stringify(await readCapture(chunked(file), 'x'));
    expect(JSON.stringify(await readCapture(chunked(file, 100), 'x'))).toBe(once);
  });
});
