import { counted } from '../../wording.ts';
import { extentOf, impactBetween, iso, quote, scopeData, some, together } from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';
import { substitutions } from './_forged.ts';
import { judgeTrust, type TrustVerdict, unknownIssuer } from './_trust.ts';

/** Hits for the verdicts of one kind, each joined with the complaints about an unknown issuer. */
export function* trustHits(
  context: CheckContext,
  rule: {
    role: 'server' | 'client';
    kind: 'incomplete' | 'untrusted';
    cause: string;
    title(v: Exclude<TrustVerdict, { kind: 'trusted' }>): string;
  },
): Iterable<Hit> {
  const symptoms = unknownIssuer(context, rule.role);
  const alerts = context.observations.handshakes.filter(
    (h) =>
      !h.completed &&
      (h.alerts.some((a) => a.description === 48 && a.from === (rule.role === 'server' ? 'client' : 'server')) ||
        h.verdict.id === (rule.role === 'server' ? 'server_cert_untrusted' : 'client_cert_rejected')),
  );
  if (symptoms.length === 0 && alerts.length < 2) return;
  const verdicts = judgeTrust(context, rule.role).filter(
    (v): v is Exclude<TrustVerdict, { kind: 'trusted' }> => v.kind === rule.kind,
  );
  const substituted = rule.role === 'server' ? substitutions(context).find((x) => x.confidence >= 0.6) : undefined;
  if (substituted && verdicts.every((v) => v.chain === substituted.chain)) return;
  // Prefer the chain of a peer that the complaints name.
  const named = verdicts.filter(
    (v) => v.chain.host && symptoms.some((s) => s.peers.some((p) => context.graph.endpoints.same(p, v.chain.host!))),
  );
  const verdict =
    named[0] ??
    (symptoms.some((s) => s.peers.length) && rule.role === 'server' && verdicts.length > 1 ? undefined : verdicts[0]);
  if (!verdict) return;
  const { said: t, onset, end, ongoing } = extentOf(context, symptoms, alerts);
  const impact = impactBetween(context, onset, end, ongoing, symptoms);
  const said = quote(context, symptoms);
  yield {
    cause: rule.cause,
    confidence: 0.93,
    proof: 'structural',
    subject: {
      kind: 'certificate',
      id: verdict.chain.leaf.spkiSha256,
      label: verdict.chain.host ?? verdict.chain.leaf.subject.text,
    },
    title: rule.title(verdict),
    detail: `${verdict.evidence[0]?.text ?? ''}; ${t ? `${counted(t.count, 'complaint')} of an unknown issuer from ${some(t.nodes)} since ${iso(onset)}` : `${counted(alerts.length, 'handshake')} ended with alert unknown_ca`}.`,
    evidence: [
      ...verdict.evidence.slice(0, 2),
      ...said.slice(0, 3),
      ...alerts.slice(0, 1).map((h) => ({
        file: h.file,
        frame: h.verdict.frames[0] ?? h.firstFrame,
        text: h.verdict.says,
        time: iso(h.time),
      })),
      ...verdict.evidence.slice(2),
      ...said.slice(3),
    ],
    impact,
    count: (t?.count ?? 0) + alerts.length,
    first: onset,
    last: end,
    side: rule.role,
    ...(verdict.chain.host ? { leg: verdict.chain.host } : {}),
    data: {
      host: verdict.chain.host ?? '',
      ...(t ? { software: t.software, nodes: t.nodes } : {}),
      ...scopeData(impact),
    },
  };
}

/** Only the words are there: which of the explanations holds cannot be told. */
export function* trustWordsOnly(
  context: CheckContext,
  role: 'server' | 'client',
  cause: string,
  confidence: number,
  title: (host: string) => string,
): Iterable<Hit> {
  const symptoms = unknownIssuer(context, role).filter(
    (s) =>
      s.event !== 'tls.cert-verify-failed' &&
      s.event !== 'tls.client-cert-rejected' &&
      (role === 'server' || s.role !== 'unknown'),
  );
  if (symptoms.length === 0) return;
  if (judgeTrust(context, role).some((v) => v.kind !== 'trusted')) return;
  const t = together(symptoms);
  const impact = impactBetween(context, t.onset, t.end, t.ongoing, symptoms);
  const host = t.peers[0] ?? 'the peer';
  yield {
    cause,
    confidence,
    proof: 'textual',
    subject: { kind: 'host', id: host },
    title: title(host),
    detail: `${counted(t.count, 'complaint')} of an unknown issuer from ${some(t.nodes)} since ${iso(t.onset)}; the presented chain or the trust store is not in the evidence.`,
    evidence: quote(context, symptoms),
    impact,
    count: t.count,
    first: t.onset,
    last: t.end,
    data: { host, software: t.software, ...scopeData(impact) },
  };
}
