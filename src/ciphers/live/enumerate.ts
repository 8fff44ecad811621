/** The whole enumeration of one endpoint. */

import { writeSsl2Hello } from '../../tls/hello-writer.ts';
import {
  FALLBACK_SCSV,
  groupName,
  parseSuite,
  SSL2,
  SSL3,
  signatureSchemeName,
  suiteName,
  TLS10,
  TLS11,
  TLS12,
  versionName,
} from '../../tls/registries/index.ts';
import { Dialer, type DialerTarget, type Gentleness } from './dialer.ts';
import { ALL_SIGNATURES, OLDER_GROUPS, olderHello, type Size } from './hellos.ts';
import { gather, NOT_TLS, scanOlderVersion, type VersionScan } from './older-versions.ts';
import type { EndpointScan, Gathered, OfferedGroup } from './scan-types.ts';
import { scanTls13 } from './tls13.ts';
import { probeVulnerabilities } from './vulnerabilities.ts';

export interface EnumerateOptions {
  gentleness?: Partial<Gentleness>;
  /** Signature algorithms, FALLBACK_SCSV, Heartbleed and CCS as well. */
  deep?: boolean;
  signal?: AbortSignal;
}

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

  // The first hello also finds out whether anyone is there; only then the rest goes out.
  const newest = await scanOlderVersion(dialer, TLS12, 'full', gathered);
  if (dialer.answered === 0 && newest.offered === 'unknown') {
    const small = await retrySmaller(dialer, gathered, scan);
    if (!small) return unreachable(scan, dialer, newest.because, started);
  }
  // A port that speaks something else is not asked any further.
  if (newest.because === NOT_TLS) return unreachable(scan, dialer, NOT_TLS, started);
  const size: Size = scan.notes.some((n) => n.includes('large ClientHello')) ? 'small' : 'full';
  const tls12 = size === 'full' ? newest : await scanOlderVersion(dialer, TLS12, size, gathered);
  const [ssl2, ssl3, tls10, tls11, tls13] = (await Promise.all([
    scanSsl2(dialer),
    ...[SSL3, TLS10, TLS11].map((v) => scanOlderVersion(dialer, v, size, gathered)),
    scanTls13(dialer),
  ] as const)) as [
    Awaited<ReturnType<typeof scanSsl2>>,
    VersionScan,
    VersionScan,
    VersionScan,
    Awaited<ReturnType<typeof scanTls13>>,
  ];

  const versions: VersionScan[] = [ssl2, ssl3, tls10, tls11, tls12, tls13];
  for (const v of versions) {
    scan.notes.push(...v.notes.map((n) => `${v.protocol}: ${n}`));
    scan.suites.push(...v.suites.map((code) => ({ code, name: suiteName(code), protocol: v.protocol })));
  }
  scan.groups.push(...tls13.groups.map((code) => ({ code, name: groupName(code), protocol: tls13.protocol })));
  await olderGroups(dialer, versions, size, gathered, scan);
  await preferences(dialer, versions, size);
  if (options.deep) {
    await signatureAlgorithms(dialer, tls12, size, scan);
    await fallback(dialer, versions, size, gathered);
    await probeVulnerabilities(dialer, versions, gathered.features);
  }
  for (const v of versions) {
    scan.protocols.push({
      protocol: v.protocol,
      version: v.version,
      offered: v.offered,
      because: v.because,
      complete: v.complete,
      ...(v.preference ? { preference: v.preference } : {}),
    });
    if (!v.complete) scan.incomplete.push(`${v.protocol}: ${v.because || 'not all suites could be asked for'}`);
  }
  if (dialer.recoveredDrops > 0)
    scan.notes.push(`the server dropped ${dialer.recoveredDrops} connections whose hello it answered when asked again`);
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
    scan.error = `no protocol version could be negotiated (${[...new Set(scan.protocols.map((p) => p.because))].slice(0, 3).join('; ')})`;
    if (scan.incomplete.length === 0) scan.incomplete.push(scan.error);
  }
  scan.complete = scan.incomplete.length === 0;
  scan.connections = dialer.connections;
  scan.milliseconds = Math.round(performance.now() - started);
  return scan;
}

function unreachable(scan: EndpointScan, dialer: Dialer, why: string, started: number): EndpointScan {
  scan.error = why;
  scan.incomplete = [why];
  scan.complete = false;
  scan.connections = dialer.connections;
  scan.milliseconds = Math.round(performance.now() - started);
  return scan;
}

/** Some servers drop a hello above 255 bytes or 127 suites; a small one tells whether that is it. */
async function retrySmaller(dialer: Dialer, gathered: Gathered, scan: EndpointScan): Promise<boolean> {
  const reply = await dialer.ask(
    olderHello(TLS12, [0xc02f, 0xc030, 0xc02b, 0x009c, 0x002f, 0x0035, 0x000a], {
      serverName: dialer.target.serverName,
      size: 'small',
    }),
    { attempts: 2 },
  );
  if (reply.kind !== 'answer' || (!reply.answer.serverHello && !reply.answer.alert)) return false;
  gather(reply.answer, gathered);
  scan.notes.push('the server does not answer a large ClientHello; it was asked with small ones');
  dialer.troubles.clear();
  return true;
}

