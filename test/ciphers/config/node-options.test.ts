import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  detectServerConfig,
  effectiveMatrix,
  enumerateEndpoint,
  readServerConfig,
} from '../../../src/ciphers/index.ts';
import { freePort, has, makeCertificates, rsa, start, stopAll } from '../live/processes.ts';

const read = (text: string) => readServerConfig(text, 'f')!;

describe('Node options', () => {
  it.each([
    ['an environment file', 'PORT=3000\nNODE_OPTIONS="--max-old-space-size=512 --tls-min-v1.0"\n'],
    ['a unit file', '[Service]\nExecStart=/usr/bin/node --tls-min-v1.0 server.js\n'],
    ['a Dockerfile', 'FROM node:20\nCMD ["node", "--tls-min-v1.0", "server.js"]\n'],
    ['a package.json', '{"scripts": {\n"start": "node --tls-min-v1.0 server.js"\n}}\n'],
  ])('are found in %s', (_name, text) => {
    const o = read(text);
    expect(o.software).toBe('node');
    expect(o.listeners[0]!.settings.protocols!.value).toEqual(['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);
    expect(o.listeners[0]!.line).toBe(2);
  });
  it('names a process that verifies nobody', () => {
    const o = read('# start\nexport NODE_TLS_REJECT_UNAUTHORIZED=0\n');
    expect(o.upstreams[0]!.settings.verify).toMatchObject({ value: 'off', line: 2 });
  });
  it.each([
    "(node:7) Warning: Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to '0' makes TLS connections insecure\n",
    '# NODE_OPTIONS=--tls-min-v1.0\n',
    'the option --tls-min-v1.0 was used once\n',
  ])('are not seen in %j', (text) => {
    expect(detectServerConfig(text)).toBeUndefined();
  });
});

describe.skipIf(!has('openssl'))('Node options against a live process (skipped without openssl)', () => {
  beforeAll(makeCertificates);
  afterAll(stopAll);
  it.each([
    [''],
    ['--tls-min-v1.0'],
    ['--tls-min-v1.0 --tls-cipher-list=ALL:@SECLEVEL=0'],
    ['--tls-max-v1.2 --tls-cipher-list=ECDHE-RSA-AES256-GCM-SHA384:TLS_AES_128_GCM_SHA256'],
    ['--tls-cipher-list=TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES256-GCM-SHA384'],
  ])('%s', async (options) => {
    const port = await freePort();
    const script = `require('tls').createServer({key:require('fs').readFileSync('${rsa.key}'),cert:require('fs').readFileSync('${rsa.certificate}')},s=>s.end()).on('tlsClientError',()=>{}).listen(${port},'127.0.0.1')`;
    await start(port, process.execPath, ...options.split(' ').filter(Boolean), '-e', script);
    const scan = await enumerateEndpoint({ host: '127.0.0.1', port, serverName: 'localhost' });
    const text = `NODE_OPTIONS="${options || '--tls-min-v1.2'}"\n`;
    // Debian's Node uses Debian's OpenSSL; other builds bring their own.
    const [listener] = effectiveMatrix(read(text), {
      openssl: process.versions.openssl.startsWith('3.0') ? '3.0' : '3.5',
      debian: existsSync('/proc/self/maps') && readFileSync('/proc/self/maps', 'latin1').includes('/libssl.so'),
      softwareVersion: process.versions.node,
      keyTypes: () => ['RSA'],
    });
    const names = (list: { name: string; protocol: string }[]) => list.map((s) => `${s.protocol} ${s.name}`).sort();
    expect(names(listener!.suites)).toEqual(names(scan.suites));
    expect(names(listener!.groups)).toEqual(names(scan.groups));
  });
});
