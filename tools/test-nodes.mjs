#!/usr/bin/env node
// Runs the tests on several Node lines through npm's `node` package:  node tools/test-nodes.mjs [20 22 24 26] [-- vitest arguments]
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const at = process.argv.indexOf('--');
const versions = process.argv.slice(2, at < 0 ? undefined : at);
const extra = at < 0 ? [] : process.argv.slice(at + 1);
let failed = 0;
for (const version of versions.length ? versions : ['20', '22', '24', '26']) {
  const folder = mkdtempSync(join(tmpdir(), `paymedic-node-${version}-`));
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    // The package brings its binary as a platform package; no install script is needed to run it from there.
    execFileSync(
      'npm',
      ['install', '--no-audit', '--no-fund', '--ignore-scripts', `node-${process.platform}-${process.arch}@${version}`],
      { cwd: folder, stdio: 'ignore' },
    );
    const binary = [
      join(folder, 'node_modules/node/bin/node'),
      join(folder, `node_modules/node-bin-${process.platform}-${process.arch}/bin/node`),
      join(folder, `node_modules/node-${process.platform}-${process.arch}/bin/node`),
    ].find((f) => existsSync(f));
    if (!binary) {
      console.log(`node ${version}: no binary for ${process.platform} ${process.arch}; skipped`);
      continue;
    }
    const says = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
    const run = spawnSync(binary, ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', ...extra], {
      stdio: 'inherit',
    });
    console.log(`node ${says}: ${run.status === 0 ? 'passed' : `failed (${run.status})`}`);
    if (run.status !== 0) failed++;
  } catch (error) {
    console.log(`node ${version}: ${error.message.split('\n')[0]}`);
    failed++;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exit(failed ? 1 : 0);
