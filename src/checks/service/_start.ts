/** Start failures: do they matter, and do clients feel them? */

import type { Symptom } from '../../graph/types.ts';
import { counted } from '../../wording.ts';
import type { Join } from '../_symptom-rule.ts';
import { iso, line, quote, symptomsOf, together } from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';

const FELT = [
  'net.refused',
  'upstream.no-live',
  'lb.server-down',
  'net.connect-timeout',
  'upstream.unavailable',
] as const;

/** One line is enough for a service that does not start, if somebody felt it or nothing was served afterwards. */
export function startFailureMatters(s: Symptom, context: CheckContext): boolean {
  if (s.count >= 3) return true;
  const felt = symptomsOf(context, [...FELT]);
  if (felt.some((f) => f.onset >= s.onset - 5 * 60_000)) return true;
  if (silentSince(context, s.onset)) return true;
  const change = context.graph.payments.change(s.onset, context.graph.span.to + 1);
  return change.attempts >= 5 && change.share - change.shareBefore >= 0.2;
}

/** Least requests in the minutes before, and as many that must be missing since: a quiet night serves none either. */
const STEADY = 20;
const BEFORE = 5 * 60_000;
/** What was still being answered when the service went. */
const LINGERING = 60_000;

export interface Silence {
  /** Time of the last request, ms UTC, and where it stands. */
  last: number;
  row: number;
  /** Requests that were to be expected since. */
  missing: number;
  minutes: number;
}

/** Whether requests came steadily until a service failed to start, and none came from then to the end of the evidence. */
function silentSince(context: CheckContext, onset: number): Silence | undefined {
  const { requests } = context.observations.logs;
  let [row, before] = [-1, 0];
  for (let i = 0; i < requests.length; i++) {
    if (row < 0 || requests.time[i]! > requests.time[row]!) row = i;
    if (requests.time[i]! >= onset - BEFORE && requests.time[i]! <= onset) before++;
  }
  if (row < 0 || before < STEADY) return undefined;
  const last = requests.time[row]!;
  if (last > onset + LINGERING) return undefined;
  const quiet = Math.max(context.graph.span.to, context.graph.now) - last;
  const missing = Math.round((before / Math.min(BEFORE, onset - context.graph.span.from)) * quiet);
  return missing >= STEADY ? { last, row, missing, minutes: quiet / 60_000 } : undefined;
}

/** Connects that were refused once the service was down: that is when the interruption began. */
export function* refusedAfter(context: CheckContext, _symptoms: Symptom[], onset: number): Iterable<Join> {
  const refused = symptomsOf(context, [...FELT]).filter((f) => f.end >= onset - 10 * 60_000);
  if (refused.length === 0) return;
  const t = together(refused);
  // A failed reload is silent: the interruption begins when the service is gone.
  yield {
    ...(t.onset > onset ? { began: t.onset } : {}),
    confidence: 0.95,
    proof: 'structural',
    evidence: quote(context, refused, 4),
    says: `clients have been turned away since ${iso(t.onset)} (${counted(t.count, 'time')}, ${t.nodes.slice(0, 3).join(', ')})`,
  };
}

/** A start failure after which nothing was served any more: wholly down, as long as that lasts. */
export function felt(context: CheckContext, hit: Hit): Hit {
  const silence =
    hit.impact.failingShare && !hit.impact.unfelt ? undefined : silentSince(context, hit.first ?? Number.NaN);
  if (!silence) return hit;
  const { requests } = context.observations.logs;
  const { last, row, missing, minutes } = silence;
  return {
    ...hit,
    confidence: Math.max(hit.confidence ?? 0, 0.92),
    detail: `${hit.detail.replace(/\.$/, '')}; no request has been served since ${iso(last)}, where about ${missing} were to be expected.`,
    evidence: [
      ...hit.evidence,
      line(context, requests.source[row]!, requests.line[row]!, 'the last request that was served', last),
    ],
    impact: { whollyDown: true, failingShare: 1, attempts: missing, minutes, ongoing: true, scope: 'all' },
  };
}
