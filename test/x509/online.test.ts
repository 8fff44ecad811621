import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isAllowed } from '../../src/cli/certs/online.ts';
import { type CertsOptions, runCerts } from '../../src/cli/certs/run.ts';
import type { Report } from '../../src/report/types.ts';
import { ocspRequest, parseCertificate } from '../../src/x509/index.ts';
import { certificateDer, DAY, dns, ext, listDer, NOW, ocspResponseDer, party, pem, SERVER } from './build.ts';

const root = party('Online Root');
const middle = party('Online Intermediate');
const leaf = party('pay.example.com');
const ca = (subject: typeof root, issuer: typeof root): Buffer =>
  certificateDer({
    subject,
    issuer,
    from: NOW - 100 * DAY,
    until: NOW + 1000 * DAY,
    extensions: [ext.basic(true), ext.usage(0x06), ext.subjectKey(subject.spki), ext.authorityKey(issuer.spki)],
  });
const rootDer = ca(root, root);
const middleDer = ca(middle, root);
const SERIAL = 4242n;

let folder = '';
let server: Server;
let base = '';
let asked: string[] = [];
let revoked: bigint[] = [];
let state: 'good' | 'revoked' = 'good';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paymedic-online-'));
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const bodies: { [path: string]: () => Buffer } = {
      '/middle.cer': () => middleDer,
      '/list.crl': () => listDer({ issuer: middle, revoked: revoked.map((serial) => ({ serial, reason: 1 })) }),
      '/ocsp': () => ocspResponseDer({ issuer: middle, serial: SERIAL, state }),
    };
    if (request.url === '/moved.crl') response.writeHead(302, { location: 'http://elsewhere.invalid/list.crl' }).end();
    else if (request.url === '/endless.crl') {
      response.on('error', () => {});
      const timer = setInterval(() => response.write(Buffer.alloc(1000)), 20);
      response.on('close', () => clearInterval(timer));
    } else {
      const body = bodies[request.url!];
      request.resume().on('end', () => (body ? response.end(body()) : response.writeHead(404).end()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(folder, 'root.pem'), pem(rootDer));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  asked = [];
  revoked = [];
  state = 'good';
});

function leafFile(list = '/list.crl'): string {
  const der = certificateDer({
    subject: leaf,
    issuer: middle,
    serial: SERIAL,
    extensions: [
      ext.basic(false),
      ext.usage(0x80),
      ext.authorityKey(middle.spki),
      ext.purposes(SERVER),
      ext.names(dns('pay.example.com')),
      ext.access(['1.3.6.1.5.5.7.48.2', `${base}/middle.cer`], ['1.3.6.1.5.5.7.48.1', `${base}/ocsp`]),
      ext.distribution(`${base}${list}`),
    ],
  });
  const file = join(folder, 'leaf.pem');
  writeFileSync(file, pem(der));
  return file;
}

async function run(file: string, options: Partial<CertsOptions>): Promise<Report> {
  let out = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk);
    return true;
  });
  try {
    await runCerts(
      [file],
      {
        failOn: 'important',
        role: 'any',
        profile: 'auto',
        timeout: '2',
        concurrency: '4',
        format: ['json'],
        quiet: true,
        now: new Date(NOW).toISOString(),
        trust: [join(folder, 'root.pem')],
        ...options,
      },
      'never',
    );
    return JSON.parse(out) as Report;
  } finally {
    spy.mockRestore();
  }
}

const ids = (report: Report): string[] => report.findings.map((f) => f.id);
const online = { online: true, allow: ['127.0.0.1'] };

describe('fetching what certificates point to', () => {
  it('asks nobody unless told to, and only hosts that are allowed', async () => {
    await run(leafFile(), {});
    expect(asked).toEqual([]);
    const other = await run(leafFile(), { online: true, allow: ['crl.example.com'] });
    expect(asked).toEqual([]);
    expect(other.notChecked.map((n) => n.wouldShow)).toContain('--allow 127.0.0.1');
    await expect(run(leafFile(), { online: true })).rejects.toMatchObject({ exitCode: 2 });
    await expect(run(leafFile(), { allow: ['127.0.0.1'] })).rejects.toMatchObject({ exitCode: 2 });
  });

  it('finds the lacking issuer, and asks each address once', async () => {
    const report = await run(leafFile(), online);
    expect(asked.sort()).toEqual(['GET /list.crl', 'GET /middle.cer', 'POST /ocsp']);
    expect(ids(report)).toEqual(['certificate/chain-incomplete']);
    expect(report.evidence.map((e) => e.path)).toContain(`${base}/list.crl`);
  });

  it('reports what a fetched list or response revokes', async () => {
    revoked = [SERIAL];
    const byList = await run(leafFile(), online);
    expect(byList.findings.find((f) => f.id === 'certificate/revoked')?.detail).toContain('keyCompromise');
    revoked = [];
    state = 'revoked';
    const byResponse = await run(leafFile(), online);
    expect(byResponse.findings.find((f) => f.id === 'certificate/revoked')?.detail).toContain('/ocsp');
  });

  it('follows no redirect to a host that is not allowed and gives up on what never ends', async () => {
    const moved = await run(leafFile('/moved.crl'), online);
    expect(moved.notChecked.map((n) => n.why).join()).toContain('elsewhere.invalid is not on the list');
    const endless = await run(leafFile('/endless.crl'), { ...online, timeout: '0.4' });
    expect(endless.notChecked.map((n) => n.why).join()).toContain('no answer within 400 ms');
    const absent = await run(leafFile('/absent.crl'), online);
    expect(absent.notChecked.map((n) => n.why).join()).toContain('status 404');
  });

  it('matches hosts as written', () => {
    expect(isAllowed('crl.example.com', ['CRL.example.com'])).toBe(true);
    expect(isAllowed('a.lencr.org', ['*.lencr.org'])).toBe(true);
    for (const host of ['lencr.org', 'evil-lencr.org', 'a.lencr.org.evil.net'])
      expect(isAllowed(host, ['*.lencr.org'])).toBe(false);
    expect(isAllowed('sub.crl.example.com', ['crl.example.com'])).toBe(false);
  });

  it('writes requests that openssl reads', () => {
    const der = ocspRequest(
      parseCertificate(certificateDer({ subject: leaf, issuer: middle, serial: SERIAL })),
      parseCertificate(middleDer),
    );
    expect(der.toString('hex')).toMatch(
      /^30[0-9a-f]{2}30[0-9a-f]{2}30[0-9a-f]{2}30[0-9a-f]{2}30[0-9a-f]{2}300906052b0e03021a0500/,
    );
    expect(der.subarray(-4).toString('hex')).toBe('02021092');
  });
});
