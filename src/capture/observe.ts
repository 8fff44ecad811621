/** Turns a flow into the observation that leaves this room. Verdicts are added later. */

import type { HandshakeObservation } from '../tls/types.ts';
import { CapturedHandshake, FACT } from './handshake.ts';
import type { HandshakePage } from './handshake-page.ts';
import { nameProtocol } from './stream/preamble.ts';
import type { TlsSession } from './stream/tls-session.ts';
import type { Flow } from './tcp/flow.ts';

const APPLICATION_DATA = 23;

/** @param page with a row to spare, which the observation takes */
export function observeFlow(flow: Flow, page: HandshakePage): CapturedHandshake {
  const { session, client, server } = flow;
  const clientIndex = flow.opener;
  const serverIndex = clientIndex === 0 ? 1 : 0;
  const tls = session?.seen === true;
  const observation = new CapturedHandshake(
    page,
    page.take(),
    flow.number,
    flow.firstFrame,
    flow.firstTime,
    flow.lastTime,
    flow.v6,
    flow.addresses[clientIndex],
    flow.ports[clientIndex],
    flow.addresses[serverIndex],
    flow.ports[serverIndex],
    flow.datagram ?? (tls ? 'tls' : client.bytes + server.bytes > 0 ? 'plaintext' : 'tcp'),
    client.ttl,
    server.ttl,
  );
  observation.synRetransmits = Math.max(0, client.synCount - 1);
  observation.mark(
    (client.synFrame > 0 ? FACT.synSeen : 0) |
      (server.synFrame > 0 ? FACT.synAckSeen : 0) |
      (client.bytes > client.firstSegmentLength ? FACT.largeHello : 0),
  );
  if (flow.icmp) observation.keep({ icmp: flow.icmp.what });
  if (session && session.alerts.length > 0) observation.alerts = session.alerts;
  addEnding(observation, flow);
  if (session && tls) addTls(observation, flow, session);
  return observation;
}

function addEnding(observation: CapturedHandshake, flow: Flow): void {
  const { client, server } = flow;
  const resetByServer = server.rstFrame > 0 && (client.rstFrame === 0 || server.rstFrame < client.rstFrame);
  const reset = resetByServer ? server : client.rstFrame > 0 ? client : undefined;
  if (reset) {
    const from = resetByServer ? 'server' : 'client';
    observation.keep({
      reset: {
        from,
        frame: reset.rstFrame,
        ttl: reset.rstTtl,
        ...(reset.ttl >= 0 ? { ttlUsual: reset.ttl } : {}),
      },
    });
  }
  const serverFirst = server.finFrame > 0 && (client.finFrame === 0 || server.finFrame < client.finFrame);
  if (serverFirst) observation.mark(FACT.finByServer);
  observation.finFrame = serverFirst ? server.finFrame : client.finFrame;
}

function addTls(observation: CapturedHandshake, flow: Flow, session: TlsSession): void {
  const { client, server } = flow;
  observation.mark(
    (session.helloRetry ? FACT.helloRetry : 0) |
      (session.certificateRequested ? FACT.certificateRequested : 0) |
      (session.clientCertificateEmpty ? FACT.clientCertificateEmpty : 0) |
      (session.ocspStapled ? FACT.ocspStapled : 0) |
      (session.resumed ? FACT.resumed : 0) |
      (session.server.records.count > 0 ? FACT.serverSpokeTls : 0),
  );
  observation.clientHello = session.clientHello;
  observation.serverHello = session.serverHello;
  observation.serverCertificates = session.serverCertificates;
  observation.setApplicationBytes(session.clientApplicationBytes, session.serverApplicationBytes);
  const starttls = nameProtocol(session);
  if (starttls) observation.keep({ starttls });
  if (session.retriedHello) observation.keep({ retriedHello: session.retriedHello });
  if (session.clientCertificates) observation.keep({ clientCertificates: session.clientCertificates });
  if (session.acceptableCas) observation.keep({ acceptableCas: session.acceptableCas });
  const early = earlyData(session);
  if (early) observation.keep({ earlyData: early });
  const helloTime = session.clientHello?.time;
  if (helloTime !== undefined && session.handshakeEnd > 0)
    observation.setHandshakeTime(session.handshakeEnd - helloTime);
  if (client.synFrame > 0 && server.synFrame > 0 && server.synTime >= client.synTime)
    observation.setConnectTime(server.synTime - client.synTime);
}

/** RFC 8446 section 4.2.10: data under the key of an earlier session, in front of the server's answer. */
function earlyData(session: TlsSession): HandshakeObservation['earlyData'] {
  if (!session.clientHello?.earlyData) return undefined;
  if (session.earlyDataAccepted) return 'accepted';
  const { records } = session.client;
  const answered = session.serverHello?.frame ?? session.helloRetry?.frame ?? Number.POSITIVE_INFINITY;
  for (let index = 0; index < records.kept && records.frame(index) < answered; index++)
    if (records.type(index) === APPLICATION_DATA) return 'sent';
  return 'offered';
}
