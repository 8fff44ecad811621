/** Turns a flow into the plain observation that leaves this room. Verdicts are added later. */

import { EXTENSION } from '../tls/registries/extensions.ts';
import type { HandshakeObservation, HandshakeVerdict, TlsAlert } from '../tls/types.ts';
import type { AddressTable } from './packet/addresses.ts';
import { nameProtocol } from './stream/preamble.ts';
import type { TlsSession } from './stream/tls-session.ts';
import type { Flow } from './tcp/flow.ts';

const APPLICATION_DATA = 23;

const PENDING: HandshakeVerdict = {
  id: 'not_judged',
  side: 'unknown',
  layer: 'tcp',
  confidence: 0,
  frames: [],
  says: '',
};

/**
 * Every field with a place from the start, absent ones undefined: hundreds of thousands of these are kept, and objects
 * that grow field by field take twice the room and time.
 */
type Slots<T> = { [K in keyof T]-?: T[K] | undefined };

/** Shared by the many without one; whoever adds an alert makes a new list. */
const NO_ALERTS: TlsAlert[] = [];

export function observeFlow(flow: Flow, file: string, addresses: AddressTable): HandshakeObservation {
  const { session, client, server } = flow;
  const clientIndex = flow.opener;
  const serverIndex = clientIndex === 0 ? 1 : 0;
  const tls = session?.seen === true;
  const tcp: Slots<HandshakeObservation['tcp']> = {
    synSeen: client.synFrame > 0,
    synAckSeen: server.synFrame > 0,
    synRetransmits: Math.max(0, client.synCount - 1),
    reset: undefined,
    fin: undefined,
    clientTtl: client.ttl >= 0 ? client.ttl : undefined,
    serverTtl: server.ttl >= 0 ? server.ttl : undefined,
    icmp: flow.icmp?.what,
  };
  const slots: Slots<HandshakeObservation> = {
    file,
    flow: flow.number,
    client: { address: addresses.text(flow.addresses[clientIndex], flow.v6), port: flow.ports[clientIndex] },
    server: { address: addresses.text(flow.addresses[serverIndex], flow.v6), port: flow.ports[serverIndex] },
    time: flow.firstTime,
    end: flow.lastTime,
    protocol: flow.datagram ?? (tls ? 'tls' : client.bytes + server.bytes > 0 ? 'plaintext' : 'tcp'),
    starttls: undefined,
    clientHello: undefined,
    serverHello: undefined,
    helloRetryRequest: undefined,
    retriedHello: undefined,
    serverCertificates: undefined,
    clientCertificates: undefined,
    certificateRequested: undefined,
    acceptableCas: undefined,
    clientCertificateEmpty: undefined,
    ocspStapled: undefined,
    alerts: session && session.alerts.length > 0 ? session.alerts.slice() : NO_ALERTS,
    completed: false,
    resumed: undefined,
    earlyData: undefined,
    applicationData: undefined,
    tcp: tcp as HandshakeObservation['tcp'],
    timing: undefined,
    verdict: PENDING,
    firstFrame: flow.firstFrame,
  };
  const observation = slots as HandshakeObservation;
  addEnding(observation, flow);
  if (session && tls) addTls(observation, flow);
  return observation;
}

function addEnding(observation: HandshakeObservation, flow: Flow): void {
  const { client, server } = flow;
  const resetByServer = server.rstFrame > 0 && (client.rstFrame === 0 || server.rstFrame < client.rstFrame);
  const reset = resetByServer ? server : client.rstFrame > 0 ? client : undefined;
  if (reset) {
    observation.tcp.reset = { from: resetByServer ? 'server' : 'client', frame: reset.rstFrame, ttl: reset.rstTtl };
    if (reset.ttl >= 0) observation.tcp.reset.ttlUsual = reset.ttl;
  }
  const serverFirst = server.finFrame > 0 && (client.finFrame === 0 || server.finFrame < client.finFrame);
  const fin = serverFirst ? server : client.finFrame > 0 ? client : undefined;
  if (fin) observation.tcp.fin = { from: serverFirst ? 'server' : 'client', frame: fin.finFrame };
}

function addTls(observation: HandshakeObservation, flow: Flow): void {
  const session = flow.session!;
  const { client, server } = flow;
  const starttls = nameProtocol(session);
  if (starttls) observation.starttls = starttls;
  if (session.clientHello) observation.clientHello = session.clientHello;
  if (session.serverHello) observation.serverHello = session.serverHello;
  if (session.helloRetry) observation.helloRetryRequest = true;
  if (session.retriedHello) observation.retriedHello = session.retriedHello;
  if (session.serverCertificates) observation.serverCertificates = session.serverCertificates;
  if (session.clientCertificates) observation.clientCertificates = session.clientCertificates;
  if (session.certificateRequested) observation.certificateRequested = true;
  if (session.acceptableCas) observation.acceptableCas = session.acceptableCas;
  if (session.clientCertificateEmpty) observation.clientCertificateEmpty = true;
  if (session.ocspStapled) observation.ocspStapled = true;
  if (session.resumed) observation.resumed = true;
  const early = earlyData(session);
  if (early) observation.earlyData = early;
  if (session.clientApplicationBytes + session.serverApplicationBytes > 0)
    observation.applicationData = { client: session.clientApplicationBytes, server: session.serverApplicationBytes };
  const helloTime = session.clientHello?.time;
  const answered = helloTime !== undefined && session.serverHello?.time !== undefined;
  const ended = helloTime !== undefined && session.handshakeEnd > 0;
  const connected = client.synFrame > 0 && server.synFrame > 0 && server.synTime >= client.synTime;
  if (!connected && !answered && !ended) return;
  const timing: Slots<NonNullable<HandshakeObservation['timing']>> = {
    connectMs: connected ? round(server.synTime - client.synTime) : undefined,
    helloMs: answered ? round(session.serverHello!.time! - helloTime) : undefined,
    handshakeMs: ended ? round(session.handshakeEnd - helloTime) : undefined,
  };
  observation.timing = timing as NonNullable<HandshakeObservation['timing']>;
}

/** RFC 8446 section 4.2.10: data under the key of an earlier session, in front of the server's answer. */
function earlyData(session: TlsSession): HandshakeObservation['earlyData'] {
  if (!session.clientHello?.extensions.includes(EXTENSION.earlyData)) return undefined;
  if (session.earlyDataAccepted) return 'accepted';
  const { records } = session.client;
  const answered = session.serverHello?.frame ?? session.helloRetry?.frame ?? Number.POSITIVE_INFINITY;
  for (let index = 0; index < records.kept && records.frame(index) < answered; index++)
    if (records.type(index) === APPLICATION_DATA) return 'sent';
  return 'offered';
}

/** Microseconds are what captures record; more digits are noise of the subtraction. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
