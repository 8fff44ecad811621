/** The lane for lines of columns must say exactly what the general readers say, on good lines and on broken ones. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLogs } from '../../src/logs/index.ts';
import { bothWays, told } from './both-ways.ts';
import { input, lexicon, NOW, read } from './read.ts';

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);
const address = oneOf(
  '10.0.0.1',
  '203.0.113.77',
  '203.0.113.78',
  '256.1.1.1',
  '010.1.1.1',
  '::1',
  '-',
  '1.2.3',
  '2001:db8::7',
);
const clock = fc
  .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 999 }))
  .map(([minute, second, ms]) => {
    const two = (n: number) => String(n).padStart(2, '0');
    return {
      time: `${minute === 2 ? '23:59' : `20:0${minute}`}:${two(second)}`,
      ms: String(ms).padStart(3, '0'),
      day: minute === 2 ? '11' : '12',
    };
  });
const path = oneOf(
  '/',
  '/api/v1/pay',
  '/order/0920-0455/x',
  '/../../etc/passwd',
  '/.git/config',
  `/${'long'.repeat(20)}/x`,
  '/a/b/c/d/e/f/g/h/i/j/k/l/m/n',
  '/支付/确认',
  '/a{b}c',
  '/wp-login.php',
  '*',
  '',
);
const query = oneOf(
  '',
  '',
  '',
  '-',
  'a=1&b=2',
  'x=%27%20or%201=1--',
  'id=1+union+select+1,2',
  'q=?',
  'cmd=cat%20/etc/passwd',
  'a b',
);
const status = oneOf('200', '200', '404', '502', '-1', '-', '0', '99', '1200');
const agent = oneOf(
  'Mozilla/5.0 (X11; Linux)',
  'curl/8.5',
  'sqlmap/1.7',
  '-',
  '',
  '() { :;}; /bin/bash',
  'Über/1',
  'a{b',
);
const count = oneOf('0', '7', '1234', '-', '-1', '+12', '1.5', '00012', '12345678901234567');
const row = fc.record({ address, clock, path, query, status, agent, a: count, b: count, c: count });
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

const target = ({ path: p, query: q }: Row): string => (q === '' ? p : `${p}?${q}`);
const inner = (r: Row): string => `[${r.clock.day}/Sep/2026:${r.clock.time}.${r.clock.ms}]`;
const http = (r: Row, captured = ''): string =>
  `${r.address}:51234 ${inner(r)} fe~ be/${r.a === '-' ? '<NOSRV>' : 'app1'} ${r.b === '-' ? '0' : r.b}/0/1/${r.c === '-' ? '3' : r.c}/12 ${r.status} ${r.a === '-' ? '0' : r.a} - - ${r.status === '-1' ? 'SC--' : '----'} 1/1/0/0/0 0/0 ${captured}"GET ${target(r)} HTTP/1.1"`;
const tcp = (r: Row): string =>
  `${r.address}:51234 ${inner(r)} fe be/app1 ${r.b === '-' ? '0' : r.b}/1/12 ${r.a === '-' ? '7' : r.a} ${r.status === '-1' ? 'sD' : '--'} 1/1/0/0/0 0/0`;
const bsd = (r: Row, host = 'lb1', pid = '12'): string =>
  `Sep ${r.clock.day} ${r.clock.time} ${host} haproxy[${pid}]: `;
const alb = (r: Row): string =>
  `https 2026-09-${r.clock.day}T${r.clock.time}.${r.clock.ms}123Z app/pay/50dc ${r.address}:15705 ${r.a === '-' ? '-' : '10.0.0.1:8443'} ${r.b} 0.42 ${r.c} ${r.status} ${r.status} 12 ${r.a} "GET https://pay.example:443${target(r)} HTTP/2.0" "${r.agent}" ECDHE TLSv1.3 arn:aws:x "Root=1" "-" "-" 0`;
const iis = (r: Row): string =>
  `2026-09-${r.clock.day} ${r.clock.time} 10.0.0.9 GET ${r.path} ${r.query === '' ? '-' : r.query} 443 - ${r.address} ${r.agent.replaceAll(' ', '+')} - ${r.status} 0 0 ${r.a}`;
const cloudfront = (r: Row): string =>
  `2026-09-${r.clock.day}\t${r.clock.time}\tHKG60\t${r.a}\t${r.address}\tGET\td1.cloudfront.net\t${r.path}\t${r.status}\thttps://shop.example/\t${r.agent}\t${r.query === '' ? '-' : r.query}\tHit\tpay.example\t0.${r.clock.ms}`;
const nginx = (r: Row): string =>
  `${r.address} [${r.clock.day}/Sep/2026:${r.clock.time} +0800] "GET ${target(r)} HTTP/1.1" ${r.status} ${r.a} "-" "${r.agent}" "${r.b === '-' ? '-' : '198.51.100.4'}" rt=${r.c} ua="10.0.0.1:80" us="${r.status}" urt="0.${r.clock.ms}"`;
const NGINX =
  '$remote_addr [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for" rt=$request_time ua="$upstream_addr" us="$upstream_status" urt="$upstream_response_time"';

const IIS_HEAD =
  '#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n';
const CLOUDFRONT_HEAD =
  '#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-edge-result-type x-host-header time-taken\n';

const LAYOUTS: { name: string; head: string; line: (r: Row) => string; format?: string }[] = [
  { name: 'HAProxy without prefix', head: '', line: (r) => (r.b === '7' ? tcp(r) : http(r)) },
  {
    name: 'HAProxy behind syslog',
    head: '',
    line: (r) => `${bsd(r, r.c === '7' ? 'lb2' : 'lb1', r.b === '7' ? '13' : '12')}${r.b === '-1' ? tcp(r) : http(r)}`,
  },
  {
    name: 'HAProxy behind syslog that names its offset',
    head: '',
    line: (r) => `2026-09-${r.clock.day}T${r.clock.time}+08:00 lb1 haproxy[12]: ${http(r)}`,
  },
  {
    name: 'HAProxy behind syslog with a priority',
    head: '',
    line: (r) => `<${r.b === '7' ? 133 : 134}>${bsd(r)}${http(r)}`,
  },
  {
    name: 'HAProxy with captured headers',
    head: '',
    line: (r) => `${bsd(r)}${http(r, r.b === '7' ? '' : `{pay.example|${r.agent}|https://shop.example/c} {nginx} `)}`,
  },
  {
    name: 'HAProxy TCP and what it says besides',
    head: '',
    line: (r) => `${bsd(r)}${r.b === '7' ? 'Server be/app1 is DOWN, reason: Layer4 timeout' : tcp(r)}`,
  },
  { name: 'Application Load Balancer', head: '', line: alb },
  { name: 'IIS', head: IIS_HEAD, line: iis },
  { name: 'CloudFront', head: CLOUDFRONT_HEAD, line: cloudfront },
  { name: 'log_format', head: '', line: nginx, format: NGINX },
];

const GOOD: Row = {
  address: '203.0.113.7',
  clock: { time: '20:00:01', ms: '123', day: '12' },
  path: '/pay',
  query: '',
  status: '200',
  agent: 'curl/8',
  a: '7',
  b: '0',
  c: '3',
};

describe('the lane for lines of columns', () => {
  for (const { name, head, line, format } of LAYOUTS)
    it(`says what the general reader says of ${name}`, async () => {
      const good = `${head}${`${line(GOOD)}\n`.repeat(12)}`;
      await fc.assert(
        fc.asyncProperty(
          fc.array(row, { minLength: 20, maxLength: 40 }),
          fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
          oneOf('\n', '\n', '\r\n'),
          async (rows, damage, feed) => {
            const lines = rows
              .map((one) => line(one))
              .join('\n')
              .replaceAll('\n', feed);
            const bytes = Buffer.from(good + lines);
            for (const [at, byte] of damage) bytes[good.length + (at % (bytes.length - good.length))] = byte;
            await bothWays(bytes, 'edge.log', format === undefined ? {} : { logFormats: [{ name: 'own', format }] });
          },
        ),
        { numRuns: 4 },
      );
    });

  it('takes the lines of each layout, whatever their address, path and duration', async () => {
    for (const { head, line, format } of LAYOUTS) {
      const text = `${head}${Array.from({ length: 300 }, (_, i) => line({ ...GOOD, address: `10.0.${i % 9}.${i % 200}`, path: `/pay/${i % 7}`, c: String(i) })).join('\n')}\n`;
      const logs = await readLogs([input('edge.log', text)], {
        lexicon,
        now: NOW,
        keep: 'counts',
        ...(format === undefined ? {} : { logFormats: [{ name: 'own', format }] }),
      });
      expect(logs.traffic.total).toBe(300);
      expect(logs.sources[0]!.unparsed).toBe(0);
    }
  });

  it('follows a #Fields line that names other columns', async () => {
    const columns = 'date time c-ip cs-method cs-uri-stem sc-status time-taken';
    const rows = (client: string) =>
      Array.from({ length: 20 }, (_, i) => `2026-09-12 20:40:${10 + i} ${client} 203.0.113.9 GET /pay 200 12\n`).join(
        '',
      );
    const log = [
      `#Fields: ${columns.replace('c-ip', 's-ip c-ip')}\n`,
      rows('10.0.0.1'),
      `#Fields: ${columns.replace('c-ip', 'c-ip s-ip')}\n`,
      rows('198.51.100.7'),
      // Columns that the lane knows nothing of.
      `#Fields: ${columns.replace('c-ip', 's-ip x-client')}\n`,
      rows('198.51.100.8'),
    ].join('');
    await bothWays(log, 'W3SVC1/u_ex260912.log');
    const { requests } = await read(log, { keep: 'all' }, 'W3SVC1/u_ex260912.log');
    const client = (row: number) => requests.strings[requests.client[row]!];
    expect([client(0), client(20), client(40)]).toEqual(['203.0.113.9', '198.51.100.7', '']);
  });

  it('takes the time from the stamp that has an offset, line by line', async () => {
    const traffic =
      ' lb1 haproxy[6049]: 10.0.0.9:57448 [12/Sep/2026:20:40:31.734] fe be/app1 0/0/0/0/7 404 424 - - ---- 1/1/0/0/0 0/0 "GET /pay HTTP/1.1"\n';
    const lines = ['Sep 12 20:40:31', '2026-09-12T20:40:31+00:00', '2026-09-12T20:40:31', '2026-09-12T20:40:32+00:00'];
    await bothWays(
      lines
        .flatMap((stamp) => [stamp + traffic, stamp + traffic])
        .join('')
        .repeat(5),
      'haproxy.log',
    );
  });

  it('keeps referers within their quotes', async () => {
    const line = (referer: string) =>
      `10.0.0.9 - - [12/Sep/2026:20:40:11 +0800] "GET /x HTTP/1.1" 200 1 "${referer}" "curl/8" rt=0.001 us="200"\n`;
    await bothWays(line('-').repeat(10) + line('https://shop.test/"GET /a" 200 6 "-') + line('-'), 'access.log');
  });

  it('reads what HAProxy writes to its standard output', async () => {
    const logs = await read(`${http(GOOD)}\n${tcp({ ...GOOD, status: '-1' })}\n`);
    expect(logs.sources[0]).toMatchObject({ format: 'haproxy', parsed: 2, unparsed: 0 });
    expect(told(logs).rows[0]!.slice(0, 5)).toEqual([
      Date.UTC(2026, 8, 12, 20, 0, 1, 123),
      1,
      '203.0.113.7',
      'GET',
      '/pay',
    ]);
  });

  for (const file of [
    'haproxy.log',
    'haproxy-tcp.log',
    'aws-alb.log',
    'iis-w3c.log',
    'cloudfront.log',
    'haproxy-http.log',
  ])
    it(`says what the general reader says of ${file} over and over`, async () => {
      let text: string;
      try {
        text = readFileSync(new URL(`./golden/${file}`, import.meta.url), 'latin1');
      } catch {
        return;
      }
      await bothWays(Buffer.from(text.repeat(8), 'latin1'), file);
    });
});
