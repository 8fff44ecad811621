/** Flows explain each other: the same server refuses one hello and answers another. */
import { isGrease } from '../../tls/registries/grease.ts';
import { groupName } from '../../tls/registries/groups.ts';
import { isTls13 } from '../../tls/registries/versions.ts';
import type { ClientHelloInfo, HandshakeVerdict, TargetObservation } from '../../tls/types.ts';
import { realSuites } from './alerts.ts';
import { type JudgedCase, serverKey, verdict } from './case.ts';
import { certificateFacts, chainProblem } from './certificate-facts.ts';
import { judgeSilentLeave } from './silent-leave.ts';

/** Verdicts that say "no answer to the hello" in some way. */
const NO_ANSWER: ReadonlySet<string> = new Set([
  'server_reset_after_clienthello',
  'server_closed_after_clienthello',
  'server_accepts_but_no_reply',
  'drop_after_clienthello',
]);

/** Verdicts that a flood turns into its own. */
const DANGLING: ReadonlySet<string> = new Set([
  'syn_blackhole',
  'half_open',
  'incomplete_capture',
  'reply_lost_on_path',
]);

/** The server refused what was offered. */
const REFUSED_OFFER: ReadonlySet<string> = new Set(['alert40', 'alert47', 'no_shared_cipher', 'no_shared_group']);

/** Ends of handshakes that do not say why. */
const SILENT_ENDS: ReadonlySet<string> = new Set(['client_aborted_handshake', 'server_cert_rejected']);
const CERTIFICATE_VERDICTS: ReadonlySet<string> = new Set([
  'server_cert_expired',
  'server_cert_not_yet_valid',
  'server_cert_untrusted',
  'server_cert_name_mismatch',
  'server_cert_revoked',
]);

/** One segment of an ordinary path: a hello above this is split. */
const ONE_SEGMENT = 1400;
/** Intervals and reasons remembered per client or name: enough for any rule, bounded for any input. */
const REMEMBERED = 2000;

export function hearNeighbours(cases: readonly JudgedCase[], targets: readonly TargetObservation[]): void {
  hearFloods(cases, targets);
  for (const group of byServer(cases)) {
    const speaksTls = group.some((item) => item.serverSpokeTls);
    if (speaksTls) for (const item of group) if (item.ifTlsPort) item.observation.verdict = item.ifTlsPort;
    if (group.length === 1) {
      silentLeaver(group[0]!);
      continue;
    }
    const wants = whatToAsk(group);
    if (!wants) continue;
    const summary = summarise(group, wants);
    for (const item of group) {
      silentLeaver(item, summary);
      if (item.observation.verdict.id === 'ok') continue;
      intolerance(item, summary);
      refusedOffer(item, summary);
      acceptQueue(item, summary);
      changedItsMind(item, summary);
      silentRefusal(item, summary);
      substitution(item, summary);
    }
  }
}

function byServer(cases: readonly JudgedCase[]): JudgedCase[][] {
  const servers = new Map<string, Map<number, JudgedCase[]>>();
  const groups: JudgedCase[][] = [];
  for (const item of cases) {
    const { address, port } = item.observation.server;
    let ports = servers.get(address);
    if (!ports) {
      ports = new Map();
      servers.set(address, ports);
    }
    let group = ports.get(port);
    if (!group) {
      group = [];
      ports.set(port, group);
      groups.push(group);
    }
    group.push(item);
  }
  return groups;
}

function hearFloods(cases: readonly JudgedCase[], targets: readonly TargetObservation[]): void {
  const floods = new Map(
    targets
      .filter((target) => target.synFlood)
      .map((target) => [`${target.server.address} ${target.server.port}`, target]),
  );
  if (floods.size === 0) return;
  for (const { observation } of cases) {
    const flood = floods.get(serverKey(observation));
    if (flood && (observation.time < flood.first || observation.time > flood.last)) continue;
    if (!flood || !DANGLING.has(observation.verdict.id) || observation.clientHello) continue;
    observation.verdict = verdict(
      'syn_flood',
      'client',
      'tcp',
      0.9,
      observation.verdict.frames,
      `one of ${flood.unanswered} openings from about ${flood.distinctClients} addresses that were never completed: a SYN flood`,
    );
  }
}

