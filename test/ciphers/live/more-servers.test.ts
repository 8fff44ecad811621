/** Servers beside the common three, and settings that stand elsewhere than in the listener: computed against live. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effectiveMatrix, enumerateEndpoint, readServerConfig } from '../../../src/ciphers/index.ts';
import type { StartTlsProtocol } from '../../../src/ciphers/live/starttls.ts';
import { ec, freePort, has, makeCertificates, rsa, scratch, start, stopAll } from './processes.ts';

const names = (list: readonly { protocol: string; name: string }[]): string[] =>
  [...new Set(list.map((x) => `${x.protocol} ${x.name}`))].sort();

/** What is computed for the listener of a port against what it negotiates. */
async function compare(
  file: string,
  port: number,
  version: string,
  keys: ('RSA' | 'EC')[] = ['RSA'],
  serverName = 'localhost',
  starttls?: StartTlsProtocol,
): Promise<void> {
  const include = (path: string) => [{ file: path, text: readFileSync(path, 'utf8') }];
  const observation = readServerConfig(readFileSync(file, 'utf8'), file, { include })!;
  expect(observation.problems).toEqual([]);
  const listeners = effectiveMatrix(observation, {
    openssl: '3.0',
    debian: true,
    softwareVersion: version,
    keyTypes: () => keys,
    hasDhInBundle: ({ settings }) => settings.certificates?.some((c) => c.value.includes('with-dh')),
  }).filter((l) => l.listener.port === port);
  const computed = listeners.find((l) => l.listener.names.includes(serverName)) ?? listeners[0]!;
  const scan = await enumerateEndpoint({ host: '127.0.0.1', port, serverName, ...(starttls ? { starttls } : {}) });
  expect(scan.complete, scan.incomplete.join()).toBe(true);
  expect({ port, suites: names(computed.suites) }).toEqual({ port, suites: names(scan.suites) });
  if (computed.groupsKnown)
    expect({ port, groups: names(computed.groups) }).toEqual({ port, groups: names(scan.groups) });
}

const modules = '/usr/lib/nginx/modules';
const hasModule = (name: string): boolean => has('nginx') && existsSync(join(modules, `ngx_${name}_module.so`));
const tomcat = '/usr/share/tomcat10';

