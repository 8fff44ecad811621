import { describe, expect, it } from 'vitest';
import { readLogs } from '../../src/logs/index.ts';
import { trapezoidEdges } from '../../src/logs/windows/edges.ts';
import { judgeLogs } from '../../src/logs/windows/log-windows.ts';
import type { MinuteSeries } from '../../src/logs/windows/series.ts';
import { windowsOf } from '../../src/logs/windows/windows.ts';
import { draws } from '../draws.ts';
import { input, lexicon, NOW, read } from './read.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 8, 14);
const DAY = 1440;

/** A day of an endpoint whose answers take `seconds`, log-normal with a sigma of about 0.45. */
function endpoint(
  key: string,
  seed: number,
  perMinute: number,
  seconds: number,
  factor: (minute: number) => number = () => 1,
  asked: (minute: number) => number = () => 1,
): MinuteSeries {
  const draw = draws(seed);
  const normal = (): number => draw() + draw() + draw() + draw() + draw() + draw() - 3;
  const count = new Uint32Array(DAY);
  const none = new Uint32Array(DAY);
  const blank = (): Float32Array => new Float32Array(DAY).fill(Number.NaN);
  const [p50, p95, p99] = [blank(), blank(), blank()];
  for (let i = 0; i < DAY; i++) {
    count[i] = Math.max(0, Math.round(perMinute * asked(i) * (1 + 0.3 * normal())));
    const taken = Array.from({ length: count[i]! }, () => seconds * factor(i) * Math.exp(0.64 * normal())).sort(
      (a, b) => a - b,
    );
    if (taken.length === 0) continue;
    p50[i] = taken[Math.ceil(taken.length * 0.5) - 1]!;
    p95[i] = taken[Math.ceil(taken.length * 0.95) - 1]!;
    p99[i] = taken[Math.ceil(taken.length * 0.99) - 1]!;
  }
  return { key, start: START, requests: count, failures: none, clients: count, clientsFailed: none, p50, p95, p99 };
}

/** Everything, whose percentiles are those of a mix. */
function mixed(parts: MinuteSeries[]): MinuteSeries {
  const whole = endpoint('', 1, 0, 1);
  for (let i = 0; i < DAY; i++) {
    whole.requests[i] = parts.reduce((sum, { requests }) => sum + requests[i]!, 0);
    const [longest] = parts.filter(({ p95 }) => !Number.isNaN(p95[i]!)).sort((a, b) => b.p95[i]! - a.p95[i]!);
    const [most] = parts.toSorted((a, b) => b.requests[i]! - a.requests[i]!);
    whole.p50[i] = most!.p50[i]!;
    whole.p95[i] = longest?.p95[i] ?? Number.NaN;
  }
  return whole;
}

const slow = (series: MinuteSeries, parts: MinuteSeries[]): [number, number][] =>
  windowsOf(series, undefined, { parts })
    .filter(({ kind }) => kind === 'slow')
    .map(({ from, to }) => [(from - START) / MINUTE, (to - START) / MINUTE]);

describe('slow spells', () => {
  const parts = (factor?: (minute: number) => number): MinuteSeries[] => [
    endpoint('/pay', 11, 8, 0.42, factor),
    endpoint('/query', 12, 10, 0.09, factor),
    endpoint('/app.js', 13, 5, 0.006, factor),
  ];

  it('are none on an ordinary day, nor in a rush that slows answers by a third', () => {
    for (const factor of [undefined, (i: number): number => (i >= 600 && i < 640 ? 1.3 : 1)]) {
      const day = parts(factor);
      expect(slow(mixed(day), day)).toEqual([]);
    }
  });

  it.each([2, 3, 6, 10])('of %i times the usual are found to three minutes, below a second as well', (times) => {
    const day = parts((i) => (i >= 700 && i < 731 ? times : 1));
    const found = slow(mixed(day), day);
    expect(found).toHaveLength(1);
    expect(Math.abs(found[0]![0] - 700)).toBeLessThanOrEqual(3);
    expect(Math.abs(found[0]![1] - 731)).toBeLessThanOrEqual(3);
  });

  it('that build up slowly begin where answers leave the usual', () => {
    const day = parts((i) => (i >= 800 && i < 860 ? 1 + 3 * Math.min(1, (i - 800) / 20) : 1));
    const [found] = slow(mixed(day), day);
    expect(Math.abs(found![0] - 800)).toBeLessThanOrEqual(3);
    expect(Math.abs(found![1] - 860)).toBeLessThanOrEqual(3);
  });

  it('are none where only something that always takes long is asked for', () => {
    const night = (i: number): number => (i >= 120 && i < 145 ? 1 : 0);
    const day = [...parts(), endpoint('/export', 14, 120, 9, undefined, night)];
    expect(slow(mixed(day), day)).toEqual([]);
  });

  /** A merchant of two requests a minute, every fifth of which asks for events and waits 25 seconds for them. */
  const polling = (seed: number, factor: (minute: number) => number = () => 1): MinuteSeries => {
    const one = endpoint('m-1000', seed, 0, 1);
    const draw = draws(seed + 1000);
    for (let i = 0; i < DAY; i++) {
      one.requests[i] = 1 + Math.round(2 * draw());
      const took = Array.from({ length: one.requests[i]! }, () => (draw() < 0.2 ? 25 : 0.35 * (0.6 + draw())))
        .map((seconds) => seconds * factor(i))
        .sort((a, b) => a - b);
      one.p50[i] = took[Math.ceil(took.length * 0.5) - 1]!;
      one.p95[i] = took[Math.ceil(took.length * 0.95) - 1]!;
    }
    return one;
  };

  it('are none where some of few answers always take long, whichever minutes they fall into', () => {
    for (let seed = 300; seed < 330; seed++) expect(slow(polling(seed), [])).toEqual([]);
  });

  it('are told where all answers of such a merchant take long', () => {
    const found = slow(
      polling(330, (i) => (i >= 700 && i < 790 ? 20 : 1)),
      [],
    );
    expect(found).toHaveLength(1);
    // Every third minute before and after looks slow as well, so the edges are known to a few minutes only.
    expect(Math.abs(found[0]![0] - 700)).toBeLessThanOrEqual(6);
    expect(Math.abs(found[0]![1] - 790)).toBeLessThanOrEqual(6);
  });
});

