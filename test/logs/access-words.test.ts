import { describe, expect, it } from 'vitest';
import { AccessWords, mayTellRequest } from '../../src/logs/formats/access-words.ts';
import { shapeOf } from '../../src/logs/templates.ts';
import { bothWays } from './both-ways.ts';
import { iso, read } from './read.ts';

/** name, lines of one request, status, path, milliseconds or NaN. */
const requests: [name: string, lines: string, status: number, path: string, milliseconds: number][] = [
  ['columns', '2026-09-12T08:40:11+00:00 192.0.2.7 502 0.031 POST /pay', 502, '/pay', 31],
  [
    'columns with a size',
    '2026-09-12T08:40:11Z 192.0.2.7 pay.example POST /pay HTTP/2.0 200 412 31ms -',
    200,
    '/pay',
    31,
  ],
  ['Morgan behind a stamp', '2026-09-12T08:40:11Z POST /pay 502 31.000 ms - 42', 502, '/pay', 31],
  ['Serilog', '2026-09-12 08:40:11.000 +00:00 [ERR] HTTP POST /pay responded 502 in 31.0000 ms', 502, '/pay', 31],
  [
    'ASP.NET Core',
    '2026-09-12T08:40:11.000Z info: Request finished HTTP/1.1 POST https://pay.example/pay application/json 120 - 502 - application/json 31.0000ms',
    502,
    '/pay',
    31,
  ],
  [
    'the router of Heroku',
    '2026-09-12T08:40:11.000000+00:00 heroku[router]: at=error code=H12 desc="Request timeout" method=POST path="/pay" host=pay.example request_id=8601405b fwd="192.0.2.7" dyno=web.1 connect=1ms service=31ms status=503 bytes=0 protocol=https',
    503,
    '/pay',
    31,
  ],
  [
    'Rails',
    'I, [2026-09-12T08:40:11.000000 #7]  INFO -- : [8601405b] Started POST "/pay" for 192.0.2.7 at 2026-09-12 08:40:11 +0000\nI, [2026-09-12T08:40:11.000000 #7]  INFO -- : [8601405b] Completed 502 Bad Gateway in 31ms (ActiveRecord: 3.2ms)',
    502,
    '/pay',
    31,
  ],
  [
    'Lograge',
    'I, [2026-09-12T08:40:11.000000 #7]  INFO -- : [8601405b] method=POST path=/pay format=json controller=PaymentsController action=create status=502 duration=31.00 view=0.43 db=5.26',
    502,
    '/pay',
    31,
  ],
  [
    'the access log of an API Gateway',
    '{"requestId":"dd3e8c8c","ip":"192.0.2.7","requestTime":"12/Sep/2026:08:40:11 +0000","httpMethod":"POST","resourcePath":"/pay","status":"502","protocol":"HTTP/1.1","responseLength":"91","responseLatency":31}',
    502,
    '/pay',
    31,
  ],
  [
    'Akamai DataStream 2',
    '{"version":2,"reqTimeSec":"1789202411.000","cliIP":"192.0.2.7","statusCode":"502","reqHost":"pay.example","reqMethod":"POST","reqPath":"pay","turnAroundTimeMSec":"31"}',
    502,
    'pay',
    31,
  ],
  [
    'Phoenix',
    '2026-09-12T08:40:11.000Z request_id=F8 [info] POST /pay\n2026-09-12T08:40:11.031Z request_id=F8 [info] Sent 502 in 31ms',
    502,
    '/pay',
    31,
  ],
  [
    'a table without a method',
    '"_time",host,status,uri,"response_time_ms"\n"2026-09-12T08:40:11.000+0000",gw1,502,/pay,31',
    502,
    '/pay',
    31,
  ],
  [
    'Kong',
    '{"request":{"method":"POST","uri":"/pay"},"response":{"status":502},"latencies":{"request":31,"kong":2,"proxy":29},"client_ip":"192.0.2.7","started_at":1789202411000}',
    502,
    '/pay',
    31,
  ],
];

