/** Bundles about parameters of TLS, the network and capacity. */
import { issue } from '../../src/drill/certificates.ts';
import { iso } from './bundle.ts';
import {
  type AppNode,
  type Attempt,
  accessLine,
  NODES,
  nginxLine,
  type Outcome,
  record,
  scene,
  stretch,
} from './scene.ts';
import type { Case } from './unseen.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const ONSET = Date.UTC(2026, 5, 3, 14, 41);
const HOST = 'api.corallopay.example.net';
const URL = `https://${HOST}/v1/charges`;
const BANK_HOST = 'acq.fjellbank.example';
const BANK_IP = '198.51.100.170';
const BANK = { host: BANK_HOST, ip: BANK_IP };
const BANK_URL = `https://${BANK_HOST}/auth`;
const [JAVA, NODE, PYTHON] = NODES as [AppNode, AppNode, AppNode];
const GO: AppNode = { name: 'fee-engine', ip: '10.77.4.41', stack: 'go' };
const CURL: AppNode = { name: 'cron-payout', ip: '10.77.4.42', stack: 'curl' };
const PHP: AppNode = { name: 'invoice-php', ip: '10.77.4.43', stack: 'php' };
const JSON_NODE: AppNode = { name: 'risk-gate', ip: '10.77.4.44', stack: 'json' };

type Words = Partial<Record<AppNode['stack'], string>>;
const say =
  (words: Words, when: (a: Attempt) => boolean = () => true) =>
  (a: Attempt): string | undefined =>
    a.after && when(a) ? words[a.node.stack] : undefined;
const bankOnly = (a: Attempt): boolean => a.route === 'fjellbank';
const java = (text: string, url = URL): string => `call ${url} failed: ${text}`;
const edgeErrors = (text: string, seconds = 9, ip = '203.0.113.88'): string =>
  stretch(ONSET, ONSET + 31 * MINUTE, seconds, (t) =>
    nginxLine(
      t,
      'error',
      `${text}, client: 100.64.3.${t % 200}, server: www.kestrelmart.example.net, request: "POST /api/pay HTTP/1.1", upstream: "https://${ip}:443/auth", host: "www.kestrelmart.example.net"`,
    ),
  );
const REFUSED: Words = {
  java: java('java.net.ConnectException: Connection refused'),
  node: java('code=ECONNREFUSED Error: connect ECONNREFUSED 203.0.113.88:443'),
  python: java('ConnectionError: [Errno 111] Connection refused'),
  go: `call failed: Post "${URL}": dial tcp 203.0.113.88:443: connect: connection refused`,
  curl: `curl: (7) Failed to connect to ${HOST} port 443 after 1 ms: Couldn't connect to server`,
};
const OLD: Words = {
  java: java('javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version', BANK_URL),
  node: java(
    'code=ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION Error: error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:SSL alert number 70',
    BANK_URL,
  ),
  python: java('SSLError: [SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version (_ssl.c:1006)', BANK_URL),
  curl: 'curl: (35) error:0A000172:SSL routines::legacy sigalg disallowed or unsupported',
  go: `call failed: Post "${BANK_URL}": remote error: tls: protocol version not supported`,
};
const ALERT40: Words = {
  java: java('javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure', BANK_URL),
  node: java(
    'code=ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE Error: error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:SSL alert number 40',
    BANK_URL,
  ),
  python: java('SSLError: [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure (_ssl.c:1006)', BANK_URL),
  go: `call failed: Post "${BANK_URL}": remote error: tls: handshake failure`,
};
const noCipher = (client = '192.0.2.45'): string =>
  stretch(ONSET, ONSET + 31 * MINUTE, 8, (t) =>
    nginxLine(
      t,
      'info',
      `SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::no shared cipher) while SSL handshaking, client: ${client}, server: 0.0.0.0:443`,
    ),
  );
