#!/usr/bin/env node
import module from 'node:module';

module.enableCompileCache?.();
import('../dist/cli/main.js').catch((error) => {
  if (error?.code === 'ERR_MODULE_NOT_FOUND' && /dist/.test(String(error.message))) {
    process.stderr.write('paymedic: not built yet; run: npm run build\n');
    process.exit(2);
  }
  throw error;
});
