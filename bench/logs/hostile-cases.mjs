/**
 * Hostile logs: what each case is made of. A case makes its files in a folder and says what reads them: names of the runs
 * in hostile.mjs. `during` is done to them while they are read. Everything is made from counters, so that two makings are the same byte for byte.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip, deflateRawSync, gzipSync } from 'node:zlib';
import { makeTextLog } from './make-text-logs.mjs';

export const MB = 2 ** 20;

/** Writes pieces to a file, through a packer where one is given. @returns its path. */
async function write(folder, name, pieces, packed) {
  const file = createWriteStream(join(folder, name));
  const out = packed ?? file;
  if (packed) packed.pipe(file);
  for (const piece of pieces) if (!out.write(piece)) await new Promise((resolve) => out.once('drain', resolve));
  out.end();
  await finished(file);
  return join(folder, name);
}
function* repeated(piece, megabytes) {
  const count = Math.ceil((megabytes * MB) / piece.length);
  for (let i = 0; i < count; i++) yield piece;
}
/** Lines by number, a megabyte at a time. */
function* numbered(count, line) {
  let text = '';
  for (let i = 0; i < count; i++) {
    text += line(i);
    if (text.length > MB) {
      yield text;
      text = '';
    }
  }
  yield text;
}
const mixed = (i) => Math.imul(i, 0x9e3779b1) >>> 0;
const ip4 = (i) => [24, 16, 8, 0].map((shift) => (mixed(i) >>> shift) & 255).join('.');
const ip6 = (i) =>
  `2001:db8:${(mixed(i) >>> 16).toString(16)}:${(mixed(i) & 0xffff).toString(16)}::${(i % 65_536).toString(16)}`;
const pad = (number) => String(number).padStart(2, '0');
/** Times that go on: a second each `perSecond` lines. */
const clock = (i, perSecond) => {
  const second = Math.floor(i / perSecond);
  return `${pad(Math.floor(second / 3600) % 24)}:${pad(Math.floor(second / 60) % 60)}:${pad(second % 60)}`;
};
const access = (client, uri, { agent = 'Mozilla/5.0', time = '08:54:04', status = 200 } = {}) =>
  `${client} - - [12/Sep/2026:${time} +0000] "GET ${uri} HTTP/1.1" ${status} 512 "-" "${agent}"\n`;
const ordinary = access('10.0.0.1', '/pay').repeat(50);
const json = (time, more) => `{"time":"2026-09-12T${time}Z","level":"info",${more}}\n`;
const fewJson = json('08:00:00', '"msg":"a"').repeat(50);
const block = Buffer.alloc(MB, 'a');
const words = Buffer.from('abcdefghij klmnop '.repeat(60_000).slice(0, MB));
const noise = function* (megabytes) {
  const bytes = Buffer.alloc(MB);
  let state = 1;
  for (let i = 0; i < megabytes; i++) {
    for (let at = 0; at < MB; at += 4) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes.writeInt32LE(state, at);
    }
    yield Buffer.from(bytes);
  }
};
const utf32 = (text) => {
  const bytes = Buffer.alloc(text.length * 4);
  for (let i = 0; i < text.length; i++) bytes.writeUInt32LE(text.charCodeAt(i), i * 4);
  return bytes;
};

/** A zip of stored or deflated members, with what its directory claims of their sizes. */
export function zipOf(members) {
  const crc = Buffer.alloc(256 * 4);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    crc.writeUInt32LE(c >>> 0, n * 4);
  }
  const parts = [];
  const directory = [];
  let at = 0;
  for (const { name, data, size, method = 8, checksum = 0 } of members) {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(checksum, 14);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(size, 22);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(20, 4);
    central.writeUInt16LE(20, 6);
    local.copy(central, 10, 8, 28);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(at, 42);
    parts.push(local, Buffer.from(name), data);
    directory.push(central, Buffer.from(name));
    at += 30 + name.length + data.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(members.length, 65_535), 8);
  end.writeUInt16LE(Math.min(members.length, 65_535), 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, central, end]);
}

