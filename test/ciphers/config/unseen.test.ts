import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditConfiguration } from '../../../src/ciphers/audit-configuration.ts';
import { type EffectiveListener, effectiveMatrix } from '../../../src/ciphers/effective.ts';
import { answeringListener, readServerConfig } from '../../../src/ciphers/index.ts';
import { filesMatching, matches } from '../../../src/cli/ciphers/glob.ts';

const read = (text: string, software: string) => readServerConfig(text, 'x.conf', { software })!;
const matrix = (text: string, software: string, softwareVersion?: string): EffectiveListener[] =>
  effectiveMatrix(read(text, software), {
    openssl: '3.0',
    debian: true,
    keyTypes: () => ['RSA'],
    ...(softwareVersion ? { softwareVersion } : {}),
  });

describe('nginx as it is written elsewhere', () => {
  const sni = `events {}\nhttp { ssl_certificate a.crt; ssl_certificate_key a.key;
    server { listen 443 ssl default_server; server_name one; ssl_protocols TLSv1.2; }
    server { listen 443 ssl; server_name two; ssl_protocols TLSv1.3; } }\n`;

  it('gives each name its own versions from 1.29.2 on, and those of the default server before', () => {
    const versions = (version: string) => matrix(sni, 'nginx', version).map((l) => l.protocols);
    expect(versions('1.29.1')).toEqual([['TLSv1.2'], ['TLSv1.2']]);
    expect(versions('1.29.2')).toEqual([['TLSv1.2'], ['TLSv1.3']]);
  });

  it('speaks TLS for every name of a socket when one listen says ssl, and the default server decides', () => {
    const text = `events {}\nhttp { ssl_certificate a.crt; ssl_certificate_key a.key;
      server { listen 443 ssl; server_name one; ssl_protocols TLSv1.2; }
      server { listen 443 default_server; server_name two; ssl_protocols TLSv1.3; } }\n`;
    expect(matrix(text, 'nginx', '1.22.1').map((l) => [l.listener.names, l.protocols])).toEqual([
      [['one'], ['TLSv1.3']],
      [['two'], ['TLSv1.3']],
    ]);
  });

  it('negotiates nothing, and breaks no policy, where every handshake is refused', () => {
    const text =
      'events {}\nhttp { server { listen 443 ssl default_server; ssl_reject_handshake on; ssl_protocols TLSv1 TLSv1.1; } }\n';
    const listeners = matrix(text, 'nginx');
    expect(listeners).toMatchObject([{ protocols: [], suites: [], dead: [] }]);
    const policy = {
      id: 'p',
      title: 'p',
      source: { name: 'p' },
      rules: [{ id: 'r', title: 'r', priority: 'urgent', refs: ['r'], requireProtocols: ['TLSv1.3'] }],
    };
    expect(auditConfiguration(read(text, 'nginx'), listeners, [policy as never], 0).findings).toEqual([]);
  });

  it('has TLS 1.3 alone over QUIC, whatever versions TCP has on the same port', () => {
    const text =
      'events {}\nhttp { server { listen 443 ssl; listen 443 quic; ssl_certificate a; ssl_certificate_key b; ssl_protocols TLSv1.2 TLSv1.3; } }\n';
    expect(matrix(text, 'nginx').map((l) => l.protocols)).toEqual([['TLSv1.2', 'TLSv1.3'], ['TLSv1.3']]);
  });
});

describe('the listener that answered a scan', () => {
  const listeners = matrix(
    `events {}\nhttp { ssl_certificate a.crt; ssl_certificate_key a.key;
      server { listen 443 ssl; server_name pay.example; }
      server { listen 443 ssl default_server; server_name *.example .shop.example; ssl_ciphers kRSA+AES; }
      server { listen 127.0.0.2:443 ssl; server_name pay.example; }
      server { listen 443 quic; server_name udp.example; } }\n`,
    'nginx',
  );
  const line = (host: string, serverName?: string) =>
    answeringListener(listeners, { host, port: 443, ...(serverName ? { serverName } : {}) })?.listener.line;

  it('is the one of its name on its address, else of a wildcard, else the default one', () => {
    expect(line('192.0.2.1', 'Pay.example')).toBe(3);
    expect(line('192.0.2.1', 'other.example')).toBe(4);
    expect(line('192.0.2.1', 'shop.example')).toBe(4);
    expect(line('192.0.2.1')).toBe(4);
    expect(line('192.0.2.1', 'udp.example')).toBe(4);
    expect(line('127.0.0.2', 'pay.example')).toBe(5);
    expect(answeringListener(listeners, { host: '127.0.0.1', port: 8443 })).toBeUndefined();
  });
});

