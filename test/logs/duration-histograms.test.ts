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
        const minute = i % 5 === 0 ? Number.NaN : Math.floor(i / 20);
        whole.add(2, ms / 1000, minute);
        parts[i % 2]!.add(1 + (i % 2), ms / 1000, minute);
      }
      const merged = new DurationHistograms(true);
      merged.merge(parts[0]!.state(), [0, 2, 1], 3);
      merged.merge(parts[1]!.state(), [0, 1, 2], 3);
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

/** Percentiles by minute and name, in the order in which they are told. */
function byMinute(histograms: DurationHistograms, wanted: readonly boolean[]): [string, number][] {
  const told: [string, number][] = [];
  histograms.byMinute(wanted, SHARES, (minute, name, share, seconds) =>
    told.push([`${minute} ${name} ${SHARES[share]}`, seconds * 1000]),
  );
  return told;
}

it('tells percentiles of each minute within 3 percent, whatever the order of minutes and however many passes', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 32_000 })),
        {
          maxLength: 300,
        },
      ),
      (requests) => {
        const whole = new DurationHistograms(true);
        const parts = [new DurationHistograms(true), new DurationHistograms(true)];
        for (const one of [whole, ...parts]) one.reserve(3);
        for (const [i, [minute, name, ms]] of requests.entries()) {
          whole.add(name, ms / 1000, minute);
          parts[i % 2]!.add(name, ms / 1000, minute);
        }
        const exact: [string, number][] = [];
        for (let minute = -3; minute <= 3; minute++)
          for (const name of [1, 2]) {
            const sorted = requests
              .flatMap(([m, n, ms]) => (m === minute && n === name ? [ms] : []))
              .sort((a, b) => a - b);
            if (sorted.length > 0)
              for (const share of SHARES) exact.push([`${minute} ${name} ${share}`, nearestRank(sorted, share)]);
          }
        const merged = new DurationHistograms(true);
        for (const part of parts) merged.merge(part.state(), [0, 1, 2], 3);
        const told = new Map(byMinute(whole, [false, true, true]));
        expect([...told.keys()].sort()).toEqual(exact.map(([key]) => key).sort());
        for (const [key, value] of exact)
          expect(Math.abs(told.get(key)! - value)).toBeLessThanOrEqual(value * 0.03 + 1);
        expect(new Map(byMinute(merged, [false, true, true]))).toEqual(told);
        expect(byMinute(whole, [false, true, false]).every(([key]) => key.split(' ')[1] === '1')).toBe(true);
      },
    ),
  ));

it('tells no minute where there was no room for some, and all of them together still', () => {
  const histograms = new DurationHistograms(true, 1000);
  histograms.reserve(2);
  for (let minute = 0; minute < 500; minute++) histograms.add(1, 0.2, minute);
  expect(byMinute(histograms, [false, true])).toEqual([]);
  expect(histograms.crowded).toBe(true);
  expect(histograms.percentile(1, 0.5)).toBeCloseTo(0.2, 2);
});

it('keeps none where there are too many names, whenever they were named', () => {
  const few = new DurationHistograms(true);
  few.reserve(2);
  few.add(1, 0.2, 0);
  expect(few.reserve(MOST_TIMED + 1)).toBe(false);
  expect(few.percentile(1, 0.5)).toBeNaN();
  expect(few.reserve(2)).toBe(false);
  const merged = new DurationHistograms(true);
  merged.merge(few.state(), [0, 1], 2);
  expect(merged.kept).toBe(false);
});

it.each([0, -1, 1e9, Number.POSITIVE_INFINITY])('takes %f seconds for the least or the most', (seconds) => {
  const histograms = new DurationHistograms(true);
  histograms.reserve(2);
  histograms.add(1, seconds, 0);
  expect(histograms.percentile(1, 0.5)).toBeGreaterThan(0);
});
