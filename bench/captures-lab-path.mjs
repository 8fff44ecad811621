// Adds captures of path failures to a lab folder: client, router and server in network namespaces of their own, real TCP
// stacks at both ends, nftables in between. Usage: node bench/captures-lab-path.mjs DIR [name filter]
// (Linux, root: unshare, nsenter, ip, nft, ethtool, tcpdump, curl, openssl, python3). Nothing leaves the namespaces.
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { certificates, HOST } from './captures-lab-servers.mjs';

const [directory, filter] = process.argv.slice(2);
if (!directory) {
  console.error('usage: node bench/captures-lab-path.mjs DIR [name filter]');
  process.exit(2);
}
const out = resolve(directory);
mkdirSync(out, { recursive: true });
const expected = join(out, 'expected.tsv');
if (!existsSync(expected)) writeFileSync(expected, 'capture\ttruth\n');
const work = mkdtempSync(join(tmpdir(), 'paymedic-lab-path-'));
const chains = await certificates(work);

const children = new Set();
function background(command, args) {
  const child = spawn(command, args, { stdio: 'ignore', cwd: work });
  child.on('error', () => {});
  child.on('exit', () => children.delete(child));
  children.add(child);
  return child;
}
const host = Object.fromEntries(
  ['client', 'router', 'server'].map((name) => [name, background('unshare', ['-n', 'sleep', '1800'])]),
);
await sleep(300);
const inside = (name, command, args) => ['nsenter', ['-t', String(host[name].pid), '-n', command, ...args]];
const at = (name, line) => execFileSync(...inside(name, 'sh', ['-c', line]), { stdio: ['ignore', 'pipe', 'pipe'] });
for (const [name, side, net] of [
  ['client', 'rc', 1],
  ['server', 'rs', 2],
]) {
  execFileSync('nsenter', [
    '-t',
    String(host.router.pid),
    '-n',
    'ip',
    'link',
    'add',
    side,
    'type',
    'veth',
    'peer',
    'name',
    'wire',
    'netns',
    String(host[name].pid),
  ]);
  at(
    'router',
    `ip addr add 10.9.${net}.1/24 dev ${side}; ip link set ${side} up; ethtool -K ${side} tso off gso off gro off tx off rx off`,
  );
  at(
    name,
    `ip link set lo up; ip addr add 10.9.${net}.2/24 dev wire; ip addr add 10.9.${net}.3/24 dev wire; ip link set wire up; ip route add default via 10.9.${net}.1; ethtool -K wire tso off gso off gro off tx off rx off`,
  );
}
at('router', 'sysctl -qw net.ipv4.ip_forward=1');
// As if the server were seven hops away.
at('server', 'sysctl -qw net.ipv4.ip_default_ttl=58');

// Every scene has a server address of its own, so that scenes do not explain each other.
let SERVER = '';
let scenes = 0;
const TOLERANT = `require('tls').createServer({ key: k, cert: c }, (s) => { s.on('error', () => {}); s.once('data', () => s.end('HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok')); })`;
/** Looks at the first read of a connection, resets it when \`refuse\` holds, and hands all others to a TLS server. */
const frontend = (refuse) => `const inner = ${TOLERANT};
inner.on('tlsClientError', () => {}); inner.listen(9443, '127.0.0.1', () => require('net').createServer((s) => { s.on('error', () => {}); s.once('data', (d) => {
  if (${refuse}) { s.resetAndDestroy(); return; }
  const up = require('net').connect(9443, '127.0.0.1', () => { up.write(d); s.pipe(up); up.pipe(s); }); up.on('error', () => s.destroy()); }); }).listen(443));`;
