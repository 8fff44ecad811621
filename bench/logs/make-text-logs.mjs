// Seeded text logs of many formats: node bench/logs/make-text-logs.mjs FOLDER MEGABYTES [FORMAT...]
// Half a day of a payment site each: varied lines of the programs that write them, few failures, some stack traces.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { xorshift } from '../random.mjs';
import { writeLines } from './block-file.mjs';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const two = (n) => String(n).padStart(2, '0');
const START = Date.UTC(2026, 8, 12, 0, 0, 0);
const SPAN = 12 * 3_600_000;

let random = xorshift(1);
const below = (n) => Math.floor(random() * n);
const one = (list) => list[below(list.length)];
const hex = (n) => Array.from({ length: n }, () => '0123456789abcdef'[below(16)]).join('');
const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
const ip = () => `10.${below(40)}.${below(200)}.${1 + below(250)}`;
const web = () => `203.0.${below(114)}.${1 + below(250)}`;
const order = () => `PO2026${String(below(1e9)).padStart(9, '0')}`;
const cents = () => `${below(2000)}.${two(below(100))}`;

const iso = (d) => d.toISOString();
const clf = (d) => `${two(d.getUTCDate())}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()}:${iso(d).slice(11, 19)}`;
const bsd = (d) => `${MONTHS[d.getUTCMonth()]} ${String(d.getUTCDate()).padStart(2)} ${iso(d).slice(11, 19)}`;
const java = (d) => iso(d).slice(0, 23).replace('T', ' ').replace('.', ',');

const paths = ['/', '/api/pay', '/api/pay/v2/confirm', '/api/refund', '/notify/alipay', '/static/app.js', '/health'];
const path = () => (below(4) === 0 ? `/order/${below(100_000)}/items` : one(paths));
const query = () => (below(3) === 0 ? `?order=${order()}&n=${below(99)}` : '');
const method = () => (below(3) === 0 ? 'POST' : 'GET');
const status = () => (below(400) === 0 ? one([500, 502, 504]) : below(30) === 0 ? one([400, 404, 401]) : 200);
const agents = Array.from(
  { length: 60 },
  (_, i) =>
    `Mozilla/5.0 (Linux; Android 1${i % 5}; Pixel ${i}) AppleWebKit/537.36 Chrome/${100 + i}.0.0.0 Safari/537.36`,
);
const agent = () => (below(5) === 0 ? 'okhttp/4.12.0' : one(agents));
const psps = ['alipay', 'wechat', 'unionpay', 'stripe', 'adyen'];

const daemons = [
  () => `CRON[${below(60_000)}]: (root) CMD (/usr/local/bin/rotate-keys >/dev/null 2>&1)`,
  () => `systemd[1]: Started Session ${below(9000)} of user deploy.`,
  () => `systemd[1]: session-${below(9000)}.scope: Succeeded.`,
  () => `kernel: [${below(900_000)}.${below(1_000_000)}] eth0: renamed from veth${hex(7)}`,
  () => `dockerd[812]: time="2026-09-12T10:00:00Z" level=info msg="ignoring event" container=${hex(64)}`,
  () => `payd[2211]: payment ${order()} authorised by ${one(psps)} in ${below(900)} ms amount=${cents()} CNY`,
  () => `payd[2211]: payment ${order()} captured, trace ${uuid()}`,
  () => `payd[2211]: callback from ${web()} accepted for merchant M${below(400)}`,
  () => `payd[2211]: pool acquirer-${1 + below(3)}: ${below(40)} of 64 connections busy`,
  () => `chronyd[401]: Selected source ${ip()}`,
  () => `postfix/smtpd[${below(60_000)}]: connect from mail${below(9)}.example[${web()}]`,
  () => `postfix/qmgr[${below(60_000)}]: ${hex(10).toUpperCase()}: removed`,
  () => `rsyslogd: [origin software="rsyslogd" swVersion="8.2302.0"] rsyslogd was HUPed`,
];
const app = [
  () => `Payment ${order()} authorised by ${one(psps)} in ${below(900)} ms`,
  () => `Order ${order()} state PENDING -> PAID`,
  () => `Calling https://api.${one(psps)}.example/v1/pay/${order()} attempt ${1 + below(3)}`,
  () => `Response 200 from ${one(psps)} body length ${below(9000)}`,
  () => `Settlement batch ${below(900)} closed with ${below(90_000)} rows, total ${cents()}`,
  () => `Cache hit for merchant M${below(400)} key ${uuid()}`,
  () => `Notification for ${order()} queued, ${below(40)} waiting`,
  () => `Idempotency key ${uuid()} is new`,
  () => `Rate for CNY/USD refreshed: 0.${below(10_000)}`,
];
const warnings = [
  () => `Slow answer from ${one(psps)}: ${1000 + below(9000)} ms`,
  () => `Retrying ${order()} after ${below(9)} s`,
];
const classes = [
  'com.shop.pay.PaymentService',
  'com.shop.pay.OrderStore',
  'c.s.p.GatewayClient',
  'com.shop.risk.RiskEngine',
];
const trace = () =>
  `java.lang.IllegalStateException: order ${order()} is locked\n${Array.from(
    { length: 12 + below(20) },
    (_, i) => `\tat com.shop.pay.Step${i}.run(Step${i}.java:${10 + below(300)})`,
  ).join(
    '\n',
  )}\nCaused by: java.lang.RuntimeException: lock ${below(900)} held\n\tat com.shop.pay.Lock.take(Lock.java:${below(99)})\n\t... 21 more`;
