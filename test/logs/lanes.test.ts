/** The fast lanes must say exactly what the general readers say, on good lines and on broken ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCESS_KEYS, CLIENT_KEYS } from '../../src/logs/formats/access-json.ts';
import { readLogs } from '../../src/logs/index.ts';
import { bothWays, told } from './both-ways.ts';
import { input, lexicon, NOW, read } from './read.ts';

/** Lines behind eight good ones, with up to twelve bytes from `from` on written over. */
async function bothWaysDamaged(
  good: string,
  line: fc.Arbitrary<string>,
  from: number,
  file: string,
  numRuns: number,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 3, maxLength: 20 }),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
      async (lines, damage) => {
        const bytes = Buffer.from(good.repeat(8) + lines.join('\n'));
        for (const [at, byte] of damage) bytes[from + (at % (bytes.length - from))] = byte;
        await bothWays(bytes, file);
      },
    ),
    { numRuns },
  );
}

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);
const address = oneOf(
  '10.0.0.1',
  '203.0.113.77',
  '255.255.255.255',
  '256.1.1.1',
  '010.1.1.1',
  '::1',
  '2001:db8::7',
  '-',
  'host.test',
  '1.2.3',
  '1.2.3.4:443',
  '1.2.3.4.5',
);
const who = oneOf('- -', '- -', '- alice', 'bob -', '- "x y"', '-  -', '- 2026', '- a=b', '- [x]');
const stamp = oneOf(
  '[12/Sep/2026:20:40:11 +0800]',
  '[12/Sep/2026:20:40:12 +0800]',
  '[12/Sep/2026:20:41:00 +0800]',
  '[13/Sep/2026:00:00:00 +0000]',
  '[12/Sep/2026:23:59:60 +0800]',
  '[32/Sep/2026:20:40:11 +0800]',
  '[12/Sep/2026:20:40:11]',
  '[12/Xxx/2026:20:40:11 +0800]',
  '[2026-09-12T20:40:11+08:00]',
  '[01/Jan/1970:00:00:00 +0000]',
  '[12/Sep/1969:20:40:11 +0800]',
  '[12/Sep/2106:20:40:11 +0800]',
  '[-]',
);
const target = oneOf(
  '/',
  '/a',
  '/api/v1/pay',
  '/order/0920-0455/x',
  '/p/123?a=1&b=2',
  '/a?x=%27%20or%201=1--',
  '/a?id=1+union+select+1,2',
  '/../../etc/passwd',
  '/.git/config',
  '/.well-known/x',
  `/${'long'.repeat(20)}/x`,
  '/a/b/c/d/e/f/g/h/i/j/k/l/m/n',
  '/支付/确认',
  '/%E6%94%AF?n=%e4%bb%98',
  '/a"b',
  '/a\\x22b',
  '*',
  'http://shop.test/x?y=1',
  '/pay?card=4111111111111111',
  '//',
  '/a/',
  '/v12/v123/x9',
  '/a?',
  '/a??b',
  '/{{7*7}}',
  '/select',
  '/x/sqlmap',
  '/a?b=wpscan',
  '/a+or+1/curl',
  '/pay/select-shop?q=1',
  '/shell?cd',
);
const request = fc.oneof(
  fc
    .tuple(
      oneOf('GET', 'POST', 'get', 'PROPFIND', 'X', 'GE1'),
      target,
      oneOf(' HTTP/1.1', ' HTTP/2.0', '', ' FTP', ' HTTP/1.1 x'),
    )
    .map(([m, t, p]) => `${m} ${t}${p}`),
  oneOf('-', '', '\\x16\\x03\\x01\\x02', '\u0016\u0003'),
);
const answer = oneOf('200 12', '502 -', '404 0', '99 1', '600 1', '200', '200 12x', '304 99999999999', '200  5');
const tail = oneOf(
  '',
  ' "-" "curl/8"',
  ' "https://shop.test/a" "Mozilla/5.0 (X11; Linux)"',
  ' "-" "sqlmap/1.7"',
  ' "https://shop.test/select" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0)"',
  ' "https://shop.test/a?x=union+all" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) sqlmap"',
  ' "https://shop.test/a?x=union+all" "wpscan Mozilla/5.0 (X11; Linux x86_64; rv:128.0)"',
  ' "-" "a\\"b"',
  ' "-" "a\\\\"',
  ' "-" "open',
  ' "-" "x" "10.9.9.9"',
  ' "-" "x" 0.123',
  ' "-" "x" rt=0.5 uct="0.001" ua="10.0.0.9:80"',
  ' "-"',
  ' "-" "支付宝"',
  ' "" ""',
);
const combined = fc
  .tuple(address, who, stamp, request, answer, tail)
  .map(([a, w, s, r, n, t]) => `${a} ${w} ${s} "${r}" ${n}${t}`);
