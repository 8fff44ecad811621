/** Bundles about certificates: each with the words of several stacks, and variants with a piece of evidence left out. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issue, revocationList } from '../../src/drill/certificates.ts';
import { type Files, iso } from './bundle.ts';
import { type Attempt, accessLine, NODES, nginxLine, type Outcome, type Stack, scene, stretch } from './scene.ts';
import type { Case } from './unseen.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;
export const ONSET = Date.UTC(2026, 2, 9, 6, 17);
export const HOST = 'api.corallopay.example.net';
const URL = `https://${HOST}/v1/charges`;
export const hasOpenssl: boolean = spawnSync('openssl', ['version']).status === 0;

/** The same rejection in the words of each stack. */
type Words = Partial<Record<Stack, string>>;
export const failing =
  (words: Words, when: (a: Attempt) => boolean = (a) => a.after) =>
  (a: Attempt): string | undefined => {
    const text = words[a.node.stack];
    return when(a) && text ? text : undefined;
  };

const java = (text: string): string => `call ${URL} failed: javax.net.ssl.SSLHandshakeException: ${text}`;
const python = (text: string): string =>
  `call ${URL} failed: SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${text} (_ssl.c:1006)`;
const node = (code: string, text: string): string => `call ${URL} failed code=${code} Error: ${text}`;

const root = issue({
  subject: { C: 'GB', O: 'Brampton Trust', CN: 'Brampton Root R2' },
  notBefore: ONSET - 3000 * DAY,
  notAfter: ONSET + 3000 * DAY,
  ca: true,
});
const middle = issue({
  subject: { C: 'GB', O: 'Brampton Trust', CN: 'Brampton TLS CA 5' },
  issuer: root,
  notBefore: ONSET - 900 * DAY,
  notAfter: ONSET + 900 * DAY,
  ca: true,
});
const expiredMiddle = issue({
  subject: { C: 'GB', O: 'Brampton Trust', CN: 'Brampton TLS CA 4' },
  issuer: root,
  notBefore: ONSET - 1800 * DAY,
  notAfter: ONSET,
  ca: true,
});
type Authority = typeof root;
const leaf = (
  o: {
    names?: string[] | undefined;
    issuer?: Authority;
    usage?: 'server' | 'client';
    from?: number;
    to?: number;
    cn?: string;
    key?: string;
  } = {},
) =>
  issue({
    subject: { O: 'Corallo Pay', CN: o.cn ?? HOST },
    issuer: o.issuer ?? middle,
    notBefore: o.from ?? ONSET - 60 * DAY,
    notAfter: o.to ?? ONSET + 140 * DAY,
    ...('names' in o ? (o.names ? { names: o.names } : {}) : { names: [HOST] }),
    usage: o.usage ?? 'server',
    ...(o.key ? { key: o.key } : {}),
  });
const chain = (l: Authority, m = middle): Files => ({
  'certs/gateway-chain.pem': l.cert + m.cert,
  'certs/ca-bundle.pem': root.cert,
});

