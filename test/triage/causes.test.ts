/**
 * One generated bundle per cause where it must be named, in the words of several kinds of software, and near misses where
 * it must not be. The texts are those that the software writes; hosts, orders and times are made up.
 */
import { describe, expect, it } from 'vitest';
import { appLog, base, claims, day, type Files, iso, nginxError, payments, triageFiles } from './bundle.ts';

const d = day();
const UP =
  'client: 10.9.0.5, server: shop.orchard.example, request: "POST /api/pay HTTP/1.1", upstream: "https://198.51.100.7:443/api/pay", host: "shop.orchard.example"';
const app = (text: string): Files => ({
  'logs/app-pay1.log': appLog(
    d,
    (_t, i) => `order=P${700_000 + i} call https://gw.bank.example/v1/charges failed: ${text}`,
  ),
});
const down = { 'txn/payments.csv': payments(d, { fails: () => true }) };
const edge = (text: string, level?: string): Files => ({
  'logs/edge-error.log': nginxError(d, `${text}, ${UP}`, level),
});

/** cause, what it is told by, files beside base and payments. */
const NAMED: [string, string, Files][] = [
  ['connection-refused', 'nginx', edge('connect() failed (111: Connection refused) while connecting to upstream')],
  ['connection-refused', 'Go', app('dial tcp 198.51.100.7:443: connect: connection refused')],
  ['connection-refused', 'Node', app('Error: connect ECONNREFUSED 198.51.100.7:443')],
  ['connection-dropped', 'nginx', edge('upstream timed out (110: Connection timed out) while connecting to upstream')],
  ['connection-dropped', 'Java', app('java.net.SocketTimeoutException: connect timed out')],
  [
    'no-route',
    'nginx',
    edge('connect() to 198.51.100.7:443 failed (113: No route to host) while connecting to upstream'),
  ],
  ['no-route', 'Java', app('java.net.NoRouteToHostException: No route to host')],
  ['dns-stale', 'Python', app('[Errno -2] Name or service not known')],
  ['dns-stale', 'Java', app('java.net.UnknownHostException: gw.bank.example')],
  [
    'port-exhaustion',
    'nginx',
    edge(
      'connect() to 198.51.100.7:443 failed (99: Cannot assign requested address) while connecting to upstream',
      'crit',
    ),
  ],
  [
    'handshake-cut-by-middlebox',
    'nginx',
    {
      ...edge(
        'peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking to upstream',
      ),
      'ops/changes.txt': `${iso(d.onset - 30_000)}  egress address of payment hosts moved to the new NAT pool\n`,
    },
  ],
  [
    'upstream-slow',
    'nginx',
    edge('upstream timed out (110: Connection timed out) while reading response header from upstream'),
  ],
  ['upstream-slow', 'Java', app('java.net.SocketTimeoutException: Read timed out')],
  [
    'pool-exhausted',
    'Hikari',
    app(
      'java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms',
    ),
  ],
  [
    'descriptor-exhausted',
    'nginx',
    edge('512 worker_connections are not enough while connecting to upstream', 'alert'),
  ],
  [
    'descriptor-exhausted',
    'nginx accept',
    { 'logs/edge-error.log': nginxError(d, 'accept4() failed (24: Too many open files)', 'crit') },
  ],
  ['disk-full', 'Java', app('java.io.IOException: No space left on device')],
  ['response-truncated', 'nginx', edge('upstream prematurely closed connection while reading upstream')],
  ['key-passphrase-unavailable', 'Java', app('java.io.IOException: keystore password was incorrect')],
  ['dh-key-weak', 'curl', app('curl: (35) OpenSSL/3.0.19: error:0A00018A:SSL routines::dh key too small')],
  [
    'secure-renegotiation-missing',
    'curl',
    app('curl: (35) OpenSSL/3.0.19: error:0A000152:SSL routines::unsafe legacy renegotiation disabled'),
  ],
  [
    'plaintext-on-tls-port',
    'curl',
    app('curl: (35) OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number'),
  ],
  ['plaintext-on-tls-port', 'Java', app('javax.net.ssl.SSLException: Unsupported or unrecognized SSL message')],
  ['hostname-mismatch', 'Go', app('x509: certificate is valid for old-gw.bank.example, not gw.bank.example')],
  ['self-signed-served', 'Node', app('code=DEPTH_ZERO_SELF_SIGNED_CERT Error: self-signed certificate')],
  ['san-missing', 'Go', app('x509: certificate relies on legacy Common Name field, use SANs instead')],
  [
    'root-distrusted',
    'Java',
    app(
      'sun.security.validator.ValidatorException: TLS Server certificate issued after 2024-11-11 and anchored by a distrusted legacy Entrust root CA: CN=Entrust Root',
    ),
  ],
  ['pin-mismatch', 'OkHttp', app('javax.net.ssl.SSLPeerUnverifiedException: Certificate pinning failure!')],
  ['cert-revoked', 'OpenSSL', app('SSL certificate problem: certificate revoked')],
  [
    'client-cert-not-sent',
    'TLS 1.3 client',
    app('error:0A00045C:SSL routines::tlsv13 alert certificate required:SSL alert number 116'),
  ],
  ['sni-wrong', 'Java', app('javax.net.ssl.SSLHandshakeException: Received fatal alert: unrecognized_name')],
  [
    'alpn-mismatch',
    'Node',
    app('error:0A000460:SSL routines:ssl3_read_bytes:tlsv1 alert no application protocol:SSL alert number 120'),
  ],
  ['decrypt-key-wrong', 'Java', app('javax.crypto.AEADBadTagException: Tag mismatch')],
  [
    'sign-type-mismatch',
    'Alipay',
    app(
      '{"code":"40002","sub_code":"isv.invalid-signature","sub_msg":"sign值与sign_type参数指定的签名类型不一致：sign_type参数值为RSA2，您实际用的签名类型可能是RSA"}',
    ),
  ],
  ['request-signature-wrong', 'WeChat Pay', app('{"code":"SIGN_ERROR","message":"签名信息错误，验签失败"}')],
  ['cert-serial-wrong', 'WeChat Pay', app('{"code":"SIGN_ERROR","message":"商户证书序列号有误。"}')],
  ['credential-rejected', 'Stripe', app('Invalid API Key provided: sk_live_****abcd')],
  [
    'credential-rejected',
    'PayPal',
    app(
      '{"name":"AUTHENTICATION_FAILURE","message":"Authentication failed due to invalid authentication credentials"}',
    ),
  ],
  [
    'credential-rejected',
    'any provider',
    app('POST https://api.northpay.example/v1/charges answered 401: {"message":"The API key has been revoked"}'),
  ],
  ['timestamp-outside-window', 'Stripe', app('Timestamp outside the tolerance zone')],
];

