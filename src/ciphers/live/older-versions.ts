/** Suites of SSL 3.0 to TLS 1.2 by elimination: offer all that are left, note the pick, offer the rest, until refused. */
import { alertName, isTls13, parseSuite, suiteName, TLS12, versionName } from '../../tls/registries/index.ts';
import type { Dialer, Reply } from './dialer.ts';
import type { GroupTracker } from './group-tracker.ts';
import { OLDER_SUITES, olderHello, type Size, SUITES_PER_HELLO } from './hellos.ts';
import type { Gathered, ProtocolResult } from './scan-types.ts';
import type { ServerAnswer } from './server-answer.ts';

export interface VersionScan extends ProtocolResult {
  suites: number[];
  notes: string[];
  /** Why suites may be missing. */
  gap?: string;
  /** Times the list was dealt out to more connections. */
  splits: number;
}

export interface OlderVersionOptions {
  /** Learns curves on the way; only with hellos of full size. */
  groups?: GroupTracker;
}

/** Reason of a version that was answered with something other than TLS. */
export const NOT_TLS = 'the server did not answer in TLS';
/** Above this the round trip rules, and a long list is dealt out to connections that would otherwise be idle. */
const FAR_MS = 20;
const LEAST_BATCH = 24;
const MOST_SPLITS = 3;

/** Enumerates one version. `size` may be lowered by the caller for servers that cannot take a full hello. */
export async function scanOlderVersion(
  dialer: Dialer,
  version: number,
  size: Size,
  gathered: Gathered,
  options: OlderVersionOptions = {},
): Promise<VersionScan> {
  const scan: VersionScan = {
    protocol: versionName(version),
    version,
    offered: 'no',
    because: '',
    complete: true,
    suites: [],
    notes: [],
    splits: 0,
  };
  const perHello = SUITES_PER_HELLO[size];
  const lists: number[][] = [];
  for (let i = 0; i < OLDER_SUITES.length; i += perHello) lists.push(OLDER_SUITES.slice(i, i + perHello));
  for (const list of lists) {
    await eliminate(dialer, version, size, list, scan, gathered, options);
    if (scan.offered === 'unknown' || (scan.offered === 'no' && scan.because.includes('version'))) break;
  }
  return scan;
}

async function eliminate(
  dialer: Dialer,
  version: number,
  size: Size,
  offered: readonly number[],
  scan: VersionScan,
  gathered: Gathered,
  options: OlderVersionOptions,
): Promise<void> {
  let rest = [...offered];
  while (rest.length > 0) {
    const offer = size === 'full' ? options.groups?.offer() : undefined;
    const reply = await dialer.ask(
      olderHello(version, rest, {
        serverName: dialer.target.serverName,
        size,
        ...(offer ? { groups: offer.groups } : {}),
      }),
    );
    const picked = judge(reply, rest, version, scan);
    if (picked === undefined && wantsUserName(reply) && rest.some(isSrp)) {
      await eliminateSrp(dialer, version, size, rest.filter(isSrp), scan);
      rest = rest.filter((c) => !isSrp(c));
      continue;
    }
    if (picked === undefined) {
      rest = withoutEcdsa(rest, scan);
      if (rest.length === 0) return;
      // From here on the order of the picks says nothing about whose order counts.
      scan.splits++;
      continue;
    }
    gather(picked.answer, gathered);
    scan.offered = 'yes';
    scan.because = 'negotiated';
    scan.suites.push(picked.suite);
    const group = picked.answer.keyExchange?.group;
    if (offer && group !== undefined) options.groups?.note(group, offer);
    rest = rest.filter((c) => c !== picked.suite);
    const parts = Math.min(dialer.line.idle + 1, 1 + MOST_SPLITS - scan.splits, Math.floor(rest.length / LEAST_BATCH));
    if (parts > 1 && dialer.fastestMs > FAR_MS && scan.suites.length >= 3) {
      scan.splits += parts - 1;
      await inBatches(dialer, version, size, rest, parts, scan, gathered, options);
      return;
    }
  }
}

const isSrp = (code: number): boolean => suiteName(code).startsWith('TLS_SRP_');

/** unknown_psk_identity: an SRP suite was picked, which needs a user name (RFC 5054 section 2.5.1.3). */
function wantsUserName(reply: Reply): boolean {
  return reply.kind === 'answer' && reply.answer.alert?.description === 115;
}

/** Each SRP suite alone: the complaint about the user name says that the suite is accepted. */
async function eliminateSrp(
  dialer: Dialer,
  version: number,
  size: Size,
  suites: readonly number[],
  scan: VersionScan,
): Promise<void> {
  for (const suite of suites) {
    const reply = await dialer.ask(olderHello(version, [suite], { serverName: dialer.target.serverName, size }));
    if (reply.kind === 'unknown') scan.complete = false;
    if (!wantsUserName(reply)) continue;
    scan.offered = 'yes';
    scan.because = 'negotiated';
    scan.suites.push(suite);
  }
}

