/** One verdict per flow, in the order in which a connection can fail; neighbours are heard last. */
import type { HandshakeVerdict } from '../../tls/types.ts';
import { judgeAfterHello, judgeLostHead } from './after-hello.ts';
import { judgeAfterServerHello } from './after-server-hello.ts';
import { fatalAlert, judgeAlert } from './alerts.ts';
import { type FlowCase, type JudgedCase, milliseconds, verdict } from './case.ts';
import { judgeHalfOpen, judgePlaintext, judgeUnanswered } from './connection.ts';
import { judgeDatagram } from './datagram.ts';
import { silentLeave } from './silent-leave.ts';

/** Judges a flow by itself; `hearNeighbours` may change the verdict once all flows are known. */
export function judgeFlow(item: FlowCase): JudgedCase {
  const { flow, observation } = item;
  const { session } = flow;
  observation.verdict = judge(item, false);
  const plain =
    observation.protocol === 'plaintext' && observation.verdict.id === 'no_tls'
      ? judgePlaintext(item, true)
      : undefined;
  return {
    observation,
    largeHello: flow.client.bytes > flow.client.firstSegmentLength,
    helloRetry: session?.helloRetry !== undefined,
    serverSpokeTls: session !== undefined && session.server.records.count > 0,
    ifTlsPort: plain,
    silentLeave: observation.verdict.id === 'ok' && observation.clientHello ? silentLeave(item) : undefined,
  };
}

function judge(item: FlowCase, serverSpeaksTls: boolean): HandshakeVerdict {
  if (item.flow.datagram) return judgeDatagram(item);
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
  if (!alert || !session?.clientHello) return undefined;
  // A client's alert before the ServerHello is its comment on what happened: a close, a reset, plain text.
  const happened = alert.from === 'client' ? judgeAfterHello(item) : undefined;
  return happened && !UNTOLD.has(happened.id) ? happened : judgeAlert(item, alert);
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

function notTls({ flow, observation }: FlowCase): HandshakeVerdict {
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
  if (observation.protocol === 'plaintext')
    return verdict('no_tls', 'none', 'application', 0.9, [flow.firstFrame], 'no TLS on this connection');
  return verdict('not_visible', 'none', 'tcp', 0.3, [flow.firstFrame], 'too little of this connection was captured');
}
