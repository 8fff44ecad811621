import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clientGroups, handshakeRow, ladder, readCapture, serverSummaries, timeline } from '../../src/capture/index.ts';
import { renderCaptureViews, renderLadder } from '../../src/cli/pcap-text.ts';
import { ACK, alertRecord, Conversation, chunked, pcap, realClientHello } from './packets.ts';

async function observed() {
  const hello = await realClientHello();
  const evil = await realClientHello({ servername: 'evil.example' });
  // A name with an escape sequence, as no client sends it but an attacker may.
  const at = evil.indexOf('evil');
  evil.write('\u001b[2J', at, 'latin1');
  const flows = [hello, hello, evil].map((record, index) =>
    new Conversation({ clientPort: 1000 + index, time: 1_780_000_000_000 + index * 60_000 })
      .open()
      .put('client', ACK, record)
      .put('server', ACK, alertRecord(112))
      .close(),
  );
  return (await readCapture(chunked(pcap(flows.flatMap((flow) => flow.packets))), 'edge.pcap')).handshakes;
}

describe('rows', () => {
  it('hold exactly what the published schema names', async () => {
    const schema = JSON.parse(readFileSync(new URL('../../schema/handshake.schema.json', import.meta.url), 'utf8')) as {
      required: string[];
      properties: { [name: string]: unknown };
    };
    for (const one of await observed()) {
      const keys = Object.keys(handshakeRow(one));
      expect(keys.filter((key) => !(key in schema.properties))).toEqual([]);
      expect(schema.required.filter((key) => !keys.includes(key))).toEqual([]);
      expect(handshakeRow(one)).toMatchObject({
        serverPort: 443,
        version: null,
        alerts: [{ from: 'server', code: 112, name: 'unrecognized_name' }],
      });
    }
  });
});

describe('summaries', () => {
  it('group clients, servers and time', async () => {
    const handshakes = await observed();
    expect(clientGroups(handshakes)).toMatchObject([
      { attempts: 3, succeeded: 0, failed: 3, addressCount: 1, version: 'TLSv1.3' },
    ]);
    expect(serverSummaries(handshakes)).toMatchObject([
      { server: '10.0.0.2:443', failed: 3, connect: { p50: 1, p95: 1, count: 3 } },
    ]);
    expect(timeline(handshakes).buckets.reduce((sum, bucket) => sum + bucket.failed, 0)).toBe(3);
  });
});

describe('terminal text', () => {
  it('fits 80 columns and lets nothing of the evidence act on the terminal', async () => {
    const handshakes = await observed();
    const suppliers = {
      clients: () => clientGroups(handshakes),
      servers: () => serverSummaries(handshakes),
      timeline: () => timeline(handshakes),
    };
    const text = renderCaptureViews(['flows', 'clients', 'servers', 'timeline'], handshakes, [], suppliers, {
      width: 80,
      unicode: true,
      limit: 50,
      all: false,
    });
    expect(text).toContain('3 connections: 0 handshakes complete, 3 failed');
    expect(text).toContain('2 x sni_unknown');
    expect(text).not.toContain('\u001b');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const steps = renderLadder(handshakes[2]!, ladder(handshakes[2]!), 80);
    expect(steps).not.toContain('\u001b');
    expect(steps).toMatch(
      /--> SYN[\s\S]*ClientHello[\s\S]*Alert fatal: unrecognized_name \(112\)[\s\S]*verdict: sni_unknown/,
    );
  });
});
