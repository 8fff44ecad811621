#!/usr/bin/env node
// Writes a seeded incident bundle of a wished size: edge and application logs, payments, a capture, a configuration, meta.
// The incident: the acquirer's link refuses every handshake for half an hour (upstream certificate expired).
//   node bench/bundle.mjs OUT [--megabytes 50] [--seed 1]
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { megabytes: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
});
const out = positionals[0];
if (!out) {
  console.error('usage: node bench/bundle.mjs OUT [--megabytes 50] [--seed 1]');
  process.exit(2);
}
const MEGABYTE = 1e6;
const budget = Number(values.megabytes) * MEGABYTE;

// mulberry32: small, seeded, good enough for test data.
let state = Number(values.seed) >>> 0;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const integer = (below) => Math.floor(random() * below);
const pick = (list) => list[integer(list.length)];
const hex = (length) => Array.from({ length }, () => integer(16).toString(16)).join('');

const START = Date.UTC(2026, 2, 9, 6);
const HOURS = 6;
const END = START + HOURS * 3_600_000;
const FAULT = [START + 4 * 3_600_000, START + 4.5 * 3_600_000];
const faulty = (time) => time >= FAULT[0] && time < FAULT[1];
const iso = (time) => new Date(time).toISOString();
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const pad = (n, width = 2) => String(n).padStart(width, '0');
const apache = (time) => {
  const d = new Date(time);
  return `${pad(d.getUTCDate())}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()}:${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())} +0000`;
};
const syslog = (time) => {
  const d = new Date(time);
  return `${MONTHS[d.getUTCMonth()]} ${String(d.getUTCDate()).padStart(2)} ${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}`;
};
const client = () => `${pick([24, 58, 81, 114, 183, 202])}.${integer(256)}.${integer(256)}.${1 + integer(254)}`;
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1',
  'okhttp/4.12.0',
  'python-requests/2.31.0',
];
const PATHS = [
  '/',
  '/cart',
  '/checkout',
  '/pay',
  '/api/v1/orders',
  '/api/v1/prices',
  '/static/app.js',
  '/static/main.css',
  '/health',
];

/** Lines at random times in order until `bytes` are written. */
async function logFile(path, bytes, line, header) {
  mkdirSync(join(out, path, '..'), { recursive: true });
  const stream = createWriteStream(join(out, path));
  const guess = line(START).length + 1;
  const step = (END - START) / Math.max(1, bytes / guess);
  let written = 0;
  let block = header ? `${header}\n` : '';
  for (let time = START; written < bytes; time = Math.min(END, time + step * 2 * random())) {
    const text = `${line(time)}\n`;
    written += text.length;
    block += text;
    if (block.length > 1 << 20) {
      if (!stream.write(block)) await once(stream, 'drain');
      block = '';
    }
  }
  stream.end(block);
  await once(stream, 'finish');
}

const access = (time) => {
  const path = pick(PATHS);
  const failing = path === '/pay' && faulty(time);
  return `${client()} - - [${apache(time)}] "${path === '/pay' ? 'POST' : 'GET'} ${path}${random() < 0.2 ? `?ref=${hex(6)}` : ''} HTTP/1.1" ${failing ? 502 : random() < 0.01 ? 404 : 200} ${200 + integer(9000)} "-" "${pick(AGENTS)}" rt=${(random() * 0.4).toFixed(3)} uct="${failing ? '-' : '0.003'}" ups="198.51.100.44:443"`;
};
const errors = (time) => {
  const d = new Date(time);
  const stamp = `${d.getUTCFullYear()}/${pad(d.getUTCMonth() + 1)}/${pad(d.getUTCDate())} ${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}`;
  if (faulty(time))
    return `${stamp} [error] 812#812: *${integer(1e6)} upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream, client: ${client()}, server: shop.example, request: "POST /pay HTTP/1.1", upstream: "https://198.51.100.44:443/auth", host: "shop.example"`;
  return `${stamp} [info] 812#812: *${integer(1e6)} client ${client()} closed keepalive connection`;
};
const application = (time) =>
  JSON.stringify({
    ts: iso(time),
    level: faulty(time) && random() < 0.3 ? 'ERROR' : 'INFO',
    service: 'checkout',
    logger: 'com.example.pay.Acquirer',
    trace: hex(16),
    order: `O${integer(1e7)}`,
    msg:
      faulty(time) && random() < 0.3
        ? 'authorisation failed: HTTP 502 from edge'
        : pick(['authorised', 'basket priced', 'cache refreshed', 'callback received']),
    ms: integer(400),
  });
