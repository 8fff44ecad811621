import { MINUTE } from '../../graph/bursts.ts';
import { counted } from '../../wording.ts';
import { feltByAnswers, isFarEnd, peerAnswers } from '../_answers.ts';
import { impactBetween, iso, line, quote, scopeData, symptomsOf, together } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';
import { isOwnService, type UpstreamErrors, upstreamErrors } from './_upstream-errors.ts';

export default defineCheck({
  meta: {
    id: 'capacity/upstream-unavailable',
    title: 'The peer answers with server errors',
    description:
      'Connections and handshakes with the upstream succeed, and the upstream itself answers 5xx at once; or the balancer has no live server left and nothing says why.',
    class: 'technical',
    basePriority: 'important',
    owner: 'bank',
    proof: 'observed',
    needs: ['logs'],
    remedy: 'Tell the peer with times and status codes; route around it or queue until it is back.',
    verification: { command: 'curl -sS -o /dev/null -w "%{http_code}" https://$HOST/', expect: 'a status below 500' },
    references: ['RFC 9110 section 15.6'],
  },
  *run(context): Iterable<Hit> {
    const found = upstreamErrors(context);
    if (found) {
      if (!isOwnService(context, found.peer)) yield answeredHit(context, found);
      return;
    }
    const dead = symptomsOf(context, ['upstream.no-live', 'upstream.unavailable']);
    if (dead.length === 0) {
      yield* answeredWithErrors(context);
      return;
    }
    const t = together(dead);
    const impact = impactBetween(context, t.onset, t.end, t.ongoing, dead);
    yield {
      cause: 'upstream-unavailable',
      confidence: 0.55,
      proof: 'textual',
      subject: { kind: 'host', id: t.peers[0] ?? 'the upstream' },
      title: `${t.peers[0] ?? 'The upstream'} is unavailable`,
      detail: `${counted(t.count, 'time')} since ${iso(t.onset)} no live upstream was left or the upstream said that it is unavailable.`,
      evidence: quote(context, dead),
      impact,
      count: t.count,
      first: t.onset,
      last: t.end,
      data: scopeData(impact),
    };
  },
});

/** Server errors that a proxy's upstream gave, told by the proxy's own log. */
function answeredHit(context: CheckContext, { host, onset, count, ...found }: UpstreamErrors): Hit {
  return {
    cause: 'upstream-unavailable',
    confidence: 0.85,
    subject: { kind: 'host', id: host },
    title: `${host} itself answers with server errors`,
    detail: `${counted(count, 'answer')} with a 5xx status came from the upstream itself since ${iso(onset)}, on working connections.`,
    evidence: [
      ...found.evidence,
      ...quote(context, symptomsOf(context, ['upstream.unavailable', 'pay.issuer-unavailable']), 3),
    ],
    impact: found.impact,
    count,
    first: onset,
    last: found.end,
    side: 'server',
    leg: host,
    data: { host, ...scopeData(found.impact) },
  };
}

/** Server errors that the far end gave our applications, in their own words. */
function* answeredWithErrors(context: CheckContext): Iterable<Hit> {
  const answers = peerAnswers(context, (status) => status >= 500).filter(
    (a) => isFarEnd(context, a.host) && !/gateway time-?out/i.test(a.record.message),
  );
  if (answers.length < 6) return;
  const onset = answers[0]!.record.time;
  const end = answers.at(-1)!.record.time;
  const host = answers[0]!.host!;
  const impact = feltByAnswers(
    context,
    answers.map(({ record }) => record),
    impactBetween(context, onset, end, context.graph.span.to - end < 5 * MINUTE),
  );
  const declared = answers.some((a) => /maintenance|unavailable|维护|Wartung/i.test(a.record.message));
  yield {
    cause: 'upstream-unavailable',
    confidence: declared ? 0.78 : 0.7,
    proof: 'textual',
    subject: { kind: 'host', id: host },
    title: `${host} itself answers with server errors`,
    detail: `${counted(answers.length, 'answer')} with status ${[...new Set(answers.map((a) => a.status))].join(', ')} since ${iso(onset)}, on working connections.`,
    evidence: answers
      .slice(0, 8)
      .map(({ record: r }) => line(context, r.source, r.line, r.message.split('\n')[0], r.time)),
    impact,
    count: answers.length,
    first: onset,
    last: end,
    side: 'server',
    leg: host,
    data: { host, ...scopeData(impact) },
  };
}
