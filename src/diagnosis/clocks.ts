/** Reporting deadlines that the evidence has triggered. Pure. */

import type { Cause, ClockEntry } from '../knowledge/types.ts';
import { least } from '../lists.ts';
import { isIncident } from '../report/text.ts';
import type { Diagnosis, Report } from '../report/types.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Adds working days (Monday to Friday); public holidays are not known here. */
function addBusinessDays(start: number, days: number): number {
  let at = start;
  for (let left = days; left > 0; ) {
    at += DAY;
    const weekday = new Date(at).getUTCDay();
    if (weekday !== 0 && weekday !== 6) left--;
  }
  return at;
}

function addMonths(start: number, months: number): number {
  const d = new Date(start);
  d.setUTCMonth(d.getUTCMonth() + months);
  return d.getTime();
}

/**
 * Clocks whose trigger the claimed diagnoses satisfy. A clock that starts with awareness or triage starts at the
 * incident clock; one that starts with the incident or the suspicion starts at the earliest onset.
 */
export function runningClocks(
  diagnosis: Diagnosis[],
  entries: readonly ClockEntry[],
  now: number,
  causes?: ReadonlyMap<string, Cause>,
): Report['clocks'] {
  const claims = diagnosis.filter(isIncident);
  if (claims.length === 0) return [];
  const onset = Math.min(now, least(claims.flatMap((d) => (d.onset ? [Date.parse(d.onset)] : []))));
  const exposures = new Set(claims.flatMap((d) => causes?.get(d.cause)?.exposure ?? []));
  const outage = claims.some((d) => d.priority === 'urgent' && /wholly down|attempts failed/.test(d.priorityBecause));
  const out: Report['clocks'] = [];
  for (const e of entries) {
    const t = e.trigger;
    if (t.exposure && !t.exposure.some((x) => exposures.has(x))) continue;
    if (t.causes && !claims.some((d) => t.causes!.includes(d.cause))) continue;
    if (t.priority && !claims.some((d) => t.priority!.includes(d.priority))) continue;
    if (t.outage && !outage) continue;
    // Clocks that follow an event which no evidence can show (a report sent, a classification made) do not run yet.
    if (
      ['initial-notification', 'intermediate-report', 'handling-end', 'classification', 'materiality'].includes(e.start)
    )
      continue;
    const start = e.start === 'incident' || e.start === 'suspicion' ? onset : now;
    const due =
      e.hours !== undefined
        ? start + e.hours * HOUR
        : e.businessDays !== undefined
          ? addBusinessDays(start, e.businessDays)
          : e.days !== undefined
            ? start + e.days * DAY
            : e.months !== undefined
              ? addMonths(start, e.months)
              : undefined;
    if (due === undefined) continue;
    out.push({
      id: e.id,
      title: e.title.en,
      start: new Date(start).toISOString(),
      due: new Date(due).toISOString(),
      to: `${e.to.en} (${e.applies.en})`,
      confidence: e.confidence,
      source: e.source,
    });
  }
  return out.sort((a, b) => (a.due < b.due ? -1 : 1));
}
