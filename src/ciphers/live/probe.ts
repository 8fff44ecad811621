/** The gentle probe: at most three connections that tell what an endpoint negotiates and which certificates it serves. */

import { isIP } from 'node:net';
import {
  connect as connectTls,
  createSecureContext,
  type DetailedPeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { writeClientHello } from '../../tls/hello-writer.ts';
import { alertName, SUITES, suiteCode, suiteName, TLS12, versionName } from '../../tls/registries/index.ts';
import { type ConnectionFailure, classify, exchange } from './exchange.ts';
import { type StartTlsProtocol, startTls } from './starttls.ts';

export interface ProbeOptions {
  /** SNI; default: the host when it is a name. */
  serverName?: string;
  /** For all connections together. */
  timeoutMs?: number;
  starttls?: StartTlsProtocol;
  signal?: AbortSignal;
}

export interface ProbeResult {
  host: string;
  port: number;
  ok: boolean;
  /** Chain as served (DER, base64, in the server's order). */
  certificates: string[];
  /** `served` when read from the wire in order; `library` when rebuilt by the TLS library (TLS 1.3 only servers). */
  certificateSource?: 'served' | 'library';
  version?: string;
  suite?: string;
  suiteCode?: number;
  group?: string;
  alpn?: string;
  /** The server asks for a client certificate. */
  clientCertificateRequested?: boolean;
  /** DER names, base64, of the authorities it accepts. */
  acceptableCas?: string[];
  stapled?: boolean;
  /** The stapled OCSP response, DER in base64. */
  stapledResponse?: string;
  error?: {
    kind: ConnectionFailure | 'alert' | 'plaintext' | 'malformed';
    alert?: number;
    /** One sentence. */
    says: string;
  };
  connections: number;
  /** ms of the TCP and TLS set-up of the first connection. */
  milliseconds?: number;
}

const GENERAL_SIGNATURES = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601,
  0x0303, 0x0301, 0x0203, 0x0201, 0x0202,
];
const GENERAL_GROUPS = [29, 23, 24, 25, 30, 256, 257];

/** Suites that authenticate with a certificate, so that one is served; strongest families first. */
function certificateSuites(): number[] {
  const named = SUITES.filter(
    ([, name]) => /^TLS_(?:ECDHE|DHE|RSA)_/.test(name) && !/anon|PSK|NULL|EXPORT|KRB5|FIPS|EXPORT1024/.test(name),
  ).map(([code]) => code);
  return named.filter((code) => /GCM|CHACHA|_CBC_SHA/.test(suiteName(code)));
}

/**
 * Probes one endpoint with one to three connections and no retry.
 * @returns never throws; what failed is in `error`
 */
export async function probeEndpoint(host: string, port: number, options: ProbeOptions = {}): Promise<ProbeResult> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const started = performance.now();
  // An address is no server name (RFC 6066 section 3).
  const serverName = [options.serverName, host].find((name) => name !== undefined && !isIP(name));
  const result: ProbeResult = { host, port, ok: false, certificates: [], connections: 0 };
  const hello = writeClientHello({
    legacyVersion: TLS12,
    suites: [...certificateSuites(), 0x00ff],
    groups: GENERAL_GROUPS,
    signatureAlgorithms: GENERAL_SIGNATURES,
    ...(serverName === undefined ? {} : { serverName }),
    extensions: [
      { type: 23, body: Buffer.alloc(0) },
      { type: 5, body: Buffer.from([1, 0, 0, 0, 0]) },
    ],
  });
  const starttls = options.starttls && startTls(options.starttls, serverName ?? host);
  result.connections++;
  const first = await exchange(hello, {
    host,
    port,
    timeoutMs,
    ...(starttls && { starttls }),
    ...(options.signal && { signal: options.signal }),
  });
  result.milliseconds = Math.round(first.milliseconds);
  if (!first.ok) {
    // Only a server that hung up on the hello can still be a TLS 1.3 server with an odd temper; refusal and silence are final.
    if (first.failure !== 'reset' && first.failure !== 'closed') {
      result.error = { kind: first.failure, says: `${host}:${port}: ${first.detail}` };
      return result;
    }
  } else {
    const { answer } = first;
    if (answer.plaintext !== undefined) {
      result.error = { kind: 'plaintext', says: `${host}:${port} answered in plain text, not TLS` };
      return result;
    }
    result.certificates = answer.certificates;
    if (answer.certificates.length > 0) result.certificateSource = 'served';
    if (answer.certificateRequest) {
      result.clientCertificateRequested = true;
      result.acceptableCas = answer.certificateRequest.authorities;
    }
    if (answer.stapled !== undefined) {
      result.stapled = true;
      result.stapledResponse = answer.stapled;
    }
    if (answer.serverHello) {
      result.version = versionName(answer.serverHello.version);
      result.suite = suiteName(answer.serverHello.suite);
      result.suiteCode = answer.serverHello.suite;
    }
  }
  const problem = !first.ok
    ? { kind: first.failure, says: `${host}:${port}: ${first.detail}` }
    : first.answer.alert
      ? {
          kind: 'alert' as const,
          alert: first.answer.alert.description,
          says: `${host}:${port} refused with alert ${first.answer.alert.description} (${alertName(first.answer.alert.description)})`,
        }
      : first.answer.malformed !== undefined
        ? { kind: 'malformed' as const, says: `${host}:${port} sent ${first.answer.malformed}` }
        : undefined;
  // STARTTLS through the library would need its own socket; the first connection already told version and chain.
  if (starttls) return finish(result, problem);
  result.connections++;
  const left = timeoutMs - (performance.now() - started);
  const negotiated = await libraryHandshake(host, port, serverName, Math.max(left, 1));
  if (negotiated.ok) {
    Object.assign(result, negotiated.facts);
    if (result.certificates.length === 0 && negotiated.certificates.length > 0) {
      result.certificates = negotiated.certificates;
      result.certificateSource = 'library';
    }
    result.ok = true;
    return result;
  }
  return finish(result, problem ?? negotiated.error);
}