const leveled = () =>
  below(60) === 0
    ? ['ERROR', trace]
    : below(25) === 0
      ? ['WARN', one(warnings)]
      : [one(['INFO', 'INFO', 'INFO', 'DEBUG']), one(app)];
const haproxyHttp = (d) =>
  `${web()}:${1024 + below(60_000)} [${clf(d)}.${String(d.getUTCMilliseconds()).padStart(3, '0')}] fe_https~ be_pay/app${1 + below(4)} ${below(3)}/0/${below(4)}/${below(900)}/${below(1200)} ${status()} ${below(20_000)} - - ---- ${below(900)}/${below(800)}/${below(40)}/${below(12)}/0 0/0`;
const request = () => `${method()} ${path()}${query()} HTTP/1.1`;
const alb = (d) =>
  `https ${iso(d).slice(0, 23)}${below(1000)}Z app/pay-lb/50dc6c495c0c9188 ${web()}:${below(60_000)} ${ip()}:8443 0.00${below(9)} 0.${below(900)} 0.000 ${status()} ${status()} ${below(2000)} ${below(20_000)} "${method()} https://pay.example:443${path()}${query()} HTTP/2.0" "${agent()}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.3 arn:aws:elasticloadbalancing:ap-east-1:123456789012:targetgroup/pay/73e2d6bc24d8a067 "Root=1-${hex(8)}-${hex(24)}" "pay.example" "arn:aws:acm:ap-east-1:123456789012:certificate/${hex(8)}" 0 ${iso(d).slice(0, 23)}000Z "forward" "-" "-" "${ip()}:8443" "200" "-" "-"`;

