// No false alarm on sound, freshly made certificates: node bench/certs-fresh.mjs [certificates] [of them RSA]
// RSA keys of 2048, 3072 and 4096 bits (of each ten 7, 2 and 1), EC on three curves and Ed25519.
// Every rule, every weak-key test and the shared-prime search over all of them; prints each alarm by name.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { authority, certificate } from './certs-make.mjs';
import { load } from './x509-module.mjs';

const room = await load('bench/certs-entry.ts');
const count = Number(process.argv[2] ?? 5000);
const rsa = Number(process.argv[3] ?? 1000);
const issuer = authority('Fresh Authority');
const alarms = new Map();
const alarm = (name) => alarms.set(name, (alarms.get(name) ?? 0) + 1);
const moduli = [];
const generate = promisify(generateKeyPair);
const SIZES = [2048, 2048, 2048, 3072, 2048, 2048, 4096, 2048, 3072, 2048];
const CURVES = ['P-256', 'P-384', 'P-521', undefined];
const fresh = (i) => {
  if (i < rsa) return generate('rsa', { modulusLength: SIZES[i % SIZES.length] });
  const namedCurve = CURVES[i % CURVES.length];
  return namedCurve ? generate('ec', { namedCurve }) : generate('ed25519');
};
/** Keys are made a few ahead, on the threads of the runtime. */
const ahead = [];
const bits = new Map();
for (let i = 0; i < count; i++) {
  while (ahead.length < 8 && i + ahead.length < count) ahead.push(fresh(i + ahead.length));
  const pair = await ahead.shift();
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
  const host = `host${i}.example`;
  const form = room.readCertificate(certificate({ subject: host, spki, issuer, dns: [host] }));
  for (const defect of form.defects) alarm(`defect ${defect.rule}`);
  for (const { rule, severity } of room.lint(form, new Set(['any', 'psd2', 'set', 'client'])))
    if (severity === 'error') alarm(`rule ${rule.id}`);
  for (const { id } of room.weaknesses(form.key)) alarm(`key ${id}`);
  bits.set(form.key.label, (bits.get(form.key.label) ?? 0) + 1);
  if (form.key.modulus) moduli.push(room.toBigInt(form.key.modulus));
}
for (const _hit of room.sharedPrimes(moduli)) alarm('shared prime');
const kinds = [...bits].map(([label, times]) => `${label} ${times}`).join(', ');
console.log(`${count} fresh certificates (${kinds}): ${alarms.size === 0 ? 'no alarm' : ''}`);
for (const [name, times] of alarms) console.log(`  ${name}: ${times}`);
process.exitCode = alarms.size === 0 ? 0 : 1;
