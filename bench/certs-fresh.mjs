// No false alarm on sound, freshly made certificates: node bench/certs-fresh.mjs [certificates] [of them RSA 2048]
// Every rule, every weak-key test and the shared-prime search over all of them; prints each alarm by name.
import { generateKeyPairSync } from 'node:crypto';
import { authority, certificate } from './certs-make.mjs';
import { load } from './x509-module.mjs';

const room = await load('bench/certs-entry.ts');
const count = Number(process.argv[2] ?? 5000);
const rsa = Number(process.argv[3] ?? 1000);
const issuer = authority('Fresh Authority');
const alarms = new Map();
const alarm = (name) => alarms.set(name, (alarms.get(name) ?? 0) + 1);
const moduli = [];
for (let i = 0; i < count; i++) {
  const pair =
    i < rsa
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: i % 2 ? 'P-256' : 'P-384' });
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
  const host = `host${i}.example`;
  const form = room.readCertificate(certificate({ subject: host, spki, issuer, dns: [host] }));
  for (const defect of form.defects) alarm(`defect ${defect.rule}`);
  for (const { rule, severity } of room.lint(form, new Set(['any', 'psd2'])))
    if (severity === 'error') alarm(`rule ${rule.id}`);
  for (const { id } of room.weaknesses(form.key)) alarm(`key ${id}`);
  if (form.key.modulus) moduli.push(room.toBigInt(form.key.modulus));
}
for (const _hit of room.sharedPrimes(moduli)) alarm('shared prime');
console.log(`${count} fresh certificates, ${moduli.length} of them RSA 2048: ${alarms.size === 0 ? 'no alarm' : ''}`);
for (const [name, times] of alarms) console.log(`  ${name}: ${times}`);
process.exitCode = alarms.size === 0 ? 0 : 1;
