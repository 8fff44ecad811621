/** What the handshakes with one server say together: answers, choices, certificates, who works and who complains. */
import { isTls13 } from '../../tls/registries/versions.ts';
import type { HandshakeVerdict } from '../../tls/types.ts';
import type { CapturedHandshake, Offer } from '../handshake.ts';

/** Verdicts that say "no answer to the hello" in some way. */
export const NO_ANSWER: ReadonlySet<string> = new Set([
  'server_reset_after_clienthello',
  'server_closed_after_clienthello',
  'server_accepts_but_no_reply',
  'drop_after_clienthello',
]);

/** The server refused what was offered. */
export const REFUSED_OFFER: ReadonlySet<string> = new Set([
  'alert40',
  'alert47',
  'no_shared_cipher',
  'no_shared_group',
]);

/** Ends of handshakes that do not say why. */
export const SILENT_ENDS: ReadonlySet<string> = new Set(['client_aborted_handshake', 'server_cert_rejected']);
const CERTIFICATE_VERDICTS: ReadonlySet<string> = new Set([
  'server_cert_expired',
  'server_cert_not_yet_valid',
  'server_cert_untrusted',
  'server_cert_name_mismatch',
  'server_cert_revoked',
]);

/** One segment of an ordinary path: a hello above this is split. */
export const ONE_SEGMENT = 1400;
/** Intervals and reasons remembered per client or name: enough for any rule, bounded for any input. */
const REMEMBERED = 2000;
/** A connection that nobody closed is taken for alive this long after its last packet. */
const IDLE_MS = 60_000;

/** Which hellos a server answers. */
export interface Answers {
  /** Hellos that got a TLS answer of any kind. */
  answered: number;
  answered13: boolean;
  largestAnswered: number;
  /** A TLS 1.3 hello of one segment went unanswered. */
  small13Fails: boolean;
}

const noAnswers = (): Answers => ({ answered: 0, answered13: false, largestAnswered: 0, small13Fails: false });

export interface ServerSummary {
  /** In all captures, and in those of one time. */
  answers: Answers;
  answersByEra: Map<number, Answers>;
  chosenSuites: Set<number>;
  chosenGroups: Set<number>;
  /** Earliest acceptance of an offer. */
  acceptedOffers: Map<string, { time: number; version: number }>;
  living: Map<string, { from: number; to: number }[]>;
  /** By `nameKey`: what clients said of the certificate, and when full handshakes succeeded. */
  reasons: Map<string, { time: number; verdict: HandshakeVerdict }[]>;
  successes: Map<string, number[]>;
  /** By `workingKey`: when a program completed a handshake and used the connection. */
  working: Map<string, number[]>;
  /** Fingerprints of certificates that were seen between accepted ones of another issuer. */
  substituted: Set<string>;
  /** Chains that the server sent in clear text (TLS 1.2), by `nameKey`. */
  chains: Map<string, { time: number; chain: string[]; accepted: boolean }[]>;
  /** How offers compare with what the server chose for others, by their list of suites. */
  fits: Map<readonly number[], Fit>;
  eras: Eras;
}

/** An offer beside what the server chose for others. */
export interface Fit {
  /** In a version that both know. */
  comparable: boolean;
  /** Has a suite among the chosen ones. */
  common: boolean;
  /** Has a group among the chosen ones. */
  commonGroup: boolean;
}

/** Captures that overlap in time have the same number; those recorded one after the other may show a changed server. */
export type Eras = ReadonlyMap<string, number>;

export function erasOf(cases: readonly CapturedHandshake[]): Eras {
  const spans = new Map<string, { from: number; to: number }>();
  let span: { from: number; to: number } | undefined;
  let last: string | undefined;
  for (const { file, time, end } of cases) {
    // Those of a file stand together.
    if (file !== last) {
      last = file;
      span = spans.get(file) ?? { from: time, to: end };
      spans.set(file, span);
    }
    if (time < span!.from) span!.from = time;
    if (end > span!.to) span!.to = end;
  }
  const eras = new Map<string, number>();
  let until = Number.NEGATIVE_INFINITY;
  let era = 0;
  for (const [file, { from, to }] of [...spans].sort((a, b) => a[1].from - b[1].from)) {
    if (from > until) era++;
    until = Math.max(until, to);
    eras.set(file, era);
  }
  return eras;
}

/** What certificate a server has is asked by name, and only of captures of the same time. */
export const nameKey = ({ file, serverName }: CapturedHandshake, eras: Eras) =>
  `${eras.get(file) ?? 0} ${serverName ?? ''}`;

export interface Questions {
  /** What others say of the server's certificate, and which they got. */
  certificates: boolean;
  lostSyns: boolean;
}

