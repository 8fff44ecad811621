/** Verdicts once the server has answered with a ServerHello: completed, refused, silent or cut. */

import { isoDay } from '../../instant.ts';
import { parseSuite } from '../../tls/registries/suites.ts';
import type { HandshakeVerdict } from '../../tls/types.ts';
import { FACT } from '../handshake.ts';
import { injectedReset, lostServerReply, madeInBetween } from './after-hello.ts';
import { CERTIFICATE_ALERTS, fatalAlert, judgeAlert } from './alerts.ts';
import {
  acknowledgedBytes,
  captureFiltered,
  captureHole,
  type FlowCase,
  milliseconds,
  sentBytes,
  unseenBytes,
  verdict,
} from './case.ts';
import { certificateFacts, chainProblem } from './certificate-facts.ts';
import { ALERT_LENGTHS, type Inference, inferTls13, wentOn } from './tls13.ts';

export function judgeAfterServerHello(item: FlowCase): HandshakeVerdict | undefined {
  const session = item.flow.session;
  if (!session || (!session.serverHello && !session.helloRetry)) return undefined;
  const alert = fatalAlert(session.alerts);
  const finished = session.clientFinished > 0 && session.serverFinished > 0;
  const { server } = item.flow;
  const closed = server.finFrame || server.rstFrame;
  // Said after the server had closed, it only comments on that.
  const comment =
    alert?.from === 'client' &&
    closed > 0 &&
    alert.frame !== undefined &&
    alert.frame > closed &&
    !CERTIFICATE_ALERTS.has(alert.description);
  if (
    alert &&
    !comment &&
    !(
      finished &&
      !session.tls13 &&
      alert.frame !== undefined &&
      alert.frame > Math.max(session.clientFinished, session.serverFinished)
    )
  ) {
    return judgeAlert(item, alert);
  }
  return session.tls13 ? judgeTls13(item) : judgeTls12(item);
}

const COMPLETE = 'handshake complete';
const COMPLETE_RESUMED = 'handshake complete (resumed)';
const BY_LENGTH = ': the client’s Finished was recognised by its length';
const WENT_ON = ' and the server went on';
/** Made once: this is what most handshakes of TLS 1.3 get. */
const COMPLETE_13 = { alone: `${COMPLETE}${BY_LENGTH}`, wentOn: `${COMPLETE}${BY_LENGTH}${WENT_ON}` } as const;
const RESUMED_13 = {
  alone: `${COMPLETE_RESUMED}${BY_LENGTH}`,
  wentOn: `${COMPLETE_RESUMED}${BY_LENGTH}${WENT_ON}`,
} as const;

function ok(item: FlowCase, says: string, inferred = false): HandshakeVerdict {
  const { observation, flow } = item;
  observation.completed = true;
  return verdict(
    'ok',
    'none',
    'tls',
    inferred ? 0.9 : 0.97,
    [
      observation.clientHello?.frame,
      observation.serverHello?.frame,
      flow.session!.clientFinished,
      flow.session!.serverFinished,
    ],
    says,
    inferred,
  );
}

function judgeTls12(item: FlowCase): HandshakeVerdict {
  const session = item.flow.session!;
  if (session.clientFinished && session.serverFinished) {
    if (!session.clientCertificateEmpty) return ok(item, session.resumed ? COMPLETE_RESUMED : COMPLETE);
    return ok(
      item,
      `${session.resumed ? COMPLETE_RESUMED : COMPLETE}; the server asked for a client certificate and the client sent none`,
    );
  }
  return unfinished(item);
}

