import { describe, expect, it } from 'vitest';
import { nearestRank, requestSeries } from '../../src/logs/windows/series.ts';
import { windowsOf } from '../../src/logs/windows/windows.ts';
import { read } from './read.ts';

const START = Date.UTC(2026, 8, 12, 0, 0, 0);
const MINUTE = 60_000;

/** Seeded so that every run sees the same day. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Fault {
  kind: 'outage' | 'errors' | 'slow' | 'flood' | 'carding';
  from: number;
  to: number;
}

/** A day of requests, some 30 a minute with a daily curve, 0.3 % of them failing, and the given faults. */
function day(faults: Fault[], seed: number, minutes = 720): string {
  const next = random(seed);
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