const ending = oneOf('\n', '\n', '\n', '\r\n', '\n\n', '\0\0\n', '\n\0\0');

describe('the lane for combined access lines', () => {
  const good = '10.0.0.9 - - [12/Sep/2026:20:40:11 +0800] "GET /x HTTP/1.1" 200 1 "-" "curl/8"\n';

  it('says what the general reader says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.oneof({ weight: 6, arbitrary: combined }, { weight: 1, arbitrary: fc.string() }), ending),
          {
            minLength: 1,
            maxLength: 40,
          },
        ),
        async (lines) => bothWays(good.repeat(8) + lines.map(([line, end]) => line + end).join(''), 'logs/access.log'),
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it('says it of damaged bytes, too', async () => {
    await bothWaysDamaged(good, combined, 200, 'logs/access.log', 60);
  }, 60_000);

  it('keeps a line that is longer than a block', async () => {
    await bothWays(`${good.repeat(8)}${good.slice(0, -2)}${'x'.repeat(700_000)}"\n${good}`, 'logs/access.log');
    await bothWays(`${good.repeat(8)}${good.slice(0, -2)}${'x'.repeat(70_000)}"\n${good}`, 'logs/access.log');
  });
});

describe('the lane for JSON lines', () => {
  const good =
    '{"ts":"2026-09-12T08:40:11.172Z","level":"info","client_ip":"10.0.0.9","endpoint":"/v1/pay","acquirer":"a1","result_code":"00","latency_ms":17,"msg":"payment processed"}\n';
  const text = oneOf(
    '"ERROR payment failed"',
    '"INFO"',
    '"FATAL: no key"',
    '"Traces follow"',
    '"payment processed"',
    '"payment 17 processed"',
    '"a\\nb"',
    '"say \\"no\\""',
    '"支付"',
    '"\\u652f\\u4ed8"',
    '"connect() failed (111: Connection refused) while connecting to upstream"',
    '"card 4111111111111111"',
    '""',
    '"bad \\x escape"',
    '"open',
    'null',
    '17',
    '1.50',
    'true',
    '[]',
    '["a"]',
    '[1,[2,{"level":"error"}]]',
    '{}',
    '{"level":"error","ip":"10.1.1.1"}',
    '01',
    '-0',
    '1e3',
    'tru',
    '"a\\u0031\\ud83d\\ude00 b"',
    '"😀 order 17: done"',
    '"12:01:02 WARN late"',
    '"\\u005b12] x"',
    `"${'long words '.repeat(30)}"`,
    `"${'é'.repeat(239)}1 x"`,
    `"${'a'.repeat(239)}😀1"`,
    `"${'tab\\t'.repeat(70)}"`,
  );
  const time = oneOf(
    '"2026-09-12T08:40:11.172Z"',
    '"2026-09-12T08:40:12Z"',
    '"2026-09-12T08:40:59.999999Z"',
    '"2026-09-12T08:40:59.9999999Z"',
    '"2026-09-12 16:41:00,5+08:00"',
    '"2026-09-12T08:40:11"',
    '"2026-09-12T08:40:60Z"',
    '"2026-09-12T08:40:1Z"',
    '"2026-09-12T08:40:11.172Z or so"',
    '1789171200123',
    '1789171200',
    '1789171200.5',
    '1789171200.123456',
    '1789171200.1',
    '"1789171200123"',
    '"1789171200.25"',
    '1789171200123456',
    '"1789171200123456789"',
    '"2026-09-12T16:41:00+08:00"',
    '"2026-09-12T25:00:00Z"',
    '"2026-09-12 08:40:11"',
    '"2026-09-12 08:42:59,001"',
    '"08:40:11"',
    '"soon"',
    'null',
  );
  const name = oneOf(
    'level',
    'msg',
    'message',
    'client_ip',
    'endpoint',
    'acquirer',
    'result_code',
    'latency_ms',
    'duration',
    'status',
    'method',
    'path',
    'trace',
    'error',
    'x',
    'log.level',
    'le\\u0076el',
    '',
    '__proto__',
    '消息',
  );
  const nested = oneOf('log', 'http', 'error', 'x', 'client', 'host');
  const member = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(name, text).map(([key, value]) => `"${key}":${value}`) },
    { weight: 1, arbitrary: fc.tuple(nested, name, text).map(([a, key, value]) => `"${a}":{"${key}":${value}}`) },
    { weight: 1, arbitrary: fc.tuple(nested, name, text).map(([a, key, value]) => `"${a}":[{"${key}":${value}}]`) },
  );
  const usual = fc
    .tuple(
      time,
      oneOf('info', 'WARN', 'error', '30', 'odd'),
      oneOf(
        '10.0.0.9',
        '1.2.3.4:5',
        'host',
        '::1',
        '',
        '01.2.3.4',
        '256.1.1.1',
        '1.22.333.4',
        '255.255.255.255',
        '1.2.3',
        '1.2.3.4.5',
      ),
      oneOf('/v1/pay', '/order/17?x=1', 'pay', 'https://h/a'),
      oneOf('00', '96', 'TIMEOUT', '05'),
      oneOf(
        '17',
        '1.50',
        '"20ms"',
        'null',
        '0.000001',
        '0.0000001',
        '1.0',
        '"0.25"',
        '"17"',
        '123456789012.3456',
        '-3',
        '1e3',
        '""',
      ),
      text,
      oneOf('latency_ms', 'duration', 'event.duration', 'request_time', 'elapsed', 'latency_us', 'Elapsed'),
      oneOf('', '', ',"error":"boom"', ',"status":"200"', ',"severity":"error"', ',"消息":"支付"'),
    )
    .map(
      ([t, level, client, endpoint, code, latency, msg, took, more]) =>
        `{"ts":${t},"level":"${level}","client_ip":"${client}","endpoint":"${endpoint}","result_code":"${code}","${took}":${latency},"msg":${msg}${more}}`,
    );
  const odd = fc
    .tuple(time, fc.array(member, { maxLength: 6 }), oneOf(',', ', ', ' ,', ',,'))
    .map(([t, members, comma]) => `{"ts":${t}${members.map((one) => comma + one).join('')}}`);
  const line = fc.oneof(
    { weight: 5, arbitrary: usual },
    { weight: 4, arbitrary: odd },
    {
      weight: 1,
      arbitrary: oneOf(
        'plain text',
        '  at com.pay.X.run(X.java:1)',
        '{broken',
        '{}',
        '[',
        ' {"ts":1789171200123,"msg":"x"},',
        '',
      ),
    },
  );

  it('does not mistake a stamp without a zone for one with', async () => {
    const at = (time: string): string => good.replace('2026-09-12T08:40:11.172Z', time);
    await bothWays(
      good.repeat(2) + at('2026-09-12T08:40:1Z') + at('2026-09-12T08:40:11').repeat(3),
      'logs/gateway.jsonl',
    );
  });

  it('reads durations of as many digits as a 64-bit float has', async () => {
    const number = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }).map(String),
      fc.double({ min: 0, max: 60_000, noNaN: true }).map(String),
      fc.tuple(fc.bigInt(0n, 10n ** 12n), fc.bigInt(0n, 10n ** 24n)).map(([whole, part]) => `${whole}.${part}`),
      fc.tuple(fc.nat(30), fc.bigInt(1n, 10n ** 18n)).map(([zeros, part]) => `0.${'0'.repeat(zeros)}${part}`),
    );
    const key = oneOf('latency_ms', 'duration', 'event.duration', 'request_time', 'elapsed', 'latency_us');
    const form = oneOf(
      (name: string, value: string) => `"endpoint":"/v1/pay","result_code":"00","${name}":${value}`,
      (name: string, value: string) => `"endpoint":"/v1/pay","result_code":"00","${name}":"${value}s"`,
      (name: string, value: string) => `"method":"GET","uri":"/pay?x=1","status":200,"${name}":${value}`,
      (name: string, value: string) => `"method":"GET","uri":"/pay?x=1","status":200,"${name}":"${value}"`,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(number, key, form), { minLength: 1, maxLength: 40 }), async (values) => {
        const lines = values.map(
          ([value, name, write]) =>
            `{"ts":"2026-09-12T08:40:11.172Z","client_ip":"10.0.0.9",${write(name, value)},"msg":"done"}\n`,
        );
        await bothWays(good.repeat(8) + lines.join('') + good, 'logs/gateway.jsonl');
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('says what the parser says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(line, ending), { minLength: 1, maxLength: 40 }), async (lines) =>
        bothWays(good.repeat(8) + lines.map(([one, end]) => one + end).join('') + good, 'logs/gateway.jsonl'),
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it('says what the parser says of lines that come again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: odd }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.array(fc.nat(), { minLength: 10, maxLength: 60 }),
        async (lines, order) =>
          bothWays(
            good.repeat(8) + order.map((n) => `${lines[n % lines.length]!}\n`).join('') + good,
            'logs/gateway.jsonl',
          ),
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it('says what the parser says of lines that differ in their values only', async () => {
    const key = fc.oneof(
      name,
      oneOf(
        'ts',
        'time',
        'remote_addr',
        'x_forwarded_for',
        'ip',
        'amount',
        'a_long_name_of_a_member_that_nobody_asks_for',
      ),
    );
    const outline = fc
      .tuple(fc.array(fc.tuple(key, oneOf('', 'log', 'x'), oneOf(':', ': ')), { maxLength: 9 }), oneOf(',', ', '))
      .map(
        ([keys, comma]) =>
          (values: string[]): string =>
            keys
              .map(([own, parent, colon], i) => {
                const value = values[i % values.length]!;
                return parent ? `"${parent}"${colon}{"${own}"${colon}${value}}` : `"${own}"${colon}${value}`;
              })
              .map((one) => comma + one)
              .join(''),
      );
    const usual = oneOf(
      '"info"',
      '"error"',
      '"10.0.0.9"',
      '"1.2.3.4"',
      '"-"',
      '""',
      '"/v1/pay"',
      '"acq1"',
      '"00"',
      '17',
      '0',
      '200',
      '123456789012345',
      '"payment processed"',
      '"a text that is longer than sixteen"',
    );
    const rare = fc.oneof(text, time, oneOf('1234567890123456', '-17', 'false', '[1,2]', '["a",{"b":1}]'));
    const value = fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: rare });
    const values = fc.array(value, { minLength: 9, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(outline, { minLength: 1, maxLength: 2 }),
        fc.array(
          fc.tuple(
            fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat() }),
            time,
            values,
          ),
          {
            minLength: 10,
            maxLength: 60,
          },
        ),
        async (outlines, lines) =>
          bothWays(
            good.repeat(8) +
              lines.map(([n, t, own]) => `{"ts":${t}${outlines[n % outlines.length]!(own)}}\n`).join('') +
              good,
            'logs/gateway.jsonl',
          ),
      ),
      { numRuns: 80 },
    );
  }, 60_000);

  it('goes on where every minute begins with something new', async () => {
    const line = (i: number, acquirer: string): string =>
      `${JSON.stringify({ ts: new Date(Date.UTC(2026, 8, 12, 8, i)).toISOString(), level: 'info', acquirer, latency_ms: i, result_code: '00', msg: 'charged' })}\n`;
    const lines = Array.from({ length: 60 }, (_, i) => line(i, `a${i % 7}`) + line(i, `b${i}`));
    await bothWays(lines.join(''), 'logs/app.jsonl');
  });

  it('takes pairs without a readable time for more of the record before', async () => {
    const line = (time: string) => `time=${time} level=info msg="order paid" order=1\n`;
    const good = '2026-09-12T20:40:11Z';
    for (const time of ['2026-09-12T20:99:11Z', '2026-09-12T2', '"20\\"26"'])
      await bothWays(line(good).repeat(8) + line(time) + line(good), 'app.log');
    await bothWays(`${line(good).repeat(8)}level=info msg="order paid" order=2\n${line(good)}`, 'app.log');
  });

  it('takes no time after the year 2099', async () => {
    const line = (time: string) => `{"ts":${time},"level":"info","msg":"order paid"}\n`;
    await bothWays(line('1789203245.7970612').repeat(8) + line('9999999999.7970612'), 'app.log');
  });

  it('leaves the client alone when a record names an error', async () => {
    await bothWays(
      good.repeat(8) +
        good.replace('10.0.0.9', '10.0.0.8').replace('"latency', '"error":"boom","latency').repeat(4) +
        good,
      'logs/gateway.jsonl',
    );
  });

  it('goes on from minute to minute where nothing of one could be counted', async () => {
    const odd = good.replace('"latency_ms":17', '"latency_ms":"soon"');
    const later = (line: string): string => line.replace('08:40:11', '08:47:11');
    await bothWays(good.repeat(8) + (odd + later(odd)).repeat(4) + good, 'logs/gateway.jsonl');
  });

  it('counts in the zone of the source, day after day', async () => {
    const lines = Array.from({ length: 400 }, (_, i) => {
      const at = new Date(Date.UTC(2026, 8, 11, 22) + i * 97_531).toISOString().slice(0, 23);
      return good.replace('2026-09-12T08:40:11.172Z', i % 7 === 0 ? `${at}+08:00` : i % 50 < 25 ? `${at}Z` : at);
    });
    await bothWays(lines.join(''), 'logs/gateway.jsonl');
  });

  it('says it of damaged bytes, too', async () => {
    await bothWaysDamaged(good, usual, 400, 'logs/gateway.jsonl', 60);
  }, 60_000);
});

