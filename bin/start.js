/*
 * Runs a built bundle, from the cache of its compiled code where the build left one for this Node. V8 takes a cache only from
 * the very version and flags that made it; with others the bundle is compiled as usual, and Node keeps a cache of its own where
 * it can (module.enableCompileCache, from 22.1 on).
 */
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const vm = require('node:vm');

const built = join(__dirname, '../dist/cli');

exports.isBuilt = (name) => existsSync(join(built, `${name}.js`));

exports.start = (name) => {
  const program = join(built, `${name}.js`);
  const cache = join(built, `${name}-${process.version}-${process.arch}.cache`);
  if (!existsSync(cache)) {
    Module.enableCompileCache?.();
    require(program);
    return;
  }
  const script = new vm.Script(Module.wrap(readFileSync(program, 'latin1')), {
    filename: program,
    cachedData: readFileSync(cache),
  });
  script.runInThisContext()({}, Module.createRequire(program), { exports: {} }, program, dirname(program));
};
