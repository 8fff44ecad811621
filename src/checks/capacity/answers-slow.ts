import type { EvidenceRef, Impact } from '../../finding.ts';
import { MINUTE } from '../../graph/bursts.ts';
import { citeLines } from '../payments/_lines.ts';
import { iso, line } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';
import { hostPressure } from './_host-state.ts';
import { isOfOperations, operationLines } from './_operations.ts';
import { requestsIn } from './_rows.ts';
import { isPart, minutesText, ofWhat, scopeOf, windowsIn } from './_windows.ts';

/** Minutes of slowness that are worth a person's time. */
const LEAST_MINUTES = 8;

export default defineCheck({
  meta: {
    id: 'capacity/answers-slow',
    title: 'Answers take longer than usual',
    description:
      'Answers take much longer than this log or payment table is used to, for several minutes, of everything or of one endpoint, upstream, route or merchant; each endpoint is judged by what it usually takes. An export that always takes long, and answers that are slow because they fail by a time limit, are not meant. Names no cause.',
    class: 'technical',
    basePriority: 'important',
    owner: 'ops',
    proof: 'observed',
    needs: [],
    remedy:
      'Compare request time and upstream time of these minutes: where both rise, ask the service or partner behind; where only the first does, look at the proxy and the network before it.',
    verification: {
      command: 'paymedic logs access.log',
      expect: 'no slow window',
    },
    references: [],
  },
  *run(context): Iterable<Hit> {
    const failing = failures(context);
    const [worst] = [...slowAnswers(context), ...slowPayments(context)]
      .filter(({ from, to }) => to - from >= LEAST_MINUTES * MINUTE)
      // What fails by a time limit is slow, and told as failing.
      .filter((w) => !failing.some((f) => f.from <= w.to && f.to >= w.from))
      .sort((a, b) => Number(b.leads) - Number(a.leads) || b.count - a.count);
    if (!worst) return;
    const { from, to, what, count, p95, usual } = worst;
    const pressure = hostPressure(context);
    const ongoing = worst.open && context.graph.span.to - to <= 5 * MINUTE;
    yield {
      subject: { kind: 'flow', id: what },
      title: `${what[0]!.toUpperCase()}${what.slice(1)} took ${(p95 / usual).toFixed(1)} times as long as usual for ${minutesText((to - from) / MINUTE)} since ${iso(from)}, and nothing in this evidence says why`,
      detail: `p95 ${p95.toFixed(2)} s instead of ${usual.toFixed(2)} s over ${count} ${worst.noun}; ${ongoing ? 'it lasts to the end of the evidence' : `usual again at ${iso(to)}`}.${pressure.length ? ` A machine of this evidence was short of something: ${pressure.map(({ says }) => says).join(', ')}; when that was, its output does not say.` : ''}`,
      evidence: [...worst.evidence(), ...pressure.map(({ evidence }) => evidence)],
      impact: { minutes: (to - from) / MINUTE, ongoing, scope: worst.part ? worst.scope : 'all' },
      count,
      first: from,
      last: to,
    };
  },
});

interface Slow {
  /** As in "answers of /pay took ...". */
  what: string;
  noun: string;
  part: boolean;
  /** It is about everything, or is the place of what everything suffers. */
  leads: boolean;
  scope: NonNullable<Impact['scope']>;
  from: number;
  to: number;
  open: boolean;
  count: number;
  /** Seconds. */
  p95: number;
  usual: number;
  evidence(): EvidenceRef[];
}

/** Stretches in which answers or payments failed. */
function failures(context: CheckContext): { from: number; to: number }[] {
  const { logs, rates } = windowsIn(context);
  return [...logs.filter(({ kind }) => kind === 'failures'), ...rates.filter(({ outcome }) => outcome === 'error')];
}

function slowAnswers(context: CheckContext): Slow[] {
  const { requests: r } = context.observations.logs;
  const windows = windowsIn(context).logs.filter(({ kind }) => kind === 'slow');
  // What everything suffers because one part does is told of that part.
  const leading = windows
    .filter((w) => !isPart(w))
    .map(
      (whole) =>
        windows.find(
          ({ dimension, key, from, to }) =>
            dimension === whole.place?.dimension && key === whole.place.key && from < whole.to && whole.from < to,
        ) ?? whole,
    );
  return [...new Set([...leading, ...windows.filter(isPart)])].map((w) => ({
    leads: leading.includes(w),
    what: `answers${ofWhat(w)}`,
    noun: isOfOperations(w) ? 'operations' : 'requests',
    part: isPart(w),
    scope: scopeOf(w),
    from: w.from,
    to: w.to,
    open: w.open,
    count: w.requests,
    p95: w.value,
    usual: w.baseline,
    evidence: () => {
      if (isOfOperations(w)) return operationLines(context, w, ({ took }) => took >= w.value * 0.8, 3);
      return requestsIn(context, w, (row) => r.requestTime[row]! >= w.value * 0.8, 3).map((i) =>
        line(context, r.source[i]!, r.line[i]!, `${r.requestTime[i]} s`, r.time[i]!),
      );
    },
  }));
}

const slowPayments = (context: CheckContext): Slow[] =>
  windowsIn(context).slow.map((spell) => ({
    what: spell.dimension === 'all' ? 'payments' : `payments of ${spell.dimension} ${spell.key}`,
    noun: 'payments',
    part: spell.dimension !== 'all',
    leads: spell.dimension === 'all',
    scope: spell.dimension === 'merchant' ? 'one-merchant' : 'one-route',
    from: spell.from,
    to: spell.to,
    open: spell.toEnd,
    count: spell.attempts,
    p95: spell.p95,
    usual: spell.usualP95,
    evidence: () => citeLines(spell.lines, 3),
  }));
