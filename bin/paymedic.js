#!/usr/bin/env node
/*
 * Starts the built program, from the cache of its compiled code where the build left one for this Node. V8 takes a cache only
 * from the very version and flags that made it; with others the program is compiled as usual, and Node keeps a cache of its
 * own where it can (module.enableCompileCache, from 22.1 on).
 */
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const vm = require('node:vm');

const program = join(__dirname, '../dist/cli/main.js');
const cache = join(dirname(program), `main-${process.version}-${process.arch}.cache`);

if (!existsSync(program)) {
  process.stderr.write('paymedic: not built yet; run: npm run build\n');
  process.exitCode = 2;
} else if (existsSync(cache)) {
  const script = new vm.Script(Module.wrap(readFileSync(program, 'latin1')), {
    filename: program,
    cachedData: readFileSync(cache),
  });
  script.runInThisContext()({}, Module.createRequire(program), { exports: {} }, program, dirname(program));
} else {
  Module.enableCompileCache?.();
  require(program);
}
