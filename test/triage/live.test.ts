/** Triage of a live endpoint: what a server says to a client that can do everything. */
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { issue } from '../../src/drill/certificates.ts';
import { triage } from './bundle.ts';

const DAY = 86_400_000;
let server: Server | undefined;
afterEach(() => new Promise<void>((done) => (server ? server.close(() => done()) : done())));

async function look(options: TlsOptions, notAfter = Date.now() + 90 * DAY) {
  const { cert, key } = issue({
    subject: { CN: 'localhost' },
    notBefore: Date.now() - 10 * DAY,
    notAfter,
    names: ['localhost'],
  });
  server = createServer({ cert, key, ...options }, (socket) => socket.end());
  server.on('tlsClientError', () => {});
  await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done));
  return triage(`localhost:${(server.address() as AddressInfo).port}`, { now: new Date().toISOString() });
}

describe('a live server', () => {
  it('that chooses TLS 1.1 though all was offered is too old', async () => {
    const { diagnosis } = await look({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' });
    expect(diagnosis.map((d) => d.cause)).toContain('peer-tls-too-old');
    expect(diagnosis.find((d) => d.cause === 'peer-tls-too-old')!.confidence).toBeGreaterThan(0.5);
  });
  it('that chooses TLS 1.2 is not', async () => {
    const { diagnosis } = await look({ maxVersion: 'TLSv1.2' });
    expect(diagnosis.map((d) => d.cause)).not.toContain('peer-tls-too-old');
  });
  it('with a certificate past its date is named for that', async () => {
    const { diagnosis } = await look({}, Date.now() - DAY);
    expect(diagnosis.map((d) => d.cause)).toContain('server-cert-expired');
  });
});