/** Could neighbours explain this connection? Adds to `wants` what they would have to say. */
export function asks({ verdictId: id, silentLeave }: CapturedHandshake, wants: Questions): boolean {
  if (silentLeave) wants.certificates = true;
  if (id === 'ok') return silentLeave !== undefined;
  if (SILENT_ENDS.has(id) || id === 'server_cert_untrusted') wants.certificates = true;
  else if (id === 'syn_blackhole') wants.lostSyns = true;
  else return NO_ANSWER.has(id) || REFUSED_OFFER.has(id);
  return true;
}

export function summarise(group: readonly CapturedHandshake[], wants: Questions, eras: Eras): ServerSummary {
  const summary: ServerSummary = {
    answers: noAnswers(),
    answersByEra: new Map(),
    chosenSuites: new Set(),
    chosenGroups: new Set(),
    acceptedOffers: new Map(),
    living: new Map(),
    reasons: new Map(),
    successes: new Map(),
    working: new Map(),
    substituted: new Set(),
    chains: new Map(),
    fits: new Map(),
    eras,
  };
  for (const observation of group) {
    const { offer, time } = observation;
    if (wants.lostSyns && (observation.synAckSeen || offer))
      remember(summary.living, `${eras.get(observation.file) ?? 0} ${observation.clientAddress}`, {
        from: time,
        to: observation.finFrame > 0 || observation.tcp.reset ? observation.end : observation.end + IDLE_MS,
      });
    if (!offer) continue;
    countAnswer(summary, observation, offer);
    const { serverHello } = observation;
    if (serverHello) {
      summary.chosenSuites.add(serverHello.suite);
      if (serverHello.group !== undefined) summary.chosenGroups.add(serverHello.group);
      const key = offerKey(offer);
      const known = summary.acceptedOffers.get(key);
      if (!known || time < known.time) summary.acceptedOffers.set(key, { time, version: serverHello.version });
    }
    if (wants.certificates) rememberCertificate(summary, observation);
  }
  return summary;
}

/** Among all, and among those of its time. */
function countAnswer(summary: ServerSummary, observation: CapturedHandshake, offer: Offer): void {
  const era = summary.eras.get(observation.file) ?? 0;
  let ofEra = summary.answersByEra.get(era);
  if (!ofEra) {
    ofEra = noAnswers();
    summary.answersByEra.set(era, ofEra);
  }
  const size = observation.helloSize;
  if (observation.answeredInTls) {
    const answered13 = offers13(offer);
    for (const answers of [ofEra, summary.answers]) {
      answers.answered++;
      answers.answered13 ||= answered13;
      answers.largestAnswered = Math.max(answers.largestAnswered, size);
    }
  } else if (NO_ANSWER.has(observation.verdictId) && size <= ONE_SEGMENT && offers13(offer)) {
    ofEra.small13Fails = true;
    summary.answers.small13Fails = true;
  }
}

/** What it says of the server's certificate. */
function rememberCertificate(summary: ServerSummary, observation: CapturedHandshake): void {
  const { time, silentLeave, verdictId } = observation;
  const name = nameKey(observation, summary.eras);
  const accepted = verdictId === 'ok' && !silentLeave;
  if (CERTIFICATE_VERDICTS.has(verdictId) && !observation.verdict.inferred)
    remember(summary.reasons, name, { time, verdict: observation.verdict });
  if (observation.serverCertificates)
    remember(summary.chains, name, { time, chain: observation.serverCertificates, accepted });
  if (!accepted) return;
  if (!observation.resumed) remember(summary.successes, name, time);
  if (observation.applicationData) remember(summary.working, workingKey(observation, summary.eras), time);
}

function remember<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (!list) map.set(key, [value]);
  else if (list.length < REMEMBERED) list.push(value);
}

export const offers13 = (offer: Pick<Offer, 'versions'>) => offer.versions.some(isTls13);

/** Hellos of one shape share their arrays, so that a key is made once a shape. */
const offerKeys = new WeakMap<readonly number[], string>();

export function offerKey(hello: Offer): string {
  let key = offerKeys.get(hello.suites);
  if (key === undefined) {
    key = `${hello.suites.join()}|${hello.groups.join()}|${hello.versions.join()}`;
    offerKeys.set(hello.suites, key);
  }
  return key;
}

/** One program of one client (by the suites part of its JA4, which resumption leaves alone) and what it asked for. */
export const workingKey = (one: CapturedHandshake, eras: Eras) =>
  `${one.clientAddress} ${one.offer?.ja4?.split('_')[1] ?? ''} ${nameKey(one, eras)}`;
