// 200 local TLS servers in one process, some of which hang, reset or speak plain text: node bench/certs-live.mjs
// Checks that each is named rightly, that the exit code is 3 and that the scan ends within the timeout plus 10 %.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createServer as createTlsServer } from 'node:tls';

const TIMEOUT_SECONDS = 5;
const folder = mkdtempSync(join(tmpdir(), 'paymedic-live-'));
const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
openssl(
  'req',
  '-x509',
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:P-256',
  '-nodes',
  '-keyout',
  'ca.key',
  '-out',
  'ca.pem',
  '-days',
  '3650',
  '-subj',
  '/CN=Bench Root',
);
function issue(name, days) {
  writeFileSync(join(folder, 'ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n');
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    `/CN=${name}`,
  );
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    `${name}.pem`,
    '-days',
    String(days),
    '-extfile',
    'ext',
  );
  return { cert: readFileSync(join(folder, `${name}.pem`)), key: readFileSync(join(folder, `${name}.key`)) };
}
const sound = issue('sound', 300);
const ending = issue('ending', 1);
const ca = readFileSync(join(folder, 'ca.pem'));
const quiet = (socket) => socket.on('error', () => {});
const kinds = {
  sound: () => createTlsServer(sound, (s) => s.end()),
  tls12: () => createTlsServer({ ...sound, maxVersion: 'TLSv1.2' }, (s) => s.end()),
  tls13: () => createTlsServer({ ...sound, minVersion: 'TLSv1.3' }, (s) => s.end()),
  mutual: () => createTlsServer({ ...sound, requestCert: true, rejectUnauthorized: true, ca }, (s) => s.end()),
  ending: () => createTlsServer(ending, (s) => s.end()),
  hang: () => createServer((s) => quiet(s)),
  reset: () => createServer((s) => quiet(s).once('data', () => s.resetAndDestroy())),
  plain: () => createServer((s) => quiet(s).end('HTTP/1.1 400 Bad Request\r\n\r\n')),
};
const servers = [];
const names = Object.keys(kinds);
for (let i = 0; i < 200; i++) {
  const kind = names[i % names.length];
  const server = kinds[kind]();
  server.on('tlsClientError', () => {}).on('error', () => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push({ kind, port: server.address().port, server });
}
writeFileSync(join(folder, 'targets'), servers.map((s) => `127.0.0.1:${s.port}`).join('\n'));

const start = performance.now();
const child = spawn(
  process.execPath,
  [
    'bin/paymedic.js',
    'certs',
    '--targets',
    join(folder, 'targets'),
    '--trust',
    join(folder, 'ca.pem'),
    '--timeout',
    String(TIMEOUT_SECONDS),
    '--fail-on',
    'never',
    '--format',
    'json',
    '--quiet',
  ],
  {
    cwd: new URL('..', import.meta.url).pathname,
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
let out = '';
child.stdout.on('data', (chunk) => (out += chunk));
const code = await new Promise((resolve) => child.once('close', resolve));
const seconds = (performance.now() - start) / 1000;
const report = JSON.parse(out);
const byPort = new Map(report.endpoints.map((e) => [e.port, e]));
const expected = { hang: /^timeout/, reset: /^(?:reset|closed|other)$/, plain: /^plaintext$/ };
const wrong = servers.filter(({ kind, port }) => {
  const e = byPort.get(port);
  return expected[kind]
    ? !(e && !e.ok && expected[kind].test(e.failure))
    : !e?.ok || (kind === 'mutual' && !e.clientCertificateRequested);
});
const expiring = report.findings.filter((f) => f.id === 'certificate/expiring').length;
console.log(
  `servers: ${servers.length}, named wrongly: ${wrong.length}${wrong.slice(0, 5).map((w) => ` ${w.kind}:${JSON.stringify(byPort.get(w.port))}`)}`,
);
console.log(
  `ending certificates found: ${expiring} (one certificate on ${servers.filter((s) => s.kind === 'ending').length} servers)`,
);
console.log(
  `exit code: ${code}; seconds: ${seconds.toFixed(2)} with a timeout of ${TIMEOUT_SECONDS} (limit ${(TIMEOUT_SECONDS * 1.1).toFixed(1)} plus the start of the program)`,
);
for (const { server } of servers) server.close();
rmSync(folder, { recursive: true, force: true });
process.exit(wrong.length === 0 && code === 3 && expiring === 1 ? 0 : 1);
