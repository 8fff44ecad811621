/** Incidents about server certificates and the chains they come in. */
import { createHash, X509Certificate } from 'node:crypto';
import { revocationList } from '../../../src/drill/certificates.ts';
import { nginxTail } from '../edges.ts';
import { deployed, failing, leaf, only, served, trusted } from '../frame.ts';
import { stamp } from '../stacks.ts';
import type { Incident } from '../types.ts';
import { DAY, HOUR, MINUTE, type World } from '../world.ts';

const pin = (pem: string): string =>
  createHash('sha256')
    .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
const OWN = ['ops', 'ca'];

/** Our own gateway in front of the shop: then the certificate is ours to renew. */
function listener(w: World, file = 'gateway.pem'): void {
  w.put(
    'conf',
    'gateway.conf',
    `server {\n    listen 443 ssl;\n    server_name ${w.gateway.host};\n    ssl_certificate     /etc/nginx/tls/${file};\n    ssl_certificate_key /etc/nginx/tls/gateway.key;\n    ssl_protocols TLSv1.2 TLSv1.3;\n    location / { proxy_pass http://127.0.0.1:8080; }\n}\n`,
  );
}

export const CERTIFICATES: Incident[] = [
  {
    name: 'gateway certificate ran out',
    causes: ['server-cert-expired'],
    owners: [...OWN, 'psp'],
    unlike: [
      'intermediate-expired',
      'clock-skew',
      'crl-stale',
      'cross-sign-expired',
      'client-cert-expired',
      'server-cert-not-yet-valid',
      'inspection-ca-expired',
    ],
    tell(w) {
      const { root, middle } = w.authority();
      served(w, w.gateway.host, leaf(w, { issuer: middle, to: w.onset }), middle);
      trusted(w, root);
      w.pay(failing(w, 'expired', { date: w.onset }));
    },
  },
  {
    name: 'gateway certificate ran out, proxy words only',
    causes: ['server-cert-expired'],
    owners: [...OWN, 'psp'],
    unlike: ['intermediate-expired', 'upstream-unavailable'],
    tell(w) {
      const { root, middle } = w.authority();
      served(w, w.gateway.host, leaf(w, { issuer: middle, to: w.onset }), middle);
      trusted(w, root);
      w.pay((a) =>
        a.after
          ? { text: `POST http://127.0.0.1/pay -> HTTP 502 Bad Gateway`, http: '502', status: 'error' }
          : undefined,
      );
      w.each(w.onset, w.now, 7, (t) => {
        const text = {
          nginx: `upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream${nginxTail(w, w.gateway)}`,
          haproxy: `Server be_psp/psp1 is DOWN, reason: Layer6 invalid response, info: "SSL handshake failure (error:0A000086:SSL routines::certificate verify failed: certificate has expired)", check duration: 9ms. 0 active and 0 backup servers left.`,
          httpd: `[remote ${w.gateway.ip}:443] AH02039: Certificate Verification: Error (10): certificate has expired`,
          envoy: `[C${t % 9000}] remote address:${w.gateway.ip}:443,TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify cert failed: X509_verify_cert: certificate verification error at depth 0: certificate has expired:TLS_error_end`,
        }[w.edgeName];
        w.edgeError(t, 'error', text);
      });
    },
  },
  {
    name: 'renewed certificate deployed before its time',
    causes: ['server-cert-not-yet-valid'],
    owners: [...OWN, 'psp'],
    unlike: ['server-cert-expired', 'clock-skew', 'ca-untrusted'],
    tell(w) {
      const { root, middle } = w.authority();
      const from = w.onset + 9 * HOUR;
      served(w, w.gateway.host, leaf(w, { issuer: middle, from, to: from + 100 * DAY }), middle);
      trusted(w, root);
      deployed(w, `${w.gateway.host}: renewed certificate rolled out`, 0);
      w.pay(failing(w, 'notYetValid', { date: from }));
    },
  },
  {
    name: 'one host runs half a year behind',
    causes: ['clock-skew'],
    owners: ['ops'],
    unlike: ['server-cert-not-yet-valid', 'server-cert-expired', 'ca-untrusted'],
    tell(w) {
      const { root, middle } = w.authority();
      const l = leaf(w, { issuer: middle });
      served(w, w.gateway.host, l, middle);
      trusted(w, root);
      const bad = w.nodes[1]!;
      for (const n of w.nodes)
        w.put(
          'meta',
          `chrony-${n.name}.txt`,
          `$ chronyc tracking   # ${n.name}\nReference ID    : ${n === bad ? '00000000 ()' : '0A0B0C0D (ntp1)'}\nStratum         : ${n === bad ? 0 : 3}\nSystem time     : ${n === bad ? '15552000.4' : '0.000214'} seconds ${n === bad ? 'slow' : 'fast'} of NTP time\nLeap status     : ${n === bad ? 'Not synchronised' : 'Normal'}\n`,
        );
      w.pay(failing(w, 'notYetValid', { date: l.notBefore, when: (a) => a.node === bad }));
    },
  },
  {
    name: 'one host runs ahead, its words carry the wrong time',
    causes: ['clock-skew'],
    owners: ['ops'],
    unlike: ['server-cert-expired', 'intermediate-expired'],
    tell(w) {
      const { root, middle } = w.authority();
      served(w, w.gateway.host, leaf(w, { issuer: middle }), middle);
      trusted(w, root);
      const bad = w.nodes[2]!;
      w.put(
        'meta',
        'timedatectl.txt',
        `# ${bad.name}\n               Local time: ${new Date(w.now + 200 * DAY).toUTCString()}\nSystem clock synchronized: no\n              NTP service: inactive\n# true time ${new Date(w.now).toISOString()}\n`,
      );
      w.put(
        'meta',
        `chrony-${bad.name}.txt`,
        `Reference ID    : 00000000 ()\nStratum         : 0\nSystem time     : 17280000.000000000 seconds fast of NTP time\nLeap status     : Not synchronised\n`,
      );
      w.pay(failing(w, 'expired', { date: w.onset + 120 * DAY, when: (a) => a.node === bad }));
    },
  },
  {
    name: 'intermediate left out after a renewal',
    causes: ['intermediate-missing'],
    owners: ['ops', 'psp'],
    unlike: ['ca-untrusted', 'self-signed-served', 'forged-certificate', 'inspection-ca-expired'],
    tell(w) {
      const { root, middle } = w.authority();
      served(w, w.gateway.host, leaf(w, { issuer: middle, from: w.onset - 2 * HOUR }));
      trusted(w, root);
      w.put('certs', 'issuing-ca.pem', middle.cert);
      deployed(w, `certificate of ${w.gateway.host} renewed`, 0);
      w.pay(failing(w, 'issuer'));
    },
  },
  {
    name: 'gateway moved to a root that one service does not know',
    causes: ['ca-untrusted'],
    owners: ['app', 'ops', 'psp'],
    unlike: [
      'root-distrusted',
      'intermediate-missing',
      'server-cert-expired',
      'forged-certificate',
      'self-signed-served',
    ],
    tell(w) {
      const old = w.authority('Vieux Trust');
      const fresh = w.authority('Quendale');
      served(w, w.gateway.host, leaf(w, { issuer: fresh.middle, from: w.onset - DAY }), fresh.middle);
      trusted(w, old.root);
      w.notice(
        'provider.txt',
        w.onset - 30 * DAY,
        `support@${w.gateway.host}`,
        'New root certificate',
        `From ${new Date(w.onset).toISOString().slice(0, 16)}Z our servers present certificates of ${fresh.root.subject.CN}. Please add it to your trust store.`,
      );
      w.pay(failing(w, 'issuer'));
    },
  },
  {
    name: 'issuing authority ran out, leaf valid',
    causes: ['intermediate-expired'],
    owners: ['ops', 'ca', 'psp'],
    unlike: ['server-cert-expired', 'cross-sign-expired', 'crl-stale', 'clock-skew'],
    tell(w) {
      const { root, middle } = w.authority('Ardenne Trust', { middleTo: w.onset });
      served(w, w.gateway.host, leaf(w, { issuer: middle }), middle);
      trusted(w, root);
      w.pay(failing(w, 'expired', { date: w.onset }));
    },
  },
  {
    name: 'cross-certificate to an old root ran out',
    causes: ['cross-sign-expired'],
    owners: ['ops', 'app', 'psp', 'ca'],
    unlike: ['server-cert-expired', 'intermediate-expired', 'clock-skew', 'crl-stale'],
    tell(w) {
      const old = w.certificate({
        subject: { O: 'AddOn Trust', CN: 'AddOn External Root' },
        notBefore: w.onset - 7000 * DAY,
        notAfter: w.onset,
        ca: true,
      });
      const root = w.certificate({
        subject: { O: 'Sector', CN: 'Sector Root X1' },
        notBefore: w.onset - 3000 * DAY,
        notAfter: w.onset + 3000 * DAY,
        ca: true,
      });
      const cross = w.certificate({
        subject: root.subject,
        issuer: old,
        notBefore: w.onset - 3000 * DAY,
        notAfter: w.onset,
        ca: true,
        key: root.key,
      });
      const middle = w.certificate({
        subject: { O: 'Sector', CN: 'Sector TLS R3' },
        issuer: root,
        notBefore: w.onset - 800 * DAY,
        notAfter: w.onset + 800 * DAY,
        ca: true,
      });
      served(w, w.gateway.host, leaf(w, { issuer: middle }), middle, cross);
      w.put('certs', 'system-roots.pem', root.cert + old.cert);
      w.put('certs', `${w.nodes[2]!.name}-truststore.pem`, old.cert);
      w.pay(failing(w, 'expired', { date: w.onset, when: (a) => a.node === w.nodes[2] }));
    },
  },
  {
    name: 'certificate of another host',
    causes: ['hostname-mismatch'],
    owners: ['ops', 'psp', 'ca'],
    unlike: ['sni-wrong', 'san-missing', 'forged-certificate', 'ca-untrusted'],
    tell(w) {
      const { root, middle } = w.authority();
      const other = w.gateway.host.replace(/^[^.]+/, 'sandbox');
      served(w, w.gateway.host, leaf(w, { issuer: middle, names: [other], cn: other, from: w.onset - HOUR }), middle);
      trusted(w, root);
      deployed(w, `certificate of ${w.gateway.host} renewed`);
      w.pay(failing(w, 'name', { names: [other] }));
    },
  },
  {
    name: 'new certificate without alternative names',
    causes: ['san-missing'],
    owners: ['ops', 'ca', 'psp', 'app'],
    unlike: ['hostname-mismatch', 'sni-wrong'],
    tell(w) {
      w.ensure('go');
      const { root, middle } = w.authority();
      served(w, w.gateway.host, leaf(w, { issuer: middle, names: undefined, from: w.onset - HOUR }), middle);
      trusted(w, root);
      deployed(w, `certificate of ${w.gateway.host} renewed`, 0);
      w.pay(failing(w, 'noSan'));
    },
  },
  {
    name: 'placeholder of a fresh installation served',
    causes: ['self-signed-served'],
    owners: ['ops', 'sec', 'psp'],
    unlike: ['ca-untrusted', 'intermediate-missing', 'pin-mismatch', 'server-cert-expired'],
    tell(w) {
      const { root } = w.authority();
      const fake = w.certificate({
        subject: { CN: w.gateway.host },
        notBefore: w.onset - 5 * MINUTE,
        notAfter: w.onset + 3650 * DAY,
        names: [w.gateway.host],
      });
      served(w, w.gateway.host, fake);
      trusted(w, root);
      deployed(w, `${w.gateway.host}: host reinstalled`, 2);
      w.pay(failing(w, 'selfSigned'));
    },
  },
  {
    name: 'server certificate for clients only',
    causes: ['server-eku-wrong'],
    owners: ['ops', 'ca', 'psp'],
    unlike: ['ca-constraint-violated', 'client-eku-missing', 'hostname-mismatch', 'ca-untrusted'],
    tell(w) {
      const { root, middle } = w.authority();
      served(w, w.gateway.host, leaf(w, { issuer: middle, usage: 'client', from: w.onset - HOUR }), middle);
      trusted(w, root);
      deployed(w, `certificate of ${w.gateway.host} renewed from new profile`);
      w.pay(failing(w, 'purpose'));
    },
  },
  {
    name: 'certificate revoked by its authority',
    causes: ['cert-revoked'],
    owners: ['ca', 'sec', 'ops', 'psp'],
    unlike: ['ocsp-staple-missing', 'crl-stale', 'server-cert-expired', 'ca-untrusted'],
    tell(w) {
      w.stacks('java', 'dotnet', 'python', 'node');
      const { root, middle } = w.authority();
      const l = leaf(w, { issuer: middle });
      served(w, w.gateway.host, l, middle);
      trusted(w, root);
      w.put(
        'certs',
        'issuing-ca.crl',
        revocationList(middle, w.onset - MINUTE, w.onset + 7 * DAY, [
          { serial: l.serial, time: w.onset - MINUTE, reason: 1 },
        ]),
      );
      w.pay(failing(w, 'revoked', { date: w.onset - MINUTE }));
    },
  },
  {
    name: 'partner list of revoked certificates ran out',
    causes: ['crl-stale'],
    owners: ['ops', 'ca'],
    unlike: [
      'client-cert-expired',
      'client-ca-untrusted',
      'server-cert-expired',
      'cert-revoked',
      'client-cert-not-sent',
    ],
    tell(w) {
      w.mutual = true;
      const root = w.certificate({
        subject: { O: w.shopName, CN: `${w.shopName} Partner CA` },
        notBefore: w.onset - 2000 * DAY,
        notAfter: w.onset + 2000 * DAY,
        ca: true,
      });
      w.put('certs', 'partner.crl', revocationList(root, w.onset - 30 * DAY, w.onset, []));
      w.put('certs', 'partner-ca.pem', root.cert);
      w.merchants.forEach((m) => {
        w.put(
          'certs',
          `clients/${m}.pem`,
          w.certificate({
            subject: { CN: m },
            issuer: root,
            notBefore: w.onset - 100 * DAY,
            notAfter: w.onset + 200 * DAY,
            usage: 'client',
          }).cert,
        );
      });
      w.put(
        'conf',
        'partner-api.conf',
        `server {\n  listen 8443 ssl;\n  server_name partner.${w.shopName}.example.com;\n  ssl_certificate tls/partner-api.pem;\n  ssl_certificate_key tls/partner-api.key;\n  ssl_client_certificate tls/partner-ca.pem;\n  ssl_crl tls/partner.crl;\n  ssl_verify_client on;\n}\n`,
      );
      w.pay(
        (a) =>
          a.after
            ? { text: '<html><head><title>400 The SSL certificate error</title></head>', http: '400', status: 'error' }
            : undefined,
        { noWeb: true },
      );
      w.each(w.start, w.now, 6, (t, i) => {
        const bad = t >= w.onset;
        const ip = `192.0.2.${20 + (i % 4)}`;
        const d = new Date(t).toISOString();
        w.log(
          'partner-access.log',
          t,
          JSON.stringify({
            time: d,
            remote_addr: ip,
            request: 'POST /partner/pay HTTP/1.1',
            status: bad ? 400 : 200,
            body_bytes_sent: bad ? 215 : 88,
            ssl_client_verify: bad ? 'FAILED:CRL has expired' : 'SUCCESS',
          }),
        );
        if (bad)
          w.log(
            'partner-error.log',
            t,
            `${stamp.slash(w.clock(t))} [info] 9#9: *${i} client SSL certificate verify error: (12:CRL has expired) while reading client request headers, client: ${ip}, server: partner.${w.shopName}.example.com, request: "POST /partner/pay HTTP/1.1"`,
          );
      });
    },
  },
  {
    name: 'certificate demands a staple nobody gives',
    causes: ['ocsp-staple-missing'],
    owners: ['ops', 'ca', 'psp'],
    unlike: ['cert-revoked', 'server-cert-expired', 'ca-untrusted'],
    tell(w) {
      const { root, middle } = w.authority();
      served(w, w.gateway.host, leaf(w, { issuer: middle, from: w.onset - HOUR }, { mustStaple: true }), middle);
      trusted(w, root);
      listener(w);
      const bad = w.nodes[0]!;
      deployed(w, `certificate of ${w.gateway.host} renewed`, 0);
      w.pay((a) =>
        a.after && a.node === bad
          ? {
              text: `GnuTLS: error in certificate verification of ${w.gateway.host}: The certificate requires the server to include an OCSP status in its response, but the OCSP status is missing.`,
              status: 'error',
            }
          : undefined,
      );
    },
  },
  {
    name: 'renewed with SHA-1 by an old private authority',
    causes: ['cert-signature-weak'],
    owners: ['ca', 'ops', 'psp'],
    unlike: ['cert-key-weak', 'ca-untrusted', 'server-cert-expired'],
    tell(w) {
      w.stacks('python', 'go', 'php', 'node');
      const root = w.certificate({
        subject: { O: 'Intern', CN: 'Intern CA 2009' },
        notBefore: w.onset - 4000 * DAY,
        notAfter: w.onset + 3000 * DAY,
        ca: true,
        rsaBits: 2048,
      });
      served(w, w.gateway.host, leaf(w, { issuer: root, from: w.onset - HOUR }, { digest: 'sha1' }));
      trusted(w, root);
      deployed(w, `certificate of ${w.gateway.host} renewed by the internal CA`);
      w.pay(failing(w, 'digest'));
    },
  },
  {
    name: 'renewed with a key of 1024 bits',
    causes: ['cert-key-weak'],
    owners: ['ca', 'ops', 'psp'],
    unlike: ['cert-signature-weak', 'dh-key-weak', 'ca-untrusted'],
    tell(w) {
      w.stacks('python', 'php', 'java', 'go');
      const { root, middle } = w.authority();
      served(w, w.gateway.host, leaf(w, { issuer: middle, from: w.onset - HOUR }, { rsaBits: 1024 }), middle);
      trusted(w, root);
      deployed(w, `certificate of ${w.gateway.host} renewed, old key script`);
      w.pay(failing(w, 'keySize', { when: only('python', 'php') }));
    },
  },
  {
    name: 'authority below one that may have none',
    causes: ['ca-constraint-violated'],
    owners: ['ca', 'ops', 'psp'],
    unlike: ['intermediate-missing', 'ca-untrusted', 'hostname-mismatch'],
    tell(w) {
      const root = w.certificate({
        subject: { O: 'Corp', CN: 'Corp Root' },
        notBefore: w.onset - 3000 * DAY,
        notAfter: w.onset + 3000 * DAY,
        ca: true,
      });
      const policy = w.certificate({
        subject: { O: 'Corp', CN: 'Corp Policy CA' },
        issuer: root,
        notBefore: w.onset - 900 * DAY,
        notAfter: w.onset + 900 * DAY,
        ca: true,
        pathLength: 0,
      });
      const issuing = w.certificate({
        subject: { O: 'Corp', CN: 'Corp Issuing CA 9' },
        issuer: policy,
        notBefore: w.onset - 20 * DAY,
        notAfter: w.onset + 900 * DAY,
        ca: true,
      });
      served(w, w.gateway.host, leaf(w, { issuer: issuing, from: w.onset - HOUR }), issuing, policy);
      trusted(w, root);
      deployed(w, `${w.gateway.host}: certificate from the new issuing CA`);
      w.pay(failing(w, 'pathLength'));
    },
  },
  {
    name: 'authority not allowed for that name',
    causes: ['ca-constraint-violated'],
    owners: ['ca', 'ops', 'psp'],
    unlike: ['hostname-mismatch', 'ca-untrusted'],
    tell(w) {
      const root = w.certificate({
        subject: { O: 'Corp', CN: 'Corp Root' },
        notBefore: w.onset - 3000 * DAY,
        notAfter: w.onset + 3000 * DAY,
        ca: true,
      });
      const issuing = w.certificate({
        subject: { O: 'Corp', CN: 'Corp Partner CA' },
        issuer: root,
        notBefore: w.onset - 900 * DAY,
        notAfter: w.onset + 900 * DAY,
        ca: true,
        permitted: ['intern.example'],
      });
      served(w, w.gateway.host, leaf(w, { issuer: issuing, from: w.onset - HOUR }), issuing);
      trusted(w, root);
      w.pay(failing(w, 'permitted'));
    },
  },
  {
    name: 'new Java no longer trusts the root',
    causes: ['root-distrusted'],
    owners: ['ops', 'ca', 'app', 'psp'],
    unlike: ['ca-untrusted', 'server-cert-expired', 'intermediate-missing'],
    tell(w) {
      const root = w.certificate({
        subject: {
          C: 'US',
          O: 'Entrust, Inc.',
          OU: 'See www.entrust.net/legal-terms',
          CN: 'Entrust Root Certification Authority - G2',
        },
        notBefore: w.onset - 5000 * DAY,
        notAfter: w.onset + 1500 * DAY,
        ca: true,
      });
      const middle = w.certificate({
        subject: { C: 'US', O: 'Entrust, Inc.', CN: 'Entrust Certification Authority - L1K' },
        issuer: root,
        notBefore: w.onset - 1500 * DAY,
        notAfter: w.onset + 1500 * DAY,
        ca: true,
      });
      served(w, w.gateway.host, leaf(w, { issuer: middle }), middle);
      trusted(w, root);
      deployed(w, `${w.nodes[0]!.name}: JDK security update`, 0);
      w.pay(failing(w, 'distrusted'));
    },
  },
  {
    name: 'restarted with a key that does not fit',
    causes: ['key-pair-broken'],
    owners: ['ops'],
    unlike: [
      'key-passphrase-unavailable',
      'connection-refused',
      'server-cert-expired',
      'connection-dropped',
      'disk-full',
      'intermediate-missing',
      'dns-stale',
    ],
    tell(w) {
      const gateway = { ...w.gateway, ip: w.siteIp };
      listener(w);
      w.pay(failing(w, 'refused', { peer: gateway }), { noWeb: true });
      deployed(w, 'gateway rebooted after certificate renewal', 0);
      w.each(w.onset - 20_000, w.now, 300, (t) =>
        w.log(
          'gateway-start.log',
          t,
          {
            nginx: `${new Date(t + w.zone.minutes * MINUTE).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')} [emerg] 1#1: SSL_CTX_use_PrivateKey("/etc/nginx/tls/gateway.key") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)`,
            haproxy: `${new Date(t).toISOString()} gw1 haproxy[1]: [ALERT]    (1) : config : parsing [/etc/haproxy/haproxy.cfg:22] : 'bind :443' in section 'frontend' : inconsistencies between private key and certificate loaded '/etc/haproxy/tls/gateway.pem'.`,
            httpd: w.edge.error(
              w,
              t,
              'emerg',
              'AH02565: Certificate and private key gateway:443:0 from /etc/httpd/tls/gateway.crt and /etc/httpd/tls/gateway.key do not match',
            ),
            envoy: `${new Date(t).toISOString()} [critical][main] error initializing configuration '/etc/envoy/envoy.yaml': Failed to load private key from /etc/envoy/tls/gateway.key, Cause: error:0b000074:X.509 certificate routines:OPENSSL_internal:KEY_VALUES_MISMATCH`,
          }[w.edgeName],
        ),
      );
    },
  },
  {
    name: 'key asks for a passphrase nobody gives',
    causes: ['key-passphrase-unavailable'],
    owners: ['ops', 'app'],
    unlike: ['key-pair-broken', 'connection-refused', 'client-cert-expired', 'server-cert-expired'],
    tell(w) {
      deployed(w, 'secrets rotated, services restarted', 1);
      w.pay((a) =>
        a.after && a.node === w.nodes[0]
          ? {
              text:
                w.nodes[0]!.stack === 'java'
                  ? 'java.io.IOException: keystore password was incorrect\n\tat java.base/sun.security.pkcs12.PKCS12KeyStore.engineLoad(PKCS12KeyStore.java:2159)\nCaused by: java.security.UnrecoverableKeyException: failed to decrypt safe contents entry: javax.crypto.BadPaddingException: Given final block not properly padded'
                  : 'error:1C800064:Provider routines::bad decrypt while loading /etc/pay/tls/client.key',
              status: 'error',
            }
          : undefined,
      );
      w.put(
        'conf',
        'pay.properties',
        'keystore.path=/etc/pay/tls/client.p12\nkeystore.type=PKCS12\nkeystore.password=********\n',
      );
    },
  },
  {
    name: 'pin of the former key after an announced rotation',
    causes: ['pin-mismatch'],
    owners: ['app'],
    unlike: ['forged-certificate', 'ca-untrusted', 'server-cert-expired', 'hostname-mismatch'],
    tell(w) {
      const { root, middle } = w.authority();
      const before = leaf(w, { issuer: middle, from: w.onset - 300 * DAY, to: w.onset + 20 * DAY });
      const after = leaf(w, { issuer: middle, from: w.onset - DAY });
      served(w, w.gateway.host, after, middle);
      w.put('certs', 'gateway-previous.pem', before.cert);
      trusted(w, root);
      w.stacks('java', 'php', 'node', 'go');
      w.put('conf', 'pins.json', `${JSON.stringify({ [w.gateway.host]: [`sha256/${pin(before.cert)}`] }, null, 1)}\n`);
      w.notice(
        'rotation.txt',
        w.onset - 14 * DAY,
        `ops@${w.gateway.host}`,
        'Certificate rotation',
        `We will replace the certificate of ${w.gateway.host} on ${new Date(w.onset).toISOString().slice(0, 10)}. Customers who pin the leaf must update their pins.`,
      );
      w.pay(failing(w, 'pinned', { names: [pin(after.cert), pin(before.cert)] }));
    },
  },
  {
    name: 'authority of the inspecting proxy ran out',
    causes: ['inspection-ca-expired'],
    owners: ['net', 'sec', 'ops'],
    unlike: ['server-cert-expired', 'ca-untrusted', 'intermediate-expired', 'forged-certificate', 'cross-sign-expired'],
    tell(w) {
      const proxy = w.certificate({
        subject: { O: w.shopName, CN: `${w.shopName} Web Gateway CA` },
        notBefore: w.onset - 1000 * DAY,
        notAfter: w.onset,
        ca: true,
      });
      for (const host of [w.gateway.host, w.bank.host, 'api.postcode.example'])
        w.put(
          'certs',
          `seen-from-app/${host}.pem`,
          w.certificate({
            subject: { CN: host },
            issuer: proxy,
            notBefore: w.onset - 10 * DAY,
            notAfter: w.onset + 20 * DAY,
            names: [host],
            usage: 'server',
          }).cert + proxy.cert,
        );
      w.put('certs', 'company-roots.pem', proxy.cert);
      w.routes = ['gateway', 'bank'];
      w.pay((a) => failing(w, 'expired', { date: w.onset, peer: a.route === 'bank' ? w.bank : w.gateway })(a));
      w.each(w.onset, w.now, 40, (t) =>
        w.app(
          w.nodes[0]!,
          t,
          'ERROR',
          `address lookup failed: https://api.postcode.example/v2: certificate has expired`,
        ),
      );
    },
  },
  {
    name: 'private key in the web root',
    causes: ['private-key-exposed'],
    owners: ['sec', 'ca', 'ops'],
    unlike: ['cert-revoked', 'web-shell', 'injection-attack'],
    tell(w) {
      const { root, middle } = w.authority();
      const l = leaf(w, { issuer: middle, cn: w.site, names: [w.site] });
      w.put('certs', `${w.site}.pem`, l.cert + middle.cert);
      trusted(w, root);
      w.pay();
      w.put(
        'meta',
        'files.txt',
        `# mode owner:group size mtime path\n-rw-r--r-- www:www 5120 ${new Date(w.onset - 40 * DAY).toISOString()} /srv/www/index.html\n-rw-r--r-- deploy:www 241 ${new Date(w.onset - 60_000).toISOString()} /srv/www/backup/site.key\n-rw-r--r-- www:www 88 ${new Date(w.onset - 90 * DAY).toISOString()} /srv/www/robots.txt\n`,
      );
      w.each(w.onset, w.onset + 20 * MINUTE, 300, (t) =>
        w.access(t, {
          client: '45.83.64.9',
          request: 'GET /backup/site.key HTTP/1.1',
          status: 200,
          bytes: 241,
          agent: 'curl/8.5.0',
          referer: '-',
        }),
      );
    },
  },
];
