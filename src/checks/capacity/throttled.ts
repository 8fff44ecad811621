import { bursts, MINUTE } from '../../graph/bursts.ts';
import { least } from '../../lists.ts';
import { peerAnswers } from '../_answers.ts';
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
import type { Hit } from '../types.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'capacity/throttled',
    title: 'Requests are rate limited',
    description:
      'Our limiter or the provider answers 429 (or 503 of limit_req) to requests of our own, without a flood from outside.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'textual',
    needs: ['logs'],
    remedy:
      'Find which job or client uses up the quota, slow it down (Retry-After) and give payments their own budget.',
    verification: { command: 'grep -c " 429 " access.log', expect: '0 in the last thirty minutes' },
    references: ['RFC 6585 section 4'],
  },
  *run(context): Iterable<Hit> {
    const symptoms = symptomsOf(context, ['cap.throttled']);
    const r = context.observations.logs.requests;
    const perMinute = new Map<number, number>();
    const rows: number[] = [];
    const clients = new Map<number, number>();
    for (let i = 0; i < r.length; i++) {
      if (r.status[i] !== 429 && r.upstreamStatus[i] !== 429) continue;
      const m = Math.floor(r.time[i]! / MINUTE) * MINUTE;
      perMinute.set(m, (perMinute.get(m) ?? 0) + 1);
      clients.set(r.client[i]!, (clients.get(r.client[i]!) ?? 0) + 1);
      rows.push(i);
    }
    const burst = bursts(perMinute)[0];
    const fromRequests = burst !== undefined && burst.count >= 8;
    // Jobs that count their own refusals tell when it began, before any payment was hit.
    const counted = context.observations.logs.records.filter((x) =>
      Object.entries(x.fields).some(([k, v]) => /429|throttl|rate_?limit/i.test(k) && Number(v) > 0),
    );
    const told = symptoms.length === 0 && !fromRequests ? peerAnswers(context, (status) => status === 429) : [];
    if (symptoms.length === 0 && !fromRequests && told.length === 0) return;
    const t = symptoms.length ? together(symptoms) : undefined;
    const onset = Math.min(
      least(counted.map((x) => x.time).filter(Number.isFinite)),
      least(told.slice(0, 1).map((a) => a.record.time)),
      t?.onset ?? Number.POSITIVE_INFINITY,
      fromRequests ? r.time[rows.find((i) => r.time[i]! >= burst.from)!]! : Number.POSITIVE_INFINITY,
    );
    const end = Math.max(t?.end ?? 0, fromRequests ? burst.to : 0, told.at(-1)?.record.time ?? 0);
    const ongoing = context.graph.span.to - end < 10 * MINUTE;
    const impact = impactBetween(context, onset, end, ongoing, symptoms);
    const change = changesNear(context, onset, 6 * 3_600_000).find((c) =>
      /reconcil|job|batch|cron|quota|rate|limit|query|polling|对账|限流/i.test(c.text),
    );
    // Limits that hit only strangers at the edge are a limiter doing its work.
    const byEdge =
      symptoms.length > 0 &&
      symptoms.every((s) => s.events.every((e) => e.software === 'nginx' || e.software === 'haproxy'));
    const paymentsHit = impact.failingShare !== undefined && impact.failingShare >= 0.03;
    yield {
      cause: 'throttled',
      confidence: paymentsHit || change ? 0.82 : byEdge ? 0.35 : 0.6,
      subject: { kind: 'service', id: t?.peers[0] ?? 'rate-limit' },
      title: `Payments run into a rate limit${t?.peers[0] ? ` of ${t.peers[0]}` : ''}`,
      detail: `${(t?.count ?? 0) + (fromRequests ? burst.count : 0) + told.length} requests were throttled since ${iso(onset)}${t ? ` (${some(t.nodes)})` : ''}${change ? `; before it: "${change.text}"` : ''}.`,
      evidence: [
        ...counted.slice(0, 2).map((x) => line(context, x.source, x.line, x.message, x.time)),
        ...quote(context, symptoms, 4),
        ...told.slice(0, 4).map(({ record: x }) => line(context, x.source, x.line, x.message, x.time)),
        ...(change ? [changeReference(change)] : []),
        ...rows.slice(0, 4).map((i) => line(context, r.source[i]!, r.line[i]!, 'status 429', r.time[i]!)),
      ],
      impact,
      count: (t?.count ?? 0) + rows.length + told.length,
      first: onset,
      last: end,
      data: scopeData(impact),
    };
  },
});
