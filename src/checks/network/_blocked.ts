import type { EvidenceRef } from '../../finding.ts';
import type { LogRecord } from '../../logs/types.ts';
import { endpointOf } from '../../logs/windows/series.ts';
import { counted } from '../../wording.ts';
import { answeredStatus, FEWEST_ANSWERS, feltByAnswers, type PeerAnswer, peerAnswers } from '../_answers.ts';
import { serialMismatches } from '../mutual-tls/_registered.ts';
import {
  changeReference,
  changesNear,
  impactBetween,
  iso,
  line,
  quote,
  scopeData,
  some,
  symptomsOf,
  together,
} from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';

const ADDRESS =
  /egress|\bnat\b|source (address|ip)|new (address|ip)|ip address|allow[- ]?list|white[- ]?list|\bwaf\b|出口|白名单/i;
const FIREWALL = /firewall|防火墙/i;

/** The target of a request that a record tells of, as an endpoint. */
const TARGET = /\b(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)\s+(\/[^\s?"']{0,200})/;
const targetOf = (record: LogRecord): string | undefined => {
  const path = TARGET.exec(record.message)?.[1];
  return path && endpointOf(path);
};
/** Different targets that nobody was ever served: one may be new, these are tried by a scanner. */
const TRIED = 3;

/** Answers without our own refusals of what scanners try: targets that were never served, where others are. */
function toUs(context: CheckContext, answers: readonly PeerAnswer[]): PeerAnswer[] {
  const served = new Set<string>();
  for (const record of answers.length === 0 ? [] : context.observations.logs.records) {
    const target = targetOf(record);
    const status = target === undefined ? undefined : answeredStatus(record);
    if (status !== undefined && (status < 400 || status >= 500)) served.add(target!);
  }
  if (served.size === 0) return [...answers];
  const never = ({ record, host }: PeerAnswer): string | undefined => {
    const target = host ? undefined : targetOf(record);
    return target === undefined || served.has(target) ? undefined : target;
  };
  if (new Set(answers.flatMap((answer) => never(answer) ?? [])).size < TRIED) return [...answers];
  const ours = answers.filter((answer) => never(answer) === undefined);
  return ours.length < FEWEST_ANSWERS ? [] : ours;
}

/** 403 from the peer to one address of ours, told apart from an unregistered certificate and a wrong signature. */
export function* blockedHits(context: CheckContext): Iterable<Hit> {
  const said = symptomsOf(context, ['pay.forbidden', 'net.proxy-auth']);
  const refused = said.length
    ? []
    : toUs(
        context,
        peerAnswers(context, (status) => status === 403),
      ).map((a) => a.record);
  if (said.length === 0 && refused.length === 0) return;
  if (serialMismatches(context, /regist|bank|peer|confirm|client|partner/i).length) return;
  if (
    !said.length &&
    symptomsOf(context, ['pay.cert-unregistered', 'pay.signature-rejected', 'pay.serial-wrong']).length
  )
    return;
  const t = said.length
    ? together(said)
    : {
        onset: refused[0]!.time,
        end: refused.at(-1)!.time,
        count: refused.length,
        ongoing: context.graph.span.to - refused.at(-1)!.time < 10 * 60_000,
        nodes: [...new Set(refused.flatMap((r) => (r.node ? [r.node] : [])))],
        peers: [] as string[],
      };
  const change =
    changesNear(context, t.onset, 60 * 60_000).find((c) => ADDRESS.test(c.text)) ??
    changesNear(context, t.onset, 5 * 60_000).find((c) => FIREWALL.test(c.text));
  const notice = context.graph.notices.find((n) => ADDRESS.test(n.text));
  const denied = said.length ? undefined : deniedByOwnProxy(context, t.onset, t.end);
  const impact = feltByAnswers(context, refused, impactBetween(context, t.onset, t.end, t.ongoing, said));
  yield {
    cause: 'source-blocked',
    confidence: denied ? 0.85 : change ? (notice ? 0.9 : said.length ? 0.85 : 0.75) : notice ? 0.65 : 0.45,
    subject: { kind: 'host', id: t.peers[0] ?? 'the peer' },
    title: denied
      ? 'Our own egress proxy denies the requests (Squid, TCP_DENIED)'
      : `${t.peers[0] ?? 'The peer'} turns our address away`,
    ...(denied
      ? {
          owner: 'ops' as const,
          remedy:
            'Look in squid.conf which http_access line denies the destination (squid -k parse; debug_options 28,3) and what changed there; allow the host and port again, then squid -k reconfigure.',
        }
      : {}),
    detail: `${counted(t.count, 'refusal')} since ${iso(t.onset)} from ${some(t.nodes)}${change ? `; before it: "${change.text}"` : ''}.`,
    evidence: [
      ...(denied ?? []),
      ...quote(context, said, 4),
      ...refused.slice(0, 4).map((r) => line(context, r.source, r.line, r.message, r.time)),
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

/**
 * Requests that Squid turned away itself since then: 403 to our own programs with no server asked (`TCP_DENIED/403`, `HIER_NONE`;
 * Squid, access.log). What the peer refuses has its address there.
 */
function deniedByOwnProxy(context: CheckContext, from: number, to: number): EvidenceRef[] | undefined {
  const { requests: r, sources } = context.observations.logs;
  const out: EvidenceRef[] = [];
  let count = 0;
  for (let i = 0; i < r.length; i++) {
    if (sources[r.source[i]!]?.software !== 'squid' || r.status[i] !== 403 || r.strings[r.upstream[i]!]) continue;
    if (r.time[i]! < from - 60_000 || r.time[i]! > to + 60_000) continue;
    count++;
    if (out.length < 3)
      out.push(line(context, r.source[i]!, r.line[i]!, '403 by the proxy, no server asked', r.time[i]!));
  }
  return count >= FEWEST_ANSWERS ? out : undefined;
}
