/** The ClientHello went out and no ServerHello came back: who is silent, who closed, who interfered. */

import type { HandshakeVerdict } from '../../tls/types.ts';
import { counted } from '../../wording.ts';
import { announcesTls, plaintextKind } from '../stream/preamble.ts';
import type { Flow } from '../tcp/flow.ts';
import { sequenceDifference } from '../tcp/flow.ts';
import {
  acknowledgedBytes,
  captureFiltered,
  captureHole,
  connectTime,
  type FlowCase,
  milliseconds,
  sentBytes,
  verdict,
} from './case.ts';
import { wentOn } from './tls13.ts';

/** Below this a capture that ends leaves everything open. */
const SETTLED_MS = 900;

/** Hop counts vary with load balancing by one or two; a middlebox differs by more. */
const TTL_TOLERANCE = 2;

export function judgeAfterHello(item: FlowCase): HandshakeVerdict | undefined {
  const { flow, captureEnd } = item;
  const session = flow.session;
  const { client, server } = flow;
  if (!session || session.serverHello || session.helloRetry || client.bytes === 0) return undefined;
  // Without the beginning of the connection the first bytes seen need not be a hello.
  if (!session.clientHello && !client.synFrame) return undefined;
  const helloFrame = session.clientHello?.frame ?? client.firstDataFrame;
  if (captureFiltered(flow))
    return verdict(
      'not_visible',
      'unknown',
      'tls',
      0.3,
      [helloFrame],
      'the capture holds only hellos (no opening, no acknowledgements): how this handshake went on is not visible',
    );
  const kind = session.server.records.count === 0 ? plaintextKind(session.server.preamble) : undefined;
  if (kind && kind !== 'binary') {
    return verdict(
      'plaintext_server_on_tls_port',
      'server',
      'application',
      0.95,
      [helloFrame, server.firstDataFrame],
      `the server answers the ClientHello in plain text (${kind})`,
    );
  }
  if (captureHole(flow)) {
    return withoutServerHello(
      item,
      session,
      helloFrame,
      'is missing from the capture',
      'the client acknowledges an answer that the capture does not hold: the capture is incomplete',
    );
  }
  const injected = injectedReset(flow);
  if (injected) {
    const target = injected.from === 'server' ? server : client;
    return madeInBetween(injected, [helloFrame, target.rstFrame]);
  }
  const unread = cutReply(item, helloFrame);
  if (unread) return unread;
  const sent = sentBytes(client);
  const acknowledged = acknowledgedBytes(client);
  // A reset behind the server's FIN only answers what the client still sent.
  const resetFirst = !server.finFrame || server.rstFrame < server.finFrame;
  if (server.rstFrame && resetFirst && (!client.finFrame || server.rstFrame < client.finFrame)) {
    const after = milliseconds(server.rstTime - client.firstDataTime);
    return server.ttl < 0
      ? verdict(
          'server_reset_after_clienthello',
          'server',
          'tcp',
          0.5,
          [helloFrame, server.rstFrame],
          `the connection was reset ${after} after the ClientHello without a word; the capture holds no other packet of the server to compare with, so something in between may have sent it`,
        )
      : verdict(
          'server_reset_after_clienthello',
          'server',
          'tcp',
          0.8,
          [helloFrame, server.rstFrame],
          `the server reset the connection ${after} after the ClientHello without a word`,
        );
  }
  const lostReply = lostServerReply(flow, helloFrame);
  if (lostReply) return lostReply;
  if (server.finFrame && (!client.finFrame || server.finFrame < client.finFrame)) {
    return verdict(
      'server_closed_after_clienthello',
      'server',
      'tcp',
      0.8,
      [helloFrame, server.finFrame],
      `the server closed the connection ${milliseconds(server.finTime - client.firstDataTime)} after the ClientHello without an alert`,
    );
  }
  if (acknowledged === 0) {
    if (server.sackFrame > 0) {
      return verdict(
        'mtu_blackhole_c2s',
        'between',
        'path',
        0.9,
        [helloFrame, server.sackFrame],
        'the short tail of the ClientHello arrives (selective acknowledgement) but its full-size first segment never does: packets of full size are dropped towards the server',
      );
    }
    if (server.synCount > 1 && server.lastSynTime > client.firstDataTime) {
      return verdict(
        'accept_queue_full',
        'server',
        'tcp',
        0.75,
        [helloFrame, server.synFrame],
        `the server repeats its SYN-ACK although the client has answered and sent its hello: its accept queue is full`,
      );
    }
    // Nobody repeats only what comes second unless the first was acknowledged.
    if (client.firstRepeats === 0 && client.laterRepeats > 1) {
      return verdict(
        'middlebox_drops_second_segment',
        'between',
        'path',
        0.6,
        [helloFrame, client.lastDataFrame],
        'only the later segments of the ClientHello are repeated, and in vain: the first arrived (its acknowledgement was not captured), and something in between drops the second',
      );
    }
    if (client.retransmissions === 0 && captureEnd - client.firstDataTime < SETTLED_MS) {
      return verdict(
        'incomplete_capture',
        'unknown',
        'tcp',
        0.3,
        [helloFrame],
        'the capture ends right after the ClientHello',
      );
    }
    return verdict(
      'drop_after_clienthello',
      'between',
      'path',
      client.retransmissions > 1 ? 0.9 : 0.6,
      [helloFrame, client.lastDataFrame],
      `TCP connects, but the ClientHello is never acknowledged (sent ${counted(1 + client.firstRepeats, 'time')}): something in between drops it`,
    );
  }
  // A part of it acknowledged means several segments on the wire, also where the sender's card cut them (one in the capture).
  if (acknowledged < sent && client.laterRepeats + client.firstRepeats > 0) {
    return verdict(
      'middlebox_drops_second_segment',
      'between',
      'path',
      0.85,
      [helloFrame, client.lastDataFrame],
      `only the first ${acknowledged} of ${sent} bytes of the ClientHello are acknowledged; the rest is repeated in vain: something in between drops the second segment`,
    );
  }
  const closed = client.finTime || client.rstTime;
  const waited = (closed || Math.max(captureEnd, flow.lastTime)) - client.firstDataTime;
  if (!closed && waited < SETTLED_MS)
    return verdict(
      'incomplete_capture',
      'unknown',
      'tls',
      0.3,
      [helloFrame],
      'the capture ends before the server could answer',
    );
  return verdict(
    'server_accepts_but_no_reply',
    'server',
    'tls',
    waited > SETTLED_MS ? 0.85 : 0.5,
    [helloFrame, client.finFrame, client.rstFrame],
    `the server acknowledged the ClientHello and then said nothing for ${milliseconds(waited)}: it hangs, or waits for something behind it`,
  );
}

