import { describe, expect, it } from 'vitest';
import { iso, read } from './read.ts';

const ACCESS = '198.51.100.9 - - [12/Sep/2026:08:54:04 +0000] "POST /api/pay?x=1 HTTP/1.1" 502 160 "-" "Mozilla/5.0"';
const NGINX_ERROR =
  '2026/09/12 08:54:04 [error] 46#46: *627 connect() to 10.0.0.1:443 failed (111: Connection refused) while connecting to upstream, client: 10.0.0.9, server: shop, request: "GET / HTTP/1.1", upstream: "https://10.0.0.1:443/", host: "shop"';

const HAPROXY =
  '198.51.100.9:51234 [12/Sep/2026:08:54:04.120] fe_pay~ be_acq/acq1 0/0/1/20/21 502 160 - - ---- 12/10/1/0/0 0/0 "POST /api/pay?x=1 HTTP/1.1"';
const PINO =
  '{"level":50,"time":1789203244120,"req":{"method":"POST","url":"/api/pay?x=1","remoteAddress":"198.51.100.9"},"res":{"statusCode":502},"msg":"request errored"}';

/** An entry of the journal around a line, as `journalctl -o json` prints it. */
const entry = (message: string | number[], identifier: string): { [member: string]: unknown } => ({
  __CURSOR: 's=1;i=1;b=1;m=1;t=1;x=1',
  __REALTIME_TIMESTAMP: '1789203244120000',
  _HOSTNAME: 'edge',
  PRIORITY: '6',
  SYSLOG_IDENTIFIER: identifier,
  _PID: '46',
  MESSAGE: message,
});
const asLine = (fields: object): string => `${JSON.stringify(fields)}\n`;
const asExport = (fields: object): string =>
  `${Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n\n`;

