import { describe, expect, it } from 'vitest';
import { detectLogFormat } from '../../src/logs/index.ts';
import { iso, read } from './read.ts';

/** name, line(s), zone, expected: format, role, time of the first record or request, level, logger or node, message start. */
const records: [
  string,
  string,
  { format: string; time: string; level?: string; logger?: string; node?: string; message: string },
][] = [
  [
    'logback',
    '2026-09-12 20:40:11,172 [http-nio-8080-exec-6] INFO  com.yunshan.pay.CardClient [app2] - payment result order=1',
    {
      format: 'logback',
      time: '2026-09-12T12:40:11.172Z',
      level: 'info',
      logger: 'com.yunshan.pay.CardClient',
      node: 'app2',
      message: 'payment result order=1',
    },
  ],
  [
    'level and stamp in brackets',
    '[ERROR][2026-09-12 20:40:11,172][支付网关] 下单失败 order=1',
    { format: 'text-leveled', time: '2026-09-12T12:40:11.172Z', level: 'error', message: '下单失败 order=1' },
  ],
  [
    'thread before the stamp',
    '[exec-7] 2026-09-12 20:40:11.172 WARN  c.p.Client - slow answer',
    { format: 'text-leveled', time: '2026-09-12T12:40:11.172Z', level: 'warn', message: 'slow answer' },
  ],
  [
    'bars',
    'FATAL|2026-09-12 20:40:11|main|key store missing',
    { format: 'text-leveled', time: '2026-09-12T12:40:11.000Z', level: 'critical', message: '|main|key store missing' },
  ],
  [
    'Spring Boot 2',
    '2026-09-12 01:14:04.094 INFO  229 --- [http-nio-8080-exec-1] com.pay.gateway.GatewayClient : order=1',
    {
      format: 'logback',
      time: '2026-09-11T17:14:04.094Z',
      level: 'info',
      logger: 'com.pay.gateway.GatewayClient',
      message: 'order=1',
    },
  ],
  [
    'Spring Boot 3',
    '2026-09-12T01:14:04.094+02:00 ERROR 229 --- [pay] [nio-8080-exec-1] c.p.g.GatewayClient : call failed',
    {
      format: 'logback',
      time: '2026-09-11T23:14:04.094Z',
      level: 'error',
      logger: 'c.p.g.GatewayClient',
      message: 'call failed',
    },
  ],
  [
    'log4j DATE',
    '12 Sep 2026 06:43:00,902 [http-nio-8080-exec-1] INFO  GatewayClient - order=1',
    { format: 'logback', time: '2026-09-11T22:43:00.902Z', level: 'info', logger: 'GatewayClient', message: 'order=1' },
  ],
  [
    'NestJS',
    '[Nest] 42  - 09/12/2026, 8:40:11 PM   ERROR [PaymentService] charge failed',
    { format: 'text-leveled', time: '2026-09-12T12:40:11.000Z', level: 'error', message: 'charge failed' },
  ],
  [
    'NestJS in colours',
    '\u001b[31m[Nest] 42  - \u001b[39m09/12/2026, 8:40:11 PM \u001b[31m  ERROR\u001b[39m \u001b[38;5;3m[PaymentService] \u001b[39m\u001b[31mcharge failed\u001b[39m',
    { format: 'text-leveled', time: '2026-09-12T12:40:11.000Z', level: 'error', message: 'charge failed' },
  ],
  [
    'logcat with threads',
    '09-12 20:40:11.172  1234  1256 E EmvKernel: host unreachable',
    {
      format: 'text-leveled',
      time: '2026-09-12T12:40:11.172Z',
      level: 'error',
      logger: 'EmvKernel',
      message: 'host unreachable',
    },
  ],
  [
    'a letter behind an epoch',
    '1789216811.172 E pay[3] charge failed',
    {
      format: 'text-leveled',
      time: '2026-09-12T12:40:11.172Z',
      level: 'error',
      logger: 'pay',
      message: 'charge failed',
    },
  ],
  [
    'a date in Chinese',
    '2026年09月12日 20:40:11 错误 验签失败',
    { format: 'text-leveled', time: '2026-09-12T12:40:11.000Z', level: 'error', message: '验签失败' },
  ],
  [
    'date and time in Chinese',
    '2026年9月12日20时40分11秒 错误 验签失败',
    { format: 'text-leveled', time: '2026-09-12T12:40:11.000Z', level: 'error', message: '验签失败' },
  ],
  [
    'pairs whose time has no year',
    'time="Sep 12 20:40:11" level=error msg="proxy error" prefix=proxy',
    { format: 'logfmt', time: '2026-09-12T12:40:11.000Z', level: 'error', message: 'proxy error' },
  ],
  [
    'Monolog as JSON',
    '{"message":"capture failed","context":{},"level":400,"level_name":"ERROR","channel":"app","datetime":"2026-09-12T20:40:11.172+08:00","extra":{}}',
    { format: 'json-lines', time: '2026-09-12T12:40:11.172Z', level: 'error', message: 'capture failed' },
  ],
  [
    'log4j2 default',
    '06:43:00.902 [main] ERROR com.pay.Main - boom',
    { format: 'logback', time: '2026-09-11T22:43:00.902Z', level: 'error', logger: 'com.pay.Main', message: 'boom' },
  ],
  [
    'java.util.logging',
    'Sep 12, 2026 5:47:07 AM com.pay.gateway.GatewayClient invoke\nSEVERE: order=1 failed',
    {
      format: 'java-util-logging',
      time: '2026-09-11T21:47:07.000Z',
      level: 'error',
      logger: 'com.pay.gateway.GatewayClient',
      message: 'order=1 failed',
    },
  ],
  [
    'java.util.logging, Chinese',
    '9月 12, 2026 4:39:01 下午 com.pay.gateway.GatewayClient invoke\n严重: order=1 failed',
    {
      format: 'java-util-logging',
      time: '2026-09-12T08:39:01.000Z',
      level: 'error',
      logger: 'com.pay.gateway.GatewayClient',
      message: 'order=1 failed',
    },
  ],
  [
    'java.util.logging, German',
    'Sept. 12, 2026 4:39:01 PM com.pay.gateway.GatewayClient invoke\nSCHWERWIEGEND: order=1 failed',
    {
      format: 'java-util-logging',
      time: '2026-09-12T08:39:01.000Z',
      level: 'error',
      logger: 'com.pay.gateway.GatewayClient',
      message: 'order=1 failed',
    },
  ],
  [
    'java.util.logging, Java 20',
    'Sep 12, 2026 5:47:07\u202fAM com.pay.Gateway invoke\nINFO: up',
    {
      format: 'java-util-logging',
      time: '2026-09-11T21:47:07.000Z',
      level: 'info',
      logger: 'com.pay.Gateway',
      message: 'up',
    },
  ],
  [
    'Tomcat',
    '12-Sep-2026 20:54:35.123 SEVERE [main] org.apache.catalina.startup.Catalina.start boom',
    {
      format: 'text-leveled',
      time: '2026-09-12T12:54:35.123Z',
      level: 'error',
      logger: 'org.apache.catalina.startup.Catalina.start',
      message: 'boom',
    },
  ],
  [
    'Python logging',
    '2026-09-12 00:18:00,693 - pay.gateway - ERROR - call failed',
    { format: 'text-leveled', time: '2026-09-11T16:18:00.693Z', level: 'error', message: 'call failed' },
  ],
  [
    'Flask',
    '[2026-09-12 00:18:00,693] INFO in billing: order=1',
    { format: 'text-leveled', time: '2026-09-11T16:18:00.693Z', level: 'info', logger: 'billing', message: 'order=1' },
  ],
  [
    'gunicorn',
    '[2026-09-12 00:18:00 +0000] [123] [ERROR] Worker (pid:12) was sent SIGKILL!',
    {
      format: 'text-leveled',
      time: '2026-09-12T00:18:00.000Z',
      level: 'error',
      message: 'Worker (pid:12) was sent SIGKILL!',
    },
  ],
  [
    'Celery',
    '[2026-09-12 00:18:00,693: ERROR/MainProcess] consumer: Cannot connect',
    { format: 'text-leveled', time: '2026-09-11T16:18:00.693Z', level: 'error', message: 'consumer: Cannot connect' },
  ],
  [
    'winston',
    '2026-09-12T08:54:04.401Z info: [order-web] order=1',
    {
      format: 'text-leveled',
      time: '2026-09-12T08:54:04.401Z',
      level: 'info',
      logger: 'order-web',
      message: 'order=1',
    },
  ],
  [
    'Go log',
    '2026/09/12 17:44:05 token-vault: order=1',
    { format: 'go-log', time: '2026-09-12T09:44:05.000Z', logger: 'token-vault', message: 'order=1' },
  ],
  [
    'slog text',
    'time=2026-09-12T22:17:11.007871285+05:30 level=INFO msg="order paid" svc=vault',
    { format: 'logfmt', time: '2026-09-12T16:47:11.007Z', level: 'info', logger: 'vault', message: 'order paid' },
  ],
  [
    'logrus',
    'time="2026-09-12T08:54:04Z" level=warning msg="slow call" service=pay',
    { format: 'logfmt', time: '2026-09-12T08:54:04.000Z', level: 'warn', message: 'slow call' },
  ],
  [
    'zap console',
    '2026-09-12T08:54:04.401Z\tERROR\tpay\tgateway/client.go:42\tcall failed\t{"order": "1"}',
    {
      format: 'text-leveled',
      time: '2026-09-12T08:54:04.401Z',
      level: 'error',
      logger: 'pay',
      message: 'call failed',
    },
  ],
  [
    'klog',
    'E0912 08:54:04.401234       1 reflector.go:138] failed to list',
    { format: 'klog', time: '2026-09-12T00:54:04.401Z', level: 'error', message: 'failed to list' },
  ],
  [
    'Rails',
    'E, [2026-09-12T08:54:04.401234 #123] ERROR -- : call failed',
    { format: 'ruby-logger', time: '2026-09-12T00:54:04.401Z', level: 'error', message: 'call failed' },
  ],
  [
    'Laravel',
    '[2026-09-12 08:54:04] production.ERROR: call failed {"order":"1"}',
    {
      format: 'text-leveled',
      time: '2026-09-12T00:54:04.000Z',
      level: 'error',
      logger: 'production',
      message: 'call failed {"order":"1"}',
    },
  ],
  [
    'Monolog',
    '[2026-09-12T08:54:04.401234+02:00] app.CRITICAL: call failed [] []',
    {
      format: 'text-leveled',
      time: '2026-09-12T06:54:04.401Z',
      level: 'critical',
      logger: 'app',
      message: 'call failed [] []',
    },
  ],
  [
    'PHP',
    '[12-Sep-2026 10:00:11 Europe/Berlin] PHP Fatal error:  Uncaught Exception: boom',
    {
      format: 'php-error',
      time: '2026-09-12T08:00:11.000Z',
      level: 'critical',
      message: 'PHP Fatal error:  Uncaught Exception: boom',
    },
  ],
  [
    'Serilog',
    '[2026-09-12 08:54:04 ERR] call failed',
    { format: 'text-leveled', time: '2026-09-12T00:54:04.000Z', level: 'error', message: 'call failed' },
  ],
  [
    'Serilog file',
    '2026-09-12 08:54:04.401 +02:00 [ERR] call failed',
    { format: 'text-leveled', time: '2026-09-12T06:54:04.401Z', level: 'error', message: 'call failed' },
  ],
  [
    'NLog',
    '2026-09-12 08:54:04.4012|ERROR|Pay.Gateway|call failed',
    {
      format: 'text-leveled',
      time: '2026-09-12T00:54:04.401Z',
      level: 'error',
      logger: 'Pay.Gateway',
      message: 'call failed',
    },
  ],
  [
    'nginx error',
    '2026/09/12 08:54:04 [error] 46#46: *627 connect() to 10.0.0.1:443 failed (113: No route to host) while connecting to upstream, client: 10.0.0.9',
    {
      format: 'nginx-error',
      time: '2026-09-12T00:54:04.000Z',
      level: 'error',
      message: 'connect() to 10.0.0.1:443 failed',
    },
  ],
  [
    'httpd error',
    '[Sat Sep 12 08:54:04.123456 2026] [ssl:error] [pid 123:tid 456] [client 10.0.0.1:123] AH02039: Certificate Verification: Error (10)',
    { format: 'httpd-error', time: '2026-09-12T00:54:04.123Z', level: 'error', logger: 'ssl', message: 'AH02039' },
  ],
  [
    'httpd 2.2 error',
    '[Sat Sep 12 08:54:04 2026] [error] [client 10.0.0.1] File does not exist: /x',
    { format: 'httpd-error', time: '2026-09-12T00:54:04.000Z', level: 'error', message: 'File does not exist' },
  ],
  [
    'stunnel',
    '2026.09.12 08:54:04 LOG3[0]: SSL_accept: peer did not return a certificate',
    { format: 'stunnel', time: '2026-09-12T00:54:04.000Z', level: 'error', message: 'SSL_accept' },
  ],
  [
    'RFC 3164',
    'Sep 12 08:54:04 app1 pay[1000]: INFO pay.Notify: verified order=1',
    {
      format: 'syslog-rfc3164',
      time: '2026-09-12T00:54:04.000Z',
      level: 'info',
      node: 'app1',
      logger: 'pay.Notify',
      message: 'verified order=1',
    },
  ],
  [
    'RFC 3164 with priority',
    '<131>Sep  2 08:54:04 app1 pay: boom',
    {
      format: 'syslog-rfc3164',
      time: '2026-09-02T00:54:04.000Z',
      level: 'error',
      node: 'app1',
      logger: 'pay',
      message: 'boom',
    },
  ],
  [
    'RFC 5424',
    '<131>1 2026-09-12T08:54:04.594+00:00 node-3 pay 1074 - - mail.Smtp: delivery failed',
    {
      format: 'syslog-rfc5424',
      time: '2026-09-12T08:54:04.594Z',
      level: 'error',
      node: 'node-3',
      logger: 'mail.Smtp',
      message: 'delivery failed',
    },
  ],
  [
    'RFC 5424 structured data',
    '<131>1 2026-09-12T08:54:04Z node-3 pay 1 ID47 [ex@32473 iut="3" x="a]"] \ufeffboom',
    {
      format: 'syslog-rfc5424',
      time: '2026-09-12T08:54:04.000Z',
      level: 'error',
      node: 'node-3',
      logger: 'pay',
      message: 'boom',
    },
  ],
  [
    'rsyslog high precision',
    '2026-09-12T08:54:04.972403+02:00 lb keepalived[12]: VRRP MASTER',
    {
      format: 'syslog-iso',
      time: '2026-09-12T06:54:04.972Z',
      node: 'lb',
      logger: 'keepalived',
      message: 'VRRP MASTER',
    },
  ],
  [
    'CRI',
    '2026-09-12T08:54:04.972403+00:00 stderr F ERROR call failed',
    { format: 'text-leveled', time: '2026-09-12T08:54:04.972Z', level: 'error', message: 'call failed' },
  ],
  [
    'PostgreSQL',
    '2026-09-12 08:54:04.123 UTC [123] pay@shop FATAL:  sorry, too many clients already',
    {
      format: 'text-leveled',
      time: '2026-09-12T08:54:04.123Z',
      level: 'critical',
      message: 'sorry, too many clients already',
    },
  ],
  [
    'MySQL',
    '2026-09-12T08:54:04.123456Z 12 [ERROR] [MY-010000] [Server] Too many connections',
    { format: 'text-leveled', time: '2026-09-12T08:54:04.123Z', level: 'error', message: 'Too many connections' },
  ],
  [
    'Redis',
    '123:M 12 Sep 2026 08:54:04.123 # Connection refused',
    { format: 'redis', level: 'warn', time: '2026-09-12T00:54:04.123Z', message: 'Connection refused' },
  ],
  [
    'pino',
    '{"level":50,"time":1789203244088,"pid":1,"hostname":"api01","name":"pay","msg":"boom"}',
    {
      format: 'json-lines',
      time: '2026-09-12T08:54:04.088Z',
      level: 'error',
      logger: 'pay',
      node: 'api01',
      message: 'boom',
    },
  ],
  [
    'logback JSON',
    '{"L":"ERROR","T":1789203244.0889,"N":"pay.Client","M":"boom","node":"n2"}',
    {
      format: 'json-lines',
      time: '2026-09-12T08:54:04.088Z',
      level: 'error',
      logger: 'pay.Client',
      node: 'n2',
      message: 'boom',
    },
  ],
  [
    'ECS',
    '{"@timestamp":"2026-09-12T08:54:04.088Z","log":{"level":"warn","logger":"stock"},"service":{"name":"s","node":{"name":"pay2"}},"message":"low"}',
    {
      format: 'json-lines',
      time: '2026-09-12T08:54:04.088Z',
      level: 'warn',
      logger: 'stock',
      node: 'pay2',
      message: 'low',
    },
  ],
  [
    'OpenTelemetry',
    '{"Timestamp":"1789203244088000000","SeverityText":"ERROR","Body":"boom","Resource":{"service.name":"pay"}}',
    { format: 'json-lines', time: '2026-09-12T08:54:04.088Z', level: 'error', message: 'boom' },
  ],
  [
    'Docker json-file',
    '{"log":"boom\\n","stream":"stderr","time":"2026-09-12T08:54:04.088123456Z"}',
    { format: 'docker-json', time: '2026-09-12T08:54:04.088Z', message: 'boom' },
  ],
  [
    'journald JSON',
    '{"__REALTIME_TIMESTAMP":"1789203244088000","PRIORITY":"3","SYSLOG_IDENTIFIER":"sshd","_HOSTNAME":"pay1","MESSAGE":"boom"}',
    {
      format: 'journald-json',
      time: '2026-09-12T08:54:04.088Z',
      level: 'error',
      node: 'pay1',
      logger: 'sshd',
      message: 'boom',
    },
  ],
  [
    'bunyan',
    '{"name":"pay","hostname":"h","pid":1,"level":40,"msg":"slow","time":"2026-09-12T08:54:04.088Z","v":0}',
    {
      format: 'json-lines',
      time: '2026-09-12T08:54:04.088Z',
      level: 'warn',
      logger: 'pay',
      node: 'h',
      message: 'slow',
    },
  ],
  [
    'Serilog compact',
    '{"@t":"2026-09-12T08:54:04.0880000Z","@mt":"Order {Id} failed","@l":"Error","Id":1}',
    { format: 'json-lines', time: '2026-09-12T08:54:04.088Z', level: 'error', message: 'Order {Id} failed' },
  ],
  [
    'ISO 8583 pipes',
    '20260912085404|0210|121893|625503778683|400002xxxxxx5771|000000002009|00|T0853251|M81215|346',
    { format: 'delimited', time: '2026-09-12T00:54:04.000Z', message: '20260912085404|0210' },
  ],
  [
    'ISO 8583 CSV',
    'time;mti;stan;rrn;pan;de4;de39\n"2026-09-12T08:54:04.585+00:00";"0210";"396699";"1";"353011******7151";"000000004626";"00"',
    { format: 'table', time: '2026-09-12T08:54:04.585Z', message: '"2026-09-12' },
  ],
];

