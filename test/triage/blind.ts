/**
 * Bundles of shops whose software the other bundles do not use: Caddy, Traefik, Envoy, IIS, Tomcat, .NET, PHP-FPM, Go,
 * Kubernetes, journald, AWS load balancers, Chinese gateways. The answers were written down before anything was run.
 */
import { writeCapture } from '../../src/drill/capture.ts';
import { issue } from '../../src/drill/certificates.ts';
import { recordHandshake } from '../../src/drill/handshake.ts';
import { type Files, iso } from './bundle.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
export const ONSET = Date.UTC(2026, 6, 14, 9, 47);
const START = ONSET - 40 * MINUTE;
const END = ONSET + 35 * MINUTE;

export interface Blind {
  name: string;
  /** Every one of these has to be claimed, the first of the report among them; empty: nothing may be claimed. */
  causes: string[];
  /** Claims that are right as well. */
  also?: string[];
  /** Evidence that does not allow a claim, though something is wrong; what may lead the candidates then. */
  undecidable?: boolean;
  candidates?: string[];
  /** ms UTC, where not ONSET. */
  onset?: number;
  files(): Files | Promise<Files>;
}

/** One line every `seconds` of `from`..`to`, not quite evenly. */
const every = (from: number, to: number, seconds: number, make: (t: number, i: number) => string): string => {
  const out: string[] = [];
  for (let t = from, i = 0; t < to; t += seconds * 1000, i++) out.push(make(t + ((i * 617) % 1900), i));
  return `${out.join('\n')}\n`;
};
const base = (): Files => ({ 'meta/now': `${iso(END)}\n` });
const visitor = (i: number): string => `100.${70 + (i % 40)}.${(i * 7) % 250}.${(i * 13) % 250}`;

/** A payment table; `bad` says what became of a row that did not go well. */
function payments(bad: (t: number, i: number) => { status: string; code?: string } | undefined, seconds = 11): string {
  const rows = ['created;reference;mid;acquirer;card_bin;card_last4;value;ccy;result_code;state'];
  let i = 0;
  for (let t = START; t < END; t += seconds * 1000) {
    i++;
    const wrong = bad(t, i) ?? (i % 15 === 0 ? { status: 'refused', code: '51' } : undefined);
    rows.push(
      [
        iso(t + ((i * 331) % 4000)),
        `R-${910_000 + i}`,
        `shop-${1 + (i % 3)}`,
        ['north', 'south'][i % 2],
        ['401200', '512345', '356600'][i % 3],
        String(1000 + ((i * 71) % 9000)),
        (4 + ((i * 29) % 900) / 7).toFixed(2),
        'EUR',
        wrong ? (wrong.code ?? '') : '00',
        wrong?.status ?? 'authorized',
      ].join(';'),
    );
  }
  return `${rows.join('\n')}\n`;
}
const failing =
  (share = 1) =>
  (t: number, i: number) =>
    t >= ONSET && i % 10 < share * 10 ? { status: 'error' } : undefined;

const caddy = (t: number, i: number, status: number, over: { [key: string]: unknown } = {}): string =>
  JSON.stringify({
    level: status >= 500 ? 'error' : 'info',
    ts: t / 1000,
    logger: 'http.log.access.log0',
    msg: 'handled request',
    request: {
      remote_ip: visitor(i),
      remote_port: String(30_000 + (i % 20_000)),
      proto: 'HTTP/2.0',
      method: i % 3 ? 'GET' : 'POST',
      host: 'www.brackenwear.example',
      uri: i % 3 ? `/p/${i % 70}` : '/checkout/pay',
      headers: { 'User-Agent': ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)'] },
    },
    bytes_read: 0,
    duration: 0.021 + (i % 40) / 1000,
    size: 2200 + (i % 900),
    status,
    ...over,
  });
const iis = (
  t: number,
  method: string,
  path: string,
  client: string,
  status: number,
  ms = 40,
  agent = 'Mozilla/5.0+(Windows+NT+10.0)',
): string =>
  `${iso(t).slice(0, 10)} ${iso(t).slice(11, 19)} 10.8.0.20 ${method} ${path} - 443 - ${client} ${agent} - ${status} 0 0 ${ms}`;
