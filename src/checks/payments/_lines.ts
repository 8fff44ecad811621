import type { EvidenceRef } from '../../finding.ts';
import { requestReference } from '../attacks/_requests.ts';
import { iso, line } from '../support.ts';
import type { CheckContext } from '../types.ts';

/** Lines of a payment table as evidence. */
export function citeLines(
  lines: readonly { file: string; line: number; time?: number; text?: string }[],
  most = 5,
): EvidenceRef[] {
  return lines.slice(0, most).map((l) => ({
    file: l.file,
    line: l.line,
    ...(l.text ? { text: l.text } : {}),
    ...(l.time !== undefined && Number.isFinite(l.time) ? { time: iso(l.time) } : {}),
  }));
}

const PAY = /pay|charge|checkout|order|auth/i;

/** Requests to payment paths in a window, of the given clients where any are known; one from every log file first. */
export function paymentRequests(
  context: CheckContext,
  clients: string[],
  from: number,
  to: number,
  most = 4,
): EvidenceRef[] {
  const r = context.observations.logs.requests;
  const wanted = new Set(clients);
  const perFile = new Map<number, number>();
  for (let i = 0; i < r.length; i++) {
    const time = r.time[i]!;
    if (
      time < from ||
      time > to ||
      perFile.has(r.source[i]!) ||
      r.strings[r.method[i]!] !== 'POST' ||
      !PAY.test(r.strings[r.path[i]!] ?? '')
    )
      continue;
    if (wanted.size && !wanted.has(r.strings[r.client[i]!]!)) continue;
    perFile.set(r.source[i]!, i);
  }
  return [...perFile.values()]
    .sort((a, b) => r.time[a]! - r.time[b]!)
    .slice(0, most)
    .map((i) => requestReference(context, i));
}

/** Messages of the host link with one of the response codes (and ranges), one of every log file first. */
export function hostLines(
  context: CheckContext,
  codes: string[],
  bins: string[],
  from: number,
  to: number,
  most = 4,
): EvidenceRef[] {
  const perFile = new Map<number, EvidenceRef>();
  for (const rec of context.observations.logs.records) {
    if (perFile.has(rec.source) || rec.time < from - 1000 || rec.time > to + 1000) continue;
    const values = Object.values(rec.fields);
    if (
      !values.some((v) => codes.includes(v)) ||
      !(bins.length === 0 || values.some((v) => bins.some((b) => v.startsWith(b))))
    )
      continue;
    perFile.set(rec.source, line(context, rec.source, rec.line, rec.message, rec.time));
  }
  return [...perFile.values()].slice(0, most);
}
