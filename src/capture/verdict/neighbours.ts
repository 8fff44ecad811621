/** Flows explain each other: the same server refuses one hello and answers another. */
import { isGrease } from '../../tls/registries/grease.ts';
import { groupName } from '../../tls/registries/groups.ts';
import { isTls13 } from '../../tls/registries/versions.ts';
import type { ClientHelloInfo, TargetObservation } from '../../tls/types.ts';
import { realSuites } from './alerts.ts';
import { type FlowCase, serverKey, verdict } from './case.ts';

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

export function hearNeighbours(cases: readonly FlowCase[], targets: readonly TargetObservation[]): void {
  const floods = new Map(
    targets
      .filter((target) => target.synFlood)
      .map((target) => [`${target.server.address} ${target.server.port}`, target]),
  );
  for (const item of floods.size > 0 ? cases : []) {
    const flood = floods.get(serverKey(item.observation));
    if (!flood || !DANGLING.has(item.observation.verdict.id) || item.observation.clientHello) continue;
    item.observation.verdict = verdict(
      'syn_flood',
      'client',
      'tcp',
      0.9,
      item.observation.verdict.frames,
      `one of ${flood.unanswered} openings from about ${flood.distinctClients} addresses that were never completed: a SYN flood`,
    );
  }
  const servers = new Map<string, FlowCase[]>();
  for (const item of cases) {
    const key = serverKey(item.observation);
    const group = servers.get(key);
    if (group) group.push(item);
    else servers.set(key, [item]);
  }
  for (const group of servers.values()) {
    if (group.length === 1) continue;
    const summary = summarise(group);
    for (const item of group) {
      intolerance(item, summary);
      refusedOffer(item, summary);
      acceptQueue(item, summary);
      silentRefusal(item, group);
    }
  }
}

interface ServerSummary {
  /** Hellos that got a TLS answer of any kind. */
  answered: ClientHelloInfo[];
  /** Hellos that were accepted, with what the server chose. */
  accepted: { hello: ClientHelloInfo; suite: number; version: number; group: number | undefined; time: number }[];
  unansweredHellos: ClientHelloInfo[];
  unansweredSyns: { client: string; time: number }[];
  openedTimes: { client: string; from: number; to: number }[];
}

function summarise(group: readonly FlowCase[]): ServerSummary {
  const summary: ServerSummary = {
    answered: [],
    accepted: [],
    unansweredHellos: [],
    unansweredSyns: [],
    openedTimes: [],
  };
  for (const { observation, flow } of group) {
    const { clientHello: hello, serverHello } = observation;
    if (
      hello &&
      (serverHello || flow.session?.helloRetry || observation.alerts.some((alert) => alert.from === 'server'))
    )
      summary.answered.push(hello);
    if (hello && serverHello)
      summary.accepted.push({
        hello,
        suite: serverHello.suite,
        version: serverHello.version,
        group: serverHello.group,
        time: observation.time,
      });
    if (hello && NO_ANSWER.has(observation.verdict.id)) summary.unansweredHellos.push(hello);
    if (observation.verdict.id === 'syn_blackhole')
      summary.unansweredSyns.push({ client: observation.client.address, time: observation.time });
    else if (observation.tcp.synAckSeen)
      summary.openedTimes.push({
        client: observation.client.address,
        from: observation.time,
        to: observation.end ?? observation.time,
      });
  }
  return summary;
}

const offers13 = (hello: ClientHelloInfo) => hello.versions.some(isTls13);

/** One segment of an ordinary path: a hello above this is split. */
const ONE_SEGMENT = 1400;

