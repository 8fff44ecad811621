/**
 * Faults made in ordinary software around a payment interface, in the words it wrote: nginx 1.22, HAProxy 2.6, stunnel 5.68,
 * httpd 2.4, Node 20, gunicorn 20.1 and OpenSSL 3.0. One scene where each must be named, one beside it where nobody is accused.
 */
import { describe, expect, it } from 'vitest';
import { claims, type Files, triageFiles } from './bundle.ts';

const START = Date.UTC(2026, 10, 23, 9, 40);
const ONSET = Date.UTC(2026, 10, 23, 9, 46);
const END = Date.UTC(2026, 10, 23, 9, 52);

const stamp = (t: number): string => new Date(t).toISOString().slice(0, 19).replace('T', ' ');
const clf = (t: number): string => {
  const [date, time] = stamp(t).split(' ') as [string, string];
  return `${date.slice(8)}/Nov/${date.slice(0, 4)}:${time} +0000`;
};
const slash = (t: number): string => stamp(t).replaceAll('-', '/');

type Line = (t: number, i: number, failed: boolean) => string | undefined;

/** Lines every two seconds; nine of ten fail since the onset where there is a fault. */
function lines(line: Line, fault: boolean, until = END): string {
  const out: string[] = [];
  let i = 0;
  for (let t = START; t < until; t += 2000) {
    const text = line(t, ++i, fault && t >= ONSET && i % 10 !== 0);
    if (text !== undefined) out.push(text);
  }
  return `${out.join('\n')}\n`;
}

const access =
  (status: number, upstream = '127.0.0.1:8000'): Line =>
  (t, i, failed) =>
    `198.51.100.${i % 60} - - [${clf(t)}] "POST /v1/payments HTTP/1.1" ${failed ? status : 201} 44 "-" "okhttp/4.12.0" rt=0.082 ua="${upstream}" us="${failed ? status : 201}" ut="0.081"`;
const payapi =
  (error: string): Line =>
  (t, i, failed) =>
    failed
      ? `${stamp(t)},${100 + (i % 800)} ERROR [payapi] payment pay_${i} order=ord_${i} acquirer call failed: ${error}`
      : `${stamp(t)},${100 + (i % 800)} INFO [payapi] payment pay_${i} order=ord_${i} acquirer=northbank status=approved code=00 took=84ms`;
const now = { 'meta/now': new Date(END).toISOString() };
const onset = (report: Awaited<ReturnType<typeof triageFiles>>): number => Date.parse(report.summary.since!) - ONSET;

describe('the peer answers our hello with alert protocol_version', () => {
  const files = (fault: boolean, more: Files = {}): Files => ({
    'logs/access.log': lines(access(502), fault),
    'logs/app.log': lines(
      payapi(
        "HTTPSConnectionPool(host='acq.northbank.example', port=8443): Max retries exceeded with url: /authorize (Caused by SSLError(SSLError(1, '[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version (_ssl.c:992)')))",
      ),
      fault,
    ),
    ...now,
    ...more,
  });
  it('is ours to mend where nothing changed on our side', async () => {
    const report = await triageFiles(files(true));
    expect(claims(report)).toEqual(['client-tls-too-old']);
    expect(report.summary.owner).toBe('app');
    expect(Math.abs(onset(report))).toBeLessThanOrEqual(60_000);
  });
  it('is the peer where our runtime was changed just before', async () => {
    const change = `${new Date(ONSET - 60_000).toISOString()}  upgraded the runtime of pay1 to python 3.11 and OpenSSL 3.0\n`;
    expect(claims(await triageFiles(files(true, { 'ops/changes.txt': change })))).toEqual(['peer-tls-too-old']);
  });
});