function judgeTls13(item: FlowCase): HandshakeVerdict {
  const { observation, flow } = item;
  const session = flow.session!;
  if (session.decrypted && session.clientFinished && session.serverFinished) return judgeTls12(item);
  const inference = inferTls13(session);
  const frames = [observation.clientHello?.frame, observation.serverHello?.frame];
  // Lengths say what a record is only where none is missing before it.
  const gaps = flow.client.lostBytes + flow.server.lostBytes > 0 || captureHole(flow);
  if (gaps && (inference.clientAlert || inference.serverAlert || inference.unrecognised)) return unfinished(item);
  if (inference.clientAlert) {
    observation.alerts = [
      ...observation.alerts,
      {
        from: 'client',
        level: 2,
        description: -1,
        encrypted: true,
        inferred: true,
        frame: inference.clientAlert.frame,
        time: inference.clientAlert.time,
      },
    ];
    return verdict(
      'server_cert_rejected',
      'server',
      'tls',
      0.8,
      [...frames, inference.clientAlert.frame],
      'the client answers the server’s flight with an encrypted alert (by its length): it rejects the certificate or the parameters; the reason is not visible without keys',
      true,
    );
  }
  const refused = refusedBehindHello(item, frames);
  if (refused) return refused;
  if (inference.unrecognised) return unrecognisedFlight(item, inference, frames) ?? unfinished(item);
  if (inference.clientFinished) {
    const helloTime = observation.clientHello?.time;
    if (helloTime !== undefined) observation.setHandshakeTime(inference.clientFinished.time - helloTime);
    if (inference.clientCertificate === 'empty') observation.mark(FACT.clientCertificateEmpty);
    if (inference.clientCertificate !== 'none') observation.mark(FACT.certificateRequested);
    if (inference.serverAlert)
      return serverAlertAfterFinished(
        item,
        inference.clientCertificate,
        inference.serverAlert.frame,
        inference.serverAlert.time,
      );
    const ended = inference.serverWentOn ? undefined : endedByOthers(item, inference);
    if (ended) return ended;
    // Nothing more needs to come: a server may give no tickets, and the client may have nothing to ask yet.
    if (inference.serverWentOn || flow.closed || acknowledgedBytes(flow.client) >= sentBytes(flow.client)) {
      const says = session.resumed ? RESUMED_13 : COMPLETE_13;
      return ok(item, inference.serverWentOn ? says.wentOn : says.alone, true);
    }
  }
  return unfinished(item);
}

/** The client finished, and the server's side ended the connection without another record. */
function endedByOthers(item: FlowCase, inference: Inference): HandshakeVerdict | undefined {
  const { flow, observation } = item;
  const { client, server } = flow;
  const serverEnd = server.finFrame || server.rstFrame;
  const clientEnd = client.finFrame || client.rstFrame;
  if (!serverEnd || (clientEnd > 0 && clientEnd < serverEnd)) return undefined;
  const frames = [observation.clientHello?.frame, observation.serverHello?.frame, serverEnd];
  const injected = server.rstFrame ? injectedReset(flow) : undefined;
  if (injected) return madeInBetween(injected, frames);
  if (inference.clientCertificate === 'none') return undefined;
  const empty = inference.clientCertificate === 'empty';
  return verdict(
    empty ? 'client_cert_missing' : 'client_cert_rejected',
    'client',
    'tls',
    0.65,
    frames,
    `the client sent ${empty ? 'an empty certificate list' : 'a certificate'} (by record lengths) and the server closed without another record`,
    true,
  );
}

/** Lengths of the client's flight fit no known message: only what the server did next can be told. */
function unrecognisedFlight(
  item: FlowCase,
  inference: Inference,
  frames: (number | undefined)[],
): HandshakeVerdict | undefined {
  const { observation } = item;
  if (inference.serverWentOn) {
    observation.completed = true;
    return verdict(
      'ok',
      'none',
      'tls',
      0.7,
      frames,
      'the server went on after the client’s second flight; the lengths of that flight are unusual',
      true,
    );
  }
  if (inference.serverAlert && inference.clientCertificate !== 'none') {
    if (inference.clientCertificate === 'empty') observation.mark(FACT.clientCertificateEmpty);
    observation.mark(FACT.certificateRequested);
    return serverAlertAfterFinished(
      item,
      inference.clientCertificate,
      inference.serverAlert.frame,
      inference.serverAlert.time,
    );
  }
  if (inference.serverAlert || item.flow.closed)
    return verdict(
      'not_visible',
      'unknown',
      'tls',
      0.3,
      frames,
      'the client’s second flight has record lengths that fit no known message, and the server said nothing that tells more',
    );
  return undefined;
}

