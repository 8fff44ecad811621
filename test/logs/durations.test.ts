import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Durations } from '../../src/logs/traffic/durations.ts';
import { nearestRank } from '../../src/logs/windows/series.ts';

const SHARES = [0.5, 0.95, 0.99];

function percentiles(values: readonly number[]): number[] {
  const durations = new Durations();
  for (const value of values) durations.add(value);
  return durations.percentiles(SHARES);
}

it('selects the percentiles that sorting gives', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.float({ noNaN: true }),
          fc.integer({ min: 0, max: 9 }),
          fc.float({ min: 0, max: Math.fround(2e-41), noNaN: true }),
        ),
        { maxLength: 400 },
      ),
      (drawn) => {
        // As durations are: never a negative zero.
        const values = drawn.map((value) => value + 0);
        const sorted = Float32Array.from(values).sort();
        expect(percentiles(values)).toEqual(SHARES.map((share) => nearestRank(sorted, share)));
      },
    ),
    { numRuns: 500 },
  );
});

it('does so in time whatever the order of the values', () => {
  const rising = Array.from({ length: 100_000 }, (_, i) => i);
  const pipes = rising.map((i) => (i % 2 === 0 ? i : 100_000 - i));
  for (const values of [rising, rising.toReversed(), pipes, rising.map(() => 7)]) {
    const sorted = Float32Array.from(values).sort();
    expect(percentiles(values)).toEqual(SHARES.map((share) => nearestRank(sorted, share)));
  }
});
