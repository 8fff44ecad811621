/** The whole enumeration of one endpoint. */

import { writeSsl2Hello } from '../../tls/hello-writer.ts';
import { groupName, SSL2, SSL3, suiteName, TLS10, TLS11, TLS12 } from '../../tls/registries/index.ts';
import { counted } from '../../wording.ts';
import { Dialer } from './dialer.ts';
import { type OlderVersionOptions, scanOlderVersion } from './elimination.ts';
import { FurtherQuestions } from './further-questions.ts';
import { olderHello, type Size } from './hellos.ts';
import type { DialerTarget, Gentleness } from './line.ts';
import { gather, NOT_TLS, refusal, unasked, type VersionScan } from './older-versions.ts';
import type { EndpointScan, Gathered } from './scan-types.ts';
import { scanTls13, type Tls13Scan } from './tls13.ts';

export interface EnumerateOptions {
  gentleness?: Partial<Gentleness>;
  /** Signature algorithms, every ALPN protocol, FALLBACK_SCSV, renegotiation, Heartbleed and CCS as well. */
  deep?: boolean;
  signal?: AbortSignal;
}

/** A server that has SSL 2.0 answers at once, with all it has in one message. */
const SSL2_PATIENCE_MS = 2500;
/** Cipher kinds of SSL 2.0, widest known set. */
const SSL2_KINDS = [0x010080, 0x020080, 0x030080, 0x040080, 0x050080, 0x060040, 0x0700c0, 0x080080, 0x060140, 0x0701c0];

/**
 * Enumerates protocols, suites and groups of a server with as few connections as elimination allows.
 * Never throws: what could not be found out is in `incomplete`, an unreachable endpoint in `error`.
 */
