import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/checks/run.ts';
import type { Finding } from '../../src/finding.ts';
import { compareReports } from '../../src/report/compare.ts';
import { compoundReport } from './fixtures/compound.ts';

const identity = fc.record({
  check: fc.constantFrom('x509/expires-soon', 'tls/no-common-suite', 'logs/upstream-slow'),
  kind: fc.constantFrom('certificate', 'host', 'merchant', 'route') as fc.Arbitrary<Finding['subject']['kind']>,
  id: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }),
});
const set = fc.uniqueArray(identity, { maxLength: 30, selector: (i) => JSON.stringify(i) });
const iso = fc.integer({ min: 0, max: 4e12 }).map((ms) => new Date(ms).toISOString());

/** A finding whose words, dates, places, counts and priority are chance; only check and subject are given. */
const finding = (of: { check: string; kind: Finding['subject']['kind']; id: string }) =>
  fc
    .record({
      title: fc.string(),
      line: fc.nat(),
      file: fc.string(),
      time: iso,
      count: fc.nat(),
      days: fc.integer({ min: -99, max: 999 }),
      label: fc.string(),
      priority: fc.constantFrom('urgent', 'important', 'routine') as fc.Arbitrary<Finding['priority']>,
    })
    .map((chance): Finding => {
      const subject = { kind: of.kind, id: of.id, label: chance.label };
      return {
        ...compoundReport.findings[0]!,
        id: of.check,
        subject,
        fingerprint: fingerprint(of.check, subject),
        title: chance.title,
        count: chance.count,
        priority: chance.priority,
        firstSeen: chance.time,
        impact: { daysLeft: chance.days },
        evidence: [{ file: chance.file, line: chance.line }],
      };
    });
const findingsOf = (ids: readonly { check: string; kind: Finding['subject']['kind']; id: string }[]) =>
  (ids.length ? fc.tuple(...ids.map(finding)) : fc.constant([])).chain((all) =>
    fc.shuffledSubarray(all as Finding[], { minLength: ids.length, maxLength: ids.length }),
  );

describe('fingerprints', () => {
  it('survive 1,000 random edits: no false new, no false same', () => {
    const edit = fc.tuple(set, set).chain(([kept, added]) =>
      fc
        .tuple(
          fc.constant(kept),
          fc.constant(added.filter((a) => !kept.some((k) => JSON.stringify(k) === JSON.stringify(a)))),
          fc.nat(),
        )
        .chain(([keep, add, cut]) => {
          const gone = keep.slice(0, keep.length ? cut % keep.length : 0);
          const stay = keep.slice(gone.length);
          return fc.tuple(
            findingsOf(keep),
            findingsOf([...stay, ...add]),
            fc.constant({ stay: stay.length, add: add.length, gone: gone.length }),
          );
        }),
    );
    fc.assert(
      fc.property(edit, ([before, after, expected]) => {
        const { findings } = compareReports(
          { ...compoundReport, findings: before },
          { ...compoundReport, findings: after },
        );
        expect(findings.new.length).toBe(expected.add);
        expect(findings.resolved.length).toBe(expected.gone);
        expect(findings.unchanged.length + findings.changed.length).toBe(expected.stay);
      }),
      { numRuns: 1000 },
    );
  });
});
