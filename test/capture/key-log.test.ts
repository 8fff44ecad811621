/** A real conversation of TLS 1.3 in memory, and what its key log opens. */
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCaptures } from '../../src/capture/index.ts';
import { issue } from '../../src/drill/certificates.ts';
import { ACK, Conversation, chunked, pcap } from './packets.ts';

const DAY = 86_400_000;

class Wire extends Duplex {
  other: Wire | undefined;
  private readonly seen: (bytes: Buffer) => void;
  constructor(seen: (bytes: Buffer) => void) {
    super();
    this.seen = seen;
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.seen(Buffer.from(chunk));
    setImmediate(() => this.other?.push(chunk));
    done();
  }
  override _read(): void {}
}

let capture: Buffer;
let keyLog = '';

beforeAll(async () => {
  const now = Date.now();
  const own = issue({
    subject: { CN: 'shop.example' },
    names: ['shop.example'],
    notBefore: now - DAY,
    notAfter: now + DAY,
  });
  const talk = new Conversation({ time: now }).open();
  const client = new Wire((bytes) => talk.put('client', ACK, bytes));
  const server = new Wire((bytes) => talk.put('server', ACK, bytes));
  client.other = server;
  server.other = client;
  const answering = new tls.TLSSocket(server, { isServer: true, key: own.key, cert: own.cert, minVersion: 'TLSv1.3' });
  answering.on('data', () => answering.write('answer'));
  const asking = tls.connect({ socket: client, servername: 'shop.example', ca: own.cert });
  asking.on('keylog', (line) => {
    keyLog += String(line);
  });
  asking.on('secureConnect', () => asking.write('request'));
  await new Promise((resolve) => asking.on('data', resolve));
  capture = pcap(talk.close().packets);
  asking.destroy();
  answering.destroy();
});

const read = (keyLogs: string[]) => readCaptures([{ file: 'x', source: chunked(capture) }], { keyLogs });

describe('a key log', () => {
  it('makes the certificates of TLS 1.3 visible and the verdict a fact', async () => {
    const plain = (await read([])).handshakes[0]!;
    expect(plain.serverCertificates).toBeUndefined();
    expect(plain.verdict).toMatchObject({ id: 'ok', inferred: true });
    const { handshakes, files } = await read([keyLog]);
    expect(handshakes[0]!.serverCertificates).toHaveLength(1);
    expect(handshakes[0]!.verdict).toMatchObject({ id: 'ok' });
    expect(handshakes[0]!.verdict.inferred).toBeUndefined();
    expect(files[0]).toMatchObject({ counts: { decryptedHandshakes: 1 }, notes: [] });
  });

  it('is said to belong elsewhere when it opens nothing', async () => {
    const other = keyLog.replace(/ [0-9a-f]{8}/g, ' 00000000');
    const { files } = await read([other]);
    expect(files[0]!.counts.decryptedHandshakes).toBe(0);
    expect(files[0]!.notes.join()).toContain('opens no handshake');
  });
});
