// 200 local TLS servers, some of which hang, reset or speak plain text: node bench/certs-live.mjs
// Checks that each is named rightly, that the exit code is 3 and that the scan ends within the timeout plus 10 %.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

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
}
issue('sound', 300);
issue('ending', 1);
// In two processes of their own: what is measured is the scan, not the servers' half of the handshakes.
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const hosts = await Promise.all(
  [100, 100].map(async (count) => {
    const host = spawn(process.execPath, [here('certs-live-servers.mjs'), folder, String(count)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const line = await new Promise((resolve) => host.stdout.once('data', resolve));
    return { host, servers: JSON.parse(String(line)) };
  }),
);
const servers = hosts.flatMap((h) => h.servers);
writeFileSync(join(folder, 'targets'), servers.map((s) => `127.0.0.1:${s.port}`).join('\n'));

/** Runs `paymedic certs`; its exit code, its output and the seconds it took. */
async function certs(...args) {
  const start = performance.now();
  const child = spawn(process.execPath, ['bin/paymedic.js', 'certs', ...args, '--format', 'json', '--quiet'], {
    cwd: here('..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, out, seconds: (performance.now() - start) / 1000 };
}
// What the program takes for one file is its start; the rest of a run is the scan.
const starts = [];
for (let i = 0; i < 5; i++) starts.push((await certs(join(folder, 'sound.pem'), '--fail-on', 'never')).seconds);
const startUp = starts.sort((x, y) => x - y)[2];
const trust = ['--trust', join(folder, 'ca.pem'), '--timeout', String(TIMEOUT_SECONDS), '--fail-on', 'never'];
const { code, out, seconds } = await certs('--targets', join(folder, 'targets'), ...trust);
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
const limit = TIMEOUT_SECONDS * 1.1;
console.log(
  `exit code: ${code}; seconds: ${seconds.toFixed(2)} in all, ${(seconds - startUp).toFixed(2)} without the start of the program (${startUp.toFixed(2)}), with a timeout of ${TIMEOUT_SECONDS}: limit ${limit.toFixed(1)}`,
);
for (const { host } of hosts) host.stdin.end();
rmSync(folder, { recursive: true, force: true });
process.exit(wrong.length === 0 && code === 3 && expiring === 1 && seconds - startUp <= limit ? 0 : 1);