const balancer = (time) =>
  `${syslog(time)} lb1 haproxy[733]: ${client()}:${1024 + integer(60000)} [${apache(time).slice(0, 20)}.${pad(integer(1000), 3)}] https~ app/app${1 + integer(3)} 0/0/${integer(3)}/${integer(90)}/${integer(120)} 200 ${integer(9000)} - - ---- 12/12/3/1/0 0/0 "GET ${pick(PATHS)} HTTP/1.1"`;
const BINS = ['411111', '520082', '555555', '453201', '356600'];
const payment = (time) => {
  const failing = faulty(time);
  const declined = !failing && random() < 0.07;
  return [
    iso(time),
    `P${hex(10)}`,
    `O${integer(1e8)}`,
    `M${100 + integer(40)}`,
    `app${1 + integer(3)}`,
    'bank',
    pick(BINS),
    pad(integer(10000), 4),
    (1 + random() * 300).toFixed(2),
    'EUR',
    failing ? '' : declined ? pick(['51', '05', '54']) : '00',
    failing ? 502 : 200,
    failing ? 'ERROR' : declined ? 'DECLINED' : 'APPROVED',
    integer(900),
    client(),
  ].join(',');
};

/** Classic pcap, Ethernet, of TCP connections that carry a ClientHello; during the fault the client answers with an alert. */
function capture(bytes) {
  const parts = [Buffer.from('d4c3b2a102000400000000000000000000000400' + '01000000', 'hex')];
  let length = 24;
  const packet = (time, from, to, sport, dport, seq, ack, flags, payload) => {
    const tcp = Buffer.alloc(20);
    tcp.writeUInt16BE(sport, 0);
    tcp.writeUInt16BE(dport, 2);
    tcp.writeUInt32BE(seq >>> 0, 4);
    tcp.writeUInt32BE(ack >>> 0, 8);
    tcp[12] = 0x50;
    tcp[13] = flags;
    tcp.writeUInt16BE(64240, 14);
    const ip = Buffer.alloc(20);
    ip[0] = 0x45;
    ip.writeUInt16BE(40 + payload.length, 2);
    ip[8] = 64;
    ip[9] = 6;
    Buffer.from(from).copy(ip, 12);
    Buffer.from(to).copy(ip, 16);
    const ethernet = Buffer.from('0200000000010200000000020800', 'hex');
    const frame = Buffer.concat([ethernet, ip, tcp, payload]);
    const header = Buffer.alloc(16);
    header.writeUInt32LE(Math.floor(time / 1000), 0);
    header.writeUInt32LE((time % 1000) * 1000, 4);
    header.writeUInt32LE(frame.length, 8);
    header.writeUInt32LE(frame.length, 12);
    parts.push(header, frame);
    length += 16 + frame.length;
  };
  const none = Buffer.alloc(0);
  const bank = [198, 51, 100, 44];
  for (let time = START; length < bytes; time = Math.min(END, time + (END - START) / (bytes / 1800))) {
    const t = Math.floor(time);
    const from = [10, 0, 0, 10 + integer(3)];
    const port = 20000 + integer(40000);
    const body = Buffer.concat([
      Buffer.from(`0303${hex(64)}00`, 'hex'),
      Buffer.from('000813011302c02fc0300100', 'hex'),
      Buffer.from('000f', 'hex'),
      Buffer.from('0000000b0009000006', 'hex'),
      Buffer.from('a.test'),
    ]);
    const hello = Buffer.concat([
      Buffer.from([0x16, 3, 1]),
      Buffer.from([(body.length + 4) >> 8, (body.length + 4) & 255]),
      Buffer.from([1, 0, body.length >> 8, body.length & 255]),
      body,
    ]);
    packet(t, from, bank, port, 443, 1000, 0, 0x02, none);
    packet(t + 1, bank, from, 443, port, 5000, 1001, 0x12, none);
    packet(t + 1, from, bank, port, 443, 1001, 5001, 0x10, none);
    packet(t + 2, from, bank, port, 443, 1001, 5001, 0x18, hello);
    packet(
      t + 3,
      bank,
      from,
      443,
      port,
      5001,
      1001 + hello.length,
      0x18,
      Buffer.concat([Buffer.from([0x17, 3, 3, 0x04, 0xb0]), Buffer.alloc(1200, integer(256))]),
    );
    if (faulty(t))
      packet(t + 4, from, bank, port, 443, 1001 + hello.length, 6206, 0x18, Buffer.from('1503030002022d', 'hex'));
    packet(t + 5, from, bank, port, 443, 1001 + hello.length, 6206, 0x11, none);
  }
  return Buffer.concat(parts);
}

