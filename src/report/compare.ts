/** What changed between two reports. Findings are the same when their fingerprints are. Pure. */
import type { Finding, Priority } from '../finding.ts';
import { isClaim, rankedFindings } from './text.ts';
import type { Diagnosis, Report } from './types.ts';

export interface Comparison {
  schemaVersion: 1;
  old: { generated: string; priority: string };
  new: { generated: string; priority: string };
  findings: {
    new: Finding[];
    resolved: Finding[];
    unchanged: Finding[];
    changed: { finding: Finding; was: Priority }[];
  };
  diagnosis: { new: Diagnosis[]; resolved: Diagnosis[]; unchanged: Diagnosis[] };
}

export function compareReports(before: Report, after: Report): Comparison {
  const was = new Map(before.findings.map((f) => [f.fingerprint, f]));
  const is = new Map(after.findings.map((f) => [f.fingerprint, f]));
  const both = rankedFindings([...is.values()].filter((f) => was.has(f.fingerprint)));
  const causesBefore = new Set(before.diagnosis.filter(isClaim).map((d) => d.cause));
  const causesAfter = new Set(after.diagnosis.filter(isClaim).map((d) => d.cause));
  const claims = after.diagnosis.filter(isClaim);
  return {
    schemaVersion: 1,
    old: { generated: before.generated, priority: before.summary.priority },
    new: { generated: after.generated, priority: after.summary.priority },
    findings: {
      new: rankedFindings([...is.values()].filter((f) => !was.has(f.fingerprint))),
      resolved: rankedFindings([...was.values()].filter((f) => !is.has(f.fingerprint))),
      unchanged: both.filter((f) => was.get(f.fingerprint)!.priority === f.priority),
      changed: both.flatMap((finding) => {
        const old = was.get(finding.fingerprint)!.priority;
        return old === finding.priority ? [] : [{ finding, was: old }];
      }),
    },
    diagnosis: {
      new: claims.filter((d) => !causesBefore.has(d.cause)),
      resolved: before.diagnosis.filter((d) => isClaim(d) && !causesAfter.has(d.cause)),
      unchanged: claims.filter((d) => causesBefore.has(d.cause)),
    },
  };
}