const CONNECT: Words = {
  java: java('java.net.SocketTimeoutException: Connect timed out'),
  node: java('code=ETIMEDOUT Error: connect ETIMEDOUT 203.0.113.88:443'),
  python: java(
    `ConnectTimeout: HTTPSConnectionPool(host='${HOST}', port=443): Max retries exceeded with url: /v1/charges (Caused by ConnectTimeoutError(<urllib3.connection.HTTPSConnection object>, 'Connection to ${HOST} timed out. (connect timeout=5)'))`,
  ),
  curl: `curl: (28) Failed to connect to ${HOST} port 443 after 5001 ms: Timeout was reached`,
};
const READ: Words = {
  java: java('java.net.SocketTimeoutException: Read timed out', BANK_URL),
  node: java('code=ECONNABORTED AxiosError: timeout of 15000ms exceeded', BANK_URL),
  python: java(
    `ReadTimeout: HTTPSConnectionPool(host='${BANK_HOST}', port=443): Read timed out. (read timeout=15)`,
    BANK_URL,
  ),
};
const EXPIRED: Words = {
  java: java(
    'javax.net.ssl.SSLHandshakeException: PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed',
  ),
  node: java('code=CERT_HAS_EXPIRED Error: certificate has expired'),
  python: java(
    'SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)',
  ),
};
const root = issue({
  subject: { O: 'Brampton Trust', CN: 'Brampton Root R2' },
  notBefore: ONSET - 3000 * DAY,
  notAfter: ONSET + 3000 * DAY,
  ca: true,
});
const expired = issue({
  subject: { O: 'Corallo Pay', CN: HOST },
  issuer: root,
  notBefore: ONSET - 300 * DAY,
  notAfter: ONSET,
  names: [HOST],
  usage: 'server',
});
const pause = (a: Attempt): boolean => a.index % 23 === 0;
const forbidden = (a: Attempt): Outcome | undefined =>
  a.after && a.node === PYTHON
    ? {
        text: `call ${BANK_URL} returned http=403 body={"error":"source address not permitted"}`,
        http: '403',
        status: 'ERROR',
      }
    : undefined;
const declined = (code: string): Outcome => ({ code, http: '200', status: 'DECLINED' });
const haproxy = (t: number, text: string): string => `${iso(t).replace('.000Z', 'Z')} lb2 haproxy[811]: ${text}`;