const IIS_HEAD = `#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: ${iso(START).slice(0, 19).replace('T', ' ')}\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n`;
const journal = (t: number, unit: string, message: string, priority = 6): string =>
  JSON.stringify({
    __CURSOR: `s=9f;i=${t % 99_991}`,
    __REALTIME_TIMESTAMP: String(t * 1000),
    _HOSTNAME: 'till-03',
    _SYSTEMD_UNIT: `${unit}.service`,
    SYSLOG_IDENTIFIER: unit,
    PRIORITY: String(priority),
    _PID: '812',
    MESSAGE: message,
  });
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const catalina = (t: number, level: string, text: string): string => {
  const d = new Date(t);
  return `${String(d.getUTCDate()).padStart(2, '0')}-${MONTHS[d.getUTCMonth()]}-${d.getUTCFullYear()} ${iso(t).slice(11, 23)} ${level} [http-nio-8443-exec-${t % 19}] ${text}`;
};
const slog = (t: number, level: string, msg: string, more: { [key: string]: unknown } = {}): string =>
  JSON.stringify({ time: iso(t).replace('Z', '482Z'), level, msg, service: 'acquiring', ...more });
const alb = (
  t: number,
  i: number,
  status: number,
  target: number | '-',
  seconds: number,
  request = 'POST https://pay.lindengut.example:443/api/v1/charge HTTP/1.1',
): string =>
  `https ${iso(t).replace('Z', '482Z')} app/pay-prod/50dc6c495c0c9188 ${visitor(i)}:${20_000 + (i % 30_000)} ${target === '-' && seconds < 0 ? '-' : '10.31.4.15:8080'} 0.000 ${seconds < 0 ? '-1' : seconds.toFixed(3)} ${seconds < 0 || seconds >= 60 ? '-1' : '0.000'} ${status} ${target} 812 391 "${request}" "okhttp/4.12.0" TLS_AES_128_GCM_SHA256 TLSv1.3 arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/pay/73e2d6bc24d8a067 "Root=1-6694f1aa-${String(i).padStart(24, '0')}" "pay.lindengut.example" "arn:aws:acm:eu-central-1:123456789012:certificate/12345678" 0 ${iso(t)} "forward" "-" "-" "10.31.4.15:8080" "${target}" "-" "-"`;
const serverCertificate = (name: string, from: number, to: number) => {
  const root = issue({
    subject: { O: 'Larch Trust', CN: 'Larch Root 2' },
    notBefore: START - 900 * DAY,
    notAfter: END + 900 * DAY,
    ca: true,
  });
  return {
    root,
    leaf: issue({ subject: { CN: name }, issuer: root, notBefore: from, notAfter: to, names: [name], usage: 'server' }),
  };
};

