import { counted } from '../../wording.ts';
import { impactBetween, iso, quote, scopeData, some, together } from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';
import { complaintsAbout } from './_chain.ts';
import { isInspection } from './_inspection.ts';

/** One internal authority in front of unrelated outside hosts, expired or not trusted. */
export function* inspectionHits(context: CheckContext): Iterable<Hit> {
  const { graph } = context;
  const symptoms = complaintsAbout(
    context,
    [
      'tls.cert-expired',
      'tls.cert-expired-or-not-yet-valid',
      'tls.issuer-unknown',
      'tls.self-signed-in-chain',
      'tls.cert-verify-failed',
    ],
    'server',
  );
  if (symptoms.length === 0) return;
  const seen = new Set<string>();
  for (const chain of graph.chains.filter((c) => c.role === 'server')) {
    for (const ca of chain.certificates.slice(1)) {
      if (seen.has(ca.spkiSha256) || !isInspection(ca, chain, context)) continue;
      seen.add(ca.spkiSha256);
      const chains = graph.chains.filter((c) => c.certificates.some((x) => x.spkiSha256 === ca.spkiSha256));
      // Public authorities issue for unrelated hosts too; an inspecting one is expired or unknown to the public roots.
      const expired = ca.notAfter < graph.now;
      if (!expired) continue;
      const t = together(symptoms);
      const impact = impactBetween(context, t.onset, t.end, t.ongoing, symptoms);
      yield {
        cause: 'inspection-ca-expired',
        confidence: 0.94,
        subject: { kind: 'certificate', id: ca.spkiSha256, label: ca.subject.text },
        title: `The authority of the inspecting proxy (${ca.subject.commonName ?? ca.subject.text}) expired; all outside hosts fail at once`,
        detail: `${some(chains.map((c) => c.host ?? ''))} all present certificates issued by ${ca.subject.text}, which expired at ${iso(ca.notAfter)}; ${counted(t.count, 'complaint')} since ${iso(t.onset)}.`,
        evidence: [
          ...chains.slice(0, 3).flatMap((c) =>
            c.evidence.map((e) => ({
              ...e,
              text: `${c.host}: issued by ${ca.subject.text}, which expired at ${iso(ca.notAfter)}`,
            })),
          ),
          ...quote(context, symptoms),
        ],
        impact,
        count: t.count,
        first: t.onset,
        last: t.end,
        side: 'between',
        data: { nodes: t.nodes, ...scopeData(impact) },
      };
    }
  }
}
