/** Whether what an earlier report found is still there, judged on new evidence. Pure. */
import type { EvidenceKind } from '../evidence/types.ts';
import type { Finding } from '../finding.ts';
import { isIncident } from '../report/text.ts';
import type { Report } from '../report/types.ts';

export interface Verification {
  fingerprint: string;
  title: string;
  cause?: string;
  result: 'resolved' | 'still there' | 'could not check';
  because: string;
}

/** Kinds that carry times of their own: to show that something ended, they must reach beyond the earlier report. */
const TIMED: ReadonlySet<EvidenceKind> = new Set(['log', 'capture', 'transactions', 'network-flows']);

/** Findings of the earlier report that need a verification: those behind a claim, and those above routine. */
function toVerify(before: Report): Finding[] {
  const explained = new Set(before.diagnosis.filter(isIncident).flatMap((d) => d.explains));
  return before.findings.filter((f) => explained.has(f.fingerprint) || f.priority !== 'routine');
}

/**
 * Compares.
 * @param before the report whose findings are to be verified
 * @param after a report over evidence taken since, or over the live target
 */
export function verifyFindings(before: Report, after: Report): Verification[] {
  const clock = before.incident.clock;
  const itemOf = new Map(before.evidence.map((e) => [e.path, e]));
  const live = after.evidence.some((e) => e.kind === 'endpoint' && (e.counts?.certificates ?? 0) > 0);
  return toVerify(before).map((f) => {
    const base = { fingerprint: f.fingerprint, title: f.title, ...(f.cause ? { cause: f.cause } : {}) };
    const again =
      after.findings.find((x) => x.fingerprint === f.fingerprint) ??
      after.findings.find((x) => x.cause !== undefined && x.cause === f.cause && x.priority !== 'routine');
    if (again && again.impact.scope !== 'none' && (again.lastSeen === undefined || again.lastSeen > clock)) {
      return {
        ...base,
        result: 'still there' as const,
        because: again.lastSeen ? `last seen ${again.lastSeen}` : again.detail,
      };
    }
    const cited = f.evidence.flatMap((e) => itemOf.get(e.file) ?? []);
    const kinds = new Set(cited.map((e) => e.kind));
    const timed = [...kinds].some((k) => TIMED.has(k));
    // What was seen happening has to be seen not happening: a file alone does not show that.
    const fresh = after.evidence.filter(
      (e) =>
        kinds.has(e.kind) &&
        !e.unreadable &&
        // The log of another program says nothing about what this one complained of.
        (e.kind !== 'log' || cited.some((c) => c.kind === 'log' && c.format === e.format)) &&
        (!timed || (TIMED.has(e.kind) && e.span !== undefined && e.span.to > clock)),
    );
    const onTheWire = live && [...kinds].some((k) => k === 'certificate' || k === 'capture');
    if (fresh.length === 0 && !onTheWire) {
      const formats = [...new Set(cited.flatMap((c) => (c.kind === 'log' && c.format ? [c.format] : [])))];
      const described = (kind: EvidenceKind): string =>
        kind === 'log' && formats.length ? `log (${formats.slice(0, 3).join(', ')})` : kind;
      const wanted = [...kinds].filter((k) => !timed || TIMED.has(k));
      return {
        ...base,
        result: 'could not check' as const,
        because: `the new evidence holds no ${wanted.map(described).join(', no ') || 'evidence of this kind'} from after ${clock}`,
      };
    }
    return {
      ...base,
      result: 'resolved' as const,
      because: `not found any more in ${
        fresh
          .map((e) => e.path)
          .slice(0, 3)
          .join(', ') || 'what the live target presents'
      }`,
    };
  });
}
