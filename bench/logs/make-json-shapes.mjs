// JSON lines as well-known software writes them by default: node bench/logs/make-json-shapes.mjs FOLDER [MB] [SEED] [NAME…]
// Access logs of proxies and clouds, application logs of the usual libraries, and what containers and journals wrap them in.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { megabytesOf, writeLines } from './block-file.mjs';

const AGENTS = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36',
  'Java/17.0.15',
  'Go-http-client/1.1',
];

/** What a request or an event is made of, drawn once a line. */
function facts(random) {
  const int = (n) => Math.floor(random() * n);
  const pick = (list) => list[int(list.length)];
  const hex = (digits) => Array.from({ length: digits }, () => int(16).toString(16)).join('');
  const address = () => `${10 + int(5)}.${int(20)}.${int(20)}.${int(10)}`;
  const path = () => pick([`/p/${int(5000)}`, '/api/pay', '/checkout', '/api/v1/orders', `/api/orders/${int(1e6)}`]);
  const query = () => pick(['', '', '', `q=${pick(['tea', 'lamp', 'cup'])}`, `page=${int(50)}&sort=asc`]);
  const status = () => pick([200, 200, 200, 200, 201, 304, 404, 502]);
  const text = () =>
    pick([
      'order paid',
      'payment declined',
      `order ${int(1e6)} accepted`,
      'stock below threshold',
      `upstream call took ${int(900)} ms`,
    ]);
  const method = () => pick(['GET', 'GET', 'POST']);
  return { int, pick, hex, address, path, query, status, text, method };
}

const uri = (path, query) => (query === '' ? path : `${path}?${query}`);
const two = (n) => String(n).padStart(2, '0');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const clf = (d) =>
  `${two(d.getUTCDate())}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()}:${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} +0000`;
const seconds = (d) => d.toISOString().replace(/\.\d{3}/, '');
const combined = (f, d) =>
  `${f.address()} - - [${clf(d)}] "${f.method()} ${uri(f.path(), f.query())} HTTP/1.1" ${f.status()} ${f.int(40_000)} "https://shop.test/c/${f.int(100)}" "${f.pick(AGENTS)}"`;
const logback = (f, d) =>
  `${d.toISOString().replace('T', ' ').replace('.', ',').slice(0, 23)} [http-nio-8080-exec-${f.int(20)}] ${f.pick(['INFO ', 'WARN ', 'ERROR'])} com.shop.pay.CardClient - ${f.text()}`;
const pinoRecord = (f, d) => ({
  level: f.pick([30, 30, 30, 40, 50]),
  time: d.getTime(),
  pid: 1,
  hostname: 'pay-7d9f',
  orderId: f.int(1e6),
  msg: f.text(),
});
const docker = (log, d) => ({
  log: `${log}\n`,
  stream: 'stdout',
  time: d.toISOString().replace('Z', `${two(d.getUTCSeconds())}1234Z`),
});