/**
 * Servers with two certificates, HAProxy among them, take the ECDSA one for every client that offers any ECDSA suite, known to
 * them or not. After a refusal the rest is therefore asked once more without such suites, when only ECDSA ones were found.
 */
function withoutEcdsa(rest: readonly number[], scan: VersionScan): number[] {
  const isEcdsa = (code: number): boolean => parseSuite(code)?.authentication === 'ECDSA';
  if (scan.offered !== 'yes' || !scan.complete || !scan.suites.every(isEcdsa)) return [];
  const others = rest.filter((c) => !isEcdsa(c));
  return others.length < rest.length ? others : [];
}

/** Suites of one family tend to be accepted together, so they are dealt out like cards to keep the batches even. */
async function inBatches(
  dialer: Dialer,
  version: number,
  size: Size,
  rest: readonly number[],
  count: number,
  scan: VersionScan,
  gathered: Gathered,
  options: OlderVersionOptions,
): Promise<void> {
  const batches = Array.from({ length: count }, (_, i) => rest.filter((_c, j) => j % count === i));
  await Promise.all(batches.map((batch) => eliminate(dialer, version, size, batch, scan, gathered, options)));
}

/** The suite the server picked, or undefined when it refused or nothing can be said; the reason goes into `scan`. */
function judge(
  reply: Reply,
  offered: readonly number[],
  version: number,
  scan: VersionScan,
): { suite: number; answer: ServerAnswer } | undefined {
  const started = scan.suites.length > 0;
  if (reply.kind === 'unknown') {
    scan.complete = false;
    scan.gap = reply.why;
    if (!started) {
      scan.offered = 'unknown';
      scan.because = reply.why;
    }
    return undefined;
  }
  if (reply.kind === 'dropped') {
    const times = `${reply.attempts} of ${reply.attempts} attempts ${reply.how}`;
    if (reply.deliberate === false) {
      scan.complete = false;
      scan.gap = `${times}, and so were others`;
      if (!started) scan.offered = 'unknown';
    }
    if (!started) scan.because = `refused without an alert (${times})`;
    return undefined;
  }
  const { answer } = reply;
  if (answer.serverHello) {
    const { version: chosen, suite } = answer.serverHello;
    if (chosen !== version) {
      if (!started)
        scan.because = isTls13(chosen)
          ? `answered with ${versionName(chosen)}, a version that was not offered`
          : `the server chose version ${versionName(chosen)}`;
      return undefined;
    }
    if (!offered.includes(suite)) {
      scan.notes.push(
        `answered with suite 0x${suite.toString(16).padStart(4, '0')}, which was not offered; taken as a refusal`,
      );
      return undefined;
    }
    return { suite, answer };
  }
  if (!started) {
    if (answer.alert) scan.because = refusal(answer.alert.description);
    else if (answer.plaintext !== undefined) scan.because = NOT_TLS;
    else scan.because = answer.malformed ?? 'the answer holds no ServerHello';
  }
  if (answer.malformed !== undefined) {
    scan.notes.push(answer.malformed);
    scan.gap = answer.malformed;
    scan.complete = false;
    if (!started) scan.offered = 'unknown';
  }
  return undefined;
}

/** How a refusal by alert is told. */
export function refusal(alert: number): string {
  return alert === 70 ? 'refused: protocol version (alert 70)' : `refused with alert ${alert} (${alertName(alert)})`;
}

/** Notes everything else that a handshake of the enumeration shows. */
export function gather(answer: ServerAnswer, into: Gathered): void {
  const hello = answer.serverHello;
  if (!hello || isTls13(hello.version)) return;
  const suite = parseSuite(hello.suite);
  const { features } = into;
  if (answer.keyExchange) into.keyExchanges.push({ suite: hello.suite, facts: answer.keyExchange });
  if (answer.certificates.length > 0 && suite && !into.certificates.has(suite.authentication)) {
    into.certificates.set(suite.authentication, { chain: answer.certificates, authentication: suite.authentication });
  }
  if (answer.certificateRequest) {
    into.clientCertificate.requested = true;
    for (const name of answer.certificateRequest.authorities) into.clientCertificate.acceptableCas.add(name);
  }
  if (answer.compression === 1) features.compression = true;
  else features.compression ??= false;
  if (hello.extensions.length === 0 && hello.version < 0x0301) return;
  const echo = (
    key: 'extendedMasterSecret' | 'secureRenegotiation' | 'sessionTickets' | 'heartbeat',
    type: number,
  ): void => {
    features[key] = features[key] === true || hello.extensions.includes(type);
  };
  echo('secureRenegotiation', 0xff01);
  echo('extendedMasterSecret', 23);
  echo('sessionTickets', 35);
  echo('heartbeat', 15);
  features.stapling = features.stapling === true || answer.stapled !== undefined;
  // RFC 7366: the extension is only answered for block ciphers.
  if (suite && /_CBC$/.test(suite.encryption))
    features.encryptThenMac = features.encryptThenMac === true || hello.extensions.includes(22);
  if (hello.version < TLS12 && hello.downgrade) features.downgradeProtection = true;
}
