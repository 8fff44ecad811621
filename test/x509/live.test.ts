import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CertsOptions, runCerts } from '../../src/cli/certs/run.ts';
import type { Report } from '../../src/report/types.ts';
import {
  CLIENT,
  certificateDer,
  DAY,
  type Ext,
  ext,
  integer,
  keyPem,
  ocspResponseDer,
  party,
  pem,
  seq,
} from './build.ts';

// Live hosts are judged at the clock of the machine: everything here is made around it.
const now = Date.now();
const dates = { from: now - 2 * DAY, until: now + 80 * DAY };
const root = party('Live Root');
const stranger = party('Stranger');
const leaf = party('pay.example.com');
const rootDer = certificateDer({
  subject: root,
  issuer: root,
  from: now - 100 * DAY,
  until: now + 1000 * DAY,
  extensions: [ext.basic(true), ext.usage(0x06), ext.subjectKey(root.spki)],
});
const serverDer = (serial: bigint, more: Ext[] = []): Buffer =>
  certificateDer({
    subject: leaf,
    issuer: root,
    serial,
    ...dates,
    extensions: [
      ext.basic(false),
      ext.usage(0x80),
      ext.authorityKey(root.spki),
      ext.purposes('1.3.6.1.5.5.7.3.1'),
      ext.names(Buffer.from('820f7061792e6578616d706c652e636f6d', 'hex')),
      ...more,
    ],
  });
const mustStaple: Ext = { oid: '1.3.6.1.5.5.7.1.24', value: seq(integer(5)) };

let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymedic-live-'));
  writeFileSync(at('root.pem'), pem(rootDer));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function listen(options: TlsOptions, staple?: Buffer): Promise<number> {
  const server = createServer(options, (socket) => socket.on('error', () => {}).end('hello\n'));
  server.on('tlsClientError', () => {});
  if (staple) server.on('OCSPRequest', (_certificate, _issuer, callback) => callback(null, staple));
  servers.push(server);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

async function run(inputs: string[], options: Partial<CertsOptions> = {}): Promise<{ code: number; report: Report }> {
  let out = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk);
    return true;
  });
  try {
    const code = await runCerts(
      inputs,
      {
        failOn: 'important',
        role: 'any',
        profile: 'auto',
        timeout: '3',
        concurrency: '20',
        format: ['json'],
        quiet: true,
        servername: 'pay.example.com',
        trust: [at('root.pem')],
        ...options,
      },
      'never',
    );
    return { code, report: JSON.parse(out) as Report };
  } finally {
    spy.mockRestore();
  }
}

const served = (der: Buffer): TlsOptions => ({ cert: pem(der) + pem(rootDer), key: keyPem(leaf) });
const ids = (report: Report): string[] => report.findings.map((f) => f.id);

describe('a server that falls silent after its first answer', () => {
  it('is judged by that answer, within the timeout', async () => {
    const inside = await listen({ ...served(serverDer(71n)), maxVersion: 'TLSv1.2' });
    let connections = 0;
    const front = createTcpServer((client) => {
      client.on('error', () => {});
      if (connections++ > 0) return;
      const server = connect(inside, '127.0.0.1').on('error', () => {});
      client.pipe(server).pipe(client);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const { port } = front.address() as AddressInfo;
    const start = performance.now();
    const { report } = await run([`127.0.0.1:${port}`], { timeout: '1' });
    front.close();
    expect(performance.now() - start).toBeLessThan(3000);
    expect(report.inventory?.certificates?.map((c) => c.subject).join()).toContain('pay.example.com');
    expect(report.endpoints).toMatchObject([{ ok: true, version: 'TLSv1.2' }]);
    expect(ids(report)).toEqual([]);
  });
});

describe('a stapled OCSP response', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('of %s is judged with the certificate it came with', async (version) => {
    const only = { minVersion: version, maxVersion: version };
    const response = (state: 'good' | 'revoked', more: object = {}) =>
      ocspResponseDer({ issuer: root, serial: 77n, state, from: now - DAY, until: now + 5 * DAY, ...more });
    const judge = async (staple: Buffer) => {
      const port = await listen({ ...served(serverDer(77n)), ...only }, staple);
      const { report } = await run([`127.0.0.1:${port}`]);
      expect(report.endpoints).toMatchObject([{ ok: true, stapled: true }]);
      return ids(report);
    };
    expect(await judge(response('good'))).toEqual([]);
    expect(await judge(response('revoked'))).toContain('certificate/revoked');
    expect(await judge(response('good', { signer: stranger }))).toEqual(['certificate/staple-unusable']);
    expect(await judge(response('good', { serial: 78n }))).toEqual(['certificate/staple-unusable']);
    expect(await judge(response('good', { from: now - 9 * DAY, until: now - DAY }))).toEqual(
      expect.arrayContaining(['certificate/staple-unusable', 'revocation-response/expired']),
    );
  });

  it('is missed where the certificate asks for one', async () => {
    const port = await listen(served(serverDer(79n, [mustStaple])));
    const { report } = await run([`127.0.0.1:${port}`]);
    expect(ids(report)).toEqual(['certificate/staple-missing']);
  });
});

describe('a server that asks for a client certificate', () => {
  const client = party('till 7');
  const clientDer = certificateDer({
    subject: client,
    issuer: root,
    ...dates,
    extensions: [ext.basic(false), ext.usage(0x80), ext.authorityKey(root.spki), ext.purposes(CLIENT)],
  });

  it('is entered with --cert and --key, and says no to a stranger', async () => {
    writeFileSync(at('client.pem'), pem(clientDer));
    writeFileSync(at('client.key'), keyPem(client), { mode: 0o600 });
    const other = certificateDer({ subject: client, issuer: stranger, ...dates, extensions: [ext.purposes(CLIENT)] });
    writeFileSync(at('stranger.pem'), pem(other));
    const mutual = { requestCert: true, rejectUnauthorized: true, ca: pem(rootDer) };
    const port = await listen({ ...served(serverDer(80n)), ...mutual });
    const enter = (cert: string) => run([`127.0.0.1:${port}`], { cert: at(cert), key: at('client.key') });
    const welcome = await enter('client.pem');
    expect(welcome.report.endpoints).toMatchObject([{ ok: true, clientCertificateRequested: true }]);
    expect(welcome.report.notChecked).toEqual([]);
    const refused = await enter('stranger.pem');
    expect(refused.report.notChecked).toMatchObject([
      { why: expect.stringMatching(/refused the client certificate|closed the connection after the handshake/) },
    ]);
    const without = await run([`127.0.0.1:${port}`]);
    expect(without.report.endpoints).toMatchObject([{ ok: true, clientCertificateRequested: true }]);
  });
});
