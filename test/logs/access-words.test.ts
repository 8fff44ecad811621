import { describe, expect, it } from 'vitest';
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
