import { execFileSync } from 'node:child_process';
import type { Authority } from './authority.ts';
import { serverExtensions } from './authority.ts';
import { chain, HOST, type Scene, serve, target } from './scene.ts';
import { answering, haproxy, middlebox, nginx, type Running } from './servers.ts';

/** A scene in which only the options of the server differ. */
const options = (
  cause: string,
  broken: string[] | ((a: Authority) => string[]),
  repaired: string[],
  env: { [name: string]: string } = {},
): Scene => ({
  cause,
  programs: [],
  async set(authority, fixed) {
    const c = chain(authority);
    const faulty = typeof broken === 'function' ? broken(authority) : broken;
    const server = await serve(c.leaf, [c.middle.cert], fixed ? repaired : faulty);
    return { env: { ...target(server), CA: c.root.cert, ...env }, stop: server.stop };
  },
});

const LOOSE = 'DEFAULT@SECLEVEL=0';

function weakParameters(authority: Authority): string[] {
  const file = authority.path('dh1024.pem');
  execFileSync('openssl', ['dhparam', '-out', file, '1024'], { stdio: 'ignore' });
  return ['-tls1_2', '-dhparam', file, '-cipher', `DHE:@SECLEVEL=0`];
}

/** ServerHello of TLS 1.2 without extensions, so without renegotiation_info (RFC 5746 section 3.4), for AES128-GCM-SHA256. */
function oldServerHello(): Buffer {
  const body = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 7), Buffer.from([0, 0x00, 0x9c, 0])]);
  const message = Buffer.concat([Buffer.from([2, 0, 0, body.length]), body]);
  return Buffer.concat([Buffer.from([22, 3, 3, 0, message.length]), message]);
}

/** An nginx proxy of ours in front of a TLS server; the fault lies in the proxy's settings. */
async function through(
  authority: Authority,
  server: Running,
  settings: string,
): Promise<{ env: { URL: string }; stop: () => Promise<void> }> {
  const proxy = await nginx(
    authority.folder,
    `server { listen 127.0.0.1:PORT; location / { proxy_pass https://127.0.0.1:${server.port}; ${settings} } }`,
  );
  return {
    env: { URL: `http://127.0.0.1:${proxy.port}/` },
    stop: async () => {
      await proxy.stop();
      await server.stop();
    },
  };
}

export const PARAMETER_SCENES: readonly Scene[] = [
  options('peer-tls-too-old', ['-tls1_1', '-cipher', LOOSE], []),
  options('no-common-cipher', ['-tls1_2', '-cipher', 'ECDHE-RSA-AES256-SHA384'], ['-tls1_2'], {
    CIPHERS: 'ECDHE-RSA-AES128-GCM-SHA256',
  }),
  options('static-rsa-only-peer', ['-tls1_2', '-cipher', 'kRSA'], ['-tls1_2']),
  options('no-common-group', ['-groups', 'P-521'], ['-groups', 'X25519:P-256'], { GROUPS_OFFERED: 'X25519:P-256' }),
  options('dh-key-weak', weakParameters, ['-tls1_2']),
  options('alpn-mismatch', ['-alpn', 'h2'], ['-alpn', 'h2,http/1.1'], { ALPN: 'http/1.1' }),
  {
    cause: 'key-type-mismatch',
    programs: [],
    async set(authority, repaired) {
      const ec = chain(authority, { leaf: { key: 'ec' } });
      const rsa = chain(authority);
      const both = repaired ? ['-dcert', rsa.leaf.cert, '-dkey', rsa.leaf.key] : [];
      const server = await serve(ec.leaf, [ec.middle.cert], both);
      return { env: target(server), stop: server.stop };
    },
  },
  {
    cause: 'client-tls-too-old',
    programs: ['nginx', 'curl'],
    async set(authority, repaired) {
      const c = chain(authority);
      const server = await serve(c.leaf, [c.middle.cert], ['-min_protocol', 'TLSv1.2']);
      return through(authority, server, repaired ? '' : `proxy_ssl_protocols TLSv1.1; proxy_ssl_ciphers ${LOOSE};`);
    },
  },
  {
    cause: 'sni-wrong',
    programs: ['nginx', 'haproxy', 'curl'],
    async set(authority, repaired) {
      const c = chain(authority);
      const pem = authority.write('site.pem', execFileSync('cat', [c.untrusted, c.leaf.key], { encoding: 'utf8' }));
      const server = await haproxy(
        authority.folder,
        `frontend f\n  bind 127.0.0.1:PORT ssl crt ${pem} strict-sni\n  http-request return status 200`,
      );
      return through(authority, server, `proxy_ssl_name ${HOST}; ${repaired ? 'proxy_ssl_server_name on;' : ''}`);
    },
  },
  {
    cause: 'plaintext-on-tls-port',
    programs: ['nginx', 'curl'],
    async set(authority, repaired) {
      const c = chain(authority, { leaf: { extensions: serverExtensions(HOST) } });
      const server = await nginx(
        authority.folder,
        `server { listen 127.0.0.1:PORT${repaired ? ' ssl' : ''}; ssl_certificate ${c.untrusted}; ssl_certificate_key ${c.leaf.key}; return 200; }`,
      );
      return { env: { ...target(server), CA: c.root.cert }, stop: server.stop };
    },
  },
  {
    // A stack that old is no longer packaged: the broken side answers with the bytes of its ServerHello.
    cause: 'secure-renegotiation-missing',
    programs: [],
    async set(authority, repaired) {
      const c = chain(authority);
      const server = repaired ? await serve(c.leaf, [c.middle.cert], ['-tls1_2']) : await answering(oldServerHello());
      return { env: target(server), stop: server.stop };
    },
  },
  ...(['handshake-cut-by-middlebox', 'large-hello-dropped'] as const).map(
    (cause): Scene => ({
      cause,
      programs: ['timeout'],
      async set(authority, repaired) {
        const c = chain(authority);
        const server = await serve(c.leaf, [c.middle.cert], ['-alpn', 'http/1.1']);
        const limit = cause === 'large-hello-dropped' ? 1400 : 0;
        const device = await middlebox(server.port, (first) => (repaired || first.length <= limit ? 'pass' : 'reset'));
        return {
          env: { ...target(device), CA: c.root.cert },
          stop: async () => {
            await device.stop();
            await server.stop();
          },
        };
      },
    }),
  ),
];
