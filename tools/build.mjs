// Builds the CLI: generated registries, knowledge and playbooks as JSON, one bundle whose modules run when first asked for,
// a smaller one for commands that are over almost before the large one is read, and the caches of their compiled code for
// the Node that builds them (bin/paymedic.js reads them; start-up takes half the time).
// Everything is made in a folder of its own and swapped in at the end, so that a running paymedic never sees half a build.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { generateKernel } from './kernel.mjs';
import { compileKnowledge } from './knowledge.mjs';
import { compilePlaybooks } from './playbooks.mjs';
import { generateRegistries } from './registries.mjs';
import { compileSearches } from './searches.mjs';

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

/** Commands with a bundle of their own, which holds what they may need and no other command. */
const WITH_OWN_BUNDLE = ['ciphers', 'logs'];

/** Leaves one command in the list of commands. */
const only = (command) => ({
  name: 'one-command',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]cli[\\/]commands\.ts$/ }, () => ({
      contents: `export const COMMANDS = [{ name: '${command}', load: () => import('./commands/${command}.ts') }];`,
      loader: 'ts',
    }));
  },
});

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

/** Runs the bundles once, so that the functions that every run uses are in their caches. */
function cacheCompiledCode() {
  const examples = 'fixtures/bundles';
  const evidence = existsSync(examples) ? readdirSync(examples).map((name) => join(examples, name)) : ['package.json'];
  const runs = [['main', 'triage', ...evidence, '--quiet'], ['logs', 'logs', ...evidence], ['ciphers'], ['log-worker']];
  for (const args of runs) {
    const { stderr } = spawnSync(process.execPath, ['tools/code-cache.mjs', ...args], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      timeout: 60_000,
    });
    if (!readdirSync('dist/cli').some((name) => name.startsWith(`${args[0]}-v`)))
      process.stderr.write(`no cache of compiled code was made, ${args[0]} will start more slowly: ${stderr}\n`);
  }
}

const out = `dist.${process.pid}`;
try {
  generateRegistries();
  await generateKernel();
  mkdirSync(out, { recursive: true });
  compileKnowledge(join(out, 'knowledge'));
  await compileSearches(join(out, 'knowledge'));
  await compilePlaybooks(join(out, 'playbooks'));
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const program = {
    ...COMMON,
    outdir: join(out, 'cli'),
    define: { PAYMEDIC_VERSION: JSON.stringify(version), 'import.meta.url': '__moduleUrl' },
    banner: { js: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  };
  await build({
    ...program,
    entryPoints: { main: 'src/cli/main.ts', 'log-worker': 'src/cli/logs/log-worker.ts' },
    plugins: [loadOnDemand, asciiOnly],
  });
  for (const command of WITH_OWN_BUNDLE)
    await build({
      ...program,
      entryPoints: { [command]: 'src/cli/main.ts' },
      plugins: [loadOnDemand, only(command), asciiOnly],
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