describe('the lane for requests in JSON lines', () => {
  const good =
    '{"time":"2026-09-12T08:40:11+00:00","remote_addr":"10.0.0.9","request":"GET /v1/pay HTTP/1.1","status":"200","body_bytes_sent":"17","request_time":"0.005","http_user_agent":"curl/8"}\n';
  const path = oneOf(
    '/v1/pay',
    '/order/17?x=1',
    '/a?q=%27%20or%201=1--',
    '/p?id=1+union+select+1,2',
    '*',
    'pay',
    '/支付',
    'https://h.test/a?b=c',
    '/a://b',
    '/a b',
    '/\\u0061',
    '',
    '/.env',
    '/v1/pay?',
    '/a?b?c',
    '/order/x#y?z',
    'http://shop.test:8080/order/17/x?y=1',
    'https://shop.test',
    'ftp://h/x',
    '/a?id=1%27',
    '/x/sqlmap',
    '/1/2/3/4/5/6/7/8/9/10/11/12/13',
    `/${'part-'.repeat(9)}/x`,
    '/v1/v12/v123',
  );
  const value = oneOf(
    '"200"',
    '200',
    '404',
    '"502"',
    '"-"',
    '""',
    '600',
    '"2xx"',
    'null',
    '200.0',
    'true',
    '["200"]',
    '["200","404"]',
  );
  const request = fc.oneof(
    fc
      .tuple(oneOf('GET', 'POST', 'get', 'PR', 'PROPFINDINGS'), path, oneOf(' HTTP/1.1', '', ' FTP', ' HTTP/2.0'))
      .map(([m, t, p]) => `"${m} ${t}${p}"`),
    oneOf('""', '"-"', '"\\u0016\\u0003"', 'null', '{"method":"GET","uri":"/x","remote_ip":"10.3.3.3"}'),
  );
  const client = oneOf(
    '"10.0.0.9"',
    '"-"',
    '""',
    '"10.1.1.1, 10.2.2.2"',
    '"::1"',
    '"1.2.3.4:56"',
    '"host"',
    'null',
    '7',
    '["10.4.4.4"]',
    '"10.0.0.9:8443"',
    '"10.0.0.9:"',
    '"10.0.0.9:8x"',
    '"10.0.0.9:80, ::1"',
    '"10.0.0.9,10.0.0.8"',
    '"10.0.0.9 , 10.0.0.8"',
    '"01.2.3.4:5"',
    '"256.1.1.1"',
    '"::ffff:10.0.0.9"',
    '"2001:DB8::7"',
    '"[2001:db8::7]:443"',
    '"2001:db8::7, 10.0.0.1"',
    '"1.2:3:4"',
    '"a:b"',
    '"a:b:"',
    '":::"',
    '"fe80::1%eth0"',
  );
  const number = oneOf(
    '0.005',
    '"0.005"',
    '17',
    '"17"',
    '"-"',
    '""',
    '1.50',
    '"12ms"',
    '0.0000001',
    '"0.001, 0.002"',
    'null',
    '1e3',
    '"0.25s"',
    '"17ms"',
    '"17 ms"',
    '"2m"',
    '"1.5us"',
    '"ms"',
    '0.123456789',
    '1234567890',
    '"0.000001s"',
  );
  const words = oneOf(
    '"curl/8"',
    '"-"',
    '"sqlmap/1.7"',
    '"Mozilla/5.0 (X11)"',
    '"支付宝"',
    '"a\\"b"',
    '["curl/8"]',
    '["a","b"]',
    '[]',
    '[{"a":1}]',
    'null',
  );
  const member = fc.oneof(
    request.map((one) => `"request":${one}`),
    fc.tuple(oneOf('status', 'status_code', 'code', 'http_status'), value).map(([k, v]) => `"${k}":${v}`),
    fc.tuple(oneOf('method', 'verb', 'http_method'), oneOf('"GET"', '"card"', 'null')).map(([k, v]) => `"${k}":${v}`),
    fc.tuple(oneOf('uri', 'path', 'url', 'request_uri'), path).map(([k, v]) => `"${k}":"${v}"`),
    fc.tuple(oneOf('remote_addr', 'x_forwarded_for', 'client_ip', 'ip'), client).map(([k, v]) => `"${k}":${v}`),
    fc
      .tuple(
        oneOf(
          'request_time',
          'duration',
          'responseTime',
          'upstream_response_time',
          'bytes',
          'duration_ms',
          'took_ns',
          'latency',
          'latency_human',
        ),
        number,
      )
      .map(([k, v]) => `"${k}":${v}`),
    fc
      .tuple(oneOf('http_referer', 'http_user_agent', 'host', 'args', 'level', 'msg', 'error', 'query_string'), words)
      .map(([k, v]) => `"${k}":${v}`),
    oneOf(
      '"args":"a=1&b=2"',
      '"args":"q=%27or%201"',
      '"args":""',
      '"args":"-"',
      '"args":"select+1"',
      '"endpoint":"/order/17"',
      '"acquirer":"银联"',
      '"message":"HTTP 429 Too Many Requests"',
      '"id":54291',
      '"card":"4111 1111 1111 1111"',
      '"response_flags":null',
      '"response_flags":["UF","URX"]',
      '"upstream_addr":"-"',
      '"upstream_addr":"10.0.0.1:80"',
      '"upstream_status":"502"',
      '"upstream_status":502',
      '"response_flags":"UH"',
      '"level":"error"',
      '"msg":"2026-09-12 08:40:11 ERROR x"',
      '"msg":"ERROR connect ETIMEDOUT 198.51.100.23:443"',
      '"msg":"Errors were seen"',
      '"msg":"WARN: slow"',
      '"termination_state":"sC"',
      '"err_id":"m17qthdds"',
      '"err_trace":null',
      '"err_id":"m17qthdds","err_trace":"reverseproxy.statusError (reverseproxy.go:1272)"',
    ),
    fc
      .tuple(value, path, client)
      .map(
        ([s, p, c]) =>
          `"req":{"method":"GET","url":"${p}","remoteAddress":${c},"headers":{"host":"h"}},"res":{"statusCode":${s}}`,
      ),
    fc
      .tuple(path, words)
      .map(([p, w]) => `"request":{"method":"GET","uri":"${p}","host":"shop.test","headers":{"User-Agent":${w}}}`),
  );
  const stampOf = oneOf(
    '"2026-09-12T08:40:12+00:00"',
    '1789202412.5',
    '1789202412123',
    '"soon"',
    'null',
    '"12/Sep/2026:08:40:12 +0000"',
    '"12/Sep/2026:16:40:13 +0800"',
    '"12/Sep/2026:08:41:12"',
    '"12/Sep/2026:08:41:12.5 +0000"',
    '"12/Sep/2026:8:41:12 +0000"',
    '"2026-09-12 08:40:12.459 UTC"',
    '"2026-09-12T08:40:12.1234567Z"',
    '"2026-09-12T08:40:12.999999999Z"',
    '"2026-09-12T08:40:12.123999999+00:00"',
    '1789202412.1234567',
    '1789202412.9999996',
    '1789202412.0009999',
    '1789202412.0009975',
    '1789202412.999000',
    '"1789202412.123456"',
  );
  const line = fc
    .tuple(stampOf, fc.uniqueArray(member, { maxLength: 9, selector: (text) => text.slice(0, text.indexOf(':')) }))
    .map(([t, members]) => `{"time":${t}${members.map((one) => `,${one}`).join('')}}`);
  const usual = fc
    .tuple(path, value, client, number)
    .map(
      ([p, s, c, n]) =>
        `{"time":"2026-09-12T08:40:12+00:00","remote_addr":${c},"request":"GET ${p} HTTP/1.1","status":${s},"request_time":${n},"http_user_agent":"curl/8"}`,
    );

  it('knows who asked, whatever name says so', async () => {
    for (const name of CLIENT_KEYS) {
      const line = (host: number) =>
        `{"time":"2026-09-12T20:40:1${host}Z","method":"GET","uri":"/pay","status":200,"${name}":"203.0.113.${host}"}\n`;
      await bothWays(line(1) + line(2) + line(3) + line(2), 'access.json');
    }
  });

  it('knows how long it took, whatever name says so', async () => {
    for (const name of ACCESS_KEYS.requestTime) {
      const line = (ms: number) =>
        `{"time":"2026-09-12T20:40:11Z","method":"GET","uri":"/pay","status":200,"${name}":${ms}}\n`;
      await bothWays(line(17) + line(18) + line(19), 'access.json');
    }
  });

  it('reads milliseconds where the program counts in them', async () => {
    for (const teller of ['"response_flags":"-"', '"apisix_latency":3', '"other":1'])
      for (const name of ['duration', 'latency', 'response_time'])
        for (const value of ['424.5', '424', '0.5', '7', '"12.25"']) {
          const line = `{"time":"2026-09-12T20:40:11Z","method":"GET","uri":"/pay","status":200,${teller},"${name}":${value}}\n`;
          await bothWays(line.repeat(3), 'access.json');
        }
  });

  it('does not take the instant of log4j2 for a duration', async () => {
    const line = '{"timeMillis":1789203245118,"level":"INFO","path":"/pay","status":"200","message":"paid"}\n';
    const { operations } = told(await read(line.repeat(10)));
    expect(operations.minutes.map(([, , , , rows]) => rows)).toEqual([Array(10).fill(' /pay  0 NaN 0')]);
    await bothWays(line.repeat(10), 'app.log');
  });

  it('says what the parser says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.oneof(line, usual), ending), { minLength: 1, maxLength: 40 }),
        async (lines) =>
          bothWays(good.repeat(8) + lines.map(([one, end]) => one + end).join('') + good, 'logs/access.json'),
      ),
      { numRuns: 80 },
    );
  }, 60_000);

  it('says what the parser says of lines that come again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(line, usual), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(), { minLength: 10, maxLength: 60 }),
        async (lines, order) =>
          bothWays(
            good.repeat(8) + order.map((n) => `${lines[n % lines.length]!}\n`).join('') + good,
            'logs/access.json',
          ),
      ),
      { numRuns: 80 },
    );
  }, 60_000);

  it('says it of damaged bytes, too', async () => {
    await bothWaysDamaged(good, usual, 600, 'logs/access.json', 40);
  }, 60_000);
});

