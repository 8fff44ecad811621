import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Durations } from '../../src/logs/traffic/durations.ts';
import { nearestRank } from '../../src/logs/windows/series.ts';

const SHARES = [0.5, 0.95, 0.99];
/** All, two endpoints, two upstreams, none. */
const SERIES = 6;

type Timed = [seconds: number, endpoint: number, upstream: number];

function percentiles(values: readonly Timed[], durations = new Durations(SERIES)): (number[] | undefined)[] {
  for (const [seconds, endpoint, upstream] of values) {
    durations.reserve(1);
    durations.seconds[durations.length] = seconds;
    durations.series[durations.length++] = endpoint | (upstream << 8);
  }
  const told: (number[] | undefined)[] = Array(SERIES - 1).fill(undefined);
  durations.percentiles(SHARES, (series, share, seconds) => {
    told[series] ??= [];
    told[series][share] = seconds;
  });
  return told;
}

function bySorting(values: readonly Timed[]): (number[] | undefined)[] {
  return [0, 1, 2, 3, 4].map((series) => {
    const own = values.filter(([, endpoint, upstream]) => series === 0 || endpoint === series || upstream === series);
    const sorted = Float32Array.from(own, ([seconds]) => seconds).sort();
    return own.length === 0 ? undefined : SHARES.map((share) => nearestRank(sorted, share));
  });
}

const seconds = fc
  .oneof(
    fc.float({ noNaN: true }),
    fc.integer({ min: 0, max: 9 }),
    fc.float({ min: 0, max: Math.fround(2e-41), noNaN: true }),
    fc.integer({ min: 0, max: 900 }).map((ms) => Math.fround(ms / 1000)),
  )
  // As durations are: never a negative zero.
  .map((value) => value + 0);
const timed = fc.tuple(seconds, fc.constantFrom(1, 2, 5), fc.constantFrom(3, 4, 5));

it('selects the percentiles that sorting gives, for every series', () => {
  const again = new Durations(SERIES);
  fc.assert(
    fc.property(fc.array(timed, { maxLength: 1500, size: 'max' }), (values) => {
      expect(percentiles(values)).toEqual(bySorting(values));
      // One after another, as minutes are.
      expect(percentiles(values, again)).toEqual(bySorting(values));
    }),
    { numRuns: 200 },
  );
});

it('does so of whole milliseconds', () => {
  const again = new Durations(SERIES);
  const ms = (max: number) => fc.integer({ min: 0, max }).map((value) => Math.fround(value / 1000));
  fc.assert(
    fc.property(
      fc.constantFrom(3, 900, 2047, 2048, 40_000).chain((max) =>
        fc.array(fc.tuple(ms(max), fc.constantFrom(1, 2, 5), fc.constantFrom(3, 4, 5)), {
          minLength: 380,
          maxLength: 900,
        }),
      ),
      (values) => {
        expect(percentiles(values, again)).toEqual(bySorting(values));
      },
    ),
    { numRuns: 60 },
  );
});

it('does so in time whatever the order of the values', () => {
  const rising = Array.from({ length: 100_000 }, (_, i) => i);
  const pipes = rising.map((i) => (i % 2 === 0 ? i : 100_000 - i));
  for (const values of [rising, rising.toReversed(), pipes, rising.map(() => 7)]) {
    const own = values.map((value): Timed => [value, 1 + (value % 2), 5]);
    expect(percentiles(own)).toEqual(bySorting(own));
  }
});