describe('records', () => {
  it.each(records)('%s', async (_, text, expected) => {
    const head = Buffer.from(`${text}\n`);
    expect(detectLogFormat(head)?.format).toBe(expected.format);
    const logs = await read(`${text}\n${text}\n`, { zone: 'Asia/Shanghai' });
    const record = logs.records[0]!;
    expect(logs.sources[0]!.unparsed).toBe(0);
    expect(iso(record.time)).toBe(expected.time);
    expect(record.level).toBe(expected.level);
    expect(record.message.startsWith(expected.message), record.message).toBe(true);
    if (expected.logger) expect(record.logger).toBe(expected.logger);
    if (expected.node) expect(record.node).toBe(expected.node);
  });
});

interface Request {
  format: string;
  time: string;
  client: string;
  method: string;
  path: string;
  query?: string;
  status: number;
  bytes?: number;
  agent?: string;
  host?: string;
  seconds?: number;
  upstream?: string;
  upstreamStatus?: number;
  termination?: string;
}

const requests: [string, string, Request][] = [
  [
    'combined',
    '198.51.100.9 - - [12/Sep/2026:08:54:04 +0000] "GET /p/1?q=tea HTTP/1.1" 200 512 "https://shop/" "Mozilla/5.0 (X11)"',
    {
      format: 'access-combined',
      time: '2026-09-12T08:54:04.000Z',
      client: '198.51.100.9',
      method: 'GET',
      path: '/p/1',
      query: 'q=tea',
      status: 200,
      bytes: 512,
      agent: 'Mozilla/5.0 (X11)',
    },
  ],
  [
    'common',
    '198.51.100.9 - frank [12/Sep/2026:08:54:04 -0700] "POST /pay HTTP/1.1" 502 -',
    {
      format: 'access-common',
      time: '2026-09-12T15:54:04.000Z',
      client: '198.51.100.9',
      method: 'POST',
      path: '/pay',
      status: 502,
      bytes: 0,
    },
  ],
  [
    'vhost combined',
    'www.shop.test:443 2001:db8::1 - - [12/Sep/2026:08:54:04 +0000] "GET /healthz HTTP/1.1" 200 2 "-" "kube-probe/1.29"',
    {
      format: 'access-combined',
      time: '2026-09-12T08:54:04.000Z',
      client: '2001:db8::1',
      method: 'GET',
      path: '/healthz',
      status: 200,
      host: 'www.shop.test',
      agent: 'kube-probe/1.29',
    },
  ],
  [
    'nginx with timings',
    '198.51.100.9 - - [12/Sep/2026:08:54:04 +0000] "POST /api/pay HTTP/1.1" 504 160 "-" "Mozilla/5.0" rt=30.001 uct="0.002" uht="-" urt="30.000" us="504" ua="192.0.2.1:443"',
    {
      format: 'nginx-access',
      time: '2026-09-12T08:54:04.000Z',
      client: '198.51.100.9',
      method: 'POST',
      path: '/api/pay',
      status: 504,
      seconds: 30.001,
      upstream: '192.0.2.1:443',
      upstreamStatus: 504,
    },
  ],
  [
    'real client behind a proxy',
    '10.0.0.9 - - [12/Sep/2026:08:54:04 +0800] "POST /api/pay HTTP/1.1" 200 247 "https://shop/" "Dalvik/2.1.0" "6.236.220.139, 10.0.0.1" 0.263',
    {
      format: 'access-combined',
      time: '2026-09-12T00:54:04.000Z',
      client: '6.236.220.139',
      method: 'POST',
      path: '/api/pay',
      status: 200,
      seconds: 0.263,
    },
  ],
  [
    "TLS format of one's own",
    '10.0.0.9 [2026-09-12T08:54:04+11:00] TLSv1.3 TLS_AES_256_GCM_SHA384 sni=api.pay.test verify=NONE "POST /v1/charges HTTP/1.1" 200 48 0.001',
    {
      format: 'access-common',
      time: '2026-09-11T21:54:04.000Z',
      client: '10.0.0.9',
      method: 'POST',
      path: '/v1/charges',
      status: 200,
      bytes: 48,
      host: 'api.pay.test',
      seconds: 0.001,
    },
  ],
  [
    'nginx JSON',
    '{"time":"2026-09-12T08:54:04+00:00","remote_addr":"22.190.94.112","request":"GET /order/1?x=y HTTP/2.0","status":200,"body_bytes_sent":6078,"request_time":0.087,"upstream_response_time":"0.083","http_user_agent":"UA","host":"shop.test"}',
    {
      format: 'access-json',
      time: '2026-09-12T08:54:04.000Z',
      client: '22.190.94.112',
      method: 'GET',
      path: '/order/1',
      query: 'x=y',
      status: 200,
      bytes: 6078,
      agent: 'UA',
      host: 'shop.test',
      seconds: 0.087,
    },
  ],
  [
    'JSON with short keys',
    '{"time":"2026-09-12T08:54:04+05:30","client":"100.78.47.31","method":"POST","uri":"/api/pay","status":502,"bytes":3,"rt":0.001,"uct":"","uht":"","urt":"","upstream":"192.0.2.9:443","us":"502","ua":"UA"}',
    {
      format: 'access-json',
      time: '2026-09-12T03:24:04.000Z',
      client: '100.78.47.31',
      method: 'POST',
      path: '/api/pay',
      status: 502,
      bytes: 3,
      agent: 'UA',
      seconds: 0.001,
      upstream: '192.0.2.9:443',
      upstreamStatus: 502,
    },
  ],
  [
    'Caddy',
    '{"level":"info","ts":1789203244.118,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"6.242.50.139","proto":"HTTP/2.0","method":"GET","host":"shop.test","uri":"/p/1","headers":{"User-Agent":["UA"]}},"duration":0.021,"size":99,"status":200}',
    {
      format: 'access-json',
      time: '2026-09-12T08:54:04.118Z',
      client: '6.242.50.139',
      method: 'GET',
      path: '/p/1',
      status: 200,
      bytes: 99,
      agent: 'UA',
      host: 'shop.test',
      seconds: 0.021,
    },
  ],
  [
    'Traefik JSON',
    '{"ClientAddr":"6.2.5.1:123","ClientHost":"6.2.5.1","DownstreamContentSize":5,"DownstreamStatus":502,"Duration":2000000,"OriginStatus":502,"RequestHost":"shop.test","RequestMethod":"GET","RequestPath":"/x","RouterName":"r","StartUTC":"2026-09-12T08:54:04.088Z","time":"2026-09-12T08:54:04Z"}',
    {
      format: 'access-json',
      time: '2026-09-12T08:54:04.000Z',
      client: '6.2.5.1',
      method: 'GET',
      path: '/x',
      status: 502,
      bytes: 5,
      host: 'shop.test',
      seconds: 0.002,
      upstreamStatus: 502,
    },
  ],
  [
    'ECS',
    '{"@timestamp":"2026-09-12T08:54:04Z","http":{"request":{"method":"GET"},"response":{"status_code":404,"body":{"bytes":7}}},"url":{"path":"/x","query":"a=1"},"source":{"ip":"6.2.5.1"},"user_agent":{"original":"UA"},"event":{"duration":5000000}}',
    {
      format: 'access-json',
      time: '2026-09-12T08:54:04.000Z',
      client: '6.2.5.1',
      method: 'GET',
      path: '/x',
      query: 'a=1',
      status: 404,
      bytes: 7,
      agent: 'UA',
      seconds: 0.005,
    },
  ],
  [
    'HAProxy HTTP',
    'Sep 12 08:54:04 lb1 haproxy[2107]: 22.231.91.198:25141 [12/Sep/2026:08:54:04.812] fe_pay~ be_app/node-2 0/0/1/59/60 503 7009 - - SC-- 21/20/4/1/0 0/0 {Mozilla/5.0 (Linux)|https://shop.test/checkout} "GET /order/1 HTTP/2.0"',
    {
      format: 'haproxy',
      time: '2026-09-12T00:54:04.812Z',
      client: '22.231.91.198',
      method: 'GET',
      path: '/order/1',
      status: 503,
      bytes: 7009,
      agent: 'Mozilla/5.0 (Linux)',
      seconds: 0.06,
      upstream: 'be_app/node-2',
      termination: 'SC--',
    },
  ],
  [
    'HAProxy after an ISO stamp',
    '2026-09-12T08:54:04.204022+1000 bank 10.120.4.148:54925 [12/Sep/2026:08:54:00.955] link~ link/<NOSRV> 0/-1/-1/-1/0 200 95 - - LR-- 2/2/0/0/0 0/0 "POST /acquiring/auth HTTP/1.1"',
    {
      format: 'haproxy',
      time: '2026-09-11T22:54:04.204Z',
      client: '10.120.4.148',
      method: 'POST',
      path: '/acquiring/auth',
      status: 200,
      bytes: 95,
      upstream: 'link/<NOSRV>',
      termination: 'LR--',
    },
  ],
  [
    'IIS',
    '#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n2026-09-12 08:54:04 10.0.0.1 GET /pay a=1 443 - 6.2.5.1 UA+1 - 500 0 0 125',
    {
      format: 'iis-w3c',
      time: '2026-09-12T08:54:04.000Z',
      client: '6.2.5.1',
      method: 'GET',
      path: '/pay',
      query: 'a=1',
      status: 500,
      seconds: 0.125,
    },
  ],
  [
    'AWS load balancer',
    'https 2026-09-12T08:54:04.186641Z app/lb/50dc6c495c0c9188 192.0.2.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://shop.test:443/pay?a=1 HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:x',
    {
      format: 'aws-alb',
      time: '2026-09-12T08:54:04.186Z',
      client: '192.0.2.39',
      method: 'GET',
      path: '/pay',
      query: 'a=1',
      status: 200,
      bytes: 57,
      agent: 'curl/7.46.0',
      host: 'shop.test:443',
      seconds: 0.171,
      upstream: '10.0.0.1:80',
      upstreamStatus: 200,
    },
  ],
  [
    'Envoy',
    '[2026-09-12T08:54:04.310Z] "POST /api/v1/pay HTTP/2" 503 UF 154 91 226 - "6.2.5.1" "UA" "cc21d9b0-cf5c" "shop.test" "10.0.2.1:80"',
    {
      format: 'envoy',
      time: '2026-09-12T08:54:04.310Z',
      client: '6.2.5.1',
      method: 'POST',
      path: '/api/v1/pay',
      status: 503,
      bytes: 91,
      agent: 'UA',
      host: 'shop.test',
      seconds: 0.226,
      upstream: '10.0.2.1:80',
      termination: 'UF',
    },
  ],
];