/** The server answered, and the snap length cut what it said: only how it went on can be told. */
function cutReply(item: FlowCase, helloFrame: number): HandshakeVerdict | undefined {
  const { flow } = item;
  const session = flow.session!;
  if (flow.server.dataSegments === 0 || session.server.lost === 0) return undefined;
  const lost = lostServerReply(flow, helloFrame);
  if (lost) return lost;
  return withoutServerHello(
    item,
    session,
    helloFrame,
    'was cut off by the snap length',
    'the snap length cut off what the server answered: how the handshake went on is not visible; capture whole packets (tcpdump -s 0)',
  );
}

/** The server's hello is not in the capture: what flows afterwards may still say that the handshake completed. */
function withoutServerHello(
  { observation }: FlowCase,
  session: NonNullable<Flow['session']>,
  helloFrame: number,
  fate: string,
  otherwise: string,
): HandshakeVerdict {
  observation.completed = wentOn(session);
  return observation.completed
    ? verdict(
        'ok',
        'none',
        'tls',
        0.7,
        [helloFrame],
        `application data flows both ways; the server’s hello ${fate}`,
        true,
      )
    : verdict('not_visible', 'unknown', 'tls', 0.3, [helloFrame], otherwise);
}

/**
 * Seen from the server's side: the tail of the first flight arrives, its full-size head never does. The server's
 * acknowledgement stays where the connection began, so it is the path that lacks the bytes and not the capture.
 */
export function judgeLostHead({ flow }: FlowCase): HandshakeVerdict | undefined {
  const { client, server, session } = flow;
  if (!client.isnKnown || !client.started || client.lostBytes === 0) return undefined;
  if (!client.acknowledgedKnown || server.pureAcks === 0) return undefined;
  const first = server.dataSegments === 0 && acknowledgedBytes(client) === 0;
  // Behind STARTTLS or a proxy's words, the head of the hello is what is missing.
  const behindWords =
    session !== undefined &&
    session.client.records.count === 0 &&
    announcesTls(session) &&
    sequenceDifference(client.acknowledged, client.lostUntil) < 0 &&
    server.sackFrame > 0;
  if (!first && !behindWords) return undefined;
  return verdict(
    'mtu_blackhole_c2s',
    'between',
    'path',
    server.sackFrame ? 0.85 : 0.65,
    [client.synFrame, client.firstDataFrame, server.sackFrame],
    `of the client’s first flight only the tail arrives (its first ${counted(client.lostBytes, 'byte')} never do, and the server acknowledges none): packets of full size are dropped towards the server`,
  );
}

