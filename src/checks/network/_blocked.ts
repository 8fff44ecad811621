import { serialMismatches } from '../mutual-tls/_registered.ts';
import {
  changeReference,
  changesNear,
  impactBetween,
  iso,
  quote,
  scopeData,
  some,
  symptomsOf,
  together,
} from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';

const ADDRESS = /egress|nat\b|address|ip\b|allow-?list|whitelist|waf|firewall|出口|白名单/i;

/** 403 from the peer to one address of ours, told apart from an unregistered certificate. */
export function* blockedHits(context: CheckContext): Iterable<Hit> {
  const said = symptomsOf(context, ['pay.forbidden', 'net.proxy-auth']);
  if (said.length === 0 || serialMismatches(context, /regist|bank|peer|confirm|client|partner/i).length) return;
  const t = together(said);
  const change = changesNear(context, t.onset, 60 * 60_000).find((c) => ADDRESS.test(c.text));
  const notice = context.graph.notices.find((n) => ADDRESS.test(n.text));
  const impact = impactBetween(context, t.onset, t.end, t.ongoing, said);
  yield {
    cause: 'source-blocked',
    confidence: change ? 0.85 : notice ? 0.65 : 0.45,
    subject: { kind: 'host', id: t.peers[0] ?? 'the peer' },
    title: `${t.peers[0] ?? 'The peer'} turns our address away`,
    detail: `${t.count} refusals since ${iso(t.onset)} from ${some(t.nodes)}${change ? `; before it: "${change.text}"` : ''}.`,
    evidence: [
      ...quote(context, said, 4),
      ...(change ? [changeReference(change)] : []),
      ...(notice ? [{ file: notice.file, line: notice.line, text: notice.text.slice(0, 200) }] : []),
    ],
    impact,
    count: t.count,
    first: t.onset,
    last: t.end,
    data: { nodes: t.nodes, ...scopeData(impact) },
  };
}
