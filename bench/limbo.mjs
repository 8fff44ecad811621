// Runs path validation cases in the format of x509-limbo: npm run bench:limbo -- FILE [--verbose] [--json=FILE]
// Prints passed, wrong accepts, wrong rejects, skipped (each with its reason) and the slowest case. --json writes the
// results in the suite's own result format.
import { readFileSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { runCase, skipReason } from './limbo-case.mjs';
import { deviations } from './limbo-deviations.mjs';
import { load } from './x509-module.mjs';

const SHOWN = 200;
const MAX_MS = 2000;

function section(title, lines) {
  console.log(`${title}: ${lines.length}`);
  for (const line of lines.slice(0, SHOWN)) console.log(`  ${line}`);
  if (lines.length > SHOWN) console.log(`  and ${lines.length - SHOWN} more (--json=FILE writes all)`);
}

async function main(args) {
  const file = args.find((a) => !a.startsWith('--'));
  if (!file) {
    console.error('usage: npm run bench:limbo -- FILE [--verbose] [--json=FILE]');
    process.exit(2);
  }
  const room = await load();
  const { testcases } = JSON.parse(readFileSync(file, 'utf8'));
  const counts = { passed: 0, wrongAccepts: [], wrongRejects: [], skipped: [], slow: [], slowest: { id: '', ms: 0 } };
  const results = [];
  for (const test of testcases) {
    const note = (actual_result, context) => results.push({ id: test.id, actual_result, context: context || null });
    const start = performance.now();
    const skip = skipReason(test);
    const answer = skip ? { unsupported: skip } : runCase(test, room);
    const ms = performance.now() - start;
    if (ms > counts.slowest.ms) counts.slowest = { id: test.id, ms };
    if (ms > MAX_MS) counts.slow.push(`${test.id}: ${ms.toFixed(0)} ms`);
    if (answer.unsupported) {
      counts.skipped.push(`${test.id}: ${answer.unsupported}`);
      note('SKIPPED', answer.unsupported);
      continue;
    }
    note(answer.ok ? 'SUCCESS' : 'FAILURE', answer.because);
    const right = answer.ok === (test.expected_result === 'SUCCESS');
    if (args.includes('--verbose'))
      console.log(`${right ? 'ok   ' : 'WRONG'} ${test.id}: ${answer.ok ? 'accepted' : answer.because}`);
    if (right) counts.passed++;
    else if (answer.ok) counts.wrongAccepts.push(`${test.id}: ${reasonOf(test)}`);
    else counts.wrongRejects.push(`${test.id}: ${answer.because}`);
  }
  console.log(`cases: ${testcases.length}\npassed: ${counts.passed}`);
  section('wrong accepts', counts.wrongAccepts);
  section('wrong rejects', counts.wrongRejects);
  section('skipped', counts.skipped);
  section(`over ${MAX_MS} ms`, counts.slow);
  console.log(`slowest: ${counts.slowest.id} ${counts.slowest.ms.toFixed(1)} ms`);
  const target = args.find((a) => a.startsWith('--json='))?.slice(7);
  if (target) writeFileSync(target, JSON.stringify({ version: 1, harness: 'paymedic', results }));
  process.exitCode =
    counts.wrongRejects.length > 0 || counts.wrongAccepts.length > 14 || counts.slow.length > 0 ? 1 : 0;
}

/** Why an acceptance stands: on record, or because another case of the suite asks for it. */
function reasonOf(test) {
  if (deviations[test.id]) return deviations[test.id];
  if (test.conflicts_with?.length > 0) return `contradicts ${test.conflicts_with.join(', ')}`;
  return `no reason on record; the case says: ${test.description.replace(/\s+/g, ' ').slice(0, 160)}`;
}

await main(process.argv.slice(2));
