/** Who was turned away, when and with what answers, as `paymedic logs` tells it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNamedLogs } from '../../src/cli/logs/read-named.ts';
import { renderText } from '../../src/cli/logs/render.ts';
import { readLogs } from '../../src/logs/index.ts';
import { summarise } from '../../src/logs/summary.ts';
import { input, lexicon, NOW } from './read.ts';

const START = Date.UTC(2026, 8, 14, 6);
const MINUTE = 60_000;

/** Status of a customer's request, by minute, number within it and path. */
type Answer = (minute: number, i: number, path: string) => number;

const PATHS = ['/api/pay', '/api/pay', '/checkout', '/', '/static/app.js'];

function log(answer: Answer, strangers: (minute: number) => string[] = () => []): string {
  const lines: string[] = [];
  for (let minute = 0; minute < 240; minute++) {
    const stamp = new Date(START + minute * MINUTE).toISOString();
    const line = (client: string, path: string, status: number): string =>
      `${client} - - [14/Sep/2026:${stamp.slice(11, 16)}:30 +0000] "GET ${path} HTTP/1.1" ${status} 512 "-" "Mozilla/5.0"`;
    for (let i = 0; i < 30; i++) {
      const path = PATHS[i % PATHS.length]!;
      lines.push(line(`100.64.${(minute * 7 + i) % 250}.${i}`, path, answer(minute, i, path)));
    }
    for (const stranger of strangers(minute)) {
      const [client, path = '/wp-login.php', status = '403'] = stranger.split(' ');
      lines.push(line(client!, path, Number(status)));
    }
  }
  return lines.join('\n');
}

const ordinary: Answer = (minute, i) => (i === 7 && minute % 5 === 0 ? 404 : i === 9 && minute % 9 === 0 ? 402 : 200);
const inside = (minute: number): boolean => minute >= 100 && minute < 120;

async function summaryOf(text: string) {
  return summarise(await readLogs([input('access.log', text)], { lexicon, now: NOW, budgetBytes: 0 }));
}

describe('refusals', () => {
  it('are none on an ordinary day with stray 404 and declines', async () => {
    const { refusals, answers } = await summaryOf(log(ordinary));
    expect(refusals).toEqual([]);
    expect(answers.map(({ status, windows }) => [status, windows.length])).toEqual([
      [404, 0],
      [402, 0],
    ]);
  });

  it('are told of one endpoint with the answers that its customers got', async () => {
    const summary = await summaryOf(
      log((minute, i, path) => (inside(minute) && path === '/api/pay' ? 403 : ordinary(minute, i, path))),
    );
    const [found, ...others] = summary.refusals;
    expect(others).toEqual([]);
    expect(found).toMatchObject({ who: 'customers', dimension: 'endpoint', key: '/api/pay', statuses: [403] });
    expect([found!.from, found!.to]).toEqual([START + 100 * MINUTE, START + 120 * MINUTE]);
    expect(renderText(summary)).toMatch(
      /^turned away .* endpoint \/api\/pay: 100 % of clients were refused \(mostly 403\)/m,
    );
    expect(summary.answers.find(({ status }) => status === 403)!.windows).toMatchObject([
      { from: START + 100 * MINUTE, to: START + 120 * MINUTE, usually: 0 },
    ]);
  });

  it.each([429, 499, 404])('of everything are told with %i', async (status) => {
    const { refusals } = await summaryOf(
      log((minute, i, path) => (inside(minute) && i % 2 === 0 ? status : ordinary(minute, i, path))),
    );
    expect(refusals).toMatchObject([{ who: 'customers', dimension: 'all', statuses: [status] }]);
  });

  it('of strangers are told as kept out, with the one address that they were about', async () => {
    const one = await summaryOf(log(ordinary, (minute) => (inside(minute) ? Array(60).fill('203.0.113.9') : [])));
    expect(one.refusals).toMatchObject([{ who: 'others', client: '203.0.113.9', statuses: [403] }]);
    const many = await summaryOf(
      log(ordinary, (minute) =>
        inside(minute) ? Array.from({ length: 60 }, (_, i) => `198.51.100.${(i * 3 + minute) % 250}`) : [],
      ),
    );
    expect(many.refusals).toMatchObject([{ who: 'others' }]);
    expect(many.refusals[0]).not.toHaveProperty('client');
  });

  it('of a scanner at an endpoint that few ask for are no customers', async () => {
    const few = (minute: number): string[] =>
      [0, 1]
        .filter((i) => !inside(minute) || (minute + i) % 3 === 0)
        .map((i) => `192.0.2.${(minute + i * 90) % 200} /receipts 200`);
    const scan = ['/receipts', '/.env', '/admin'].flatMap((path) => Array(4).fill(`203.0.113.9 ${path} 404`));
    const text = log(ordinary, (minute) => (inside(minute) ? [...few(minute), ...scan] : few(minute)));
    const { refusals } = await summaryOf(text);
    expect(refusals.filter(({ who }) => who === 'customers')).toEqual([]);
    // The same from everybody who asks for it.
    const all = text.split('\n').map((line, i) => line.replace('203.0.113.9', `198.51.100.${i % 250}`));
    expect((await summaryOf(all.join('\n'))).refusals).toMatchObject([{ who: 'customers', key: '/receipts' }]);
  });
});

it('counts every leg, as a whole and by minute', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-minutes-'));
  try {
    const [logFile, minutes] = [join(folder, 'access.log'), join(folder, 'minutes.csv')];
    writeFileSync(
      logFile,
      log((minute, i, path) => (inside(minute) && path === '/' ? 503 : ordinary(minute, i, path))),
    );
    const { summary } = await readNamedLogs([logFile], { minutes });
    expect(summary.legs.find(({ key }) => key === '/')).toEqual({
      dimension: 'endpoint',
      key: '/',
      requests: 1440,
      failures: 120,
      success: 1 - 120 / 1440,
      minutes: 240,
    });
    expect(renderText(summary)).toMatch(/^ +1440 +120 +91\.67 % +- +- +- {2}endpoint \/$/m);
    const rows = readFileSync(minutes, 'utf8').split('\r\n');
    expect(rows[0]).toBe('minute,dimension,key,requests,failures,success_rate,p50,p95,p99');
    expect(rows).toContain('2026-09-14T07:40:00.000Z,endpoint,/,6,6,0,,,');
    await expect(readNamedLogs([logFile], { minutes: folder })).rejects.toThrow('cannot be written');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('says of which answers failures consist', async () => {
  const summary = await summaryOf(
    log((minute, i, path) => (inside(minute) && i % 2 === 0 ? 502 : ordinary(minute, i, path))),
  );
  expect(summary.windows).toMatchObject([{ kind: 'failures', dimension: 'all', statuses: [502] }]);
  expect(renderText(summary)).toContain('failed (mostly 502)');
});