/** Name to the lines that begin the file, and what writes one record. */
const FORMATS = {
  'haproxy-http': { line: (d) => `${haproxyHttp(d)} "${request()}"` },
  'haproxy-syslog': { line: (d) => `${bsd(d)} lb1 haproxy[1423]: ${haproxyHttp(d)} "${request()}"` },
  'haproxy-captures': {
    line: (d) =>
      `${bsd(d)} lb1 haproxy[1423]: ${haproxyHttp(d)} {pay.example|${agent()}|https://shop.example/cart} {} "${request()}"`,
  },
  'haproxy-tcp': {
    line: (d) =>
      `${bsd(d)} lb1 haproxy[1423]: ${web()}:${1024 + below(60_000)} [${clf(d)}.${String(d.getUTCMilliseconds()).padStart(3, '0')}] fe_tls be_sni/node${1 + below(4)} ${below(3)}/${below(9)}/${below(90_000)} ${below(90_000)} ${below(50) === 0 ? 'cD' : '--'} ${below(900)}/${below(800)}/${below(40)}/${below(12)}/0 0/0`,
  },
  'syslog-3164': { line: (d) => `${bsd(d)} node-${1 + below(3)} ${one(daemons)()}` },
  'syslog-3164-priority': { line: (d) => `<${8 * below(20) + 4 + below(4)}>${bsd(d)} node-1 ${one(daemons)()}` },
  'syslog-5424': {
    line: (d) =>
      `<${8 * 20 + 4 + below(4)}>1 ${iso(d)} node-${1 + below(3)} payd 2211 ID${below(60)} ${below(3) === 0 ? `[meta@32473 order="${order()}" psp="${one(psps)}"]` : '-'} ${one(app)()}`,
  },
  auth: {
    line: (d) =>
      `${bsd(d)} bastion ${one([
        () =>
          `sshd[${below(60_000)}]: Failed password for ${below(2) ? 'invalid user ' : ''}${one(['root', 'admin', 'oracle', 'deploy'])} from ${web()} port ${below(60_000)} ssh2`,
        () =>
          `sshd[${below(60_000)}]: Accepted publickey for deploy from ${ip()} port ${below(60_000)} ssh2: ED25519 SHA256:${hex(43)}`,
        () => `sshd[${below(60_000)}]: pam_unix(sshd:session): session opened for user deploy(uid=1001) by (uid=0)`,
        () => `sshd[${below(60_000)}]: pam_unix(sshd:session): session closed for user deploy`,
        () => `sshd[${below(60_000)}]: Received disconnect from ${web()} port ${below(60_000)}:11: Bye Bye [preauth]`,
        () => `sshd[${below(60_000)}]: Disconnected from ${web()} port ${below(60_000)}`,
        () => `CRON[${below(60_000)}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)`,
        () => `sudo:   deploy : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/systemctl status payd`,
        () => `systemd-logind[512]: New session ${below(9000)} of user deploy.`,
      ])()}`,
  },
  journald: { line: (d) => `${bsd(d)} pay-${1 + below(3)} ${one(daemons)()}` },
  'nginx-error': {
    line: (d) =>
      `${iso(d).slice(0, 19).replaceAll('-', '/').replace('T', ' ')} [${one(['error', 'warn', 'info', 'notice'])}] ${1000 + below(8)}#0: *${below(9e6)} ${one(
        [
          () =>
            `open() "/usr/share/nginx/html${path()}" failed (2: No such file or directory), client: ${web()}, server: pay.example, request: "${request()}", host: "pay.example"`,
          () =>
            `a client request body is buffered to a temporary file /var/cache/nginx/client_temp/${String(below(1e9)).padStart(10, '0')}, client: ${web()}, server: pay.example, request: "${request()}", host: "pay.example"`,
          () => `client ${web()} closed keepalive connection`,
          () =>
            `an upstream response is buffered to a temporary file /var/cache/nginx/proxy_temp/${below(9)}/${two(below(99))}/${String(below(1e9)).padStart(10, '0')} while reading upstream, client: ${web()}, server: pay.example, request: "${request()}", upstream: "http://${ip()}:8080${path()}", host: "pay.example"`,
          () =>
            `access forbidden by rule, client: ${web()}, server: pay.example, request: "${request()}", host: "pay.example"`,
        ],
      )()}`,
  },
  'httpd-error': {
    line: (d) =>
      `[${DAYS[d.getUTCDay()]} ${MONTHS[d.getUTCMonth()]} ${two(d.getUTCDate())} ${iso(d).slice(11, 23)}000 2026] [${one(['core:error', 'proxy:error', 'authz_core:error', 'ssl:info', 'mpm_event:notice'])}] [pid ${below(9000)}:tid 1401${below(1e9)}] [client ${web()}:${below(60_000)}] ${one(
        [
          () => `AH00037: Symbolic link not allowed or link target not accessible: /var/www${path()}`,
          () => `AH01630: client denied by server configuration: /var/www${path()}`,
          () => `AH00128: File does not exist: /var/www${path()}`,
          () => `AH01964: Connection to child ${below(200)} established (server pay.example:443)`,
        ],
      )()}`,
  },
  logback: {
    line: (d) => {
      const [level, text] = leveled();
      return `${java(d)} [http-nio-8080-exec-${1 + below(40)}] ${level.padEnd(5)} ${one(classes)} - ${text()}`;
    },
  },
  log4j: {
    line: (d) => {
      const [level, text] = leveled();
      return `${java(d)} ${level.padEnd(5)} [pool-3-thread-${1 + below(16)}] ${one(classes)} (${one(['A', 'B'])}.java:${below(300)}) - ${text()}`;
    },
  },
  'spring-boot': {
    line: (d) => {
      const [level, text] = leveled();
      return `${iso(d)}  ${level.padEnd(5)} 1 --- [pay] [nio-8080-exec-${1 + below(9)}] ${one(classes).padEnd(40)} : ${text()}`;
    },
  },
  jul: {
    line: (d) =>
      `${MONTHS[d.getUTCMonth()]} ${two(d.getUTCDate())}, ${d.getUTCFullYear()} ${((d.getUTCHours() + 11) % 12) + 1}:${iso(d).slice(14, 19)} ${d.getUTCHours() < 12 ? 'AM' : 'PM'} ${one(classes)} process\n${one(['INFO', 'INFO', 'WARNING'])}: ${one(app)()}`,
  },
  go: {
    line: (d) =>
      `${iso(d).slice(0, 19).replaceAll('-', '/').replace('T', ' ')} ${below(20) === 0 ? 'ERROR: ' : ''}${one(app)()}`,
  },
  klog: {
    line: (d) =>
      `${one(['I', 'I', 'I', 'W', 'E'])}${two(d.getUTCMonth() + 1)}${two(d.getUTCDate())} ${iso(d).slice(11, 23)}000       1 controller.go:${below(900)}] ${one(app)()}`,
  },
  python: { line: (d) => `${java(d)} - shop.pay - ${leveled()[0] === 'WARN' ? 'WARNING' : 'INFO'} - ${one(app)()}` },
  node: {
    line: (d) => `[${iso(d)}] ${below(20) === 0 ? 'WARN' : 'INFO'} (pay/${below(9000)} on node-1): ${one(app)()}`,
  },
  logfmt: {
    line: (d) =>
      `time=${iso(d)} level=${below(25) === 0 ? 'warn' : 'info'} msg="${one(app)()}" component=gateway order=${order()} duration_ms=${below(900)} psp=${one(psps)} trace=${hex(16)}`,
  },
  'logfmt-operations': {
    line: (d) =>
      `ts=${iso(d)} level=info msg="payment done" endpoint=/v1/pay acquirer=${one(psps)} result_code=${below(60) === 0 ? '91' : '00'} latency_ms=${below(900)} client_ip=${web()} order=${order()}`,
  },
  csv: {
    head: ['time,order,merchant,psp,amount,currency,response_code,elapsed_ms,description'],
    line: (d) =>
      `${iso(d).slice(0, 19).replace('T', ' ')},${order()},M${below(400)},${one(psps)},${cents()},CNY,${below(60) === 0 ? '91' : below(12) === 0 ? '51' : '00'},${below(900)},"${one(['Card, debit', 'Wallet, ""red"" envelope', 'Transfer'])} ${below(900)}"`,
  },
  iis: {
    head: [
      '#Software: Microsoft Internet Information Services 10.0',
      '#Version: 1.0',
      '#Date: 2026-09-12 00:00:00',
      '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken',
    ],
    line: (d) =>
      `${iso(d).slice(0, 19).replace('T', ' ')} ${ip()} ${method()} ${path()} ${query().slice(1) || '-'} 443 - ${web()} ${agent().replaceAll(' ', '+')} - ${status()} 0 0 ${below(900)}`,
  },
  cloudfront: {
    head: [
      '#Version: 1.0',
      '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end',
    ],
    line: (d) =>
      [
        iso(d).slice(0, 10),
        iso(d).slice(11, 19),
        'HKG60-C1',
        below(20_000),
        web(),
        method(),
        'd111111abcdef8.cloudfront.net',
        path(),
        status(),
        '-',
        agent().replaceAll(' ', '%20'),
        query().slice(1) || '-',
        '-',
        one(['Hit', 'Miss', 'Error']),
        `${hex(48)}==`,
        'pay.example',
        'https',
        below(900),
        `0.${below(900)}`,
        '-',
        'TLSv1.3',
        'TLS_AES_128_GCM_SHA256',
        'Hit',
        'HTTP/2.0',
        '-',
        '-',
        below(60_000),
        `0.${below(900)}`,
        'Hit',
        'text/html',
        below(20_000),
        '-',
        '-',
      ].join('\t'),
  },
  alb: { line: alb },
  'nginx-timed': {
    line: (d) =>
      `${web()} - - [${clf(d)} +0000] "${request()}" ${status()} ${below(20_000)} "https://shop.example/cart" "${agent()}" rt=0.${below(900)} uct=0.00${below(9)} uht=0.${below(900)} urt=0.${below(900)} ua="${ip()}:8080" us="200"`,
  },
};

export const FORMAT_NAMES = Object.keys(FORMATS);

/** Writes the log of one format. @returns its path. */
export function makeTextLog(folder, name, megabytes) {
  random = xorshift(FORMAT_NAMES.indexOf(name) + 7);
  const { head = [], line } = FORMATS[name];
  const sample = Array.from({ length: 400 }, () => line(new Date(START))).join('\n').length / 400;
  const records = Math.ceil((megabytes * 1e6) / sample);
  function* lines() {
    for (const text of head) yield `${text}\n`;
    for (let i = 0; i < records; i++) yield `${line(new Date(START + Math.floor((i / records) * SPAN)))}\n`;
  }
  return writeLines(join(folder, `${name}.log`), lines());
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder, megabytes, ...names] = process.argv.slice(2);
  mkdirSync(folder, { recursive: true });
  for (const name of names.length > 0 ? names : FORMAT_NAMES) console.log(makeTextLog(folder, name, Number(megabytes)));
}