mkdirSync(join(out, 'meta'), { recursive: true });
mkdirSync(join(out, 'pcap'), { recursive: true });
mkdirSync(join(out, 'conf'), { recursive: true });
mkdirSync(join(out, 'certs'), { recursive: true });
await logFile('logs/access.log', budget * 0.44, access);
await logFile('logs/error.log', budget * 0.1, errors);
await logFile('logs/app.jsonl', budget * 0.2, application);
await logFile('logs/haproxy.log', budget * 0.12, balancer);
await logFile(
  'txn/payments.csv',
  budget * 0.08,
  payment,
  'time_utc,payment_id,order_id,merchant_id,node,route,bin,last4,amount,currency,resp_code,http_status,status,latency_ms,client_ip',
);
writeFileSync(join(out, 'pcap/edge.pcap'), capture(budget * 0.06));
writeFileSync(join(out, 'meta/now'), `${iso(END)}\n`);
writeFileSync(
  join(out, 'meta/topology.yaml'),
  'site: shop\ntimezone: UTC\nnodes:\n  - {name: lb1, role: edge, ip: 10.0.0.2}\n  - {name: app1, role: app, ip: 10.0.0.10}\nlegs:\n  - {name: edge-to-acquirer, to: bank.test, upstream: "198.51.100.44:443", tls: yes}\n',
);
writeFileSync(
  join(out, 'meta/changes.txt'),
  `# change calendar, UTC\n${iso(START - 7_200_000)}  kernel patch on batch hosts\n${iso(START)}  deploy cart-web 4.1.0 (css only)\n`,
);
writeFileSync(
  join(out, 'conf/edge.conf'),
  'server {\n  listen 443 ssl;\n  server_name shop.example;\n  ssl_certificate /etc/tls/shop.pem;\n  ssl_certificate_key /etc/tls/shop.key;\n  ssl_protocols TLSv1.2 TLSv1.3;\n  location /pay {\n    proxy_pass https://198.51.100.44:443;\n    proxy_ssl_verify on;\n    proxy_ssl_trusted_certificate /etc/tls/ca.pem;\n  }\n}\n',
);
// The served certificate expires when the fault begins and is replaced when it ends. `openssl ca` can set both dates.
const stamp = (time) => `${iso(time).replace(/[-:T]/g, '').slice(0, 14)}Z`;
const work = mkdtempSync(join(tmpdir(), 'bundle-'));
try {
  const openssl = (...options) => execFileSync('openssl', options, { cwd: work, stdio: 'ignore' });
  writeFileSync(
    join(work, 'ca.cnf'),
    '[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n',
  );
  writeFileSync(
    join(work, 'server.ext'),
    'basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:bank.test\n',
  );
  writeFileSync(join(work, 'ca.ext'), 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n');
  writeFileSync(join(work, 'index'), '');
  writeFileSync(join(work, 'serial'), '1000\n');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-new', ...key, '-subj', '/CN=Bundle Root', '-keyout', 'ca.key', '-out', 'ca.csr');
  const sign = (from, to) => [
    '-batch',
    '-notext',
    '-config',
    'ca.cnf',
    '-startdate',
    stamp(from),
    '-enddate',
    stamp(to),
  ];
  openssl(
    'ca',
    ...sign(START - 4e10, START + 4e10),
    '-selfsign',
    '-keyfile',
    'ca.key',
    '-in',
    'ca.csr',
    '-extfile',
    'ca.ext',
    '-out',
    'ca.pem',
  );
  openssl('req', '-new', ...key, '-subj', '/CN=bank.test', '-keyout', 'bank.key', '-out', 'bank.csr');
  openssl(
    'ca',
    ...sign(START - 8e9, FAULT[0]),
    '-keyfile',
    'ca.key',
    '-cert',
    'ca.pem',
    '-in',
    'bank.csr',
    '-extfile',
    'server.ext',
    '-out',
    'bank.pem',
  );
  copyFileSync(join(work, 'ca.pem'), join(out, 'certs/ca.pem'));
  copyFileSync(join(work, 'bank.pem'), join(out, 'certs/bank-served.pem'));
} catch {
  console.error('no openssl: the bundle has no certificate');
} finally {
  rmSync(work, { recursive: true, force: true });
}