describe('the lane for what Docker keeps', () => {
  const wrap = (log: string, more = ''): string =>
    `${JSON.stringify({ log: `${log}\n`, stream: 'stdout', time: '2026-09-12T08:40:12.123456789Z' }).slice(0, -1)}${more}}\n`;
  const goodRecord =
    '{"ts":"2026-09-12T08:40:11.172Z","level":"info","endpoint":"/v1/pay","result_code":"00","latency_ms":17,"msg":"payment processed"}';
  const goodAccess = '10.0.0.9 - - [12/Sep/2026:20:40:11 +0800] "GET /x HTTP/1.1" 200 1 "-" "curl/8"';
  const text = oneOf(
    goodRecord,
    goodAccess,
    goodRecord.replace('payment', 'say \\"no\\"'),
    goodRecord.replace('payment', '支付 <b> & \\u652f'),
    goodRecord.replace('"ts":"2026-09-12T08:40:11.172Z",', ''),
    goodRecord.replace('"msg"', '"id":1789171200123,"msg"'),
    goodRecord.replace('payment processed', 'card 4111111111111111'),
    goodRecord.replace('payment processed', 'connect() failed (111: Connection refused)'),
    goodRecord.replace('payment processed', ''),
    `${goodRecord} `,
    ` ${goodRecord}`,
    goodRecord.slice(0, -1),
    goodAccess.replace('/x', '/a?q=%27%20or%201=1--'),
    goodAccess.replace('curl/8', 'a\\"b'),
    goodAccess.replace('200 1', '502 -'),
    goodAccess.replace('10.0.0.9', '::1'),
    goodAccess.replace('GET /x HTTP/1.1', ''),
    '2026-09-12 08:54:04,401 [main] INFO  com.pay.X - order paid',
    'plain text',
    '\tat com.pay.X.run(X.java:1)',
    '',
    'tab\there \u0007 bell',
    '12:01:02 late',
    '{}',
    '{"log":"x","stream":"stdout","time":"y"}',
    '\u007b"a":1}',
    '10.0.0.1\r',
  );
  const line = fc
    .tuple(text, oneOf('', '', '', ',"attrs":{"tag":"pay"}', ' '), oneOf(0, 0, 0, 0, 1, 2, 3, 4, 5, 6))
    .map(([log, more, how]) => {
      const one = wrap(log, more);
      if (how === 1) return one.replaceAll('":', '": ').replaceAll(',"', ', "');
      if (how === 2) return one.replaceAll('<', '\\u003c').replaceAll('支', '\\u652f').replaceAll('&', '\\u0026');
      if (how === 3) return one.replace('\\n","stream', '\\r\\n","stream');
      if (how === 4) return one.replace('2026-09-12T08:40:12.123456789Z', '2026-09-12T08:40:62Z');
      if (how === 5) return one.replace('"stdout"', '"stderr"').replace('}\n', '}\r\n');
      if (how === 6) return one.replace('\\n","stream', '","stream');
      return one;
    });

  it('says what the parser says', async () => {
    await fc.assert(
      fc.asyncProperty(oneOf(goodRecord, goodAccess), fc.array(line, { minLength: 1, maxLength: 40 }), (good, lines) =>
        bothWays(wrap(good).repeat(8) + lines.join('') + wrap(good), 'logs/pay-json.log'),
      ),
      { numRuns: 80 },
    );
  }, 60_000);

  it('says it of damaged bytes, too', async () => {
    await bothWaysDamaged(wrap(goodRecord), line, 600, 'logs/pay-json.log', 40);
    await bothWaysDamaged(wrap(goodAccess), line, 600, 'logs/pay-json.log', 40);
  }, 60_000);
});

describe('requests of one file after another', () => {
  const line = (minute: number, path: string): string =>
    JSON.stringify({
      ts: `2026-09-12T08:${String(minute).padStart(2, '0')}:00Z`,
      level: 'info',
      method: 'POST',
      path,
      status: 200,
      client_ip: '198.51.100.7',
    });
  const file = (name: string, paths: readonly string[]) =>
    input(name, `${paths.map((path, i) => line(Math.floor(i / 8), path)).join('\n')}\n`);

  it('count at their own endpoints, whatever the file before ended with', async () => {
    const first = file(
      'a.jsonl',
      Array.from({ length: 400 }, () => '/v1/pay'),
    );
    const second = file('b.jsonl', ['/v1/query', ...Array.from({ length: 399 }, () => '/v1/pay')]);
    const { traffic } = await readLogs([first, second], { lexicon, now: NOW, keep: 'counts' });
    const counts = traffic.endpoints.names.map((name, id) => [name, traffic.endpoints.counts[id]!]);
    expect(Object.fromEntries(counts)).toMatchObject({ '/v1/pay': 799, '/v1/query': 1 });
  });
});