describe('HAProxy as it is written elsewhere', () => {
  it('begins a section wherever a line begins with its name, indented or not', () => {
    const text = '    global\n        daemon\n\n    frontend pay\n        bind :443 ssl crt a.pem\n';
    const observation = readServerConfig(text, 'haproxy.cfg')!;
    expect(observation.problems).toEqual([]);
    expect(observation.listeners.map((l) => l.port)).toEqual([443]);
  });

  it('decides constant conditions, and says what it could not decide about TLS', () => {
    const text = [
      'global',
      '.if feature(THREAD)',
      '    nbthread 4',
      '.endif',
      'frontend pay',
      '.if 0',
      '    bind :1 ssl crt a.pem',
      '.elif version_atleast(2.4)',
      '    bind :2 ssl crt a.pem',
      '.else',
      '    bind :3 ssl crt a.pem',
      '.endif',
      '    bind :4 ssl crt a.pem',
    ].join('\n');
    const { listeners, problems } = read(text, 'haproxy');
    expect(listeners.map((l) => l.port)).toEqual([2, 4]);
    expect(problems).toEqual([{ line: 8, says: expect.stringContaining('version_atleast(2.4)') }]);
  });

  it('serves DHE with parameters of a written size that OpenSSL allows', () => {
    const dhe = (bits: number): number =>
      matrix(
        `global\n  tune.ssl.default-dh-param ${bits}\nfrontend f\n  bind :443 ssl crt a.pem ciphers DHE-RSA-AES256-GCM-SHA384:ECDHE+AESGCM\n`,
        'haproxy',
      )[0]!.suites.filter((s) => s.name.startsWith('TLS_DHE_')).length;
    expect([1024, 2048, 4096].map(dhe)).toEqual([0, 1, 1]);
  });
});

describe('patterns of include directives', () => {
  it('match as glob(3) does, in every part of the path', () => {
    const folder = mkdtempSync(join(tmpdir(), 'paymedic-glob-'));
    try {
      for (const name of ['a/1.conf', 'a/2.conf', 'a/.hidden.conf', 'b/1.conf', 'b/1.txt']) {
        mkdirSync(join(folder, name, '..'), { recursive: true });
        writeFileSync(join(folder, name), '');
      }
      mkdirSync(join(folder, 'empty'));
      const found = (pattern: string) => filesMatching(join(folder, pattern))?.map((p) => p.slice(folder.length + 1));
      expect(found('*/*.conf')).toEqual(['a/1.conf', 'a/2.conf', 'b/1.conf']);
      expect(found('[!b]/?.conf')).toEqual(['a/1.conf', 'a/2.conf']);
      expect(found('b/1.txt')).toEqual(['b/1.txt']);
      expect(found('empty/*.conf')).toEqual([]);
      expect(found('missing/*.conf')).toBeUndefined();
      expect(found('missing.conf')).toBeUndefined();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('take stars and sets apart, and never long', () => {
    expect(matches('site-pay.conf', 'site-*.conf')).toBe(true);
    expect(matches('pay.conf.bak', '*.conf')).toBe(false);
    expect(matches('a1', '[a-c][0-9]')).toBe(true);
    expect(matches('d1', '[a-c][0-9]')).toBe(false);
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (name, other) => {
        matches(name, other);
        expect(matches(name, '*')).toBe(true);
      }),
    );
    expect(matches('a'.repeat(255), `${'*a'.repeat(120)}b`)).toBe(false);
  });
});