const SERVERS = {
  plain: `${TOLERANT}.on('tlsClientError', () => {}).listen(443)`,
  large: `${TOLERANT.replace('cert: c', 'cert: c + c + c')}.on('tlsClientError', () => {}).listen(443)`,
  paused: `require('tls').createServer({ key: k, cert: c }, (s) => { s.on('error', () => {}); s.pause(); }).on('connection', (s) => setTimeout(() => s.pause(), 150)).listen(443)`,
  smallHellos: frontend('d.length > 1448 || d.readUInt16BE(3) > 1440'),
  no13: frontend("d.includes(Buffer.from('002b', 'hex'))"),
  substituting: `${TOLERANT}.listen(443); require('tls').createServer({ key: fs.readFileSync('untrusted.key'), cert: fs.readFileSync('untrusted.pem') }, (s) => s.on('error', () => {})).on('tlsClientError', () => {}).listen(444)`,
  hang: `require('net').createServer((s) => { s.on('error', () => {}); s.on('data', () => {}); }).listen(443)`,
  closing: `require('net').createServer((s) => { s.on('error', () => {}); s.once('data', () => s.destroy()); }).listen(443)`,
};
const NODE_SERVER = `const fs = require('fs'); process.on('uncaughtException', () => {}); const k = fs.readFileSync('ok.key'), c = fs.readFileSync('ok.pem', 'utf8');`;
const CLIENT = `const o = JSON.parse(process.argv[1]); const t = require('tls'); process.on('uncaughtException', () => {});
const s = t.connect({ host: o.host, port: 443, servername: '${HOST}', ca: require('fs').readFileSync('root.pem'), ...o.tls, ...(o.large ? { ALPNProtocols: ['http/1.1', ...Array.from({ length: 24 }, (_, i) => 'x-' + String(i).repeat(60).slice(0, 60))] } : {}) }, () => s.write('GET / HTTP/1.1\\r\\nhost: ${HOST}\\r\\n\\r\\n'));
s.on('error', () => {}); s.resume(); setTimeout(() => { s.end(); setTimeout(() => process.exit(), 200); }, o.wait || 5000);`;

const node = (options = {}) =>
  inside('client', process.execPath, ['-e', CLIENT, JSON.stringify({ host: SERVER, ...options })]);
const curl = (...extra) =>
  inside('client', 'curl', [
    '-s',
    '-m',
    '6',
    '--cacert',
    chains.root,
    '--resolve',
    `${HOST}:443:${SERVER}`,
    ...extra,
    `https://${HOST}/`,
  ]);
const _openssl = (...extra) =>
  inside('client', 'openssl', ['s_client', '-connect', `${SERVER}:443`, '-servername', HOST, ...extra]);
const python = (code) => inside('client', 'python3', ['-c', code]);
const finished = (child, seconds = 12) =>
  new Promise((done) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
    child.on('exit', () => {
      clearTimeout(timer);
      done();
    });
  });

/** Until the server of a scene listens; a slow machine takes seconds to start one. */
async function listening() {
  for (let tries = 0; tries < 100; tries++) {
    if (at('server', 'ss -Hltn sport = :443').length > 0) return;
    await sleep(100);
  }
  throw new Error('the server of this scene did not start');
}

