import { MINUTE, sumBetween } from '../../graph/bursts.ts';
import { MinuteCounts } from '../../graph/minute-counts.ts';
import { counted } from '../../wording.ts';
import { reasonGiven } from '../_answers.ts';
import { iso, scopeData } from '../support.ts';
import { defineCheck } from '../types.ts';
import { isOwnService, upstreamErrors } from './_upstream-errors.ts';

export default defineCheck({
  meta: {
    id: 'capacity/own-service-failing',
    title: 'Our own service behind the proxy answers with server errors',
    description:
      "The proxy reaches the program beside it (a Unix socket or an address of the host itself), and that program answers 5xx. Says where to look and quotes the program's log; names no cause, since any fault behind the program shows so.",
    class: 'technical',
    basePriority: 'important',
    owner: 'app',
    proof: 'observed',
    needs: ['logs'],
    remedy:
      "Read the service's own log from that minute on: what it gives as the reason, and what changed just before; undo that, or repair what it waits for.",
    verification: {
      command: 'curl -sS -o /dev/null -w "%{http_code}" http://127.0.0.1:$PORT/',
      expect: 'a status below 500',
    },
    references: ['RFC 9110 section 15.6'],
  },
  *run(context) {
    const found = upstreamErrors(context);
    if (!found || !isOwnService(context, found.peer)) return;
    const { peer, host, onset, end, count } = found;
    const reason = reasonGiven(context, onset, end);
    const r = context.observations.logs.requests;
    const attempts = sumBetween(
      MinuteCounts.of(r.time, (i) => r.upstreamStatus[i] !== 0),
      Math.floor(onset / MINUTE) * MINUTE,
      end,
    );
    const impact =
      found.impact.scope === 'one-route'
        ? { ...found.impact, failingShare: count / Math.max(count, attempts), attempts, scope: 'all' as const }
        : found.impact;
    yield {
      subject: { kind: 'host', id: host },
      title: `Our own service behind the proxy (${peer}) answers with server errors${reason ? `: ${reason.text}` : ''}`,
      detail: `${counted(count, 'answer')} with a 5xx status came from the service itself since ${iso(onset)}, on working connections${reason ? `; its log says ${counted(reason.count, 'time')}: ${reason.text}` : ''}.`,
      evidence: [...(reason ? [reason.evidence] : []), ...found.evidence],
      impact,
      count,
      first: onset,
      last: end,
      side: 'server',
      leg: host,
      data: { host, ...scopeData(impact) },
    };
  },
});
