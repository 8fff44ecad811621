/** A reset in the handshake: a device in between, or a peer that rejects a certificate without saying so. */
import type { Symptom } from '../../graph/types.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import type { Join } from '../_symptom-rule.ts';
import { changeReference, changesNear } from '../support.ts';
import type { CheckContext } from '../types.ts';

const EGRESS = /egress|nat\b|source address|address of|firewall|allow-?list|whitelist|waf|proxy|出口|防火墙|白名单/i;

export function* cutOrRejected(
  context: CheckContext,
  symptoms: Symptom[],
  handshakes: HandshakeObservation[],
  onset: number,
): Iterable<Join> {
  // Where the capture shows that the failing handshakes got further than the ClientHello, it was no cut.
  const related = context.observations.handshakes.filter(
    (h) => h.time >= onset - 60_000 && !h.completed && h.verdict.id !== 'ok',
  );
  const further = related.filter(
    (h) => h.serverHello || h.clientCertificateEmpty || /client_cert|cert|alert/.test(h.verdict.id),
  );
  if (handshakes.length === 0 && further.length > related.length / 2 && further.length > 0) {
    yield { veto: 'the capture shows that these handshakes went further than the ClientHello' };
    return;
  }
  if (
    handshakes.length === 0 &&
    context.graph.symptoms.some(
      (s) => s.significant && /^tls\.client-cert/.test(s.event) && Math.abs(s.onset - onset) < 10 * 60_000,
    )
  ) {
    yield { veto: 'the peer says that a client certificate was the reason' };
    return;
  }
  if (
    context.graph.symptoms.some(
      (s) => s.significant && (s.event === 'start.key-mismatch' || s.event === 'start.file-missing'),
    )
  )
    yield { veto: 'the server itself could not start' };
  const injected = handshakes.find(
    (h) =>
      h.verdict.id === 'middlebox_reset' ||
      (h.tcp.reset?.ttl !== undefined &&
        h.tcp.reset.ttlUsual !== undefined &&
        h.tcp.reset.ttl !== h.tcp.reset.ttlUsual),
  );
  if (injected) {
    yield {
      confidence: 0.94,
      proof: 'structural',
      says: `the reset comes with TTL ${injected.tcp.reset?.ttl ?? '?'} while the peer's packets come with ${injected.tcp.reset?.ttlUsual ?? injected.tcp.serverTtl ?? '?'}`,
    };
  }
  const dropped = handshakes.some((h) => h.verdict.id === 'drop_after_clienthello');
  if (dropped) yield { says: 'the ClientHello is never acknowledged though TCP connects' };
  const change = changesNear(context, onset, 30 * 60_000).find((c) => EGRESS.test(c.text));
  if (change)
    yield {
      confidence: injected ? 0.96 : 0.9,
      evidence: [changeReference(change)],
      says: `it began with the change "${change.text}"`,
    };
  else if (symptoms.length === 0 && !injected && !dropped && context.observations.logs.recordTotal === 0)
    yield {
      confidence: 0.45,
      against:
        'the reset or close comes as from the server itself: its key pair, its names or its load can be behind it',
    };
  else if (handshakes.length === 0 && symptoms.every((s) => s.event === 'tls.handshake-eof'))
    yield {
      confidence: 0.5,
      against: 'a close without a reset can also be a peer that rejects the client without an alert',
    };
}
