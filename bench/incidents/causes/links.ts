/** Incidents about client certificates and the parameters of TLS. */
import { nginxTail } from '../edges.ts';
import { bankLink, bankNginx, clientPair, deployed, failing, leaf, only, served, trusted } from '../frame.ts';
import type { Incident } from '../types.ts';
import { DAY, HOUR, MINUTE, type World } from '../world.ts';

const HTTP400 = (title: string): string =>
  `<html><head><title>400 ${title}</title></head><body><center><h1>400 Bad Request</h1></center></body></html>`;
const ourClient = (w: World, config: boolean): void => {
  w.put(
    'conf',
    'bank-link.conf',
    `location /bank/ {\n    proxy_pass https://${w.bank.host}:${w.bank.port};\n    proxy_ssl_server_name on;\n    proxy_ssl_verify on;\n    proxy_ssl_trusted_certificate /etc/pay/bank-ca.pem;\n${config ? '    proxy_ssl_certificate /etc/pay/client.pem;\n    proxy_ssl_certificate_key /etc/pay/client.key;\n' : ''}}\n`,
  );
};

export const MUTUAL: Incident[] = [
  {
    name: 'new image lost the client certificate',
    causes: ['client-cert-not-sent'],
    owners: ['ops', 'app'],
    unlike: [
      'client-cert-expired',
      'client-ca-untrusted',
      'handshake-cut-by-middlebox',
      'server-cert-expired',
      'no-common-cipher',
    ],
    tell(w) {
      const bank = bankLink(w);
      const { root, client } = clientPair(w);
      w.put('certs', 'client.pem', client.cert);
      w.put('certs', 'bank-partner-ca.pem', root.cert);
      ourClient(w, false);
      deployed(w, 'bank link: new container image', 0);
      w.pay(failing(w, 'certificateRequired', { peer: bank }));
      bankNginx(w, 400, 237, 'client sent no required SSL certificate while reading client request headers');
    },
  },
  {
    name: 'certificate required, bank silent',
    causes: ['client-cert-not-sent'],
    owners: ['ops', 'app'],
    unlike: ['client-cert-expired', 'handshake-cut-by-middlebox', 'server-cert-expired'],
    tell(w) {
      const bank = bankLink(w);
      w.pay(failing(w, 'certificateRequired', { peer: bank }));
      deployed(w, 'secrets volume of the pay pods renamed', 0);
    },
  },
  {
    name: 'our client certificate ran out',
    causes: ['client-cert-expired'],
    owners: ['ops', 'ca', 'bank'],
    unlike: ['server-cert-expired', 'crl-stale', 'intermediate-expired', 'client-cert-not-sent', 'client-ca-untrusted'],
    tell(w) {
      const bank = bankLink(w);
      const { root, client } = clientPair(w, { to: w.onset });
      w.put('certs', `${w.shopName}-client.pem`, client.cert);
      w.put('certs', 'bank-partner-ca.pem', root.cert);
      w.pay(failing(w, 'alertExpired', { peer: bank }));
    },
  },
  {
    name: 'our client certificate ran out, bank answers 400',
    causes: ['client-cert-expired'],
    owners: ['ops', 'ca', 'bank'],
    unlike: ['server-cert-expired', 'crl-stale', 'client-cert-not-sent', 'client-ca-untrusted', 'client-eku-missing'],
    tell(w) {
      bankLink(w);
      const { root, client } = clientPair(w, { to: w.onset });
      w.put('certs', 'client.pem', client.cert);
      w.put('certs', 'bank-partner-ca.pem', root.cert);
      w.pay((a) =>
        a.after
          ? {
              text: `POST https://${w.bank.host}${w.bank.path} -> 400 ${HTTP400('The SSL certificate error')}`,
              http: '400',
              status: 'error',
            }
          : undefined,
      );
      bankNginx(
        w,
        400,
        215,
        'client SSL certificate verify error: (10:certificate has expired) while reading client request headers',
      );
    },
  },
  {
    name: 'bank dropped the authority of our certificate',
    causes: ['client-ca-untrusted'],
    also: ['client-cert-not-sent'],
    owners: ['bank', 'ops', 'app'],
    unlike: [
      'client-chain-incomplete',
      'client-cert-expired',
      'server-cert-expired',
      'ca-untrusted',
      'intermediate-missing',
    ],
    tell(w) {
      const bank = bankLink(w);
      const { client } = clientPair(w);
      const fresh = w.certificate({
        subject: { O: 'bank', CN: 'Partner Root 2026' },
        notBefore: w.onset - 50 * DAY,
        notAfter: w.onset + 3000 * DAY,
        ca: true,
      });
      w.put('certs', 'client.pem', client.cert);
      w.put('certs', 'bank-accepted-client-ca.pem', fresh.cert);
      w.notice(
        'bank.txt',
        w.onset - 40 * DAY,
        `pki@${bank.host}`,
        'New partner CA',
        `From ${new Date(w.onset).toISOString().slice(0, 10)} we accept only client certificates issued by ${fresh.subject.CN}.`,
      );
      w.pay(failing(w, 'alertUnknownCa', { peer: bank }));
      bankNginx(
        w,
        400,
        215,
        'client SSL certificate verify error: (20:unable to get local issuer certificate) while reading client request headers',
      );
    },
  },
  {
    name: 'renewed client certificate is for servers',
    causes: ['client-eku-missing'],
    owners: ['ca', 'ops', 'bank'],
    unlike: ['server-eku-wrong', 'client-cert-expired', 'client-ca-untrusted', 'client-cert-not-sent'],
    tell(w) {
      const bank = bankLink(w);
      const { root, client } = clientPair(w, { usage: 'server', from: w.onset - HOUR });
      w.put('certs', 'client.pem', client.cert);
      w.put('certs', 'bank-partner-ca.pem', root.cert);
      deployed(w, 'client certificate of the bank link renewed (public CA)', 0);
      w.pay(failing(w, 'alertUnsupported', { peer: bank }));
      bankNginx(
        w,
        400,
        215,
        'client SSL certificate verify error: (26:unsuitable certificate purpose) while reading client request headers',
      );
    },
  },
  {
    name: 'client sends its leaf only',
    causes: ['client-chain-incomplete'],
    owners: ['ops', 'app'],
    unlike: ['client-cert-expired', 'intermediate-missing', 'server-cert-expired', 'client-cert-not-sent'],
    tell(w) {
      const bank = bankLink(w);
      const { root, middle, client } = clientPair(w, { viaMiddle: true });
      w.put('certs', 'client.pem', client.cert);
      w.put('certs', 'client-before.pem', client.cert + middle.cert);
      w.put('certs', 'bank-partner-root.pem', root.cert);
      deployed(w, 'client certificate bundle rewritten by the new secret store', 0);
      w.pay(failing(w, 'alertUnknownCa', { peer: bank }));
      bankNginx(
        w,
        400,
        215,
        'client SSL certificate verify error: (21:unable to verify the first certificate) while reading client request headers',
      );
    },
  },
  {
    name: 'renewed serial not registered at the bank',
    causes: ['client-cert-unregistered'],
    owners: ['bank', 'ops'],
    unlike: ['source-blocked', 'client-cert-expired', 'client-ca-untrusted', 'request-signature-wrong'],
    tell(w) {
      bankLink(w);
      const { root, client } = clientPair(w, { from: w.onset - HOUR });
      w.put('certs', 'client.pem', client.cert);
      w.put('certs', 'bank-partner-ca.pem', root.cert);
      deployed(w, 'client certificate of the bank link renewed', 0);
      w.pay((a) =>
        a.after
          ? {
              text: `POST https://${w.bank.host}${w.bank.path} -> 403 {"error":"client certificate not registered","serial":"${client.serial}"}`,
              http: '403',
              status: 'error',
            }
          : undefined,
      );
      bankNginx(w, 403, 88, undefined);
    },
  },
];

