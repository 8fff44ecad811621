#!/usr/bin/env node
// How much each kind of evidence adds: triage of incident bundles with some kinds left out.
//   node bench/ablation.mjs DIR [--drop]     DIR holds folders with evidence/ and answer.json
// Without --drop: logs only, then + certificates, + configuration, + captures, + transactions, + small facts.
// With --drop: everything but one kind. Prints top-1 %, top-3 %, claims that the answers forbid, alarms on healthy bundles
// and the Brier score of the first diagnosis; above it the same of a table of error texts (bench/grep-table.mjs).
// DIR can come from: npm run bench:incidents -- --keep DIR
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { TABLE } from './grep-table.mjs';

const cli = fileURLToPath(new URL('../bin/paymedic.js', import.meta.url));
const [dir, ...flags] = process.argv.slice(2);
if (!dir) {
  console.error('usage: ablation.mjs DIR [--drop] [--verbose]');
  process.exit(2);
}
const GROUPS = {
  logs: ['log'],
  certificates: ['certificate', 'key', 'crl', 'csr', 'ocsp', 'keystore'],
  configuration: ['server-config'],
  captures: ['capture'],
  transactions: ['transactions', 'table'],
  facts: [
    'topology',
    'changes',
    'notice',
    'time-sync',
    'dns',
    'file-listing',
    'versions',
    'tickets',
    'network-flows',
    'message',
    'script',
    'web-page',
    'structured',
    'text',
    'binary',
    'empty',
  ],
};
const names = Object.keys(GROUPS);
const steps = flags.includes('--drop')
  ? [['everything', names], ...names.map((n) => [`without ${n}`, names.filter((x) => x !== n)])]
  : names.map((n, i) => [i === 0 ? 'logs only' : `+ ${n}`, names.slice(0, i + 1)]);

/** Files below a folder, as text; compressed ones opened. */
function* texts(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* texts(path);
    else {
      const bytes = readFileSync(path);
      yield (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
    }
  }
}

/** What a table of error texts says: causes by how often one of their texts occurs. */
function grep(folder) {
  const counts = new Map();
  for (const text of texts(folder))
    for (const [pattern, cause] of TABLE) {
      const n = text.match(pattern)?.length ?? 0;
      if (n) counts.set(cause, (counts.get(cause) ?? 0) + n);
    }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([cause]) => cause);
}

/** The baseline, over everything in the evidence. */
function baseline() {
  let incidents = 0;
  let top1 = 0;
  let top3 = 0;
  let forbidden = 0;
  let alarms = 0;
  for (const b of bundles) {
    const answer = JSON.parse(readFileSync(join(b, 'answer.json'), 'utf8'));
    const said = grep(join(b, 'evidence'));
    const good = new Set([...answer.causes, ...(answer.acceptable ?? [])]);
    if (said.slice(0, 1).some((c) => (answer.must_not_claim ?? []).includes(c))) forbidden++;
    if (answer.causes.length === 0) {
      if (said.length) alarms++;
      continue;
    }
    incidents++;
    if (good.has(said[0])) top1++;
    if (said.slice(0, 3).some((c) => good.has(c))) top3++;
  }
  const pct = (n) => ((100 * n) / Math.max(1, incidents)).toFixed(1).padStart(7);
  console.log(
    'table of error texts'.padEnd(24),
    pct(top1),
    pct(top3),
    String(forbidden).padStart(9),
    String(alarms).padStart(12),
  );
}

const run = (folder) =>
  new Promise((done) => {
    execFile(process.execPath, [cli, 'triage', folder, '--format', 'json'], { maxBuffer: 256e6 }, (_error, stdout) => {
      try {
        done(JSON.parse(stdout));
      } catch {
        done(undefined);
      }
    });
  });

const bundles = readdirSync(resolve(dir))
  .filter((f) => existsSync(join(dir, f, 'answer.json')))
  .map((f) => join(resolve(dir), f));
/** Calls `work` for every bundle, as many at a time as there are processors. @returns results in order. */
async function everyBundle(work) {
  const results = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < bundles.length; i = next++) results[i] = await work(bundles[i]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

const kinds = new Map();
await everyBundle(async (b) => {
  kinds.set(b, new Map(((await run(join(b, 'evidence')))?.evidence ?? []).map((e) => [e.path, e.kind])));
});

/** The report of the step before, for bundles to which a step adds nothing. */
const before = new Map();

/** Triage of the files of a bundle that are of the wanted kinds. */
async function reportOn(b, wanted) {
  const chosen = [...kinds.get(b)].filter(([, kind]) => wanted.has(kind)).map(([path]) => path);
  const known = before.get(b);
  if (known?.chosen === chosen.join('\n')) return known.report;
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-ablation-'));
  for (const path of chosen) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(b, 'evidence', path), join(folder, path), { preserveTimestamps: true });
  }
  const report = await run(folder);
  rmSync(folder, { recursive: true, force: true });
  before.set(b, { chosen: chosen.join('\n'), report });
  return report;
}

console.log('evidence'.padEnd(24), 'top-1 %', 'top-3 %', 'forbidden', 'false alarms', ' Brier');
baseline();
for (const [label, groups] of steps) {
  const wanted = new Set(['clock', ...groups.flatMap((g) => GROUPS[g])]);
  let incidents = 0;
  let top1 = 0;
  let top3 = 0;
  let forbidden = 0;
  let alarms = 0;
  let squares = 0;
  const reports = await everyBundle((b) => reportOn(b, wanted));
  for (const [i, b] of bundles.entries()) {
    const answer = JSON.parse(readFileSync(join(b, 'answer.json'), 'utf8'));
    const report = reports[i];
    const said = (report?.diagnosis ?? [])
      .filter((d) => d.confidence >= 0.5 && d.priority !== 'routine')
      .map((d) => d.cause);
    const bad = (answer.must_not_claim ?? []).filter((c) => said.includes(c));
    forbidden += bad.length > 0;
    if (answer.causes.length === 0) {
      alarms += said.length > 0;
      if (flags.includes('--verbose') && said.length)
        console.log(`   ${label}: ${b.split('/').pop()} alarm ${said.join()}`);
      continue;
    }
    incidents++;
    const good = new Set([...answer.causes, ...(answer.acceptable ?? [])]);
    const list = (report?.diagnosis ?? []).map((d) => d.cause);
    top1 += good.has(list[0]);
    squares += ((report?.diagnosis?.[0]?.confidence ?? 0) - (good.has(list[0]) ? 1 : 0)) ** 2;
    top3 += list.slice(0, 3).some((c) => good.has(c));
    if (flags.includes('--verbose') && (!good.has(list[0]) || bad.length))
      console.log(
        `   ${label}: ${b.split('/').pop()} ${answer.causes.join('+')} said ${
          (report?.diagnosis ?? [])
            .slice(0, 3)
            .map((d) => `${d.cause} ${d.confidence}`)
            .join(', ') || 'nothing'
        }${bad.length ? ` FORBIDDEN ${bad.join()}` : ''}`,
      );
  }
  const pct = (n) => ((100 * n) / Math.max(1, incidents)).toFixed(1).padStart(7);
  const brier = (squares / Math.max(1, incidents)).toFixed(3).padStart(6);
  console.log(
    label.padEnd(24),
    pct(top1),
    pct(top3),
    String(forbidden).padStart(9),
    String(alarms).padStart(12),
    brier,
  );
}
