import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effectiveMatrix, enumerateEndpoint, readServerConfig } from '../../../src/ciphers/index.ts';
import { ec, freePort, has, makeCertificates, rsa, scratch, start, stopAll } from './processes.ts';

/** Settings of one listener as [protocols, ciphers, certificates]; each becomes a server block, virtual host or bind line. */
const CASES: { protocols?: string; ciphers?: string; keys: ('RSA' | 'EC')[]; dh?: boolean }[] = [
  { keys: ['RSA'] },
  { keys: ['EC'] },
  { keys: ['RSA', 'EC'], ciphers: 'HIGH:!aNULL:!MD5' },
  { keys: ['RSA'], protocols: 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3', ciphers: 'HIGH:!aNULL:!MD5' },
  { keys: ['RSA'], protocols: 'TLSv1 TLSv1.1 TLSv1.2', ciphers: 'ALL:@SECLEVEL=0' },
  { keys: ['RSA', 'EC'], protocols: 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3', ciphers: 'ALL:COMPLEMENTOFALL:@SECLEVEL=0' },
  {
    keys: ['RSA'],
    protocols: 'TLSv1.2',
    ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256',
  },
  { keys: ['RSA'], protocols: 'TLSv1.3' },
  { keys: ['EC'], protocols: 'TLSv1.2 TLSv1.3', ciphers: 'ECDHE+AESGCM:!aNULL' },
  { keys: ['RSA'], protocols: 'TLSv1.2', ciphers: 'kRSA+AES' },
  { keys: ['RSA'], protocols: 'TLSv1.2', ciphers: 'DEFAULT:!kRSA' },
  { keys: ['RSA'], protocols: 'TLSv1.2', ciphers: 'HIGH:@SECLEVEL=3' },
  { keys: ['RSA'], protocols: 'TLSv1.2', ciphers: 'HIGH:!aNULL', dh: true },
  { keys: ['RSA', 'EC'], protocols: 'TLSv1.1 TLSv1.2', ciphers: 'AES128-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0' },
];

const openssl = 'openssl is installed';
const ready = has('openssl');
const wanted = (s: { protocol: string; name: string }[]) =>
  [...new Set(s.map((x) => `${x.protocol} ${x.name}`))].sort();

async function compare(file: string, software: string, version: string, all: number[], ports = all): Promise<void> {
  const observation = readServerConfig(readFileSync(file, 'utf8'), file)!;
  expect(observation.software).toBe(software);
  expect(observation.problems).toEqual([]);
  const listeners = effectiveMatrix(observation, {
    openssl: '3.0',
    debian: true,
    softwareVersion: version,
    keyTypes: (l) => CASES[all.indexOf(l.port)]!.keys,
  });
  for (const port of ports) {
    const i = all.indexOf(port);
    const scan = await enumerateEndpoint({ host: '127.0.0.1', port, serverName: 'localhost' });
    const effective = listeners.find((l) => l.listener.port === port)!;
    expect(scan.complete, `${software} ${i}: ${scan.incomplete.join()}`).toBe(true);
    expect({ case: i, suites: wanted(effective.suites) }).toEqual({ case: i, suites: wanted(scan.suites) });
    // With its own order and nothing but an ECDSA key, a server never picks what it likes less than the curve of the key.
    const never = software === 'haproxy' && !effective.suites.some((s) => /^TLS_(?:ECDHE_RSA|ECDH_anon)_/.test(s.name));
    const visible = effective.groups.filter(
      (g) => !never || g.protocol === 'TLSv1.3' || g.code === 29 || g.code === 23,
    );
    expect({ case: i, groups: wanted(visible) }).toEqual({ case: i, groups: wanted(scan.groups) });
  }
}

describe.skipIf(!ready)(`effective matrix against the live server (${openssl})`, () => {
  beforeAll(makeCertificates);
  afterAll(stopAll);
  const crt = (k: 'RSA' | 'EC') => (k === 'RSA' ? rsa : ec);

  it.skipIf(!has('nginx'))(
    'nginx: 14 listeners, set-equal (skipped without nginx)',
    async () => {
      const ports = await Promise.all(CASES.map(freePort));
      const dh = join(scratch, 'dh.pem');
      // Parameters that OpenSSL knows by name take no time to make.
      execFileSync('sh', ['-c', `openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out ${dh}`], {
        stdio: 'ignore',
      });
      const servers = CASES.map(
        (c, i) => `  server { listen 127.0.0.1:${ports[i]} ssl; server_name localhost;
    ${c.keys.map((k) => `ssl_certificate ${crt(k).certificate}; ssl_certificate_key ${crt(k).key};`).join(' ')}
    ${c.protocols ? `ssl_protocols ${c.protocols};` : ''} ${c.ciphers ? `ssl_ciphers ${c.ciphers};` : ''} }`,
      );
      const plain = servers.filter((_s, i) => !CASES[i]!.dh);
      const file = join(scratch, 'nginx.conf');
      const text = (body: string[], extra: string) =>
        `daemon off; pid ${scratch}/nginx${extra ? 2 : 1}.pid; error_log stderr; events {}\nhttp { access_log off; ${extra}\n${body.join('\n')}\n}\n`;
      writeFileSync(file, text(plain, ''));
      await start(ports[0]!, 'nginx', '-c', file, '-e', 'stderr');
      const withDh = join(scratch, 'nginx-dh.conf');
      writeFileSync(
        withDh,
        text(
          servers.filter((_s, i) => CASES[i]!.dh),
          `ssl_dhparam ${dh};`,
        ),
      );
      const dhIndex = CASES.findIndex((c) => c.dh);
      await start(ports[dhIndex]!, 'nginx', '-c', withDh, '-e', 'stderr');
      await compare(
        file,
        'nginx',
        '1.22.1',
        ports,
        ports.filter((_p, i) => i !== dhIndex),
      );
      await compare(withDh, 'nginx', '1.22.1', ports, [ports[dhIndex]!]);
    },
    60_000,
  );

  it.skipIf(!has('nginx'))(
    'nginx: the default server of a socket decides the versions, repeated ssl_protocols add up',
    async () => {
      const [a, b] = [await freePort(), await freePort()];
      const file = join(scratch, 'nginx-shared.conf');
      const tls = `ssl_certificate ${rsa.certificate}; ssl_certificate_key ${rsa.key};`;
      writeFileSync(
        file,
        `daemon off; pid ${scratch}/nginx3.pid; error_log stderr; events {}
http { access_log off; ssl_ciphers ALL:@SECLEVEL=0;
  ssl_protocols TLSv1; ssl_protocols TLSv1.2;
  server { listen 127.0.0.1:${a} ssl; server_name one; ${tls} ssl_protocols TLSv1.2; }
  server { listen 127.0.0.1:${a} ssl; server_name two; ${tls} ssl_protocols TLSv1 TLSv1.2 TLSv1.3; }
  server { listen 127.0.0.1:${b} ssl; server_name three; ${tls} }
}`,
      );
      await start(a, 'nginx', '-c', file, '-e', 'stderr');
      const listeners = effectiveMatrix(readServerConfig(readFileSync(file, 'utf8'), file)!, {
        openssl: '3.0',
        debian: true,
        softwareVersion: '1.22.1',
        keyTypes: () => ['RSA'],
      });
      for (const [name, port, protocols] of [
        ['one', a, ['TLSv1.2']],
        ['two', a, ['TLSv1.2']],
        ['three', b, ['TLSv1.0', 'TLSv1.2']],
      ] as const) {
        const scan = await enumerateEndpoint({ host: '127.0.0.1', port, serverName: name });
        expect(scan.protocols.filter((p) => p.offered === 'yes').map((p) => p.protocol)).toEqual(protocols);
        expect(listeners.find((l) => l.listener.names.includes(name))!.protocols).toEqual(protocols);
      }
      expect(listeners[1]!.dead[0]!.why).toContain('default server');
    },
    60_000,
  );

  it.skipIf(!has('apache2'))(
    'Apache: 14 virtual hosts, set-equal (skipped without apache2)',
    async () => {
      const ports = await Promise.all(CASES.map(freePort));
      mkdirSync(join(scratch, 'logs'), { recursive: true });
      const modules = '/usr/lib/apache2/modules';
      const file = join(scratch, 'httpd.conf');
      writeFileSync(
        file,
        `ServerRoot ${scratch}
ServerName localhost
PidFile ${scratch}/httpd.pid
ErrorLog ${scratch}/logs/error.log
LoadModule mpm_event_module ${modules}/mod_mpm_event.so
LoadModule authz_core_module ${modules}/mod_authz_core.so
LoadModule socache_shmcb_module ${modules}/mod_socache_shmcb.so
LoadModule ssl_module ${modules}/mod_ssl.so
User nobody
Group nogroup
${CASES.map(
  (c, i) => `Listen 127.0.0.1:${ports[i]}
<VirtualHost 127.0.0.1:${ports[i]}>
  SSLEngine on
  ${c.keys.map((k) => `SSLCertificateFile ${crt(k).certificate}\n  SSLCertificateKeyFile ${crt(k).key}`).join('\n  ')}
  ${
    c.protocols
      ? `SSLProtocol -all ${c.protocols
          .split(' ')
          .map((p) => `+${p}`)
          .join(' ')}`
      : ''
  }
  ${c.ciphers ? `SSLCipherSuite ${c.ciphers}` : ''}
</VirtualHost>`,
).join('\n')}
`,
      );
      await start(ports[0]!, 'apache2', '-X', '-f', file);
      await compare(file, 'httpd', '2.4.71', ports);
    },
    60_000,
  );

  it.skipIf(!has('haproxy'))(
    'HAProxy: 14 binds, set-equal (skipped without haproxy)',
    async () => {
      const ports = await Promise.all(CASES.map(freePort));
      const file = join(scratch, 'haproxy.cfg');
      const names = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
      const range = (text: string) => {
        const given = text.split(' ').map((p) => names.indexOf(p));
        return `ssl-min-ver ${names[Math.min(...given)]!.replace(/v1$/, 'v1.0')} ssl-max-ver ${names[Math.max(...given)]}`;
      };
      const pem = (c: (typeof CASES)[number]) => c.keys.map((k) => `crt ${crt(k).both}`).join(' ');
      writeFileSync(
        file,
        `global
  maxconn 200
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend all
${CASES.map((c, i) => `  bind 127.0.0.1:${ports[i]} ssl ${pem(c)} ${c.protocols ? range(c.protocols) : ''} ${c.ciphers ? `ciphers ${c.ciphers}` : ''}`).join('\n')}
  http-request return status 200
`,
      );
      await start(ports[0]!, 'haproxy', '-db', '-f', file);
      await compare(file, 'haproxy', '2.6.12', ports);
    },
    60_000,
  );

  /** Several names on one socket: what is computed for each name against what that name negotiates. */
  async function compareNames(file: string, port: number, names: string[], version: string): Promise<void> {
    const include = (path: string) => [{ file: path, text: readFileSync(path, 'utf8') }];
    const listeners = effectiveMatrix(readServerConfig(readFileSync(file, 'utf8'), file, { include })!, {
      openssl: '3.0',
      debian: true,
      softwareVersion: version,
      keyTypes: (l) => (l.settings.certificates![0]!.value.includes('/ec.') ? ['EC'] : ['RSA']),
    });
    for (const name of names) {
      const scan = await enumerateEndpoint({ host: '127.0.0.1', port, serverName: name });
      const computed = listeners.find((l) => l.listener.names.includes(name)) ?? listeners[0]!;
      const found = [...wanted(scan.suites), ...wanted(scan.groups)];
      expect({ name, offers: [...wanted(computed.suites), ...wanted(computed.groups)] }).toEqual({
        name,
        offers: found,
      });
    }
  }

  it.skipIf(!has('nginx'))(
    'nginx: curves and TLS 1.3 suites come from the default server of the socket too',
    async () => {
      const port = await freePort();
      const file = join(scratch, 'nginx-names.conf');
      const tls = `ssl_certificate ${rsa.certificate}; ssl_certificate_key ${rsa.key};`;
      writeFileSync(
        file,
        `daemon off; pid ${scratch}/nginx4.pid; error_log stderr; events {}
http { access_log off; ${tls} ssl_protocols TLSv1.2 TLSv1.3;
  server { listen 127.0.0.1:${port} ssl; server_name one; ssl_ecdh_curve X25519:P-256; }
  server { listen 127.0.0.1:${port} ssl; server_name two; ssl_ecdh_curve P-384;
    ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256; ssl_ciphers AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256; }
}`,
      );
      await start(port, 'nginx', '-c', file, '-e', 'stderr');
      await compareNames(file, port, ['one', 'two'], '1.22.1');
    },
  );

  it.skipIf(!has('apache2'))(
    'Apache: virtual hosts of a macro on one socket keep their versions and suites',
    async () => {
      const port = await freePort();
      const modules = '/usr/lib/apache2/modules';
      const file = join(scratch, 'httpd-names.conf');
      mkdirSync(join(scratch, 'logs'), { recursive: true });
      writeFileSync(
        file,
        `ServerRoot ${scratch}
ServerName localhost
PidFile ${scratch}/httpd2.pid
ErrorLog ${scratch}/logs/error.log
${['mpm_event', 'authz_core', 'socache_shmcb', 'ssl', 'macro'].map((m) => `LoadModule ${m}_module ${modules}/mod_${m}.so`).join('\n')}
User nobody
Group nogroup
Listen 127.0.0.1:${port}
<Macro Host $name $protocols $suites>
<VirtualHost 127.0.0.1:${port}>
  ServerName $name
  SSLEngine on
  SSLCertificateFile ${rsa.certificate}
  SSLCertificateKeyFile ${rsa.key}
  SSLProtocol $protocols
  SSLCipherSuite $suites
</VirtualHost>
</Macro>
Use Host one "-all +TLSv1.2 +TLSv1.3" ECDHE-RSA-AES128-GCM-SHA256
Use Host two "-all +TLSv1.2" ECDHE-RSA-AES256-GCM-SHA384
<IfModule !ssl_module>
  Listen 127.0.0.1:1
</IfModule>
<VirtualHost 127.0.0.1:${port}>
  ServerName three
  SSLEngine on
  SSLCertificateFile ${ec.certificate}
  SSLCertificateKeyFile ${ec.key}
  SSLProtocol -all +TLSv1.3
  SSLCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256
  SSLOpenSSLConfCmd Curves P-384
</VirtualHost>
`,
      );
      await start(port, 'apache2', '-X', '-f', file);
      await compareNames(file, port, ['one', 'two', 'three'], '2.4.71');
    },
  );

  it.skipIf(!has('haproxy'))('HAProxy: the entries of a crt-list', async () => {
    const port = await freePort();
    const list = join(scratch, 'crt-list.txt');
    writeFileSync(
      list,
      `# certificates
${rsa.both}
${ec.both} [ssl-min-ver TLSv1.3] new.example
${rsa.both} [ciphers ECDHE-RSA-AES256-GCM-SHA384 ssl-max-ver TLSv1.2 curves P-384] old.example !not.old.example
${rsa.both} [ciphersuites TLS_AES_128_GCM_SHA256] one.example
`,
    );
    const file = join(scratch, 'haproxy-list.cfg');
    writeFileSync(
      file,
      `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend all
  bind 127.0.0.1:${port} ssl crt-list ${list}
  http-request return status 200
`,
    );
    await start(port, 'haproxy', '-db', '-f', file);
    await compareNames(file, port, ['other.example', 'new.example', 'old.example', 'one.example'], '2.6.12');
  });
});