const refusing = (w: World, error: string, level = 'info'): void => bankNginx(w, 400, 0, error, level);

export const PARAMETERS: Incident[] = [
  {
    name: 'bank speaks TLS 1.0 only, our stacks moved on',
    causes: ['peer-tls-too-old'],
    owners: ['bank', 'ops'],
    unlike: [
      'secure-renegotiation-missing',
      'client-tls-too-old',
      'no-common-cipher',
      'plaintext-on-tls-port',
      'server-cert-expired',
      'static-rsa-only-peer',
    ],
    tell(w) {
      w.routes = ['gateway', 'bank'];
      deployed(w, 'all app hosts: base image with OpenSSL 3 rolled out', 0);
      w.put(
        'notes',
        'bank-parameters.txt',
        `Link parameters of ${w.bank.host}\nprotocol: TLS 1.0\ncipher: AES128-SHA\n`,
      );
      w.pay(failing(w, 'oldServer', { peer: w.bank, when: (a) => a.route === 'bank' }));
    },
  },
  {
    name: 'gateway raised its minimum, old terminals fail',
    causes: ['client-tls-too-old'],
    owners: ['app', 'ops'],
    unlike: ['peer-tls-too-old', 'no-common-cipher', 'server-cert-expired'],
    tell(w) {
      w.notice(
        'psp.txt',
        w.onset - 60 * DAY,
        `ops@${w.gateway.host}`,
        'End of TLS 1.1',
        `On ${new Date(w.onset).toISOString().slice(0, 16)}Z we switch off TLS 1.0 and 1.1.`,
      );
      const old = w.nodes.slice(0, 2);
      w.pay(failing(w, 'alertVersion', { when: (a) => old.includes(a.node) }));
    },
  },
  {
    name: 'bank reduced its cipher list to one we do not offer',
    causes: ['no-common-cipher'],
    owners: ['bank', 'ops', 'app'],
    unlike: [
      'key-type-mismatch',
      'no-common-group',
      'static-rsa-only-peer',
      'client-cert-not-sent',
      'client-tls-too-old',
    ],
    tell(w) {
      const bank = bankLink(w);
      w.mutual = false;
      w.notice(
        'bank.txt',
        w.onset - 9 * DAY,
        `it@${bank.host}`,
        'Cipher suites',
        `On ${new Date(w.onset).toISOString().slice(0, 10)} the acquiring link accepts only TLS 1.2 with ECDHE-RSA-CHACHA20-POLY1305.`,
      );
      w.put(
        'conf',
        'tls-client.properties',
        'tls.protocols=TLSv1.2\ntls.ciphers=ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384\n',
      );
      w.put(
        'conf',
        'bank-nginx.conf',
        `server {\n  listen 443 ssl;\n  server_name ${bank.host};\n  ssl_protocols TLSv1.2;\n  ssl_ciphers ECDHE-RSA-CHACHA20-POLY1305;\n}\n`,
      );
      w.pay(failing(w, 'alert40', { peer: bank }));
      refusing(
        w,
        'SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::no shared cipher) while SSL handshaking',
      );
    },
  },
  {
    name: 'bank offers static RSA only, one host has the new Java',
    causes: ['static-rsa-only-peer'],
    owners: ['bank', 'ops'],
    unlike: ['peer-tls-too-old', 'no-common-cipher', 'client-cert-not-sent', 'key-type-mismatch'],
    tell(w) {
      const bank = bankLink(w);
      w.mutual = false;
      w.stacks('java', 'node', 'go', 'php');
      deployed(w, `${w.nodes[0]!.name}: JDK 17.0.15 -> 17.0.18`, 0);
      w.put(
        'meta',
        'versions.txt',
        `${w.nodes[0]!.name} before: openjdk 17.0.15\n${w.nodes[0]!.name} now: openjdk 17.0.18\n`,
      );
      w.put(
        'notes',
        'bank-scan.txt',
        `$ nmap --script ssl-enum-ciphers -p ${bank.port} ${bank.host}\n|   TLSv1.2:\n|     ciphers:\n|       TLS_RSA_WITH_AES_128_GCM_SHA256 (rsa 2048) - A\n|       TLS_RSA_WITH_AES_256_CBC_SHA (rsa 2048) - A\n|_  least strength: A\n`,
      );
      w.pay(failing(w, 'alert40', { peer: bank, when: only('java') }));
    },
  },
  {
    name: 'certificate renewed to an elliptic curve, one old client offers RSA only',
    causes: ['key-type-mismatch'],
    owners: ['ops', 'app', 'psp'],
    unlike: ['no-common-cipher', 'no-common-group', 'client-tls-too-old', 'server-cert-expired'],
    tell(w) {
      const { root, middle } = w.authority();
      served(w, w.gateway.host, leaf(w, { issuer: middle, from: w.onset - HOUR }), middle);
      w.put(
        'certs',
        'gateway-previous.pem',
        leaf(w, { issuer: middle, from: w.onset - 300 * DAY, to: w.onset + 10 * DAY }, { rsaBits: 2048 }).cert,
      );
      trusted(w, root);
      w.stacks('php', 'java', 'node', 'go');
      deployed(w, `certificate of ${w.gateway.host} renewed, now ECDSA P-256`, 0);
      w.put(
        'conf',
        `${w.nodes[0]!.name}.ini`,
        'curl.ssl_cipher_list = "ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA"\ncurl.sslversion = TLSv1_2\n',
      );
      w.pay(failing(w, 'alert40', { when: only('php') }));
    },
  },
  {
    name: 'bank allows one large curve only',
    causes: ['no-common-group'],
    owners: ['bank', 'ops', 'app', 'net'],
    unlike: ['no-common-cipher', 'key-type-mismatch', 'client-cert-not-sent', 'server-cert-expired'],
    tell(w) {
      const bank = bankLink(w);
      w.mutual = false;
      w.put('conf', 'tls-client.ini', 'curves = X25519:P-256\n');
      w.notice(
        'bank.txt',
        w.onset - 5 * DAY,
        `it@${bank.host}`,
        'Hardening',
        `On ${new Date(w.onset).toISOString().slice(0, 10)} the host interface allows only the curve secp521r1.`,
      );
      w.pay(failing(w, 'alert40', { peer: bank }));
      refusing(
        w,
        'SSL_do_handshake() failed (SSL: error:0A000065:SSL routines::no suitable key share) while SSL handshaking',
      );
    },
  },
  {
    name: 'bank uses a Diffie-Hellman key of 1024 bits',
    causes: ['dh-key-weak'],
    owners: ['bank', 'ops'],
    unlike: ['no-common-cipher', 'cert-key-weak', 'peer-tls-too-old'],
    tell(w) {
      w.routes = ['gateway', 'bank'];
      w.stacks('python', 'java', 'php', 'node');
      deployed(w, 'app hosts: OpenSSL 1.1.1 -> 3.0', 0);
      w.pay(failing(w, 'dhSmall', { peer: w.bank, when: (a) => a.route === 'bank' }));
    },
  },
  {
    name: 'bank stack without secure renegotiation',
    causes: ['secure-renegotiation-missing'],
    owners: ['bank', 'ops'],
    unlike: ['peer-tls-too-old', 'no-common-cipher', 'handshake-cut-by-middlebox'],
    tell(w) {
      const bank = bankLink(w);
      w.mutual = false;
      w.stacks('python', 'node', 'java', 'php');
      deployed(w, 'base image bookworm (OpenSSL 3)', 0);
      w.pay(failing(w, 'renegotiation', { peer: bank }));
    },
  },
  {
    name: 'proxy sends no server name, gets the default certificate',
    causes: ['sni-wrong'],
    owners: ['ops', 'net', 'app'],
    unlike: ['server-cert-expired', 'forged-certificate', 'ca-untrusted', 'san-missing'],
    tell(w) {
      const { root, middle } = w.authority();
      const other = 'default.cdn-edge.example.net';
      w.put('certs', `with-sni-${w.gateway.host}.pem`, leaf(w, { issuer: middle }).cert + middle.cert);
      w.put('certs', `without-sni.pem`, leaf(w, { issuer: middle, names: [other], cn: other }).cert + middle.cert);
      trusted(w, root);
      w.put(
        'conf',
        'egress.conf',
        `server {\n  listen 127.0.0.1:9080;\n  location / {\n    proxy_pass https://${w.gateway.host};\n    proxy_ssl_verify on;\n    proxy_ssl_name ${w.gateway.host};\n    proxy_ssl_trusted_certificate /etc/ssl/ca.pem;\n  }\n}\n`,
      );
      deployed(w, `${w.gateway.host} moved behind a CDN (shared address)`, 0);
      w.pay((a) =>
        a.after
          ? { text: 'POST http://127.0.0.1:9080/pay -> HTTP 502 Bad Gateway', http: '502', status: 'error' }
          : undefined,
      );
      w.each(w.onset, w.now, 6, (t) =>
        w.log(
          'egress/error.log',
          t,
          `${new Date(t + w.zone.minutes * MINUTE).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')} [error] 77#77: *${t % 9999} upstream SSL certificate does not match "${w.gateway.host}" while SSL handshaking to upstream${nginxTail(w, w.gateway)}`,
        ),
      );
    },
  },
  {
    name: 'unknown name after a rename',
    causes: ['sni-wrong'],
    owners: ['ops', 'net', 'app', 'psp'],
    unlike: ['alpn-mismatch', 'hostname-mismatch', 'server-cert-expired', 'no-common-cipher'],
    tell(w) {
      deployed(w, `endpoint ${w.gateway.host}: strict SNI switched on`, 0);
      w.pay(failing(w, 'unknownName'));
    },
  },
  {
    name: 'listener lost its ssl flag',
    causes: ['plaintext-on-tls-port'],
    owners: ['ops', 'app', 'psp'],
    unlike: ['client-tls-too-old', 'server-cert-expired', 'request-flood', 'peer-tls-too-old'],
    tell(w) {
      w.put(
        'conf',
        'gateway.conf',
        `server {\n    listen 443;\n    server_name ${w.gateway.host};\n    ssl_certificate /etc/tls/gateway.pem;\n    ssl_certificate_key /etc/tls/gateway.key;\n}\n`,
      );
      deployed(w, 'gateway configuration from the new template', 0);
      w.pay(failing(w, 'plaintext'));
      w.each(w.onset, w.now, 7, (t) =>
        w.log(
          'gateway-access.log',
          t,
          `${w.nodes[0]!.ip} - - [${new Date(t).toISOString().slice(8, 10)}/${['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][new Date(t).getUTCMonth()]}/${new Date(t).getUTCFullYear()}:${new Date(t).toISOString().slice(11, 19)} +0000] "\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xFC\\x03\\x03" 400 157 "-" "-"`,
        ),
      );
    },
  },
  {
    name: 'gateway offers HTTP/2 no longer',
    causes: ['alpn-mismatch'],
    owners: ['app', 'ops', 'psp'],
    unlike: ['no-common-cipher', 'peer-tls-too-old', 'sni-wrong'],
    tell(w) {
      w.stacks('go', 'java', 'node', 'python');
      deployed(w, `${w.gateway.host}: http/2 switched off`, 0);
      w.pay(failing(w, 'alpn', { when: only('go', 'java') }));
    },
  },
  {
    name: 'firewall cuts handshakes after the hello',
    causes: ['handshake-cut-by-middlebox'],
    also: ['source-blocked'],
    owners: ['net', 'bank'],
    unlike: ['server-cert-expired', 'ca-untrusted', 'no-common-cipher', 'pin-mismatch', 'upstream-unavailable'],
    tell(w) {
      const bank = bankLink(w);
      w.mutual = false;
      deployed(w, 'egress moved to a new address 192.0.2.91', 0);
      w.pay(failing(w, 'cut', { peer: bank }));
      w.each(w.onset, w.now, 9, (t) =>
        w.edgeError(
          t,
          'error',
          {
            nginx: `peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking to upstream${nginxTail(w, bank)}`,
            haproxy: `Server be_bank/b1 is DOWN, reason: Layer6 invalid response, info: "SSL handshake failure (Connection reset by peer)", check duration: 12ms.`,
            httpd: `(104)Connection reset by peer: [remote ${bank.ip}:${bank.port}] AH01998: Connection closed to child 3 with abortive shutdown (server ${w.site}:443)`,
            envoy: `[C${t % 9000}] remote address:${bank.ip}:${bank.port},TLS_error:|33554536:system library:OPENSSL_internal:Connection reset by peer:TLS_error_end`,
          }[w.edgeName],
        ),
      );
    },
  },
  {
    name: 'large hello of the new clients is dropped',
    causes: ['large-hello-dropped'],
    also: ['handshake-cut-by-middlebox'],
    owners: ['net', 'bank', 'ops'],
    unlike: ['mtu-black-hole', 'connection-dropped', 'no-common-group', 'upstream-slow'],
    tell(w) {
      const bank = bankLink(w);
      w.mutual = false;
      const fresh = w.nodes.slice(0, 2);
      deployed(w, `${fresh.map((n) => n.name).join(', ')}: OpenSSL 3.0 -> 3.5 (X25519MLKEM768 by default)`, 0);
      w.put(
        'meta',
        'versions.txt',
        fresh.map((n) => `${n.name} before: OpenSSL 3.0.15\n${n.name} now: OpenSSL 3.5.1\n`).join(''),
      );
      w.pay(failing(w, 'handshakeTimeout', { peer: bank, when: (a) => fresh.includes(a.node) }));
    },
  },
];
