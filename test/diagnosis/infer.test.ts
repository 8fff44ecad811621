/** Ranking over findings alone: which cause leads, and what is listed under which. */
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/infer.ts';
import type { Finding } from '../../src/finding.ts';
import type { EvidenceGraph } from '../../src/graph/types.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

const causes = loadKnowledge().causes;
const graph = { changes: [], pool: [], revocationLists: [] } as unknown as EvidenceGraph;
const T = Date.UTC(2026, 2, 3, 9, 0);

const finding = (cause: string, minute: number, over: Partial<Finding> = {}): Finding => ({
  id: `test/${cause}`,
  fingerprint: `${cause}:x`,
  priority: 'urgent',
  class: 'technical',
  subject: { kind: 'host', id: 'h' },
  title: cause,
  detail: cause,
  evidence: [{ file: `${cause}.log`, line: 1 }],
  firstSeen: new Date(T + minute * 60_000).toISOString(),
  count: 1,
  impact: { ongoing: true },
  proof: 'structural',
  confidence: 0.93,
  cause,
  owner: 'ops',
  remedy: '',
  verification: { command: '', expect: '' },
  references: [],
  ...over,
});
const order = (findings: Finding[]): string[] => diagnose(findings, causes, graph).map((d) => d.cause);
const shuffled = (findings: Finding[]): Finding[][] => [findings, [...findings].reverse()];

describe('several faults at once', () => {
  it('the one that began first leads, though the other is told of more surely and more often', () => {
    for (const list of shuffled([
      finding('server-cert-expired', 0, { proof: 'observed', confidence: 0.85, count: 3 }),
      finding('duplicate-payment', 9, { confidence: 0.97, count: 900 }),
    ]))
      expect(order(list)).toEqual(['server-cert-expired', 'duplicate-payment']);
  });

  it('onsets in the same two minutes are one beginning: the proof decides', () => {
    expect(
      order([
        finding('crl-stale', 0, { proof: 'textual', confidence: 0.82 }),
        finding('web-shell', 1, { confidence: 0.97 }),
      ]),
    ).toEqual(['web-shell', 'crl-stale']);
  });

  it('something merely likely does not lead for having begun earlier', () => {
    expect(
      order([finding('upstream-slow', 0, { proof: 'textual', confidence: 0.6 }), finding('web-shell', 30)])[0],
    ).toBe('web-shell');
  });
});

describe('consequences', () => {
  it('are listed under the cause that began first, with what came of them in turn', () => {
    for (const list of shuffled([
      finding('server-cert-expired', 0),
      finding('pool-exhausted', 4, { count: 5000 }),
      finding('upstream-unavailable', 6, { confidence: 0.9 }),
    ])) {
      const [first, ...rest] = diagnose(list, causes, graph);
      expect(first).toMatchObject({
        cause: 'server-cert-expired',
        consequences: ['pool-exhausted', 'upstream-unavailable'],
      });
      for (const d of rest) {
        expect(d.confidence).toBeLessThan(0.5);
        expect(d.against.join()).toContain('which began first');
      }
    }
  });

  it('an effect cannot begin before its cause', () => {
    const [first] = diagnose([finding('pool-exhausted', 0), finding('server-cert-expired', 30)], causes, graph);
    expect(first).toMatchObject({ cause: 'pool-exhausted', consequences: [] });
  });

  it('causes that can bring about each other do not set each other back', () => {
    for (const a of causes)
      for (const b of causes)
        if (a.id < b.id && a.leadsTo.includes(b.id) && b.leadsTo.includes(a.id))
          for (const list of shuffled([finding(a.id, 0), finding(b.id, 0)]))
            expect(diagnose(list, causes, graph)[0]!.confidence, `${a.id} ${b.id}`).toBeGreaterThanOrEqual(0.5);
  });

  it('some cause of every set of sure findings stays a claim', () => {
    const all = causes.map((c) => finding(c.id, 0));
    expect(diagnose(all, causes, graph)[0]!.confidence).toBeGreaterThanOrEqual(0.5);
  });
});
