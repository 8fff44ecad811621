/** Requests that programs tell of in two JSON records, and calls of gRPC. */
import { describe, expect, it } from 'vitest';
import { bothWays } from './both-ways.ts';
import { iso, read } from './read.ts';

const START = Date.UTC(2026, 8, 12, 8);
const SECONDS = Array.from({ length: 150 }, (_, i) => i * 4);
const status = (i: number): number => (i % 24 === 0 ? 502 : 200);
const at = (i: number, ms = 0): string => new Date(START + i * 1000 + ms).toISOString();

const asked = (i: number): object => ({
  level: 30,
  time: START + i * 1000,
  pid: 1,
  hostname: 'pay-1',
  reqId: `req-${i.toString(36)}`,
  req: { method: 'POST', url: '/pay?x=1', host: 'pay.example', remoteAddress: `192.0.2.${i % 250}`, remotePort: 4711 },
  msg: 'incoming request',
});
const answered = (i: number): object => ({
  level: 30,
  time: START + i * 1000 + 31,
  pid: 1,
  hostname: 'pay-1',
  reqId: `req-${i.toString(36)}`,
  res: { statusCode: status(i) },
  responseTime: 31.25,
  msg: 'request completed',
});
const between = (i: number, n: number): object => ({
  level: 30,
  time: START + i * 1000 + n,
  pid: 1,
  hostname: 'pay-1',
  reqId: `req-${i.toString(36)}`,
  order: i,
  msg: 'charging',
});
const logbook = (i: number, end: boolean, ours = true): object => ({
  '@timestamp': at(i, end ? 31 : 0),
  level: 'TRACE',
  logger_name: 'org.zalando.logbook.Logbook',
  http: {
    origin: end === ours ? 'local' : 'remote',
    type: end ? 'response' : 'request',
    correlation: `c${i}`,
    protocol: 'HTTP/1.1',
    ...(end
      ? { duration: 31, status: status(i) }
      : { remote: `192.0.2.${i % 250}`, method: 'POST', uri: 'http://pay.example/pay?x=1' }),
  },
});
const jsonl = (records: object[]): string => `${records.map((record) => JSON.stringify(record)).join('\n')}\n`;
const container = (records: object[], keep: (text: string, i: number) => string): string =>
  `${records.map((record, i) => keep(JSON.stringify(record), i)).join('\n')}\n`;

const FASTIFY = SECONDS.flatMap((i) => [asked(i), answered(i)]);
const FILES: { [name: string]: string } = {
  Fastify: jsonl(FASTIFY),
  'Fastify among many records of the program': jsonl(
    SECONDS.flatMap((i) => [asked(i), ...Array.from({ length: 9 }, (_, n) => between(i, n)), answered(i)]),
  ),
  'Fastify, requests that overlap': jsonl(
    SECONDS.flatMap((i) => [asked(i), ...(i > 0 ? [answered(i - 4)] : [])]),
  ).concat(jsonl([answered(SECONDS.at(-1)!)])),
  'Fastify, kept by Kubernetes': container(FASTIFY, (text, i) => `${at(i * 2)} stdout F ${text}`),
  'Fastify, in Docker files': container(FASTIFY, (text, i) =>
    JSON.stringify({ log: `${text}\n`, stream: 'stdout', time: at(i * 2) }),
  ),
  Logbook: jsonl(SECONDS.flatMap((i) => [logbook(i, false), logbook(i, true)])),
};

describe.each(Object.keys(FILES))('%s', (name) => {
  it('counts each request once, with its path, answer and time', async () => {
    const { requests: table, sources } = await read(FILES[name]!);
    expect(table.length).toBe(SECONDS.length);
    expect([...table.status].filter((code) => code === 502)).toHaveLength(
      SECONDS.filter((i) => status(i) === 502).length,
    );
    expect(table.strings[table.path[1]!]).toBe('/pay');
    expect(table.strings[table.client[1]!]).toBe('192.0.2.4');
    expect(table.requestTime[1]! * 1000).toBeCloseTo(31, 0);
    expect(iso(table.time[1])).toMatch(/^2026-09-12T08:0/);
    expect(sources[0]!.unparsed).toBe(0);
    await bothWays(FILES[name]!, 'pay.jsonl');
  });
});

it('counts no calls to others as requests, and no answer whose request was not seen', async () => {
  const calls = await read(jsonl(SECONDS.flatMap((i) => [logbook(i, false, false), logbook(i, true, false)])));
  expect(calls.requests.length).toBe(0);
  const half = await read(jsonl([...SECONDS.slice(0, 9).map(asked), ...SECONDS.slice(50).map(answered)]));
  expect(half.requests.length).toBe(0);
});

describe('calls of gRPC', () => {
  const code = (i: number): string => (i % 24 === 0 ? 'Unavailable' : i % 24 === 4 ? 'InvalidArgument' : 'OK');
  const zap = (i: number): object => ({
    level: 'info',
    ts: (START + i * 1000) / 1000,
    msg: `finished unary call with code ${code(i)}`,
    'grpc.service': 'pay.v1.Payments',
    'grpc.method': 'Charge',
    'grpc.code': code(i),
    'grpc.time_ms': 12.5,
  });
  const slog = (i: number): string =>
    `time=${at(i)} level=INFO msg="finished call" grpc.service=pay.v1.Payments grpc.method=Charge grpc.code=${code(i)} grpc.time_ms=12.5`;
  it.each([
    ['zap', jsonl(SECONDS.map(zap))],
    ['slog', `${SECONDS.map(slog).join('\n')}\n`],
  ])('are operations that fail for technical reasons only: %s', async (_, text) => {
    const { operations } = await read(text, { keep: 'counts' });
    expect([operations.total, operations.failures]).toEqual([
      SECONDS.length,
      SECONDS.filter((i) => i % 24 === 0).length,
    ]);
    await bothWays(text, 'pay.log');
  });
});
