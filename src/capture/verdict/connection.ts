/** Verdicts on connections that never got to a ClientHello. */

import type { HandshakeVerdict } from '../../tls/types.ts';
import { counted } from '../../wording.ts';
import { isBareProxyHeader, plaintextKind } from '../stream/preamble.ts';
import { sequenceDifference } from '../tcp/flow.ts';
import { captureHole, type FlowCase, milliseconds, unseenBytes, verdict } from './case.ts';

/** Ports on which TLS is expected from the first byte (IANA service names, and the usual alternatives). */
const TLS_PORTS: ReadonlySet<number> = new Set([
  443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 2376, 3269, 4433, 5061, 5223, 5671, 6443, 6514, 8243, 8443,
  8883, 9443, 10443,
]);

/** A SYN-ACK within this time finds its client still waiting. */
const PROMPT_MS = 900;

function isTlsPort(port: number): boolean {
  return TLS_PORTS.has(port);
}

/** No SYN-ACK was seen. */
export function judgeUnanswered({ flow, captureEnd }: FlowCase): HandshakeVerdict | undefined {
  const { client, server } = flow;
  if (!client.synFrame || server.synFrame || server.dataSegments > 0) return undefined;
  // Whoever acknowledges or sends has got a SYN-ACK, captured or not.
  if (client.pureAcks > 0 || client.dataSegments > 0) return undefined;
  if (flow.icmp) {
    const filtered = /prohibited|admin/.test(flow.icmp.what);
    return verdict(
      filtered ? 'admin_prohibited' : 'host_unreachable',
      'between',
      'path',
      0.95,
      [client.synFrame, flow.icmp.frame],
      `${flow.icmp.from} answered the SYN with ICMP ${flow.icmp.what}`,
    );
  }
  if (server.rstFrame) {
    return verdict(
      'port_closed',
      'server',
      'tcp',
      0.95,
      [client.synFrame, server.rstFrame],
      'the SYN was answered by a reset: nothing listens on this port, or a firewall rejects it',
    );
  }
  const waited = captureEnd - client.synTime;
  const tries = client.synCount === 1 ? 'one SYN' : `${client.synCount} SYNs`;
  if (client.synCount === 1 && waited < 900) {
    return verdict(
      'incomplete_capture',
      'unknown',
      'tcp',
      0.3,
      [client.synFrame],
      `the capture ends ${milliseconds(waited)} after the only SYN: too early to tell`,
    );
  }
  return verdict(
    'syn_blackhole',
    'between',
    'path',
    client.synCount > 1 ? 0.9 : 0.6,
    [client.synFrame],
    `${tries} and no answer of any kind: dropped on the way there or back (a capture at the server would tell which)`,
  );
}

/** The opening handshake did not finish, although the server answered. */
export function judgeHalfOpen({ flow, captureEnd }: FlowCase): HandshakeVerdict | undefined {
  const { client, server } = flow;
  // What a server says to a client that has closed without a byte (a decode_error, an error page) changes nothing.
  const afterwards = client.finFrame > 0 && server.firstDataFrame > client.finFrame;
  if (!server.synFrame || client.dataSegments > 0 || (server.dataSegments > 0 && !afterwards)) return undefined;
  const unseen = server.rstHasAck && client.isnKnown && sequenceDifference(server.rstAcknowledges, client.next) > 0;
  if (unseen || unseenBytes(client) > 0 || captureHole(flow))
    return verdict(
      'not_visible',
      'unknown',
      'tcp',
      0.3,
      [flow.firstFrame],
      'data was acknowledged that the capture does not hold: the capture is incomplete',
    );
  const clientAnswered = client.pureAcks > 0 || client.finFrame > 0;
  // Load balancers check a port so, and port scanners: a client that had given up would come late.
  if (!clientAnswered && client.rstFrame && client.synCount === 1 && server.synTime - client.synTime < PROMPT_MS)
    return verdict(
      'no_data',
      'none',
      'tcp',
      0.7,
      [client.synFrame, server.synFrame, client.rstFrame],
      'the client resets at the SYN-ACK, as load balancers and scanners do that only check whether the port answers',
    );
  if (!clientAnswered && client.rstFrame) {
    return verdict(
      'client_aborted_connect',
      'client',
      'tcp',
      0.7,
      [client.synFrame, server.synFrame, client.rstFrame],
      'the client reset the connection when the SYN-ACK arrived: it had given up already, or the SYN was not its own',
    );
  }
  if (!clientAnswered && client.synCount > 1 && server.synCount > 1) {
    return verdict(
      'reply_lost_on_path',
      'between',
      'path',
      0.85,
      [client.synFrame, server.synFrame],
      `SYN and SYN-ACK are repeated (${client.synCount} and ${counted(server.synCount, 'time')}): the SYN-ACK does not reach the client`,
    );
  }
  if (!clientAnswered) {
    const waited = captureEnd - server.synTime;
    if (waited < 900 && server.synCount === 1)
      return verdict(
        'incomplete_capture',
        'unknown',
        'tcp',
        0.3,
        [client.synFrame, server.synFrame],
        'the capture ends before the client could answer the SYN-ACK',
      );
    return verdict(
      'half_open',
      'client',
      'tcp',
      0.5,
      [client.synFrame, server.synFrame],
      'the client never answered the SYN-ACK',
    );
  }
  if (
    server.synCount > 1 &&
    client.pureAcks > 0 &&
    server.lastSynTime > client.synTime + 900 &&
    !server.finFrame &&
    server.pureAcks === 0
  ) {
    return verdict(
      'accept_queue_full',
      'server',
      'tcp',
      0.7,
      [server.synFrame, client.synFrame],
      `the server repeats its SYN-ACK ${counted(server.synCount, 'time')} although the client answered it: its accept queue is full`,
    );
  }
  if (server.rstFrame && !client.finFrame && !client.rstFrame) {
    return verdict(
      'server_closed_before_hello',
      'server',
      'tcp',
      0.7,
      [server.synFrame, server.rstFrame],
      'the server reset the connection before the client sent anything',
    );
  }
  if (server.finFrame && (!client.finFrame || server.finFrame < client.finFrame)) {
    return verdict(
      'server_closed_before_hello',
      'server',
      'tcp',
      0.6,
      [server.synFrame, server.finFrame],
      'the server closed the connection before the client sent anything',
    );
  }
  if (!client.finFrame && !client.rstFrame && captureEnd - flow.lastTime < 900)
    return verdict(
      'incomplete_capture',
      'unknown',
      'tcp',
      0.3,
      [flow.firstFrame],
      'the capture ends right after the connection was opened',
    );
  return verdict(
    'no_data',
    'none',
    'tcp',
    0.8,
    [flow.firstFrame, client.finFrame, client.rstFrame],
    'connected and closed without a byte: a port check or an unused spare connection',
  );
}