export const BLIND: Blind[] = [
  {
    name: 'Caddy: the application behind it does not listen after a release',
    causes: ['connection-refused'],
    also: ['upstream-unavailable'],
    files: () => ({
      ...base(),
      'caddy/access.json': every(START, END, 4, (t, i) => caddy(t, i, t >= ONSET && i % 3 === 0 ? 502 : 200)),
      'caddy/default.json': every(ONSET, END, 7, (t, i) =>
        JSON.stringify({
          level: 'error',
          ts: t / 1000,
          logger: 'http.log.error',
          msg: 'dial tcp 10.20.1.7:8080: connect: connection refused',
          request: { remote_ip: visitor(i), method: 'POST', host: 'www.brackenwear.example', uri: '/checkout/pay' },
          duration: 0.0004,
          status: 502,
          err_id: `k${i}x`,
          err_trace: 'reverseproxy.statusError (reverseproxy.go:1269)',
        }),
      ),
      'ops/releases.md': `# Releases\n\n- ${iso(ONSET - 90_000)} checkout 3.18.0 rolled out\n- ${iso(ONSET - 2 * DAY)} search 1.2.2 rolled out\n`,
    }),
  },
  {
    name: 'Traefik: certificate of the provider ran out',
    // Words alone: which certificate of the chain ran out is not said.
    causes: [],
    undecidable: true,
    candidates: ['server-cert-expired', 'intermediate-expired'],
    files: () => ({
      ...base(),
      'data/pay.csv': payments(failing()),
      'traefik/traefik.log': every(
        ONSET,
        END,
        9,
        (t) =>
          `time="${iso(t).slice(0, 19)}Z" level=debug msg="'502 Bad Gateway' caused by: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time ${iso(t).slice(0, 19)}Z is after ${iso(ONSET).slice(0, 19)}Z"`,
      ),
      'traefik/access.json': every(START, END, 6, (t, i) =>
        JSON.stringify({
          ClientAddr: `${visitor(i)}:5123`,
          ClientHost: visitor(i),
          DownstreamStatus: t >= ONSET ? 502 : 200,
          Duration: 21_000_000 + i,
          OriginStatus: t >= ONSET ? 0 : 200,
          RequestHost: 'relay.brackenwear.example',
          RequestMethod: 'POST',
          RequestPath: '/v2/authorize',
          RequestProtocol: 'HTTP/1.1',
          RouterName: 'acquirer@file',
          ServiceURL: 'https://auth.northacq.example:443',
          level: 'info',
          msg: '',
          time: iso(t),
        }),
      ),
    }),
  },
  {
    name: 'Envoy: verification failed, and nothing says why',
    causes: [],
    undecidable: true,
    files: () => ({
      ...base(),
      'envoy/access.log': every(START, END, 5, (t, i) =>
        t >= ONSET
          ? `[${iso(t)}] "POST /v2/authorize HTTP/1.1" 503 UF,URX upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end} - "TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end" 312 217 54 - "${visitor(i)}" "okhttp/4.12.0" "c0ffee${i}" "auth.northacq.example" "198.51.100.61:443" outbound|443||auth.northacq.example - - - - -`
          : `[${iso(t)}] "POST /v2/authorize HTTP/1.1" 200 - via_upstream - "-" 312 1217 54 51 "${visitor(i)}" "okhttp/4.12.0" "c0ffee${i}" "auth.northacq.example" "198.51.100.61:443" outbound|443||auth.northacq.example - - - - -`,
      ),
    }),
  },
  {
    name: 'IIS: lists of stolen passwords are tried',
    causes: ['credential-stuffing'],
    files: () => ({
      ...base(),
      'iis/u_ex260714.log':
        IIS_HEAD +
        every(START, ONSET, 6, (t, i) =>
          iis(
            t,
            i % 9 ? 'GET' : 'POST',
            i % 9 ? `/shop/item/${i % 80}` : '/account/login',
            visitor(i),
            i % 9 ? 200 : 302,
          ),
        ) +
        every(ONSET, END, 0.8, (t, i) =>
          i % 8 === 0
            ? iis(t, 'GET', `/shop/item/${i % 80}`, visitor(i), 200)
            : iis(
                t,
                'POST',
                '/account/login',
                `45.${140 + (i % 60)}.${(i * 11) % 250}.${(i * 3) % 250}`,
                401,
                35,
                'python-requests/2.32',
              ),
        ),
      'app/identity.log': every(
        ONSET,
        END,
        1.3,
        (t, i) =>
          `${iso(t).slice(0, 23).replace('T', ' ')} [WRN] Login failed for user "m${(i * 7919) % 99_991}@mail.example" from 45.${140 + (i % 60)}.${(i * 11) % 250}.${(i * 3) % 250}: invalid password`,
      ),
    }),
  },
  {
    name: 'journald: the disk is full',
    causes: ['disk-full'],
    files: () => ({
      ...base(),
      'data/pay.csv': payments(failing()),
      'till-03.journal.json': [
        ...every(START, ONSET, 12, (t, i) => journal(t, 'acquiring', `charge R-${i} ok 00 in ${20 + (i % 40)}ms`))
          .trim()
          .split('\n'),
        ...every(ONSET, END, 8, (t, i) =>
          i % 3
            ? journal(
                t,
                'postgres',
                'PANIC:  could not write to file "pg_wal/xlogtemp.812": No space left on device',
                2,
              )
            : journal(
                t,
                'acquiring',
                `charge R-${i} failed: could not persist attempt: write /var/lib/acq/queue: no space left on device`,
                3,
              ),
        )
          .trim()
          .split('\n'),
        '',
      ].join('\n'),
    }),
  },
  {
    name: 'Tomcat: no descriptor is left',
    causes: ['descriptor-exhausted'],
    files: () => ({
      ...base(),
      'data/pay.csv': payments(failing(0.8)),
      'tomcat/catalina.out': `${every(START, ONSET, 30, (t) => catalina(t, 'INFO', 'eu.lindengut.pay.Charge.run charge ok'))}${every(
        ONSET,
        END,
        6,
        (t, i) =>
          i % 2
            ? catalina(
                t,
                'SEVERE',
                'org.apache.tomcat.util.net.Acceptor.run Socket accept failed\n\tjava.io.IOException: Too many open files\n\t\tat java.base/sun.nio.ch.Net.accept(Native Method)',
              )
            : catalina(
                t,
                'SEVERE',
                'eu.lindengut.pay.Charge.run charge failed\n\tjava.net.SocketException: Too many open files\n\t\tat java.base/sun.nio.ch.Net.socket0(Native Method)',
              ),
      )}`,
    }),
  },
  {
    name: '.NET: the name of the gateway is not resolved',
    causes: ['dns-stale'],
    files: () => ({
      ...base(),
      'data/pay.csv': payments(failing()),
      'svc/console.log': `${every(START, ONSET, 15, (t, i) => `${iso(t)} info: Lindengut.Payments.ChargeHandler[12]\n      Charge R-${i} authorised in ${30 + (i % 50)} ms`)}${every(ONSET, END, 9, (t, i) => `${iso(t)} fail: Lindengut.Payments.ChargeHandler[13]\n      Charge R-${i} failed\n      System.Net.Http.HttpRequestException: Name or service not known (api.southpay.example:443)\n       ---> System.Net.Sockets.SocketException (0xFFFDFFFF, 0xFFFFFFFE): Name or service not known\n         at System.Net.Sockets.Socket.AwaitableSocketAsyncEventArgs.ThrowException(SocketError error, CancellationToken cancellationToken)`)}`,
    }),
  },
  {
    name: 'PHP-FPM: all workers are busy',
    causes: ['pool-exhausted'],
    files: () => {
      const stamp = (t: number): string =>
        `${String(new Date(t).getUTCDate()).padStart(2, '0')}-${MONTHS[new Date(t).getUTCMonth()]}-2026 ${iso(t).slice(11, 19)}`;
      const slash = (t: number): string => iso(t).slice(0, 19).replaceAll('-', '/').replace('T', ' ');
      return {
        ...base(),
        'data/pay.csv': payments(failing(0.7)),
        'fpm/error.log': `${every(START, ONSET, 600, (t) => `[${stamp(t)}] NOTICE: [pool www] child 4113 exited with code 0 after 1820.331 seconds from start`)}${every(ONSET, END, 20, (t) => `[${stamp(t)}] WARNING: [pool www] server reached pm.max_children setting (50), consider raising it`)}`,
        'nginx/error.log': every(
          ONSET + 20_000,
          END,
          5,
          (t, i) =>
            `${slash(t)} [error] 88#88: *${9000 + i} connect() to unix:/run/php/php8.2-fpm.sock failed (11: Resource temporarily unavailable) while connecting to upstream, client: ${visitor(i)}, server: www.brackenwear.example, request: "POST /checkout/pay HTTP/2.0", upstream: "fastcgi://unix:/run/php/php8.2-fpm.sock:", host: "www.brackenwear.example"`,
        ),
      };
    },
  },
  {
    name: 'Go: the clock of one host is hours behind',
    causes: ['clock-skew'],
    files: () => ({
      ...base(),
      'host/chrony.txt':
        'Reference ID    : 00000000 ()\nStratum         : 0\nRef time (UTC)  : Thu Jan 01 00:00:00 1970\nSystem time     : 18412.002341747 seconds slow of NTP time\nLast offset     : +0.000000000 seconds\nRMS offset      : 0.000000000 seconds\nFrequency       : 0.000 ppm slow\nLeap status     : Not synchronised\n',
      'svc/acq.json': every(START, END, 8, (t, i) =>
        t >= ONSET
          ? slog(t - 18_412_000, 'ERROR', 'charge failed', {
              err: `Post "https://auth.northacq.example/v2/authorize": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time ${iso(t - 18_412_000).slice(0, 19)}Z is before ${iso(ONSET - 3_600_000).slice(0, 19)}Z`,
              ref: `R-${i}`,
            })
          : slog(t - 18_412_000, 'INFO', 'charge ok', { ref: `R-${i}`, ms: 31 + (i % 20) }),
      ),
    }),
  },
  {
    name: 'Kubernetes: the payment pods die and come back',
    causes: ['upstream-unavailable'],
    files: () => ({
      ...base(),
      'data/pay.csv': payments(failing(0.9)),
      'k8s/events.txt': `LAST SEEN   TYPE      REASON      OBJECT                          MESSAGE\n${every(ONSET, END, 45, (t, i) => `${iso(t).slice(0, 19)}Z   Warning   ${i % 2 ? 'BackOff     pod/pay-api-7d9c5b-x2x' : 'Unhealthy   pod/pay-api-7d9c5b-k8p'}   ${i % 2 ? 'Back-off restarting failed container api in pod pay-api-7d9c5b-x2x' : 'Readiness probe failed: Get "http://10.4.2.9:8080/ready": dial tcp 10.4.2.9:8080: connect: connection refused'}`)}`,
      'ingress/controller.log': every(
        ONSET,
        END,
        6,
        (t, i) =>
          `${iso(t).slice(0, 19).replaceAll('-', '/').replace('T', ' ')} [error] 33#33: *${1000 + i} no live upstreams while connecting to upstream, client: ${visitor(i)}, server: pay.lindengut.example, request: "POST /api/v1/charge HTTP/2.0", upstream: "http://upstream_balancer/api/v1/charge", host: "pay.lindengut.example"`,
      ),
    }),
  },
  {
    name: 'AWS: the health check asks for a path that is gone',
    causes: ['health-check-wrong'],
    also: ['upstream-unavailable'],
    files: () => ({
      ...base(),
      'alb/a.log': every(START, END, 4, (t, i) => (t >= ONSET ? alb(t, i, 503, '-', -1) : alb(t, i, 200, 200, 0.041))),
      'alb/targets.json': JSON.stringify(
        {
          TargetHealthDescriptions: [1, 2, 3].map((n) => ({
            Target: { Id: `i-0${n}`, Port: 8080 },
            HealthCheckPort: '8080',
            TargetHealth: {
              State: 'unhealthy',
              Reason: 'Target.ResponseCodeMismatch',
              Description: 'Health checks failed with these codes: [404]',
            },
          })),
        },
        null,
        2,
      ),
      'svc/pay.json': every(START, END, 10, (t, i) =>
        i % 2
          ? slog(t, 'WARN', 'request', {
              method: 'GET',
              path: '/health',
              status: t >= ONSET ? 404 : 200,
              agent: 'ELB-HealthChecker/2.0',
            })
          : slog(t, 'INFO', 'ready', { workers: 8 }),
      ),
      'ops/changes.txt': `${iso(ONSET - 2 * MINUTE)}  pay-api 5.0.0: health endpoint moved from /health to /healthz\n`,
    }),
  },
  {
    name: 'AWS: the application answers after the time-out of the balancer',
    causes: ['upstream-slow'],
    files: () => ({
      ...base(),
      'alb/a.log': every(START, END, 3, (t, i) =>
        t >= ONSET && i % 4
          ? i % 2
            ? alb(t, i, 504, '-', 60.001)
            : alb(t, i, 200, 200, 48.3)
          : alb(t, i, 200, 200, 0.05 + (i % 9) / 100),
      ),
    }),
  },
  {
    name: 'WeChat Pay: the serial number of our certificate is the old one',
    causes: ['cert-serial-wrong'],
    files: () => ({
      ...base(),
      '日志/支付服务.log': every(START, END, 7, (t, i) =>
        t >= ONSET
          ? `${iso(t + 8 * 3_600_000)
              .slice(0, 23)
              .replace(
                'T',
                ' ',
              )}+08:00 ERROR 下单失败 订单=WX${7000 + i} HTTP 401 {"code":"SIGN_ERROR","message":"商户证书序列号有误。请使用签名私钥匹配的证书序列号"}`
          : `${iso(t + 8 * 3_600_000)
              .slice(0, 23)
              .replace('T', ' ')}+08:00 INFO 下单成功 订单=WX${7000 + i} HTTP 200 prepay_id=wx${i}`,
      ),
      '运维/变更.txt': `# 变更记录\n${iso(ONSET - MINUTE)}  更换商户API证书\n`,
    }),
  },
  {
    name: 'Alipay: our private key and the registered public key do not match',
    causes: ['request-signature-wrong'],
    files: () => ({
      ...base(),
      'logs/alipay-sdk.log': every(START, END, 7, (t, i) =>
        t >= ONSET
          ? `${iso(t)} ERROR [alipay] trade=${88_000 + i} response={"alipay_trade_pay_response":{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-signature","sub_msg":"验签出错, 建议检查签名字符串或签名私钥与应用公钥是否匹配"}}`
          : `${iso(t)} INFO [alipay] trade=${88_000 + i} response={"alipay_trade_pay_response":{"code":"10000","msg":"Success","trade_no":"20260714${i}"}}`,
      ),
      'ops/changes.txt': `${iso(ONSET - 3 * MINUTE)}  alipay: application key pair exchanged\n`,
    }),
  },
  {
    name: 'UnionPay: one bank answers that it is out of order',
    causes: ['issuer-decline-storm'],
    files: () => {
      const rows = ['交易时间,订单号,商户号,发卡行,卡BIN,金额,币种,应答码,状态'];
      for (let t = START, i = 0; t < END; t += 6000, i++) {
        const bank = ['工商银行', '招商银行', '建设银行', '农业银行'][i % 4]!;
        const bad = t >= ONSET && i % 4 === 1;
        rows.push(
          [
            iso(t),
            `UP${50_000 + i}`,
            '898310',
            bank,
            ['622202', '622588', '621700', '622848'][i % 4],
            (10 + (i % 300)).toFixed(2),
            'CNY',
            bad ? '91' : i % 23 === 0 ? '51' : '00',
            bad || i % 23 === 0 ? '失败' : '成功',
          ].join(),
        );
      }
      return { ...base(), '数据/流水.csv': `${rows.join('\n')}\n` };
    },
  },
  {
    name: 'small sums from one network, card after card',
    causes: ['card-testing'],
    also: ['card-enumeration'],
    files: () => {
      const rows: string[] = [];
      for (let t = START, i = 0; t < END; t += 15_000, i++)
        rows.push(
          JSON.stringify({
            created: iso(t),
            order: `A${i}`,
            amount: 20 + (i % 200),
            currency: 'EUR',
            bin: '401200',
            last4: String(1000 + i),
            status: i % 14 ? 'approved' : 'declined',
            code: i % 14 ? '00' : '51',
            ip: visitor(i),
          }),
        );
      for (let t = ONSET, i = 0; t < END; t += 1700, i++)
        rows.push(
          JSON.stringify({
            created: iso(t),
            order: `T${i}`,
            amount: 1,
            currency: 'EUR',
            bin: ['401200', '512345', '533333', '455555', '411111'][i % 5],
            last4: String(1000 + ((i * 7919) % 9000)),
            status: i % 11 ? 'declined' : 'approved',
            code: i % 11 ? ['05', '14', '54', '51'][i % 4] : '00',
            ip: `193.32.8.${i % 9}`,
          }),
        );
      rows.sort((a, b) => (JSON.parse(a).created < JSON.parse(b).created ? -1 : 1));
      return { ...base(), 'export/attempts.ndjson': `${rows.join('\n')}\n` };
    },
  },
  {
    name: 'IIS: somebody works with a page among the pictures',
    causes: ['web-shell'],
    files: () => ({
      ...base(),
      'iis/u_ex260714.log':
        IIS_HEAD +
        every(START, END, 4, (t, i) =>
          iis(t, i % 12 ? 'GET' : 'POST', i % 12 ? `/images/p${i % 60}.jpg` : '/checkout/pay.aspx', visitor(i), 200),
        )
          .trim()
          .split('\n')
          .concat(
            every(ONSET, END, 25, (t) => iis(t, 'POST', '/images/p17_.aspx', '185.220.9.4', 200, 310, 'Mozilla/5.0'))
              .trim()
              .split('\n'),
          )
          .sort()
          .join('\n') +
        '\n',
      'host/dir.txt': `-rw-r--r-- 1 svc_iis svc_iis 48211 2026-03-02 10:11 /inetpub/shop/images/p17.jpg\n-rw-r--r-- 1 svc_iis svc_iis 1403 ${iso(
        ONSET - 4 * MINUTE,
      )
        .slice(0, 16)
        .replace(
          'T',
          ' ',
        )} /inetpub/shop/images/p17_.aspx\n-rw-r--r-- 1 svc_iis svc_iis 50112 2026-03-02 10:11 /inetpub/shop/images/p18.jpg\n`,
    }),
  },
  {
    name: 'capture of real handshakes: the certificate is for another name',
    causes: ['hostname-mismatch'],
    files: async () => {
      const { root, leaf } = serverCertificate('old-gate.northacq.example', START - 30 * DAY, END + 60 * DAY);
      const talk = await recordHandshake(
        { cert: leaf.cert, key: leaf.key, maxVersion: 'TLSv1.2' },
        { servername: 'auth.northacq.example', ca: root.cert },
      );
      return {
        ...base(),
        'wire.pcap': writeCapture(
          Array.from({ length: 8 }, (_, i) => ({
            client: '10.31.4.15',
            clientPort: 40_000 + i,
            server: '198.51.100.61',
            serverPort: 443,
            time: ONSET + i * 4 * MINUTE,
            segments: talk.segments,
            end: 'fin' as const,
          })),
        ),
        'svc/acq.json': every(START, END, 8, (t, i) =>
          t >= ONSET
            ? slog(t, 'ERROR', 'charge failed', {
                err: 'Post "https://auth.northacq.example/v2/authorize": tls: failed to verify certificate: x509: certificate is valid for old-gate.northacq.example, not auth.northacq.example',
                ref: `R-${i}`,
              })
            : slog(t, 'INFO', 'charge ok', { ref: `R-${i}` }),
        ),
      };
    },
  },
  {
    name: 'capture of real handshakes: our own certificate ran out',
    causes: ['client-cert-expired'],
    files: async () => {
      const { root, leaf } = serverCertificate('acq.southpay.example', START - 30 * DAY, END + 60 * DAY);
      const own = issue({
        subject: { O: 'Lindengut', CN: 'merchant-8812' },
        issuer: root,
        notBefore: START - 365 * DAY,
        notAfter: ONSET,
        usage: 'client',
      });
      const talk = await recordHandshake(
        { cert: leaf.cert, key: leaf.key, ca: root.cert, requestCert: true, maxVersion: 'TLSv1.2' },
        { servername: 'acq.southpay.example', ca: root.cert, cert: own.cert, key: own.key },
      );
      return {
        ...base(),
        'net/mtls.pcap': writeCapture(
          Array.from({ length: 6 }, (_, i) => ({
            client: '10.31.4.15',
            clientPort: 40_000 + i,
            server: '203.0.113.17',
            serverPort: 8443,
            time: ONSET + i * 5 * MINUTE,
            segments: talk.segments,
            end: 'fin' as const,
          })),
        ),
        'svc/worker.log': every(START, END, 9, (t, i) =>
          t >= ONSET
            ? `${iso(t)} ERROR southpay::client: charge R-${i} failed: error sending request for url (https://acq.southpay.example:8443/auth): received fatal alert: CertificateExpired`
            : `${iso(t)}  INFO southpay::client: charge R-${i} ok`,
        ),
      };
    },
  },
  {
    name: 'two things at once: one acquirer refuses connections, one issuer is down',
    causes: ['connection-refused', 'issuer-decline-storm'],
    files: () => {
      const rows = ['created;reference;acquirer;issuer;card_bin;value;ccy;result_code;state'];
      for (let t = START, i = 0; t < END; t += 4000, i++) {
        const acquirer = i % 2 ? 'north' : 'south';
        const [issuer, bin] = [
          ['Elbebank', '401200'],
          ['Rheinbank', '512345'],
          ['Donaubank', '356600'],
        ][i % 3]!;
        const refused = t >= ONSET && acquirer === 'south';
        const down = t >= ONSET + 9 * MINUTE && issuer === 'Rheinbank' && !refused;
        rows.push(
          [
            iso(t),
            `R-${i}`,
            acquirer,
            issuer,
            bin,
            (5 + (i % 90)).toFixed(2),
            'EUR',
            refused ? '' : down ? '91' : '00',
            refused ? 'error' : down ? 'refused' : 'authorized',
          ].join(';'),
        );
      }
      return {
        ...base(),
        'data/pay.csv': `${rows.join('\n')}\n`,
        'svc/acq.json': every(START, END, 8, (t, i) =>
          t >= ONSET && i % 2
            ? slog(t, 'ERROR', 'charge failed', {
                acquirer: 'south',
                err: 'Post "https://api.southpay.example/v1/charge": dial tcp 203.0.113.17:443: connect: connection refused',
                ref: `R-${i}`,
              })
            : slog(t, 'INFO', 'charge ok', { acquirer: 'north', ref: `R-${i}` }),
        ),
      };
    },
  },
  {
    name: 'payments fail, and nothing else is in the evidence',
    causes: [],
    undecidable: true,
    files: () => ({ ...base(), 'data/pay.csv': payments(failing()) }),
  },
  {
    name: 'healthy: a sale with many times the visitors',
    causes: [],
    files: () => ({
      ...base(),
      'data/pay.csv': payments(() => undefined, 2),
      'caddy/access.json':
        every(START, ONSET, 5, (t, i) => caddy(t, i, 200)) +
        every(ONSET, END, 0.6, (t, i) => caddy(t, i * 3 + (i % 3), i % 300 === 7 ? 404 : 200)),
      'ops/notes.md': `# Marketing calendar\n\n- ${iso(ONSET)} newsletter to 400,000 readers, 24 h sale\n`,
    }),
  },
  {
    name: 'healthy: scanners at IIS',
    causes: [],
    files: () => ({
      ...base(),
      'data/pay.csv': payments(() => undefined),
      'iis/u_ex260714.log':
        IIS_HEAD +
        every(START, END, 5, (t, i) =>
          iis(t, i % 9 ? 'GET' : 'POST', i % 9 ? `/shop/item/${i % 80}` : '/checkout/pay', visitor(i), 200),
        )
          .trim()
          .split('\n')
          .concat(
            every(START, END, 14, (t, i) =>
              iis(
                t,
                'GET',
                ['/wp-login.php', '/.env', '/phpmyadmin/', '/shell.aspx', '/owa/auth/x.js', '/admin/login.aspx'][
                  i % 6
                ]!,
                `80.94.95.${i % 30}`,
                404,
                3,
                'Mozilla/5.0+zgrab/0.x',
              ),
            )
              .trim()
              .split('\n'),
          )
          .sort()
          .join('\n') +
        '\n',
    }),
  },
  {
    name: 'healthy: pods are replaced one after the other',
    causes: [],
    files: () => ({
      ...base(),
      'data/pay.csv': payments(() => undefined),
      'k8s/events.txt': `LAST SEEN   TYPE      REASON      OBJECT                          MESSAGE\n${every(ONSET, ONSET + 4 * MINUTE, 20, (t, i) => `${iso(t).slice(0, 19)}Z   ${i % 4 === 3 ? 'Warning   Unhealthy' : 'Normal    Killing'}   pod/pay-api-6c${i}   ${i % 4 === 3 ? 'Readiness probe failed: Get "http://10.4.2.9:8080/ready": dial tcp 10.4.2.9:8080: connect: connection refused' : 'Stopping container api'}`)}`,
      'svc/acq.json': every(START, END, 8, (t, i) =>
        slog(t, 'INFO', 'charge ok', { ref: `R-${i}`, ms: 31 + (i % 20) }),
      ),
    }),
  },
  {
    name: 'healthy: no money at the end of the month',
    causes: [],
    files: () => ({
      ...base(),
      'data/pay.csv': payments((t, i) => (t >= ONSET && i % 5 === 0 ? { status: 'refused', code: '51' } : undefined)),
      'alb/a.log': every(START, END, 4, (t, i) => alb(t, i, 200, 200, 0.04 + (i % 10) / 100)),
    }),
  },
  {
    name: 'healthy: the certificate was renewed in time',
    causes: [],
    files: () => {
      const { root, leaf } = serverCertificate('pay.lindengut.example', START - 80 * DAY, END + DAY);
      const renewed = issue({
        subject: { CN: 'pay.lindengut.example' },
        issuer: root,
        notBefore: ONSET - 3_600_000,
        notAfter: END + 89 * DAY,
        names: ['pay.lindengut.example'],
        usage: 'server',
      });
      return {
        ...base(),
        'data/pay.csv': payments(() => undefined),
        'tls/pay.pem': renewed.cert,
        'tls/pay.pem.old': leaf.cert,
        'tls/roots.pem': root.cert,
        'traefik/traefik.log': `time="${iso(ONSET).slice(0, 19)}Z" level=info msg="Certificates obtained for domains [pay.lindengut.example]" providerName=le.acme\n${every(START, END, 60, (t) => `time="${iso(t).slice(0, 19)}Z" level=info msg="Configuration received" providerName=file`)}`,
      };
    },
  },
  {
    name: 'healthy: maintenance as announced',
    causes: [],
    files: () => ({
      ...base(),
      'mail/notice.txt': `From: operations@northacq.example\nTo: partners\nDate: ${new Date(ONSET - 3 * DAY).toUTCString().replace('GMT', '+0000')}\nSubject: Planned maintenance\n\nOn ${iso(ONSET).slice(0, 10)} between ${iso(ONSET).slice(11, 16)} and ${iso(ONSET + 15 * MINUTE).slice(11, 16)} UTC the host is under planned maintenance. Authorisations are answered with 503 during this time.\n`,
      'svc/acq.json': every(START, END, 8, (t, i) =>
        t >= ONSET && t < ONSET + 15 * MINUTE
          ? slog(t, 'WARN', 'acquirer in maintenance, charge queued', { status: 503, ref: `R-${i}` })
          : slog(t, 'INFO', 'charge ok', { ref: `R-${i}` }),
      ),
    }),
  },
];
