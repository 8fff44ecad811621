/** Customers who are turned away with 4xx are an interruption, strangers who are kept out are none. */
import { describe, expect, it } from 'vitest';
import { draws } from '../draws.ts';
import { claims, iso, triageFiles } from './bundle.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 7, 30, 12);
const LENGTH = 120;
const inWindow = (minute: number): boolean => minute >= 60 && minute < 90;

const line = (time: number, client: string, path: string, status: number): [number, string] => [
  time,
  `${client} - - [30/Aug/2026:${iso(time).slice(11, 19)} +0000] "POST ${path} HTTP/1.1" ${status} 120 "-" "okhttp/4"`,
];

/** @param answer status of a customer's request. @param more requests of others, by minute. */
function access(
  answer: (path: string, minute: number, draw: number) => number,
  more: (minute: number, draw: () => number) => { client: string; path: string; status: number }[] = () => [],
  { rate = 25, clients = 250 } = {},
): string {
  const draw = draws(11);
  const lines: [number, string][] = [];
  const at = (minute: number): number => START + minute * MINUTE + Math.floor(draw() * MINUTE);
  for (let minute = 0; minute < LENGTH; minute++) {
    for (let i = 0; i < rate; i++) {
      const path = ['/api/pay', '/cart', '/', '/search'][Math.floor(draw() * 4)]!;
      lines.push(line(at(minute), `198.51.100.${Math.floor(draw() * clients)}`, path, answer(path, minute, draw())));
    }
    for (const { client, path, status } of more(minute, draw)) lines.push(line(at(minute), client, path, status));
  }
  return `${lines
    .sort((a, b) => a[0] - b[0])
    .map(([, text]) => text)
    .join('\n')}\n`;
}

const served = (): number => 200;
const during =
  (status: number, share: number, only?: string) =>
  (path: string, minute: number, draw: number): number =>
    inWindow(minute) && draw < share && (only === undefined || path === only) ? status : 200;

describe('customers who get no good answer', () => {
  it.each([
    [
      'a path that a release has dropped',
      during(404, 1, '/api/pay'),
      /requests to \/api\/pay were turned away \(404\)/,
    ],
    ['a firewall that is too strict', during(403, 0.6), /requests were turned away \(403\)/],
    ['a path dropped behind one proxy', during(404, 1, '/api/pay'), /\/api\/pay were turned away \(404\)/, 1],
    ['clients that give up', during(499, 0.5), /requests were given up by the client \(499\)/],
  ])('are told: %s', async (_what, answer, says, clients = 250) => {
    const report = await triageFiles({ 'access.log': access(answer, () => [], { clients }) });
    expect(claims(report)).toEqual([]);
    expect(report.summary.verdict).toMatch(says);
    expect(report.summary.verdict).toContain('no cause is proven');
    expect(Math.abs(Date.parse(report.summary.since!) - (START + 60 * MINUTE))).toBeLessThanOrEqual(2 * MINUTE);
    expect(report.findings[0]!.evidence[0]).toMatchObject({ file: 'access.log' });
  });
});

describe('nothing is told of', () => {
  const strangers = (minute: number, draw: () => number, clients: number, path: () => string, status: number) =>
    inWindow(minute)
      ? Array.from({ length: 40 }, () => ({
          client: `203.0.113.${Math.floor(draw() * clients)}`,
          path: path(),
          status,
        }))
      : [];

  it.each([
    [
      'one scanner',
      access(served, (minute, draw) => strangers(minute, draw, 1, () => `/x${Math.floor(draw() * 999)}`, 404)),
    ],
    [
      'one scanner where few customers come',
      access(
        (_path, minute, draw) => (inWindow(minute) && draw < 0.1 ? 404 : 200),
        (minute, draw) => strangers(minute, draw, 1, () => `/p/${Math.floor(draw() * 999)}`, 404),
        { rate: 4 },
      ),
    ],
    ['many strangers who are kept out', access(served, (minute, draw) => strangers(minute, draw, 250, () => '/', 403))],
    ['a sale that is sold out', access(during(409, 0.7, '/cart'))],
    [
      'sessions that ended at once',
      access((path, minute) => (minute >= 60 && minute < 63 && path === '/cart' ? 401 : 200)),
    ],
    ['a few percent', access((_path, _minute, draw) => (draw < 0.06 ? 404 : 200))],
  ])('%s', async (_what, text) => {
    const { findings } = await triageFiles({ 'access.log': text });
    expect(findings.filter(({ id }) => id === 'capacity/unexplained-failures')).toEqual([]);
  });
});