interface ServerSummary {
  /** Hellos that got a TLS answer of any kind. */
  answered: number;
  answered13: boolean;
  largestAnswered: number;
  /** A TLS 1.3 hello of one segment went unanswered. */
  small13Fails: boolean;
  chosenSuites: Set<number>;
  chosenGroups: Set<number>;
  /** Earliest acceptance of an offer. */
  acceptedOffers: Map<string, { time: number; version: number }>;
  living: Map<string, { from: number; to: number }[]>;
  /** By server name: what clients said of the certificate, and when full handshakes succeeded. */
  reasons: Map<string, { time: number; verdict: HandshakeVerdict }[]>;
  successes: Map<string, number[]>;
  /** By client and server name: when it completed a handshake and used the connection. */
  working: Map<string, number[]>;
  /** Fingerprints of certificates that were seen between accepted ones of another issuer. */
  substituted: Set<string>;
  /** Chains that the server sent in clear text (TLS 1.2), by server name. */
  chains: Map<string, { time: number; chain: string[]; accepted: boolean }[]>;
}

interface Questions {
  /** What others say of the server's certificate, and which they got. */
  certificates: boolean;
  lostSyns: boolean;
}

/** Which verdicts of the group neighbours could explain; undefined when there is none. */
function whatToAsk(group: readonly JudgedCase[]): Questions | undefined {
  const wants: Questions = { certificates: false, lostSyns: false };
  let any = false;
  for (const { observation, silentLeave } of group) {
    const { id } = observation.verdict;
    if (silentLeave) wants.certificates = any = true;
    if (id === 'ok') continue;
    if (SILENT_ENDS.has(id) || id === 'server_cert_untrusted') wants.certificates = true;
    else if (id === 'syn_blackhole') wants.lostSyns = true;
    else if (!NO_ANSWER.has(id) && !REFUSED_OFFER.has(id)) continue;
    any = true;
  }
  return any ? wants : undefined;
}

function summarise(group: readonly JudgedCase[], wants: Questions): ServerSummary {
  const summary: ServerSummary = {
    answered: 0,
    answered13: false,
    largestAnswered: 0,
    small13Fails: false,
    chosenSuites: new Set(),
    chosenGroups: new Set(),
    acceptedOffers: new Map(),
    living: new Map(),
    reasons: new Map(),
    successes: new Map(),
    working: new Map(),
    substituted: new Set(),
    chains: new Map(),
  };
  for (const { observation, helloRetry, silentLeave } of group) {
    const { clientHello: hello, serverHello, verdict: current } = observation;
    if (wants.lostSyns && observation.tcp.synAckSeen) {
      remember(summary.living, observation.client.address, {
        from: observation.time,
        to: observation.end ?? observation.time,
      });
    }
    if (hello) {
      if (serverHello || helloRetry || observation.alerts.some((alert) => alert.from === 'server')) {
        summary.answered++;
        summary.answered13 ||= offers13(hello);
        summary.largestAnswered = Math.max(summary.largestAnswered, hello.size);
      } else if (NO_ANSWER.has(current.id) && hello.size <= ONE_SEGMENT && offers13(hello)) summary.small13Fails = true;
      if (serverHello) {
        summary.chosenSuites.add(serverHello.suite);
        if (serverHello.group !== undefined) summary.chosenGroups.add(serverHello.group);
        const offer = offerKey(hello);
        const known = summary.acceptedOffers.get(offer);
        if (!known || observation.time < known.time)
          summary.acceptedOffers.set(offer, { time: observation.time, version: serverHello.version });
      }
      if (!wants.certificates) continue;
      const name = hello.sni ?? '';
      if (CERTIFICATE_VERDICTS.has(current.id) && !current.inferred)
        remember(summary.reasons, name, { time: observation.time, verdict: current });
      if (observation.serverCertificates)
        remember(summary.chains, name, {
          time: observation.time,
          chain: observation.serverCertificates,
          accepted: current.id === 'ok' && !silentLeave,
        });
      if (current.id !== 'ok' || silentLeave) continue;
      if (!observation.resumed) remember(summary.successes, name, observation.time);
      if (observation.applicationData) remember(summary.working, workingKey(observation), observation.time);
    }
  }
  return summary;
}

function remember<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (!list) map.set(key, [value]);
  else if (list.length < REMEMBERED) list.push(value);
}

const offers13 = (hello: ClientHelloInfo) => hello.versions.some(isTls13);

/** Hellos of one shape share their arrays, so that a key is made once a shape. */
const offerKeys = new WeakMap<readonly number[], string>();

function offerKey(hello: ClientHelloInfo): string {
  let key = offerKeys.get(hello.suites);
  if (key === undefined) {
    key = `${hello.suites.join()}|${hello.groups.join()}|${hello.versions.join()}`;
    offerKeys.set(hello.suites, key);
  }
  return key;
}

