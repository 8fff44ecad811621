/** Flows explain each other: the same server refuses one hello and answers another. */

import { isGrease } from '../../tls/registries/grease.ts';
import { groupName } from '../../tls/registries/groups.ts';
import { parseSuite } from '../../tls/registries/suites.ts';
import { isTls13 } from '../../tls/registries/versions.ts';
import type { ClientHelloInfo, TargetObservation } from '../../tls/types.ts';
import { counted } from '../../wording.ts';
import type { CapturedHandshake, Offer } from '../handshake.ts';
import { realSuites } from './alerts.ts';
import { verdict } from './case.ts';
import { changedItsMind, silentLeaver, silentRefusal, substitution } from './neighbour-certificates.ts';
import {
  type Answers,
  asks,
  erasOf,
  type Fit,
  NO_ANSWER,
  ONE_SEGMENT,
  offerKey,
  offers13,
  type Questions,
  REFUSED_OFFER,
  type ServerSummary,
  summarise,
} from './server-summary.ts';

/** Verdicts that a flood turns into its own. */
const DANGLING: ReadonlySet<string> = new Set([
  'syn_blackhole',
  'half_open',
  'incomplete_capture',
  'reply_lost_on_path',
]);

export function hearNeighbours(cases: readonly CapturedHandshake[], targets: readonly TargetObservation[]): void {
  hearFloods(cases, targets);
  const eras = erasOf(cases);
  for (const { all, asking, wants } of byServer(cases)) {
    if (asking.length === 0) continue;
    if (all.length === 1) {
      silentLeaver(all[0]!);
      continue;
    }
    const summary = summarise(all, wants, eras);
    for (const one of asking) {
      silentLeaver(one, summary);
      if (one.verdictId === 'ok') continue;
      intolerance(one, summary);
      refusedOffer(one, summary);
      acceptQueue(one, summary);
      changedItsMind(one, summary);
      silentRefusal(one, summary);
      substitution(one, summary);
    }
  }
}

/** The connections of one server. */
interface Group {
  all: CapturedHandshake[];
  /** Those that neighbours may explain. */
  asking: CapturedHandshake[];
  wants: Questions;
}

/** One walk over all connections: there may be hundreds of thousands. */
function byServer(cases: readonly CapturedHandshake[]): Iterable<Group> {
  const groups4 = new Map<number, Group>();
  const groups6 = new Map<number, Group>();
  const plain: CapturedHandshake[] = [];
  const speaksTls = new Set<Group>();
  for (const one of cases) {
    const groups = one.v6 ? groups6 : groups4;
    const key = one.serverKey;
    let group = groups.get(key);
    if (!group) {
      group = { all: [], asking: [], wants: { certificates: false, lostSyns: false } };
      groups.set(key, group);
    }
    group.all.push(one);
    if (one.serverSpokeTls) speaksTls.add(group);
    if (one.ifTlsPort) plain.push(one);
    if (asks(one, group.wants)) group.asking.push(one);
  }
  for (const one of plain) {
    const group = (one.v6 ? groups6 : groups4).get(one.serverKey)!;
    if (speaksTls.has(group)) one.verdict = one.ifTlsPort!;
  }
  return [...groups4.values(), ...groups6.values()];
}

function hearFloods(cases: readonly CapturedHandshake[], targets: readonly TargetObservation[]): void {
  const floods = new Map(
    targets
      .filter((target) => target.synFlood)
      .map((target) => [`${target.server.address} ${target.server.port}`, target]),
  );
  if (floods.size === 0) return;
  for (const observation of cases) {
    if (!DANGLING.has(observation.verdictId) || observation.clientHello) continue;
    const { address, port } = observation.server;
    const flood = floods.get(`${address} ${port}`);
    if (flood && (observation.time < flood.first || observation.time > flood.last)) continue;
    if (!flood) continue;
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

function intolerance(observation: CapturedHandshake, summary: ServerSummary): void {
  if (!NO_ANSWER.has(observation.verdictId)) return;
  const hello = observation.clientHello;
  if (!hello) return;
  // What the server did at the time comes first, then what it did in other captures.
  const ofTime = summary.answersByEra.get(summary.eras.get(observation.file) ?? 0);
  for (const answers of [ofTime, summary.answers])
    if (answers && answers.answered > 0 && intolerant(observation, hello, answers)) return;
}

function intolerant(observation: CapturedHandshake, hello: ClientHelloInfo, answers: Answers): boolean {
  const { frames } = observation.verdict;
  const large = hello.size > ONE_SEGMENT || observation.largeHello;
  const smaller = answers.largestAnswered < hello.size && answers.largestAnswered <= ONE_SEGMENT;
  if (large && smaller && (answers.answered13 || !answers.small13Fails)) {
    observation.verdict = verdict(
      'large_clienthello_intolerance',
      'server',
      'tls',
      answers.answered13 ? 0.85 : 0.65,
      frames,
      `the same server answers hellos of up to ${counted(answers.largestAnswered, 'byte')} but not this one of ${hello.size} bytes, which needs several segments`,
    );
    return true;
  }
  if (offers13(hello) && !answers.answered13) {
    observation.verdict = verdict(
      'tls13_intolerant_peer',
      'server',
      'tls',
      0.85,
      frames,
      'the same server answers hellos without TLS 1.3 but not this one with it',
    );
    return true;
  }
  return false;
}

/** alert 40: what the server chose for others tells whether suites or groups are the reason. */
function refusedOffer(observation: CapturedHandshake, summary: ServerSummary): void {
  const { offer } = observation;
  if (!offer || summary.chosenSuites.size === 0 || !REFUSED_OFFER.has(observation.verdictId)) return;
  if (refusedAfterChange(observation, offer, summary)) return;
  const { comparable, common, commonGroup } = summary.fits.get(offer.suites) ?? fitOf(offer, summary);
  if (!comparable) return;
  const current = observation.verdict;
  if (
    summary.chosenGroups.size > 0 &&
    offer.groups.length > 0 &&
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

/** Found once for all hellos of a shape, which share their arrays. */
function fitOf(offer: Offer, summary: ServerSummary): Fit {
  // What the server chose in versions that this hello does not offer says nothing about it.
  const offered = offer.versions.length > 0 ? offer.versions : [offer.legacyVersion];
  const comparable = [...summary.chosenSuites].filter((suite) =>
    offered.some((version) => isTls13(version) === (parseSuite(suite)?.tls13 ?? false)),
  );
  const fit: Fit = {
    comparable: comparable.length > 0,
    common: realSuites(offer).some((suite) => comparable.includes(suite)),
    commonGroup: offer.groups.some((group) => summary.chosenGroups.has(group)),
  };
  summary.fits.set(offer.suites, fit);
  return fit;
}

/** The very same offer was accepted before: the server has changed, and a TLS 1.3 offer of few groups names the likely thing. */
function refusedAfterChange(observation: CapturedHandshake, offer: Offer, summary: ServerSummary): boolean {
  const before = summary.acceptedOffers.get(offerKey(offer));
  if (!before || before.time >= observation.time || observation.verdictId === 'alert47') return false;
  const current = observation.verdict;
  const groups = offer.groups.filter((group) => !isGrease(group));
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

/** Unanswered SYNs beside living connections of the same client to the same port: the listener's queue overflows. */
function acceptQueue(observation: CapturedHandshake, summary: ServerSummary): void {
  if (observation.verdictId !== 'syn_blackhole') return;
  const key = `${summary.eras.get(observation.file) ?? 0} ${observation.clientAddress}`;
  const living = (summary.living.get(key) ?? []).some(
    (open) => open.from <= observation.time && open.to >= observation.time,
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
