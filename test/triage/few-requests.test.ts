/** Logs of a few lines, or of a few requests an hour: what cannot be judged there is said, and never taken for health. */
import { describe, expect, it } from 'vitest';
import { readLogs } from '../../src/logs/index.ts';
import { judgeLogs } from '../../src/logs/windows/log-windows.ts';
import { draws } from '../draws.ts';
import { input, lexicon } from '../logs/read.ts';
import { claims, triageFiles } from './bundle.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 7, 30, 12);

const access = (time: number, status: number, path = '/api/pay', client = '198.51.100.7'): string => {
  const day = new Date(time).toISOString();
  return `${client} - - [30/Aug/2026:${day.slice(11, 19)} +0000] "POST ${path} HTTP/1.1" ${status} 120 "-" "okhttp/4"`;
};
const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
const judged = async (lines: readonly string[]) =>
  judgeLogs(
    await readLogs([input('access.log', text(lines))], { lexicon, now: START, digestKey: Buffer.alloc(32, 1) }),
  );

describe('a log of a few lines', () => {
  it('that all failed is no clean bill, and no claim', async () => {
    const lines = [502, 502, 200, 502].map((status, i) => access(START + i * 2_000, status));
    const report = await triageFiles({ 'access.log': text(lines) });
    expect(claims(report)).toEqual([]);
    expect(report.summary).toMatchObject({
      verdict: '3 of 4 requests were answered with a server error (502), and no cause is proven.',
      proven: false,
      priority: 'none',
    });
    expect(report.summary.nextStep).toContain('access.log:1');
    const { thin, windows, standing } = await judged(lines);
    expect([windows, standing]).toEqual([[], []]);
    expect(thin).toEqual([
      expect.objectContaining({ dimension: 'all', requests: 4, failures: 3, unknown: ['stops', 'failures'] }),
    ]);
    expect(thin[0]!.why).toContain('3 of 4 failed, too few');
  });

  it.each([
    ['that went well', [200, 200, 302, 200], '/api/pay'],
    ['of which one failed', [200, 502, 200, 200], '/api/pay'],
    ['of a monitor', [503, 503, 503, 503], '/health'],
  ])('%s says nothing of the kind', async (_, statuses, path) => {
    const lines = statuses.map((status, i) => access(START + i * 2_000, status, path));
    const report = await triageFiles({ 'access.log': text(lines) });
    expect(report.summary.verdict).toBe('Nothing wrong was found in this evidence.');
  });
});

describe('a log of a few requests an hour', () => {
  const sparse = (): string[] => {
    const draw = draws(3);
    return Array.from({ length: 90 }, (_, i) => access(START + (i * 7 + draw() * 7) * MINUTE, 200));
  };

  it('says that stops cannot be told', async () => {
    const { thin } = await judged(sparse());
    expect(thin).toEqual([expect.objectContaining({ unknown: ['stops'], requests: 90 })]);
    const report = await triageFiles({ 'access.log': text(sparse()) });
    expect(report.notChecked.map(({ what }) => what)).toContain('whether requests stopped coming');
  });

  it('of many requests is judged', async () => {
    const draw = draws(4);
    const busy = Array.from({ length: 1800 }, (_, i) =>
      access(START + (i * MINUTE) / 15, 200, '/api/pay', `198.51.100.${Math.floor(draw() * 200)}`),
    );
    expect((await judged(busy)).thin).toEqual([]);
    const report = await triageFiles({ 'access.log': text(busy) });
    expect(report.notChecked.map(({ what }) => what)).not.toContain('whether requests stopped coming');
  });
});

it('a fault at the beginning of the log that is over does not last to its end', async () => {
  const draw = draws(5);
  const lines = Array.from({ length: 360 }, (_, i) =>
    access(
      START + i * 2_000,
      i < 240 && draw() < 0.8 ? 502 : 200,
      '/api/pay',
      `198.51.100.${Math.floor(draw() * 200)}`,
    ),
  );
  const report = await triageFiles({ 'access.log': text(lines) });
  const found = report.findings.find(({ id }) => id === 'capacity/unexplained-failures')!;
  expect(found.title).toContain('from the beginning of the log on');
  expect(found.impact).toMatchObject({ ongoing: false, minutes: 8 });
});
