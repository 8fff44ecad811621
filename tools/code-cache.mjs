// Runs the built program once and keeps its compiled code for bin/paymedic.js, the functions that ran included:
//   node tools/code-cache.mjs triage fixtures/bundles/...
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const cache = fileURLToPath(new URL(`../dist/cli/main-${process.version}-${process.arch}.cache`, import.meta.url));
const script = new vm.Script(Module.wrap(readFileSync(program, 'latin1')), {
  filename: program,
});
process.on('exit', () => {
  writeFileSync(`${cache}.new`, script.createCachedData());
  renameSync(`${cache}.new`, cache);
});
script.runInThisContext()({}, createRequire(program), { exports: {} }, program, dirname(program));
