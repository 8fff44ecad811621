import { describe, expect, it } from 'vitest';
import { narrowed } from '../../src/logs/windows/edges.ts';
import { moreSlowAnswers } from '../../src/logs/windows/rise.ts';
import { type MinuteSeries, untimedSeries } from '../../src/logs/windows/series.ts';
import { windowsOf } from '../../src/logs/windows/windows.ts';
import { draws } from '../draws.ts';

const MINUTE = 60_000;
const DAY = 1440;
const NONE = new Float32Array(DAY).fill(Number.NaN);

/** A Poisson number. */
function poisson(draw: () => number, mean: number): number {
  let count = 0;
  let left = mean + Math.log(1 - draw());
  while (left > 0) {
    count++;
    left += Math.log(1 - draw());
  }
  return count;
}

/** A day of so many requests a minute, of which a share fails. */
function failingDay(seed: number, perMinute: number, share: (minute: number) => number): MinuteSeries {
  const draw = draws(seed);
  const [requests, failures] = [new Uint32Array(DAY), new Uint32Array(DAY)];
  for (let i = 0; i < DAY; i++) {
    requests[i] = poisson(draw, perMinute);
    for (let n = 0; n < requests[i]!; n++) if (draw() < share(i)) failures[i]!++;
  }
  return untimedSeries('', 0, requests, failures, NONE);
}

const failuresOf = (series: MinuteSeries): [number, number][] =>
  windowsOf(series)
    .filter(({ kind }) => kind === 'failures')
    .map(({ from, to }) => [from / MINUTE, to / MINUTE]);

describe('failures of a few requests a minute', () => {
  it('end where the last of them do, when a service recovers by stages', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const day = failingDay(seed, 3, (i) => (i < 600 || i >= 700 ? 0.001 : i < 640 ? 0.95 : i < 670 ? 0.6 : 0.35));
      const found = failuresOf(day);
      expect(found).toHaveLength(1);
      expect(Math.abs(found[0]![0] - 600)).toBeLessThanOrEqual(3);
      // Of three requests a minute a third fails: the last one that did was some minutes before the end.
      expect(Math.abs(found[0]![1] - 700)).toBeLessThanOrEqual(5);
    }
  });

  it('do not reach to a stray one beside them', () => {
    const day = failingDay(6, 4, (i) => (i >= 600 && i < 630 ? 0.8 : 0));
    for (const stray of [560, 675]) {
      day.requests[stray] = 4;
      day.failures[stray] = 1;
    }
    expect(failuresOf(day)).toEqual([[600, 630]]);
  });
});

describe('the edges of a stop', () => {
  const day = (seed: number, stop: [number, number]): Uint32Array => {
    const draw = draws(seed);
    return Uint32Array.from({ length: DAY }, (_, i) => (i >= stop[0] && i < stop[1] ? 0 : poisson(draw, 3)));
  };
  const expected = new Float64Array(DAY).fill(3);

  it('leave the first few requests after it outside', () => {
    const requests = day(1, [500, 540]);
    requests.set([1, 2, 0, 0], 540);
    expect(narrowed(requests, expected, 500, 543)).toEqual({ from: 500, to: 539 });
  });

  it('stay where a few came all the time', () => {
    const requests = day(2, [500, 540]);
    for (let i = 503; i < 538; i += 6) requests[i] = 1;
    expect(narrowed(requests, expected, 500, 539)).toEqual({ from: 500, to: 539 });
  });
});

describe('p95 of a few answers a minute', () => {
  /** Of ten answers a minute so many are slow: p95 is the slowest of them. */
  const slowDay = (seed: number, share: (minute: number) => number): MinuteSeries => {
    const draw = draws(seed);
    const requests = Uint32Array.from({ length: DAY }, () => poisson(draw, 9));
    const p95 = Float32Array.from(requests, (count, i) => {
      const slow = Array.from({ length: count }, () => draw() < share(i)).some(Boolean);
      return count === 0 ? Number.NaN : slow ? 5 : 0.2;
    });
    return { ...untimedSeries('', 0, requests, new Uint32Array(DAY), NONE), p95 };
  };

  it('tells when every eighth answer takes seconds, whatever single minutes look like', () => {
    for (const seed of [1, 2, 3, 4]) {
      const found = moreSlowAnswers(
        slowDay(seed, (i) => (i >= 800 && i < 870 ? 0.125 : 0.004)),
        1.6,
        1,
      ).stretches;
      expect(found).toHaveLength(1);
      // Every third minute of the spell has no slow answer, and one before it may have one.
      expect(Math.abs(found[0]!.from - 800)).toBeLessThanOrEqual(5);
      expect(Math.abs(found[0]!.to + 1 - 870)).toBeLessThanOrEqual(5);
    }
  });

  it.each([0.004, 0.05, 0.125])('tells nothing where a share of %d is always slow', (share) => {
    for (let seed = 10; seed < 30; seed++) {
      const day = slowDay(seed, () => share);
      expect(moreSlowAnswers(day, 1.6, 1).stretches).toEqual([]);
    }
  });

  it('tells nothing where a sale brings six times the answers, a third slower', () => {
    for (const seed of [50, 51, 52, 53]) {
      const draw = draws(seed);
      const normal = (): number => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
      const sale = (i: number): boolean => i >= 600 && i < 640;
      const requests = Uint32Array.from({ length: DAY }, (_, i) => poisson(draw, sale(i) ? 15 : 2.5));
      const p95 = Float32Array.from(requests, (count, i) => {
        const took = Array.from({ length: count }, () => (sale(i) ? 1.3 : 1) * Math.exp(0.5 * normal()));
        return took.sort((a, b) => a - b)[Math.ceil(0.95 * count) - 1] ?? Number.NaN;
      });
      const day = { ...untimedSeries('', 0, requests, new Uint32Array(DAY), NONE), p95 };
      expect(moreSlowAnswers(day, 1.6, 1).stretches).toEqual([]);
    }
  });

  it('tells nothing where a rush brings more answers, so that one of them is slow more often', () => {
    for (const seed of [40, 41, 42]) {
      const draw = draws(seed);
      const requests = Uint32Array.from({ length: DAY }, (_, i) => poisson(draw, i >= 600 && i < 700 ? 19 : 2));
      const p95 = Float32Array.from(requests, (count) => {
        const slow = Array.from({ length: count }, () => draw() < 0.04).filter(Boolean).length;
        return count === 0 ? Number.NaN : slow > count - Math.ceil(0.95 * count) ? 4 : 0.2;
      });
      const day = { ...untimedSeries('', 0, requests, new Uint32Array(DAY), NONE), p95 };
      expect(moreSlowAnswers(day, 1.6, 1).stretches).toEqual([]);
    }
  });
});
