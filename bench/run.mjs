#!/usr/bin/env node
// The figures of the main command, as medians and ratios measured in one run:  npm run bench [-- RUNS]
//   start-up of `paymedic --version` against `node -e 0`; triage of the shipped bundles; triage of a generated 50 MB bundle.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'bin/paymedic.js');
const runs = Number(process.argv[2] ?? 9);
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const gnuTime = existsSync('/usr/bin/time');

/** Wall milliseconds of one process, and its peak memory in MiB where GNU time is there to tell. */
function once(args) {
  const began = process.hrtime.bigint();
  const r = gnuTime
    ? spawnSync('/usr/bin/time', ['-f', 'peak=%M', process.execPath, ...args], { encoding: 'utf8', maxBuffer: 256e6 })
    : spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 256e6 });
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  return { ms, peak: Number(/peak=(\d+)/.exec(r.stderr ?? '')?.[1] ?? Number.NaN) / 1024 };
}

function report(name, samples, note = '') {
  const ms = samples.map((s) => s.ms);
  const peak = Math.max(...samples.map((s) => s.peak));
  console.log(
    `${name.padEnd(44)} median ${median(ms).toFixed(0).padStart(6)} ms  max ${Math.max(...ms)
      .toFixed(0)
      .padStart(6)} ms${Number.isNaN(peak) ? '' : `  peak ${peak.toFixed(0)} MiB`}${note}`,
  );
}

// In turn, so that both see the same machine.
const floor = [];
const version = [];
for (let i = 0; i < runs + 2; i++) {
  const a = once(['-e', '0']);
  const b = once([cli, '--version']);
  if (i >= 2) {
    floor.push(a);
    version.push(b);
  }
}
report('node -e 0', floor);
report(
  'paymedic --version',
  version,
  `  ratio ${median(version.map((v, i) => v.ms / floor[i].ms)).toFixed(2)} (target 1.4)`,
);

for (const bundle of readdirSync(join(root, 'fixtures/bundles'))) {
  const args = [cli, 'triage', join(root, 'fixtures/bundles', bundle), '--format', 'json'];
  once(args);
  report(
    `triage ${bundle}`,
    Array.from({ length: Math.min(runs, 5) }, () => once(args)),
    '  (target 1000 ms)',
  );
}

const work = mkdtempSync(join(tmpdir(), 'paymedic-bench-'));
try {
  execFileSync(process.execPath, [join(root, 'bench/bundle.mjs'), work, '--megabytes', '50'], { stdio: 'ignore' });
  const args = [cli, 'triage', work, '--format', 'json'];
  once(args);
  report(
    'triage of a generated 50 MB bundle',
    Array.from({ length: Math.min(runs, 5) }, () => once(args)),
    '  (target 3000 ms, 300 MiB)',
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