function finish(result: ProbeResult, error: ProbeResult['error'] | undefined): ProbeResult {
  result.ok = result.version !== undefined;
  if (!result.ok && error) result.error = error;
  return result;
}

type Handshake =
  | {
      ok: true;
      facts: Pick<ProbeResult, 'version' | 'suite' | 'suiteCode' | 'group' | 'alpn' | 'stapled' | 'stapledResponse'>;
      certificates: string[];
    }
  | { ok: false; error: NonNullable<ProbeResult['error']> };

/** Everything that the library can do. One context for all connections: making one costs more than a handshake. */
let anything: SecureContext | undefined;

/** A handshake of the TLS library with everything it can do, to learn what a modern client negotiates. */
function libraryHandshake(
  host: string,
  port: number,
  serverName: string | undefined,
  timeoutMs: number,
): Promise<Handshake> {
  anything ??= createSecureContext({ minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' });
  return new Promise((resolve) => {
    const socket: TLSSocket = connectTls({
      host,
      port,
      ...(serverName === undefined ? {} : { servername: serverName }),
      // The probe observes; whether the chain is to be trusted is judged by the certificate checks.
      rejectUnauthorized: false,
      secureContext: anything,
      ALPNProtocols: ['h2', 'http/1.1'],
      // Known to the runtime, not to its types.
      ...({ requestOCSP: true } as object),
    });
    const done = (handshake: Handshake): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(handshake);
    };
    // Not the timeout of the socket, which every byte of a slow server would put off.
    const timer = setTimeout(
      () =>
        done({
          ok: false,
          error: {
            kind: 'timeout-answer',
            says: `${host}:${port}: no complete handshake within the ${Math.round(timeoutMs)} ms that were left`,
          },
        }),
      timeoutMs,
    );
    let staple: Buffer | undefined;
    socket.once('OCSPResponse', (response: Buffer | null) => {
      if (response?.length) staple = response;
    });
    socket.once('secureConnect', () => {
      const cipher = socket.getCipher();
      const ephemeral = socket.getEphemeralKeyInfo() as { name?: string } | null;
      const code = suiteCode(cipher.standardName);
      done({
        ok: true,
        facts: {
          version: socket.getProtocol()?.replace(/^TLSv1$/, 'TLSv1.0') ?? 'unknown',
          suite: cipher.standardName,
          ...(code === undefined ? {} : { suiteCode: code }),
          ...(ephemeral?.name ? { group: ephemeral.name } : {}),
          ...(socket.alpnProtocol ? { alpn: socket.alpnProtocol } : {}),
          ...(staple ? { stapled: true, stapledResponse: staple.toString('base64') } : {}),
        },
        certificates: chainOf(socket.getPeerCertificate(true)),
      });
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const alert = /alert number (\d{1,3})/.exec(error.message)?.[1];
      done({
        ok: false,
        error:
          alert === undefined
            ? { kind: classify(error), says: `${host}:${port}: ${error.message.slice(0, 200)}` }
            : {
                kind: 'alert',
                alert: Number(alert),
                says: `${host}:${port} refused with alert ${alert} (${alertName(Number(alert))})`,
              },
      });
    });
  });
}

function chainOf(leaf: DetailedPeerCertificate): string[] {
  const out: string[] = [];
  const seen = new Set<string>();
  for (
    let at: DetailedPeerCertificate | undefined = leaf;
    at?.raw && !seen.has(at.fingerprint256) && out.length < 32;
    at = at.issuerCertificate
  ) {
    seen.add(at.fingerprint256);
    out.push(at.raw.toString('base64'));
  }
  return out;
}
