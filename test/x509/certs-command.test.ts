import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CertsOptions, runCerts } from '../../src/cli/certs/run.ts';
import { parseTarget, readTargets } from '../../src/cli/certs/targets.ts';
import type { Report } from '../../src/report/types.ts';

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let folder = '';
const at = (name: string): string => join(folder, name);
const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
};
const defaults: CertsOptions = {
  failOn: 'important',
  role: 'any',
  profile: 'auto',
  timeout: '3',
  concurrency: '20',
  format: ['json'],
  quiet: true,
};

async function run(inputs: string[], options: Partial<CertsOptions> = {}): Promise<{ code: number; report: Report }> {
  let out = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk);
    return true;
  });
  try {
    const code = await runCerts(inputs, { ...defaults, ...options }, 'never');
    return { code, report: JSON.parse(out) as Report };
  } finally {
    spy.mockRestore();
  }
}

const ids = (report: Report): string[] => [...new Set(report.findings.map((f) => f.id))];

function issue(name: string, extension = 'subjectAltName=DNS:pay.example\nextendedKeyUsage=serverAuth\n'): void {
  writeFileSync(at('ext'), extension);
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    '/CN=pay.example',
  );
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    'inter.pem',
    '-CAkey',
    'inter.key',
    '-CAcreateserial',
    '-out',
    `${name}.pem`,
    '-days',
    '300',
    '-extfile',
    'ext',
  );
}

