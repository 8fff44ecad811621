/** Verdicts on DTLS and QUIC, where there is no TCP to tell who is silent. */
import type { HandshakeVerdict } from '../../tls/types.ts';
import { fatalAlert, judgeAlert } from './alerts.ts';
import { type FlowCase, verdict } from './case.ts';

export function judgeDatagram(item: FlowCase): HandshakeVerdict {
  const { flow, observation, captureEnd } = item;
  const session = flow.session!;
  const frames = [observation.clientHello?.frame, observation.serverHello?.frame];
  const alert = fatalAlert(session.alerts);
  if (alert) return judgeAlert(item, alert);
  const finished = session.clientFinished > 0 && session.serverFinished > 0;
  const data = session.clientApplicationBytes > 0 && session.serverApplicationBytes > 0;
  if (finished || (session.serverHello && data)) {
    observation.completed = true;
    return verdict(
      'ok',
      'none',
      'tls',
      0.9,
      frames,
      `handshake complete${session.resumed ? ' (resumed)' : ''}`,
      !finished,
    );
  }
  if (captureEnd - flow.lastTime < 900 && session.serverHello)
    return verdict(
      'incomplete_capture',
      'unknown',
      'tls',
      0.3,
      frames,
      'the capture ends in the middle of the handshake',
    );
  if (flow.server.packets === 0) {
    if (captureEnd - flow.firstTime < 900)
      return verdict(
        'incomplete_capture',
        'unknown',
        'tls',
        0.3,
        frames,
        'the capture ends right after the ClientHello',
      );
    return verdict(
      'drop_after_clienthello',
      'between',
      'path',
      0.6,
      [...frames, flow.client.lastDataFrame],
      `no answer to the ClientHello over UDP (${flow.client.packets} datagrams sent): dropped on the way, or nothing listens`,
    );
  }
  return verdict(
    'not_visible',
    'unknown',
    'tls',
    0.3,
    frames,
    'the end of this handshake is encrypted or was not captured',
  );
}