/** A log that something happens to while it is read. */
const changing = (size, change) => async (folder) => {
  const path = await write(folder, 'access.log', repeated(Buffer.from(ordinary.repeat(200)), size));
  return { paths: [path], during: () => change(path) };
};
const PAYMENTS = 'time,order_id,merchant,card_bin,last4,amount,currency,status,response_code,latency_ms,ip\n';
const payment = (i, merchant) =>
  `2026-09-12T${clock(i, 50)}Z,ORD${mixed(i)},${merchant},411111,${String(mixed(i) % 10_000).padStart(4, '0')},${10 + (i % 90)}.00,EUR,${i % 11 ? 'approved,00' : 'declined,05'},${100 + (i % 300)},10.${i % 200}.${(i >> 8) % 250}.${(i * 7) % 250}\n`;
const settled = (i) =>
  `2026-09-12T${clock(i, 50)}Z,ORD${mixed(i)},T${mixed(i + 5)}99,${10 + (i % 90)}.00,SUCCESS,0.10\n`;
const TABLES = ['payments', 'triage'];
const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
const COUNTED = ['logs', 'logs --jobs 2', 'triage', 'intrusion'];
const ALL = [...COUNTED, 'logs redact'];
/** What reads logs of any content, and what a machine of many would do with them. */
const FLEET = [...ALL, 'logs --partial', 'logs merge', 'logs --follow'];

/**
 * @param size megabytes of the large files. @param count lines of the cases with distinct values; a million for 1024 MB.
 * @returns cases by name: `make(folder)` returns what is read: a path, or { paths, options, during }.
 */