/** Certificates that node:crypto does not sign: made by OpenSSL. */
function opensslLeaf(args: string[], bits = '2048', digest = '-sha256', subject = `/O=Corallo Pay/CN=${HOST}`): string {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-made-'));
  const at = (n: string): string => join(folder, n);
  try {
    writeFileSync(at('ca.pem'), middle.cert);
    writeFileSync(at('ca.key'), middle.key);
    writeFileSync(at('ext'), `subjectAltName=DNS:${HOST}\nextendedKeyUsage=serverAuth\n`);
    execFileSync('openssl', ['genrsa', '-out', at('k'), bits], { stdio: 'ignore' });
    execFileSync('openssl', ['req', '-new', '-key', at('k'), '-subj', subject, '-out', at('r')], { stdio: 'ignore' });
    execFileSync(
      'openssl',
      [
        'x509',
        '-req',
        '-in',
        at('r'),
        '-CA',
        at('ca.pem'),
        '-CAkey',
        at('ca.key'),
        '-set_serial',
        '77',
        '-days',
        '20000',
        '-extfile',
        at('ext'),
        digest,
        '-out',
        at('c'),
        ...args,
      ],
      { stdio: 'ignore' },
    );
    return readFileSync(at('c'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const EXPIRED: Words = {
  java: java('PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed'),
  node: node('CERT_HAS_EXPIRED', 'certificate has expired'),
  python: python('certificate has expired'),
};
const NAME: Words = {
  java: java(`No subject alternative DNS name matching ${HOST} found.`),
  node: node(
    'ERR_TLS_CERT_ALTNAME_INVALID',
    `Hostname/IP does not match certificate's altnames: Host: ${HOST}. is not in the cert's altnames: DNS:www.corallopay.example.net`,
  ),
  python: python(`Hostname mismatch, certificate is not valid for '${HOST}'.`),
};
const PURPOSE: Words = {
  java: java('Extended key usage does not permit use for TLS server authentication'),
  node: node('INVALID_PURPOSE', 'unsuitable certificate purpose'),
  python: python('unsuitable certificate purpose'),
};
const ISSUER: Words = {
  java: java(
    'PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target',
  ),
  node: node('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'),
  python: python('unable to get local issuer certificate'),
};
const REFUSED: Words = {
  java: `call ${URL} failed: java.net.ConnectException: Connection refused`,
  node: node('ECONNREFUSED', 'connect ECONNREFUSED 203.0.113.88:443'),
  python: `call ${URL} failed: ConnectionError: [Errno 111] Connection refused`,
};
const goNode = { name: 'fee-engine', ip: '10.77.4.41', stack: 'go' as const };
const curlNode = { name: 'cron-payout', ip: '10.77.4.42', stack: 'curl' as const };
const phpNode = { name: 'invoice-php', ip: '10.77.4.43', stack: 'php' as const };
const startFailures = (text: string): Files => ({
  'logs/gateway-error.log': stretch(ONSET - 3 * MINUTE, ONSET + 30 * MINUTE, 600, (t) =>
    nginxLine(t, 'emerg', text).replace(/\*\d+ /, ''),
  ),
});
const renewed = `${iso(ONSET)}  certificate of ${HOST} renewed, gateway restarted\n`;
const base64Pin = (pem: string): string =>
  createHash('sha256')
    .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');

const MUTUAL = 'https://link.nordhafen-bank.example:8443/acq/auth';
const BANK = { host: 'link.nordhafen-bank.example', ip: '198.51.100.61', port: 8443, mutual: true };
const clientRoot = issue({
  subject: { O: 'Nordhafen Bank', CN: 'Nordhafen Partner Root' },
  notBefore: ONSET - 3000 * DAY,
  notAfter: ONSET + 3000 * DAY,
  ca: true,
});
const client = (o: { to?: number; usage?: 'server' | 'client' } = {}) =>
  issue({
    subject: { O: 'Kestrel Mart', CN: 'kestrelmart-acq' },
    issuer: clientRoot,
    notBefore: ONSET - 365 * DAY,
    notAfter: o.to ?? ONSET + 200 * DAY,
    usage: o.usage ?? 'client',
  });
const http400: Outcome = {
  text: `call ${MUTUAL} returned http=400 body=<html><head><title>400 The SSL certificate error</title></head>`,
  http: '400',
  status: 'ERROR',
};
const bankAccess = (from = ONSET - 30 * MINUTE): string =>
  stretch(from, ONSET + 32 * MINUTE, 9, (t) =>
    accessLine(t, '192.0.2.45', 'POST /acq/auth HTTP/1.1', t < ONSET ? 200 : 400, t < ONSET ? 61 : 215),
  );

export const CERTIFICATE_CASES: Case[] = [
  {
    name: 'intermediate expired, chain file',
    cause: ['intermediate-expired'],
    never: ['server-cert-expired'],
    make: () =>
      scene({ onset: ONSET, outcome: failing(EXPIRED), files: chain(leaf({ issuer: expiredMiddle }), expiredMiddle) }),
  },
  {
    name: 'intermediate expired, separate files',
    cause: ['intermediate-expired'],
    never: ['server-cert-expired'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: failing(EXPIRED),
        files: {
          'certs/api.corallopay.pem': leaf({ issuer: expiredMiddle }).cert,
          'certs/issuing-ca.pem': expiredMiddle.cert,
          'certs/ca-bundle.pem': root.cert,
        },
      }),
  },
  {
    name: 'intermediate expired, two stacks of three',
    cause: ['intermediate-expired'],
    make: () =>
      scene({
        onset: ONSET,
        nodes: [NODES[0]!, goNode, curlNode],
        outcome: failing({
          java: EXPIRED.java!,
          go: `call failed: Post "${URL}": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time ${iso(ONSET)} is after ${iso(ONSET)}`,
          curl: 'curl: (60) SSL certificate problem: certificate has expired',
        }),
        files: chain(leaf({ issuer: expiredMiddle }), expiredMiddle),
      }),
  },
  {
    name: 'host name, chain file',
    cause: ['hostname-mismatch'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: failing(NAME),
        changes: renewed,
        files: chain(leaf({ names: ['www.corallopay.example.net'], cn: 'www.corallopay.example.net' })),
      }),
  },
  {
    name: 'host name, no certificate',
    cause: ['hostname-mismatch'],
    make: () => scene({ onset: ONSET, outcome: failing(NAME) }),
  },
  {
    name: 'host name, proxy words only',
    cause: ['hostname-mismatch'],
    make: () =>
      scene({
        onset: ONSET,
        noPayments: true,
        outcome: failing({ java: 'call http://edge/api/pay failed: HTTP 502' }),
        files: {
          ...chain(leaf({ names: ['www.corallopay.example.net'], cn: 'www.corallopay.example.net' })),
          'logs/edge-error.log': stretch(ONSET, ONSET + 31 * MINUTE, 11, (t) =>
            nginxLine(
              t,
              'error',
              `upstream SSL certificate does not match "${HOST}" while SSL handshaking to upstream, client: 100.64.3.9, server: www.kestrelmart.example.net, request: "POST /api/pay HTTP/1.1", upstream: "https://203.0.113.88:443/v1/charges", host: "www.kestrelmart.example.net"`,
            ),
          ),
        },
      }),
  },
  {
    name: 'no alternative name, only Go',
    cause: ['san-missing'],
    make: () =>
      scene({
        onset: ONSET,
        nodes: [...NODES, goNode],
        changes: renewed,
        outcome: failing({
          go: `call failed: Post "${URL}": tls: failed to verify certificate: x509: certificate relies on legacy Common Name field, use SANs instead`,
        }),
        files: chain(leaf({ names: undefined })),
      }),
  },
  {
    name: 'no alternative name, without certificate',
    cause: ['san-missing'],
    make: () =>
      scene({
        onset: ONSET,
        nodes: [...NODES, goNode],
        outcome: failing({
          go: `call failed: Post "${URL}": tls: failed to verify certificate: x509: certificate relies on legacy Common Name field, use SANs instead`,
        }),
      }),
  },
  {
    name: 'purpose, chain file',
    cause: ['server-eku-wrong'],
    make: () =>
      scene({ onset: ONSET, outcome: failing(PURPOSE), changes: renewed, files: chain(leaf({ usage: 'client' })) }),
  },
  {
    name: 'purpose, words only',
    cause: ['server-eku-wrong'],
    never: ['client-eku-missing'],
    make: () => scene({ onset: ONSET, outcome: failing(PURPOSE) }),
  },
  {
    name: 'revoked, list and chain',
    cause: ['cert-revoked'],
    make: () => {
      const l = leaf();
      return scene({
        onset: ONSET,
        outcome: failing({
          java: java(
            'PKIX path validation failed: java.security.cert.CertPathValidatorException: Certificate has been revoked, reason: SUPERSEDED, revocation date: Mon Mar 09 06:17:00 UTC 2026',
          ),
          python: python('certificate revoked'),
        }),
        files: {
          ...chain(l),
          'crl/brampton-tls-ca5.crl': revocationList(middle, ONSET, ONSET + 7 * DAY, [
            { serial: l.serial, time: ONSET, reason: 4 },
          ]),
        },
      });
    },
  },
  {
    name: 'revoked, words only',
    cause: ['cert-revoked'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: failing({
          java: java(
            'PKIX path validation failed: java.security.cert.CertPathValidatorException: Certificate has been revoked, reason: KEY_COMPROMISE',
          ),
          python: python('certificate revoked'),
        }),
      }),
  },
  {
    name: 'weak signature, server does not start',
    cause: ['cert-signature-weak'],
    never: ['connection-refused', 'key-pair-broken'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: failing(REFUSED),
        changes: renewed,
        files: {
          ...startFailures(
            'SSL_CTX_use_certificate("/etc/gw/tls/api.pem") failed (SSL: error:0A00018E:SSL routines::ca md too weak)',
          ),
          ...(hasOpenssl ? { 'certs/api.pem': opensslLeaf([], '2048', '-sha1') } : {}),
        },
      }),
  },
  {
    name: 'weak signature, server does not start, no certificate',
    cause: ['cert-signature-weak'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: failing(REFUSED),
        files: startFailures(
          'SSL_CTX_use_certificate("/etc/gw/tls/api.pem") failed (SSL: error:0A00018E:SSL routines::ca md too weak)',
        ),
      }),
  },
  {
    name: 'weak signature, clients',
    cause: ['cert-signature-weak'],
    make: () =>
      scene({
        onset: ONSET,
        nodes: [NODES[0]!, goNode, NODES[2]!],
        outcome: failing({
          java: java(
            'PKIX path validation failed: java.security.cert.CertPathValidatorException: Algorithm constraints check failed on signature algorithm: SHA1withRSA',
          ),
          go: `call failed: Post "${URL}": tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of "x509: cannot verify signature: insecure algorithm SHA1-RSA" while trying to verify candidate authority certificate "Brampton TLS CA 5")`,
          python: python('CA signature digest algorithm too weak'),
        }),
        files: hasOpenssl
          ? {
              'certs/gateway-chain.pem': opensslLeaf([], '2048', '-sha1') + middle.cert,
              'certs/ca-bundle.pem': root.cert,
            }
          : {},
      }),
  },
  {
    name: 'weak key, server does not start',
    cause: ['cert-key-weak'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: failing(REFUSED),
        changes: `${iso(ONSET)}  gateway host upgraded to OpenSSL 3\n`,
        files: {
          ...startFailures(
            'SSL_CTX_use_certificate("/etc/gw/tls/api.pem") failed (SSL: error:0A00018F:SSL routines::ee key too small)',
          ),
          ...(hasOpenssl ? { 'certs/api.pem': opensslLeaf([], '1024') } : {}),
        },
      }),
  },
  {
    name: 'weak key, clients',
    cause: ['cert-key-weak'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: failing({
          java: java(
            'PKIX path validation failed: java.security.cert.CertPathValidatorException: Algorithm constraints check failed on keysize limits: RSA 1024 bit key used with certificate: CN=api.corallopay.example.net',
          ),
          python: python('EE certificate key too weak'),
        }),
        files: hasOpenssl
          ? { 'certs/gateway-chain.pem': opensslLeaf([], '1024') + middle.cert, 'certs/ca-bundle.pem': root.cert }
          : {},
      }),
  },
  {
    name: 'path length',
    cause: ['ca-constraint-violated'],
    make: () =>
      scene({
        onset: ONSET,
        nodes: [...NODES, goNode],
        outcome: failing({
          java: java(
            'PKIX path validation failed: java.security.cert.CertPathValidatorException: basic constraints check failed: pathLenConstraint violated - this cert must be the last cert in the certification path',
          ),
          node: node('PATH_LENGTH_EXCEEDED', 'path length constraint exceeded'),
          python: python('path length constraint exceeded'),
          go: `call failed: Post "${URL}": tls: failed to verify certificate: x509: too many intermediates for path length constraint`,
        }),
        files: chain(leaf()),
      }),
  },
  {
    name: 'name constraints',
    cause: ['ca-constraint-violated'],
    make: () =>
      scene({
        onset: ONSET,
        nodes: [NODES[0]!, goNode, NODES[2]!],
        outcome: failing({
          java: java(
            'PKIX path validation failed: java.security.cert.CertPathValidatorException: name constraints check failed',
          ),
          python: python('permitted subtree violation'),
          go: `call failed: Post "${URL}": tls: failed to verify certificate: x509: a root or intermediate certificate is not authorized to sign for this name: DNS name "${HOST}" is not permitted by any constraint`,
        }),
      }),
  },
  {
    name: 'distrusted root after a runtime update',
    cause: ['root-distrusted'],
    never: ['ca-untrusted'],
    make: () =>
      scene({
        onset: ONSET,
        nodes: [NODES[0]!, NODES[1]!, NODES[2]!],
        changes: `${iso(ONSET)}  ledger-sync: JDK 17.0.12 -> 17.0.15\n`,
        outcome: failing({
          java: java(
            'TLS Server certificate issued after 2024-11-11 and anchored by a distrusted legacy Entrust root CA: CN=Entrust Root Certification Authority - G2',
          ),
        }),
        files: chain(leaf()),
      }),
  },
  {
    name: 'pin after an announced renewal',
    cause: ['pin-mismatch'],
    never: ['forged-certificate'],
    make: () => {
      const old = leaf({ to: ONSET + 8 * DAY });
      const now = leaf({ from: ONSET - 2 * DAY });
      return scene({
        onset: ONSET,
        changes: `${iso(ONSET)}  ${HOST}: provider switched to the new certificate\n`,
        outcome: failing({
          java: `call ${URL} failed: javax.net.ssl.SSLPeerUnverifiedException: Certificate pinning failure!`,
          python: `call ${URL} failed: pycurl.error: (90, 'SSL: public key does not match pinned public key')`,
        }),
        files: {
          ...chain(now),
          'certs/previous-chain.pem': old.cert + middle.cert,
          'conf/pins.txt': `# pinned keys, sha256 of SPKI\n${HOST} sha256/${base64Pin(old.cert)}\n`,
          'notices/corallo-renewal.txt': `From: support@corallopay.example.net\nDate: ${iso(ONSET - 20 * DAY)}\nSubject: new TLS certificate for ${HOST}\n\nOn ${iso(ONSET).slice(0, 10)} we replace the certificate and key of ${HOST}. New serial ${now.serial}. Partners that pin the key must update.\n`,
        },
      });
    },
  },
  {
    name: 'pin, words only',
    cause: ['pin-mismatch'],
    never: ['forged-certificate'],
    make: () =>
      scene({
        onset: ONSET,
        outcome: failing({
          java: `call ${URL} failed: javax.net.ssl.SSLPeerUnverifiedException: Certificate pinning failure!\n  Peer certificate chain:\n    sha256/abc=: CN=${HOST}`,
        }),
      }),
  },
  {
    name: 'forged, seen by one office',
    cause: ['forged-certificate'],
    never: ['pin-mismatch', 'ca-untrusted'],
    make: () => {
      const evil = issue({
        subject: { O: 'Corallo Pay', CN: 'Global Secure CA' },
        notBefore: ONSET - 2 * DAY,
        notAfter: ONSET + 900 * DAY,
        ca: true,
      });
      const forged = leaf({ issuer: evil, from: ONSET - DAY });
      const real = leaf();
      return scene({
        onset: ONSET,
        outcome: failing(ISSUER, (a) => a.after && a.node === NODES[2]),
        files: {
          ...chain(real),
          'certs/seen-by-subs-renew.pem': forged.cert,
          'conf/pins.txt': `${HOST} sha256/${base64Pin(real.cert)}\n`,
          'certs/baseline.txt': `${HOST} issuer "${'Brampton TLS CA 5'}" sha256/${base64Pin(real.cert)}\n`,
        },
      });
    },
  },
  {
    name: 'key fetched over HTTP',
    cause: ['private-key-exposed'],
    make: () =>
      scene({
        onset: ONSET,
        files: {
          'host/listing-webroot.txt': `-rw-r--r-- 1 deploy deploy 1704 ${iso(ONSET - 3 * DAY).slice(0, 10)} 11:02 /var/www/pay/backup/api-corallo.key\n-rw-r--r-- 1 deploy deploy 18123 ${iso(ONSET - 9 * DAY).slice(0, 10)} 09:00 /var/www/pay/index.html\n`,
          'logs/www-access.log':
            stretch(ONSET - 30 * MINUTE, ONSET + 32 * MINUTE, 14, (t, i) =>
              accessLine(
                t,
                `100.64.${i % 20}.${i % 250}`,
                i % 3 ? 'GET / HTTP/1.1' : 'POST /api/pay HTTP/1.1',
                200,
                5120,
                'Mozilla/5.0',
              ),
            ) +
            stretch(ONSET, ONSET + 4 * MINUTE, 70, (t) =>
              accessLine(t, '45.83.64.9', 'GET /backup/api-corallo.key HTTP/1.1', 200, 1704, 'curl/8.5.0'),
            ),
        },
      }),
  },
  {
    name: 'key in the web root, listing only',
    cause: ['private-key-exposed'],
    make: () =>
      scene({
        onset: ONSET,
        files: {
          'host/ls.txt': `-rw-r--r-- 1 deploy deploy 1704 ${iso(ONSET).slice(0, 10)} 11:47 /srv/www/htdocs/old/server.key\n-rw-r--r-- 1 deploy deploy 18123 ${iso(ONSET - 9 * DAY).slice(0, 10)} 09:00 /srv/www/htdocs/index.html\n`,
        },
      }),
  },
  {
    name: 'client certificate expired, 400 and client file',
    cause: ['client-cert-expired'],
    never: ['server-cert-expired'],
    make: () => {
      const c = client({ to: ONSET });
      return scene({
        onset: ONSET,
        ...BANK,
        outcome: (a) => (a.after ? http400 : undefined),
        files: {
          'certs/client.pem': c.cert,
          'certs/bank-partner-root.pem': clientRoot.cert,
          'logs/bank-access.log': bankAccess(),
        },
      });
    },
  },
  {
    name: 'client certificate expired, verify lines at the bank',
    cause: ['client-cert-expired'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        outcome: (a) => (a.after ? http400 : undefined),
        files: {
          'logs/bank-error.log': stretch(ONSET, ONSET + 31 * MINUTE, 9, (t) =>
            nginxLine(
              t,
              'info',
              'client SSL certificate verify error: (10:certificate has expired) while reading client request headers, client: 192.0.2.45, server: link.nordhafen-bank.example, request: "POST /acq/auth HTTP/1.1", host: "link.nordhafen-bank.example:8443"',
            ),
          ),
        },
      }),
  },
  {
    name: 'client certificate expired, curl blames the server',
    cause: ['client-cert-expired'],
    never: ['server-cert-expired'],
    make: () => {
      const c = client({ to: ONSET });
      const server = issue({
        subject: { O: 'Nordhafen', CN: BANK.host },
        issuer: middle,
        notBefore: ONSET - 90 * DAY,
        notAfter: ONSET + 90 * DAY,
        names: [BANK.host],
        usage: 'server',
      });
      return scene({
        onset: ONSET,
        ...BANK,
        nodes: [curlNode, phpNode],
        outcome: failing({
          curl: 'curl: (60) SSL certificate verification failed (error:0A000415:SSL routines::sslv3 alert certificate expired)',
          php: `cURL error 60: error:0A000415:SSL routines::sslv3 alert certificate expired for ${MUTUAL}`,
        }),
        files: {
          'certs/client.pem': c.cert,
          'certs/bank-server.pem': server.cert + middle.cert,
          'certs/ca-bundle.pem': root.cert,
        },
      });
    },
  },
  {
    name: 'client certificate expired, HAProxy and Java',
    cause: ['client-cert-expired'],
    make: () => {
      const c = client({ to: ONSET });
      return scene({
        onset: ONSET,
        ...BANK,
        nodes: [NODES[0]!],
        outcome: failing({
          java: `call ${MUTUAL} failed: javax.net.ssl.SSLHandshakeException: Received fatal alert: bad_certificate`,
        }),
        files: {
          'certs/keystore-export.pem': c.cert,
          'logs/bank-haproxy.log': stretch(
            ONSET,
            ONSET + 31 * MINUTE,
            10,
            (t) =>
              `${iso(t).slice(0, 19)}Z lb1 haproxy[2107]: 192.0.2.45:${20000 + (t % 9000)} [${iso(t)}] fe_acq/1: SSL client certificate not trusted`,
          ),
        },
      });
    },
  },
  {
    name: 'client purpose, bank log',
    cause: ['client-eku-missing'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        changes: `${iso(ONSET)}  client certificate of kestrelmart renewed with the public CA\n`,
        outcome: (a) => (a.after ? http400 : undefined),
        files: {
          'certs/client.pem': client({ usage: 'server' }).cert,
          'logs/bank-error.log': stretch(ONSET, ONSET + 31 * MINUTE, 9, (t) =>
            nginxLine(
              t,
              'info',
              'client SSL certificate verify error: (26:unsuitable certificate purpose) while reading client request headers, client: 192.0.2.45, server: link.nordhafen-bank.example',
            ),
          ),
        },
      }),
  },
  {
    name: 'client purpose, file and alerts only',
    cause: ['client-eku-missing'],
    make: () =>
      scene({
        onset: ONSET,
        ...BANK,
        changes: `${iso(ONSET)}  client certificate of kestrelmart renewed with the public CA\n`,
        outcome: failing({
          java: `call ${MUTUAL} failed: javax.net.ssl.SSLHandshakeException: Received fatal alert: unsupported_certificate`,
          node: `call ${MUTUAL} failed code=ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE Error: error:0A000413:SSL routines:ssl3_read_bytes:sslv3 alert unsupported certificate:SSL alert number 43`,
          python: `call ${MUTUAL} failed: SSLError: [SSL: SSLV3_ALERT_UNSUPPORTED_CERTIFICATE] sslv3 alert unsupported certificate (_ssl.c:2580)`,
        }),
        files: { 'certs/client.pem': client({ usage: 'server' }).cert, 'certs/partner-root.pem': clientRoot.cert },
      }),
  },
  {
    name: 'healthy: rotation done right',
    cause: [],
    make: () =>
      scene({
        onset: ONSET,
        changes: renewed,
        files: {
          ...chain(leaf({ from: ONSET - DAY })),
          'certs/previous-chain.pem': leaf({ to: ONSET + 3 * MINUTE }).cert + middle.cert,
        },
      }),
  },
  {
    name: 'healthy: an expired certificate that nobody uses',
    cause: [],
    make: () =>
      scene({
        onset: ONSET,
        files: {
          ...chain(leaf()),
          'certs/staging.corallopay.example.net.pem': issue({
            subject: { CN: 'staging.corallopay.example.net' },
            issuer: middle,
            notBefore: ONSET - 400 * DAY,
            notAfter: ONSET - 3 * DAY,
            names: ['staging.corallopay.example.net'],
            usage: 'server',
          }).cert,
        },
      }),
  },
  {
    name: 'healthy: pins updated in time',
    cause: [],
    make: () => {
      const l = leaf({ from: ONSET - DAY });
      return scene({
        onset: ONSET,
        changes: renewed,
        files: { ...chain(l), 'conf/pins.txt': `${HOST} sha256/${base64Pin(l.cert)}\n` },
      });
    },
  },
];
