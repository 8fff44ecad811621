// Builds the CLI: generated registries, knowledge and playbooks as JSON, one bundle whose modules run when first asked for,
// and the cache of its compiled code for the Node that builds it (bin/paymedic.js reads it; start-up takes half the time).
// Everything is made in a folder of its own and swapped in at the end, so that a running paymedic never sees half a build.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { generateKernel } from './kernel.mjs';
import { compileKnowledge } from './knowledge.mjs';
import { compilePlaybooks } from './playbooks.mjs';
import { generateRegistries } from './registries.mjs';

/**
 * Packages that are loaded synchronously and only when needed, `createRequire(import.meta.url)('x')`: each bundled into a
 * file of its own, so that the program runs without node_modules (container, single file) and reads none of them at start.
 */
const rarelyNeeded = new Set();
const loadOnDemand = {
  name: 'load-on-demand',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]x509[\\/][a-z0-9-]+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/createRequire\(import\.meta\.url\)\('([^']+)'\)/g, (_, name) => {
        rarelyNeeded.add(name);
        return `require('./packages/${name}.js')`;
      }),
      loader: 'ts',
    }));
    build.onResolve({ filter: /^\.\/packages\// }, ({ path }) => ({ path, external: true }));
  },
};

/**
 * V8 holds a text of ASCII alone in half the memory. esbuild escapes everything but regular expressions, in which the
 * escapes mean the same.
 */
const asciiOnly = {
  name: 'ascii-only',
  setup(build) {
    build.initialOptions.write = false;
    build.onEnd(({ outputFiles }) => {
      for (const { path, text } of outputFiles ?? []) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(
          path,
          text.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
        );
      }
    });
  },
};

const COMMON = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  // Code from a cache has no way to load ES modules; `import()` of Node's own modules becomes `require`.
  supported: { 'dynamic-import': false },
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** Runs the program once, so that the functions that every triage uses are in the cache. */
function cacheCompiledCode() {
  const examples = 'fixtures/bundles';
  const evidence = existsSync(examples) ? readdirSync(examples).map((name) => join(examples, name)) : ['package.json'];
  spawnSync(process.execPath, ['tools/code-cache.mjs', 'triage', ...evidence, '--quiet'], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (!readdirSync('dist/cli').some((name) => name.endsWith('.cache')))
    process.stderr.write('no cache of compiled code was made: paymedic will start more slowly\n');
}

const out = `dist.${process.pid}`;
try {
  generateRegistries();
  await generateKernel();
  mkdirSync(out, { recursive: true });
  compileKnowledge(join(out, 'knowledge'));
  await compilePlaybooks(join(out, 'playbooks'));
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  await build({
    ...COMMON,
    entryPoints: { main: 'src/cli/main.ts', 'log-worker': 'src/cli/logs/log-worker.ts' },
    outdir: join(out, 'cli'),
    define: { PAYMEDIC_VERSION: JSON.stringify(version), 'import.meta.url': '__moduleUrl' },
    banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [loadOnDemand, asciiOnly],
  });
  for (const name of rarelyNeeded)
    await build({ ...COMMON, entryPoints: [name], outfile: join(out, 'cli', 'packages', `${name}.js`) });
  writeFileSync(join(out, 'package.json'), JSON.stringify({ type: 'commonjs' }));
  const old = `${out}.old`;
  if (existsSync('dist')) renameSync('dist', old);
  renameSync(out, 'dist');
  rmSync(old, { recursive: true, force: true });
  cacheCompiledCode();
} finally {
  rmSync(out, { recursive: true, force: true });
}