describe('lines inside other lines', () => {
  it.each([
    ['nginx, a line each', asLine(entry(ACCESS, 'nginx'))],
    ['HAProxy, a line each', asLine(entry(HAPROXY, 'haproxy'))],
    ['HAProxy, as bytes', asLine(entry([...Buffer.from(HAPROXY)], 'haproxy'))],
    ['a program with JSON of its own', asLine(entry(PINO, 'pay'))],
    ['nginx, as exported', asExport(entry(ACCESS, 'nginx'))],
    ['HAProxy, as exported', asExport(entry(HAPROXY, 'haproxy'))],
  ])('a request in the journal is a request: %s', async (_, text) => {
    const system = entry('Started pay.service.', 'systemd');
    const around = text.startsWith('{') ? asLine(system) : asExport(system);
    const { requests, records, sources } = await read(`${around}${text.repeat(3)}${around}`);
    expect(sources[0]!.unparsed).toBe(0);
    expect(requests.length).toBe(3);
    expect(iso(requests.time[0])).toMatch(/^2026-09-12T08:54:04/);
    expect([requests.strings[requests.client[0]!], requests.strings[requests.path[0]!], requests.status[0]]).toEqual([
      '198.51.100.9',
      '/api/pay',
      502,
    ]);
    expect(records.map(({ message, logger, node }) => [message, logger, node])).toEqual([
      ['Started pay.service.', 'systemd', 'edge'],
      ['Started pay.service.', 'systemd', 'edge'],
    ]);
  });

  it('reads an object of a program in the journal as its own record, on the host of the entry', async () => {
    const object = '{"level":"error","msg":"boom","logger":"pay"}';
    const { records } = await read(asLine(entry(object, 'node')).repeat(2));
    expect(records.map(({ level, message, logger, node }) => [level, message, logger, node])).toEqual([
      ['error', 'boom', 'pay', 'edge'],
      ['error', 'boom', 'pay', 'edge'],
    ]);
  });

  it.each([
    ['syslog', `Sep 12 08:54:05 edge nginx: ${ACCESS}`],
    ['rsyslog', `2026-09-12T08:54:05.1+00:00 edge nginx: ${ACCESS}`],
    ['CRI', `2026-09-12T08:54:05.123456789Z stdout F ${ACCESS}`],
    ['docker compose', `gateway-1  | ${ACCESS}`],
    ['colours', `\u001b[32mgateway-1  |\u001b[0m ${ACCESS}`],
  ])('an access line in %s is a request', async (_, line) => {
    const { requests, sources } = await read(`${line}\n`.repeat(5));
    expect(sources[0]!.unparsed).toBe(0);
    expect(requests.length).toBe(5);
    expect(iso(requests.time[0])).toBe('2026-09-12T08:54:04.000Z');
    expect([requests.strings[requests.client[0]!], requests.strings[requests.path[0]!], requests.status[0]]).toEqual([
      '198.51.100.9',
      '/api/pay',
      502,
    ]);
  });

  it.each([
    ['syslog', `Sep 12 08:54:05 edge nginx: ${NGINX_ERROR}`],
    ['CRI', `2026-09-12T08:54:05.123456789Z stderr F ${NGINX_ERROR}`],
    ['docker compose', `gateway-1  | ${NGINX_ERROR}`],
    ['the journal', asLine(entry(NGINX_ERROR, 'nginx')).trimEnd()],
    ['Docker json-file', JSON.stringify({ log: `${NGINX_ERROR}\n`, stream: 'stderr', time: '2026-09-12T08:54:04.1Z' })],
  ])('an nginx error in %s is the same event', async (_, line) => {
    const { events, records } = await read(`${line}\n`.repeat(3));
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      entry: 'nginx.upstream-connect-refused',
      peer: '10.0.0.1:443',
      count: 3,
      role: 'client',
      complaint: 'local',
    });
    expect(records).toHaveLength(3);
  });

  it('reads JSON lines behind a container prefix, and in an array', async () => {
    const object = '{"time":"2026-09-12T08:54:04Z","level":"error","msg":"boom"}';
    for (const text of [
      `2026-09-12T08:54:05Z stdout F ${object}\n`.repeat(3),
      `[\n  ${object},\n  ${object},\n  ${object}\n]\n`,
      `app-1 | ${object}\n`.repeat(3),
    ]) {
      const { records, sources } = await read(text);
      expect(records.map(({ level, message }) => [level, message])).toEqual([
        ['error', 'boom'],
        ['error', 'boom'],
        ['error', 'boom'],
      ]);
      expect(sources[0]!.unparsed).toBe(0);
    }
  });

  it('reads exports with named columns', async () => {
    const kibana =
      '"@timestamp","level","host.name","message"\n"Sep 12, 2026 @ 08:54:04.123","ERROR","pay1","curl: (60) SSL certificate problem: certificate has expired"\n';
    const { records, events } = await read(kibana);
    expect(records.map(({ time, level, node, message }) => [iso(time), level, node, message])).toEqual([
      ['2026-09-12T08:54:04.123Z', 'error', 'pay1', 'curl: (60) SSL certificate problem: certificate has expired'],
    ]);
    expect(events.map(({ event }) => event)).toEqual(['tls.cert-expired']);
    const chinese = await read(
      '时间,级别,主机,消息\n2026-09-12 08:54:04,ERROR,pay1,回调验签失败\n2026-09-12 08:54:05,INFO,pay1,完成\n',
      { zone: 'Asia/Shanghai' },
    );
    expect(chinese.records.map(({ time, level, message }) => [iso(time), level, message])).toEqual([
      ['2026-09-12T00:54:04.000Z', 'error', '回调验签失败'],
      ['2026-09-12T00:54:05.000Z', 'info', '完成'],
    ]);
  });

  it('takes requests from a CSV export', async () => {
    const { requests } = await read(
      'time,client_ip,method,path,status,duration\n2026-09-12T08:54:04Z,198.51.100.9,POST,/api/pay,504,30.1\n2026-09-12T08:54:05Z,198.51.100.9,GET,/x,200,0.1\n',
    );
    expect([requests.length, requests.status[0], requests.requestTime[0]!.toFixed(1)]).toEqual([2, 504, '30.1']);
  });

  it('ignores the second stamp of cloud exports and terminal colours', async () => {
    const { records } = await read(
      '2026-09-12T08:54:04.123Z 2026-09-12 08:54:04 ERROR call failed\n2026-09-12T08:54:05.123Z \u001b[31mERROR\u001b[0m again\n',
    );
    expect(records.map(({ level, message }) => [level, message])).toEqual([
      ['error', 'call failed'],
      ['error', 'again'],
    ]);
  });

  it('reads GELF and GCP records', async () => {
    const { records } = await read(
      '{"version":"1.1","host":"pay1","short_message":"boom","timestamp":1789203244.118,"level":3,"_logger":"x"}\n{"severity":"ERROR","timestamp":"2026-09-12T08:54:04Z","jsonPayload":{"message":"boom"},"resource":{"type":"k8s"}}\n',
    );
    expect(records.map(({ level, message, time }) => [level, message, iso(time).slice(0, 19)])).toEqual([
      ['error', 'boom', '2026-09-12T08:54:04'],
      ['error', 'boom', '2026-09-12T08:54:04'],
    ]);
  });

  it("reads what shippers took up of servers as the servers wrote it, and programs' own objects as theirs", async () => {
    const shipped = (message: string, second: number): string =>
      JSON.stringify({ '@timestamp': `2026-09-12T08:54:0${second}.000Z`, message, host: { name: 'lb1' } });
    const access = (second: number, status: number): string =>
      `198.51.100.9 - - [12/Sep/2026:08:54:0${second} +0000] "POST /v1/charges HTTP/1.1" ${status} 31 "-" "okhttp"`;
    const lines = [1, 2, 3, 4].map((second) => shipped(access(second, second === 3 ? 502 : 200), second));
    const own = shipped('{"level":"error","msg":"acquirer said no","time":"2026-09-12T08:54:05.500Z"}', 6);
    const { requests, records, sources } = await read(`${[...lines, own, '{"half'].join('\n')}\n`);
    expect([...requests.status.subarray(0, requests.length)]).toEqual([200, 200, 502, 200]);
    expect(records.map(({ message, level }) => [level, message])).toEqual([['error', 'acquirer said no']]);
    expect(sources[0]).toMatchObject({ role: 'access', unparsed: 1 });
    const stack = [
      '2026-09-12 08:54:04.123 ERROR 1 --- [nio-8080-exec-1] c.p.AcquirerClient : call failed',
      'java.net.SocketTimeoutException: Read timed out',
      '\tat com.pay.AcquirerClient.call(AcquirerClient.java:77)',
      '2026-09-12 08:54:05.123  INFO 1 --- [nio-8080-exec-1] c.p.Charges : charged',
      '2026-09-12 08:54:06.123  INFO 1 --- [nio-8080-exec-1] c.p.Charges : charged',
    ].map((log, i) => JSON.stringify({ date: 1789203244.5 + i, stream: 'stdout', log: `${log}\n` }));
    const folded = await read(`${stack.join('\n')}\n`);
    expect(folded.records.map(({ level, message, time }) => [level, message.split('\n')[0], iso(time)])).toEqual([
      ['error', 'call failed', '2026-09-12T08:54:04.123Z'],
      ['info', 'charged', '2026-09-12T08:54:05.123Z'],
      ['info', 'charged', '2026-09-12T08:54:06.123Z'],
    ]);
    const promtail = ['error', 'info'].map((level, i) =>
      JSON.stringify({
        labels: { app: 'pay' },
        line: `level=${level} msg="charge ${i}" order=${i}`,
        timestamp: `2026-09-12T08:54:0${i}.5Z`,
      }),
    );
    expect((await read(`${promtail.join('\n')}\n`)).records.map(({ level, time }) => [level, iso(time)])).toEqual([
      ['error', '2026-09-12T08:54:00.500Z'],
      ['info', '2026-09-12T08:54:01.500Z'],
    ]);
    // Programs' messages stay records of the program that wrote the object.
    const messages = await read(`${['charged', 'refused', 'charged'].map((text, i) => shipped(text, i)).join('\n')}\n`);
    expect(messages.sources[0]!.format).toBe('json-lines');
    expect(messages.records.map(({ message }) => message)).toEqual(['charged', 'refused', 'charged']);
  });
});
