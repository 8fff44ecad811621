// Seeded logs for the comparison of engines: a combined access log, JSON access lines with durations, an sshd log, an application log.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** @returns the files written; the combined access log is the first. */
export function makeEngineLogs(folder, megabytes, seed = 5) {
  let state = seed >>> 0;
  const next = (n) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const start = Date.UTC(2026, 8, 12, 0, 0, 0);
  const minutes = 720;
  const names = ['access.log', 'edge.jsonl', 'auth.log', 'app.log'].map((name) => join(folder, name));
  const handles = names.map((name) => openSync(name, 'w'));
  const blocks = ['', '', '', ''];
  const put = (file, line) => {
    blocks[file] += `${line}\n`;
    if (blocks[file].length > 1 << 20) {
      writeSync(handles[file], blocks[file]);
      blocks[file] = '';
    }
  };
  const paths = [
    '/',
    '/api/pay',
    '/api/pay/v2/confirm',
    '/order/20260912-0017/items',
    '/p/',
    '/static/app.js',
    '/checkout',
    '/搜索',
    '/a_b%25/c',
  ];
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const two = (n) => String(n).padStart(2, '0');
  const perMinute = Math.ceil((megabytes * 1e6 * 0.55) / 150 / minutes);
  const jsonPerMinute = Math.ceil((megabytes * 1e6 * 0.35) / 190 / minutes);
  const recordsPerMinute = Math.ceil((megabytes * 1e6 * 0.05) / 110 / minutes);
  for (let minute = 0; minute < minutes; minute++) {
    const at = start + minute * 60_000;
    const outage = minute >= 200 && minute < 212;
    const failing = minute >= 400 && minute < 430;
    const slow = minute >= 550 && minute < 570;
    const count = outage ? 0 : perMinute;
    const stamps = (n) => Array.from({ length: n }, () => next(60_000)).sort((a, b) => a - b);
    for (const offset of stamps(count)) {
      const date = new Date(at + Math.floor(offset / 1000) * 1000 + 8 * 3_600_000);
      const path = paths[next(paths.length)];
      const query = next(4) === 0 ? `?q=${next(99)}` : next(40) === 0 ? '?' : '';
      const status = failing && next(3) === 0 ? 502 : next(500) === 0 ? 500 : next(30) === 0 ? 404 : 200;
      const agent =
        next(60) === 0 ? '-' : ['Mozilla/5.0 (X11; "Linux")', 'curl/8.5', 'Java/21'][next(3)].replaceAll('"', '\\"');
      put(
        0,
        `10.${next(40)}.${next(200)}.${next(250)} - - [${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/2026:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0800] "${next(6) === 0 ? 'POST' : 'GET'} ${path}${query} HTTP/1.1" ${status} ${next(50) === 0 ? '-' : next(90_000)} "${next(3) === 0 ? '-' : 'https://shop.example/c'}" "${agent}"`,
      );
    }
    for (const offset of stamps(outage ? 0 : jsonPerMinute)) {
      const carding = minute >= 300 && minute < 318 && next(4) === 0;
      put(
        1,
        JSON.stringify({
          time: new Date(at + offset).toISOString(),
          remote_addr: carding ? '203.0.113.66' : `10.1.${next(99)}.${next(99)}`,
          method: carding || next(5) === 0 ? 'POST' : 'GET',
          uri: carding ? '/api/pay' : paths[next(paths.length)],
          status: carding ? 402 : next(400) === 0 ? 503 : 200,
          body_bytes_sent: next(9999),
          request_time: (slow ? 3 : 0.05) + next(1000) / 5000,
          http_user_agent: 'x',
          upstream_addr: `10.9.0.${1 + next(2)}:8080`,
        }),
      );
    }
    for (const offset of stamps(recordsPerMinute)) {
      const guessing = minute >= 100 && minute < 140 && next(3) === 0;
      const stamp = new Date(at + offset).toISOString().replace('Z', '+00:00');
      put(
        2,
        `${stamp} host1 sshd[${1000 + next(9000)}]: ${guessing ? `Failed password for invalid user admin from 198.51.100.${7 + next(2)} port ${next(60_000)} ssh2` : next(9) === 0 ? `Accepted password for deploy from 198.51.100.${next(20)} port ${next(60_000)} ssh2` : `Connection closed by 192.0.2.${next(200)} port ${next(60_000)} [preauth]`}`,
      );
    }
    for (const offset of stamps(Math.ceil(recordsPerMinute / 3))) {
      const refused = minute >= 600 && minute < 640 && next(2) === 0;
      put(
        3,
        `${new Date(at + offset).toISOString().replace('T', ' ').replace('Z', '').replace('.', ',')} [main] ${refused ? 'WARN ' : 'INFO '} com.pay.Notify - ${refused ? 'notification 17: 验签失败 Signature Verification FAILED' : `notification ${next(999)} handled`}`,
      );
    }
  }
  for (const [i, handle] of handles.entries()) {
    writeSync(handle, blocks[i]);
    closeSync(handle);
  }
  return names;
}
