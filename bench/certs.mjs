// Speed on a folder of files of several certificates, beside openssl in a loop, ssl-cert-check and check_ssl_cert where
// they are installed: node bench/certs.mjs [files]. Signature checks, weak keys and the shared-prime search apart.
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { authority, certificate, pem, revocationList } from './certs-make.mjs';
import { load } from './x509-module.mjs';

const room = await load('bench/certs-entry.ts');
const files = Number(process.argv[2] ?? 5000);
const folder = mkdtempSync(join(tmpdir(), 'paymedic-certs-'));
mkdirSync(folder, { recursive: true });
const root = authority('Bench Root');
const intermediate = authority('Bench Intermediate', 'rsa');
const rootDer = certificate({ subject: root.cn, spki: root.spki, issuer: root, ca: true, days: 3650 });
const interDer = certificate({ subject: intermediate.cn, spki: intermediate.spki, issuer: root, ca: true, days: 2000 });
const rsa = Array.from({ length: 20 }, () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'der', type: 'spki' }),
);
const leaves = [];
for (let i = 0; i < files; i++) {
  const spki =
    i % 2
      ? rsa[(i >> 1) % rsa.length]
      : generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
  const der = certificate({
    subject: `host${i}.example`,
    spki,
    issuer: root,
    dns: [`host${i}.example`, `www.host${i}.example`],
  });
  leaves.push(der);
  writeFileSync(join(folder, `f${i}.pem`), pem(der) + pem(interDer) + pem(rootDer));
}

const scopes = new Set(['any', 'web', 'psd2']);
const round = () => {
  const start = performance.now();
  const cpu = process.cpuUsage();
  let count = 0;
  let errors = 0;
  // As the audit does: the same certificate in many files is judged once.
  const judged = new Set();
  for (const file of readdirSync(folder)) {
    for (const { der } of room.findPem(readFileSync(join(folder, file), 'latin1'))) {
      count++;
      const id = der.toString('latin1');
      if (judged.has(id)) continue;
      judged.add(id);
      const form = room.readCertificate(der);
      errors += room.lint(form, scopes).filter((b) => b.severity === 'error').length;
    }
  }
  const used = process.cpuUsage(cpu);
  return {
    rate: count / ((performance.now() - start) / 1000),
    cpuRate: count / ((used.user + used.system) / 1e6),
    count,
    errors,
  };
};
round();
const best = [round(), round(), round()].sort((a, b) => b.rate - a.rate)[0];
console.log(
  `read from disk, parsed and judged by every rule: ${best.count} certificates (${leaves.length + 2} distinct), ${Math.round(best.rate)} a second by the clock, ${Math.round(best.cpuRate)} a second of processor time; errors found: ${best.errors}`,
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
const keys = parsed.map((c) => room.parsedForm(c).key);
timed('weak-key tests', keys.length, () => `alarms: ${keys.flatMap((k) => room.weaknesses(k)).length}`);
const moduli = Array.from({ length: 1000 }, () => room.toBigInt(randomBytes(256)) | 1n);
timed('shared-prime search over 2048-bit numbers', moduli.length, () => `hits: ${room.sharedPrimes(moduli).length}`);

const list = revocationList(root, 100_000);
const before = process.memoryUsage().rss;
timed('revocation list, read and verified', 100_000, () => {
  const seen = room.parseRevocationList(list);
  const state = room.checkListSignature(seen, issuer).result;
  return `${seen.revoked.size} entries, signature ${state}, ${((process.memoryUsage().rss - before) / 2 ** 20).toFixed(0)} MiB more, ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB in all`;
});

const sample = readdirSync(folder).slice(0, 100);
const has = (program) => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
for (const [program, args] of [
  ['openssl', (f) => ['x509', '-checkend', '864000', '-noout', '-in', f]],
  ['ssl-cert-check', (f) => ['-c', f]],
  ['check_ssl_cert', (f) => ['-f', f]],
]) {
  if (!has(program)) {
    console.log(`${program}: not installed`);
    continue;
  }
  timed(`${program}, one process for each file`, sample.length, () => {
    for (const file of sample) {
      try {
        execFileSync(program, args(join(folder, file)), { stdio: 'ignore' });
      } catch {
        // Its exit code is its verdict; only the time is measured here.
      }
    }
  });
}
rmSync(folder, { recursive: true, force: true });
