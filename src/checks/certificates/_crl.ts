import { least, most } from '../../lists.ts';
import { counted } from '../../wording.ts';
import { impactBetween, iso, line, quote, scopeData, symptomsOf, together } from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';

/** Revocation lists past nextUpdate, joined with rejected clients. */
export function* crlHits(context: CheckContext): Iterable<Hit> {
  const { graph, observations } = context;
  const said = symptomsOf(context, ['tls.crl-expired', 'tls.crl-missing'], { any: true });
  const rejections = symptomsOf(
    context,
    [
      'tls.client-cert-rejected',
      'tls.client-cert-expired',
      'tls.cert-expired',
      'tls.alert-received',
      'tls.client-cert-missing',
    ],
    { role: ['server', 'client', 'unknown'] },
  );
  const stale = graph.revocationLists.filter((l) => l.list.nextUpdate !== undefined && l.list.nextUpdate < graph.now);
  const used = observations.configurations.flatMap((c) => c.listeners).find((l) => l.settings.crl)?.settings.crl;
  for (const { file, list } of stale) {
    const nextUpdate = list.nextUpdate!;
    const after = [...said, ...rejections].filter((s) => s.end >= nextUpdate - 60_000);
    const r = observations.logs.requests;
    // nginx answers 400 to a client whose certificate it does not accept.
    const refused: number[] = [];
    let before = 0;
    for (let i = 0; i < r.length; i++) {
      if (r.status[i] !== 400 && r.status[i] !== 495) continue;
      if (r.time[i]! >= nextUpdate - 1000) refused.push(i);
      else before++;
    }
    const jump = refused.length >= 5 && refused.length > before * 3;
    if (after.length === 0 && !jump) {
      yield {
        proof: 'circumstantial',
        subject: { kind: 'revocation-list', id: list.issuer.text },
        title: `The revocation list of ${list.issuer.commonName ?? list.issuer.text} was out of date, but nothing here failed because of it`,
        detail: `nextUpdate was ${iso(nextUpdate)}.`,
        evidence: [{ file, text: `nextUpdate ${iso(nextUpdate)}` }],
        impact: { scope: 'none' },
      };
      continue;
    }
    const t = after.length ? together(after) : undefined;
    const onset = jump ? least(refused.map((i) => r.time[i]!)) : Math.max(t!.onset, nextUpdate);
    const end = Math.max(t?.end ?? 0, most(refused.slice(-1).map((i) => r.time[i]!)));
    const impact = impactBetween(context, onset, end, graph.span.to - end < 600_000, after);
    yield {
      cause: 'crl-stale',
      confidence: 0.95,
      subject: { kind: 'revocation-list', id: list.issuer.text, label: list.issuer.commonName ?? list.issuer.text },
      title: `The revocation list of ${list.issuer.commonName ?? list.issuer.text} is out of date, so every client is rejected`,
      detail: `nextUpdate was ${iso(nextUpdate)}; since ${iso(onset)} clients are rejected${jump ? ` (${counted(refused.length, 'answer')} 400)` : ''} although their certificates are valid.`,
      evidence: [
        { file, text: `nextUpdate ${iso(nextUpdate)}` },
        ...refused.slice(0, 2).map((i) => line(context, r.source[i]!, r.line[i]!, `status ${r.status[i]}`, r.time[i]!)),
        ...quote(context, after, 6),
        ...(used ? [{ file: used.file, line: used.line, text: `revocation list ${used.value}` }] : []),
      ],
      impact,
      count: refused.length + (t?.count ?? 0),
      first: onset,
      last: end,
      side: 'server',
      data: { nextUpdate: iso(nextUpdate), ...scopeData(impact) },
    };
    return;
  }
  if (said.length && stale.length === 0) {
    const t = together(said);
    const impact = impactBetween(context, t.onset, t.end, t.ongoing, said);
    yield {
      cause: 'crl-stale',
      confidence: 0.8,
      proof: 'textual',
      subject: { kind: 'revocation-list', id: t.nodes[0] ?? 'list' },
      title: 'A revocation list is out of date or missing, so clients are rejected',
      detail: `${counted(t.count, 'time')} since ${iso(t.onset)}; the list itself is not in the evidence.`,
      evidence: quote(context, said),
      impact,
      count: t.count,
      first: t.onset,
      last: t.end,
      side: 'server',
      data: scopeData(impact),
    };
  }
}
