/** TLS 1.3 suites and groups by elimination over HelloRetryRequests, so that no key has to be made, ML-KEM included. */
import { generateKeyPairSync } from 'node:crypto';
import { isTls13, TLS13, versionName } from '../../tls/registries/index.ts';
import type { Dialer } from './dialer.ts';
import { ALL_GROUPS, OFFERED_GROUPS, TLS13_SUITES, tls13Hello } from './hellos.ts';
import type { VersionScan } from './older-versions.ts';

export interface Tls13Scan extends VersionScan {
  groups: number[];
  groupsComplete: boolean;
}

interface Pick {
  suite: number;
  group: number | undefined;
}

/** Enumerates suites and groups of TLS 1.3. */
export async function scanTls13(dialer: Dialer): Promise<Tls13Scan> {
  const scan: Tls13Scan = {
    protocol: versionName(TLS13),
    version: TLS13,
    offered: 'no',
    because: '',
    complete: true,
    suites: [],
    groups: [],
    groupsComplete: true,
    notes: [],
  };
  const first = await ask(dialer, TLS13_SUITES, OFFERED_GROUPS, scan, true);
  if (!first) return scan;
  scan.offered = 'yes';
  scan.because = 'negotiated';
  scan.suites.push(first.suite);
  if (first.group !== undefined) scan.groups.push(first.group);
  await Promise.all([restOfSuites(dialer, scan), restOfGroups(dialer, scan)]);
  return scan;
}

async function restOfSuites(dialer: Dialer, scan: Tls13Scan): Promise<void> {
  for (;;) {
    const rest = TLS13_SUITES.filter((c) => !scan.suites.includes(c));
    if (rest.length === 0) return;
    const pick = await ask(dialer, rest, OFFERED_GROUPS, scan, false);
    if (!pick) return;
    scan.suites.push(pick.suite);
  }
}

async function restOfGroups(dialer: Dialer, scan: Tls13Scan): Promise<void> {
  const before = scan.complete;
  for (;;) {
    const rest = ALL_GROUPS.filter((g) => !scan.groups.includes(g));
    const pick = await ask(dialer, TLS13_SUITES, rest, scan, false);
    if (pick?.group === undefined) break;
    scan.groups.push(pick.group);
  }
  if (before && !scan.complete) scan.groupsComplete = false;
}

async function ask(
  dialer: Dialer,
  suites: readonly number[],
  groups: readonly number[],
  scan: Tls13Scan,
  isFirst: boolean,
): Promise<Pick | undefined> {
  const reply = await dialer.ask(tls13Hello(suites, groups, { serverName: dialer.target.serverName }), {
    helloOnly: true,
  });
  if (reply.kind === 'unknown' || reply.kind === 'dropped') {
    const why = reply.kind === 'unknown' ? reply.why : `${reply.attempts} of ${reply.attempts} attempts ${reply.how}`;
    const deliberate =
      reply.kind === 'dropped' &&
      isFirst &&
      (reply.how === 'closed' || (dialer.recoveredDrops === 0 && reply.attempts >= 3));
    if (isFirst) scan.because = deliberate ? `refused without an alert (${why})` : why;
    if (!deliberate) {
      scan.complete = false;
      if (isFirst) scan.offered = 'unknown';
      dialer.troubles.add(`TLSv1.3: ${why}`);
    }
    return undefined;
  }
  const { answer } = reply;
  const hello = answer.serverHello;
  if (!hello) {
    // Decode and illegal-parameter alerts may mean that the server cannot take an empty key_share list.
    if (isFirst && answer.alert && [47, 50].includes(answer.alert.description))
      return askWithShare(dialer, suites, groups, scan);
    if (isFirst)
      scan.because = answer.alert
        ? `refused with alert ${answer.alert.description}`
        : answer.plaintext !== undefined
          ? 'the server did not answer in TLS'
          : 'the answer holds no ServerHello';
    return undefined;
  }
  if (!isTls13(hello.version)) {
    if (isFirst) scan.because = `the server chose version ${versionName(hello.version)}`;
    return undefined;
  }
  if (!suites.includes(hello.suite) || (hello.group !== undefined && !groups.includes(hello.group))) {
    scan.notes.push('answered with a suite or group that was not offered; taken as a refusal');
    return undefined;
  }
  return { suite: hello.suite, group: hello.group };
}

/** One X25519 share, for servers that reject an empty list; other groups still show up as retry requests. */
async function askWithShare(
  dialer: Dialer,
  suites: readonly number[],
  groups: readonly number[],
  scan: Tls13Scan,
): Promise<Pick | undefined> {
  const { publicKey } = generateKeyPairSync('x25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const reply = await dialer.ask(
    tls13Hello(suites, groups, { serverName: dialer.target.serverName, keyShares: [{ group: 29, key }] }),
    { helloOnly: true },
  );
  const hello = reply.kind === 'answer' ? reply.answer.serverHello : undefined;
  if (!hello || !isTls13(hello.version)) return undefined;
  scan.notes.push('the server rejects a ClientHello without key shares; only its first suite and group could be read');
  scan.complete = false;
  return { suite: hello.suite, group: hello.group };
}
