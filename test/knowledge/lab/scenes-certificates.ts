import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, writeFileSync } from 'node:fs';
import { CA_EXTENSIONS, serverExtensions } from './authority.ts';
import { chain, HOST, type Scene, type Stage, serve, target } from './scene.ts';
import { httpServer, nginx } from './servers.ts';

const openssl = (args: string[]): Buffer => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
const publicKey = (cert: string): string => openssl(['x509', '-in', cert, '-noout', '-pubkey']).toString();

type Chain = ReturnType<typeof chain>;
type Change = NonNullable<Parameters<typeof chain>[1]>;

/** A scene whose fault lies in one of the certificates of the served chain. */
const faulty = (
  cause: string,
  fault: Change,
  more: { env?: (c: Chain) => Stage['env']; server?: string[] } = {},
): Scene => ({
  cause,
  programs: [],
  async set(authority, repaired) {
    const c = chain(authority, repaired ? {} : fault);
    const server = await serve(c.leaf, [c.middle.cert], more.server ?? []);
    return { env: { ...target(server), CA: c.root.cert, ...more.env?.(c) }, stop: server.stop };
  },
});

const OLD_SETTINGS = ['-cipher', 'DEFAULT@SECLEVEL=0'];

export const CERTIFICATE_SCENES: readonly Scene[] = [
  faulty('server-cert-expired', { leaf: { from: -100, to: -1 } }),
  faulty('server-cert-not-yet-valid', { leaf: { from: 2, to: 90 } }),
  faulty('intermediate-expired', { middle: { from: -100, to: -1 } }),
  faulty('inspection-ca-expired', { root: { from: -100, to: -1 } }),
  faulty('hostname-mismatch', { leaf: { extensions: serverExtensions('old-gw.pay.test') } }),
  faulty('san-missing', { leaf: { extensions: ['basicConstraints=CA:FALSE', 'extendedKeyUsage=serverAuth'] } }),
  faulty('server-eku-wrong', {
    leaf: { extensions: ['basicConstraints=CA:FALSE', `subjectAltName=DNS:${HOST}`, 'extendedKeyUsage=clientAuth'] },
  }),
  faulty('cert-signature-weak', { leaf: { digest: 'sha1' } }, { server: OLD_SETTINGS }),
  faulty('cert-key-weak', { leaf: { key: 'rsa1024' } }, { server: OLD_SETTINGS }),
  faulty('ca-constraint-violated', {
    root: {
      extensions: [
        'basicConstraints=critical,CA:TRUE,pathlen:0',
        'keyUsage=critical,keyCertSign,cRLSign',
        'subjectKeyIdentifier=hash',
      ],
    },
  }),
  {
    cause: 'intermediate-missing',
    programs: [],
    async set(authority, repaired) {
      const c = chain(authority);
      const server = await serve(c.leaf, repaired ? [c.middle.cert] : []);
      return { env: { ...target(server), CA: c.root.cert }, stop: server.stop };
    },
  },
  {
    cause: 'ca-untrusted',
    programs: [],
    async set(authority, repaired) {
      const c = chain(authority);
      const stranger = authority.issue({
        name: 'Another Root',
        keyFile: authority.key('rsa', 3),
        extensions: CA_EXTENSIONS,
      });
      const server = await serve(c.leaf, [c.middle.cert]);
      return { env: { ...target(server), CA: repaired ? c.root.cert : stranger.cert }, stop: server.stop };
    },
  },
  {
    cause: 'cross-sign-expired',
    programs: [],
    async set(authority, repaired) {
      const c = chain(authority);
      const old = authority.issue({
        name: 'Retired Root',
        keyFile: authority.key('rsa', 3),
        extensions: CA_EXTENSIONS,
        from: -900,
        to: -5,
      });
      const cross = authority.issue({
        name: 'Pay Test Root',
        issuer: old,
        keyFile: c.root.key,
        extensions: CA_EXTENSIONS,
        from: -900,
        to: -5,
      });
      const server = await serve(c.leaf, repaired ? [c.middle.cert] : [c.middle.cert, cross.cert]);
      return { env: { ...target(server), OLD_ROOT: 'Retired Root' }, stop: server.stop };
    },
  },
  {
    cause: 'root-distrusted',
    programs: [],
    async set(authority, repaired) {
      const c = chain(authority, { root: { name: repaired ? 'Trusted Root' : 'Distrusted Root' } });
      const server = await serve(c.leaf, [c.middle.cert]);
      return { env: { ...target(server), DISTRUSTED_ROOT: 'Distrusted Root' }, stop: server.stop };
    },
  },
  {
    cause: 'self-signed-served',
    programs: [],
    async set(authority, repaired) {
      const c = chain(authority);
      const own = authority.issue({ name: HOST, extensions: serverExtensions(HOST) });
      const server = repaired ? await serve(c.leaf, [c.middle.cert]) : await serve(own, []);
      return { env: { ...target(server), CA: c.root.cert }, stop: server.stop };
    },
  },
  {
    cause: 'cert-revoked',
    programs: [],
    async set(authority, repaired) {
      const root = authority.issue({
        name: 'Pay Test Root',
        keyFile: authority.key('rsa', 1),
        extensions: CA_EXTENSIONS,
      });
      const revoked = authority.issue({ name: HOST, issuer: root, extensions: serverExtensions(HOST) });
      const fresh = authority.issue({
        name: HOST,
        issuer: root,
        extensions: serverExtensions(HOST),
        keyFile: authority.key('rsa', 3),
      });
      const server = await serve(repaired ? fresh : revoked, []);
      return {
        env: { ...target(server), CA: root.cert, CRL: authority.revocationList(root, [revoked]) },
        stop: server.stop,
      };
    },
  },
  {
    // The server is nginx with mutual TLS; the command judges the list that it reads.
    cause: 'crl-stale',
    programs: ['nginx'],
    async set(authority, repaired) {
      const root = authority.issue({
        name: 'Pay Test Root',
        keyFile: authority.key('rsa', 1),
        extensions: CA_EXTENSIONS,
      });
      const leaf = authority.issue({ name: HOST, issuer: root, extensions: serverExtensions(HOST) });
      const client = authority.issue({
        name: 'merchant-1001',
        issuer: root,
        extensions: ['extendedKeyUsage=clientAuth'],
      });
      const list = authority.revocationList(root, [], -30, repaired ? 10 : -1);
      const server = await nginx(
        authority.folder,
        `server { listen 127.0.0.1:PORT ssl; ssl_certificate ${leaf.cert}; ssl_certificate_key ${leaf.key}; ssl_client_certificate ${root.cert}; ssl_verify_client on; ssl_crl ${list}; return 200; }`,
      );
      return { env: { CA: root.cert, CRL: list, CERT: client.cert }, stop: server.stop };
    },
  },
  {
    cause: 'ocsp-staple-missing',
    programs: [],
    async set(authority, repaired) {
      const root = authority.issue({
        name: 'Pay Test Root',
        keyFile: authority.key('rsa', 1),
        extensions: CA_EXTENSIONS,
      });
      const leaf = authority.issue({
        name: HOST,
        issuer: root,
        extensions: [...serverExtensions(HOST), 'tlsfeature=status_request'],
      });
      const server = await serve(leaf, [], repaired ? ['-status_file', authority.statusAnswer(root, leaf)] : []);
      return { env: target(server), stop: server.stop };
    },
  },
  {
    cause: 'key-pair-broken',
    programs: ['nginx'],
    async set(authority, repaired) {
      const c = chain(authority);
      const key = repaired ? c.leaf.key : authority.key('rsa', 3);
      const config = `server { listen 127.0.0.1:PORT ssl; ssl_certificate ${c.untrusted}; ssl_certificate_key ${key}; return 200; }`;
      const started = await nginx(authority.folder, config).then(
        (server) => server,
        () => undefined,
      );
      // The fault itself: nginx starts with the right pair only.
      if ((started !== undefined) !== repaired) throw new Error(`nginx ${started ? 'started' : 'did not start'}`);
      return { env: { CERT: c.leaf.cert, KEY: key }, ...(started ? { stop: started.stop } : {}) };
    },
  },
  {
    cause: 'key-passphrase-unavailable',
    programs: ['nginx'],
    async set(authority, repaired) {
      const c = chain(authority);
      const key = authority.path('locked.key');
      openssl(['pkey', '-in', c.leaf.key, '-aes256', '-passout', 'pass:spring', '-out', key]);
      const secret = authority.write('secret', repaired ? 'spring\n' : 'autumn\n');
      const config = `server { listen 127.0.0.1:PORT ssl; ssl_certificate ${c.untrusted}; ssl_certificate_key ${key}; ssl_password_file ${secret}; return 200; }`;
      const started = await nginx(authority.folder, config).then(
        (server) => server,
        () => undefined,
      );
      if ((started !== undefined) !== repaired) throw new Error(`nginx ${started ? 'started' : 'did not start'}`);
      return { env: { KEY: key, PASSFILE: secret }, ...(started ? { stop: started.stop } : {}) };
    },
  },
  {
    cause: 'pin-mismatch',
    programs: [],
    async set(authority, repaired) {
      const c = chain(authority);
      const pinOf = (cert: string): string => {
        writeFileSync(authority.path('spki.pem'), publicKey(cert));
        return createHash('sha256')
          .update(openssl(['pkey', '-pubin', '-in', authority.path('spki.pem'), '-outform', 'der']))
          .digest('base64');
      };
      const pins = authority.write(
        'pins',
        `sha256/${pinOf(c.root.cert)}\n${repaired ? `sha256/${pinOf(c.leaf.cert)}\n` : ''}`,
      );
      const server = await serve(c.leaf, [c.middle.cert]);
      return { env: { ...target(server), PINS: pins }, stop: server.stop };
    },
  },
  {
    cause: 'private-key-exposed',
    programs: ['cmp'],
    async set(authority, repaired) {
      const old = chain(authority);
      const fresh = chain(authority, { leaf: { keyFile: authority.key('rsa', 3) } });
      const server = await serve(repaired ? fresh.leaf : old.leaf, [old.middle.cert]);
      return {
        env: { ...target(server), OLD_PUBKEY: authority.write('old.pub', publicKey(old.leaf.cert)) },
        stop: server.stop,
      };
    },
  },
  {
    cause: 'forged-certificate',
    programs: ['sha256sum'],
    async set(authority, repaired) {
      const real = chain(authority);
      const forged = chain(authority, {
        root: { name: 'Somebody', keyFile: authority.key('rsa', 3) },
        leaf: { keyFile: authority.key('rsa', 4) },
      });
      const server = await serve(repaired ? real.leaf : forged.leaf, []);
      const known = createHash('sha256').update(publicKey(real.leaf.cert)).digest('hex');
      return { env: { ...target(server), KNOWN_SHA256: known }, stop: server.stop };
    },
  },
  ...['clock-skew', 'timestamp-outside-window'].map(
    (cause): Scene => ({
      cause,
      programs: ['curl', 'nginx', 'date'],
      // The host's own clock cannot be moved in a test, so the partner's Date header is.
      before: /^4[12]\d$/,
      after: /^-?[0-3]$/,
      async set(authority, repaired) {
        const c = chain(authority, { leaf: { name: 'localhost', extensions: serverExtensions('localhost') } });
        const page = await httpServer((_request, response) => {
          response.sendDate = false;
          response.setHeader('Date', new Date(Date.now() - (repaired ? 0 : 420_000)).toUTCString());
          response.end();
        });
        const front = await nginx(
          authority.folder,
          `server { listen 127.0.0.1:PORT ssl; ssl_certificate ${c.untrusted}; ssl_certificate_key ${c.leaf.key}; location / { proxy_pass http://127.0.0.1:${page.port}; proxy_pass_header Date; } }`,
        );
        copyFileSync(c.root.cert, authority.path('ca.pem'));
        return {
          env: { HOST: `localhost:${front.port}`, CURL_CA_BUNDLE: authority.path('ca.pem') },
          stop: async () => {
            await front.stop();
            await page.stop();
          },
        };
      },
    }),
  ),
];
