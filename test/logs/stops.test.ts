import { describe, expect, it } from 'vitest';
import type { MinuteSeries } from '../../src/logs/windows/series.ts';
import { silencesOf } from '../../src/logs/windows/stops.ts';
import { DEFAULT_WINDOW_THRESHOLDS, interruptions } from '../../src/logs/windows/windows.ts';
import { draws } from '../draws.ts';

type Rate = (minuteOfDay: number) => number;
interface Traffic {
  rate: Rate;
  minutes: number;
  /** Minute of the day at which the log begins. */
  begins?: number;
  /** Requests of one visit, all within some minutes. */
  visit?: number;
  /** First minute without requests, and the one behind the last. */
  stop?: [number, number];
}

/** Visits at random times, as a Poisson process. */
function seriesOf(seed: number, { rate, minutes, begins = 0, visit = 1, stop }: Traffic): MinuteSeries {
  const draw = draws(seed);
  const wait = (perMinute: number): number => -Math.log(1 - draw()) / perMinute;
  const requests = new Uint32Array(minutes);
  for (let i = 0; i < minutes; i++) {
    const mean = rate((begins + i) % 1440) / visit;
    for (let at = wait(mean); at < 1; at += wait(mean))
      for (let n = 0, minute = i + at; n < visit; n++, minute += wait(3)) {
        const here = Math.floor(minute);
        if (here < minutes && !(stop && here >= stop[0] && here < stop[1])) requests[here]!++;
      }
  }
  const untimed = new Float32Array(minutes).fill(Number.NaN);
  const none = new Uint32Array(minutes);
  const start = Date.UTC(2026, 8, 14);
  const series = { key: '', start, requests, failures: none, clients: requests, clientsFailed: none };
  return { ...series, p50: untimed, p95: untimed, p99: untimed };
}

const SHAPES: { [name: string]: Rate } = {
  even: () => 1,
  'office, closed from 18:30': (m) => Math.max(0.02, Math.min(1, (m - 450) / 45, (1110 - m) / 45)),
  'office, closed at once': (m) => (m < 480 || m >= 1080 ? 0.05 : 1),
  'night from 1:30 to 5': (m) => 0.03 + 1.2 * Math.min(1, Math.max(0, Math.abs(m / 60 - 3.2) - 2) / 1.5),
  'evening peak': (m) => (m < 360 ? 0.05 : m < 1020 ? 0.3 : m < 1380 ? 1 : 0.25),
  'a job each four hours': (m) => 0.2 + Math.max(0, Math.sin((m - 480) / 230)) + (m % 240 < 12 ? 3 : 0),
};
const stopsOf = (series: MinuteSeries): string[] =>
  interruptions(series).map(({ from, to }) => `${(from - series.start) / 60_000}..${(to - series.start) / 60_000}`);

describe('ordinary traffic of less than three days', () => {
  it.each(Object.keys(SHAPES))('has no stop: %s', (name) => {
    for (const perMinute of [0.4, 3, 15, 80])
      for (const visit of [1, 12])
        for (const [minutes, begins] of [
          [1440, 0],
          [1440, 1290],
          [2880, 720],
          [720, 540],
        ] as const) {
          const rate: Rate = (m) => perMinute * SHAPES[name]!(m);
          const series = seriesOf(minutes + begins + visit, { rate, minutes, begins, visit });
          expect(stopsOf(series), `${perMinute} a minute, ${visit} a visit, ${minutes} from ${begins}`).toEqual([]);
        }
  });
});

describe('a closing time', () => {
  const closed: Rate = (m) => (m < 480 || m >= 1080 ? 0.03 : 60);
  it.each([
    ['of two days', { rate: closed, minutes: 2880, begins: 540 }],
    ['of which the second day shows the first hours', { rate: closed, minutes: 2880, begins: 1290 }],
  ] as [string, Traffic][])('is no stop: %s', (_, traffic) => {
    for (const seed of [1, 2, 3, 4]) expect(stopsOf(seriesOf(seed, traffic))).toEqual([]);
  });

  it('is no stop where the log begins with a job at night', () => {
    const rate: Rate = (m) => (m < 12 ? 20 : m < 100 ? 0.1 : 12);
    for (const seed of [1, 2, 3, 4]) expect(stopsOf(seriesOf(seed, { rate, minutes: 720 }))).toEqual([]);
  });

  it('that comes within minutes is told as what may be a night or a stop', () => {
    const rate: Rate = (m) => 3 * Math.max(0.02, Math.min(1, Math.max(1 - (m - 400) / 10, (m - 700) / 10)));
    for (const seed of [1, 2, 3, 4]) {
      const series = seriesOf(seed, { rate, minutes: 1440 });
      const { stops, nights } = silencesOf(series, DEFAULT_WINDOW_THRESHOLDS, undefined);
      expect(stops).toEqual([]);
      expect(nights).toHaveLength(1);
      expect(Math.abs((nights[0]!.from - series.start) / 60_000 - 405)).toBeLessThanOrEqual(5);
      expect(Math.abs((nights[0]!.to - series.start) / 60_000 - 705)).toBeLessThanOrEqual(5);
    }
  });

  it('is not what hides a stop of more than a day', () => {
    const series = seriesOf(1, { rate: () => 30, minutes: 2 * 1440 + 700, stop: [600, 600 + 1800] });
    expect(stopsOf(series)).toEqual(['600..2400']);
  });
});

