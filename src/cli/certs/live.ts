/** Contacts the named targets, and nothing else: every address behind a name, a bounded number at once. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { type ProbeResult, probeEndpoint, STARTTLS_PROTOCOLS, type StartTlsProtocol } from '../../ciphers/index.ts';
import type { Sighting } from '../../x509/audit/index.ts';
import { parseCertificate } from '../../x509/index.ts';
import type { Target } from './targets.ts';

export interface LiveOptions {
  timeoutMs: number;
  concurrency: number;
  /** Client certificate and key, PEM. */
  client?: { cert: Buffer; key: Buffer };
  signal?: AbortSignal;
  onDone?: (done: number, all: number) => void;
}

export interface LiveAnswer {
  target: Target;
  /** `host:port`, with the address where a name has several. */
  place: string;
  sighting?: Sighting;
  /** Why it could not be judged, one sentence. */
  failure?: { kind: string; says: string };
  clientCertificateRequested?: boolean;
  /** With a client certificate: whether the server let it in. */
  clientAccepted?: { ok: boolean; says: string };
  version?: string;
  stapled?: boolean;
}

interface Job {
  target: Target;
  address: string;
  place: string;
}

/** Probes all targets. Never throws; what failed is in the answers, one for each address. */
export async function contactTargets(targets: readonly Target[], options: LiveOptions): Promise<LiveAnswer[]> {
  const answers: LiveAnswer[] = [];
  const jobs: Job[] = [];
  await pool(targets, options.concurrency, async (target) => {
    const addresses = await addressesOf(target, options.timeoutMs);
    if (typeof addresses === 'string') {
      answers.push({
        target,
        place: `${target.host}:${target.port}`,
        failure: { kind: 'name-not-found', says: addresses },
      });
      return;
    }
    for (const address of addresses) {
      const place =
        addresses.length > 1 || target.backends
          ? `${target.host}:${target.port} (${address})`
          : `${target.host}:${target.port}`;
      jobs.push({ target, address, place });
    }
  });
  let done = 0;
  await pool(jobs, options.concurrency, async (job) => {
    answers.push(await contact(job, options));
    options.onDone?.(++done, jobs.length);
  });
  return answers.sort((a, b) => (a.place < b.place ? -1 : 1));
}

async function pool<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}

async function addressesOf(target: Target, timeoutMs: number): Promise<string[] | string> {
  if (target.backends) return target.backends;
  if (isIP(target.host)) return [target.host];
  try {
    const timeout = new Promise<never>((_resolve, reject) =>
      setTimeout(() => reject(new Error('timeout')), timeoutMs).unref(),
    );
    const found = await Promise.race([lookup(target.host, { all: true }), timeout]);
    return [...new Set(found.map((f) => f.address))];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOTFOUND' ? 'the name does not exist' : `the name could not be resolved (${code ?? message})`;
  }
}

async function contact({ target, address, place }: Job, options: LiveOptions): Promise<LiveAnswer> {
  const starttls = STARTTLS_PROTOCOLS.find((p) => p === target.starttls) as StartTlsProtocol | undefined;
  if (target.starttls && !starttls)
    return {
      target,
      place,
      failure: {
        kind: 'other',
        says: `STARTTLS for ${target.starttls} is not known; known: ${STARTTLS_PROTOCOLS.join(', ')}`,
      },
    };
  const probe = await withDeadline(
    probeEndpoint(address, target.port, {
      timeoutMs: options.timeoutMs,
      ...(target.serverName ? { serverName: target.serverName } : {}),
      ...(starttls ? { starttls } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    }),
    options.timeoutMs,
  );
  if (!probe)
    return { target, place, failure: { kind: 'timeout', says: `no complete answer within ${options.timeoutMs} ms` } };
  return answerOf(target, address, place, probe, options);
}

/** The report names the place before the reason already. */
const withoutPlace = (says: string, endpoint: string, place: string): string =>
  says.startsWith(`${endpoint}: `) ? says.slice(endpoint.length + 2) : says.replace(endpoint, place);

/** The probe makes up to three connections; together they may not take longer than one was given. */
async function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs * 1.05);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function answerOf(
  target: Target,
  address: string,
  place: string,
  probe: ProbeResult,
  options: LiveOptions,
): Promise<LiveAnswer> {
  const answer: LiveAnswer = {
    target,
    place,
    ...(probe.clientCertificateRequested ? { clientCertificateRequested: true } : {}),
    ...(probe.version ? { version: probe.version } : {}),
    ...(probe.stapled ? { stapled: true } : {}),
  };
  if (probe.certificates.length === 0) {
    answer.failure = probe.error
      ? { kind: probe.error.kind, says: withoutPlace(probe.error.says, `${address}:${target.port}`, place) }
      : { kind: 'other', says: 'no certificate was served' };
    return answer;
  }
  const certificates = probe.certificates.map((der) => parseCertificate(Buffer.from(der, 'base64')));
  answer.sighting = {
    observation: {
      file: place,
      source: 'live',
      certificates,
      revocationLists: [],
      keys: [],
      others: [],
      problems: [],
      ...(probe.stapledResponse === undefined ? {} : { ocspResponses: [probe.stapledResponse] }),
    },
    place,
    live: true,
    role: target.role ?? 'server',
    // Who connects by address without naming a host has not said which name the certificate must bear.
    ...(target.serverName ? { host: target.serverName } : {}),
    ...(target.owner ? { owner: target.owner } : {}),
    ...(target.link ? { link: target.link } : {}),
  };
  if (options.client && !target.starttls)
    answer.clientAccepted = await tryClient(target, address, options.client, options.timeoutMs);
  return answer;
}

/** Logs in with the client certificate. In TLS 1.3 the refusal comes after the handshake, so the connection is watched for a moment. */
function tryClient(
  target: Target,
  address: string,
  client: { cert: Buffer; key: Buffer },
  timeoutMs: number,
): Promise<{ ok: boolean; says: string }> {
  return new Promise((resolve) => {
    let settled = false;
    const finish = (ok: boolean, says: string): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      socket.destroy();
      resolve({ ok, says });
    };
    const timer = setTimeout(() => finish(false, `no answer within ${timeoutMs} ms`), timeoutMs);
    const socket = connect({
      host: address,
      port: target.port,
      ...client,
      ...(target.serverName ? { servername: target.serverName } : {}),
      // The path is judged by our own validator; here only the server's opinion of the client is asked for.
      rejectUnauthorized: false,
    });
    let established = false;
    socket.once('secureConnect', () => {
      established = true;
      // Up to TLS 1.2 the server has judged the certificate before the handshake ends (RFC 5246 7.3).
      if (socket.getProtocol() !== 'TLSv1.3') finish(true, 'the server accepted the client certificate');
      else setTimeout(() => finish(true, 'the server accepted the client certificate'), Math.min(500, timeoutMs / 2));
    });
    socket.once('data', () => finish(true, 'the server accepted the client certificate'));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      finish(false, `the server refused the client certificate (${error.code ?? error.message})`),
    );
    socket.once('close', () =>
      finish(
        false,
        established
          ? 'the server closed the connection after the handshake without an alert: whether it accepted the certificate cannot be told'
          : 'the server closed the connection',
      ),
    );
  });
}