beforeAll(() => {
  if (!hasOpenssl) return;
  folder = mkdtempSync(join(tmpdir(), 'paymedic-certs-'));
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'root.key',
    '-out',
    'root.pem',
    '-days',
    '3650',
    '-subj',
    '/CN=Test Root',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  );
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'inter.key',
    '-out',
    'inter.csr',
    '-subj',
    '/CN=Test Intermediate',
  );
  writeFileSync(at('ext'), 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n');
  openssl(
    'x509',
    '-req',
    '-in',
    'inter.csr',
    '-CA',
    'root.pem',
    '-CAkey',
    'root.key',
    '-CAcreateserial',
    '-out',
    'inter.pem',
    '-days',
    '2000',
    '-extfile',
    'ext',
  );
  issue('leaf');
  issue('other');
  writeFileSync(at('full.pem'), readFileSync(at('leaf.pem'), 'utf8') + readFileSync(at('inter.pem'), 'utf8'));
});

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasOpenssl)('paymedic certs (skipped without openssl)', () => {
  it('passes a sound chain and says so with exit code 0', async () => {
    const { code, report } = await run([at('full.pem')], { trust: [at('root.pem')] });
    expect(report.findings).toEqual([]);
    expect(code).toBe(0);
    expect(report.inventory?.certificates).toHaveLength(2);
  });

  it('judges validity at the named time: the same file is expired later', async () => {
    const { code, report } = await run([at('full.pem')], { now: '2028-06-01T00:00:00Z' });
    expect(ids(report)).toContain('certificate/expired');
    expect(code).toBe(1);
  });

  it('names the missing intermediate when another file holds it', async () => {
    const { report } = await run([at('leaf.pem'), at('inter.pem')], { trust: [at('root.pem')] });
    expect(ids(report)).toContain('certificate/chain-incomplete');
    const alone = await run([at('full.pem')], { trust: [at('root.pem')] });
    expect(ids(alone.report)).not.toContain('certificate/chain-incomplete');
  });

  it('says which key lies beside a certificate it does not belong to', async () => {
    const pair = mkdtempSync(join(tmpdir(), 'paymedic-pair-'));
    writeFileSync(join(pair, 'site.crt'), readFileSync(at('leaf.pem')));
    writeFileSync(join(pair, 'site.key'), readFileSync(at('other.key')), { mode: 0o600 });
    const { report } = await run([pair]);
    expect(ids(report)).toEqual(['key/does-not-match']);
    writeFileSync(join(pair, 'site.key'), readFileSync(at('leaf.key')), { mode: 0o600 });
    expect(ids((await run([pair])).report)).toEqual([]);
    chmodSync(join(pair, 'site.key'), 0o644);
    const open = await run([pair]);
    expect(ids(open.report)).toEqual(['key/readable-by-others']);
    expect(open.report.findings[0]!.priority).toBe('urgent');
    expect(JSON.stringify(open.report)).not.toContain(readFileSync(at('leaf.key'), 'utf8').split('\n')[1]);
    rmSync(pair, { recursive: true });
  });

  it('exits 3 for an input that cannot be read and 2 for a wrong option', async () => {
    expect((await run([at('absent.pem')])).code).toBe(3);
    await expect(run([at('full.pem')], { role: 'waiter' })).rejects.toMatchObject({ exitCode: 2 });
    writeFileSync(at('targets'), '# nothing\n');
    await expect(run([], { targets: at('targets') })).rejects.toMatchObject({ exitCode: 3 });
  });

  it('alerts once with --state, tells what was renewed, and refuses to overlap', async () => {
    const state = at('state.json');
    const late = { now: '2028-06-01T00:00:00Z', state };
    expect((await run([at('leaf.pem')], late)).code).toBe(1);
    const second = await run([at('leaf.pem')], late);
    expect(second.code).toBe(0);
    expect(second.report.findings).toEqual([]);
    const renewed = await run([at('other.pem')], { state, now: '2028-06-02T00:00:00Z' });
    expect(renewed.report.timeline.map((t) => t.what).join()).toContain('renewed: CN=pay.example');
    writeFileSync(`${state}.lock`, String(process.pid));
    await expect(run([at('leaf.pem')], late)).rejects.toMatchObject({ exitCode: 3 });
    rmSync(`${state}.lock`);
    expect(existsSync(`${state}.lock`)).toBe(false);
  });

  it('reports only what a baseline does not know', async () => {
    const options = { now: '2028-06-01T00:00:00Z' };
    await run([at('leaf.pem')], { ...options, format: ['json', `json=${at('baseline.json')}`] });
    const { code, report } = await run([at('leaf.pem')], { ...options, baseline: at('baseline.json'), onlyNew: true });
    expect(report.findings).toEqual([]);
    expect(code).toBe(0);
  });

  it('calls a changed self-signed certificate altered, and an expired root in a file routine', async () => {
    const pem = readFileSync(at('root.pem'), 'utf8').replace(/-----[A-Z ]+-----|\s/g, '');
    const bytes = Buffer.from(pem, 'base64');
    const name = bytes.lastIndexOf(Buffer.from('Test Root'));
    bytes.write('Best', name);
    bytes.write('Best', bytes.indexOf(Buffer.from('Test Root')));
    writeFileSync(at('altered.der'), bytes);
    const altered = await run([at('altered.der')]);
    expect(altered.report.findings.find((f) => f.id === 'certificate/altered')?.priority).toBe('urgent');
    const late = await run([at('root.pem')], { now: '2040-01-01T00:00:00Z' });
    expect(late.report.findings.map((f) => [f.id, f.priority])).toContainEqual(['certificate/expired', 'routine']);
    expect(late.code).toBe(0);
  });

  it('records identities and recognises them again', async () => {
    await run([at('leaf.pem')], { writePins: at('seen.json') });
    expect(ids((await run([at('leaf.pem')], { pins: at('seen.json') })).report)).toEqual([]);
    expect(ids((await run([at('other.pem')], { pins: at('seen.json') })).report)).toEqual([
      'certificate/pin-other-key',
    ]);
  });

  it('finds a name that suddenly has another issuer', async () => {
    writeFileSync(
      at('pins.json'),
      JSON.stringify([{ name: 'pay.example', issuer: 'CN=Somebody Else', spkiSha256: ['00'.repeat(32)] }]),
    );
    const { report } = await run([at('leaf.pem')], { pins: at('pins.json') });
    expect(ids(report)).toContain('certificate/pin-other-issuer');
  });

  it('warns about client links that lose their purpose', async () => {
    issue('client', 'subjectAltName=DNS:pay.example\nextendedKeyUsage=serverAuth\n');
    const { report } = await run([at('client.pem')], { role: 'client' });
    expect(ids(report)).toContain('certificate/client-purpose-missing');
  });

  describe('live hosts', () => {
    const servers: { close(): unknown }[] = [];
    const listen = (server: Server | ReturnType<typeof createTcpServer>): Promise<number> =>
      new Promise((resolve) => {
        servers.push(server);
        server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
      });
    afterAll(() => {
      for (const server of servers) server.close();
    });
    const tls = (name: string, more: object = {}): Server =>
      createServer({ cert: readFileSync(at(name)), key: readFileSync(at('leaf.key')), ...more }, (s) => s.end()).on(
        'tlsClientError',
        () => {},
      ) as Server;

    it('judges what is served, names what is not TLS, and exits 3 when something could not be judged', async () => {
      const good = await listen(tls('full.pem'));
      const plain = await listen(
        createTcpServer((s) => s.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')),
      );
      const { code, report } = await run([`127.0.0.1:${good}`, `127.0.0.1:${plain}`], {
        trust: [at('root.pem')],
        servername: 'pay.example',
        failOn: 'never',
      });
      expect(code).toBe(3);
      expect(report.findings).toEqual([]);
      expect(report.notChecked.map((n) => n.why).join()).toContain('plain text');
    });

    it('reads the certificate of a server that insists on a client certificate', async () => {
      const port = await listen(
        tls('full.pem', { requestCert: true, rejectUnauthorized: true, ca: readFileSync(at('root.pem')) }),
      );
      const { report } = await run([`127.0.0.1:${port}`], { trust: [at('root.pem')], servername: 'pay.example' });
      const [endpoint] = report.endpoints as { ok: boolean; clientCertificateRequested: boolean }[];
      expect(endpoint).toMatchObject({ ok: true, clientCertificateRequested: true });
    });

    it('notices a wrong name, a lacking intermediate and a renewal that was not reloaded', async () => {
      const port = await listen(tls('leaf.pem'));
      const file = at('renewed.pem');
      issue('renewed');
      writeFileSync(
        at('live.yaml'),
        `- target: 127.0.0.1:${port}\n  servername: bank.example\n  owner: ops\n  file: ${file}\n`,
      );
      const { report } = await run([at('inter.pem')], { targets: at('live.yaml'), trust: [at('root.pem')] });
      expect(ids(report)).toEqual(
        expect.arrayContaining([
          'certificate/name-mismatch',
          'certificate/chain-incomplete',
          'certificate/served-differs-from-file',
        ]),
      );
    });
  });
});

describe('targets', () => {
  it.each([
    ['pay.example:443', 'pay.example', 443],
    ['https://pay.example/path', 'pay.example', 443],
    ['[2001:db8::1]:8443', '2001:db8::1', 8443],
    ['192.0.2.1:636', '192.0.2.1', 636],
  ])('%s', (text, host, port) => {
    expect(parseTarget(text)).toMatchObject({ host, port });
  });

  it.each(['pay.example', 'pay.example:0', 'pay.example:70000', '/etc/ssl', 'a b:443', ''])('%s is none', (text) => {
    expect(parseTarget(text)).toBeUndefined();
  });

  it('reads one per line and YAML with owner, role, link and backends', () => {
    expect(readTargets('# links\npay.example\ngate.example:8443 # bank\n', 'f')).toHaveLength(2);
    const [target] = readTargets(
      '- target: pay.example:443\n  owner: net\n  role: client\n  link: bank\n  backends: [192.0.2.1, 192.0.2.2]\n',
      'f',
    );
    expect(target).toMatchObject({ owner: 'net', role: 'client', link: 'bank', backends: ['192.0.2.1', '192.0.2.2'] });
    expect(() => readTargets('- owner: net\n', 'f')).toThrow(/entry 1/);
    expect(readTargets('\ufeff- target: pay.example:8443\r\n', 'f')).toMatchObject([{ port: 8443 }]);
    expect(() => readTargets('a.example\n'.repeat(100_001), 'f')).toThrow(/more than 100000/);
  });
});
