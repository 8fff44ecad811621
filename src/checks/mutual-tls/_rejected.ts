/** A server that refuses client certificates without saying why: what it may be, and what would tell. */
import { counted } from '../../wording.ts';
import { impactBetween, iso, quote, scopeData, some, symptomsOf, together } from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';

/** Words that give the reason; where one of them was said, the bare refusal adds nothing. */
const REASONS = [
  'tls.client-cert-expired',
  'tls.cert-expired',
  'tls.purpose-wrong',
  'tls.issuer-unknown',
  'tls.cert-revoked',
  'tls.crl-expired',
  'tls.crl-missing',
  'tls.signature-weak',
  'tls.key-weak',
] as const;

/**
 * A candidate for one of the causes that such a refusal can have (knowledge/symptoms.yaml): never a claim.
 * @param confidence below 0.5.
 */
export function* rejectedWithoutReason(
  context: CheckContext,
  cause: string,
  confidence: number,
  title: string,
): Iterable<Hit> {
  const refused = symptomsOf(context, 'tls.client-cert-rejected').filter((s) => s.role === 'server');
  if (refused.length === 0) return;
  if (symptomsOf(context, [...REASONS], { any: true }).length > 0) return;
  // A client certificate or a handshake in the evidence is judged by itself.
  if (context.graph.chains.some((c) => c.role === 'client') || context.observations.handshakes.length > 0) return;
  const t = together(refused);
  const impact = impactBetween(context, t.onset, t.end, t.ongoing, refused);
  context.notChecked({
    what: 'why client certificates were refused',
    why: 'the server says only that it does not trust them',
    wouldShow:
      'the client certificate as it is sent, a capture of one handshake, or in HAProxy error-log-format "%ci:%cp %ft %[ssl_fc_err_str] %[ssl_c_err]"',
  });
  yield {
    cause,
    confidence,
    proof: 'textual',
    subject: { kind: 'host', id: t.nodes[0] ?? 'the server' },
    title,
    detail: `${counted(t.count, 'refusal')} of a client certificate by ${some(t.nodes)} since ${iso(t.onset)}, without the reason.`,
    evidence: quote(context, refused),
    impact,
    count: t.count,
    first: t.onset,
    last: t.end,
    side: 'client',
    data: { software: t.software, nodes: t.nodes, ...scopeData(impact) },
  };
}
