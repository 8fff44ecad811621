// Runs a built bundle once and keeps its compiled code for bin/paymedic.js, the functions that ran included:
//   node tools/code-cache.mjs main triage fixtures/bundles/...
//   node tools/code-cache.mjs ciphers
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const [name, ...given] = process.argv.slice(2);
const program = fileURLToPath(new URL(`../dist/cli/${name}.js`, import.meta.url));
const cache = fileURLToPath(new URL(`../dist/cli/${name}-${process.version}-${process.arch}.cache`, import.meta.url));
const script = new vm.Script(Module.wrap(readFileSync(program, 'latin1')), {
  filename: program,
});
const args = name === 'ciphers' ? await scan() : given;
process.argv.splice(1, Number.POSITIVE_INFINITY, program, ...args);
process.on('exit', () => {
  writeFileSync(`${cache}.new`, script.createCachedData());
  renameSync(`${cache}.new`, cache);
});
script.runInThisContext()({}, createRequire(program), { exports: {} }, program, dirname(program));

/** A server to scan, anonymous because that needs no key, and a configuration, which is driven in memory with TLS 1.3. */
async function scan() {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-build-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    'events {} http { server { listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.pem; ssl_protocols TLSv1.2 TLSv1.3; } }',
  );
  const server = createServer({ ciphers: 'AECDH-AES128-SHA:@SECLEVEL=0', maxVersion: 'TLSv1.2' });
  server.on('tlsClientError', () => {});
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  const openssl = process.versions.openssl.split('.').slice(0, 2).join('.');
  return [
    'ciphers',
    `127.0.0.1:${server.address().port}`,
    file,
    '--openssl',
    openssl,
    '--format',
    `json=${join(folder, 'report.json')}`,
    '--format',
    'terminal',
  ];
}
