/** TLS 1.3 suites and groups by elimination over HelloRetryRequests, so that no key has to be made, ML-KEM included. */
import { KEY_SHARE_GROUPS, makeKeyShare } from '../../tls/key-share.ts';
import { isTls13, TLS13, versionName } from '../../tls/registries/index.ts';
import type { Dialer } from './dialer.ts';
import { COMMON_GROUPS, OFFERED_GROUPS, type Size, TLS13_SUITES, tls13Hello } from './hellos.ts';
import { refusal, unasked, type VersionScan } from './older-versions.ts';

export interface Tls13Scan extends VersionScan {
  groups: number[];
}

interface Pick {
  suite: number;
  group: number | undefined;
}

/** Those that clients name, X25519MLKEM768 among them. */
const GROUPS_OF_SMALL_HELLOS: readonly number[] = [...COMMON_GROUPS, 30, 4588];

/** Lists into which the groups are dealt when the server is far away; each further one costs a refusal. */
const PARTS_OF_GROUPS = 4;

/**
 * Enumerates suites, groups and whose order counts. A server that cannot take a large hello is asked for fewer groups.
 * @param onFirst told what the first answer shows, while the rest is still asked for
 */
export async function scanTls13(
  dialer: Dialer,
  size: Size = 'full',
  onFirst: (scan: Tls13Scan) => void = () => {},
): Promise<Tls13Scan> {
  const scan: Tls13Scan = { ...unasked(TLS13), groups: [] };
  const asker = new Asker(dialer, scan, size === 'small');
  const first = await asker.ask(TLS13_SUITES, asker.groups, true);
  if (!first) return scan;
  scan.offered = 'yes';
  scan.because = 'negotiated';
  note(first, scan);
  onFirst(scan);
  const rest = left(asker.groups, scan.groups);
  const count = dialer.line.isFar && scan.groups.length > 0 ? PARTS_OF_GROUPS : 1;
  const parts = Array.from({ length: count }, (_, i) => rest.filter((_group, j) => j % count === i));
  await Promise.all(
    parts.map((part, i) => (i === 0 ? suitesAndGroups(asker, scan, part) : groupsLeft(asker, scan, part))),
  );
  if (size === 'small') scan.notes.push('only common groups were asked for, in small hellos');
  return scan;
}

const left = (all: readonly number[], found: readonly number[]): number[] => all.filter((c) => !found.includes(c));

function note(pick: Pick, scan: Tls13Scan): void {
  scan.suites.push(pick.suite);
  if (pick.group !== undefined) scan.groups.push(pick.group);
}

/** Suite and group are picked independently, so one hello can ask for the next of both; most servers have three suites. */
async function suitesAndGroups(asker: Asker, scan: Tls13Scan, part: readonly number[]): Promise<void> {
  let hasGroups = scan.groups.length > 0;
  while (scan.suites.length < 3 && hasGroups) {
    const groups = left(part, scan.groups);
    const pick = groups.length > 0 ? await asker.ask(left(TLS13_SUITES, scan.suites), groups, false) : undefined;
    if (!pick) break;
    note(pick, scan);
    hasGroups = pick.group !== undefined;
  }
  await Promise.all([suitesLeft(asker, scan), groupsLeft(asker, scan, part)]);
}

async function suitesLeft(asker: Asker, scan: Tls13Scan): Promise<void> {
  for (;;) {
    const rest = left(TLS13_SUITES, scan.suites);
    if (rest.length === 0) break;
    const pick = await asker.ask(rest, asker.groups, false);
    if (!pick) break;
    scan.suites.push(pick.suite);
  }
  if (scan.suites.length < 2) return;
  // Picks that do not follow the order of the hellos are the server's own order already.
  const places = scan.suites.map((s) => TLS13_SUITES.indexOf(s));
  if (places.some((place, i) => i > 0 && place < places[i - 1]!)) {
    scan.preference = 'server';
    return;
  }
  const reversed = [...scan.suites].reverse();
  const pick = await asker.ask(reversed, asker.groups, false);
  if (pick) scan.preference = pick.suite === reversed[0] ? 'client' : 'server';
}

async function groupsLeft(asker: Asker, scan: Tls13Scan, part: readonly number[]): Promise<void> {
  for (;;) {
    const rest = left(part, scan.groups);
    const pick = rest.length > 0 ? await asker.ask(TLS13_SUITES, rest, false) : undefined;
    if (pick?.group === undefined) return;
    scan.groups.push(pick.group);
  }
}

/** Asks one hello at a time and judges the answer; remembers that a server wants key shares. */
class Asker {
  readonly #dialer: Dialer;
  readonly #scan: Tls13Scan;
  readonly #small: boolean;
  /** Groups that are looked for. */
  readonly groups: readonly number[];
  #sendShares = false;

  constructor(dialer: Dialer, scan: Tls13Scan, small: boolean) {
    this.#dialer = dialer;
    this.#scan = scan;
    this.#small = small;
    this.groups = small ? GROUPS_OF_SMALL_HELLOS : OFFERED_GROUPS;
  }

  async ask(suites: readonly number[], groups: readonly number[], isFirst: boolean): Promise<Pick | undefined> {
    const dialer = this.#dialer;
    const scan = this.#scan;
    const group = this.#sendShares ? KEY_SHARE_GROUPS.find((g) => groups.includes(g)) : undefined;
    const share = group === undefined ? undefined : makeKeyShare(group);
    const reply = await dialer.ask(
      tls13Hello(suites, groups, {
        serverName: dialer.target.serverName,
        ...(share ? { keyShares: [share] } : {}),
        small: this.#small,
      }),
      { helloOnly: true },
    );
    if (reply.kind !== 'answer') {
      const why = reply.kind === 'unknown' ? reply.why : `${reply.attempts} of ${reply.attempts} attempts ${reply.how}`;
      const refused = reply.kind === 'dropped' && reply.deliberate !== false;
      if (isFirst) scan.because = refused ? `refused without an alert (${why})` : why;
      if (!refused) {
        scan.complete = false;
        scan.gap = why;
        if (isFirst) scan.offered = 'unknown';
        dialer.troubles.add(`${scan.protocol}: ${why}`);
      }
      return undefined;
    }
    const { answer } = reply;
    const hello = answer.serverHello;
    if (!hello) {
      // Decode, illegal-parameter and missing-extension alerts may mean that the server cannot take an empty key_share list.
      if (isFirst && !this.#sendShares && answer.alert && [47, 50, 109].includes(answer.alert.description)) {
        this.#sendShares = true;
        const pick = await this.ask(suites, groups, isFirst);
        if (pick) scan.notes.push('the server rejects a ClientHello without key shares; it was asked with one');
        return pick;
      }
      if (isFirst)
        scan.because = answer.alert
          ? refusal(answer.alert.description)
          : answer.plaintext !== undefined
            ? 'the server did not answer in TLS'
            : (answer.malformed ?? 'the answer holds no ServerHello');
      if (answer.malformed !== undefined) {
        scan.notes.push(answer.malformed);
        scan.gap = answer.malformed;
        scan.complete = false;
        if (isFirst) scan.offered = 'unknown';
      }
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
}
