// Speed on a folder of files of several certificates, beside openssl in a loop, ssl-cert-check and check_ssl_cert where
// they are installed: node bench/certs.mjs [files]. Signature checks, weak keys and the shared-prime search apart.
// A check_ssl_cert that lies elsewhere than Debian puts it is named in the variable CHECK_SSL_CERT.
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, generatePrimeSync, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { authority, certificate, pem, revocationList } from './certs-make.mjs';
import { load } from './x509-module.mjs';

const room = await load('bench/certs-entry.ts');
const files = Number(process.argv[2] ?? 5000);
const folder = mkdtempSync(join(tmpdir(), 'paymedic-certs-'));
mkdirSync(folder, { recursive: true });
const root = authority('Bench Root');
const intermediate = authority('Bench Intermediate');
const rootDer = certificate({ subject: root.cn, spki: root.spki, issuer: root, ca: true, days: 3650 });
const rsa = Array.from({ length: 20 }, () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'der', type: 'spki' }),
);
const ecKey = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
// Every certificate is another one: what is judged once cannot be counted three times.
const leaves = [];
for (let i = 0; i < files; i++) {
  let text = '';
  for (let k = 0; k < 3; k++) {
    const host = `host${i}-${k}.example`;
    const spki = (i + k) % 2 ? rsa[(i >> 1) % rsa.length] : ecKey();
    const der = certificate({
      subject: host,
      spki,
      issuer: k === 2 ? root : intermediate,
      ca: k === 2,
      dns: [host, `www.${host}`],
    });
    if (k === 2) leaves.push(der);
    text += pem(der);
  }
  writeFileSync(join(folder, `f${i}.pem`), text);
}

const scopes = new Set(['any', 'web', 'psd2', 'set', 'client']);
// Files are read into one buffer: three system calls each, and no allocation.
const scratch = Buffer.allocUnsafeSlow(1 << 20);
const textOf = (path) => {
  const file = openSync(path, 'r');
  const length = readSync(file, scratch, 0, scratch.length, 0);
  closeSync(file);
  return scratch.latin1Slice(0, length);
};
const round = () => {
  const start = performance.now();
  const cpu = process.cpuUsage();
  let count = 0;
  let breaches = 0;
  for (const file of readdirSync(folder)) {
    for (const { der } of room.findPem(textOf(`${folder}/${file}`))) {
      count++;
      breaches += room.lint(room.readCertificate(der), scopes).length;
    }
  }
  const used = process.cpuUsage(cpu);
  return {
    rate: count / ((performance.now() - start) / 1000),
    cpuRate: count / ((used.user + used.system) / 1e6),
    count,
    breaches,
  };
};
const rounds = [round(), round(), round(), round()];
const best = [...rounds].sort((x, y) => y.rate - x.rate)[0];
console.log(
  `read from disk, parsed and judged by every rule: ${best.count} different certificates in ${files} files, ${Math.round(best.rate)} a second by the clock, ${Math.round(best.cpuRate)} a second of processor time (first round, with cold code: ${Math.round(rounds[0].rate)}); breaches found: ${best.breaches}`,
);

const timed = (what, count, work) => {
  const start = performance.now();
  const note = work();
  const ms = performance.now() - start;
  console.log(
    `${what}: ${count} in ${ms.toFixed(0)} ms (${Math.round(count / (ms / 1000))} a second)${note ? `; ${note}` : ''}`,
  );
};
const parsed = leaves.slice(0, 1000).map((d) => room.parseCertificate(d));
const issuer = room.parseCertificate(rootDer);
timed(
  'signature checks',
  parsed.length,
  () => `${parsed.filter((c) => room.verifySignature(c, issuer) === 'ok').length} fit`,
);
// Every pair of 24 primes gives another RSA modulus of 2048 bits.
const primes = Array.from({ length: 24 }, () => generatePrimeSync(1024, { bigint: true }));
const someKey = room.parsePublicKey(rsa[0]);
const keys = primes.flatMap((p, i) =>
  primes.slice(0, i).map((q) => {
    const modulus = Buffer.from((p * q).toString(16).padStart(512, '0'), 'hex');
    return { ...someKey, modulus, bits: room.bitLength(modulus) };
  }),
);
timed('weak-key tests of RSA keys, one after the other', keys.length, () => {
  return `alarms: ${keys.flatMap((k) => room.weaknesses(k)).length}`;
});
const before = performance.now();
await room.testPrimality(keys);
const ahead = performance.now() - before;
timed('the same, after the test for prime moduli on all processors', keys.length, () => {
  const alarms = keys.flatMap((k) => room.weaknesses(k)).length;
  return `alarms: ${alarms}; the test for prime moduli took ${ahead.toFixed(0)} ms`;
});
// Numbers made of two random halves: odd, as long as moduli, and as slow. Chance small factors in common are hits.
for (const size of [1000, 4000]) {
  const moduli = Array.from({ length: size }, () => room.toBigInt(randomBytes(256)) | 1n);
  timed(`shared-prime search over ${size} 2048-bit numbers`, size, () => `hits: ${room.sharedPrimes(moduli).length}`);
}

// In a process of its own, because the memory of the whole process is what is measured.
writeFileSync(join(folder, 'large.crl'), revocationList(root, 100_000));
writeFileSync(join(folder, 'root.der'), rootDer);
console.log(
  execFileSync(process.execPath, [fileURLToPath(new URL('certs-list.mjs', import.meta.url)), folder], {
    encoding: 'utf8',
  }).trim(),
);
rmSync(join(folder, 'large.crl'));
rmSync(join(folder, 'root.der'));

/** A slow peer is stopped after this time; what it did until then is its measure. */
const MAX_PEER_MS = 60_000;
const sample = readdirSync(folder).slice(0, 100);
/** Where Debian and others put monitoring plugins, which are not on the path. */
const pluginFolders = ['/usr/lib/nagios/plugins', '/usr/lib64/nagios/plugins', '/usr/local/lib/nagios/plugins'];
const find = (program, named) => {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...pluginFolders];
  return [named, ...folders.map((f) => join(f, program))].find((path) => path && existsSync(path));
};
for (const [program, args, packaged, named] of [
  ['openssl', (f) => ['x509', '-checkend', '864000', '-noout', '-in', f], 'openssl'],
  ['ssl-cert-check', (f) => ['-c', f], 'ssl-cert-check'],
  ['check_ssl_cert', (f) => ['-f', f], 'monitoring-plugins-contrib', process.env.CHECK_SSL_CERT],
]) {
  const path = find(program, named);
  if (!path) {
    console.log(`${program}: not installed (Debian package ${packaged})`);
    continue;
  }
  const start = performance.now();
  let done = 0;
  for (const file of sample) {
    if (performance.now() - start > MAX_PEER_MS) break;
    try {
      execFileSync(path, args(join(folder, file)), { stdio: 'ignore' });
    } catch {
      // Its exit code is its verdict; only the time is measured here.
    }
    done++;
  }
  const ms = performance.now() - start;
  console.log(
    `${program}, one process for each file: ${done} in ${ms.toFixed(0)} ms (${(done / (ms / 1000)).toFixed(1)} a second)`,
  );
}
rmSync(folder, { recursive: true, force: true });