describe('requests', () => {
  it.each(requests)('%s', async (_, text, expected) => {
    expect(detectLogFormat(Buffer.from(`${text}\n`))?.format).toBe(expected.format);
    const { requests: table, sources } = await read(`${text}\n`, { zone: 'Asia/Shanghai' });
    expect(sources[0]!.unparsed).toBe(0);
    expect(table.length).toBe(1);
    const text0 = (column: Uint32Array): string => table.strings[column[0]!]!;
    expect({
      time: iso(table.time[0]),
      client: text0(table.client),
      method: text0(table.method),
      path: text0(table.path),
      status: table.status[0],
    }).toEqual({
      time: expected.time,
      client: expected.client,
      method: expected.method,
      path: expected.path,
      status: expected.status,
    });
    if (expected.query !== undefined) expect(text0(table.query)).toBe(expected.query);
    if (expected.bytes !== undefined) expect(table.bytes[0]).toBe(expected.bytes);
    if (expected.agent) expect(text0(table.userAgent)).toBe(expected.agent);
    if (expected.host) expect(text0(table.host)).toBe(expected.host);
    if (expected.seconds !== undefined) expect(table.requestTime[0]).toBeCloseTo(expected.seconds, 4);
    if (expected.upstream) expect(text0(table.upstream)).toBe(expected.upstream);
    if (expected.upstreamStatus) expect(table.upstreamStatus[0]).toBe(expected.upstreamStatus);
    if (expected.termination) expect(text0(table.termination)).toBe(expected.termination);
  });
});

