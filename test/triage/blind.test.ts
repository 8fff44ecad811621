import { describe, expect, it } from 'vitest';
import { BLIND, ONSET } from './blind.ts';
import { claims, triageFiles } from './bundle.ts';
import { summary } from './scene.ts';

describe('bundles of other software, answered before they were run', () => {
  it.each(BLIND)('$causes: $name', async ({ causes, also, candidates, onset, files }) => {
    const report = await triageFiles(await files());
    const said = claims(report);
    const right = [...causes, ...(also ?? [])];
    for (const claim of said) expect(right, summary(report)).toContain(claim);
    if (candidates) expect(candidates, summary(report)).toContain(report.diagnosis[0]?.cause);
    if (causes.length === 0) return;
    expect(right, summary(report)).toContain(said[0]);
    if (causes.length > 1) expect(said, summary(report)).toEqual(expect.arrayContaining(causes));
    expect(
      Math.abs(
        Date.parse(
          report.diagnosis.find((d) => right.includes(d.cause) && (causes.length === 1 || d.cause === causes[0]))!
            .onset!,
        ) - (onset ?? ONSET),
      ),
      summary(report),
    ).toBeLessThanOrEqual(120_000);
  });
});