describe('requests told in words and columns', () => {
  it.each(requests)('%s', async (_, lines, status, path, milliseconds) => {
    const { requests: table } = await read(`${lines}\n`);
    expect(table.length).toBe(1);
    expect(table.status[0]).toBe(status);
    expect(table.strings[table.path[0]!]).toBe(path);
    expect(iso(table.time[0])).toMatch(/^2026-09-12T08:40:11/);
    expect(table.requestTime[0]! * 1000).toBeCloseTo(milliseconds, 2);
  });
  it('joins the lines of two requests that run at once by what they share', async () => {
    const line = (pid: number, words: string): string =>
      `I, [2026-09-12T08:40:11.000000 #${pid}]  INFO -- : ${words}\n`;
    const { requests: table } = await read(
      line(7, 'Started POST "/pay" for 192.0.2.7 at 2026-09-12 08:40:11 +0000') +
        line(8, 'Started GET "/status" for 192.0.2.8 at 2026-09-12 08:40:11 +0000') +
        line(7, 'Completed 502 Bad Gateway in 31ms') +
        line(8, 'Completed 200 OK in 3ms'),
    );
    expect([0, 1].map((i) => [table.strings[table.path[i]!], table.status[i]])).toEqual([
      ['/pay', 502],
      ['/status', 200],
    ]);
  });
  it.each([
    '2026-09-12T08:40:11Z ERROR acquirer answered 502 to POST /authorise after 30 s',
    '2026-09-12T08:40:11Z POST /authorise failed 502 times',
    '2026-09-12 08:40:11 INFO  pay.Client - POST /pay 200',
  ])('takes a sentence about a call for a message: %s', async (line) => {
    const { requests: table, records } = await read(`${line}\n`);
    expect(table.length).toBe(0);
    expect(records).toHaveLength(1);
  });
});

/** What programs write of one request, without a stamp: how their consoles show it, and containers keep it. */
const CONSOLES: { [program: string]: (i: number, status: number) => string[] } = {
  'Rails 8': (i, status) => [
    `[4d2a-${i}] Started POST "/pay" for 192.0.2.${i % 250} at ${clock(i, ' ')} +0000`,
    `[4d2a-${i}] Processing by PaymentsController#create as JSON`,
    `[4d2a-${i}] Completed ${status} ${status === 200 ? 'OK' : 'Bad Gateway'} in 31ms (ActiveRecord: 3.1ms (2 queries, 0 cached) | GC: 0.1ms)`,
  ],
  'ASP.NET Core': (_, status) => [
    'info: Microsoft.AspNetCore.Hosting.Diagnostics[1]',
    '      Request starting HTTP/1.1 POST http://pay.example/pay application/json 12',
    'info: Microsoft.AspNetCore.Hosting.Diagnostics[2]',
    `      Request finished HTTP/1.1 POST http://pay.example/pay application/json 12 - ${status} - application/json 31.0000ms`,
  ],
  Gin: (i, status) => [
    `[GIN] ${clock(i, ' - ').replaceAll('-', '/').replace(' / ', ' - ')} | ${status} |        31.0ms |     192.0.2.${i % 250} | POST     "/pay"`,
  ],
  chi: (i, status) => [
    `${clock(i, ' ').replaceAll('-', '/')} [pay-1/4d2a-00000${i}] "POST http://pay.example/pay HTTP/1.1" from 192.0.2.${i % 250}:4711 - ${status} 30B in 31.0ms`,
  ],
  'tower-http': (i, status) => [
    `${clock(i, 'T')}.000000Z  INFO request{method=POST uri=/pay version=HTTP/1.1}: tower_http::trace::on_response: finished processing request latency=31 ms status=${status}`,
  ],
  Phoenix: (i, status) => [
    `${clock(i, 'T').slice(11)}.000 request_id=F${i}x [info] POST /pay`,
    `${clock(i, 'T').slice(11)}.031 request_id=F${i}x [info] Sent ${status} in 31ms`,
  ],
  Ktor: (i, status) => [
    `${clock(i, ' ')}.123 [eventLoopGroupProxy-4-1] INFO  ktor.application - ${status} ${status === 200 ? 'OK' : 'Bad Gateway'}: POST - /pay in 31ms`,
  ],
  Tornado: (i, status) => [
    `[${status === 200 ? 'I' : 'E'} ${clock(i, ' ').slice(2).replaceAll('-', '')} web:2348] ${status} POST /pay (192.0.2.${i % 250}) 31.00ms`,
  ],
  eventlet: (i, status) => [
    `${clock(i, ' ')}.008 25746 INFO pay.wsgi.server [req-${i} - - -] 192.0.2.${i % 250} "POST /pay HTTP/1.1" status: ${status}  len: 120 time: 0.0310000`,
  ],
  Koa: (_, status) => ['  <-- POST /pay', `  --> POST /pay ${status} 31ms 512b`],
  Serilog: (i, status) => [`[${clock(i, 'T').slice(11)} INF] HTTP POST /pay responded ${status} in 31.0000 ms`],
};
const clock = (i: number, between: string): string => {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `2026-09-12${between}08:${two(Math.floor(i / 60))}:${two(i % 60)}`;
};
const SECONDS = Array.from({ length: 120 }, (_, i) => i * 3);
const lines = (program: string): [i: number, line: string][] =>
  SECONDS.flatMap((i) => CONSOLES[program]!(i, i % 6 ? 200 : 502).map((line): [number, string] => [i, line]));
