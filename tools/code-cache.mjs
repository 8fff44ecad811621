// Runs a built bundle once and keeps its compiled code for bin/paymedic.js, the functions that ran included:
//   node tools/code-cache.mjs main triage fixtures/bundles/...
//   node tools/code-cache.mjs ciphers
//   node tools/code-cache.mjs log-worker
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import threads, { isMainThread, parentPort } from 'node:worker_threads';

const built = (file) => fileURLToPath(new URL(`../dist/cli/${file}`, import.meta.url));

/** Runs a bundle in this thread. @returns what writes the cache of what has run by then. */
function run(name) {
  const program = built(`${name}.js`);
  const cache = built(`${name}-${process.version}-${process.arch}.cache`);
  const script = new vm.Script(Module.wrap(readFileSync(program, 'latin1')), {
    filename: program,
  });
  if (isMainThread) process.argv[1] = program;
  script.runInThisContext()({}, createRequire(program), { exports: {} }, program, dirname(program));
  return () => {
    writeFileSync(`${cache}.new`, script.createCachedData());
    renameSync(`${cache}.new`, cache);
  };
}

/** What is told to a thread that ends. */
const END = 'end';

const [name, ...given] = process.argv.slice(2);
if (!isMainThread) {
  const write = run('log-worker');
  parentPort.on('message', (message) => {
    if (message !== END) return;
    write();
    process.exit();
  });
} else if (name === 'log-worker') {
  // The program starts this file as its thread, and ends it by a message.
  threads.Worker = class extends threads.Worker {
    constructor(_file, options) {
      super(fileURLToPath(import.meta.url), options);
    }
    terminate() {
      this.ref();
      this.postMessage(END);
    }
  };
  process.argv.splice(2, Number.POSITIVE_INFINITY, 'logs', ...logs(), '--jobs', '2');
  run('logs');
} else {
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...(name === 'ciphers' ? await scan() : given));
  process.on('exit', run(name));
}

/** A log of requests and one of operations that are large enough for two threads. */
function logs() {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-build-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const two = (n) => String(n).padStart(2, '0');
  const lines = {
    'access.log': (i, clock) =>
      `10.${i % 5}.${i % 7}.${i % 200} - - [12/Sep/2026:${clock} +0800] "GET /p/${i % 50} HTTP/1.1" ${i % 11 === 0 ? 502 : 200} ${i} "-" "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"`,
    'app.jsonl': (i, clock) =>
      `{"ts":"2026-09-12T${clock}Z","level":"${i % 41 === 0 ? 'error' : 'info'}","client_ip":"10.0.${i % 9}.${i % 60}","endpoint":"/v1/pay","acquirer":"a${i % 3}","result_code":"${i % 41 === 0 ? '96' : '00'}","latency_ms":${i % 5000},"msg":"answer of ${i}"}`,
  };
  return Object.entries(lines).map(([name, line]) => {
    const file = join(folder, name);
    let text = '';
    for (let i = 0; text.length < 20e6; i++)
      text += `${line(i, `${two(8 + (Math.floor(i / 9000) % 12))}:${two(Math.floor(i / 150) % 60)}:00`)}\n`;
    writeFileSync(file, text);
    return file;
  });
}

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