describe('causes that are named', () => {
  it.each(NAMED)('%s by %s', async (cause, _by, files) => {
    const report = await triageFiles({ ...base(d), ...down, ...files });
    expect(report.diagnosis[0]?.cause).toBe(cause);
    expect(claims(report)).toContain(cause);
    expect(Math.abs(Date.parse(report.diagnosis[0]!.onset!) - d.onset)).toBeLessThan(2 * 60_000);
    expect(report.diagnosis[0]!.evidence.length).toBeGreaterThan(0);
    expect(report.summary.priority).toBe('urgent');
  });
});

/** The same words, a few times on an ordinary day on which payments go on. */
describe('near misses', () => {
  const healthy = { 'txn/payments.csv': payments(d) };
  const rare = (text: string): string => {
    const lines: string[] = [];
    let i = 0;
    for (let t = d.start; t < d.now; t += 20_000)
      lines.push(
        ++i % 90 === 0 ? `${iso(t)} ERROR [pay1] ${text}` : `${iso(t)} INFO [pay1] order=P${i} http=200 respCode=00`,
      );
    return `${lines.join('\n')}\n`;
  };
  it.each([...new Set(NAMED.map(([cause]) => cause))])('%s is not claimed for isolated lines', async (cause) => {
    const [, , files] = NAMED.find(([c, , f]) => c === cause && f['logs/app-pay1.log']) ?? [];
    if (!files) return;
    const text = String(files['logs/app-pay1.log'])
      .split('\n')
      .find((l) => l.includes(' ERROR '))!
      .replace(/^.*?failed: /, '');
    const report = await triageFiles({ ...base(d), ...healthy, 'logs/app-pay1.log': rare(text) });
    expect(claims(report)).toEqual([]);
    expect(report.summary.priority).toBe('none');
  });

  it('a peer that recovered before anything failed is no incident', async () => {
    const report = await triageFiles({ ...base(d), ...healthy });
    expect(report.diagnosis).toEqual([]);
  });

  it('strangers who fail at our listener are the noise of the internet', async () => {
    const lines: string[] = [];
    let i = 0;
    for (let t = d.start; t < d.now; t += 150_000) {
      lines.push(
        `${iso(t).slice(0, 10).replaceAll('-', '/')} ${iso(t).slice(11, 19)} [info] 31#31: *${i} SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::unsupported protocol) while SSL handshaking, client: 45.${i % 200}.${(i * 7) % 250}.9, server: 0.0.0.0:443`,
      );
      i++;
    }
    const report = await triageFiles({ ...base(d), ...healthy, 'logs/edge-error.log': `${lines.join('\n')}\n` });
    expect(claims(report)).toEqual([]);
  });

  it('keys that strangers send to our own interface say nothing of ours', async () => {
    const lines: string[] = [];
    let i = 0;
    for (let t = d.start; t < d.now; t += 10_000)
      lines.push(
        t >= d.onset && ++i % 2
          ? `${iso(t)} WARN [pay1] request refused: 401 invalid api key client=203.0.113.${i % 9} path=/v1/charges`
          : `${iso(t)} INFO [pay1] order=P${i} http=200 respCode=00`,
      );
    const report = await triageFiles({ ...base(d), ...healthy, 'logs/app-pay1.log': `${lines.join('\n')}\n` });
    expect(claims(report)).not.toContain('credential-rejected');
  });

  it('a mail server that times out is not a payment fault', async () => {
    const lines: string[] = [];
    for (let t = d.start; t < d.now; t += 15_000)
      lines.push(
        t >= d.onset && t % 300_000 < 15_000
          ? `${iso(t)} ERROR [pay1] mail.Smtp: send failed, will retry: java.net.SocketTimeoutException: Read timed out`
          : `${iso(t)} INFO [pay1] payment result code=00`,
      );
    const report = await triageFiles({ ...base(d), ...healthy, 'logs/app-pay1.log': `${lines.join('\n')}\n` });
    expect(claims(report)).toEqual([]);
  });
});
