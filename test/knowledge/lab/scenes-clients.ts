import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Authority, bundle, CA_EXTENSIONS, CLIENT_EXTENSIONS, type Pair } from './authority.ts';
import { chain, type Scene } from './scene.ts';
import { nginx, type Running } from './servers.ts';

const stopAll =
  (...servers: Running[]) =>
  async (): Promise<void> => {
    for (const server of servers) await server.stop();
  };

interface Bank {
  root: Pair;
  middle: Pair;
  client: Pair;
}

/** A bank whose clients' certificates come from a root and an intermediate. */
function bank(authority: Authority, client: Parameters<Authority['issue']>[0]): Bank {
  const root = authority.issue({ name: 'Bank Root', keyFile: authority.key('rsa', 1), extensions: CA_EXTENSIONS });
  const middle = authority.issue({
    name: 'Bank Issuing',
    issuer: root,
    keyFile: authority.key('rsa', 2),
    extensions: CA_EXTENSIONS,
  });
  return {
    root,
    middle,
    client: authority.issue({
      issuer: middle,
      keyFile: authority.key('rsa', 3),
      extensions: CLIENT_EXTENSIONS,
      ...client,
    }),
  };
}

/** nginx that demands a client certificate and answers 200. */
const mutual = (authority: Authority, trust: string, inside = 'return 200;'): Promise<Running> => {
  const c = chain(authority, {
    leaf: {
      name: 'localhost',
      extensions: ['subjectAltName=DNS:localhost,IP:127.0.0.1', 'extendedKeyUsage=serverAuth'],
    },
  });
  return nginx(
    authority.folder,
    `server { listen 127.0.0.1:PORT ssl; ssl_certificate ${c.untrusted}; ssl_certificate_key ${c.leaf.key}; ssl_client_certificate ${trust}; ssl_verify_client on; ssl_verify_depth 3; ${inside} }`,
  );
};

export const CLIENT_SCENES: readonly Scene[] = [
  {
    cause: 'client-cert-not-sent',
    programs: ['nginx', 'curl'],
    async set(authority, repaired) {
      const b = bank(authority, { name: 'merchant-1001' });
      const server = await mutual(authority, b.root.cert);
      const sent = bundle(authority, 'client-chain.pem', [b.client.cert, b.middle.cert]);
      const proxy = await nginx(
        authority.folder,
        `server { listen 127.0.0.1:PORT; location / { proxy_pass https://127.0.0.1:${server.port}; ${repaired ? `proxy_ssl_certificate ${sent}; proxy_ssl_certificate_key ${b.client.key};` : ''} } }`,
      );
      return { env: { URL: `http://127.0.0.1:${proxy.port}/pay` }, stop: stopAll(proxy, server) };
    },
  },
  {
    cause: 'client-cert-expired',
    programs: [],
    async set(authority, repaired) {
      const b = bank(authority, { name: 'merchant-1001', from: -90, to: repaired ? 90 : -1 });
      return { env: { CERT: b.client.cert } };
    },
  },
  {
    cause: 'client-ca-untrusted',
    programs: [],
    async set(authority, repaired) {
      const b = bank(authority, { name: 'merchant-1001' });
      const other = authority.issue({
        name: 'Former Root',
        keyFile: authority.key('rsa', 4),
        extensions: CA_EXTENSIONS,
      });
      return { env: { CLIENT_CA: repaired ? b.root.cert : other.cert, CHAIN: b.middle.cert, CERT: b.client.cert } };
    },
  },
  {
    cause: 'client-eku-missing',
    programs: [],
    async set(authority, repaired) {
      const b = bank(authority, {
        name: 'merchant-1001',
        extensions: [`extendedKeyUsage=${repaired ? 'clientAuth' : 'serverAuth'}`],
      });
      return { env: { CA: b.root.cert, CHAIN: b.middle.cert, CERT: b.client.cert } };
    },
  },
  {
    cause: 'client-chain-incomplete',
    programs: [],
    async set(authority, repaired) {
      const b = bank(authority, { name: 'merchant-1001' });
      return {
        env: {
          CA: b.root.cert,
          CERT: repaired ? bundle(authority, 'full.pem', [b.client.cert, b.middle.cert]) : b.client.cert,
        },
      };
    },
  },
  {
    cause: 'client-cert-unregistered',
    programs: ['nginx', 'curl'],
    async set(authority, repaired) {
      const b = bank(authority, { name: 'merchant-1001' });
      const der = new X509Certificate(readFileSync(b.client.cert)).raw;
      const registered = repaired ? createHash('sha1').update(der).digest('hex') : '0'.repeat(40);
      const server = await mutual(
        authority,
        b.root.cert,
        `if ($ssl_client_fingerprint != "${registered}") { return 403; } return 200;`,
      );
      return {
        env: {
          CA: chain(authority).root.cert,
          CERT: bundle(authority, 'registered.pem', [b.client.cert, b.middle.cert]),
          KEY: b.client.key,
          URL: `https://localhost:${server.port}/`,
        },
        stop: server.stop,
      };
    },
  },
];
