/** One verdict per flow, in the order in which a connection can fail; neighbours are heard last. */
import type { HandshakeVerdict } from '../../tls/types.ts';
import type { CapturedHandshake } from '../handshake.ts';
import { announcesTls, plaintextKind } from '../stream/preamble.ts';
import { judgeAfterHello, judgeLostHead } from './after-hello.ts';
import { judgeAfterServerHello } from './after-server-hello.ts';
import { CERTIFICATE_ALERTS, fatalAlert, isFirstWord, judgeAlert } from './alerts.ts';
import { type FlowCase, milliseconds, oneDirection, verdict } from './case.ts';
import { judgeHalfOpen, judgePlaintext, judgeUnanswered } from './connection.ts';
import { judgeDatagram } from './datagram.ts';
import { silentLeave } from './silent-leave.ts';

/**
 * Judges a flow by itself; `hearNeighbours` may change the verdict once all flows are known. What they need of it stays
 * in the observation, so that the flow itself can go.
 */
export function judgeFlow(item: FlowCase): CapturedHandshake {
  const { observation } = item;
  observation.verdict = judge(item, false);
  if (observation.verdict.id === 'no_tls' && observation.protocol === 'plaintext') {
    const ifTlsPort = judgePlaintext(item, true);
    if (ifTlsPort) observation.keep({ ifTlsPort });
  }
  if (observation.verdict.id === 'ok' && observation.clientHello) {
    const left = silentLeave(item);
    if (left) observation.keep({ silentLeave: left });
  }
  observation.pack();
  return observation;
}

function judge(item: FlowCase, serverSpeaksTls: boolean): HandshakeVerdict {
  if (item.flow.datagram) return judgeDatagram(item);
  if (oneDirection(item.flow)) return judgeOneDirection(item);
  return (
    judgeUnanswered(item) ??
    judgeHalfOpen(item) ??
    judgeLostHead(item) ??
    judgePlaintext(item, serverSpeaksTls) ??
    stalled(item) ??
    judgeAfterServerHello(item) ??
    alertOnly(item) ??
    (item.flow.session?.seen && item.flow.session.client.preambleBytes === 0
      ? judgeAfterHello(item)
      : helloAfterPreamble(item)) ??
    notTls(item)
  );
}

function helloAfterPreamble(item: FlowCase): HandshakeVerdict | undefined {
  return item.flow.session?.clientHello ? judgeAfterHello(item) : undefined;
}

function alertOnly(item: FlowCase): HandshakeVerdict | undefined {
  const session = item.flow.session;
  const alert = session && !session.serverHello ? fatalAlert(session.alerts) : undefined;
  if (!alert || !session) return undefined;
  // Without the hello (cut by the snap length, not captured) only what an alert says by itself is heard.
  if (!session.clientHello)
    return CERTIFICATE_ALERTS.has(alert.description) || (alert.from === 'server' && isFirstWord(item.flow, alert))
      ? judgeAlert(item, alert)
      : undefined;
  // A client's alert before the ServerHello is its comment on what happened: a close, a reset, plain text. One about a
  // certificate says that it got one.
  const happened =
    alert.from === 'client' && !CERTIFICATE_ALERTS.has(alert.description) ? judgeAfterHello(item) : undefined;
  return happened && !UNTOLD.has(happened.id) ? happened : judgeAlert(item, alert);
}

/** What one side says can still be heard: an alert, or the Finished that a server sends only to a client it accepts. */
function judgeOneDirection(item: FlowCase): HandshakeVerdict {
  const { flow, observation } = item;
  const { session } = flow;
  const alert = session ? fatalAlert(session.alerts) : undefined;
  const finished = session !== undefined && session.serverFinished > 0 && !session.tls13 && !session.resumed;
  if (session && alert && !(finished && alert.frame !== undefined && alert.frame > session.serverFinished))
    return judgeAlert(item, alert);
  if (finished && session.serverCertificates && session.serverApplicationBytes === 0)
    return verdict(
      'not_visible',
      'unknown',
      'tls',
      0.3,
      [observation.serverHello?.frame, session.serverFinished],
      'the capture shows the server’s packets only: the handshake completed, but the server never answered a request, so whether the client accepted its certificate or left because of it is not visible',
    );
  if (finished && session.serverCertificates) {
    observation.completed = true;
    return verdict(
      'ok',
      'none',
      'tls',
      0.8,
      [observation.serverHello?.frame, session.serverFinished],
      'the capture shows the server’s packets only; its Finished, which follows the client’s, says that the handshake completed',
      true,
    );
  }
  return verdict(
    'not_visible',
    'unknown',
    'tls',
    0.3,
    [flow.firstFrame],
    `the capture shows the ${flow.server.packets === 0 ? 'client' : 'server'}’s packets only, although the other side must have sent some: a capture of both directions would tell how it went`,
  );
}

/** Verdicts that leave room for what an alert says. */
const UNTOLD: ReadonlySet<string> = new Set(['incomplete_capture', 'not_visible', 'server_accepts_but_no_reply']);

/** A closed window that stays closed: the application behind it does not read. */
function stalled({ flow }: FlowCase): HandshakeVerdict | undefined {
  for (const side of ['server', 'client'] as const) {
    const mine = side === 'server' ? flow.server : flow.client;
    if (mine.zeroWindowOpen || mine.zeroWindowCount < 2 || mine.rstFrame === mine.zeroWindowFrame) continue;
    const duration = flow.lastTime - mine.zeroWindowTime;
    if (duration < 1000) continue;
    return verdict(
      'receiver_stalled',
      side,
      'application',
      0.85,
      [mine.zeroWindowFrame],
      `the ${side} keeps its receive window at zero for ${milliseconds(duration)}: its application does not read`,
    );
  }
  return undefined;
}

/** Opaque bytes of a conversation whose first bytes were not captured. */
function beginningUnseen({ client, server, session }: FlowCase['flow']): boolean {
  if (!session) return false;
  const complete = (client.isnKnown || server.isnKnown) && client.lostBytes + server.lostBytes === 0;
  const kinds = [plaintextKind(session.client.preamble), plaintextKind(session.server.preamble)];
  // A name or a list inside a hello reads as text, too.
  return !complete && kinds.every((kind) => kind === undefined || kind === 'binary' || kind === 'text');
}

function notTls({ flow, observation, captureEnd }: FlowCase): HandshakeVerdict {
  const session = flow.session;
  if (session?.seen) {
    observation.completed = session.clientApplicationBytes > 0 && session.serverApplicationBytes > 0;
    return verdict(
      'not_visible',
      'none',
      'tls',
      0.3,
      [flow.firstFrame],
      'the capture begins in the middle of this connection: its handshake is not visible',
    );
  }
  if (session && announcesTls(session) && !flow.closed && captureEnd - flow.lastTime < 900)
    return verdict(
      'incomplete_capture',
      'unknown',
      'tls',
      0.3,
      [flow.firstFrame],
      'the capture ends before the handshake that was agreed on',
    );
  if (observation.protocol === 'plaintext' && beginningUnseen(flow))
    return verdict(
      'not_visible',
      'none',
      'tls',
      0.3,
      [flow.firstFrame],
      'the beginning of this connection is missing from the capture, and what follows is no plain text: it may be TLS',
    );
  if (observation.protocol === 'plaintext')
    return verdict('no_tls', 'none', 'application', 0.9, [flow.firstFrame], 'no TLS on this connection');
  return verdict('not_visible', 'none', 'tcp', 0.3, [flow.firstFrame], 'too little of this connection was captured');
}