export const LINK_CASES: Case[] = [
  {
    name: 'one bank route, three stacks',
    cause: ['peer-tls-too-old'],
    never: ['client-tls-too-old'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        routes: ['gateway', 'fjellbank'],
        changes: `${iso(ONSET)}  all app hosts: base image with OpenSSL 3 rolled out\n`,
        outcome: say(OLD, bankOnly),
        files: { 'conf/fjellbank-notes.txt': 'Fjellbank link: TLS 1.0 only, AES128-SHA\n' },
      }),
  },
  {
    name: 'one bank route, curl and Java local text',
    cause: ['peer-tls-too-old'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        routes: ['gateway', 'fjellbank'],
        nodes: [CURL, JAVA],
        changes: `${iso(ONSET)}  ledger-sync and cron-payout: OS upgrade to Debian 12\n`,
        outcome: say(
          {
            curl: OLD.curl!,
            java: java(
              'javax.net.ssl.SSLHandshakeException: The server selected protocol version TLS10 is not accepted by client preferences [TLS13, TLS12]',
              BANK_URL,
            ),
          },
          bankOnly,
        ),
      }),
  },
  {
    name: 'bank log says so',
    cause: ['no-common-cipher'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        changes: `${iso(ONSET)}  bank: cipher list of the acquiring link reduced\n`,
        outcome: say(ALERT40),
        files: {
          'logs/bank-error.log': noCipher(),
          'conf/bank-nginx.conf': `server {\n  listen 443 ssl;\n  server_name ${BANK_HOST};\n  ssl_protocols TLSv1.2;\n  ssl_ciphers ECDHE-RSA-CHACHA20-POLY1305;\n}\n`,
        },
      }),
  },
  {
    name: 'renewed to EC, old clients offer RSA only',
    cause: ['key-type-mismatch'],
    never: ['no-common-cipher'],
    make: () => {
      const c = issue({
        subject: { O: 'Corallo Pay', CN: HOST },
        issuer: root,
        notBefore: ONSET - 60_000,
        notAfter: ONSET + 90 * DAY,
        names: [HOST],
        usage: 'server',
      });
      return scene({
        onset: ONSET,
        nodes: [JAVA, NODE, PHP],
        changes: `${iso(ONSET)}  certificate of ${HOST} renewed (now ECDSA P-256)\n`,
        outcome: say({
          php: `cURL error 35: error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure for ${URL}`,
        }),
        files: {
          'certs/gateway-chain.pem': c.cert,
          'certs/ca-bundle.pem': root.cert,
          'logs/gateway-error.log': noCipher('10.77.4.43'),
          'conf/gateway.conf': `server {\n  listen 443 ssl;\n  server_name ${HOST};\n  ssl_certificate tls/gateway-chain.pem;\n  ssl_protocols TLSv1.2 TLSv1.3;\n}\n`,
          'conf/invoice-php-client.txt': 'CURLOPT_SSL_CIPHER_LIST=ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA\n',
        },
      });
    },
  },
  {
    name: 'two stacks of four',
    cause: ['dh-key-weak'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        routes: ['gateway', 'fjellbank'],
        nodes: [CURL, PYTHON, JAVA, NODE],
        changes: `${iso(ONSET)}  subs-renew, cron-payout: OpenSSL 1.1 -> 3.0\n`,
        outcome: say(
          {
            curl: 'curl: (35) OpenSSL/3.0.19: error:0A00018A:SSL routines::dh key too small',
            python: java('SSLError: [SSL: DH_KEY_TOO_SMALL] dh key too small (_ssl.c:1006)', BANK_URL),
          },
          bankOnly,
        ),
      }),
  },
  {
    name: 'no application protocol',
    cause: ['alpn-mismatch'],
    make: () =>
      scene({
        onset: ONSET,
        nodes: [JAVA, GO, NODE],
        changes: `${iso(ONSET)}  gateway: http2 disabled\n`,
        outcome: say({
          go: `call failed: Post "${URL}": remote error: tls: no application protocol`,
          java: java('javax.net.ssl.SSLHandshakeException: Received fatal alert: no_application_protocol'),
        }),
      }),
  },
  {
    name: 'listener down',
    cause: ['connection-refused'],
    never: ['key-pair-broken', 'dns-stale'],
    make: () => scene({ onset: ONSET, nodes: [JAVA, GO, CURL], outcome: say(REFUSED) }),
  },
  {
    name: 'refused because the key does not fit',
    cause: ['key-pair-broken'],
    never: ['connection-refused'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: say(REFUSED),
        files: {
          'logs/gateway.err': stretch(
            ONSET - MINUTE,
            ONSET + 20 * MINUTE,
            400,
            (t) =>
              `[ALERT]    (1) : config : parsing [/etc/haproxy/haproxy.cfg:31] : 'bind *:443' in section 'frontend' : unable to load SSL private key into SSL Context '/etc/haproxy/certs/api.pem'. ${iso(t)}`,
          ).replace(/^(.*) (\d{4}-\S+)$/gm, '$2 gw1 haproxy[1]: $1'),
          'host/systemctl.txt': `haproxy.service: Failed with result 'exit-code'.\n`,
        },
      }),
  },
  {
    name: 'refused at the former address',
    cause: ['dns-stale'],
    never: ['connection-refused'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: say(REFUSED),
        files: {
          'host/dns.txt': `# ${iso(ONSET + 5 * MINUTE)} dig @9.9.9.9 ${HOST}\n${HOST}. 60 IN A 203.0.113.201\n# ledger-sync: getent hosts ${HOST}\n203.0.113.88 ${HOST}\n`,
          'notices/corallo-move.txt': `From: noc@corallopay.example.net\nDate: ${iso(ONSET - 10 * DAY)}\nSubject: new address of ${HOST}\n\n${HOST} moves to 203.0.113.201 on ${iso(ONSET).slice(0, 16)}Z. 203.0.113.88 is switched off then.\n`,
        },
      }),
  },
  {
    name: 'connects time out',
    cause: ['connection-dropped'],
    make: () =>
      scene({
        onset: ONSET,
        nodes: [JAVA, NODE, PYTHON, CURL],
        changes: `${iso(ONSET)}  firewall: policy set 118 pushed to egress\n`,
        outcome: say(CONNECT),
      }),
  },
  {
    name: 'sporadic, after pauses',
    cause: ['idle-connection-reset'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        nodes: [JAVA, NODE],
        changes: `${iso(ONSET)}  fjellbank: load balancer replaced (idle timeout 30 s)\n`,
        outcome: say(
          {
            java: java(`org.apache.http.NoHttpResponseException: ${BANK_HOST}:443 failed to respond`, BANK_URL),
            node: java('code=ECONNRESET Error: socket hang up', BANK_URL),
          },
          pause,
        ),
        files: {
          'conf/http-pool.properties': 'pool.maxTotal=40\npool.maxIdleSeconds=300\npool.validateAfterInactivity=-1\n',
          'conf/edge-nginx.conf': `upstream bank {\n  server ${BANK_IP}:443;\n  keepalive 16;\n  keepalive_timeout 120s;\n}\n`,
        },
      }),
  },
  {
    name: 'sporadic, nginx keepalive',
    cause: ['idle-connection-reset'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        nodes: [JAVA, NODE],
        outcome: say(
          {
            java: java('HTTP 502 Bad Gateway', 'http://edge/api/pay'),
            node: java('Request failed with status code 502', 'http://edge/api/pay'),
          },
          pause,
        ),
        files: {
          'logs/edge-error.log': edgeErrors(
            'upstream prematurely closed connection while reading response header from upstream',
            115,
            BANK_IP,
          ),
          'conf/edge-nginx.conf': `upstream bank {\n  server ${BANK_IP}:443;\n  keepalive 16;\n  keepalive_timeout 120s;\n}\nserver { listen 443 ssl; server_name www.kestrelmart.example.net; location /api/ { proxy_pass https://bank; proxy_http_version 1.1; } }\n`,
          'notices/fjellbank.txt': `From: tech@fjellbank.example\nDate: ${iso(ONSET - 6 * DAY)}\nSubject: idle timeout\n\nFrom ${iso(ONSET).slice(0, 16)}Z on we close idle connections after 30 seconds.\n`,
        },
      }),
  },
  {
    name: '403 from the new egress address',
    cause: ['source-blocked'],
    never: ['request-signature-wrong', 'client-cert-unregistered'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        changes: `${iso(ONSET)}  subs-renew: egress moved to NAT 192.0.2.99\n`,
        outcome: forbidden,
        files: {
          'notices/fjellbank-allowlist.txt': `From: partner-tech@fjellbank.example\nDate: ${iso(ONSET - 90 * DAY)}\nSubject: allow list\n\nWe accept your requests from 192.0.2.45 only. Other addresses are answered with 403.\n`,
        },
      }),
  },
  {
    name: '403 from the new egress address, no notice',
    cause: ['source-blocked'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        changes: `${iso(ONSET)}  subs-renew: egress moved to NAT 192.0.2.99\n`,
        outcome: forbidden,
      }),
  },
  {
    name: 'database pool, alone',
    cause: ['pool-exhausted'],
    make: () =>
      scene({
        onset: ONSET,
        nodes: [JAVA, PYTHON],
        changes: `${iso(ONSET - 2 * MINUTE)}  deploy ledger-sync 4.9.0 (report query)\n`,
        outcome: say({
          java: 'payment failed: java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms.',
          python:
            'payment failed: sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
        }),
      }),
  },
  {
    name: 'pool as a consequence of an expired certificate',
    cause: ['server-cert-expired'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: (a) =>
          a.after
            ? a.time > ONSET + 7 * MINUTE && a.node === JAVA
              ? 'payment failed: org.apache.http.conn.ConnectionPoolTimeoutException: Timeout waiting for connection from pool'
              : EXPIRED[a.node.stack]
            : undefined,
        files: { 'certs/gateway-chain.pem': expired.cert, 'certs/ca-bundle.pem': root.cert },
      }),
  },
  {
    name: 'nginx and PostgreSQL',
    cause: ['disk-full'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: say({
          java: 'payment failed: org.postgresql.util.PSQLException: ERROR: could not extend file "base/16384/2619": No space left on device',
          node: 'payment failed: Error: ENOSPC: no space left on device, write',
          python: 'payment failed: OSError: [Errno 28] No space left on device',
        }),
        files: {
          'logs/edge-error.log': stretch(ONSET, ONSET + 30 * MINUTE, 20, (t) =>
            nginxLine(
              t,
              'crit',
              'pwrite() "/var/cache/nginx/client_temp/0000000123" failed (28: No space left on device), client: 100.64.3.9, server: www.kestrelmart.example.net, request: "POST /api/pay HTTP/1.1"',
            ),
          ),
          'host/df.txt': `Filesystem      Size  Used Avail Use% Mounted on\n/dev/vda1        40G   40G     0 100% /\n`,
        },
      }),
  },
  {
    name: 'health check of the wrong kind',
    cause: ['health-check-wrong'],
    never: ['upstream-unavailable', 'connection-refused'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        nodes: [JAVA, NODE, CURL],
        changes: `${iso(ONSET)}  lb2: haproxy.cfg: option httpchk GET /status added to backend be_fjell\n`,
        outcome: (a) =>
          a.after && a.node !== CURL
            ? { text: 'call http://lb2/auth returned http=503', http: '503', status: 'ERROR' }
            : undefined,
        files: {
          'logs/lb2-haproxy.log':
            [
              haproxy(
                ONSET - 2000,
                'Server be_fjell/f1 is DOWN, reason: Layer7 wrong status, code: 404, info: "Not Found", check duration: 14ms. 1 active and 0 backup servers left.',
              ),
              haproxy(
                ONSET,
                'Server be_fjell/f2 is DOWN, reason: Layer7 wrong status, code: 404, info: "Not Found", check duration: 12ms. 0 active and 0 backup servers left.',
              ),
              haproxy(ONSET, 'backend be_fjell has no server available!'),
            ].join('\n') +
            '\n' +
            stretch(ONSET, ONSET + 31 * MINUTE, 7, (t) =>
              haproxy(
                t,
                `10.77.4.31:${40000 + (t % 9000)} [${iso(t)}] fe_pay be_fjell/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 4/3/0/0/0 0/0 "POST /auth HTTP/1.1"`,
              ),
            ),
          'host/direct-check.txt': `$ curl -sS -o /dev/null -w '%{http_code}' https://${BANK_IP}/auth -H 'Host: ${BANK_HOST}'  # ${iso(ONSET + 10 * MINUTE)}\n200\n`,
        },
      }),
  },
  {
    name: 'health check over plain TCP of a TLS server (L6)',
    cause: ['health-check-wrong'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        nodes: [JAVA, NODE, CURL],
        changes: `${iso(ONSET - MINUTE)}  lb2: check-ssl verify required enabled for be_fjell\n`,
        outcome: (a) =>
          a.after && a.node !== CURL
            ? { text: 'call http://lb2/auth returned http=503', http: '503', status: 'ERROR' }
            : undefined,
        files: {
          'logs/lb2-haproxy.log':
            [
              haproxy(
                ONSET,
                'Server be_fjell/f1 is DOWN, reason: Layer6 invalid response, info: "SSL handshake failure", check duration: 14ms. 0 active and 0 backup servers left.',
              ),
              haproxy(ONSET, 'backend be_fjell has no server available!'),
            ].join('\n') +
            '\n' +
            stretch(ONSET, ONSET + 31 * MINUTE, 7, (t) =>
              haproxy(
                t,
                `10.77.4.31:${40000 + (t % 9000)} [${iso(t)}] fe_pay be_fjell/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 4/3/0/0/0 0/0 "POST /auth HTTP/1.1"`,
              ),
            ),
        },
      }),
  },
  {
    name: 'read timeouts, one route',
    cause: ['upstream-slow'],
    never: ['issuer-decline-storm'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        routes: ['gateway', 'fjellbank'],
        outcome: say(READ, bankOnly),
        files: {
          'logs/edge-error.log': edgeErrors(
            'upstream timed out (110: Connection timed out) while reading response header from upstream',
            22,
            BANK_IP,
          ),
        },
      }),
  },
  {
    name: 'decline storm of one range, line is fine',
    cause: ['issuer-decline-storm'],
    never: ['upstream-slow', 'upstream-unavailable'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: (a) =>
          a.after && a.index % 5 < 3 && a.index % 4 !== 0 ? declined(a.index % 3 ? '91' : '96') : undefined,
      }),
  },
  {
    name: 'healthy: planned maintenance of a bank',
    cause: [],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        routes: ['gateway', 'fjellbank'],
        changes: `${iso(ONSET)}  planned maintenance fjellbank 14:41-15:05 UTC, traffic routed to gateway\n`,
        files: {
          'notices/fjellbank-maintenance.txt': `From: noc@fjellbank.example\nDate: ${iso(ONSET - 7 * DAY)}\nSubject: planned maintenance\n\nPlanned maintenance on ${iso(ONSET).slice(0, 16)}Z for 25 minutes; please route elsewhere.\n`,
          'logs/edge-error.log': stretch(ONSET, ONSET + 24 * MINUTE, 60, (t) =>
            nginxLine(
              t,
              'error',
              `connect() failed (111: Connection refused) while connecting to upstream, client: 10.77.9.5, server: probe.local, request: "GET /healthz HTTP/1.1", upstream: "https://${BANK_IP}:443/healthz", host: "probe"`,
            ),
          ),
        },
      }),
  },
  {
    name: 'healthy: month end, funds run out',
    cause: [],
    make: () =>
      scene({ onset: ONSET, outcome: (a) => (a.index % (a.after ? 4 : 12) === 0 ? declined('51') : undefined) }),
  },
  {
    name: 'healthy: monitoring with an old client',
    cause: [],
    make: () =>
      scene({
        onset: ONSET,
        files: {
          'logs/gateway-error.log': stretch(ONSET - 30 * MINUTE, ONSET + 32 * MINUTE, 60, (t) =>
            nginxLine(
              t,
              'info',
              'SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::unsupported protocol) while SSL handshaking, client: 10.77.9.14, server: 0.0.0.0:443',
            ),
          ),
          'logs/monitor.log': stretch(ONSET - 30 * MINUTE, ONSET + 32 * MINUTE, 60, (t) =>
            record(JSON_NODE, t, 'INFO', 'probe tls1.0 rejected as expected'),
          ),
        },
      }),
  },
  {
    name: 'healthy: flash sale',
    cause: [],
    make: () =>
      scene({
        onset: ONSET,
        every: 2,
        files: {
          'logs/www-access.log':
            stretch(ONSET - 30 * MINUTE, ONSET, 6, (t, i) =>
              accessLine(
                t,
                `100.64.${i % 40}.${i % 250}`,
                ['GET /p/12 HTTP/2.0', 'GET /cart HTTP/2.0', 'POST /api/pay HTTP/2.0'][i % 3]!,
                200,
                5120,
                `Mozilla/5.0 (Windows NT 10.0; rv:${100 + (i % 30)}.0)`,
                'https://www.kestrelmart.example.net/',
              ),
            ) +
            stretch(ONSET, ONSET + 32 * MINUTE, 0.5, (t, i) =>
              accessLine(
                t,
                `100.${64 + (i % 60)}.${(i * 7) % 250}.${i % 250}`,
                ['GET /p/12 HTTP/2.0', 'GET /cart HTTP/2.0', 'GET /static/a.js HTTP/2.0', 'POST /api/pay HTTP/2.0'][
                  i % 4
                ]!,
                200,
                5120,
                `Mozilla/5.0 (Windows NT 10.0; rv:${100 + (i % 30)}.0)`,
                'https://www.kestrelmart.example.net/',
              ),
            ),
        },
      }),
  },
];
