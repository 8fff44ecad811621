/** The lane for text lines must say exactly what the general reader says, whatever the layout and however damaged the lines. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { bothWays } from './both-ways.ts';

const golden = new URL('./golden/', import.meta.url);
const TEXT =
  /^(?:syslog|auth|journal|nginx-error|httpd-error|logback|log4j|spring|java-util|go-log|klog|python|flask|celery|gunicorn-error|winston|stunnel|redis|postgres|mysql|mariadb|php|laravel|ruby|rails|serilog|nlog|tomcat|weblogic|dropwizard|django|loguru|zap|cri|haproxy|monolog|docker-compose|logfmt|go-slog-text|logrus|prom)/;

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);
const clock = fc
  .tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 999 }))
  .map(([minute, second, ms]) => {
    const two = (n: number) => String(n).padStart(2, '0');
    return { time: `20:${two(minute % 3)}:${two(second)}`, ms: String(ms).padStart(3, '0') };
  });
const number = fc.integer({ min: 0, max: 99_999 });
const word = oneOf(
  'a3f9',
  'cafe',
  'worker12',
  'debug2',
  'main',
  'pool-3',
  '7f3a9c2e',
  'x',
  '12T20',
  '9Z',
  '支付',
  'Ω',
  'é',
);
const logger = oneOf('com.shop.pay.PaymentService', 'c.s.GatewayClient', 'Pay', 'shop.pay', 'a3.b4', 'Foo$Bar');
const level = oneOf('INFO', 'WARN', 'ERROR', 'DEBUG', 'info', 'error:', 'FATAL', 'debug1', 'debug3', 'Info', 'INF');
const message = fc.oneof(
  fc.tuple(number, word).map(([n, w]) => `Payment PO${n} authorised by ${w} in ${n % 97} ms`),
  fc.tuple(number, word).map(([n, w]) => `order ${w} is locked by 10.0.0.${n % 256}:${n}`),
  number.map((n) => `payment done order=O${n} merchant=m-${n % 7} acquirer=northbank cost=${n % 900}ms result=SUCCESS`),
  number.map((n) => `refund via [northbank] took ${n % 60}.${n % 10}s -> ${n % 600}`),
  number.map((n) => `calling POST /v1/pay/${n} 50${n % 5}, ${n % 80} ms`),
  number.map((n) => `支付完成 渠道=eastpay 耗时 ${n % 900}ms 商户号=M${n % 3}`),
  number.map((n) => `Completed ${200 + (n % 400)} OK in ${n % 900}ms`),
  number.map((n) => `sent {"took":${n % 9}} {"endpoint":"/pay","duration_ms":${n % 900}}`),
  fc.tuple(number, word).map(([n, w]) => `${w} took [${n}] of [${w}] - done: {"a":${n}}`),
  fc.tuple(number, word).map(([n, w]) => `{"level":"warn","msg":"${w}","n":${n}}`),
  fc.tuple(number, word).map(([n, w]) => `level=info msg="${w}" n=${n}`),
  fc.tuple(number, word).map(([n, w]) => `"GET /pay/${n} HTTP/1.1" 200 ${n} "-" "${w}"`),
  fc
    .tuple(number, word)
    .map(
      ([n, w]) =>
        `10.0.0.1:${n} [12/Sep/2026:20:00:00.123] fe be/${w} 0/0/1/2/3 200 ${n} - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"`,
    ),
  fc
    .tuple(number, word)
    .map(([n]) => `2026/09/12 20:00:01 [error] ${n}#0: *1 connect() failed (111: Connection refused)`),
  fc.tuple(number, word).map(([n, w]) => `card 4111111111111111 of ${w}, ${n}`),
  fc
    .tuple(number, word)
    .map(
      ([n, w]) =>
        `SSL_do_handshake() failed (SSL: error:0A000416:SSL routines::sslv3 alert certificate expired) ${w} ${n}`,
    ),
  oneOf(
    '',
    ' ',
    '-',
    'x',
    '支付完成',
    'PHP Fatal error: x',
    'a\u00a0b',
    '[x',
    '- y',
    '| z |',
    'in x',
    'long '.repeat(60),
    '语'.repeat(200),
  ),
);
const heads = [
  (t: string, ms: string, l: string, g: string, w: string) => `2026-09-12 ${t},${ms} [http-${w}-1] ${l} ${g} - `,
  (t: string, ms: string, l: string, g: string, w: string) => `2026-09-12T${t}.${ms}Z  ${l} 1 --- [pay] [${w}] ${g} : `,
  (t: string, ms: string, l: string, g: string, w: string) => `2026-09-12T${t}.${ms}999999+08:00 ${l} [${w}] ${g}: `,
  (t: string, _ms: string, l: string, _g: string, w: string) => `Sep 12 ${t} node-${w} payd[12]: ${l} `,
  (t: string, _ms: string, _l: string, _g: string, w: string) => `<134>Sep 12 ${t} ${w} payd: `,
  (t: string, ms: string, _l: string, g: string, w: string) =>
    `<29>1 2026-09-12T${t}.${ms}Z ${w} payd 77 ${g} [a@1 b="${w}"] `,
  (t: string, ms: string, l: string) => `[2026-09-12 ${t}.${ms}] ${l} `,
  (t: string, ms: string, l: string) => `[2026-09-12T${t}.${ms}Z] [${l}] `,
  (t: string, ms: string, l: string, g: string) => `2026-09-12 ${t},${ms} - ${g} - ${l} - `,
  (t: string, _ms: string, l: string) => `2026/09/12 ${t} ${l} `,
  (t: string, ms: string, l: string, g: string) => `2026-09-12 ${t}.${ms}|${l}|${g}|`,
  (t: string, ms: string) => `I0912 ${t}.${ms}000       1 a.go:12] `,
  (t: string, _ms: string, l: string) => `2026/09/12 ${t} [${l.toLowerCase()}] 12#0: *3 `,
  (t: string, ms: string, _l: string, _g: string, w: string) =>
    `[Sat Sep 12 ${t}.${ms}000 2026] [core:error] [pid 12:tid 3] [client 10.0.0.1:${w.length}] `,
  (t: string, ms: string, l: string, g: string) => `12-Sep-2026 ${t}.${ms} ${l} [main] ${g} `,
  (t: string, _ms: string, l: string) => `2026-09-12 ${t} UTC ${l} `,
  (t: string, _ms: string, l: string) => `2026-09-12 ${t} +0800 ${l} `,
  (t: string, _ms: string, l: string) => `2026-09-12 ${t} PM ${l} `,
  (t: string, _ms: string, l: string) => `Sep 12, 2026 ${t.slice(1)} PM com.shop.Pay process\n${l}: `,
  (t: string, _ms: string, _l: string, g: string) => `Sep 12, 2026 11${t.slice(2)} AM ${g} run\n信息: `,
  (t: string, _ms: string, _l: string, g: string) => `Sep 12, 2026 ${t.slice(1)} AM ${g} run\n`,
  (t: string, _ms: string, l: string) => `2026/9/12 ${t.slice(1)} ${l} `,
];
const more = oneOf(
  '',
  '',
  '',
  '\n\tat com.shop.Step.run(Step.java:12)\n\tat x.y(Z.java:3)',
  '\nCaused by: java.net.ConnectException: Connection refused\n\t... 3 more',
  '\njava.lang.IllegalStateException: x',
  '\n',
  '\n}',
  '\nSep',
  '\nINFO 12',
  '\n12 more',
  '\nmars 12',
);

describe('the lane for text lines', () => {
  for (const [index, head] of heads.entries()) {
    const line = fc
      .tuple(clock, level, logger, word, message, more)
      .map(([{ time, ms }, l, g, w, text, rest]) => `${head(time, ms, l, g, w)}${text}${rest}`);
    it(`says what the general reader says of layout ${index}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(line, { minLength: 30, maxLength: 70 }),
          fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
          oneOf('\n', '\n', '\r\n'),
          async (lines, damage, feed) => {
            const bytes = Buffer.from(lines.join('\n').replaceAll('\n', feed));
            const from = Math.min(bytes.length - 1, 400);
            for (const [at, byte] of damage) bytes[from + (at % (bytes.length - from))] = byte;
            await bothWays(bytes, 'app.log');
          },
        ),
        { numRuns: 3 },
      );
    });
  }

  for (const index of [0, 1, 3, 6, 9, 12])
    it(`says what the general reader says of layout ${index} in the file of a container`, async () => {
      const line = fc
        .tuple(clock, level, logger, word, message, more, fc.nat(30))
        .map(([{ time, ms }, l, g, w, text, rest, odd]) => {
          const written = odd === 0 ? text : `${heads[index]!(time, ms, l, g, w)}${text}${rest}`;
          const [stream, fraction] = [odd === 1 ? 'stderr' : 'stdout', odd === 2 ? '' : `.${ms}001234`];
          return written
            .split('\n')
            .map((log) => JSON.stringify({ log: `${log}\n`, stream, time: `2026-09-12T${time}${fraction}Z` }))
            .join('\n');
        });
      await fc.assert(
        fc.asyncProperty(
          fc.array(line, { minLength: 30, maxLength: 60 }),
          fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
          async (lines, damage) => {
            const bytes = Buffer.from([...lines, ...lines].join('\n'));
            const from = Math.min(bytes.length - 1, 400);
            for (const [at, byte] of damage) bytes[from + (at % (bytes.length - from))] = byte;
            await bothWays(bytes, 'container.log');
          },
        ),
        { numRuns: 4 },
      );
    });

  for (const pid of ['sshd[12]', 'sshd[4711]'])
    it(`says what the general reader says of logins over and over, by ${pid}`, async () => {
      const told = fc
        .tuple(oneOf('root', 'admin', 'bob7', 'x'), number, oneOf('10.0.0.7', '203.0.113.99', '1.2.3.4'), fc.nat(5))
        .map(
          ([user, port, address, kind]) =>
            [
              `Failed password for ${user} from ${address} port ${port} ssh2`,
              `Failed password for invalid user ${user} from ${address} port ${port} ssh2`,
              `Accepted password for ${user} from ${address} port ${port} ssh2`,
              `session opened for user ${user} by (uid=${port})`,
              `error: pool exhausted, status=429 card 4111111111111111 rhost=${address}`,
              `pam_unix(sshd:auth): authentication failure; rhost=${address}  user=${user}`,
            ][kind]!,
        );
      const line = fc
        .tuple(clock, oneOf('node-1', 'node-2'), told)
        .map(([{ time }, node, text]) => `Sep 12 ${time} ${node} ${pid}: ${text}`);
      await fc.assert(
        fc.asyncProperty(fc.array(line, { minLength: 60, maxLength: 120 }), async (lines) =>
          bothWays(Buffer.from(Array.from({ length: 9 }, () => lines.join('\n')).join('\n')), 'auth.log'),
        ),
        { numRuns: 4 },
      );
    });

  for (const first of ['time="T"', 'ts=T', 'level=L ts=T', 'level=L msg="x" time=T'])
    it(`says what the general reader says of pairs that begin with ${first}`, async () => {
      const value = oneOf(
        'x',
        '""',
        '"a \\"b\\" c"',
        '12',
        '"支付"',
        'a=b',
        'a,b',
        '{"a":1}',
        '"10.0.0.1"',
        '/v1/pay?x=1',
        '',
        '"a {x} b"',
        '0.5',
        '91',
      );
      const pair = fc.tuple(
        oneOf(
          'order',
          'endpoint',
          'acquirer',
          'latency_ms',
          'client_ip',
          'result_code',
          'error',
          'status',
          'method',
          'path',
          'msg',
          'level',
          'ts',
        ),
        value,
      );
      const line = fc
        .tuple(clock, oneOf('info', 'warn', 'error'), message, fc.array(pair, { maxLength: 5 }), more)
        .map(([{ time, ms }, l, text, list, rest]) => {
          const head = first.replace('T', `2026-09-12T${time}.${ms}Z`).replace('L', l);
          const told = text.replaceAll('\\', '').replaceAll('"', '\\"');
          return `${head} msg="${told}" ${list.map(([key, v]) => `${key}=${v}`).join(' ')}${rest}`;
        });
      const good = `${first.replace('T', '2026-09-12T20:00:00.123Z').replace('L', 'info')} msg="payment done" endpoint=/v1/pay latency_ms=12\n`;
      await fc.assert(
        fc.asyncProperty(
          fc.array(line, { minLength: 20, maxLength: 50 }),
          fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
          async (lines, damage) => {
            const bytes = Buffer.from(good.repeat(12) + lines.join('\n'));
            const from = good.length * 12;
            for (const [at, byte] of damage) bytes[from + (at % (bytes.length - from))] = byte;
            await bothWays(bytes, 'app.log');
          },
        ),
        { numRuns: 4 },
      );
    });

  for (const file of readdirSync(golden).filter((name) => name.endsWith('.log') && TEXT.test(name)))
    it(`says what the general reader says of ${file} over and over, with other numbers`, async () => {
      const text = readFileSync(new URL(file, golden), 'latin1');
      // Digits behind the stamp change from one repetition to the next, letters stay.
      const other = (turn: number) => text.replace(/(?<=^.{40}.*)\d/gm, (digit) => String((Number(digit) + turn) % 10));
      await bothWays(Buffer.from(Array.from({ length: 6 }, (_, turn) => other(turn)).join(''), 'latin1'), file);
    });

  it('counts the operations that a program tells of after more shapes than are told apart', async () => {
    const word = (n: number): string => [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    const lines = Array.from({ length: 4000 }, (_, i) => {
      const told =
        i % 3 === 0 ? `other ${word(i % 90)} thing` : `payment ${word(i % 50)} acquirer=northbank cost=${i % 900}ms`;
      const minute = String(Math.floor(i / 100)).padStart(2, '0');
      return `2026-09-12 20:${minute}:12,000 INFO [main] a.B - ${i < 2400 ? `word ${word(i)} seen` : told}`;
    });
    await bothWays(Buffer.from(lines.join('\n')), 'app.log');
  });
});