describe('a stop', () => {
  it.each([
    ['by day', { rate: () => 6, minutes: 1440, stop: [700, 725] }],
    ['at a few a minute', { rate: () => 1.2, minutes: 1440, stop: [700, 745] }],
    ['in the evening ramp', { rate: (m) => 40 * Math.max(0.05, 1 - m / 1440), minutes: 1440, stop: [1100, 1112] }],
    ['between hourly jobs', { rate: (m) => (m % 60 < 4 ? 80 : 11), minutes: 1440, stop: [730, 742] }],
    [
      'a quarter of an hour before and after hourly jobs',
      { rate: (m) => (m % 60 < 4 ? 80 : 11), minutes: 1440, stop: [1054, 1068] },
    ],
    ['of visits', { rate: () => 60, minutes: 1440, visit: 8, stop: [300, 320] }],
    ['soon after opening', { rate: (m) => (m < 480 || m >= 1080 ? 0.6 : 12), minutes: 1440, stop: [525, 533] }],
    [
      'soon after opening, of several days',
      { rate: (m) => (m < 480 || m >= 1080 ? 0.6 : 12), minutes: 5760, stop: [3405, 3413] },
    ],
    ['shortly before closing', { rate: (m) => (m < 480 || m >= 1080 ? 0.6 : 12), minutes: 1440, stop: [1022, 1030] }],
    ['that lasts to the end', { rate: () => 5, minutes: 800, stop: [640, 800] }],
    ['of hours, all at once', { rate: () => 30, minutes: 1440, stop: [500, 900] }],
  ] as [string, Traffic][])('is found %s', (_, traffic) => {
    for (const seed of [1, 2, 3, 4]) {
      const series = seriesOf(seed, traffic);
      const [found, ...more] = interruptions(series);
      expect(more).toEqual([]);
      expect(Math.abs((found!.from - series.start) / 60_000 - traffic.stop![0])).toBeLessThanOrEqual(3);
      expect(Math.abs((found!.to - series.start) / 60_000 - traffic.stop![1])).toBeLessThanOrEqual(3);
    }
  });
});

describe('other days', () => {
  const DAY = 1440;
  /** Days one after the other, each with its level. */
  const days = (seed: number, levels: readonly number[], rate: Rate, stop?: [number, number]): MinuteSeries => {
    const parts = levels.map(
      (level, day) => seriesOf(seed + day, { rate: (m) => level * rate(m), minutes: DAY }).requests,
    );
    const requests = new Uint32Array(levels.length * DAY);
    for (const [day, part] of parts.entries()) requests.set(part, day * DAY);
    if (stop) requests.fill(0, ...stop);
    const series = seriesOf(seed, { rate: () => 0, minutes: requests.length });
    return { ...series, requests, clients: requests };
  };
  const workday: Rate = (m) => (m < 450 || m >= 1080 ? 0.2 : 8);

  it.each([
    ['a weekend', [1, 0.04, 0.04, 1, 0.04]],
    ['a holiday', [1, 0.04, 1, 0.04]],
    ['a Sunday', [1, 0.04]],
  ] as const)('excuse no stop at work where they are days off: %s', (_, levels) => {
    for (const seed of [1, 2, 3]) {
      const at = (levels.lastIndexOf(1) % levels.length) * DAY + 780;
      expect(stopsOf(days(seed, levels, workday, [at, at + 35])), `seed ${seed}`).toEqual([`${at}..${at + 35}`]);
    }
  });

  it('excuse a pause at noon that they have, too', () => {
    const noon: Rate = (m) => (m >= 720 && m < 780 ? 0.05 : workday(m));
    for (const seed of [1, 2, 3]) expect(stopsOf(days(seed, [1, 0.9, 1.1, 1], noon))).toEqual([]);
  });

  it('show a stop at the end of a rush that the quiet after it would explain', () => {
    const rush: Rate = (m) => (m >= 600 && m < 790 ? 5 : m >= 420 && m < 1300 ? 0.8 : 0.1);
    for (const seed of [1, 2, 3]) {
      const series = days(seed, [1, 1, 1], rush, [DAY + 745, DAY + 797]);
      const [found, ...more] = interruptions(series);
      expect(more).toEqual([]);
      expect(Math.abs((found!.from - series.start) / 60_000 - DAY - 745)).toBeLessThanOrEqual(3);
      expect(Math.abs((found!.to - series.start) / 60_000 - DAY - 797)).toBeLessThanOrEqual(3);
    }
  });

  it('change nothing of a stop that lasts to the end of the log', () => {
    for (const seed of [1, 2, 3]) {
      const series = days(seed, [1, 1, 1], workday, [2 * DAY + 700, 3 * DAY]);
      const requests = series.requests.slice(0, 2 * DAY + 720);
      requests[requests.length - 1] = 2;
      const ended = { ...seriesOf(seed, { rate: () => 0, minutes: requests.length }), requests, clients: requests };
      expect(stopsOf(ended)).toEqual([`${2 * DAY + 700}..${2 * DAY + 719}`]);
    }
  });

  it('make no stop of a day that closes earlier', () => {
    const shop: Rate = (m) => (m < 480 || m >= 1200 ? 0.1 : 5);
    const early: Rate = (m) => (m < 480 || m >= 1080 ? 0.1 : 5);
    for (const seed of [1, 2, 3]) {
      const series = days(seed, [1, 1, 1], shop);
      series.requests.set(seriesOf(seed + 9, { rate: early, minutes: DAY }).requests, 2 * DAY);
      expect(stopsOf(series)).toEqual([]);
    }
  });
});
