// Reads and verifies one large revocation list in a process of its own: node bench/certs-list.mjs FOLDER
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { load } from './x509-module.mjs';

const room = await load('bench/certs-entry.ts');
const folder = process.argv[2];
const issuer = room.parseCertificate(readFileSync(join(folder, 'root.der')));
const start = performance.now();
const list = room.parseRevocationList(readFileSync(join(folder, 'large.crl')));
const state = room.checkListSignature(list, issuer).result;
const first = [...list.revoked.keys()][0];
const known = list.revoked.get(first)?.reason;
const ms = performance.now() - start;
const peak = process.resourceUsage().maxRSS / 1024;
console.log(
  `revocation list, read, verified and asked: ${list.revoked.size} entries in ${ms.toFixed(0)} ms, signature ${state}, first entry ${known}, ${peak.toFixed(0)} MiB in the whole process at most (the bundler that loads the room included)`,
);
