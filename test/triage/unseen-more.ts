/** Further variants: other words, formats and missing pieces for causes whose first bundle was easy. */
import { issue } from '../../src/drill/certificates.ts';
import { iso } from './bundle.ts';
import { type AppNode, type Attempt, NODES, nginxLine, record, scene, stretch } from './scene.ts';
import type { Case } from './unseen.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const ONSET = Date.UTC(2025, 10, 21, 22, 33);
const HOST = 'pay.tangerine-gw.example';
const URL = `https://${HOST}:9443/api/v2/capture`;
const GATE = { host: HOST, ip: '203.0.113.140', port: 9443 };
const JSON_NODE: AppNode = { name: 'risk-gate', ip: '10.12.4.44', stack: 'json' };
const GO: AppNode = { name: 'fee-engine', ip: '10.12.4.41', stack: 'go' };
const PHP: AppNode = { name: 'invoice-php', ip: '10.12.4.43', stack: 'php' };
const CURL: AppNode = { name: 'cron-payout', ip: '10.12.4.42', stack: 'curl' };
const [JAVA, , PYTHON] = NODES as [AppNode, AppNode, AppNode];
const all =
  (words: Partial<Record<AppNode['stack'], string>>, when: (a: Attempt) => boolean = () => true) =>
  (a: Attempt): string | undefined =>
    a.after && when(a) ? words[a.node.stack] : undefined;
const root = issue({
  subject: { O: 'Quillon', CN: 'Quillon Root X1' },
  notBefore: ONSET - 3000 * DAY,
  notAfter: ONSET + 3000 * DAY,
  ca: true,
});
const client = issue({
  subject: { O: 'Kestrel Mart', CN: 'merchant-550912' },
  issuer: root,
  notBefore: ONSET - 365 * DAY,
  notAfter: ONSET,
  usage: 'client',
});
const server = issue({
  subject: { CN: HOST },
  issuer: root,
  notBefore: ONSET - 30 * DAY,
  notAfter: ONSET + 60 * DAY,
  names: [HOST],
  usage: 'server',
});
const dotnet = (text: string): string =>
  `capture failed: System.Net.Http.HttpRequestException: The SSL connection could not be established, see inner exception. ---> System.Security.Authentication.AuthenticationException: ${text}`;

