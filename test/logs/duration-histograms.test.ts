import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DurationHistograms, MOST_TIMED } from '../../src/logs/traffic/duration-histograms.ts';
import { nearestRank } from '../../src/logs/windows/series.ts';

const SHARES = [0.5, 0.95, 0.99];

it('tells percentiles within 3 percent and a millisecond, of several passes as of one', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 32_000 }), { minLength: 1, maxLength: 300 }), (milliseconds) => {
      const whole = new DurationHistograms(true);
      const parts = [new DurationHistograms(true), new DurationHistograms(true)];
      for (const one of [whole, ...parts]) one.reserve(3);
      for (const [i, ms] of milliseconds.entries()) {
        whole.add(2, ms / 1000);
        parts[i % 2]!.add(1 + (i % 2), ms / 1000);
      }
      const merged = new DurationHistograms(true);
      merged.merge(parts[0]!, [0, 2, 1], 3);
      merged.merge(parts[1]!, [0, 1, 2], 3);
      const sorted = milliseconds.toSorted((a, b) => a - b);
      for (const share of SHARES) {
        const exact = nearestRank(sorted, share);
        const told = whole.percentile(2, share) * 1000;
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * 0.03 + 1);
        expect(merged.percentile(2, share)).toBe(whole.percentile(2, share));
      }
      expect(whole.percentile(1, 0.5)).toBeNaN();
    }),
  ));

it('keeps none where there are too many names, whenever they were named', () => {
  const few = new DurationHistograms(true);
  few.reserve(2);
  few.add(1, 0.2);
  expect(few.reserve(MOST_TIMED + 1)).toBe(false);
  expect(few.percentile(1, 0.5)).toBeNaN();
  expect(few.reserve(2)).toBe(false);
  const merged = new DurationHistograms(true);
  merged.merge(few, [0, 1], 2);
  expect(merged.kept).toBe(false);
});

it.each([0, -1, 1e9, Number.POSITIVE_INFINITY])('takes %f seconds for the least or the most', (seconds) => {
  const histograms = new DurationHistograms(true);
  histograms.reserve(2);
  histograms.add(1, seconds);
  expect(histograms.percentile(1, 0.5)).toBeGreaterThan(0);
});
