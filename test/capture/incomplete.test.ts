import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import { NEUTRAL_VERDICTS } from '../../src/tls/neutral-verdicts.ts';
import { ACK, alertRecord, Conversation, chunked, pcap, realClientHello } from './packets.ts';

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
});
