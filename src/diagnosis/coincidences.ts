import type { EvidenceGraph } from '../graph/types.ts';
import { isoTime } from '../instant.ts';
import type { Diagnosis } from '../report/types.ts';

const NEAR_BEFORE = 15 * 60_000;
const NEAR_AFTER = 2 * 60_000;

/** What happened within a quarter of an hour before the onset (or two minutes after): changes, validity dates, list updates. */
export function coincidences(onset: number, graph: EvidenceGraph): Diagnosis['coincidences'] {
  if (!Number.isFinite(onset)) return [];
  const near = (t: number): boolean => t >= onset - NEAR_BEFORE && t <= onset + NEAR_AFTER;
  const out: { at: number; what: string; evidence?: Diagnosis['coincidences'][number]['evidence'] }[] = [];
  for (const c of graph.changes)
    if (near(c.time))
      out.push({ at: c.time, what: `change: ${c.text}`, evidence: { file: c.file, line: c.line, text: c.text } });
  for (const c of graph.pool) {
    if (near(c.notAfter)) out.push({ at: c.notAfter, what: `notAfter of ${c.subject.text}` });
    if (near(c.notBefore) && c.subject.der !== c.issuer.der)
      out.push({ at: c.notBefore, what: `notBefore of ${c.subject.text}` });
  }
  for (const l of graph.revocationLists)
    if (l.list.nextUpdate !== undefined && near(l.list.nextUpdate))
      out.push({
        at: l.list.nextUpdate,
        what: `nextUpdate of the revocation list of ${l.list.issuer.text}`,
        evidence: { file: l.file },
      });
  return out
    .sort((a, b) => Math.abs(a.at - onset) - Math.abs(b.at - onset))
    .slice(0, 6)
    .map((c) => ({
      time: isoTime(c.at),
      what: c.what,
      ...(c.evidence ? { evidence: c.evidence } : {}),
    }));
}