/** Payload, but no TLS from the client. */
export function judgePlaintext(
  { flow, observation }: FlowCase,
  serverSpeaksTls: boolean,
): HandshakeVerdict | undefined {
  const session = flow.session;
  if (!session || session.clientHello) return undefined;
  const { client, server } = flow;
  if (isBareProxyHeader(session.client.preamble) && client.finFrame + client.rstFrame > 0)
    return verdict(
      'no_data',
      'none',
      'tcp',
      0.7,
      [client.firstDataFrame, client.finFrame, client.rstFrame],
      'a PROXY header and nothing behind it, as load balancers check a port',
    );
  const begins = plaintextKind(session.client.preamble);
  // Of a connection without its beginning, the first bytes may be the middle of anything but a request that speaks for itself.
  const fromClient = client.isnKnown || begins === 'http-request' ? begins : undefined;
  const fromServer = plaintextKind(session.server.preamble);
  const serverTls = session.server.records.count > 0 || serverSpeaksTls || isTlsPort(observation.serverPort);
  const serverComplains =
    /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled|Client sent an HTTP request to an HTTPS server|HTTP request to an HTTPS/i.test(
      session.server.preamble?.toString('latin1') ?? '',
    );
  if (
    fromClient === 'http-request' &&
    !serverComplains &&
    session.server.records.count === 0 &&
    session.client.preamble?.toString('latin1', 0, 8) === 'CONNECT '
  )
    return undefined;
  if (
    fromClient &&
    session.client.records.count === 0 &&
    (serverComplains || session.alerts.some((alert) => alert.from === 'server'))
  ) {
    return plaintextClient();
  }
  if ((fromClient === 'http-request' || fromClient === 'text') && session.client.records.count === 0) {
    // Answered in plain text with success: the port simply is not a TLS port.
    const refused = /^HTTP\/1\.[01] (?:400|301|302|307|308|426|497)/.test(
      session.server.preamble?.toString('latin1', 0, 16) ?? '',
    );
    const noAnswer = fromServer === undefined;
    if (serverTls && (refused || noAnswer) && !answersPlainly(session.server.preamble)) return plaintextClient();
    const closed = server.finFrame || server.rstFrame;
    const closedAtOnce = closed > 0 && (client.finFrame === 0 || closed < client.finFrame);
    if (fromClient === 'http-request' && noAnswer && closedAtOnce)
      return verdict(
        'plaintext_client_on_tls_port',
        'client',
        'application',
        0.4,
        [client.firstDataFrame, closed],
        'the server closes on a plain HTTP request without a byte, as servers do that expect TLS; the capture does not show what it speaks',
        true,
      );
  }
  return undefined;

  function plaintextClient(): HandshakeVerdict {
    return verdict(
      'plaintext_client_on_tls_port',
      'client',
      'application',
      serverComplains || session!.server.records.count > 0 ? 0.95 : 0.75,
      [client.firstDataFrame, server.firstDataFrame],
      `the client speaks ${fromClient === 'http-request' ? 'plain HTTP' : 'plain text'} to a port that expects TLS`,
    );
  }
}

function answersPlainly(preamble: Buffer | undefined): boolean {
  return /^HTTP\/1\.[01] 2/.test(preamble?.toString('latin1', 0, 16) ?? '');
}
