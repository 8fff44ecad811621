/** What a report draws over time. Pure. */
import { MINUTE } from '../graph/bursts.ts';
import type { Observations } from '../graph/observations.ts';
import type { EvidenceGraph } from '../graph/types.ts';
import type { Series } from '../report/types.ts';
import { OUTCOMES } from '../transactions/types.ts';

/** At most 240 buckets of payments tried and approved, or of requests where no table shows them, and of the heaviest symptoms. */
export function seriesOf(o: Observations, graph: EvidenceGraph): Series[] {
  const { from, to } = graph.span;
  if (!(to > from)) return [];
  const step = Math.max(1, Math.ceil((to - from) / MINUTE / 240)) * MINUTE;
  const start = Math.floor(from / step) * step;
  const n = Math.min(241, Math.floor((to - start) / step) + 1);
  const out: Series[] = [];
  if (o.transactions.tables.length) {
    const attempts: number[] = new Array(n).fill(0);
    const approved: number[] = new Array(n).fill(0);
    const good = OUTCOMES.indexOf('approved');
    for (const t of o.transactions.tables) {
      for (let i = 0; i < t.length; i++) {
        const b = Math.floor((t.time[i]! - start) / step);
        if (!(b >= 0 && b < n)) continue;
        attempts[b]!++;
        if (t.outcome[i] === good) approved[b]!++;
      }
    }
    out.push({ id: 'payments', title: 'payment attempts', unit: 'per bucket', start, step, values: attempts });
    out.push({
      id: 'approval',
      title: 'approved share',
      unit: 'share',
      start,
      step,
      values: attempts.map((a, i) => (a ? Math.round((approved[i]! / a) * 1000) / 1000 : null)),
    });
  } else out.push(...requestLoad(o, start, step, n));
  const shown = graph.symptoms.filter((x) => x.significant).slice(0, 3);
  for (const s of shown) {
    const values: number[] = new Array(n).fill(0);
    for (const e of s.events) {
      for (const [minute, count] of e.perMinute) {
        const b = Math.floor((minute - start) / step);
        if (b >= 0 && b < n) values[b]! += count;
      }
    }
    // Two of one kind are told apart by who wrote them.
    const twin = shown.some((other) => other !== s && other.event === s.event);
    const by = twin ? ` (${s.nodes.slice(0, 2).join(', ')})` : '';
    out.push({
      id: `symptom:${s.event}${by}`,
      title: `${s.event}${by}`,
      unit: 'lines per bucket',
      start,
      step,
      values,
    });
  }
  return out;
}

/** Requests and those answered 5xx, as the access logs hold or count them. */
function requestLoad(o: Observations, start: number, step: number, n: number): Series[] {
  const requests: number[] = new Array(n).fill(0);
  const failed: number[] = new Array(n).fill(0);
  const add = (time: number, count: number, failures: number): void => {
    const b = Math.floor((time - start) / step);
    if (!(b >= 0 && b < n)) return;
    requests[b]! += count;
    failed[b]! += failures;
  };
  const { requests: table, traffic } = o.logs;
  if (table.length > 0) for (let i = 0; i < table.length; i++) add(table.time[i]!, 1, table.status[i]! >= 500 ? 1 : 0);
  else {
    const { minutes, requests: all, failures } = traffic.minutes;
    for (let i = 0; i < traffic.minutes.length; i++) add(minutes[i]! * MINUTE, all[i]!, failures[i]!);
  }
  const shown = (id: string, title: string, values: number[]): Series[] =>
    values.some((value) => value > 0) ? [{ id, title, unit: 'per bucket', start, step, values }] : [];
  return [...shown('requests', 'requests', requests), ...shown('request-errors', 'answered 5xx', failed)];
}
