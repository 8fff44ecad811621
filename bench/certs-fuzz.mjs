// Mutates the certificates of a folder and reads them with everything: node bench/certs-fuzz.mjs DIR [runs] [seed]
// Counts exceptions, inputs that took longer than a second, and changed signed parts whose signature still fitted.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { load } from './x509-module.mjs';

const [folder, wanted = '100000', firstState = '20261121'] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node bench/certs-fuzz.mjs DIR [runs] [seed]');
  process.exit(2);
}
const room = await load('bench/certs-entry.ts');
const seeds = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((e) => e.isFile())
  .flatMap((e) => room.findPem(readFileSync(join(e.parentPath, e.name), 'latin1')))
  .map((b) => b.der)
  .filter((d) => d.length > 50 && d.length < 20_000);
// A small generator of its own, so that a run can be repeated.
let state = Number(firstState) >>> 0;
const random = (below) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state % below;
};
const scopes = new Set(['any', 'web', 'psd2', 'set', 'client']);
let exceptions = 0;
let slow = 0;
let accepted = 0;
let checked = 0;
const runs = Number(wanted);
const start = performance.now();
for (let run = 0; run < runs; run++) {
  const seed = seeds[random(seeds.length)];
  const bytes = Buffer.from(seed);
  const changes = 1 + random(4);
  for (let i = 0; i < changes; i++) bytes[random(bytes.length)] = random(256);
  const input = random(8) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
  const began = process.cpuUsage();
  try {
    const seen = room.readCertificates(input, 'fuzz');
    for (const certificate of seen.certificates) room.lint(room.parsedForm(certificate), scopes);
    room.parseRevocationList(input);
    if (run % 20 === 0) {
      const original = room.parseCertificate(seed);
      const changed = room.parseCertificate(input);
      const { tbs } = room.parsedForm(original);
      const same = input.subarray(tbs.start, tbs.end).equals(seed.subarray(tbs.start, tbs.end));
      if (!same && original.selfIssued) {
        checked++;
        if (room.verifySignature(changed, original) === 'ok') accepted++;
      }
    }
  } catch (error) {
    if (exceptions++ < 3) console.log(`exception: ${error.stack}\n${input.toString('base64')}`);
  }
  // Seconds of processor time: on a busy machine the clock tells about the others.
  const { user, system } = process.cpuUsage(began);
  if (user + system > 1e6 && slow++ < 3)
    console.log(`slow (${Math.round((user + system) / 1000)} ms): ${input.toString('base64').slice(0, 30_000)}`);
}
console.log(`seeds: ${seeds.length}; inputs: ${runs} in ${((performance.now() - start) / 1000).toFixed(0)} s`);
console.log(
  `exceptions: ${exceptions}; slower than a second: ${slow}; changed and still accepted: ${accepted} of ${checked}`,
);
process.exit(exceptions + slow + accepted === 0 ? 0 : 1);
