#!/usr/bin/env node
/*
 * Starts the built program, from the cache of its compiled code where the build left one for this Node. V8 takes a cache only
 * from the very version and flags that made it; with others the program is compiled as usual, and Node keeps a cache of its
 * own where it can (module.enableCompileCache, from 22.1 on). Some commands have a smaller bundle of their own.
 */
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const vm = require('node:vm');

const built = join(__dirname, '../dist/cli');
const command = process.argv.slice(2).find((word) => !word.startsWith('-')) ?? '';
const name = /^[a-z]+$/.test(command) && existsSync(join(built, `${command}.js`)) ? command : 'main';
const program = join(built, `${name}.js`);
const cache = join(built, `${name}-${process.version}-${process.arch}.cache`);

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