export async function enumerateEndpoint(target: DialerTarget, options: EnumerateOptions = {}): Promise<EndpointScan> {
  const started = performance.now();
  const dialer = new Dialer(target, options.gentleness, options.signal);
  const gathered: Gathered = {
    certificates: new Map(),
    keyExchanges: [],
    accepted: new Set(),
    clientCertificate: { requested: false, acceptableCas: new Set() },
    features: {},
  };
  const scan: EndpointScan = {
    target: target.host.includes(':') ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`,
    host: target.host,
    port: target.port,
    ...(target.serverName === undefined ? {} : { serverName: target.serverName }),
    ...(target.starttls === undefined ? {} : { starttls: target.starttls }),
    protocols: [],
    suites: [],
    groups: [],
    signatureAlgorithms: [],
    certificates: [],
    features: gathered.features,
    clientCertificate: { requested: false, acceptableCas: [] },
    connections: 0,
    complete: true,
    incomplete: [],
    notes: [],
    milliseconds: 0,
  };

  // The first hello also finds out whether anyone is there; only then the rest goes out, beside what is left of TLS 1.2.
  const questions = new FurtherQuestions(dialer, gathered, scan);
  const order: OlderVersionOptions = options.deep ? { keepOrder: true } : {};
  const newest = scanOlderVersion(dialer, TLS12, 'full', gathered, {
    ...order,
    groups: questions.trackGroups(TLS12, () => newest),
  });
  const first = await dialer.first;
  let size: Size = 'full';
  if (first.kind !== 'answer') {
    const { because, offered } = await newest;
    if (dialer.answered === 0) {
      if (await answersSmall(dialer, gathered)) {
        scan.notes.push(LARGE_HELLO);
        dialer.troubles.clear();
        size = 'small';
      } else if (offered === 'unknown') return unreachable(scan, dialer, because, started);
    }
  } else if (first.answer.plaintext !== undefined) {
    // A port that speaks something else is not asked any further.
    await newest;
    return unreachable(scan, dialer, NOT_TLS, started);
  }
  questions.size = size;
  const older = (version: number): Promise<VersionScan> => scanOlderVersion(dialer, version, size, gathered, order);
  const tls12 = (
    size === 'full' ? newest.then((found) => retriedSmaller(dialer, found, gathered, scan, questions)) : older(TLS12)
  ).then((found) => {
    // Most servers have it, and are asked about it while other versions are still enumerated.
    if (found.suites.length > 1) void questions.aboutNewest([found]);
    return found;
  });
  const tls13 = async (): Promise<Tls13Scan> => {
    const found = await scanTls13(dialer, questions.size, (begun) => questions.beginSession(begun));
    await questions.session(found, options.deep === true);
    return found;
  };
  const versions: VersionScan[] = await Promise.all([
    scanSsl2(dialer),
    older(SSL3),
    older(TLS10),
    older(TLS11),
    tls12,
    tls13(),
  ]);
  // What another version had refused for its size alone may have been refused here for the same reason.
  if (questions.size !== size)
    for (const [i, found] of versions.entries())
      if (found.version > SSL2 && found.version !== TLS12 && refusedWithoutReason(found))
        versions[i] = await (i === versions.length - 1
          ? tls13()
          : scanOlderVersion(dialer, found.version, questions.size, gathered, order));
  for (const v of versions) {
    scan.notes.push(...v.notes.map((n) => `${v.protocol}: ${n}`));
    scan.suites.push(...v.suites.map((code) => ({ code, name: suiteName(code), protocol: v.protocol })));
  }
  const newestOfAll = versions.at(-1) as Tls13Scan;
  scan.groups.push(
    ...newestOfAll.groups.map((code) => ({ code, name: groupName(code), protocol: newestOfAll.protocol })),
  );
  await questions.aboutNewest(versions);
  questions.noteHiddenGroups(versions);
  if (options.deep) await questions.deep(versions);
  for (const v of versions) {
    scan.protocols.push({
      protocol: v.protocol,
      version: v.version,
      offered: v.offered,
      because: v.because,
      complete: v.complete,
      ...(v.preference ? { preference: v.preference } : {}),
      ...(v.preference === 'server' && v.inOnePass ? { inServerOrder: true } : {}),
    });
    if (!v.complete)
      scan.incomplete.push(`${v.protocol}: ${v.gap ?? (v.because || 'not all suites could be asked for')}`);
  }
  if (dialer.recoveredDrops > 0)
    scan.notes.push(
      `the server dropped ${counted(dialer.recoveredDrops, 'connection')} whose hello it answered when asked again`,
    );
  return finish(scan, dialer, gathered, started);
}

function finish(scan: EndpointScan, dialer: Dialer, gathered: Gathered, started: number): EndpointScan {
  scan.certificates = [...gathered.certificates.values()];
  scan.clientCertificate = {
    requested: gathered.clientCertificate.requested,
    acceptableCas: [...gathered.clientCertificate.acceptableCas],
  };
  deriveKeyFacts(scan, gathered);
  for (const trouble of dialer.troubles)
    if (!scan.incomplete.some((i) => i.includes(trouble))) scan.incomplete.push(trouble);
  if (scan.suites.length === 0) {
    const name = scan.protocols.some((p) => p.because.includes('unrecognized_name'))
      ? '; the server wants a name it knows: name it with --sni'
      : '';
    scan.error = `no protocol version could be negotiated (${[...new Set(scan.protocols.map((p) => p.because))].slice(0, 3).join('; ')})${name}`;
    if (scan.incomplete.length === 0) scan.incomplete.push(scan.error);
  }
  scan.complete = scan.incomplete.length === 0;
  scan.connections = dialer.line.connections;
  scan.milliseconds = Math.round(performance.now() - started);
  return scan;
}

function unreachable(scan: EndpointScan, dialer: Dialer, why: string, started: number): EndpointScan {
  scan.error = why;
  scan.incomplete = [why];
  scan.complete = false;
  scan.connections = dialer.line.connections;
  scan.milliseconds = Math.round(performance.now() - started);
  return scan;
}

const LARGE_HELLO = 'the server does not answer a large ClientHello; it was asked with small ones';
/** Among these nearly every server of TLS 1.2 finds one. */
const COMMON_SUITES = [0xc02f, 0xc030, 0xc02b, 0x009c, 0x002f, 0x0035, 0x000a];

/** Some servers drop or refuse a hello above 255 bytes or 127 suites; a small one tells whether that is it. */
async function answersSmall(dialer: Dialer, gathered: Gathered, mustAgree = false): Promise<boolean> {
  const reply = await dialer.ask(
    olderHello(TLS12, COMMON_SUITES, { serverName: dialer.target.serverName, size: 'small' }),
    { attempts: 2 },
  );
  if (reply.kind !== 'answer') return false;
  const hello = reply.answer.serverHello;
  if (mustAgree ? hello?.version !== TLS12 || !COMMON_SUITES.includes(hello.suite) : !hello && !reply.answer.alert)
    return false;
  gather(reply.answer, gathered, 'small');
  return true;
}

/** Refused, and not because of the version. */
function refusedWithoutReason(found: VersionScan): boolean {
  return found.offered === 'no' && !found.because.includes('version');
}

/** TLS 1.2 that was refused for another reason than its version is asked for once more with a small hello. */
async function retriedSmaller(
  dialer: Dialer,
  found: VersionScan,
  gathered: Gathered,
  scan: EndpointScan,
  questions: FurtherQuestions,
): Promise<VersionScan> {
  if (!refusedWithoutReason(found)) return found;
  if (!(await answersSmall(dialer, gathered, true))) return found;
  scan.notes.push('the server refuses a large ClientHello of TLS 1.2; it was asked with small ones');
  questions.size = 'small';
  return scanOlderVersion(dialer, TLS12, 'small', gathered);
}

async function scanSsl2(dialer: Dialer): Promise<VersionScan> {
  const scan = unasked(SSL2);
  const { answered } = dialer;
  const reply = await dialer.ask(writeSsl2Hello(SSL2_KINDS), {
    timeoutMs: Math.min(dialer.gentleness.timeoutMs, SSL2_PATIENCE_MS),
    silenceExpected: true,
  });
  if (reply.kind === 'answer' && reply.answer.ssl2) {
    scan.offered = reply.answer.ssl2.kinds.length > 0 ? 'yes' : 'no';
    scan.because = scan.offered === 'yes' ? 'answered with a SERVER-HELLO' : 'answered, but offers no cipher kind';
    scan.suites = reply.answer.ssl2.kinds;
  } else if (reply.kind === 'answer')
    scan.because = reply.answer.alert ? refusal(reply.answer.alert.description) : 'no SSL 2.0 answer';
  else if (reply.kind === 'dropped' && reply.deliberate !== false)
    scan.because = `refused without an alert (${reply.how})`;
  else if (reply.kind === 'unknown' && reply.failure === 'timeout-answer' && dialer.answered > answered) {
    // What does not know SSL 2.0 may wait for the rest of a record that is none.
    scan.because = 'silent on the SSL 2.0 hello while others were answered';
  } else {
    scan.offered = 'unknown';
    scan.complete = false;
    scan.because = `no answer to the SSL 2.0 hello: ${reply.kind === 'dropped' ? reply.how : reply.why}`;
  }
  return scan;
}

function deriveKeyFacts(scan: EndpointScan, gathered: Gathered): void {
  const primes = new Map<string, number>();
  const publics = new Map<string, number>();
  const points = new Map<string, number>();
  for (const { facts } of gathered.keyExchanges) {
    if (facts.dh) {
      primes.set(facts.dh.prime, facts.dh.bits);
      publics.set(facts.dh.publicKey, (publics.get(facts.dh.publicKey) ?? 0) + 1);
    }
    if (facts.point) points.set(facts.point, (points.get(facts.point) ?? 0) + 1);
    if (facts.rsaBits) scan.features.exportRsaBits = facts.rsaBits;
  }
  if (primes.size > 0) scan.features.dh = [...primes].map(([prime, bits]) => ({ bits, prime }));
  const reuse: ('DH' | 'ECDH')[] = [];
  if ([...publics.values()].some((n) => n > 1)) reuse.push('DH');
  if ([...points.values()].some((n) => n > 1)) reuse.push('ECDH');
  if (gathered.keyExchanges.length > 1) scan.features.keyReuse = reuse;
}