/** The server did answer, but its bytes did not arrive here. */
export function lostServerReply(flow: Flow, helloFrame: number): HandshakeVerdict | undefined {
  const { client, server } = flow;
  if (!server.isnKnown && !server.started) return undefined;
  const missingHead = server.pending !== undefined || server.lostBytes > 0;
  const arrived = server.dataSegments > 0;
  const peerGotThem =
    server.acknowledgedKnown && server.started && sequenceDifference(server.acknowledged, server.firstSequence) > 0;
  if (arrived && missingHead && !peerGotThem) {
    return verdict(
      'mtu_blackhole_s2c',
      'between',
      'path',
      client.sackFrame ? 0.9 : 0.75,
      [helloFrame, server.firstDataFrame, client.sackFrame],
      'of the server’s answer only a short last segment arrives, the full-size segments in front of it never do: packets of full size are dropped towards the client',
    );
  }
  if (!arrived && server.beyondFrame) {
    return verdict(
      'reply_lost_on_path',
      'between',
      'path',
      0.9,
      [helloFrame, server.beyondFrame],
      'the server did answer (its later segments count bytes that never arrived here): the reply is lost on the way',
    );
  }
  // Seen from the server's side: it repeats its answer and nobody acknowledges it.
  if (arrived && !peerGotThem && server.retransmissions >= 2) {
    return client.sackFrame
      ? verdict(
          'mtu_blackhole_s2c',
          'between',
          'path',
          0.85,
          [helloFrame, server.firstDataFrame, client.sackFrame],
          'the server repeats its full-size segments; the client acknowledges only the short ones behind them',
        )
      : verdict(
          'reply_lost_on_path',
          'between',
          'path',
          0.8,
          [helloFrame, server.firstDataFrame, server.lastDataFrame],
          'the server repeats its answer and the client never acknowledges it',
        );
  }
  return undefined;
}

/** A reset that something in between made, and what gives it away. */
interface InjectedReset {
  from: 'client' | 'server';
  confidence: number;
  why: string;
}

export const madeInBetween = (
  { from, confidence, why }: InjectedReset,
  frames: readonly (number | undefined)[],
): HandshakeVerdict =>
  verdict(
    'middlebox_reset',
    'between',
    'path',
    confidence,
    frames,
    `the reset that seems to come from the ${from} was made by something in between: ${why}`,
  );

/** Signs that a reset was not sent by the peer whose address it carries. */
export function injectedReset(flow: Flow): InjectedReset | undefined {
  for (const from of ['server', 'client'] as const) {
    const side = from === 'server' ? flow.server : flow.client;
    const other = from === 'server' ? flow.client : flow.server;
    if (!side.rstFrame || side.ttl < 0) continue;
    const hops = Math.abs(side.rstTtl - side.ttl);
    if (hops > TTL_TOLERANCE && !sameDistance(side.ttl, side.rstTtl)) {
      return {
        from,
        confidence: 0.92,
        why: `its TTL is ${side.rstTtl}, all other packets of the ${from} have ${side.ttl}`,
      };
    }
    if (
      side.packetsAfterRst > 0 &&
      side.acknowledged !== undefined &&
      sentBytes(side) > 0 &&
      side.lastDataFrame > side.rstFrame
    ) {
      return { from, confidence: 0.85, why: `the ${from} goes on talking after it` };
    }
    const connect = connectTime(flow);
    const delay = side.rstTime - other.lastDataTime;
    if (
      from === 'server' &&
      connect !== undefined &&
      connect > 0.5 &&
      side.pureAcks === 0 &&
      side.dataSegments === 0 &&
      delay < connect * 0.6 &&
      side.rstBare &&
      side.timestamps &&
      side.rstIdentification === 0
    ) {
      return {
        from,
        confidence: 0.7,
        why: `it came after ${milliseconds(delay)}, faster than a round trip (${milliseconds(connect)}), without TCP options and with IP identification 0`,
      };
    }
  }
  return undefined;
}

/** Some stacks send resets with another initial TTL than data (255 beside 64); the same distance is the same host. */
function sameDistance(usual: number, reset: number): boolean {
  const initial = (ttl: number) => (ttl <= 32 ? 32 : ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255);
  const hops = initial(usual) - usual;
  return hops >= 2 && hops === initial(reset) - reset;
}