function intolerance({ observation, flow }: FlowCase, summary: ServerSummary): void {
  const hello = observation.clientHello;
  if (!hello || !NO_ANSWER.has(observation.verdict.id) || summary.answered.length === 0) return;
  const frames = observation.verdict.frames;
  const large = hello.size > ONE_SEGMENT || flow.client.bytes > flow.client.firstSegmentLength;
  const answered13 = summary.answered.some(offers13);
  const smaller = summary.answered.every((other) => other.size < hello.size && other.size <= ONE_SEGMENT);
  const small13Fails = summary.unansweredHellos.some((other) => offers13(other) && other.size <= ONE_SEGMENT);
  if (large && smaller && (answered13 || !small13Fails)) {
    observation.verdict = verdict(
      'large_clienthello_intolerance',
      'server',
      'tls',
      answered13 ? 0.85 : 0.65,
      frames,
      `the same server answers hellos of up to ${Math.max(...summary.answered.map((other) => other.size))} bytes but not this one of ${hello.size} bytes, which needs several segments`,
    );
    return;
  }
  if (offers13(hello) && !answered13) {
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
function refusedOffer({ observation }: FlowCase, summary: ServerSummary): void {
  const { verdict: current, clientHello: hello } = observation;
  if (
    !hello ||
    summary.accepted.length === 0 ||
    !['alert40', 'alert47', 'no_shared_cipher', 'no_shared_group'].includes(current.id)
  )
    return;
  if (refusedAfterChange(observation, summary)) return;
  const chosen = [...new Set(summary.accepted.map((other) => other.suite))];
  const offered = new Set(realSuites(hello));
  const common = chosen.filter((suite) => offered.has(suite));
  const groups = [...new Set(summary.accepted.flatMap((other) => (other.group === undefined ? [] : [other.group])))];
  const commonGroup = groups.some((group) => hello.groups.includes(group));
  if (
    groups.length > 0 &&
    hello.groups.length > 0 &&
    !commonGroup &&
    (common.length > 0 || current.id === 'no_shared_group')
  ) {
    observation.verdict = verdict(
      'no_shared_group',
      'client',
      'tls',
      0.8,
      current.frames,
      `${current.says}; for other clients the server uses groups that this one does not offer`,
    );
  } else if (common.length === 0 && current.id !== 'alert47') {
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
function refusedAfterChange(observation: FlowCase['observation'], summary: ServerSummary): boolean {
  const hello = observation.clientHello!;
  const before = summary.accepted.find((other) => other.time < observation.time && sameOffer(other.hello, hello));
  if (!before || observation.verdict.id === 'alert47') return false;
  const groups = hello.groups.filter((group) => !isGrease(group));
  const refusedBy13 = isTls13(before.version) && groups.length > 0 && groups.length <= 3;
  observation.verdict = refusedBy13
    ? verdict(
        'no_shared_group',
        'server',
        'tls',
        0.55,
        observation.verdict.frames,
        `the server refuses with handshake_failure (40) an offer it accepted earlier in TLS 1.3: its configuration has changed; suites of TLS 1.3 are rarely the reason, the offered groups (${groups.map(groupName).join(', ')}) the likeliest`,
      )
    : verdict(
        observation.verdict.id,
        'server',
        'tls',
        observation.verdict.confidence,
        observation.verdict.frames,
        `${observation.verdict.says}; the same offer was accepted earlier, so the server has changed`,
      );
  return true;
}

function sameOffer(a: ClientHelloInfo, b: ClientHelloInfo): boolean {
  return (
    a.suites.join() === b.suites.join() &&
    a.groups.join() === b.groups.join() &&
    a.versions.join() === b.versions.join()
  );
}

const SILENT_ENDS: ReadonlySet<string> = new Set(['client_aborted_handshake', 'server_cert_rejected']);
const CERTIFICATE_VERDICTS: ReadonlySet<string> = new Set([
  'server_cert_expired',
  'server_cert_not_yet_valid',
  'server_cert_untrusted',
  'server_cert_name_mismatch',
  'server_cert_revoked',
]);

/**
 * Stacks that leave without a readable alert meet the same certificate as those that say why. Heard only when others
 * said so of the same server for the same name within ten minutes, and nobody with that name succeeded meanwhile.
 */
function silentRefusal({ observation }: FlowCase, group: readonly FlowCase[]): void {
  if (!SILENT_ENDS.has(observation.verdict.id)) return;
  const near = group.filter(
    (other) =>
      other.observation.clientHello?.sni === observation.clientHello?.sni &&
      Math.abs(other.observation.time - observation.time) < 600_000,
  );
  const reasons = near.filter(
    (other) => CERTIFICATE_VERDICTS.has(other.observation.verdict.id) && !other.observation.verdict.inferred,
  );
  const reason = reasons[0]?.observation.verdict;
  if (!reason || reasons.some((other) => other.observation.verdict.id !== reason.id)) return;
  const succeeded = near.some(
    (other) =>
      other.observation.verdict.id === 'ok' &&
      !other.observation.resumed &&
      Math.abs(other.observation.time - observation.time) < 60_000,
  );
  if (succeeded) return;
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

/** Unanswered SYNs beside living connections of the same client to the same port: the listener's queue overflows. */
function acceptQueue({ observation }: FlowCase, summary: ServerSummary): void {
  if (observation.verdict.id !== 'syn_blackhole') return;
  const living = summary.openedTimes.some(
    (open) =>
      open.client === observation.client.address && open.from <= observation.time && open.to >= observation.time - 1000,
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