function intolerance({ observation, largeHello }: JudgedCase, summary: ServerSummary): void {
  const hello = observation.clientHello;
  if (!hello || !NO_ANSWER.has(observation.verdict.id) || summary.answered === 0) return;
  const { frames } = observation.verdict;
  const large = hello.size > ONE_SEGMENT || largeHello;
  const smaller = summary.largestAnswered < hello.size && summary.largestAnswered <= ONE_SEGMENT;
  if (large && smaller && (summary.answered13 || !summary.small13Fails)) {
    observation.verdict = verdict(
      'large_clienthello_intolerance',
      'server',
      'tls',
      summary.answered13 ? 0.85 : 0.65,
      frames,
      `the same server answers hellos of up to ${summary.largestAnswered} bytes but not this one of ${hello.size} bytes, which needs several segments`,
    );
  } else if (offers13(hello) && !summary.answered13) {
    observation.verdict = verdict(
      'tls13_intolerant_peer',
      'server',
      'tls',
      0.85,
      frames,
      'the same server answers hellos without TLS 1.3 but not this one with it',
    );
  }
}

/** alert 40: what the server chose for others tells whether suites or groups are the reason. */
function refusedOffer({ observation }: JudgedCase, summary: ServerSummary): void {
  const { verdict: current, clientHello: hello } = observation;
  if (!hello || summary.chosenSuites.size === 0 || !REFUSED_OFFER.has(current.id)) return;
  if (refusedAfterChange(observation, hello, summary)) return;
  const common = realSuites(hello).some((suite) => summary.chosenSuites.has(suite));
  const commonGroup = hello.groups.some((group) => summary.chosenGroups.has(group));
  if (
    summary.chosenGroups.size > 0 &&
    hello.groups.length > 0 &&
    !commonGroup &&
    (common || current.id === 'no_shared_group')
  ) {
    observation.verdict = verdict(
      'no_shared_group',
      'client',
      'tls',
      0.8,
      current.frames,
      `${current.says}; for other clients the server uses groups that this one does not offer`,
    );
  } else if (!common && current.id !== 'alert47') {
    observation.verdict = verdict(
      'no_shared_cipher',
      'client',
      'tls',
      0.85,
      current.frames,
      `${current.says}; for other clients the server uses suites that this one does not offer`,
    );
  }
}

/** The very same offer was accepted before: the server has changed, and a TLS 1.3 offer of few groups names the likely thing. */
function refusedAfterChange(
  observation: JudgedCase['observation'],
  hello: ClientHelloInfo,
  summary: ServerSummary,
): boolean {
  const before = summary.acceptedOffers.get(offerKey(hello));
  const current = observation.verdict;
  if (!before || before.time >= observation.time || current.id === 'alert47') return false;
  const groups = hello.groups.filter((group) => !isGrease(group));
  observation.verdict =
    isTls13(before.version) && groups.length > 0 && groups.length <= 3
      ? verdict(
          'no_shared_group',
          'server',
          'tls',
          0.55,
          current.frames,
          `the server refuses with handshake_failure (40) an offer it accepted earlier in TLS 1.3: its configuration has changed; suites of TLS 1.3 are rarely the reason, the offered groups (${groups.map(groupName).join(', ')}) the likeliest`,
        )
      : verdict(
          current.id,
          'server',
          'tls',
          current.confidence,
          current.frames,
          `${current.says}; the same offer was accepted earlier, so the server has changed`,
        );
  return true;
}

/**
 * Stacks that leave without a readable alert meet the same certificate as those that say why. Heard only when others
 * said so of the same server for the same name within ten minutes, and nobody with that name succeeded meanwhile.
 */
function silentRefusal({ observation }: JudgedCase, summary: ServerSummary): void {
  if (!SILENT_ENDS.has(observation.verdict.id)) return;
  const name = observation.clientHello?.sni ?? '';
  const near = (summary.reasons.get(name) ?? []).filter((other) => Math.abs(other.time - observation.time) < 600_000);
  const reason = near[0]?.verdict ?? knownChainProblem(observation, summary.chains.get(name) ?? []);
  if (!reason || near.some((other) => other.verdict.id !== reason.id)) return;
  if ((summary.successes.get(name) ?? []).some((time) => Math.abs(time - observation.time) < 60_000)) return;
  observation.verdict = verdict(
    reason.id,
    reason.side,
    'tls',
    0.65,
    observation.verdict.frames,
    `${observation.verdict.says}; other clients of the same server say why: ${reason.says}`,
    true,
  );
}

/**
 * A handshake that completed without a request after it. The same client working with the same server at the time (a
 * browser's spare connection, a check beside real traffic) clears it; otherwise what others say of the certificate
 * counts, then the certificate and the way it left.
 */