describe('an error beside the request that met it', () => {
  const request =
    '"request":{"remote_ip":"192.0.2.7","method":"POST","host":"shop.test","uri":"/api/pay"},"duration":0.2';
  const error = (n: number): string =>
    `{"level":"error","ts":${n}.1,"logger":"http.log.error","msg":"dial tcp 192.0.2.9:443: connect: connection refused",${request},"status":502,"err_id":"m17qthdds","err_trace":"reverseproxy.statusError (reverseproxy.go:1272)"}\n`;
  const access = (n: number): string =>
    `{"level":"error","ts":${n}.2,"logger":"http.log.access","msg":"handled request",${request},"user_id":"","size":0,"status":502,"resp_headers":{"Server":["Caddy"]}}\n`;

  it.each(['all', 'counts'] as const)('counts once, and the error once (%s)', async (keep) => {
    const lines = Array.from({ length: 20 }, (_, i) => error(1789203244 + i) + access(1789203244 + i)).join('');
    const logs = await read(lines, { keep });
    expect(keep === 'all' ? logs.requests.length : logs.traffic.total).toBe(20);
    expect(logs.recordTotal).toBe(20);
    expect(logs.operations.total).toBe(0);
    expect(logs.events.map(({ event, count }) => [event, count])).toEqual([['net.refused', 20]]);
  });

  it('counts once where Caddy writes to a console', async () => {
    const head = (logger: string, message: string): string => `2026/09/12 08:54:04.118\tERROR\t${logger}\t${message}\t`;
    const errors = `{${request.replaceAll('":', '": ')}, "status": 502, "err_id": "m17qthdds", "err_trace": "reverseproxy.statusError (reverseproxy.go:1272)"}`;
    const { requests: table, recordTotal } = await read(
      `${head('http.log.error', 'EOF')}${errors}\n${head('http.log.access', 'handled request')}{${request}, "status": 502}\n`.repeat(
        5,
      ),
    );
    expect([table.length, recordTotal]).toEqual([5, 5]);
  });

  it('leaves requests alone that merely have an id of an error', async () => {
    const { requests: table } = await read(access(1789203244).replace('"user_id":""', '"err_id":""').repeat(3));
    expect(table.length).toBe(3);
  });
});
