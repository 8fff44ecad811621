/** What the handshakes with one server say together: answers, choices, certificates, who works and who complains. */
import { isTls13 } from '../../tls/registries/versions.ts';
import type { ClientHelloInfo, HandshakeVerdict } from '../../tls/types.ts';
import type { CapturedHandshake } from '../handshake.ts';

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

export interface ServerSummary {
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

export interface Questions {
  /** What others say of the server's certificate, and which they got. */
  certificates: boolean;
  lostSyns: boolean;
}

/** Could neighbours explain this connection? Adds to `wants` what they would have to say. */
export function asks({ verdict: { id }, silentLeave }: CapturedHandshake, wants: Questions): boolean {
  if (silentLeave) wants.certificates = true;
  if (id === 'ok') return silentLeave !== undefined;
  if (SILENT_ENDS.has(id) || id === 'server_cert_untrusted') wants.certificates = true;
  else if (id === 'syn_blackhole') wants.lostSyns = true;
  else return NO_ANSWER.has(id) || REFUSED_OFFER.has(id);
  return true;
}

export function summarise(group: readonly CapturedHandshake[], wants: Questions): ServerSummary {
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
  for (const observation of group) {
    const { clientHello: hello, serverHello, verdict: current, silentLeave } = observation;
    if (wants.lostSyns && (observation.synAckSeen || hello))
      remember(summary.living, observation.clientAddress, { from: observation.time, to: observation.end });
    if (hello) {
      if (serverHello || observation.helloRetryRequest || observation.alerts.some((alert) => alert.from === 'server')) {
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

export const offers13 = (hello: ClientHelloInfo) => hello.versions.some(isTls13);

/** Hellos of one shape share their arrays, so that a key is made once a shape. */
const offerKeys = new WeakMap<readonly number[], string>();

export function offerKey(hello: ClientHelloInfo): string {
  let key = offerKeys.get(hello.suites);
  if (key === undefined) {
    key = `${hello.suites.join()}|${hello.groups.join()}|${hello.versions.join()}`;
    offerKeys.set(hello.suites, key);
  }
  return key;
}

/** One program of one client (by the suites part of its JA4, which resumption leaves alone) and what it asked for. */
export const workingKey = ({ clientAddress, clientHello }: CapturedHandshake) =>
  `${clientAddress} ${clientHello?.ja4?.split('_')[1] ?? ''} ${clientHello?.sni ?? ''}`;