/** What keeps them. */
const KEPT: { [how: string]: (i: number, line: string) => string } = {
  'by Kubernetes': (i, line) => `${clock(i, 'T')}.123456789Z stdout F ${line}`,
  'by docker logs --timestamps': (i, line) => `${clock(i, 'T')}.123456789Z ${line}`,
  'by the journal': (i, line) => `Sep 12 ${clock(i, 'T').slice(11)} pay-1 pay[42]: ${line}`,
  'in Docker\u2019s files': (i, line) =>
    JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: `${clock(i, 'T')}.123456789Z` }),
};

describe.each(Object.keys(CONSOLES))('what %s tells of requests', (program) => {
  it('is read where nothing stands before it', async () => {
    const text = `${lines(program)
      .map(([, line]) => line)
      .join('\n')}\n`;
    const { requests: table, sources } = await read(text);
    expect([table.length, [...table.status].filter((status) => status === 502).length]).toEqual([120, 60]);
    expect(sources[0]!.unparsed).toBe(0);
    expect(table.strings[table.path[7]!]).toBe('/pay');
    expect(table.requestTime[7]! * 1000).toBeCloseTo(31, 2);
    if (program !== 'ASP.NET Core' && program !== 'Koa') expect(iso(table.time[7])).toMatch(/T08:00:21/);
    await bothWays(text, 'pay.log');
  });

  it.each(Object.keys(KEPT))('is read as it is kept %s', async (how) => {
    const text = `${lines(program)
      .map(([i, line]) => KEPT[how]!(i, line))
      .join('\n')}\n`;
    const { requests: table } = await read(text);
    expect([table.length, [...table.status].filter((status) => status === 502).length]).toEqual([120, 60]);
    expect(table.strings[table.path[7]!]).toBe('/pay');
    expect(table.requestTime[7]! * 1000).toBeCloseTo(31, 2);
    expect(iso(table.time[7])).toMatch(/T08:00:21/);
    await bothWays(text, 'pay.log');
  });

  it('is read among many other lines', async () => {
    const text = lines(program)
      .flatMap(([i, line]) => [
        KEPT['by Kubernetes']!(i, line),
        ...Array.from({ length: 8 }, (_, n) => KEPT['by Kubernetes']!(i, `cache entry ${n} of session ${i} refreshed`)),
      ])
      .join('\n');
    const { requests: table } = await read(`${text}\n`);
    expect(table.length).toBe(120);
    await bothWays(`${text}\n`, 'pay.log');
  });
});

describe('words that are none of a request', () => {
  it.each([
    'Completed 200 of 500 in 30ms',
    'Completed 500 in 30ms',
    'Sent 200 in 5ms',
    'GET /pay',
    '| 200 | 12ms | done',
  ])('%s', async (words) => {
    const text = SECONDS.map((i) => `${clock(i, 'T')}.123Z INFO [main] batch.Job - ${words}`).join('\n');
    const { requests: table, records } = await read(`${text}\n`);
    expect(table.length).toBe(0);
    expect(records).toHaveLength(SECONDS.length);
    await bothWays(`${text}\n`, 'batch.log');
  });

  it('are told from the shape of a message', () => {
    for (const program of Object.keys(CONSOLES)) {
      const words = new AccessWords();
      for (const [, line] of lines(program)) {
        const message = line.replace(/^(?:\d{4}\S+|[\d:.]+)\s+/, '');
        if (words.read(message, true)) expect(mayTellRequest(shapeOf(message)) || mayTellRequest(message)).toBe(true);
      }
    }
  });

  it('are read in linear time', () => {
    for (const text of [
      'Started GET "'.repeat(20_000),
      ` |200|${' '.repeat(100_000)}`,
      `Completed 200 ${'A '.repeat(50_000)}`,
      `{method=GET uri=/ ${'a '.repeat(50_000)}`,
      `"GET /${'a'.repeat(100_000)}`,
    ]) {
      const began = performance.now();
      new AccessWords().read(text);
      mayTellRequest(text);
      expect(performance.now() - began).toBeLessThan(500);
    }
  });
});