function serverAlertAfterFinished(
  item: FlowCase,
  certificate: 'none' | 'empty' | 'sent',
  frame: number,
  time: number,
): HandshakeVerdict {
  const { observation } = item;
  const frames = [observation.clientHello?.frame, observation.serverHello?.frame, frame];
  observation.alerts = [
    ...observation.alerts,
    { from: 'server', level: 2, description: -1, encrypted: true, inferred: true, frame, time },
  ];
  if (certificate === 'empty')
    return verdict(
      'client_cert_missing',
      'client',
      'tls',
      0.85,
      frames,
      'the server asked for a client certificate, the client sent an empty one and the server ended with an encrypted alert (all by record lengths)',
      true,
    );
  if (certificate === 'sent')
    return verdict(
      'client_cert_rejected',
      'client',
      'tls',
      0.85,
      frames,
      'the client sent a certificate and the server ended with an encrypted alert (by record lengths); the code is not visible without keys',
      true,
    );
  // A polite close_notify looks the same: the server accepted and had nothing to say.
  observation.completed = true;
  return verdict('ok', 'none', 'tls', 0.6, frames, 'handshake complete; the server closed at once without data', true);
}

/** Neither an alert nor the end of the handshake. */
function unfinished(item: FlowCase): HandshakeVerdict {
  const { flow, observation, captureEnd } = item;
  const session = flow.session!;
  const { client, server } = flow;
  const frames = [observation.clientHello?.frame, observation.serverHello?.frame];
  if (captureFiltered(flow))
    return verdict(
      'not_visible',
      'unknown',
      'tls',
      0.3,
      frames,
      'the capture was filtered (no opening, no acknowledgements): how this handshake went on is not visible',
    );
  const alert = lostAlert(item, frames);
  if (alert) return alert;
  if (captureHole(flow)) {
    if (wentOn(session))
      return ok(item, 'application data flows both ways; part of the handshake is missing from the capture', true);
    return verdict(
      'not_visible',
      'unknown',
      'tls',
      0.3,
      frames,
      'packets of this handshake are missing from the capture; its end cannot be judged',
    );
  }
  const injected = injectedReset(flow);
  if (injected) return madeInBetween(injected, [...frames, flow.server.rstFrame, flow.client.rstFrame]);
  const lost = lostServerReply(flow, observation.clientHello?.frame ?? 0);
  if (lost && client.dataSegments <= 1 + client.retransmissions) return lost;
  return closedUnfinished(item, frames) ?? silentUnfinished();

  function silentUnfinished(): HandshakeVerdict {
    const clientSpokeLast = client.lastDataFrame > server.lastDataFrame;
    const waited = Math.max(captureEnd, flow.lastTime) - Math.max(client.lastDataTime, server.lastDataTime);
    if (waited < 900)
      return verdict(
        'incomplete_capture',
        'unknown',
        'tls',
        0.3,
        frames,
        'the capture ends in the middle of the handshake',
      );
    const flightCut = !session.tls13 && !session.serverHelloDone && !session.resumed;
    if (flightCut && server.retransmissions + client.retransmissions === 0)
      return verdict(
        'not_visible',
        'unknown',
        'tls',
        0.3,
        frames,
        'the server’s flight breaks off, nobody repeats anything and nobody closes: the capture does not hold the rest',
      );
    if (session.client.lost + session.server.lost > 0)
      return verdict(
        'not_visible',
        'unknown',
        'tls',
        0.3,
        frames,
        'the capture lacks packets of this handshake; its end cannot be judged',
      );
    return clientSpokeLast
      ? verdict(
          'server_accepts_but_no_reply',
          'server',
          'tls',
          0.7,
          [...frames, client.lastDataFrame],
          `the server stops answering in the middle of the handshake (silent for ${milliseconds(waited)})`,
        )
      : verdict(
          'client_stalled',
          'client',
          'tls',
          0.6,
          [...frames, server.lastDataFrame],
          `the client does not answer the server’s flight (silent for ${milliseconds(waited)})`,
        );
  }
}

