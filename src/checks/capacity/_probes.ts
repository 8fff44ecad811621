/** Health checks seen from the server: what it answered to the balancer, and that the balancer has nobody left for others. */

import { bursts, MINUTE, sumBetween } from '../../graph/bursts.ts';
import { counted } from '../../wording.ts';
import { changeReference, changesNear, impactBetween, iso, line, scopeData } from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';

/** What balancers and orchestrators call themselves when they check. */
const PROBE = /healthchecker|kube-probe|googlehc|httpchk|health[-_ ]?check|consul health|azure traffic manager/i;
const FEWEST = 5;

/** Requests by checks that were answered well before and 4xx since, while the balancer turns customers away with 503. */
export function* probedHits(context: CheckContext): Iterable<Hit> {
  const r = context.observations.logs.requests;
  const refused: number[] = [];
  const good: number[] = [];
  const turnedAway = new Map<number, number>();
  for (let i = 0; i < r.length; i++) {
    const status = r.status[i]!;
    if (PROBE.test(r.strings[r.userAgent[i]!] ?? '')) {
      if (status >= 400 && status < 500) refused.push(i);
      else if (status >= 200 && status < 400) good.push(i);
    } else if (status === 503 && r.upstreamStatus[i] === 0) {
      const minute = Math.floor(r.time[i]! / MINUTE) * MINUTE;
      turnedAway.set(minute, (turnedAway.get(minute) ?? 0) + 1);
    }
  }
  const burst = bursts(turnedAway)[0];
  if (refused.length < FEWEST || !burst || burst.count < FEWEST) return;
  refused.sort((a, b) => r.time[a]! - r.time[b]!);
  const since = r.time[refused[0]!]!;
  // Answered well until then: the server works, and its answer to this one path has changed.
  if (good.filter((i) => r.time[i]! < since).length < FEWEST || good.some((i) => r.time[i]! > since + MINUTE)) return;
  if (burst.from < since - 2 * MINUTE) return;
  const onset = burst.from;
  const end = burst.to + MINUTE;
  const impact = impactBetween(context, onset, end, context.graph.span.to - end < 10 * MINUTE);
  const change = changesNear(context, since, 30 * MINUTE)[0];
  const path = r.strings[r.path[refused[0]!]!]!;
  yield {
    cause: 'health-check-wrong',
    confidence: change ? 0.88 : 0.8,
    proof: 'observed',
    subject: { kind: 'route', id: path },
    title: `The balancer checks ${path}, which is answered with ${r.status[refused[0]!]}, and takes every server out`,
    detail: `${counted(refused.length, 'check')} of ${path} ${refused.length === 1 ? 'was' : 'were'} answered with ${r.status[refused[0]!]} since ${iso(since)}, all before with success; the balancer turned ${counted(burst.count, 'request')} away with 503${change ? `; just before: "${change.text}"` : ''}.`,
    evidence: [
      ...refused
        .slice(0, 2)
        .map((i) => line(context, r.source[i]!, r.line[i]!, `check of ${path}: ${r.status[i]}`, r.time[i]!)),
      ...(change ? [changeReference(change)] : []),
      ...[...rowsOf(context, onset, end)].map((i) =>
        line(context, r.source[i]!, r.line[i]!, '503, no server behind it', r.time[i]!),
      ),
    ],
    impact:
      impact.failingShare === undefined
        ? { ...impact, failingShare: 1, attempts: burst.count, scope: 'all', minutes: (end - onset) / MINUTE }
        : impact,
    count: burst.count,
    first: onset,
    last: end,
    data: { path, ...scopeData(impact) },
  };
}

/**
 * One line says that the last server is out, and every request from then on is turned away: they show what it did, and when,
 * where the line bears no time (events of an orchestrator have ages only).
 */
export function datedByRequests(context: CheckContext, hit: Hit): Hit {
  const r = context.observations.logs.requests;
  const all = new Map<number, number>();
  const turnedAway = new Map<number, number>();
  for (let i = 0; i < r.length; i++) {
    const minute = Math.floor(r.time[i]! / MINUTE) * MINUTE;
    all.set(minute, (all.get(minute) ?? 0) + 1);
    if (r.status[i] === 503 && r.upstreamStatus[i] === 0) turnedAway.set(minute, (turnedAway.get(minute) ?? 0) + 1);
  }
  const burst = bursts(turnedAway)[0];
  if (!burst || burst.count < FEWEST) return hit;
  const dated = Number.isFinite(hit.first);
  if (dated && (burst.from < hit.first! - 2 * MINUTE || burst.from > hit.first! + 2 * MINUTE)) return hit;
  const rows = [...rowsOf(context, burst.from, burst.to + MINUTE)].map((i) =>
    line(context, r.source[i]!, r.line[i]!, '503, no server behind it', r.time[i]!),
  );
  const attempts = sumBetween(all, burst.from, burst.to);
  const ongoing = context.graph.span.to - burst.to < 10 * MINUTE;
  return {
    ...hit,
    detail: `${hit.detail.replace(/ since an unknown time/, '')} ${burst.count} of ${attempts} requests were turned away with 503 since ${iso(burst.from)}.`,
    evidence: [...hit.evidence.slice(0, 2), ...rows, ...hit.evidence.slice(2)],
    first: dated ? hit.first! : rows[0]?.time ? Date.parse(rows[0].time) : burst.from,
    last: burst.to,
    impact: {
      failingShare: burst.count / attempts,
      attempts,
      minutes: ((ongoing ? context.graph.span.to : burst.to) - burst.from) / MINUTE,
      ongoing,
      scope: 'all',
    },
  };
}

/** The first requests that were turned away. */
function* rowsOf(context: CheckContext, from: number, to: number): Iterable<number> {
  const r = context.observations.logs.requests;
  let taken = 0;
  for (let i = 0; i < r.length && taken < 3; i++)
    if (r.status[i] === 503 && r.upstreamStatus[i] === 0 && r.time[i]! >= from && r.time[i]! < to) {
      taken++;
      yield i;
    }
}