export const MORE_CASES: Case[] = [
  {
    name: '.NET words in JSON logs, host name',
    cause: ['hostname-mismatch'],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        nodes: [JSON_NODE],
        outcome: all({
          json: dotnet(
            'The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch',
          ),
        }),
      }),
  },
  {
    name: '.NET words in JSON logs, protocol',
    cause: ['peer-tls-too-old', 'client-tls-too-old'],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        nodes: [JSON_NODE, JAVA],
        routes: ['card', 'tangerine'],
        outcome: all(
          {
            json: dotnet("Authentication failed because the remote party sent a TLS alert: 'ProtocolVersion'."),
            java: `call ${URL} failed: javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version`,
          },
          (a) => a.route === 'tangerine',
        ),
      }),
  },
  {
    name: 'one node alone refuses the pin',
    cause: ['pin-mismatch'],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        outcome: all({
          java: `call ${URL} failed: javax.net.ssl.SSLPeerUnverifiedException: Certificate pinning failure!`,
        }),
      }),
  },
  {
    name: 'stunnel says whose',
    cause: ['client-cert-expired'],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        mutual: true,
        nodes: [CURL],
        outcome: all({
          curl: 'curl: (56) OpenSSL SSL_read: error:0A000415:SSL routines::sslv3 alert certificate expired, errno 0',
        }),
        files: {
          'certs/client.pem': client.cert,
          'logs/bank-stunnel.log': stretch(
            ONSET,
            ONSET + 31 * MINUTE,
            6,
            (t) =>
              `${iso(t + 330 * MINUTE)
                .slice(0, 19)
                .replace('T', ' ')
                .replaceAll(
                  '-',
                  '.',
                )} LOG4[${t % 97}]: Rejected by CERT at depth=0: O=Kestrel Mart, CN=merchant-550912`,
          ),
        },
      }),
  },
  {
    name: 'expired client certificate found, bank reset its list too',
    cause: ['client-cert-expired'],
    never: ['server-cert-expired', 'crl-stale'],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        mutual: true,
        nodes: [GO, PYTHON],
        outcome: all({
          go: `call failed: Post "${URL}": remote error: tls: expired certificate`,
          python: `call ${URL} failed: SSLError: [SSL: SSLV3_ALERT_CERTIFICATE_EXPIRED] sslv3 alert certificate expired (_ssl.c:2580)`,
        }),
        files: {
          'certs/client.pem': client.cert,
          'certs/tangerine-chain.pem': server.cert,
          'certs/ca-bundle.pem': root.cert,
        },
      }),
  },
  {
    name: 'PHP and Go',
    cause: ['connection-dropped'],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        nodes: [PHP, GO],
        outcome: all({
          php: `cURL error 28: Connection timed out after 10001 milliseconds for ${URL}`,
          go: `call failed: Post "${URL}": dial tcp 203.0.113.140:9443: i/o timeout`,
        }),
      }),
  },
  {
    name: 'resolver down',
    cause: ['dns-stale'],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        nodes: [PHP, GO, JAVA],
        outcome: all({
          php: `cURL error 6: Could not resolve host: ${HOST}`,
          go: `call failed: Post "${URL}": dial tcp: lookup ${HOST} on 10.12.0.2:53: read udp 10.12.4.41:40213->10.12.0.2:53: i/o timeout`,
          java: `call ${URL} failed: java.net.UnknownHostException: ${HOST}: Temporary failure in name resolution`,
        }),
      }),
  },
  {
    name: 'disk, application words only',
    cause: ['disk-full'],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        nodes: [PYTHON],
        outcome: all({ python: "capture failed: OSError: [Errno 28] No space left on device: '/var/lib/pay/journal'" }),
      }),
  },
  {
    name: 'alert 120 at one stack',
    cause: ['alpn-mismatch'],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        nodes: [GO, JAVA],
        outcome: all({ go: `call failed: Post "${URL}": remote error: tls: no application protocol` }),
      }),
  },
  {
    name: 'certificate and key do not fit after a renewal, no refusals logged',
    cause: ['key-pair-broken'],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        outcome: all({
          java: 'capture failed: HTTP 502',
          node: 'capture failed: Request failed with status code 502',
          python: 'capture failed: 502 Server Error: Bad Gateway',
        }),
        files: {
          'logs/gateway-error.log': stretch(ONSET - 5000, ONSET + 2 * MINUTE, 60, (t) =>
            nginxLine(
              t,
              'emerg',
              'SSL_CTX_use_PrivateKey("/etc/nginx/tls/gw.key") failed (SSL: error:0B080074:x509 certificate routines:X509_check_private_key:key values mismatch)',
            ).replace(/\*\d+ /, ''),
          ),
        },
      }),
  },
  {
    name: 'healthy: a merchant with a test certificate',
    cause: [],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        files: {
          'certs/client.pem': issue({
            subject: { CN: 'merchant-test' },
            issuer: root,
            notBefore: ONSET - 90 * DAY,
            notAfter: ONSET + 90 * DAY,
            usage: 'client',
          }).cert,
          'logs/gateway-error.log': stretch(ONSET - 30 * MINUTE, ONSET + 32 * MINUTE, 240, (t) =>
            nginxLine(
              t,
              'info',
              'client SSL certificate verify error: (10:certificate has expired) while reading client request headers, client: 192.0.2.77, server: pay.tangerine-gw.example',
            ),
          ),
        },
      }),
  },
  {
    name: 'healthy: old evidence, expired only today',
    cause: [],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        files: { 'certs/tangerine-chain.pem': server.cert, 'certs/ca-bundle.pem': root.cert },
      }),
  },
  {
    name: 'healthy: probes to a standby that is off',
    cause: [],
    make: () =>
      scene({
        onset: ONSET,
        ...GATE,
        files: {
          'logs/probe.log': stretch(ONSET - 30 * MINUTE, ONSET + 32 * MINUTE, 60, (t) =>
            record(JSON_NODE, t, 'WARN', 'standby probe failed: connect ECONNREFUSED 203.0.113.141:9443'),
          ),
        },
      }),
  },
];