describe('edges', () => {
  it('are those of a step and of a slope', () => {
    const level = Float64Array.from({ length: 200 }, (_, i) =>
      i < 60 || i >= 150 ? 0 : Math.log(1 + 3 * Math.min(1, (i - 60 + 0.5) / 30)),
    );
    const weight = new Float64Array(200).fill(100);
    expect(trapezoidEdges({ level, weight }, 70, 149, 0, 199)).toEqual([60, 149]);
    const step = level.map((_, i) => (i >= 60 && i < 150 ? 1 : 0));
    expect(trapezoidEdges({ level: step, weight }, 66, 140, 0, 199)).toEqual([60, 149]);
  });
});

describe('a service that comes and goes', () => {
  it('is one window with its parts', () => {
    const draw = draws(3);
    const stopped = (i: number): boolean => i >= 600 && i < 640 && Math.floor((i - 600) / 5) % 2 === 0;
    const day = endpoint('', 21, 6, 0.1, undefined, (i) => (stopped(i) ? 0 : 0.8 + 0.4 * draw()));
    const [window, ...more] = windowsOf(day).filter(({ kind }) => kind === 'interruption');
    expect(more).toEqual([]);
    expect(window!.parts?.length).toBe(4);
    expect(Math.abs((window!.from - START) / MINUTE - 600)).toBeLessThanOrEqual(1);
    expect(Math.abs((window!.to - START) / MINUTE - 635)).toBeLessThanOrEqual(1);
  });
});

describe('silences of the log alone', () => {
  const clock = (time: number): string => new Date(time).toISOString().slice(11, 19);
  const request = (time: number, i: number): string =>
    `198.51.100.${i % 90} - - [12/Sep/2026:${clock(time)} +0000] "GET /pay HTTP/1.1" 200 5 "-" "x"`;
  const work = (time: number, i: number): string => `2026-09-12T${clock(time)}Z INFO worker ${i} has settled a batch`;
  const from = Date.UTC(2026, 8, 12, 8);
  const moments = Array.from({ length: 3000 }, (_, i) => from + i * 4000 + ((i * 7919) % 3000));
  const hole = (time: number): boolean => time >= from + 90 * MINUTE && time < from + 110 * MINUTE;
  const judge = async (files: { [file: string]: string[] }) =>
    judgeLogs(
      await readLogs(
        Object.entries(files).map(([file, lines]) => input(file, `${lines.join('\n')}\n`)),
        { lexicon, now: NOW, digestKey: Buffer.alloc(32, 1) },
      ),
    );

  it('are told as gaps where a file is missing or another log went on', async () => {
    const lines = moments.filter((t) => !hole(t));
    const cut = lines.findIndex((t) => t >= from + 100 * MINUTE);
    const rotated = await judge({
      'access.log.1': lines.slice(0, cut).map(request),
      'access.log': lines.slice(cut).map(request),
    });
    expect(rotated.windows).toEqual([]);
    expect(rotated.gaps[0]!.why).toContain('a file between them may be missing');
    const alone = await judge({ 'access.log': lines.map(request), 'app.log': moments.map(work) });
    expect(alone.windows).toEqual([]);
    expect(alone.gaps[0]!.why).toContain('goes on as before');
    const both = await judge({ 'access.log': lines.map(request), 'app.log': lines.map(work) });
    expect(both.windows.map(({ kind }) => kind)).toContain('interruption');
    expect(both.gaps).toEqual([]);
  });

  it('are told as such where the clock was set forward', async () => {
    const step = '2026-09-12T09:50:00Z lb1 chronyd[612]: System clock was stepped by 1200.000412 seconds';
    const { windows, gaps } = await judge({
      'access.log': moments.filter((t) => !hole(t)).map(request),
      syslog: ['2026-09-12T09:00:00Z lb1 chronyd[612]: Selected source 192.0.2.1', step],
    });
    expect(windows).toEqual([]);
    expect(gaps[0]!.why).toContain('the clock was set by 1200 s');
  });
});

describe('the hour that comes twice', () => {
  it('is read by the lines before it', async () => {
    const first = Date.UTC(2026, 9, 24, 23);
    const berlin = (time: number): string => {
      const offset = time < Date.UTC(2026, 9, 25, 1) ? 2 : 1;
      return new Date(time + offset * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    };
    const lines = Array.from(
      { length: 2400 },
      (_, i) => `${berlin(first + i * 6000)},123 INFO worker ${i} has settled a batch`,
    );
    for (const lanes of [true, false]) {
      const logs = await read(
        `${lines.join('\n')}\n`,
        { zone: 'Europe/Berlin', now: Date.UTC(2026, 9, 26), lanes },
        'app.log',
      );
      expect(judgeLogs(logs)).toMatchObject({ windows: [], gaps: [], standing: [], refusals: [], answers: [] });
      const minutes = new Set(logs.templates.flatMap(({ perMinute }) => [...perMinute.keys()]));
      expect(minutes.size).toBe(240);
    }
  });
});
