/** A capture that holds just the fault: one connection is enough to say what the wire shows, and no more than that. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCapture } from '../../src/capture/index.ts';
import {
  ACK,
  alertRecord,
  Conversation,
  chunked,
  pcap,
  pcapng,
  RST,
  realClientHello,
  SYN,
} from '../capture/packets.ts';
import { triage, triageFiles } from './bundle.ts';

const lab = fileURLToPath(new URL('../../../shared/corpora/captures/lab/', import.meta.url));

/** A SYN that nobody answers, repeated. */
const unanswered = (clientPort = 40_000): Conversation =>
  [1000, 2000, 4000].reduce(
    (talk, after) => talk.put('client', SYN, undefined, { advance: false, after }),
    new Conversation({ clientPort }).put('client', SYN, undefined, { advance: false }),
  );

describe('a capture of one connection', () => {
  it('names what the wire proves, with less confidence than a row of them', async () => {
    const { diagnosis, summary } = await triageFiles({ 'a.pcap': pcap(unanswered().packets) });
    expect(diagnosis[0]?.cause).toBe('connection-dropped');
    expect(diagnosis[0]!.confidence).toBeGreaterThanOrEqual(0.5);
    expect(diagnosis[0]!.confidence).toBeLessThanOrEqual(0.7);
    expect(summary.priority).not.toBe('none');
  });

  it('blames nobody in between for a reset that comes as from the server', async () => {
    const hello = await realClientHello();
    const talk = new Conversation()
      .open()
      .put('client', ACK, hello)
      .put('server', ACK)
      .put('server', RST | ACK);
    const { diagnosis, summary } = await triageFiles({ 'a.pcap': pcap(talk.packets) });
    expect(diagnosis.filter((d) => d.confidence >= 0.5)).toEqual([]);
    expect(summary).toMatchObject({ priority: 'none', proven: false });
  });

  it('says that it failed where no cause is known to it', async () => {
    const hello = await realClientHello();
    const talk = new Conversation().open().put('client', ACK, hello).put('server', ACK, alertRecord(80)).close();
    const { summary } = await triageFiles({ 'a.pcap': pcap(talk.packets) });
    expect(summary.verdict).toMatch(/^1 of 1 captured connections failed, and no cause is proven/);
    expect(summary.proven).toBe(false);
  });

  it('is noise beside payments that work', async () => {
    const lines = Array.from(
      { length: 60 },
      (_, n) => `${new Date(1_780_000_000_000 + n * 1000).toISOString()} INFO payment approved order=${n}`,
    );
    const { diagnosis, summary } = await triageFiles({
      'a.pcap': pcap(unanswered().packets),
      'logs/app.log': lines.join('\n'),
    });
    expect(diagnosis.filter((d) => d.confidence >= 0.5)).toEqual([]);
    expect(summary.priority).toBe('none');
  });

  it('dated beyond the calendar is read as without a time', async () => {
    const packets = unanswered().packets.map((p, n) => ({ ...p, time: 9e15 + n }));
    const { handshakes, notes } = await readCapture(chunked(pcapng(packets)), 'x');
    expect(handshakes.map((h) => h.verdict.id)).toEqual(['syn_blackhole']);
    expect(notes.join('\n')).toContain('dated beyond the calendar');
    const { summary } = await triageFiles({ 'a.pcapng': pcapng(packets) });
    expect(summary.verdict).toContain('silently dropped');
  });
});

describe.skipIf(!existsSync(lab))('each capture of the lab alone (skipped without ../shared/corpora)', () => {
  it.each([
    ['ok_tls12', undefined, 'none'],
    ['ok_tls13', undefined, 'none'],
    ['hrr', undefined, 'none'],
    ['dup_ok', undefined, 'none'],
    ['pq_split_ok', undefined, 'none'],
    ['fw_drop_after_ch', 'handshake-cut-by-middlebox', 'urgent'],
    ['mbox_rst_ttl', 'handshake-cut-by-middlebox', 'urgent'],
    ['mtu_blackhole_srv', 'mtu-black-hole', 'urgent'],
    ['no_shared_cipher', 'no-common-cipher', 'important'],
    ['no_sni', 'sni-wrong', 'important'],
    ['syn_drop', 'connection-dropped', 'urgent'],
    ['plain_http_to_tls', 'plaintext-on-tls-port', 'urgent'],
    ['version_low', 'peer-tls-too-old', 'important'],
  ])('%s', async (name, cause, priority) => {
    const { diagnosis, summary } = await triage(`${lab}${name}.pcap`);
    expect(diagnosis.find((d) => d.confidence >= 0.5)?.cause).toBe(cause);
    expect(summary.priority).toBe(priority);
    expect(summary.proven).toBe(undefined);
  });
});
