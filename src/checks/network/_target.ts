/** Rival explanations of refused or unanswered connects. */

import type { EvidenceRef } from '../../finding.ts';
import type { Symptom } from '../../graph/types.ts';
import { least } from '../../lists.ts';
import type { HandshakeObservation } from '../../tls/types.ts';
import type { Join } from '../_symptom-rule.ts';
import { changeReference, changesNear, iso, quote, symptomsOf, together } from '../support.ts';
import type { CheckContext } from '../types.ts';
import { movedAddress } from './_dns.ts';

/** Vetoes when a former address (stale DNS) or our own server that could not start explains it. */
export function* otherExplanation(
  context: CheckContext,
  symptoms: Symptom[],
  handshakes: HandshakeObservation[],
): Iterable<Join> {
  if (symptoms.length && stalledHandshakes(context, symptoms))
    yield { veto: 'the connections stood; the handshakes got no answer' };
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
  const first = least(handshakes.map((h) => h.time));
  yield {
    evidence: quote(context, said, 4),
    says: `${t.count} timeouts were logged since ${iso(t.onset)}`,
    onset: Math.min(first, t.onset),
    confidence: 0.93,
  };
}

/** Whether it is the handshakes that got no answer: the connection stood, and nothing of the peer's first flight came. */
function stalledHandshakes(context: CheckContext, symptoms: Symptom[]): boolean {
  const stalled = symptomsOf(context, 'tls.handshake-timeout', { role: ['client', 'unknown'] });
  if (stalled.length === 0) return false;
  const count = stalled.reduce((n, s) => n + s.burstCount, 0);
  const onset = together(stalled).onset;
  return symptoms
    .filter((s) => s.event !== 'tls.handshake-timeout')
    .every((s) => Math.abs(s.onset - onset) < 3 * 60_000 && s.burstCount <= count * 2);
}

/** Words about a path that carries less than it did: a tunnel, another MTU. */
const PATH = /\b(mtu|mss|tunnel|gre|ipsec|vpn|wireguard|vxlan|mpls|sd-?wan|pppoe|jumbo)\b|隧道|专线/i;
/** What makes a ClientHello larger than a segment: hybrid key shares, on by default since OpenSSL 3.5, Go 1.24 and Node 24. */
const LARGE_HELLO =
  /ml-?kem|kyber|post-?quantum|\bpq\b|hybrid (key|group)|openssl (?:3\.0\S* ?(?:->|→|to) ?)?3\.[5-9]|\bgo ?1\.2[4-9]|node(?:js|\.js)? ?2[4-9]|抗量子|后量子/i;

/** What tells a path that loses large packets from one that loses a large hello, without a capture. */
export function* stalledBecause(context: CheckContext, kind: 'mtu' | 'hello', onset: number): Iterable<Join> {
  const change = changesNear(context, onset, 6 * 3_600_000).find((c) =>
    (kind === 'mtu' ? PATH : LARGE_HELLO).test(c.text),
  );
  const other = changesNear(context, onset, 6 * 3_600_000).some((c) =>
    (kind === 'mtu' ? LARGE_HELLO : PATH).test(c.text),
  );
  const nodes = context.graph.payments.slices('node', onset, context.graph.span.to + 1);
  const part = nodes.hit.length > 0 && nodes.working.length > 0;
  if (kind === 'mtu') {
    const probe = pathProbe(context);
    if (probe)
      yield {
        confidence: 0.88,
        proof: 'observed',
        evidence: [probe],
        says: 'large packets do not get through, small ones do',
      };
  }
  if (change && !other)
    yield {
      confidence: kind === 'hello' && !part ? 0.62 : 0.74,
      evidence: [changeReference(change)],
      says: `it began with the change "${change.text}"`,
    };
}

/** Lines that a `ping` with a size of its own prints at most; a prompt or the next command ends them. */
const PING_LINES = 30;

function pingRuns(lines: string[]): { size: number; lost: boolean; line: number; text: string }[] {
  return lines.flatMap((line, at) => {
    const text = line.slice(Math.max(0, line.indexOf('ping')));
    // The command, or the first line of its answer: payload, and with headers.
    const size = text.startsWith('ping')
      ? /-s ?(\d{2,5})/.exec(text)
      : /^PING \S{1,255} .{0,100}?\b(\d{2,5})\(\d{2,5}\) bytes of data/.exec(text);
    if (!size) return [];
    const answer = lines.slice(at + 1, at + 1 + PING_LINES);
    const end = answer.findIndex((next) => /^(?:\$|#|ping |PING )/.test(next));
    const said = [text, ...(end === -1 ? answer : answer.slice(0, end))].join('\n');
    const lost = /\b100(?:\.0)?% packet loss|Message too long|frag needed/i.test(said);
    return [{ size: Number(size[1]), lost, line: at + 1, text }];
  });
}

/** `ping` that forbids fragments: a large one lost, a small one answered. */
function pathProbe(context: CheckContext): EvidenceRef | undefined {
  for (const t of context.observations.facts.texts) {
    if (!/\bping\b/i.test(t.text)) continue;
    const runs = pingRuns(t.text.split('\n'));
    const lost = runs.find((r) => r.lost);
    if (lost && runs.some((r) => !r.lost && r.size < lost.size))
      return { file: t.file, line: lost.line, text: `${lost.text}: lost, a smaller one is answered` };
  }
  return undefined;
}