describe('httpd cannot shake hands with its upstream', () => {
  const error: Line = (t, i, failed) => {
    if (!failed) return undefined;
    const at = `[Mon Nov 23 ${stamp(t).slice(11)}.9206${10 + (i % 90)} 2026]`;
    const thread = `[pid 9222:tid 9288]`;
    return [
      `${at} [ssl:info] ${thread} [remote 203.0.113.40:8443] AH02003: SSL Proxy connect failed`,
      `${at} [ssl:info] ${thread} SSL Library Error: error:0A000410:SSL routines::sslv3 alert handshake failure (SSL alert number 40)`,
      `${at} [proxy:error] ${thread} (20014)Internal error (specific information not available): [client 203.0.113.${i % 90}:0] AH01084: pass request body failed to 203.0.113.40:8443 (acq.northbank.example)`,
      `${at} [proxy:error] ${thread} [client 203.0.113.${i % 90}:0] AH00898: Error during SSL Handshake with remote server returned by /v1/payments`,
      `${at} [proxy_http:error] ${thread} [client 203.0.113.${i % 90}:0] AH01097: pass request body failed to 203.0.113.40:8443 (acq.northbank.example) from 127.0.0.1 ()`,
    ].join('\n');
  };
  const plain: Line = (t, i, failed) =>
    `203.0.113.${i % 90} - - [${clf(t)}] "POST /v1/payments HTTP/1.1" ${failed ? 500 : 200} 54 "-" "okhttp/4.12.0" 3902`;
  const files = (ciphers: string): Files => ({
    'logs/access.log': lines(plain, true),
    'logs/error.log': lines(error, true),
    'conf/httpd.conf': `Listen 443\n<VirtualHost *:443>\n  ServerName pay.shopcart.example\n  SSLProxyEngine on\n  SSLProxyCipherSuite ${ciphers}\n  ProxyPass /v1/ https://acq.northbank.example:8443/\n</VirtualHost>\n`,
    ...now,
  });
  it('and offers suites without forward secrecy only', async () => {
    const report = await triageFiles(files('AES128-SHA:AES256-SHA'));
    expect(claims(report)).toEqual(['no-common-cipher']);
    expect(report.summary.owner).toBe('ops');
  });
  it('which a rewrite rule names', async () => {
    const report = await triageFiles({
      ...files('AES128-SHA'),
      'conf/httpd.conf':
        'Listen 80\nServerName pay.shopcart.example\nSSLProxyEngine on\nSSLProxyCipherSuite AES128-SHA\nRewriteEngine on\nRewriteRule ^/v1/ https://acq.northbank.example:8443/authorize [P]\n',
    });
    expect(claims(report)).toEqual(['no-common-cipher']);
  });
  it('which accuses nobody, and no idle connection, where it offers what servers take', async () => {
    expect(claims(await triageFiles(files('ECDHE+AESGCM:AES128-SHA')))).toEqual([]);
  });
});

describe('HAProxy', () => {
  const traffic =
    (server: string, times: string, state: string): Line =>
    (t, i, failed) =>
      `${new Date(t).toISOString().replace('Z', '000+00:00')} 198.51.100.${i % 60}:3${1000 + i} [${clf(t).slice(0, 20)}.587] pay ${failed ? server : server.replace('<NOSRV>', 'pay1')} ${failed ? times : '0/0/1/70/71'} ${failed ? 503 : 200} 217 - - ${failed ? state : '----'} 1/1/0/0/0 0/0 "POST /v1/payments HTTP/1.1"`;
  it('whose connections nobody answers is not waiting for an answer', async () => {
    const report = await triageFiles({
      'logs/haproxy.log': lines(traffic('northbank/acq1', '0/0/-1/-1/9004', 'sC--'), true),
      ...now,
    });
    expect(claims(report)).toEqual(['connection-dropped']);
  });
  const checked = (reason: string): Files => ({
    'logs/haproxy.log': `${lines(traffic('app/<NOSRV>', '0/-1/-1/-1/0', 'SC--'), true)}${new Date(ONSET).toISOString().replace('Z', '000+00:00')} Server app/pay1 is DOWN, reason: ${reason}, check duration: 2ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n`,
    ...now,
  });
  it('takes its server out because the path of the check is not found', async () => {
    const report = await triageFiles(checked('Layer7 wrong status, code: 404, info: "Not Found"'));
    expect(claims(report)).toEqual(['health-check-wrong']);
    expect(report.summary.priority).toBe('urgent');
  });
  it('takes it out because it does not listen: the check is right', async () => {
    const report = await triageFiles(checked('Layer4 connection problem, info: "Connection refused"'));
    expect(claims(report)).not.toContain('health-check-wrong');
  });
});