/** By name: the object of one line. Names in the order in which the software writes them. */
export const SHAPES = {
  // The wiki's example for Splunk and Loki: log_format json escape=json, every value quoted.
  'nginx-quoted': (f, d) => ({
    time_local: clf(d),
    remote_addr: f.address(),
    remote_user: '',
    request: `${f.method()} ${uri(f.path(), f.query())} HTTP/1.1`,
    status: String(f.status()),
    body_bytes_sent: String(f.int(40_000)),
    request_time: (f.int(900) / 1000).toFixed(3),
    http_referrer: `https://shop.test/c/${f.int(100)}`,
    http_user_agent: f.pick(AGENTS),
  }),
  // ingress-nginx, log-format-escape-json with the variables of its documentation.
  'nginx-ingress': (f, d) => ({
    time: seconds(d).replace('Z', '+00:00'),
    remote_addr: f.address(),
    x_forwarded_for: f.address(),
    request_id: f.hex(32),
    remote_user: '',
    bytes_sent: f.int(40_000),
    request_time: f.int(900) / 1000,
    status: f.status(),
    vhost: 'shop.test',
    request_proto: 'HTTP/2.0',
    path: f.path(),
    request_query: f.query(),
    request_length: f.int(900),
    duration: f.int(900) / 1000,
    method: f.method(),
    http_referrer: `https://shop.test/c/${f.int(100)}`,
    http_user_agent: f.pick(AGENTS),
    upstream_addr: `10.1.0.${f.int(9)}:8080`,
    upstream_response_time: (f.int(900) / 1000).toFixed(3),
    upstream_status: '200',
  }),
  caddy: (f, d) => ({
    level: 'info',
    ts: d.getTime() / 1000 + f.int(1000) / 1e7,
    logger: 'http.log.access.log0',
    msg: 'handled request',
    request: {
      remote_ip: f.address(),
      remote_port: String(1024 + f.int(60_000)),
      client_ip: f.address(),
      proto: 'HTTP/2.0',
      method: f.method(),
      host: 'shop.test',
      uri: uri(f.path(), f.query()),
      headers: {
        'User-Agent': [f.pick(AGENTS)],
        Accept: ['text/html', '*/*'],
        'Accept-Encoding': ['gzip, deflate, br'],
        Referer: [`https://shop.test/c/${f.int(100)}`],
      },
      tls: { resumed: false, version: 772, cipher_suite: 4865, proto: 'h2', server_name: 'shop.test' },
    },
    bytes_read: 0,
    user_id: '',
    duration: f.int(9e8) / 1e9,
    size: f.int(40_000),
    status: f.status(),
    resp_headers: { Server: ['Caddy'], 'Content-Type': ['text/html; charset=utf-8'] },
  }),
  traefik: (f, d) => {
    const client = f.address();
    const port = 1024 + f.int(60_000);
    const status = f.status();
    const took = f.int(9e8);
    const scheme = 'https';
    return {
      ClientAddr: `${client}:${port}`,
      ClientHost: client,
      ClientPort: String(port),
      ClientUsername: '-',
      DownstreamContentSize: f.int(40_000),
      DownstreamStatus: status,
      Duration: took + 90_000,
      OriginContentSize: f.int(40_000),
      OriginDuration: took,
      OriginStatus: status,
      Overhead: 90_000,
      RequestAddr: 'shop.test',
      RequestContentSize: 0,
      RequestCount: f.int(1e7),
      RequestHost: 'shop.test',
      RequestMethod: f.method(),
      RequestPath: uri(f.path(), f.query()),
      RequestPort: '-',
      RequestProtocol: 'HTTP/2.0',
      RequestScheme: scheme,
      RetryAttempts: 0,
      RouterName: 'shop@docker',
      ServiceAddr: `10.0.0.${f.int(6)}:80`,
      ServiceName: 'shop@docker',
      ServiceURL: { Scheme: 'http', Opaque: '', User: null, Host: `10.0.0.${f.int(6)}:80`, Path: '', RawPath: '' },
      StartLocal: d.toISOString(),
      StartUTC: d.toISOString().replace('Z', `${f.int(900) + 100}Z`),
      entryPointName: 'websecure',
      level: 'info',
      msg: '',
      time: seconds(d),
    };
  },
  // Istio's default for accessLogEncoding JSON; names sorted, null where a value is absent.
  envoy: (f, d) => ({
    authority: 'shop.test',
    bytes_received: f.int(900),
    bytes_sent: f.int(40_000),
    connection_termination_details: null,
    downstream_local_address: '10.2.0.4:8443',
    downstream_remote_address: `${f.address()}:${1024 + f.int(60_000)}`,
    duration: f.int(900),
    method: f.method(),
    path: uri(f.path(), f.query()),
    protocol: 'HTTP/2',
    request_id: `${f.hex(8)}-${f.hex(4)}-${f.hex(4)}-${f.hex(4)}-${f.hex(12)}`,
    requested_server_name: 'shop.test',
    response_code: f.status(),
    response_code_details: 'via_upstream',
    response_flags: '-',
    route_name: 'default',
    start_time: d.toISOString(),
    upstream_cluster: 'outbound|8080||pay.shop.svc.cluster.local',
    upstream_host: `10.1.0.${f.int(9)}:8080`,
    upstream_local_address: `10.2.0.4:${30_000 + f.int(9000)}`,
    upstream_service_time: String(f.int(900)),
    upstream_transport_failure_reason: null,
    user_agent: f.pick(AGENTS),
    x_forwarded_for: f.address(),
  }),
  // What Filebeat's nginx module writes.
  'ecs-access': (f, d) => {
    const client = f.address();
    const path = f.path();
    const query = f.query();
    return {
      '@timestamp': d.toISOString(),
      agent: {
        ephemeral_id: f.hex(32),
        hostname: 'web-1',
        id: f.hex(32),
        name: 'web-1',
        type: 'filebeat',
        version: '8.15.0',
      },
      ecs: { version: '1.12.0' },
      event: {
        category: ['web'],
        dataset: 'nginx.access',
        kind: 'event',
        module: 'nginx',
        outcome: 'success',
        type: ['access'],
        duration: f.int(9e8),
      },
      fileset: { name: 'access' },
      http: {
        request: { method: f.method(), referrer: `https://shop.test/c/${f.int(100)}` },
        response: { body: { bytes: f.int(40_000) }, status_code: f.status() },
        version: '1.1',
      },
      input: { type: 'log' },
      log: { file: { path: '/var/log/nginx/access.log' }, offset: f.int(1e9) },
      related: { ip: [client] },
      service: { type: 'nginx' },
      source: { address: client, ip: client },
      url: query === '' ? { original: path, path } : { original: uri(path, query), path, query },
      user_agent: {
        device: { name: 'Other' },
        name: 'Chrome',
        original: f.pick(AGENTS),
        os: { name: 'Windows' },
        version: '127.0',
      },
    };
  },
  // ecs-logging-java with its logback encoder.
  'ecs-java': (f, d) => ({
    '@timestamp': d.toISOString(),
    'log.level': f.pick(['INFO', 'INFO', 'WARN', 'ERROR']),
    message: f.text(),
    'ecs.version': '1.2.0',
    'service.name': 'pay',
    'event.dataset': 'pay',
    'process.thread.name': `http-nio-8080-exec-${f.int(20)}`,
    'log.logger': 'com.shop.pay.CardClient',
    'trace.id': f.hex(32),
    'transaction.id': f.hex(16),
  }),
  'pino-http': (f, d) => {
    const status = f.status();
    const path = f.path();
    return {
      level: status >= 500 ? 50 : 30,
      time: d.getTime(),
      pid: 1,
      hostname: 'pay-7d9f',
      req: {
        id: f.int(1e7),
        method: f.method(),
        url: path,
        query: {},
        params: {},
        headers: { host: 'shop.test', 'user-agent': f.pick(AGENTS), accept: '*/*', connection: 'keep-alive' },
        remoteAddress: `::ffff:${f.address()}`,
        remotePort: 1024 + f.int(60_000),
      },
      res: {
        statusCode: status,
        headers: { 'content-type': 'application/json; charset=utf-8', 'content-length': String(f.int(900)) },
      },
      responseTime: f.int(900),
      msg: status >= 500 ? 'request errored' : 'request completed',
    };
  },
  pino: pinoRecord,
  // logstash-logback-encoder; one error in forty has its stack.
  logback: (f, d) => ({
    '@timestamp': d.toISOString(),
    '@version': '1',
    message: f.text(),
    logger_name: `com.shop.pay.${f.pick(['CardClient', 'OrderService', 'NotifyController'])}`,
    thread_name: `http-nio-8080-exec-${f.int(20)}`,
    level: f.pick(['INFO', 'INFO', 'WARN']),
    level_value: 20_000,
    traceId: f.hex(32),
    spanId: f.hex(16),
    ...(f.int(40) === 0
      ? {
          stack_trace: `java.lang.IllegalStateException: order ${f.int(1e6)} is closed\n\tat com.shop.pay.OrderService.close(OrderService.java:${f.int(300)})\n\tat java.base/java.lang.Thread.run(Thread.java:840)\n`,
        }
      : {}),
  }),
  // Order of members as a map without order has it.
  shuffled: (f, d) => {
    const members = [
      ['time', d.toISOString()],
      ['level', f.pick(['info', 'info', 'warn', 'error'])],
      ['msg', f.text()],
      ['service', 'pay'],
      ['trace_id', f.hex(32)],
      ['client_ip', f.address()],
      ['endpoint', f.path()],
      ['latency_ms', f.int(900)],
      ['tags', ['pay', 'card']],
      ['order', { id: f.int(1e6), total: f.int(1e5) }],
    ];
    for (let i = members.length - 1; i > 0; i--) {
      const j = f.int(i + 1);
      [members[i], members[j]] = [members[j], members[i]];
    }
    return Object.fromEntries(members);
  },
  'escaped-text': (f, d) => ({
    time: d.toISOString(),
    level: f.pick(['info', 'info', 'warn', 'error']),
    msg: f.pick([
      `order "${f.int(1e6)}" paid\nnext`,
      '收到支付请求',
      `path C:\\orders\\${f.int(1e6)}`,
      `Zahlung über ${f.int(1e4)} € bestätigt`,
    ]),
    endpoint: f.path(),
    acquirer: f.pick(['acq1', '银联', 'acq3']),
    latency_ms: f.int(900),
    client_ip: f.address(),
  }),
  // The data model as the collector's loggers print it, one record a line.
  'otel-records': (f, d) => ({
    Timestamp: `${d.getTime()}000000`,
    TraceId: f.hex(32),
    SpanId: f.hex(16),
    SeverityText: f.pick(['INFO', 'INFO', 'WARN', 'ERROR']),
    SeverityNumber: 9,
    Body: f.text(),
    Resource: { 'service.name': 'pay', 'host.name': 'n1', 'k8s.pod.name': 'pay-7d9f' },
    Attributes: { 'order.id': f.int(1e6), 'thread.name': `exec-${f.int(20)}` },
  }),
  // The collector's file exporter: batches in OTLP's JSON form.
  otlp: (f, d) => ({
    resourceLogs: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'pay' } },
            { key: 'host.name', value: { stringValue: 'n1' } },
          ],
        },
        scopeLogs: [
          {
            scope: { name: 'com.shop.pay.CardClient' },
            logRecords: Array.from({ length: 1 + f.int(4) }, () => ({
              timeUnixNano: `${d.getTime()}000000`,
              observedTimeUnixNano: `${d.getTime()}900000`,
              severityNumber: 9,
              severityText: f.pick(['INFO', 'WARN', 'ERROR']),
              body: { stringValue: f.text() },
              attributes: [
                { key: 'order.id', value: { intValue: String(f.int(1e6)) } },
                { key: 'thread.name', value: { stringValue: `exec-${f.int(20)}` } },
              ],
              traceId: f.hex(32),
              spanId: f.hex(16),
            })),
          },
        ],
      },
    ],
  }),
  'docker-access': (f, d) => docker(combined(f, d), d),
  'docker-text': (f, d) => docker(logback(f, d), d),
  'docker-json': (f, d) => docker(JSON.stringify(pinoRecord(f, d)), d),
  // journalctl -o json: every value is text.
  journald: (f, d) => ({
    __CURSOR: `s=${f.hex(32)};i=${f.hex(6)};b=${f.hex(32)};m=${f.hex(10)};t=${f.hex(13)};x=${f.hex(16)}`,
    __REALTIME_TIMESTAMP: `${d.getTime()}${100 + f.int(900)}`,
    __MONOTONIC_TIMESTAMP: String(f.int(1e12)),
    _BOOT_ID: '6d9a1f0c2b7e4f5f8a3a9d0e1c2b3a4d',
    PRIORITY: f.pick(['6', '6', '6', '4', '3']),
    SYSLOG_FACILITY: '3',
    SYSLOG_IDENTIFIER: f.pick(['sshd', 'nginx', 'pay']),
    _TRANSPORT: 'stdout',
    _PID: String(f.int(30_000)),
    _UID: '0',
    _GID: '0',
    _COMM: 'pay',
    _EXE: '/usr/bin/pay',
    _CMDLINE: '/usr/bin/pay --config /etc/pay.conf',
    _SYSTEMD_CGROUP: '/system.slice/pay.service',
    _SYSTEMD_UNIT: 'pay.service',
    _MACHINE_ID: '4f1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d',
    _HOSTNAME: 'pay1',
    MESSAGE: f.text(),
  }),
  // The columns of the table in the manual of Athena.
  'aws-alb': (f, d) => ({
    type: 'h2',
    time: d.toISOString().replace('Z', '641Z'),
    elb: 'app/shop/50dc6c495c0c9188',
    client_ip: f.address(),
    client_port: 1024 + f.int(60_000),
    target_ip: `10.0.0.${f.int(6)}`,
    target_port: 8080,
    request_processing_time: 0,
    target_processing_time: f.int(900) / 1000,
    response_processing_time: 0,
    elb_status_code: f.status(),
    target_status_code: '200',
    received_bytes: f.int(900),
    sent_bytes: f.int(40_000),
    request_verb: f.method(),
    request_url: `https://shop.test:443${uri(f.path(), f.query())}`,
    request_proto: 'HTTP/2.0',
    user_agent: f.pick(AGENTS),
    ssl_cipher: 'ECDHE-RSA-AES128-GCM-SHA256',
    ssl_protocol: 'TLSv1.2',
    trace_id: `Root=1-${f.hex(8)}-${f.hex(24)}`,
    domain_name: 'shop.test',
    actions_executed: 'forward',
  }),
  'gcp-lb': (f, d) => ({
    httpRequest: {
      requestMethod: f.method(),
      requestUrl: `https://shop.test${uri(f.path(), f.query())}`,
      requestSize: String(f.int(900)),
      status: f.status(),
      responseSize: String(f.int(40_000)),
      userAgent: f.pick(AGENTS),
      remoteIp: f.address(),
      serverIp: '10.0.0.4',
      latency: `${(f.int(9e5) / 1e6).toFixed(6)}s`,
    },
    insertId: f.hex(14),
    jsonPayload: {
      '@type': 'type.googleapis.com/google.cloud.loadbalancing.type.LoadBalancerLogEntry',
      backendTargetProjectNumber: 'projects/1',
      remoteIp: f.address(),
      statusDetails: 'response_sent_by_backend',
    },
    logName: 'projects/shop/logs/requests',
    receiveTimestamp: d.toISOString(),
    resource: {
      labels: {
        backend_service_name: 'pay',
        forwarding_rule_name: 'shop',
        project_id: 'shop',
        url_map_name: 'shop',
        zone: 'global',
      },
      type: 'http_load_balancer',
    },
    severity: 'INFO',
    spanId: f.hex(16),
    timestamp: d.toISOString().replace('Z', '123Z'),
    trace: `projects/shop/traces/${f.hex(32)}`,
  }),
  gcp: (f, d) => ({
    insertId: f.hex(14),
    jsonPayload: { message: f.text(), order: f.int(1e6) },
    resource: {
      type: 'k8s_container',
      labels: { pod_name: 'pay-7d9f', container_name: 'pay', namespace_name: 'shop' },
    },
    timestamp: d.toISOString().replace('Z', '123Z'),
    severity: f.pick(['INFO', 'WARNING', 'ERROR']),
    labels: { 'compute.googleapis.com/resource_name': 'gke-1' },
    logName: 'projects/shop/logs/stdout',
  }),
  cloudflare: (f, d) => ({
    ClientIP: f.address(),
    ClientRequestHost: 'shop.test',
    ClientRequestMethod: f.method(),
    ClientRequestURI: uri(f.path(), f.query()),
    EdgeEndTimestamp: seconds(d),
    EdgeResponseBytes: f.int(40_000),
    EdgeResponseStatus: f.status(),
    EdgeStartTimestamp: seconds(d),
    RayID: f.hex(16),
    OriginResponseStatus: 200,
    ClientRequestUserAgent: f.pick(AGENTS),
    ClientRequestReferer: `https://shop.test/c/${f.int(100)}`,
  }),
  serilog: (f, d) => ({
    '@t': d.toISOString().replace('Z', '1234Z'),
    '@mt': 'Order {OrderId} paid by {Client}',
    OrderId: f.int(1e6),
    Client: f.address(),
    SourceContext: 'Shop.Pay.Gateway',
    RequestId: f.hex(16),
  }),
  'zap-error': (f, d) => ({
    level: f.pick(['info', 'error']),
    ts: d.getTime() / 1000 + f.int(1000) / 1e7,
    logger: 'pay',
    caller: 'gateway/client.go:42',
    msg: f.text(),
    order: f.int(1e6),
    error: `gateway answered ${f.pick(['05', '51', '91'])} for order ${f.int(1e6)}`,
    stacktrace: 'main.charge\n\t/app/charge.go:9\nmain.main\n\t/app/main.go:31',
  }),
};

/** @param names of the shapes to make; all when absent. @returns paths of the files. */
export function makeShapes(folder, megabytes, seed = 42, names = Object.keys(SHAPES)) {
  mkdirSync(folder, { recursive: true });
  return names.map((name) => {
    let state = seed >>> 0;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const f = facts(random);
    const lines = megabytesOf(megabytes, f.int, (d) => JSON.stringify(SHAPES[name](f, d)));
    return writeLines(join(folder, `${name}.jsonl`), lines);
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder, megabytes = '100', seed = '42', ...names] = process.argv.slice(2);
  if (!folder) {
    console.error('usage: make-json-shapes.mjs FOLDER [MB] [SEED] [NAME…]');
    process.exit(2);
  }
  makeShapes(folder, Number(megabytes), Number(seed), names.length > 0 ? names : undefined);
}
