/** Failures that are as old as the evidence, and failures that application logs count. */
import { describe, expect, it } from 'vitest';
import { draws } from '../draws.ts';
import { claims, iso, triageFiles } from './bundle.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 7, 30, 12);
const LENGTH = 100;

interface Minute {
  minute: number;
  draw: () => number;
}

/** Lines of a log, so many a minute. @returns undefined for one that is not written. */
function log(aMinute: number, make: (time: number, at: Minute) => string | undefined, seed = 7): string {
  const draw = draws(seed);
  const lines: string[] = [];
  for (let minute = 0; minute < LENGTH; minute++)
    for (let i = 0; i < aMinute; i++) {
      const line = make(START + minute * MINUTE + Math.floor(((i + draw()) * MINUTE) / aMinute), { minute, draw });
      if (line !== undefined) lines.push(line);
    }
  return `${lines.join('\n')}\n`;
}

const PATHS = ['/api/pay', '/cart', '/', '/search'];
const access = (fails: (path: string, minute: number) => number): string =>
  log(20, (time, { minute, draw }) => {
    const path = PATHS[Math.floor(draw() * PATHS.length)]!;
    const day = iso(time);
    const status = draw() < fails(path, minute) ? 502 : 200;
    return `198.51.100.${Math.floor(draw() * 200)} - - [30/Aug/2026:${day.slice(11, 19)} +0000] "POST ${path} HTTP/1.1" ${status} 120 "-" "okhttp/4"`;
  });

describe('a log that begins after the onset', () => {
  it.each([
    ['everything', access(() => 0.15), /^[23]\d\d of 2000 requests failed from the beginning of the log to its end/],
    [
      'one endpoint',
      access((path) => (path === '/api/pay' ? 0.6 : 0)),
      /^\d+ of \d+ requests to \/api\/pay failed from the beginning of the log to its end/,
    ],
    [
      'nearly everything',
      access(() => 0.5),
      /requests were answered with a server error \(502\) from the beginning of the log to its end/,
    ],
  ])('is no clean bill: %s', async (_what, text, says) => {
    const report = await triageFiles({ 'access.log': text });
    expect(claims(report)).toEqual([]);
    expect(report.summary.verdict).toMatch(says);
    expect(report.findings[0]!.detail).toContain('the log of the time before would show when it began');
    expect(['urgent', 'important']).toContain(report.summary.priority);
  });

  it.each([
    ['/old/health', false],
    ['/server-status?auto', false],
    ['/order/status', true],
    ['/shipping', true],
  ])('is told of customers, not of a monitor: %s', async (path, told) => {
    const monitor = log(12, (time) => {
      return `10.1.0.4 - - [30/Aug/2026:${iso(time).slice(11, 19)} +0000] "GET ${path} HTTP/1.1" 503 19 "-" "check_http/v2.3"`;
    });
    const lines = `${access(() => 0.002)}${monitor}`.split('\n').filter(Boolean);
    const report = await triageFiles({
      'access.log': `${lines.sort((a, b) => (/\[\S+/.exec(a)![0] < /\[\S+/.exec(b)![0] ? -1 : 1)).join('\n')}\n`,
    });
    const found = report.findings.filter(({ id }) => id === 'capacity/unexplained-failures');
    expect(found.length > 0).toBe(told);
  });

  it('shows the onset even where there is little before it', async () => {
    const report = await triageFiles({ 'access.log': access((_path, minute) => (minute < 12 ? 0.003 : 0.18)) });
    expect(report.summary.verdict).toMatch(/requests failed since/);
    expect(Math.abs(Date.parse(report.summary.since!) - (START + 12 * MINUTE))).toBeLessThanOrEqual(2 * MINUTE);
  });

  it.each([
    ['a few percent', access(() => 0.04)],
    ['a health check', access(() => 0).replaceAll('"POST /search HTTP/1.1" 200', '"GET /healthz HTTP/1.1" 503')],
  ])('says nothing of %s', async (_what, text) => {
    const report = await triageFiles({ 'access.log': text });
    expect(report.findings).toEqual([]);
  });
});

describe('application logs in JSON without levels', () => {
  const PARTNERS = ['acq-a', 'acq-b', 'acq-c'];
  const inWindow = (minute: number): boolean => minute >= 50 && minute < 80;
  const operations = (
    how: (partner: string, minute: number) => { fails?: number; slower?: number; stops?: boolean },
  ): string =>
    log(30, (time, { minute, draw }) => {
      const acquirer = PARTNERS[Math.floor(draw() * PARTNERS.length)]!;
      const { fails = 0, slower = 1, stops = false } = inWindow(minute) ? how(acquirer, minute) : {};
      if (stops) return undefined;
      const code = draw() < fails ? '91' : draw() < 0.1 ? '51' : '00';
      return JSON.stringify({
        ts: iso(time),
        event: 'authorisation',
        acquirer,
        endpoint: '/v1/authorise',
        result_code: code,
        latency_ms: Math.round((80 + 120 * draw()) * slower),
      });
    });

  it.each([
    ['fail', operations(() => ({ fails: 0.35 })), /operations failed since/],
    [
      'fail at one partner',
      operations((partner) => ({ fails: partner === 'acq-b' ? 0.7 : 0 })),
      /operations failed, nearly all through acq-b, since/,
    ],
    ['take longer', operations(() => ({ slower: 6 })), /^Answers took \d\.\d times as long as usual for 30 minutes/],
    ['stop coming', operations(() => ({ stops: true })), /^No operations came for 30 minutes/],
    [
      'stop at one partner',
      operations((partner) => ({ stops: partner === 'acq-b' })),
      /^No operations through acq-b came for 30 minutes/,
    ],
  ])('tell of operations that %s', async (_what, text, says) => {
    const report = await triageFiles({ 'app.jsonl': text });
    expect(report.summary.verdict).toMatch(says);
    expect(Math.abs(Date.parse(report.summary.since!) - (START + 50 * MINUTE))).toBeLessThanOrEqual(2 * MINUTE);
    const [{ evidence }] = report.findings as [(typeof report.findings)[number]];
    expect(evidence[0]).toMatchObject({ file: 'app.jsonl' });
    expect(evidence[0]!.text).toMatch(/^authorisation \(\/v1\/authorise through acq-/);
  });

  it('say nothing on an ordinary day', async () => {
    const report = await triageFiles({ 'app.jsonl': operations(() => ({})) });
    expect(report.findings).toEqual([]);
  });
});