describe('callbacks whose signature does not hold', () => {
  const files = (more: Files): Files => ({
    'logs/access.log': lines(access(400), true),
    'logs/app.log': lines(
      (t, i, failed) =>
        failed
          ? `${stamp(t)},${100 + (i % 800)} WARNING [payapi] webhook from acquirer northbank rejected: signature verification failed`
          : `${stamp(t)},${100 + (i % 800)} INFO [payapi] webhook accepted`,
      true,
    ),
    ...now,
    ...more,
  });
  it('since the provider replaced its secret, as it had announced', async () => {
    const report = await triageFiles(
      files({
        'notices/northbank.txt': `From: Northbank merchant support\nOn ${new Date(ONSET).toISOString()} we replace the secret with which notifications are signed, as announced. Please take the new one from the portal.\n`,
      }),
    );
    expect(claims(report)).toEqual(['provider-key-rotated']);
    expect(report.summary.owner).toBe('app');
  });
  it('without such a notice the key is not blamed', async () => {
    expect(claims(await triageFiles(files({})))).not.toContain('provider-key-rotated');
  });
});

describe('a server that cannot load its key after a restart', () => {
  const emerg = `${slash(ONSET)} [emerg] 13779#13779: SSL_CTX_use_PrivateKey("/srv/pay/srv.key") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)\n`;
  it('and serves nothing any more is wholly down', async () => {
    const report = await triageFiles({
      'logs/access.log': lines(access(502), false, ONSET),
      'logs/nginx-stderr.log': emerg,
      ...now,
    });
    expect(claims(report)).toEqual(['key-pair-broken']);
    expect(report.summary.priority).toBe('urgent');
    expect(Math.abs(onset(report))).toBeLessThanOrEqual(60_000);
  });
  it('and goes on serving stopped nobody', async () => {
    const report = await triageFiles({
      'logs/access.log': lines(access(502), false),
      'logs/nginx-stderr.log': emerg,
      ...now,
    });
    expect(claims(report)).toEqual([]);
  });
});

describe('stunnel is told that a certificate has expired', () => {
  const told: Line = (t, i, failed) => {
    const at = stamp(t).replaceAll('-', '.');
    return failed
      ? `${at} LOG3[${i}]: SSL_read: ../ssl/record/rec_layer_s3.c:1602: error:0A000415:SSL routines::sslv3 alert certificate expired`
      : `${at} LOG5[${i}]: Service [acq] connected remote server from 203.0.113.7:37000`;
  };
  const files = (conf: string): Files => ({
    'logs/stunnel.log': lines(told, true),
    'logs/access.log': lines(access(502), true),
    'conf/stunnel.conf': conf,
    ...now,
  });
  const asked = async (conf: string): Promise<string[]> =>
    (await triageFiles(files(conf))).diagnosis.map((d) => d.cause);
  it('which is its own where it is the client', async () => {
    const causes = await asked('[acq]\nclient = yes\naccept = 127.0.0.1:9443\nconnect = 203.0.113.40:8443\n');
    expect(causes[0]).toBe('client-cert-expired');
    expect(causes).not.toContain('server-cert-expired');
  });
  it('which is that of the server where it is one', async () => {
    const causes = await asked('[pay]\naccept = 443\nconnect = 127.0.0.1:8080\ncert = /etc/stunnel/pay.pem\n');
    expect(causes).not.toContain('client-cert-expired');
    expect(causes).toContain('server-cert-expired');
  });
});

it('a trust store of Java that holds nothing is named, whatever the peer presents', async () => {
  const report = await triageFiles({
    'logs/access.log': lines(access(502), true),
    'logs/app.log': lines(
      (t, i, failed) =>
        failed
          ? `${stamp(t)}.${100 + (i % 800)} ERROR [pay] authorisation at northbank failed\njavax.net.ssl.SSLException: Unexpected error: java.security.InvalidAlgorithmParameterException: the trustAnchors parameter must be non-empty\n\tat java.base/sun.security.ssl.Alert.createSSLException(Alert.java:133)`
          : `${stamp(t)}.${100 + (i % 800)} INFO [pay] authorisation northbank approved in 77 ms`,
      true,
    ),
    ...now,
  });
  expect(claims(report)).toEqual(['ca-untrusted']);
  expect(report.summary.verdict).toMatch(/trust store .* missing or empty/);
  expect(report.summary.owner).toBe('ops');
});