describe.skipIf(!has('openssl'))('effective matrix against further live servers (openssl is installed)', () => {
  beforeAll(() => {
    makeCertificates();
    execFileSync(
      'sh',
      ['-c', `openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out ${scratch}/dh.pem`],
      {
        stdio: 'ignore',
      },
    );
  });
  afterAll(stopAll);
  const tls = `ssl_certificate ${rsa.certificate}; ssl_certificate_key ${rsa.key};`;

  it.skipIf(!hasModule('stream'))('nginx stream (skipped without libnginx-mod-stream)', async () => {
    const [a, b, c] = [await freePort(), await freePort(), await freePort()];
    const file = join(scratch, 'stream.conf');
    writeFileSync(
      file,
      `daemon off; pid ${scratch}/stream.pid; error_log stderr; load_module ${modules}/ngx_stream_module.so; events {}
stream { ${tls} ssl_ciphers ALL:@SECLEVEL=0;
  server { listen 127.0.0.1:${a} ssl; proxy_pass 127.0.0.1:9; }
  server { listen 127.0.0.1:${b} ssl; proxy_pass 127.0.0.1:9; ssl_protocols TLSv1.2; ssl_ciphers HIGH:!aNULL; ssl_dhparam ${scratch}/dh.pem; }
  server { listen 127.0.0.1:${c} ssl; proxy_pass 127.0.0.1:9; ssl_protocols TLSv1.1 TLSv1.2 TLSv1.3; ssl_ecdh_curve P-384:X25519; ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256; }
}`,
    );
    await start(a, 'nginx', '-c', file, '-e', 'stderr');
    for (const port of [a, b, c]) await compare(file, port, '1.22.1');
  });

  it.skipIf(!hasModule('mail'))(
    'nginx mail, STARTTLS and TLS at once (skipped without libnginx-mod-mail)',
    async () => {
      const ports = await Promise.all([1, 2, 3, 4].map(freePort));
      const [smtp, imap, pop3, imaps] = ports as [number, number, number, number];
      const file = join(scratch, 'mail.conf');
      writeFileSync(
        file,
        `daemon off; pid ${scratch}/mail.pid; error_log stderr; load_module ${modules}/ngx_mail_module.so; events {}
mail { server_name localhost; auth_http 127.0.0.1:9/auth; ${tls} ssl_protocols TLSv1.2 TLSv1.3;
  server { listen 127.0.0.1:${smtp}; protocol smtp; smtp_auth none; starttls on; ssl_ciphers ECDHE+AESGCM; }
  server { listen 127.0.0.1:${imap}; protocol imap; starttls only; ssl_protocols TLSv1.2; ssl_ciphers kRSA+AES; }
  server { listen 127.0.0.1:${pop3}; protocol pop3; starttls on; }
  server { listen 127.0.0.1:${imaps} ssl; protocol imap; ssl_protocols TLSv1.3; }
}`,
      );
      await start(smtp, 'nginx', '-c', file, '-e', 'stderr');
      await compare(file, smtp, '1.22.1', ['RSA'], 'localhost', 'smtp');
      await compare(file, imap, '1.22.1', ['RSA'], 'localhost', 'imap');
      await compare(file, pop3, '1.22.1', ['RSA'], 'localhost', 'pop3');
      await compare(file, imaps, '1.22.1');
    },
  );

  it.skipIf(!has('nginx'))('nginx: DH parameters count where they stand', async () => {
    const [a, b] = [await freePort(), await freePort()];
    const file = join(scratch, 'dh.conf');
    writeFileSync(
      file,
      `daemon off; pid ${scratch}/dh.pid; error_log stderr; events {}
http { access_log off; ${tls} ssl_protocols TLSv1.2; ssl_ciphers DHE+AESGCM:ECDHE+AESGCM;
  server { listen 127.0.0.1:${a} ssl; server_name one; ssl_dhparam ${scratch}/dh.pem; }
  server { listen 127.0.0.1:${a} ssl; server_name two; }
  server { listen 127.0.0.1:${b} ssl; }
}`,
    );
    await start(a, 'nginx', '-c', file, '-e', 'stderr');
    for (const port of [a, b]) await compare(file, port, '1.22.1');
    for (const name of ['one', 'two']) await compare(file, a, '1.22.1', ['RSA'], name);
  });

  it.skipIf(!has('haproxy'))('HAProxy: global defaults, and DH parameters in the bundle of a certificate', async () => {
    const ports = await Promise.all([1, 2, 3, 4].map(freePort));
    const [plain, bundle, lower, two] = ports as [number, number, number, number];
    execFileSync('sh', ['-c', `cat ${rsa.both} ${scratch}/dh.pem > ${scratch}/with-dh.pem`]);
    const file = join(scratch, 'haproxy-defaults.cfg');
    writeFileSync(
      file,
      `global
  maxconn 100
  ssl-default-bind-ciphers ECDHE+AESGCM:DHE+AESGCM
  ssl-default-bind-ciphersuites TLS_AES_256_GCM_SHA384
  ssl-default-bind-curves X25519:P-384
  ssl-default-bind-options ssl-min-ver TLSv1.2 prefer-client-ciphers no-tls-tickets
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend all
  bind 127.0.0.1:${plain} ssl crt ${rsa.both}
  bind 127.0.0.1:${bundle} ssl crt ${scratch}/with-dh.pem
  bind 127.0.0.1:${lower} ssl crt ${rsa.both} ssl-min-ver TLSv1.1 no-tlsv13 ciphers ALL:@SECLEVEL=0 curves P-256
  bind 127.0.0.1:${two} ssl crt ${rsa.both} ssl-max-ver TLSv1.2 ciphers AES128-SHA:DHE-RSA-AES128-SHA
  http-request return status 200
`,
    );
    await start(plain, 'haproxy', '-db', '-f', file);
    for (const port of ports) await compare(file, port, '2.6.12');
  });

  it.skipIf(!existsSync(join(tomcat, 'lib/catalina.jar')) || !has('java'))(
    'Tomcat with JSSE (skipped without tomcat10 and Java)',
    async () => {
      const ports = await Promise.all(Array.from({ length: 6 }, freePort));
      const base = join(scratch, 'tomcat');
      for (const folder of ['conf', 'logs', 'temp', 'webapps', 'work'])
        mkdirSync(join(base, folder), { recursive: true });
      const file = join(base, 'conf/server.xml');
      const certificate = (k: typeof rsa, type: string) =>
        `<Certificate certificateFile="${k.certificate}" certificateKeyFile="${k.key}" type="${type}"/>`;
      const hosts = [
        `<SSLHostConfig>${certificate(rsa, 'RSA')}</SSLHostConfig>`,
        `<SSLHostConfig protocols="TLSv1.2" ciphers="ECDHE+AESGCM:ECDHE+AES:DHE+AESGCM">${certificate(rsa, 'RSA')}</SSLHostConfig>`,
        `<SSLHostConfig protocols="TLSv1.2,TLSv1.3" ciphers="TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_128_CBC_SHA">${certificate(rsa, 'RSA')}</SSLHostConfig>`,
        `<SSLHostConfig protocols="+TLSv1.2" honorCipherOrder="true">${certificate(ec, 'EC')}</SSLHostConfig>`,
        `<SSLHostConfig protocols="all" ciphers="HIGH:!aNULL">${certificate(rsa, 'RSA')}${certificate(ec, 'EC')}</SSLHostConfig>`,
        `<SSLHostConfig protocols="TLSv1.3">${certificate(rsa, 'RSA')}</SSLHostConfig>`,
      ];
      writeFileSync(
        file,
        `<Server port="-1" shutdown="SHUTDOWN"><Service name="Catalina">
${hosts.map((h, i) => `<Connector port="${ports[i]}" address="127.0.0.1" protocol="org.apache.coyote.http11.Http11NioProtocol" SSLEnabled="true">${h}</Connector>`).join('\n')}
<Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps"/></Engine>
</Service></Server>`,
      );
      const jars = ['lib', 'bin'].flatMap((f) =>
        readdirSync(join(tomcat, f))
          .filter((n) => n.endsWith('.jar'))
          .map((n) => join(tomcat, f, n)),
      );
      await start(
        ports[5]!,
        'java',
        `-Dcatalina.base=${base}`,
        `-Dcatalina.home=${tomcat}`,
        '-cp',
        jars.join(':'),
        'org.apache.catalina.startup.Bootstrap',
        'start',
      );
      const keys: ('RSA' | 'EC')[][] = [['RSA'], ['RSA'], ['RSA'], ['EC'], ['RSA', 'EC'], ['RSA']];
      for (const [i, port] of ports.entries()) await compare(file, port, '10.1.60', keys[i]!);
    },
    60_000,
  );
});
