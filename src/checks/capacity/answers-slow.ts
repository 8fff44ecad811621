import { MINUTE } from '../../graph/bursts.ts';
import { iso, line } from '../support.ts';
import { defineCheck, type Hit } from '../types.ts';
import { isPart, minutesText, ofWhat, windowsIn } from './_windows.ts';

/** Minutes of slowness that are worth a person's time. */
const LEAST_MINUTES = 8;

export default defineCheck({
  meta: {
    id: 'capacity/answers-slow',
    title: 'Answers take longer than usual',
    description:
      'The slowest answers of each minute (p95) take much longer than this log is used to, for several minutes, of everything or of one endpoint or upstream. An export that always takes long, and answers that are slow because they fail by a time limit, are not meant. Names no cause.',
    class: 'technical',
    basePriority: 'important',
    owner: 'ops',
    proof: 'observed',
    needs: ['logs'],
    remedy:
      'Compare request time and upstream time of these minutes: where both rise, ask the service or partner behind; where only the first does, look at the proxy and the network before it.',
    verification: {
      command: 'paymedic logs access.log',
      expect: 'no slow window',
    },
    references: [],
  },
  *run(context): Iterable<Hit> {
    const { logs } = windowsIn(context);
    const failing = logs.filter(({ kind }) => kind === 'failures');
    const slow = logs
      .filter(({ kind, from, to }) => kind === 'slow' && to - from >= LEAST_MINUTES * MINUTE)
      .filter((w) => !failing.some((f) => f.from <= w.to && f.to >= w.from))
      .sort((a, b) => Number(isPart(a)) - Number(isPart(b)) || b.requests - a.requests);
    const worst = slow[0];
    if (!worst) return;
    const ongoing = worst.open && context.graph.span.to - worst.to <= 5 * MINUTE;
    const { requests: r } = context.observations.logs;
    const rows: number[] = [];
    for (let i = 0; i < r.length && rows.length < 3; i++)
      if (r.time[i]! >= worst.from && r.time[i]! < worst.to && r.requestTime[i]! >= worst.value * 0.8) rows.push(i);
    const times = worst.value / worst.baseline;
    yield {
      subject: { kind: 'flow', id: `answers${ofWhat(worst)}` },
      title: `Answers${ofWhat(worst)} took ${times.toFixed(1)} times as long as usual for ${minutesText((worst.to - worst.from) / MINUTE)} since ${iso(worst.from)}, and nothing in this evidence says why`,
      detail: `p95 ${worst.value.toFixed(2)} s instead of ${worst.baseline.toFixed(2)} s over ${worst.requests} requests; ${ongoing ? 'it lasts to the end of the evidence' : `usual again at ${iso(worst.to)}`}.`,
      evidence: rows.map((i) => line(context, r.source[i]!, r.line[i]!, `${r.requestTime[i]} s`, r.time[i]!)),
      impact: { minutes: (worst.to - worst.from) / MINUTE, ongoing, scope: isPart(worst) ? 'one-route' : 'all' },
      count: worst.requests,
      first: worst.from,
      last: worst.to,
    };
  },
});
