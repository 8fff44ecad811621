/** Rival explanations of refused or unanswered connects. */
import type { Symptom } from '../../graph/types.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import type { Join } from '../_symptom-rule.ts';
import { iso, quote, symptomsOf, together } from '../support.ts';
import type { CheckContext } from '../types.ts';
import { movedAddress } from './_dns.ts';

/** Vetoes when a former address (stale DNS) or our own server that could not start explains it. */
export function* otherExplanation(
  context: CheckContext,
  symptoms: Symptom[],
  handshakes: HandshakeObservation[],
): Iterable<Join> {
  const peers = [
    ...symptoms.flatMap((s) => s.peers),
    ...symptoms.flatMap((s) => s.events.flatMap((e) => (e.peer ? [e.peer] : []))),
    ...handshakes.map((h) => h.server.address),
  ];
  const moved = movedAddress(context, peers);
  if (moved) yield { veto: `the name points elsewhere now: ${moved.says}` };
  const start = symptomsOf(
    context,
    ['start.key-mismatch', 'start.file-missing', 'start.bad-pem', 'start.passphrase', 'start.cert-rejected'],
    { any: true },
  );
  if (start.length && symptoms.length && Math.abs(together(start).onset - together(symptoms).onset) < 15 * 60_000) {
    yield { veto: 'the server itself says why it does not listen' };
  }
}

/** Timeouts in the handshake phase that the same endpoints' clients logged. */
export function* timeoutsOf(context: CheckContext, handshakes: HandshakeObservation[]): Iterable<Join> {
  const said = symptomsOf(context, ['tls.handshake-timeout', 'net.read-timeout', 'net.connect-timeout'], {
    role: ['client', 'unknown'],
  });
  if (said.length === 0) return;
  const t = together(said);
  const first = Math.min(...handshakes.map((h) => h.time));
  yield {
    evidence: quote(context, said, 4),
    says: `${t.count} timeouts were logged since ${iso(t.onset)}`,
    onset: Math.min(first, t.onset),
    confidence: 0.93,
  };
}
