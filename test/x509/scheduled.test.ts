import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { onPath } from '../programs.ts';
import { certificateDer, DAY, dns, ext, keyPem, party, pem, SERVER } from './build.ts';

const docs = readFileSync(fileURLToPath(new URL('../../docs/certificates.md', import.meta.url)), 'utf8');
const bin = fileURLToPath(new URL('../../bin/paymedic.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'paymedic-timer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the examples of scheduled scans', () => {
  it.skipIf(!onPath('systemd-analyze'))('are units that systemd accepts (skipped without systemd-analyze)', () => {
    const units = /```ini\n([\s\S]*?)```/.exec(docs)![1]!;
    const files = [...units.matchAll(/# \/etc\/systemd\/system\/(\S+)\n([\s\S]*?)(?=\n# \/etc|$)/g)];
    expect(files.map((f) => f[1])).toEqual(['paymedic-certs.service', 'paymedic-certs.timer']);
    for (const [, name, text] of files) writeFileSync(join(folder, name!), text!);
    const checked = spawnSync('systemd-analyze', ['verify', ...files.map((f) => join(folder, f[1]!))], {
      encoding: 'utf8',
    });
    expect(checked.stderr).toBe('');
    expect(checked.status).toBe(0);
  });

  it.skipIf(!existsSync(fileURLToPath(new URL('../../dist', import.meta.url))))(
    'run as the cron line says: a table for the exporter, and mail only for what is new (skipped before the build)',
    async () => {
      const root = party('Timer Root');
      const leaf = party('pay.example.com');
      const rootDer = certificateDer({
        subject: root,
        issuer: root,
        until: Date.now() + 900 * DAY,
        extensions: [ext.basic(true), ext.usage(0x06), ext.subjectKey(root.spki)],
      });
      const der = certificateDer({
        subject: leaf,
        issuer: root,
        from: Date.now() - 80 * DAY,
        until: Date.now() + 2 * DAY,
        extensions: [
          ext.basic(false),
          ext.usage(0x80),
          ext.authorityKey(root.spki),
          ext.purposes(SERVER),
          ext.names(dns('pay.example.com')),
        ],
      });
      const server = createServer({ cert: pem(der), key: keyPem(leaf) }, (s) => s.end());
      server.on('tlsClientError', () => {});
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const path = (...parts: string[]): string => join(folder, ...parts);
      for (const name of ['etc/paymedic', 'var/lib/paymedic', 'var/lib/node_exporter', 'bin', 'ca'])
        mkdirSync(path(name), { recursive: true });
      writeFileSync(
        path('etc/paymedic/links.yaml'),
        `- target: 127.0.0.1:${port}\n  servername: pay.example.com\n  owner: net\n`,
      );
      writeFileSync(path('ca/root.pem'), pem(rootDer));
      writeFileSync(path('bin/paymedic'), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
      chmodSync(path('bin/paymedic'), 0o755);
      const line = /^15 5 \* \* \* paymedic (paymedic certs .*)$/m.exec(docs)![1]!;
      const command = line
        .replace('--trust system', `--trust ${path('ca/root.pem')}`)
        .replaceAll(/ (--\S+ |\S+=)?\/(etc|var)\//g, (_all, before = '', top) => ` ${before}${folder}/${top}/`);
      const script = path('scan.sh');
      writeFileSync(script, `PATH="${path('bin')}:$PATH"\n${command}\n`);
      const scan = () =>
        new Promise<{ code: number; out: string }>((resolve) => {
          execFile('sh', [script], { encoding: 'utf8' }, (error, out) =>
            resolve({ code: error ? Number(error.code) : 0, out }),
          );
        });
      const first = await scan();
      expect(first.out).toContain('pay.example.com');
      expect(readFileSync(path('var/lib/node_exporter/certs.prom'), 'utf8')).toContain('x509_cert_not_after');
      const second = await scan();
      server.close();
      expect(second).toEqual({ code: 0, out: '' });
      expect(existsSync(path('var/lib/paymedic/certs.json.lock'))).toBe(false);
    },
    20_000,
  );
});
