#!/usr/bin/env node
/* Starts the built program. Some commands have a smaller bundle of their own. */
const { isBuilt, start } = require('./start.js');

const command = process.argv.slice(2).find((word) => !word.startsWith('-')) ?? '';
const name = /^[a-z]+$/.test(command) && isBuilt(command) ? command : 'main';

if (isBuilt(name)) start(name);
else {
  process.stderr.write('paymedic: not built yet; run: npm run build\n');
  process.exitCode = 2;
}