async function scanSsl2(dialer: Dialer): Promise<VersionScan> {
  const scan: VersionScan = {
    protocol: versionName(SSL2),
    version: SSL2,
    offered: 'no',
    because: '',
    complete: true,
    suites: [],
    notes: [],
  };
  const reply = await dialer.ask(writeSsl2Hello(SSL2_KINDS), {
    attempts: 2,
    timeoutMs: Math.min(dialer.gentleness.timeoutMs, 4000),
  });
  if (reply.kind === 'answer' && reply.answer.ssl2) {
    scan.offered = reply.answer.ssl2.kinds.length > 0 ? 'yes' : 'no';
    scan.because = scan.offered === 'yes' ? 'answered with a SERVER-HELLO' : 'answered, but offers no cipher kind';
    scan.suites = reply.answer.ssl2.kinds;
  } else if (reply.kind === 'answer')
    scan.because = reply.answer.alert ? `refused with alert ${reply.answer.alert.description}` : 'no SSL 2.0 answer';
  else if (reply.kind === 'dropped') scan.because = `refused without an alert (${reply.how})`;
  else {
    scan.offered = 'unknown';
    scan.complete = false;
    scan.because = `no answer to the SSL 2.0 hello: ${reply.why}`;
  }
  return scan;
}

/** Curves below TLS 1.3, by the ServerKeyExchange of the newest version that has an ECDHE suite. */
async function olderGroups(
  dialer: Dialer,
  versions: VersionScan[],
  size: Size,
  gathered: Gathered,
  scan: EndpointScan,
): Promise<void> {
  const version = versions
    .filter((v) => v.version > SSL3 && v.version <= TLS12)
    .findLast((v) => v.suites.some((s) => parseSuite(s)?.keyExchange === 'ECDHE'));
  if (!version) return;
  const suites = version.suites.filter((s) => parseSuite(s)?.keyExchange === 'ECDHE');
  const found: OfferedGroup[] = [];
  let rest: number[] = [...OLDER_GROUPS];
  // An ECDSA certificate is only used when its curve is offered too, so the first curve of such a server stays in the list, last.
  const onlyEcdsa = suites.every((s) => parseSuite(s)?.authentication === 'ECDSA');
  let kept: number | undefined;
  while (rest.length > 0) {
    const groups = kept === undefined ? rest : [...rest.filter((g) => g !== kept), kept];
    const reply = await dialer.ask(
      olderHello(version.version, suites, {
        serverName: dialer.target.serverName,
        size: size === 'small' ? 'medium' : size,
        groups,
      }),
    );
    if (reply.kind !== 'answer') {
      if (reply.kind === 'unknown' || reply.how === 'reset') {
        dialer.troubles.add(`${version.protocol}: not all groups could be asked for`);
      }
      break;
    }
    const group = reply.answer.keyExchange?.group;
    if (group === undefined && onlyEcdsa && kept === undefined && found.length > 0) {
      kept = found[0]!.code;
      continue;
    }
    if (group === undefined) break;
    if (found.some((g) => g.code === group)) {
      if (group === kept && groups.length > 1)
        scan.notes.push(
          `${version.protocol}: further groups cannot be told apart, the server always prefers ${groupName(group)}`,
        );
      break;
    }
    gather(reply.answer, gathered);
    found.push({ code: group, name: groupName(group), protocol: version.protocol });
    rest = rest.filter((g) => g !== group);
  }
  scan.groups.push(...found);
}

/** One hello with the found suites in reverse: the same pick again means that the server's order decides. */
async function preferences(dialer: Dialer, versions: VersionScan[], size: Size): Promise<void> {
  const version = versions.filter((v) => v.version > SSL2 && v.version <= TLS12 && v.suites.length > 1).at(-1);
  if (!version) return;
  const reversed = [...version.suites].reverse();
  const reply = await dialer.ask(olderHello(version.version, reversed, { serverName: dialer.target.serverName, size }));
  const suite = reply.kind === 'answer' ? reply.answer.serverHello?.suite : undefined;
  if (suite === undefined) return;
  version.preference = suite === reversed[0] ? 'client' : 'server';
}

async function signatureAlgorithms(dialer: Dialer, tls12: VersionScan, size: Size, scan: EndpointScan): Promise<void> {
  const suites = tls12.suites.filter(
    (s) => ['ECDHE', 'DHE'].includes(parseSuite(s)?.keyExchange ?? '') && parseSuite(s)?.authentication !== 'anon',
  );
  if (suites.length === 0) return;
  let rest = [...ALL_SIGNATURES];
  while (rest.length > 0) {
    const reply = await dialer.ask(
      olderHello(TLS12, suites, {
        serverName: dialer.target.serverName,
        size: size === 'small' ? 'medium' : size,
        signatures: rest,
      }),
    );
    const code = reply.kind === 'answer' ? reply.answer.keyExchange?.signatureAlgorithm : undefined;
    if (code === undefined || !rest.includes(code)) {
      if (reply.kind === 'unknown') dialer.troubles.add('not all signature algorithms could be asked for');
      return;
    }
    scan.signatureAlgorithms.push({ code, name: signatureSchemeName(code), protocol: tls12.protocol });
    rest = rest.filter((s) => s !== code);
  }
}

/** RFC 7507: a hello below the best version with the signal must be refused with alert 86. */
async function fallback(dialer: Dialer, versions: VersionScan[], size: Size, gathered: Gathered): Promise<void> {
  const offered = versions.filter((v) => v.version > SSL2 && v.offered === 'yes');
  const lower = offered.filter((v) => v.version <= TLS12).at(-1);
  const best = offered.at(-1);
  const candidate = lower === best ? offered.filter((v) => v.version <= TLS12).at(-2) : lower;
  if (!candidate || !best || candidate === best) return;
  const reply = await dialer.ask(
    olderHello(candidate.version, [...candidate.suites, FALLBACK_SCSV], { serverName: dialer.target.serverName, size }),
  );
  if (reply.kind !== 'answer') return;
  if (reply.answer.alert?.description === 86) gathered.features.fallbackScsv = true;
  else if (reply.answer.serverHello) gathered.features.fallbackScsv = false;
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