describe('lighttpd before PHP-FPM', () => {
  const combined: Line = (t, i, failed) =>
    `198.51.100.${i % 60} pay.shopcart.example - [${clf(t)}] "POST /v1/payments HTTP/1.1" ${failed ? 503 : 201} 361 "-" "okhttp/4.12.0"`;
  it('finds nobody behind its socket: wholly felt, though it writes of one request in some', async () => {
    const report = await triageFiles({
      'logs/lighttpd-access.log': lines(combined, true),
      'logs/lighttpd-error.log': lines(
        (t, i, failed) =>
          failed && i % 4 === 1
            ? `${stamp(t)}: (gw_backend.c.274) establishing connection failed: socket: unix:/run/php/fpm.sock: No such file or directory\n${stamp(t)}: (gw_backend.c.960) all handlers for /index.php? on .php are down.\n${stamp(t + 1000)}: (gw_backend.c.351) gw-server re-enabled: unix:/run/php/fpm.sock  0 /run/php/fpm.sock`
            : undefined,
        true,
      ),
      ...now,
    });
    expect(claims(report)).toEqual(['connection-refused']);
    expect(report.summary.priority).toBe('urgent');
    expect(report.summary.owner).toBe('ops');
    expect(report.diagnosis[0]!.priorityBecause).toMatch(/^(?:8|9)\d %/);
  });
  it('two such lines beside requests that are answered accuse nobody', async () => {
    const report = await triageFiles({
      'logs/lighttpd-access.log': lines(combined, false),
      'logs/lighttpd-error.log': lines(
        (t, i) =>
          i % 200 === 7
            ? `${stamp(t)}: (gw_backend.c.274) establishing connection failed: socket: unix:/run/php/fpm.sock: Connection refused`
            : undefined,
        false,
      ),
      ...now,
    });
    expect(claims(report)).toEqual([]);
  });
});

describe('Varnish before a slow backend', () => {
  const transaction =
    (error: string): Line =>
    (t, i, failed) =>
      failed
        ? [
            `**  << BeReq    >> ${65_000 + i}     `,
            `--  Begin          bereq ${64_000 + i} pass`,
            `--  Timestamp      Start: ${t / 1000}.647227 0.000000 0.000000`,
            '--  BereqMethod    POST',
            '--  BereqURL       /authorize',
            `--  FetchError     ${error}`,
            '--  BerespStatus   503',
            '--  End            ',
            '',
          ].join('\n')
        : undefined;
  const files = (error: string): Files => ({
    'logs/varnishncsa.log': lines(
      (t, i, failed) =>
        `198.51.100.${i % 60} - - [${clf(t)}] "POST http://pay.shopcart.example/v1/payments HTTP/1.1" ${failed ? 503 : 200} 284 "-" "okhttp/4.12.0" ${failed ? 6_004_222 : 81_000}`,
      true,
    ),
    'logs/varnishlog.txt': lines(transaction(error), true),
    ...now,
  });
  it('waits for the first byte', async () => {
    const report = await triageFiles(files('first byte timeout'));
    expect(claims(report)).toEqual(['upstream-slow']);
    expect(Math.abs(onset(report))).toBeLessThanOrEqual(60_000);
  });
  it('has no healthy backend', async () => {
    expect(claims(await triageFiles(files('backend bank: unhealthy')))).toEqual(['upstream-unavailable']);
  });
});

describe('403 on the way to the acquirer', () => {
  const squid =
    (denied: boolean): Line =>
    (t, i, failed) =>
      failed
        ? `${t / 1000}.726      1 127.0.0.1 TCP_${denied ? 'DENIED' : 'MISS'}/403 3449 POST http://acq.northbank.example:8080/authorize - ${denied ? 'HIER_NONE/-' : 'HIER_DIRECT/203.0.113.40'} text/html`
        : `${t / 1000}.${100 + (i % 800)}     91 127.0.0.1 TCP_MISS/200 310 POST http://acq.northbank.example:8080/authorize - HIER_DIRECT/203.0.113.40 application/json`;
  const files = (denied: boolean): Files => ({
    'logs/squid-access.log': lines(squid(denied), true),
    'logs/app.log': lines(
      payapi('403 Client Error: Forbidden for url: http://acq.northbank.example:8080/authorize'),
      true,
    ),
    'logs/access.log': lines(access(502), true),
    ...now,
  });
  it('comes of our own proxy, which asked no server', async () => {
    const report = await triageFiles(files(true));
    expect(claims(report)).toEqual(['source-blocked']);
    expect(report.summary.verdict).toMatch(/own egress proxy/);
    expect(report.summary.owner).toBe('ops');
  });
  it('comes of the acquirer, who is not accused without more', async () => {
    const report = await triageFiles(files(false));
    expect(report.summary.verdict).not.toMatch(/own egress proxy/);
    expect(claims(report)).toEqual([]);
  });
});
