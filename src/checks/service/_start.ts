/** Start failures: do they matter, and do clients feel them? */

import type { Symptom } from '../../graph/types.ts';
import { counted } from '../../wording.ts';
import type { Join } from '../_symptom-rule.ts';
import { iso, quote, symptomsOf, together } from '../support.ts';
import type { CheckContext } from '../types.ts';

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
  const change = context.graph.payments.change(s.onset, context.graph.span.to + 1);
  return change.attempts >= 5 && change.share - change.shareBefore >= 0.2;
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
