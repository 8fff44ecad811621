import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enumerateEndpoint } from '../../../src/ciphers/index.ts';
import type { EndpointScan } from '../../../src/ciphers/live/scan-types.ts';
import { freePort, has, makeCertificates, rsa, scratch, start, stopAll } from './processes.ts';

const RFC7919 = /^ffdhe/;
const found = (scan: EndpointScan): string[] =>
  scan.groups.filter((g) => g.protocol === 'TLSv1.2' && RFC7919.test(g.name)).map((g) => g.name);

describe.skipIf(!has('openssl'))('finite-field groups below TLS 1.3', () => {
  beforeAll(makeCertificates);
  afterAll(stopAll);

  it.skipIf(!has('gnutls-serv'))(
    'are those of the priority string, where the server negotiates (skipped without gnutls-serv)',
    async () => {
      const port = await freePort();
      const files = ['--x509keyfile', rsa.key, '--x509certfile', rsa.certificate];
      const priority = 'NORMAL:+DHE-RSA:-GROUP-FFDHE6144:-GROUP-FFDHE3072';
      await start(port, 'gnutls-serv', '--http', '--port', String(port), ...files, '--priority', priority);
      const scan = await enumerateEndpoint({ host: '127.0.0.1', port, serverName: 'localhost' });
      expect(found(scan).sort()).toEqual(['ffdhe2048', 'ffdhe4096', 'ffdhe8192']);
      expect(scan.complete).toBe(true);
    },
  );

  it('are none where the server sends one such prime whatever the client names', async () => {
    const prime = join(scratch, 'ffdhe2048.pem');
    execFileSync(
      'openssl',
      ['genpkey', '-genparam', '-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048', '-out', prime],
      {
        stdio: 'ignore',
      },
    );
    const port = await freePort();
    const key = ['-cert', rsa.certificate, '-key', rsa.key];
    const dhe = ['-cipher', 'DHE', '-dhparam', prime, '-tls1_2'];
    await start(port, 'openssl', 's_server', '-accept', `127.0.0.1:${port}`, ...key, ...dhe, '-quiet', '-www');
    const scan = await enumerateEndpoint({ host: '127.0.0.1', port, serverName: 'localhost' });
    expect(scan.features.dh?.map((d) => d.bits)).toEqual([2048]);
    expect(found(scan)).toEqual([]);
  });
});
