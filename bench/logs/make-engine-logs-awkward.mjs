// Seeded logs of awkward values for the comparison of engines: what is missing beside what is empty, quotes, any language,
// zones that change from line to line, a clock that falls back, negative and absurd durations, null and text as status, numbers
// beyond 2^53, members named twice, stamps of other years, requests that are none, many events in one second.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { xorshift } from '../random.mjs';

/** @returns the files written; the combined access log is the first. */
export function makeAwkwardLogs(folder, megabytes, seed = 5) {
  const random = xorshift(seed);
  const below = (n) => Math.floor(random() * n);
  const one = (list) => list[below(list.length)];
  const two = (n) => String(n).padStart(2, '0');
  // The last Sunday of October 2026, when clocks of Central Europe fall back at 01:00 UTC.
  const start = Date.UTC(2026, 9, 24, 21);
  const minutes = 480;
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const long = 'x'.repeat(41);
  const wide = '漢'.repeat(21);
  const faces = '😀'.repeat(30);
  const paths = [
    '/',
    '//',
    '/a//b/',
    '/%2e%2e/%00',
    '/100%_sure/[x]*',
    '/back\\x5Cslash/*',
    "/o'brien/\\x22q\\x22",
    '/über/ÄÖ/ß',
    '/İstanbul/ıI',
    '/搜索/漢',
    `/${wide}`,
    `/${faces}`,
    `/${long}/y`,
    '/v1/v22/v333/x',
    '/1/2/3/4/5/6/7/8/9/10/11/12/13',
    '/a/b/c/d/e/f/g/h/i/j/k/l/m/n',
    '/٣/arabic-digit',
    '/pay',
    '/pay/😀?',
    '/Checkout/CARDS',
    '*',
    'http://proxy.example/abs?x=1',
    '/semi;jsessionid=1?a=b?c=d',
    '/tab\\x09x',
  ];
  const queries = [
    '',
    '',
    '',
    '?',
    '?a',
    '?a=',
    '?q=%27',
    "?q='--",
    '?x=100%',
    '?q=_',
    '?ü=ö',
    '?q=\\x22',
    '?😀=1',
    '?A=B|C',
  ];
  const agents = [
    '"-"',
    '""',
    '" "',
    '"Mozilla/5.0 (X11; \\"Linux\\")"',
    '"curl\\\\8"',
    '"ünïcode ÀÉ"',
    '"MOZILLA ẞ İ"',
    '"a|b"',
    '"x%y_z"',
    '"null"',
    '"\\x16\\x03"',
    '"it\'s"',
    '"😀"',
  ];
  const referers = [
    '"-"',
    '""',
    '"https://shop.example/?q=a b"',
    '"a|b"',
    '"HTTPS://SHOP.EXAMPLE/"',
    '"ref,with,commas"',
  ];
  const clients = () =>
    one([
      () => `10.${below(3)}.0.${below(60)}`,
      () => `192.0.2.${below(4)}`,
      () => `2001:db8::${below(9).toString(16)}`,
      () => `::ffff:10.0.0.${below(9)}`,
      () => `fe80::1:${below(3)}`,
    ])();
  const zones = [0, 0, 345, -210, 60, 120, 840];
  const stamped = (ms) => {
    const offset = one(zones);
    const date = new Date(ms + offset * 60_000);
    const sign = offset < 0 ? '-' : '+';
    return `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${sign}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  };
  const outage = (minute) => minute >= 100 && minute < 112;
  const failing = (minute) => minute >= 200 && minute < 230;
  const slow = (minute) => minute >= 330 && minute < 350;
  const access = [];
  const edge = [];
  const auth = [];
  const app = [];
  const proxy = [];
  const scale = megabytes / 10;
  const many = (n) => Math.max(1, Math.round(n * scale));
  for (let minute = 0; minute < minutes; minute++) {
    const at = () => start + minute * 60_000 + below(60_000);
    if (!outage(minute)) {
      for (let i = 0; i < many(60); i++) {
        const ms = below(5000) === 0 ? one([Date.UTC(1999, 1, 3), Date.UTC(2031, 5, 5)]) : at();
        const status =
          failing(minute) && below(3) === 0
            ? one([500, 502, 503, 504, 599])
            : one([200, 200, 200, 200, 204, 301, 404, 402, 403, 429, 499, 101]);
        const request =
          below(60) === 0
            ? one([
                '""',
                '"-"',
                '"\\x16\\x03\\x01"',
                '"GET"',
                '"get /lower http/1.1"',
                '"GET /a b c HTTP/1.1"',
                '"POST /pay"',
                '"PRI * HTTP/2.0"',
              ])
            : `"${one(['GET', 'GET', 'POST', 'HEAD', 'PROPFIND', 'M-SEARCH'])} ${one(paths)}${one(queries)} HTTP/${one(['1.0', '1.1', '2.0'])}"`;
        const bytes = below(20) === 0 ? '-' : one([0, 1, 512, below(90_000), 9_007_199_254_740_991]);
        const user = below(9) === 0 ? one(['anna', 'o"x', 'dom\\\\user']).replaceAll('"', '\\"') : '-';
        access.push(
          below(300) === 0
            ? one([
                '',
                'garbage',
                '10.0.0.1 - -',
                '{"not":"combined"}',
                `${clients()} - - [${stamped(ms)}] "GET / HTTP/1.1"`,
              ])
            : `${clients()} - ${user} [${stamped(ms)}] ${request} ${status} ${bytes} ${one(referers)} ${one(agents)}`,
        );
      }
    }
    for (let i = 0; i < (outage(minute) ? 0 : many(40)); i++) {
      const ms = at();
      const time = one([
        () => JSON.stringify(new Date(ms).toISOString()),
        () => JSON.stringify(new Date(ms + 7_200_000).toISOString().replace('Z', '+02:00')),
        () => String(ms / 1000),
      ])();
      const status =
        failing(minute) && below(3) === 0
          ? one(['502', '"503"'])
          : one(['200', '200', '200', '"200"', 'null', '""', '"-"', '404', '402', '0']);
      const duration = slow(minute)
        ? String(3 + random())
        : one([
            '0.05',
            '0.1',
            '"0.25"',
            '-0.001',
            '-1',
            'null',
            '""',
            '"-"',
            '0',
            '1e-3',
            '0.30000000000000004',
            '"0.1, 0.2"',
            String(random()),
          ]);
      const members = [
        `"time":${time}`,
        `"remote_addr":${JSON.stringify(clients())}`,
        `"method":${one(['"GET"', '"POST"', '"POST"', '"get"'])}`,
        `"uri":${JSON.stringify(one(paths).replaceAll('\\x', '\\u00') + one(queries).replaceAll('\\x', '%'))}`,
        `"status":${status}`,
        `"request_time":${duration}`,
        `"body_bytes_sent":${one(['0', '17', '"12"', 'null', '9007199254740993', '18446744073709551616', '-1', '1.5'])}`,
      ];
      if (below(3))
        members.push(
          `"http_user_agent":${one(['""', 'null', '"-"', '"x"', '"Ä\\u00e4\\ud83d\\ude00"', '"a\\"b\\\\c"'])}`,
        );
      if (below(3)) members.push(`"http_referer":${one(['""', 'null', '"-"', '"a|b"', '"http:\\/\\/x\\/"'])}`);
      if (below(3))
        members.push(
          `"upstream_addr":${one(['"10.9.0.1:80"', '"10.9.0.1:80, 10.9.0.2:80"', '""', '"-"', 'null', '"unix:/run/x.sock"'])}`,
        );
      if (below(9) === 0) members.push(`"status":201`);
      if (below(3) === 0) members.push(`"host":${one(['"SHOP.example"', '"shop.example"', '""', 'null'])}`);
      edge.push(`{${members.join(',')}}`);
    }
    for (let i = 0; i < many(12); i++) {
      // Whole seconds: many events share their time.
      const stamp = new Date(start + minute * 60_000 + below(60) * 1000).toISOString().replace('.000Z', '+00:00');
      const from = one(['198.51.100.7', '198.51.100.7', '198.51.100.8', '2001:db8::7', '192.0.2.200']);
      const user = one(['root', 'admin', 'Ädam', 'a|b', 'x y']);
      auth.push(
        `${stamp} host${below(2)} sshd[${1000 + below(9000)}]: ${one([
          `Failed password for ${user} from ${from} port ${below(60_000)} ssh2`,
          `Failed password for invalid user ${user} from ${from} port ${below(60_000)} ssh2`,
          `Failed password for ${user} from ${from} port ${below(60_000)} ssh2`,
          `Accepted password for ${user} from ${from} port ${below(60_000)} ssh2`,
          `message repeated 3 times: [ Failed password for ${user} from ${from} port 1 ssh2]`,
          `Connection closed by ${from} port ${below(60_000)} [preauth]`,
        ])}`,
      );
    }
    for (let i = 0; i < many(8); i++) {
      const text = one([
        'Signature Verification FAILED',
        'signature verification failed: 100%_\\ *?',
        'notification 验签失败 😀',
        'İSTANBUL ıı ẞ ß ÀÉ',
        'No signatures found matching the expected signature',
        'handled',
        "it's 'quoted' \"twice\"",
        'tab\there',
        'line\\nbreak',
        '',
      ]);
      app.push(
        JSON.stringify({
          timestamp: new Date(start + minute * 60_000 + below(60) * 1000).toISOString(),
          ...(below(3) ? { level: one(['INFO', 'warn', 'ERROR', '', null]) } : {}),
          ...(below(3) ? { logger: one(['com.pay.Notify', 'com.pay.notify', '', null, 'a|b']) } : {}),
          ...(below(3) ? { host: one(['h1', 'H1', '', null]) } : {}),
          message: text,
        }),
      );
    }
    for (let i = 0; i < (outage(minute) ? 0 : many(6)); i++) {
      const ms = at();
      const date = new Date(ms);
      const cut = below(8) === 0;
      const state = cut ? one(['sC--', 'SC--', 'CC--', 'PR--', 'SH--', 'cR--', '<NOSRV>'].slice(0, 6)) : '----';
      proxy.push(
        `Oct ${date.getUTCDate()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} lb haproxy[7]: ${`10.0.0.${below(30)}`}:${1024 + below(60_000)} [${two(date.getUTCDate())}/Oct/2026:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}.${String(ms % 1000).padStart(3, '0')}] fe~ be/${cut ? '<NOSRV>' : one(['s1', 's2'])} ${cut ? '0/-1/-1/-1/3001' : `0/0/1/${below(90)}/${below(slow(minute) ? 9000 : 120)}`} ${cut ? one([-1, 503, 0, 400]) : 200} ${below(900)} - - ${state} 1/1/0/0/0 0/0 "${one(['GET', 'POST'])} ${one(['/pay', '/a/17', '/'])} HTTP/1.1"`,
      );
    }
  }
  const written = {
    'access.log': access,
    'edge.jsonl': edge,
    'auth.log': auth,
    'app.jsonl': app,
    'haproxy.log': proxy,
  };
  return Object.entries(written).map(([name, lines]) => {
    const file = join(folder, name);
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  });
}