function silentLeaver({ observation, silentLeave }: JudgedCase, summary?: ServerSummary): void {
  if (!silentLeave || observation.verdict.id !== 'ok') return;
  const key = workingKey(observation);
  const near = (time: number) => Math.abs(time - observation.time) < 600_000;
  if (summary?.working.get(key)?.some(near)) return;
  const name = observation.clientHello?.sni ?? '';
  const told = (summary?.reasons.get(name) ?? []).find((other) => near(other.time))?.verdict;
  const own = judgeSilentLeave(observation, silentLeave);
  const vague = own === undefined || own.id === 'server_cert_rejected' || own.confidence < 0.6;
  const reason = vague
    ? (told ??
      (observation.serverCertificates ? undefined : knownChainProblem(observation, summary?.chains.get(name) ?? [])))
    : undefined;
  if (reason)
    observation.verdict = verdict(
      reason.id,
      reason.side,
      'tls',
      0.6,
      own?.frames ?? observation.verdict.frames,
      `the client completes the handshake and leaves without a request; other handshakes with the same server say why: ${reason.says}`,
      true,
    );
  else if (own) observation.verdict = own;
}

/** One program of one client (by the suites part of its JA4, which resumption leaves alone) and what it asked for. */
const workingKey = ({ client, clientHello }: JudgedCase['observation']) =>
  `${client.address} ${clientHello?.ja4?.split('_')[1] ?? ''} ${clientHello?.sni ?? ''}`;

/** A program that works with the same server at the time gave up this handshake for a reason of its own. */
function changedItsMind({ observation }: JudgedCase, summary: ServerSummary): void {
  const { verdict: current } = observation;
  if (current.id !== 'server_cert_rejected' || !current.inferred || observation.alerts.length > 0) return;
  const near = (time: number) => Math.abs(time - observation.time) < 600_000;
  if (!summary.working.get(workingKey(observation))?.some(near)) return;
  observation.verdict = verdict(
    'client_aborted_handshake',
    'client',
    'tls',
    0.4,
    current.frames,
    'the client leaves the handshake without a word, and works with the same server on other connections: it changed its mind',
    true,
  );
}

/** What is wrong with the chain that the same server sent for the same name to a client of TLS 1.2 within ten minutes. */
function knownChainProblem(
  observation: JudgedCase['observation'],
  chains: readonly { time: number; chain: string[] }[],
): HandshakeVerdict | undefined {
  const known = chains.find((one) => Math.abs(one.time - observation.time) < 600_000);
  const problem = known ? chainProblem(known.chain, observation.clientHello?.sni, observation.time) : undefined;
  return problem
    ? verdict(problem.id, 'server', 'tls', 0.65, [], `${problem.says} (seen in a handshake of TLS 1.2)`, true)
    : undefined;
}

/**
 * Other clients get, and accept, a certificate of another key and issuer from the same server for the same name at the
 * same time. Accepted ones on both sides of this one rule out that the server has changed its certificate meanwhile.
 */
function substitution({ observation }: JudgedCase, summary: ServerSummary): void {
  const chain = observation.serverCertificates;
  if (observation.verdict.id !== 'server_cert_untrusted' || !chain) return;
  const own = certificateFacts(chain[0] ?? '');
  if (!own) return;
  const others = (summary.chains.get(observation.clientHello?.sni ?? '') ?? []).filter((one) => {
    const leaf = certificateFacts(one.chain[0] ?? '');
    return (
      one.accepted &&
      Math.abs(one.time - observation.time) < 600_000 &&
      leaf !== undefined &&
      leaf.issuer !== own.issuer &&
      leaf.keyFingerprint !== own.keyFingerprint
    );
  });
  const after = others.find((one) => one.time > observation.time);
  // Once a certificate was seen between two others, it is the same story when it is the last one of the capture.
  const known = others.length > 0 && summary.substituted.has(own.fingerprint);
  if (!after && !known) return;
  const both = known || others.some((one) => one.time < observation.time);
  if (both) summary.substituted.add(own.fingerprint);
  const issuer = certificateFacts((after ?? others[0]!).chain[0] ?? '')?.issuer ?? 'another issuer';
  observation.verdict = verdict(
    'server_cert_substituted',
    'between',
    'tls',
    both ? 0.75 : 0.55,
    observation.verdict.frames,
    `${observation.verdict.says}; ${both ? 'before and after it' : 'shortly after'} other clients get a certificate issued by ${issuer} from the same server for the same name: it is substituted on the way, or one of several servers differs`,
    observation.verdict.inferred === true,
  );
}

/** Unanswered SYNs beside living connections of the same client to the same port: the listener's queue overflows. */
function acceptQueue({ observation }: JudgedCase, summary: ServerSummary): void {
  if (observation.verdict.id !== 'syn_blackhole') return;
  const living = (summary.living.get(observation.client.address) ?? []).some(
    (open) => open.from <= observation.time && open.to >= observation.time - 1000,
  );
  if (!living) return;
  observation.verdict = verdict(
    'accept_queue_full',
    'server',
    'tcp',
    0.7,
    observation.verdict.frames,
    'SYNs go unanswered while other connections of the same client to the same port are alive: the accept queue of the server is full',
  );
}