function closedUnfinished(item: FlowCase, frames: (number | undefined)[]): HandshakeVerdict | undefined {
  const { flow, observation } = item;
  const session = flow.session!;
  const { client, server } = flow;
  const clientEnd = client.finFrame || client.rstFrame;
  const serverEnd = server.finFrame || server.rstFrame;
  if (!clientEnd && !serverEnd) return undefined;
  if (session.client.lost + session.server.lost > 0 && wentOn(session))
    return ok(item, 'application data flows; part of the handshake is missing from the capture', true);
  if (!session.clientHello)
    return verdict(
      'not_visible',
      'unknown',
      'tls',
      0.3,
      [...frames, clientEnd, serverEnd],
      'the ClientHello and what came before it are missing from the capture; why the connection was closed cannot be judged',
    );
  const unseen = session.client.lost + session.server.lost + unseenBytes(client) + unseenBytes(server) > 0;
  if (clientEnd && (!serverEnd || clientEnd < serverEnd)) {
    if (session.serverApplicationBytes > 0 && session.clientApplicationBytes > 0 && session.client.records.count > 3)
      return ok(item, 'application data flows both ways', true);
    const problem = chainProblem(observation.serverCertificates, observation.clientHello?.sni, observation.time);
    if (problem)
      return verdict(
        problem.id,
        'server',
        'tls',
        0.75,
        [...frames, clientEnd],
        `the client leaves without an alert after the server’s certificate; ${problem.says}`,
        true,
      );
    const waited = (client.finTime || client.rstTime) - server.lastDataTime;
    if (leftAfterFlight(item, waited))
      return verdict(
        'server_cert_rejected',
        'server',
        'tls',
        0.55,
        [...frames, clientEnd],
        'the client leaves without an alert as soon as the server’s flight is complete, as clients do that check the certificate themselves; it is encrypted in TLS 1.3, so the reason is not visible here',
        true,
      );
    if (session.clientKeyExchange || waited > 1500) {
      return verdict(
        'server_accepts_but_no_reply',
        'server',
        'tls',
        0.6,
        [...frames, clientEnd],
        `the client gave up ${milliseconds(waited)} after the last word of the server`,
      );
    }
    if (unseen)
      return verdict(
        'not_visible',
        'unknown',
        'tls',
        0.3,
        [...frames, clientEnd],
        'the client leaves during the handshake, of which the capture lacks a part: why is not visible',
      );
    return verdict(
      'client_aborted_handshake',
      'client',
      'tls',
      0.45,
      [...frames, clientEnd],
      'the client leaves without an alert after the server’s flight: a probe that wanted no more, or it dislikes the certificate; the wire does not tell',
      true,
    );
  }
  if (session.clientCertificates || session.clientCertificateEmpty) {
    const leaf = session.clientCertificates ? certificateFacts(session.clientCertificates[0]!) : undefined;
    if (leaf && leaf.notAfter < observation.time)
      return verdict(
        'client_cert_expired',
        'client',
        'tls',
        0.85,
        [...frames, serverEnd],
        `the server closed without an alert after the client’s certificate (${leaf.subject}), which expired on ${isoDay(leaf.notAfter)}`,
      );
    return session.clientCertificateEmpty
      ? verdict(
          'client_cert_missing',
          'client',
          'tls',
          0.75,
          [...frames, serverEnd],
          'the server asked for a client certificate, got an empty list and closed without an alert',
        )
      : verdict(
          'client_cert_rejected',
          'client',
          'tls',
          0.7,
          [...frames, serverEnd],
          'the server closed without an alert after the client’s certificate',
        );
  }
  if (unseen)
    return verdict(
      'not_visible',
      'unknown',
      'tls',
      0.3,
      [...frames, serverEnd],
      'the server closed the connection, but packets before that are missing from the capture',
    );
  return server.rstFrame
    ? verdict(
        'server_reset_during_handshake',
        'server',
        'tcp',
        0.6,
        [...frames, serverEnd],
        'the server reset the connection in the middle of the handshake',
      )
    : verdict(
        'server_closed_during_handshake',
        'server',
        'tcp',
        0.6,
        [...frames, serverEnd],
        'the server closed the connection in the middle of the handshake',
      );
}