export function hostileCases(size, count) {
  const lines = (name, line, runs = ALL, of = count) => [(folder) => write(folder, name, numbered(of, line)), runs];
  const cases = {
    // --- lines and bytes ------------------------------------------------------------------------------------------
    'one long line': [
      (folder) => write(folder, 'access.log', [ordinary, ...repeated(block, size), '\n', ordinary]),
      FLEET,
    ],
    'one long request': [
      (folder) =>
        write(folder, 'access.log', [
          ordinary,
          '10.0.0.1 - - [12/Sep/2026:08:54:04 +0000] "GET /',
          ...repeated(block, size),
          '\n',
          ordinary,
        ]),
      ALL,
    ],
    'one long JSON line': [
      (folder) =>
        write(folder, 'app.log', [
          fewJson,
          '{"time":"2026-09-12T08:00:01Z","level":"error","msg":"',
          ...repeated(words, size),
          '"}\n',
          fewJson,
        ]),
      FLEET,
    ],
    'a JSON key of 100 MB': [
      (folder) =>
        write(folder, 'app.log', [
          fewJson,
          '{"time":"2026-09-12T08:00:01Z","',
          ...repeated(block, size / 10),
          '":"v","msg":"a"}\n',
          fewJson,
        ]),
      ALL,
    ],
    'a JSON line of a million members': [
      (folder) =>
        write(folder, 'app.log', [
          fewJson,
          '{"time":"2026-09-12T08:00:01Z"',
          ...numbered(count, (i) => `,"k${i}":${i}`),
          '}\n',
          fewJson,
        ]),
      ALL,
    ],
    'JSON lines of five thousand members': [
      (folder) =>
        write(
          folder,
          'app.log',
          numbered(count / 5000, (i) =>
            json('08:00:00', Array.from({ length: 5000 }, (_, k) => `"k${k}":"${i}"`).join(',')),
          ),
        ),
      ALL,
    ],
    'deep JSON': [
      (folder) =>
        write(folder, 'app.log', [
          fewJson,
          ...numbered(count / 5000, () => `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}\n`),
        ]),
      ALL,
    ],
    'deep JSON within a line': [
      (folder) =>
        write(folder, 'app.log', [
          fewJson,
          ...numbered(count / 500, (i) => json('08:00:01', `"msg":"a${i}","d":${'['.repeat(9000)}${']'.repeat(9000)}`)),
        ]),
      ALL,
    ],
    'one long stack trace': [
      (folder) =>
        write(folder, 'app.log', [
          '2026-09-12 20:40:11,172 [main] ERROR com.pay.X - boom\n'.repeat(20),
          ...repeated('\tat com.pay.X.run(X.java:1)\n'.repeat(30_000), size / 4),
        ]),
      ALL,
    ],
    'a CSV line of a million fields': [
      (folder) =>
        write(folder, 'app.csv', [
          'time,level,message\n',
          '2026-09-12T08:00:00Z,info,a\n'.repeat(50),
          '2026-09-12T08:00:01Z',
          ...numbered(count, (i) => `,f${i}`),
          '\n',
        ]),
      ALL,
    ],
    'a CSV quote that never ends': [
      (folder) =>
        write(folder, 'app.csv', [
          'time,level,message\n',
          '2026-09-12T08:00:00Z,info,a\n'.repeat(50),
          '2026-09-12T08:00:00Z,info,"a\n',
          ...repeated(Buffer.from('2026-09-12T08:00:00Z,info,a\n'.repeat(30_000)), size / 4),
        ]),
      [...ALL, 'payments'],
    ],
    'NUL bytes': [
      (folder) => write(folder, 'access.log', [ordinary, ...repeated(Buffer.alloc(MB), size), ordinary]),
      ALL,
    ],
    'random bytes': [(folder) => write(folder, 'access.log', [ordinary, ...noise(size / 4)]), ALL],
    'broken UTF-8': [
      (folder) =>
        write(folder, 'app.log', [
          '2026-09-12 20:40:11,172 [main] ERROR com.pay.X - boom\n'.repeat(50),
          ...repeated(
            Buffer.concat(
              Array.from({ length: 8000 }, () =>
                Buffer.concat([
                  Buffer.from('2026-09-12 20:40:11,172 [main] ERROR com.pay.X - '),
                  Buffer.from([0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xff, 0xfe, 0xf8, 0x88, 0x80, 0xe4, 0xb8, 10]),
                ]),
              ),
            ),
            size / 8,
          ),
        ]),
      ALL,
    ],
    'UTF-16': [
      (folder) =>
        write(folder, 'app.log', [
          Buffer.from([0xff, 0xfe]),
          ...repeated(
            Buffer.from('2026-09-12 20:40:11,172 [main] ERROR com.pay.X - boom\n'.repeat(9000), 'utf16le'),
            size / 4,
          ),
        ]),
      ALL,
    ],
    'UTF-16 of one line': [
      (folder) =>
        write(folder, 'app.log', [
          Buffer.from([0xff, 0xfe]),
          ...repeated(Buffer.from('abcd'.repeat(9000), 'utf16le'), size),
        ]),
      ALL,
    ],
    'UTF-32': [
      (folder) =>
        write(folder, 'app.log', [
          Buffer.from([0xff, 0xfe, 0, 0]),
          ...repeated(utf32('2026-09-12 20:40:11,172 [main] ERROR com.pay.X - boom\n'.repeat(5000)), size / 8),
        ]),
      ALL,
    ],
    'escapes and turns of direction': lines(
      'access.log',
      (i) =>
        access(`10.0.${i % 250}.1`, `/\u001b[2J\u001b]0;owned\u0007${i % 97}`, {
          agent: '\u202egnp.exe\u202c \u009b31m \u200b',
        }),
      FLEET,
      count / 5,
    ),

    // --- distinct values --------------------------------------------------------------------------------------------
    'distinct addresses': lines('access.log', (i) => access(i % 2 ? ip4(i) : ip6(i), '/pay'), FLEET),
    'distinct addresses and endpoints': lines(
      'access.log',
      (i) =>
        access(
          ip6(i),
          `/${mixed(i)
            .toString(26)
            .replace(/\d/g, (d) => 'qrstuvwxyz'[d])}/x`,
          { time: clock(i, 50) },
        ),
      FLEET,
    ),
    'distinct URLs': lines(
      'access.log',
      (i) => access('10.0.0.1', `/p/${mixed(i).toString(36)}x/${i}?k${i}=${i}`),
      ALL,
    ),
    'distinct attack URLs': lines(
      'access.log',
      (i) => access(ip4(i), `/p/${i}?q=1'+union+select+${mixed(i)}--`, { time: clock(i, 50) }),
      [...ALL, 'logs --crs'],
      count / 4,
    ),
    'distinct agents': lines('access.log', (i) =>
      access('10.0.0.1', '/pay', { agent: `agent ${mixed(i).toString(36)}` }),
    ),
    'distinct sites': lines(
      'haproxy.log',
      (i) =>
        `Sep 12 ${clock(i, 50)} lb${i % 3} haproxy[2107]: ${ip4(i)}:25141 [12/Sep/2026:${clock(i, 50)}.812] fe~ be${mixed(i)}/n${i} 0/0/1/59/60 503 7009 - - SC-- 21/20/4/1/0 0/0 "GET /${i} HTTP/2.0"\n`,
      ALL,
      count / 2,
    ),
    'distinct hosts in syslog': lines(
      'syslog',
      (i) =>
        `Sep 12 ${clock(i, 50)} host${mixed(i)} app[${i}]: connect() to upstream${i}.example failed (111: Connection refused)\n`,
    ),
    'distinct peers in errors': lines(
      'error.log',
      (i) =>
        `2026/09/12 ${clock(i, 50)} [error] 7#7: *${i} connect() failed (111: Connection refused) while connecting to upstream, client: ${ip4(i)}, server: _, request: "GET /${i} HTTP/1.1", upstream: "http://u${mixed(i)}.example:80/", host: "h${i}.example"\n`,
      FLEET,
      count / 2,
    ),
    'distinct users in guesses': lines(
      'auth.log',
      (i) =>
        `Sep 12 ${clock(i, 50)} web1 sshd[${i}]: Failed password for invalid user u${mixed(i).toString(36)} from ${ip4(i)} port 51810 ssh2\n`,
    ),
    'distinct users from one address': lines(
      'auth.log',
      (i) =>
        `Sep 12 ${clock(i, 50)} web1 sshd[${i}]: Failed password for invalid user u${mixed(i).toString(36)} from 203.0.113.9 port 51810 ssh2\n`,
    ),
    'distinct JSON values': lines(
      'gateway.log',
      (i) =>
        json(
          clock(i, 50),
          `"merchant":"m${mixed(i)}","session":"s${mixed(i + 7)}","acquirer":"a${mixed(i + 3)}","client_ip":"${ip4(i)}","path":"/v1/${i}","status":200,"latency_ms":12`,
        ),
      FLEET,
    ),
    'distinct partners of operations': lines(
      'gateway.log',
      (i) =>
        json(
          clock(i, 50),
          `"msg":"paid","acquirer":"a${mixed(i)}","client_ip":"${ip6(i)}","code":"00","latency_ms":${i % 900}`,
        ),
      FLEET,
    ),
    'distinct JSON keys': lines('app.log', (i) => json('08:00:00', `"msg":"a","k${mixed(i)}":"v"`), FLEET),
    'distinct messages': lines(
      'app.log',
      (i) =>
        `2026-09-12 20:40:11,172 [main] ERROR com.pay.X${i % 1000} - odd ${mixed(i)
          .toString(26)
          .replace(/\d/g, (d) => 'qrstuvwxyz'[d])} ${i}\n`,
      FLEET,
    ),
    'names that every object has': lines(
      'gateway.log',
      (i) => {
        const name = INHERITED[i % INHERITED.length];
        return json(
          clock(i, 50),
          `"__proto__":{"level":"error"},"${name}":"${name}","msg":"${name}","acquirer":"${name}","merchant":"${name}","code":"${name}","client_ip":"${name}"`,
        );
      },
      FLEET,
      count / 10,
    ),
    'distinct logfmt keys': lines(
      'app.log',
      (i) => `time=2026-09-12T${clock(i, 50)}Z level=error msg="a" k${mixed(i)}=v\n`,
    ),
    'distinct card numbers': lines(
      'app.log',
      (i) => {
        const digits = `411111${String(mixed(i) % 1e9).padStart(9, '0')}`;
        let sum = 0;
        for (let k = 0; k < 15; k++) {
          const d = Number(digits[14 - k]);
          sum += k % 2 === 0 ? (d * 2 > 9 ? d * 2 - 9 : d * 2) : d;
        }
        return `2026-09-12 ${clock(i, 50)},172 [main] INFO com.pay.X - card=${digits}${(10 - (sum % 10)) % 10} cvv=123\n`;
      },
      [...FLEET, 'logs --secrets'],
    ),
    'distinct secrets': lines(
      'app.log',
      (i) =>
        `2026-09-12 ${clock(i, 50)},172 [main] INFO com.pay.X - api_key=sk_live_${mixed(i).toString(36)}${mixed(i + 1).toString(36)}${mixed(i + 2).toString(36)}zQ\n`,
      [...ALL, 'logs --secrets', 'logs --partial'],
    ),

    // --- times --------------------------------------------------------------------------------------------------------
    'a minute of its own for each line': lines(
      'app.log',
      (i) => `${new Date(Math.floor((mixed(i) / 2 ** 32) * 250e12)).toISOString()} ERROR com.pay.X - boom ${i}\n`,
      FLEET,
    ),
    'a minute of its own for each request': lines(
      'access.log',
      (i) => {
        const at = new Date(Math.floor((mixed(i) / 2 ** 32) * 250e12));
        const month = 'JanFebMarAprMayJunJulAugSepOctNovDec'.slice(at.getUTCMonth() * 3, at.getUTCMonth() * 3 + 3);
        return `10.0.0.1 - - [${pad(at.getUTCDate())}/${month}/${at.getUTCFullYear()}:${at.toISOString().slice(11, 19)} +0000] "GET /pay HTTP/1.1" 502 512 "-" "-"\n`;
      },
      FLEET,
    ),
    'a minute of its own for each JSON operation': lines(
      'gateway.log',
      (i) =>
        `{"time":"${new Date(Math.floor((mixed(i) / 2 ** 32) * 250e12)).toISOString()}","level":"error","msg":"paid","acquirer":"a","code":"91","latency_ms":9}\n`,
      FLEET,
    ),
    'times that run backwards': lines('access.log', (i) =>
      access('10.0.0.1', '/pay', { time: clock(86_399 - (Math.floor(i / 12) % 86_400), 1), status: i % 7 ? 200 : 502 }),
    ),
    'absurd years': lines(
      'app.log',
      (i) =>
        `${['0000', '9999', '1601', '1969', '2038', '2106', '0001'][i % 7]}-${pad((i % 15) + 0)}-${pad(i % 40)} ${pad(i % 30)}:${pad(i % 70)}:${pad(i % 80)} ERROR com.pay.X - boom ${i}\n`,
      ALL,
      count / 4,
    ),

    // --- containers ---------------------------------------------------------------------------------------------------
    'gzip bomb': [
      (folder) =>
        write(folder, 'access.log.gz', [ordinary, ...repeated(Buffer.alloc(MB), size * 4)], createGzip({ level: 9 })),
      ALL,
    ],
    'gzip bomb of lines': [
      (folder) =>
        write(
          folder,
          'access.log.gz',
          [...repeated(access('10.0.0.1', '/pay').repeat(10_000), size * 2)],
          createGzip({ level: 9 }),
        ),
      ALL,
    ],
    'gzip within gzip': [
      (folder) => {
        let bytes = gzipSync(Buffer.concat([Buffer.from(ordinary), Buffer.alloc((size / 4) * MB)]), { level: 9 });
        for (let i = 0; i < 5; i++) bytes = gzipSync(bytes, { level: 9 });
        writeFileSync(join(folder, 'access.log.gz'), bytes);
        return join(folder, 'access.log.gz');
      },
      ALL,
    ],
    'gzip cut short': [
      async (folder) => {
        const whole = gzipSync(Buffer.from(access('10.0.0.1', '/pay').repeat(Math.round(count / 5))));
        writeFileSync(join(folder, 'access.log.gz'), whole.subarray(0, whole.length / 2));
        return join(folder, 'access.log.gz');
      },
      ALL,
    ],
    'zip bomb': [
      (folder) => {
        const megabytes = Math.max(9, Math.min(1024, size));
        const data = deflateRawSync(Buffer.alloc(megabytes * MB, 'a'), { level: 9 });
        const members = Array.from({ length: 200 }, (_, i) => ({
          name: `logs/app${i}.log`,
          data,
          size: megabytes * MB,
        }));
        writeFileSync(join(folder, 'bundle.zip'), zipOf(members));
        return join(folder, 'bundle.zip');
      },
      COUNTED,
    ],
    'zip that lies about its sizes': [
      (folder) => {
        const data = deflateRawSync(Buffer.alloc(Math.ceil(size / 16) * MB, 'a'), { level: 9 });
        const members = Array.from({ length: 500 }, (_, i) => ({ name: `logs/app${i}.log`, data, size: 100 }));
        writeFileSync(join(folder, 'bundle.zip'), zipOf(members));
        return join(folder, 'bundle.zip');
      },
      COUNTED,
    ],
    'zip within zip': [
      (folder) => {
        let data = Buffer.from(ordinary);
        // Each level deflates to little: sixteen to the sixth archives in all.
        for (let i = 0; i < 6; i++) {
          const packed = deflateRawSync(data, { level: 9 });
          const size = data.length;
          data = zipOf(Array.from({ length: 16 }, (_, k) => ({ name: `z${k}.zip`, data: packed, size })));
        }
        writeFileSync(join(folder, 'bundle.zip'), data);
        return join(folder, 'bundle.zip');
      },
      COUNTED,
    ],
    'zip of sixty thousand members': [
      (folder) => {
        const data = deflateRawSync(Buffer.from(ordinary));
        const members = Array.from({ length: Math.min(60_000, count / 16) }, (_, i) => ({
          name: `logs/${'d/'.repeat(i % 30)}app${i}.log`,
          data,
          size: ordinary.length,
        }));
        writeFileSync(join(folder, 'bundle.zip'), zipOf(members));
        return join(folder, 'bundle.zip');
      },
      COUNTED,
    ],

    // --- tables and data beside logs ------------------------------------------------------------------------------------
    'a payment table of distinct orders': [
      (folder) => write(folder, 'payments.csv', [PAYMENTS, ...numbered(count, (i) => payment(i, `m${i % 40}`))]),
      TABLES,
    ],
    'a payment table of distinct merchants': [
      (folder) => write(folder, 'payments.csv', [PAYMENTS, ...numbered(count, (i) => payment(i, `m${mixed(i)}`))]),
      TABLES,
    ],
    'statements that share rows': [
      async (folder) => {
        const root = join(folder, 'bundle');
        mkdirSync(root);
        const part = Math.round(count / 4);
        await write(root, 'payments.csv', [PAYMENTS, ...numbered(1000, (i) => payment(i, 'm1'))]);
        for (let k = 0; k < 4; k++)
          await write(root, `settlement-part${k}.csv`, [
            'transaction_time,merchant_order_no,transaction_id,amount,trade_status,fee\n',
            ...numbered(part, (i) => settled(Math.max(0, i + k * part - 1000))),
          ]);
        return root;
      },
      TABLES,
    ],
    'a row of millions of cells': [
      (folder) =>
        write(folder, 'payments.csv', [
          PAYMENTS,
          ...numbered(500, (i) => payment(i, 'm1')),
          ...repeated(Buffer.alloc(MB, ','), size / 32),
          '\n',
          ...numbered(500, (i) => payment(i + 500, 'm1')),
        ]),
      TABLES,
    ],
    'a field in quotes that never ends': [
      (folder) =>
        write(folder, 'payments.csv', [
          PAYMENTS,
          ...numbered(500, (i) => payment(i, 'm1')),
          '2026-09-12T08:00:00Z,"',
          ...numbered(count * 4, () => 'abc,def,ghi,jkl\n'),
        ]),
      TABLES,
    ],
    'data nested a million levels deep': [
      (folder) => write(folder, 'state.json', ['['.repeat(1e6), ']'.repeat(1e6)]),
      ['triage'],
    ],

    // --- files that change while they are read ---------------------------------------------------------------------
    'a file that is cut': [changing(size, (path) => truncateSync(path, 1000)), ALL],
    'a file that another replaces': [
      changing(size, (path) => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, ordinary);
      }),
      ALL,
    ],
    'a file that grows': [
      changing(size / 4, (path) => writeFileSync(path, ordinary.repeat(200), { flag: 'a' })),
      [...ALL, 'logs --follow'],
    ],

    // --- folders ------------------------------------------------------------------------------------------------------
    'a hundred thousand small files': [
      (folder) => {
        const files = Math.round(count / 10);
        for (let i = 0; i < files; i++) {
          if (i % 1000 === 0) mkdirSync(join(folder, 'logs', String(i / 1000)), { recursive: true });
          writeFileSync(
            join(folder, 'logs', String(Math.floor(i / 1000)), `app${i}.log`),
            access(ip4(i), '/pay').repeat(3),
          );
        }
        return join(folder, 'logs');
      },
      [...COUNTED, 'logs --partial'],
    ],
    'links, pipes, devices and odd names': [
      (folder) => {
        const root = join(folder, 'bundle');
        mkdirSync(join(root, 'a', 'b'), { recursive: true });
        writeFileSync(join(root, 'a', 'access.log'), ordinary);
        symlinkSync('..', join(root, 'a', 'b', 'up'));
        symlinkSync('loop', join(root, 'a', 'loop'));
        symlinkSync('/etc', join(root, 'etc'));
        symlinkSync('/dev/zero', join(root, 'zero.log'));
        symlinkSync('access.log', join(root, 'a', 'again.log'));
        spawnSync('mkfifo', [join(root, 'pipe.log')]);
        let deep = join(root, 'deep');
        for (let i = 0; i < 200; i++) deep = join(deep, 'd');
        mkdirSync(deep, { recursive: true });
        for (const name of [
          'esc\u001b[31m.log',
          'bidi\u202egol.log',
          'line\nbreak.log',
          '=cmd|calc!A1.log',
          '<script>alert(1)</script>.log',
          '4111111111111111.log',
          'password=hunter2secret.log',
          '::error::x.log',
        ])
          writeFileSync(
            join(root, name.replaceAll('/', '_')),
            ordinary + access('10.0.0.9', '/?q=1+union+select+2', { status: 502 }),
          );
        return root;
      },
      [...ALL.filter((run) => run !== 'logs redact'), 'logs plan'],
    ],

    // --- long logs of ordinary programs ---------------------------------------------------------------------------------
    'a long syslog': [(folder) => makeTextLog(folder, 'syslog-3164', size * 1.05), COUNTED.slice(0, 2)],
    'a long auth.log': [(folder) => makeTextLog(folder, 'auth', size * 1.05), COUNTED.slice(0, 2)],
    'a long log4j log with stack traces': [(folder) => makeTextLog(folder, 'log4j', size * 1.05), COUNTED.slice(0, 2)],
    'a long text log in files of Docker': [
      (folder) =>
        write(
          folder,
          'web-json.log',
          numbered(count * 4, (i) => {
            const time = `2026-09-12T${clock(i, 100)}.${String(i % 1000).padStart(3, '0')}`;
            const level = i % 500 ? 'INFO ' : 'ERROR';
            const said =
              i % 500 ? `Payment PO${mixed(i)} authorised in ${i % 900} ms` : `connect timed out after ${i % 900} ms`;
            const log = `${time.replace('T', ' ')} [exec-${i % 64}] ${level} com.pay.Gateway${i % 9} - ${said}\n`;
            return `${JSON.stringify({ log, stream: 'stdout', time: `${time}123456Z` })}\n`;
          }),
        ),
      COUNTED.slice(0, 2),
    ],

    // --- patterns of the user ------------------------------------------------------------------------------------------
    'patterns that explode elsewhere': [
      async (folder) => {
        writeFileSync(
          join(folder, 'rule.yml'),
          'title: x\nlogsource: {category: webserver}\ndetection:\n  s: {cs-uri-query|re: "^(([a-z])+.)+[A-Z]([a-z])+$"}\n  condition: s\n',
        );
        const file = await write(
          folder,
          'access.log',
          numbered(count / 10, (i) => access('10.0.0.1', `/q?x=${'a'.repeat(2000)}!${i}`)),
        );
        return { paths: [file], options: ['--sigma', join(folder, 'rule.yml'), '--crs', 'shipped'] };
      },
      ['logs', 'triage', 'intrusion --crs', 'logs redact', 'logs --log-pattern'],
    ],
  };
  if (existsSync('/usr/bin/zstd'))
    cases['zstd bomb'] = [
      async (folder) => {
        const zstd = spawn('zstd', ['-q', '-10', '-o', join(folder, 'access.log.zst')], {
          stdio: ['pipe', 'ignore', 'ignore'],
        });
        const ended = new Promise((resolve) => zstd.on('close', resolve));
        for (const piece of [ordinary, ...repeated(Buffer.alloc(MB), size * 4)])
          if (!zstd.stdin.write(piece)) await new Promise((resolve) => zstd.stdin.once('drain', resolve));
        zstd.stdin.end();
        await ended;
        return join(folder, 'access.log.zst');
      },
      ALL,
    ];
  return cases;
}
