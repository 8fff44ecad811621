import { describe, expect, it } from 'vitest';
import { logWindows } from '../../src/logs/windows/log-windows.ts';
import { nearestRank, requestSeries } from '../../src/logs/windows/series.ts';
import { windowsOf } from '../../src/logs/windows/windows.ts';
import { draws } from '../draws.ts';
import { iso, read } from './read.ts';

const START = Date.UTC(2026, 8, 12, 0, 0, 0);
const MINUTE = 60_000;

interface Fault {
  kind: 'outage' | 'errors' | 'slow' | 'flood' | 'carding';
  from: number;
  to: number;
}

/** A day of requests, some 30 a minute with a daily curve, 0.3 % of them failing, and the given faults. */
function day(faults: Fault[], seed: number, minutes = 720): string {
  const next = draws(seed);
  const lines: string[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    const on = (kind: Fault['kind']): boolean =>
      faults.some((fault) => fault.kind === kind && minute >= fault.from && minute < fault.to);
    let count = Math.round((30 + 12 * Math.sin(minute / 180)) * (0.7 + 0.6 * next()));
    if (on('outage')) count = next() < 0.3 ? 1 : 0;
    const extra = on('flood') ? 900 : on('carding') ? 60 : 0;
    for (let i = 0; i < count + extra; i++) {
      const time = new Date(START + minute * MINUTE + Math.floor(next() * MINUTE)).toISOString();
      const attacker = i >= count;
      const client = attacker
        ? on('carding')
          ? '203.0.113.7'
          : `198.51.${Math.floor(next() * 200)}.${Math.floor(next() * 200)}`
        : `10.${Math.floor(next() * 200)}.${Math.floor(next() * 200)}.9`;
      const failing = attacker ? on('carding') : next() < (on('errors') ? 0.4 : 0.003);
      const seconds = on('slow') ? 2 + 6 * next() : 0.05 + 0.4 * next();
      lines.push(
        `{"time":"${time}","remote_addr":"${client}","request":"POST /api/pay HTTP/1.1","status":${failing ? 502 : 200},"body_bytes_sent":9,"request_time":${seconds.toFixed(3)}}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

async function windows(text: string) {
  const { requests } = await read(text);
  return windowsOf(requestSeries(requests, 'all')[0]!).map(({ kind, from, to }) => ({
    kind,
    from: (from - START) / MINUTE,
    to: (to - START) / MINUTE,
  }));
}

describe('windows', () => {
  it.each([1, 2, 3, 4, 5, 6])('finds nothing on a clean day (seed %i)', async (seed) => {
    expect(await windows(day([], seed))).toEqual([]);
  });

  it.each([11, 12, 13, 14])(
    'finds outage, errors and slowness with edges within three minutes (seed %i)',
    async (seed) => {
      const faults: Fault[] = [
        { kind: 'outage', from: 120, to: 150 },
        { kind: 'errors', from: 300, to: 345 },
        { kind: 'slow', from: 500, to: 530 },
      ];
      const found = await windows(day(faults, seed));
      expect(found.map(({ kind }) => kind)).toEqual(['interruption', 'failures', 'slow']);
      for (const [i, fault] of faults.entries()) {
        expect(Math.abs(found[i]!.from - fault.from)).toBeLessThanOrEqual(3);
        expect(Math.abs(found[i]!.to - fault.to)).toBeLessThanOrEqual(3);
      }
    },
  );

  it('does not call one client that fails all the time an outage', async () => {
    expect(await windows(day([{ kind: 'carding', from: 200, to: 260 }], 21))).toEqual([]);
  });

  // A balancer, a few nodes of a cache, no address at all: each of them is served in every minute of the fault.
  it.each([
    ['one balancer', (text: string) => text.replace(/"10\.[\d.]+"/g, '"10.0.0.4"')],
    ['three nodes', (text: string) => text.replace(/"10\.(\d+)\.[\d.]+"/g, (_, n) => `"10.0.0.${Number(n) % 3}"`)],
    ['no address', (text: string) => text.replace(/"remote_addr":"10\.[\d.]+",/g, '')],
  ])('finds errors behind %s, and nothing on a clean day', async (_, behind) => {
    const found = await windows(behind(day([{ kind: 'errors', from: 300, to: 345 }], 31)));
    expect(found.map(({ kind }) => kind)).toEqual(['failures']);
    expect(Math.abs(found[0]!.from - 300)).toBeLessThanOrEqual(3);
    expect(Math.abs(found[0]!.to - 345)).toBeLessThanOrEqual(3);
    expect(await windows(behind(day([], 32)))).toEqual([]);
  });

  it('tells that failures are of one client among servers that call all the time', async () => {
    const draw = draws(41);
    const rows: [number, string, number][] = [];
    const start = Date.UTC(2026, 8, 15);
    for (let minute = 0; minute < 600; minute++)
      for (let server = 0; server < 12; server++)
        for (let n = 0; n < 5; n++) rows.push([minute * 60_000 + draw() * 59_000, `10.3.0.${server}`, 200]);
    for (let i = 0; i < 600; i++) rows.push([(300 + i / 15) * 60_000, '10.9.9.9', 500]);
    const line = (at: number, address: string, status: number): string =>
      JSON.stringify({
        time: new Date(start + at).toISOString(),
        remote_addr: address,
        method: 'POST',
        path: '/v1/pay',
        status,
        request_time: 0.1,
      });
    const text = rows
      .sort((a, b) => a[0] - b[0])
      .map((row) => line(...row))
      .join('\n');
    const { requests } = await read(`${text}\n`);
    const found = windowsOf(requestSeries(requests, 'all')[0]!);
    expect(found.map(({ kind }) => kind)).toEqual(['failures']);
    expect(found.every(({ oneClient }) => oneClient)).toBe(true);
  });

  it('does not call the calm after a flood an outage', async () => {
    expect(
      (await windows(day([{ kind: 'flood', from: 200, to: 230 }], 22))).filter(({ kind }) => kind === 'interruption'),
    ).toEqual([]);
  });
});

describe('percentiles', () => {
  it('are exact nearest ranks', () => {
    expect([0.5, 0.95, 0.99, 1].map((share) => nearestRank([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], share))).toEqual([
      5, 10, 10, 10,
    ]);
    expect(nearestRank([], 0.5)).toBeNaN();
  });
});

describe('the time of the week', () => {
  const WEEK = 7 * 1440;
  /**
   * Weeks of a shop that is closed from 02:35 to 05:10, sells half as much at weekends, and runs a slow batch with failing
   * clients on Sundays from 20:00 to 21:00. Monday is day 0.
   */
  function weeks(count: number, seed: number, change: (series: ReturnType<typeof empty>) => void = () => {}) {
    const next = draws(seed);
    const series = empty(count * WEEK);
    for (let i = 0; i < count * WEEK; i++) {
      const day = Math.floor(i / 1440) % 7;
      const ofDay = i % 1440;
      const closed = ofDay >= 155 && ofDay < 310;
      const batch = day === 6 && ofDay >= 1200 && ofDay < 1260;
      const level = closed ? 0 : (30 + 12 * Math.sin(ofDay / 230)) * (day >= 5 ? 0.5 : 1);
      series.requests[i] = Math.round(level * (0.7 + 0.6 * next()));
      series.clients[i] = series.requests[i]!;
      series.clientsFailed[i] = Math.round(series.clients[i]! * (batch ? 0.2 : 0)) + (next() < 0.05 ? 1 : 0);
      series.p95[i] = series.requests[i]! > 0 ? (batch ? 6 : 0.4) * (0.8 + 0.4 * next()) : Number.NaN;
    }
    change(series);
    return windowsOf(series).map(({ kind, from, to }) => ({
      kind,
      from: (from - MONDAY) / MINUTE,
      to: (to - MONDAY) / MINUTE,
    }));
  }
  const MONDAY = Date.UTC(2026, 7, 3);
  const empty = (minutes: number) => ({
    key: '',
    start: MONDAY,
    requests: new Uint32Array(minutes),
    failures: new Uint32Array(minutes),
    clients: new Uint32Array(minutes),
    clientsFailed: new Uint32Array(minutes),
    p50: new Float32Array(minutes),
    p95: new Float32Array(minutes),
    p99: new Float32Array(minutes),
  });

  it.each([1, 2, 3, 4])('makes usual pauses and batches no windows (seed %i)', (seed) => {
    expect(weeks(3, seed)).toEqual([]);
    expect(weeks(2, seed)).toEqual([]);
  });

  it('is excused by the other days where there are no other weeks', () => {
    expect(weeks(1, 5).filter(({ kind }) => kind === 'interruption')).toEqual([]);
  });

  it.each([11, 12, 13])('shows an outage, a morning that does not begin, failures and slowness (seed %i)', (seed) => {
    const outage = 15 * 1440 + 600;
    const morning = 17 * 1440 + 310;
    const failing = 16 * 1440 + 800;
    const slow = 18 * 1440 + 900;
    const found = weeks(3, seed, (series) => {
      series.requests.fill(1, outage, outage + 40);
      series.requests.fill(0, morning, morning + 50);
      for (let i = failing; i < failing + 30; i++) series.clientsFailed[i] = Math.ceil(series.clients[i]! * 0.4);
      series.p95.fill(5, slow, slow + 25);
    });
    const planted = [
      ['interruption', outage, outage + 40],
      ['failures', failing, failing + 30],
      ['interruption', morning, morning + 50],
      ['slow', slow, slow + 25],
    ] as const;
    expect(found.map(({ kind }) => kind)).toEqual(planted.map(([kind]) => kind));
    for (const [i, [, from, to]] of planted.entries()) {
      // A day that begins late is told from the quarter hours of other days.
      const edge = from === morning ? 20 : 3;
      expect(Math.abs(found[i]!.from - from)).toBeLessThanOrEqual(edge);
      expect(Math.abs(found[i]!.to - to)).toBeLessThanOrEqual(3);
    }
  });

  it('does not call the week after a sale an outage', () => {
    expect(
      weeks(2, 21, (series) => {
        for (let i = 1440 + 600; i < 1440 + 720; i++) series.requests[i] = series.requests[i]! * 6;
      }),
    ).toEqual([]);
  });
});

describe('lines of application logs', () => {
  /** A database: how long each statement took, and in the outage errors that tell of no time. */
  const statement = (i: number, failing: boolean): string => {
    const stamp = `${iso(Date.UTC(2026, 8, 12, 8) + i * 3000)} [812]`;
    return failing ? `${stamp} ERROR: deadlock detected` : `${stamp} LOG: insert of a payment took ${20 + (i % 7)} ms`;
  };
  const statements = (wrong: (i: number) => boolean): string =>
    Array.from({ length: 1200 }, (_, i) => statement(i, wrong(i))).join('\n');

  it('show failures that stand in lines of their own beside operations that succeeded', async () => {
    const outage = await read(statements((i) => i >= 600 && i < 800 && i % 3 > 0));
    expect(logWindows(outage).map(({ kind, dimension, from }) => [kind, dimension, iso(from)])).toContainEqual([
      'failures',
      'lines',
      '2026-09-12T08:30:00.000Z',
    ]);
    expect(logWindows(await read(statements((i) => i % 97 === 0)))).toEqual([]);
  });

  it('make no window where they carry a level and no time', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `{"level":"error","message":"probe ${i} of pay failed"}`);
    expect(logWindows(await read(lines.join('\n')))).toEqual([]);
  });
});
