/** Judges generated bundles: the cause named first, its onset, nothing forbidden, and quiet on a healthy day. */
import { describe, expect, it } from 'vitest';
import { claims } from './bundle.ts';
import { run, type Scene, summary } from './scene.ts';

export interface Case {
  name: string;
  /** The cause, then what may be named first instead of it; empty for a day without an incident. */
  cause: string[];
  /** Must never be claimed. */
  never?: string[];
  make(): Scene;
}

export function judgeCases(title: string, cases: Case[]): void {
  describe(`bundles about ${title}`, () => {
    it.each(cases)('$cause.0: $name', async ({ cause, never, make }) => {
      const bundle = make();
      const report = await run(bundle);
      const claimed = claims(report);
      if (cause.length === 0) {
        expect(claimed, summary(report)).toEqual([]);
        return;
      }
      const first = report.diagnosis[0];
      expect(cause, summary(report)).toContain(first?.cause);
      expect(claimed, summary(report)).toContain(first?.cause);
      expect(Math.abs(Date.parse(first!.onset!) - bundle.onset), `onset ${first!.onset}`).toBeLessThanOrEqual(120_000);
      for (const cause of never ?? []) expect(claimed).not.toContain(cause);
    });
  });
}