/** Rules of the router's forward chain: c is towards the server, s towards the client. */
async function scene(name, truth, plan) {
  scenes++;
  if (filter && !name.includes(filter)) return;
  SERVER = `10.9.2.${10 + scenes}`;
  at('server', `ip addr add ${SERVER}/24 dev wire`);
  const { server = 'plain', command, rules = [], nat = [], clients, seen = 'client', snap = 0, after = 300 } = plan();
  at(
    'router',
    'nft flush ruleset; nft add table ip f; nft "add chain ip f c { type filter hook forward priority 0; }"; nft "add chain ip f n { type nat hook prerouting priority -100; }"',
  );
  for (const rule of rules) at('router', `nft 'add rule ip f c ${rule}'`);
  for (const rule of nat) at('router', `nft 'add rule ip f n ${rule}'`);
  const program = command ?? (server ? [process.execPath, '-e', NODE_SERVER + SERVERS[server]] : undefined);
  const serving = program ? background(...inside('server', program[0], program.slice(1))) : undefined;
  if (serving) await listening();
  const capture = spawn(
    ...inside(seen, 'tcpdump', [
      '-i',
      'wire',
      '-U',
      '--immediate-mode',
      '-s',
      String(snap),
      '-w',
      join(out, `${name}.pcap`),
      `icmp or host ${SERVER}`,
    ]),
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await new Promise((ready) => capture.stderr.on('data', (text) => String(text).includes('listening') && ready()));
  for (const client of clients) await finished(background(...client));
  await sleep(after);
  capture.kill('SIGTERM');
  await new Promise((done) => capture.on('exit', done));
  if (serving) {
    serving.kill('SIGKILL');
    await finished(serving, 1);
  }
  appendFileSync(expected, `${name}\t${truth}\n`);
  console.log(`${name}\t${truth}`);
}

const toServer = 'tcp dport 443';
const toClient = 'tcp sport 443';
// The first payload byte behind a TCP header with timestamps.
const hello = '@th,256,8 0x16';
const notHello = '@th,256,8 != 0x16';
const long = (bytes) => `ip length > ${bytes}`;

try {
  await scene('path-ok', 'ok', () => ({ clients: [curl()] }));
  await scene('path-ok-large-hello', 'ok', () => ({ clients: [node({ large: true, wait: 800 })] }));
  await scene('path-ok-loss', 'ok', () => ({ rules: ['numgen random mod 8 0 drop'], clients: [curl('-m', '20')] }));
  await scene('path-ok-short-snap', 'ok|not_visible', () => ({ clients: [curl()], snap: 128 }));
  for (const seen of ['client', 'server']) {
    const end = seen === 'client' ? '' : '-at-server';
    await scene(`path-mtu-c2s${end}`, 'mtu_blackhole_c2s', () => ({
      rules: [`${toServer} ${long(1400)} drop`],
      clients: [node({ large: true })],
      seen,
    }));
    await scene(`path-mtu-s2c${end}`, 'mtu_blackhole_s2c', () => ({
      server: 'large',
      rules: [`${toClient} ${long(1400)} drop`],
      clients: [curl()],
      seen,
    }));
    await scene(`path-mtu-s2c-12${end}`, 'mtu_blackhole_s2c', () => ({
      server: 'large',
      rules: [`${toClient} ${long(1400)} drop`],
      clients: [curl('--tls-max', '1.2')],
      seen,
    }));
    await scene(`path-reply-lost${end}`, 'reply_lost_on_path', () => ({
      rules: [`${toClient} ${long(60)} drop`],
      clients: [curl()],
      seen,
      after: 1500,
    }));
  }
  await scene('path-second-segment', 'middlebox_drops_second_segment', () => ({
    rules: [`${toServer} ${long(60)} ${notHello} drop`],
    clients: [node({ large: true })],
  }));
  await scene('path-hello-dropped', 'drop_after_clienthello', () => ({
    rules: [`${toServer} ${long(60)} ${hello} drop`],
    clients: [curl()],
  }));
  await scene('path-hello-dropped-all', 'drop_after_clienthello', () => ({
    rules: [`${toServer} ${long(60)} drop`],
    clients: [node({ large: true })],
  }));
  await scene('path-hello-reset', 'middlebox_reset', () => ({
    rules: [`${toServer} ${long(60)} ${hello} reject with tcp reset`],
    clients: [curl()],
  }));
  await scene('path-flight-reset', 'middlebox_reset', () => ({
    rules: [`${toServer} ${long(60)} ${notHello} reject with tcp reset`],
    clients: [curl()],
  }));
  await scene('path-syn-dropped', 'syn_blackhole', () => ({ rules: [`${toServer} drop`], clients: [curl()] }));
  await scene('path-synack-dropped', 'syn_blackhole', () => ({ rules: [`${toClient} drop`], clients: [curl()] }));
  await scene('path-synack-dropped-at-server', 'reply_lost_on_path', () => ({
    rules: [`${toClient} drop`],
    clients: [curl()],
    seen: 'server',
  }));
  await scene('path-unreachable', 'host_unreachable', () => ({
    rules: [`${toServer} reject with icmp type host-unreachable`],
    clients: [curl()],
  }));
  await scene('path-prohibited', 'admin_prohibited', () => ({
    rules: [`${toServer} reject with icmp type admin-prohibited`],
    clients: [curl()],
  }));
  await scene('path-port-rejected', 'port_closed', () => ({
    rules: [`${toServer} reject with tcp reset`],
    clients: [curl()],
  }));
  await scene('path-port-closed', 'port_closed', () => ({ server: '', clients: [curl()] }));
  await scene('path-large-hello', 'large_clienthello_intolerance', () => ({
    server: 'smallHellos',
    clients: [node({ wait: 800 }), node({ large: true, wait: 800 }), node({ large: true, wait: 800 })],
  }));
  await scene('path-no-tls13', 'tls13_intolerant_peer', () => ({
    server: 'no13',
    clients: [curl(), curl(), curl('--tls-max', '1.2')],
  }));
  await scene('path-hang', 'server_accepts_but_no_reply', () => ({ server: 'hang', clients: [curl()] }));
  await scene('path-server-closes', 'server_closed_after_clienthello', () => ({
    server: 'closing',
    clients: [curl()],
  }));
  writeFileSync(join(work, 'upload'), Buffer.alloc(12 << 20));
  await scene('path-receiver-stalled', 'receiver_stalled', () => ({
    server: 'paused',
    clients: [curl('--http1.1', '--data-binary', '@upload')],
  }));
  await scene('path-accept-queue', 'accept_queue_full', () => ({
    clients: [
      python(`import socket, time
open_ = []
for i in range(8):
    s = socket.socket(); s.settimeout(2.5)
    try: s.connect(('${SERVER}', 443)); open_.append(s); s.sendall(b'\\x16\\x03\\x01\\x00\\x05\\x01\\x00\\x00\\x01\\x00')
    except OSError: pass
time.sleep(1)`),
    ],
    command: [
      'python3',
      '-c',
      `import socket, time; s = socket.socket(); s.bind(('${SERVER}', 443)); s.listen(1); time.sleep(40)`,
    ],
  }));
  const diverted = () => ({ server: 'substituting', nat: [`ip saddr 10.9.1.3 tcp dport 443 dnat to ${SERVER}:444`] });
  const both = (...extra) => [
    curl(...extra),
    curl(...extra, '--interface', '10.9.1.3'),
    curl(...extra),
    curl(...extra, '--interface', '10.9.1.3'),
  ];
  await scene('path-substituted-12', 'server_cert_substituted', () => ({
    ...diverted(),
    clients: both('--tls-max', '1.2'),
  }));
  await scene('path-substituted-13', 'server_cert_untrusted|server_cert_rejected', () => ({
    ...diverted(),
    clients: both(),
  }));
  await scene('path-syn-flood', 'syn_flood', () => ({
    clients: [
      python(`import random, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
def checksum(b):
    t = sum(struct.unpack('!%dH' % (len(b) // 2), b)); t = (t >> 16) + (t & 65535); return ~(t + (t >> 16)) & 65535
for i in range(3000):
    src = struct.pack('!I', 0x0a090100 + random.randrange(4, 250)); dst = socket.inet_aton('${SERVER}')
    tcp = struct.pack('!HHIIBBHHH', random.randrange(1024, 65535), 443, random.getrandbits(32), 0, 80, 2, 64240, 0, 0)
    c = checksum(src + dst + struct.pack('!BBH', 0, 6, 20) + tcp); tcp = tcp[:16] + struct.pack('!H', c) + tcp[18:]
    s.sendto(struct.pack('!BBHHHBBH4s4s', 69, 0, 40, i & 65535, 0, 64, 6, 0, src, dst) + tcp, ('${SERVER}', 0))`),
    ],
    after: 1500,
  }));
} finally {
  for (const child of children) child.kill('SIGKILL');
  for (const child of Object.values(host)) child.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
}
process.exit(0);