/**
 * The server's first encrypted record is an alert, and nothing of the client stands between it and the ServerHello. Go's
 * servers compare application protocols only then; other stacks refuse before the ServerHello, in clear text.
 */
function refusedBehindHello(
  { flow, observation }: FlowCase,
  frames: (number | undefined)[],
): HandshakeVerdict | undefined {
  const session = flow.session!;
  if (session.client.lost + session.server.lost > 0) return undefined;
  const { records } = session.server;
  let first = -1;
  for (let index = 0; index < records.kept && first < 0; index++) if (records.type(index) === 23) first = index;
  if (first < 0 || first !== records.count - 1 || !ALERT_LENGTHS.has(records.length(first))) return undefined;
  const frame = records.frame(first);
  observation.alerts = [
    ...observation.alerts,
    { from: 'server', level: 2, description: -1, encrypted: true, inferred: true, frame, time: records.time(first) },
  ];
  const how =
    'the server ends the handshake with an encrypted alert right behind its ServerHello (by its length); the code is not visible without keys';
  const offered = observation.clientHello?.alpn ?? [];
  return offered.length > 0
    ? verdict(
        'alpn_mismatch',
        'client',
        'tls',
        0.6,
        [...frames, frame],
        `${how}: servers written in Go refuse so when they speak none of the offered protocols (${offered.join(', ')})`,
        true,
      )
    : verdict('server_closed_during_handshake', 'server', 'tls', 0.6, [...frames, frame], how, true);
}

/** Record header and alert in clear text. */
const CLEAR_ALERT = 7;

/**
 * The client's close lies as many bytes behind its last captured one as an alert is long, after the server's certificate:
 * the capture lacks the alert, not the fact that there was one.
 */
function lostAlert({ flow, observation }: FlowCase, frames: (number | undefined)[]): HandshakeVerdict | undefined {
  const { client, server, session } = flow;
  if (!session || session.resumed || session.clientKeyExchange || session.client.lost + session.server.lost > 0)
    return undefined;
  if (!session.serverHelloDone && !session.tls13) return undefined;
  const left = client.finFrame || client.rstFrame;
  if (!left || (server.finFrame > 0 && server.finFrame < left)) return undefined;
  if (unseenBytes(client) !== CLEAR_ALERT) return undefined;
  const how = `the client leaves after the server’s flight; the ${CLEAR_ALERT} bytes before that are missing from the capture and are as long as an alert`;
  const problem = chainProblem(observation.serverCertificates, observation.clientHello?.sni, observation.time);
  return problem
    ? verdict(problem.id, 'server', 'tls', 0.8, [...frames, left], `${how}; ${problem.says}`, true)
    : verdict(
        'server_cert_rejected',
        'server',
        'tls',
        0.6,
        [...frames, left],
        `${how}: most likely it rejects the certificate; why, the capture does not show`,
        true,
      );
}

/** A full flight of TLS 1.3, its Finished included, and the client goes at once: not a probe that wanted the hello only. */
function leftAfterFlight({ flow }: FlowCase, waited: number): boolean {
  const session = flow.session!;
  const { records } = session.server;
  if (!session.tls13 || session.resumed || waited > 1000 || !session.clientHello?.sni) return false;
  const finished = 17 + 4 + (parseSuite(session.serverHello!.suite)?.hash === 'SHA384' ? 48 : 32);
  for (let index = 0; index < records.kept; index++)
    if (records.type(index) === 23 && records.length(index) === finished) return true;
  return false;
}
