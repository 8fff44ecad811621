/** A TLS server of the library that this process runs with, in memory: no socket, no file, nobody else can reach it. */
import { constants } from 'node:crypto';
import { Duplex } from 'node:stream';
import { createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls';
import { enumerateEndpoint } from './enumerate.ts';
import type { EndpointScan } from './scan-types.ts';
import { throwawayCertificate } from './throwaway-certificate.ts';

export interface InMemorySettings {
  /** OpenSSL cipher string for TLS 1.2 and below. */
  ciphers: string;
  /** TLS 1.3 suites, IANA names. */
  suites13: readonly string[];
  /** `TLSv1.0` to `TLSv1.3`. */
  protocols: readonly string[];
  /** OpenSSL list of groups; undefined: the library's own. */
  groups?: string;
  keys: readonly ('RSA' | 'EC')[];
  /** DHE with parameters that suit the key. */
  dhe: boolean;
}

/** What the library negotiates with these settings, or why it does not take them. */
export type InMemoryResult = { scan: EndpointScan } | { refused: string };

const VERSIONS = ['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
const DISABLE = [
  constants.SSL_OP_NO_TLSv1,
  constants.SSL_OP_NO_TLSv1_1,
  constants.SSL_OP_NO_TLSv1_2,
  constants.SSL_OP_NO_TLSv1_3,
];

/** Enumerates the library with the hellos of a live scan. */
export async function enumerateInMemory(settings: InMemorySettings): Promise<InMemoryResult> {
  const certificates = await Promise.all(settings.keys.map(throwawayCertificate));
  const named = VERSIONS.map((v) => settings.protocols.includes(v));
  const versionName = (at: number): SecureContextOptions['minVersion'] =>
    VERSIONS[at]!.replace('v1.0', 'v1') as NonNullable<SecureContextOptions['minVersion']>;
  let secureContext: ReturnType<typeof createSecureContext>;
  try {
    secureContext = createSecureContext({
      key: certificates.map((c) => c.key),
      cert: certificates.map((c) => c.cert),
      ciphers: [...settings.suites13, settings.ciphers].join(':'),
      minVersion: versionName(named.indexOf(true)),
      maxVersion: versionName(named.lastIndexOf(true)),
      secureOptions: named.reduce((all, on, i) => (on ? all : all | DISABLE[i]!), 0),
      ...(settings.groups === undefined ? {} : { ecdhCurve: settings.groups }),
      ...(settings.dhe ? { dhparam: 'auto' } : {}),
    });
  } catch (error) {
    return { refused: (error as Error).message };
  }
  const open = (): Duplex => {
    const [client, server] = pair();
    const endpoint = new TLSSocket(server, { isServer: true, secureContext });
    endpoint.on('error', () => {});
    // As a server on the network would: the client's close_notify is answered with its own.
    endpoint.on('end', () => endpoint.end());
    endpoint.resume();
    return client;
  };
  return {
    scan: await enumerateEndpoint(
      { host: 'in memory', port: 0, open },
      // Nobody else is served here, so nobody has to be spared.
      { gentleness: { rate: 1e6, burst: 1000, budget: 1000, concurrency: 8, timeoutMs: 2000 } },
    ),
  };
}

/** Two ends of one connection. */
function pair(): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  for (const other of [1, 0]) {
    ends.push(
      new Duplex({
        read() {},
        write(chunk, _encoding, done) {
          if (!ends[other]!.destroyed) ends[other]!.push(chunk);
          done();
        },
        final(done) {
          if (!ends[other]!.destroyed) ends[other]!.push(null);
          done();
        },
        destroy(error, done) {
          if (!ends[other]!.destroyed) ends[other]!.push(null);
          done(error);
        },
      }),
    );
  }
  return ends as [Duplex, Duplex];
}
