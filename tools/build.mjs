// Builds the CLI: generated registries, knowledge and playbooks as JSON, one esbuild bundle split by command.
// Everything is made in a folder of its own and swapped in at the end, so that a running paymedic never sees half a build.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
        return `require('./packages/${name}.cjs')`;
      }),
      loader: 'ts',
    }));
    build.onResolve({ filter: /^\.\/packages\// }, ({ path }) => ({ path, external: true }));
  },
};

const out = `dist.${process.pid}`;
try {
  generateRegistries();
  await generateKernel();
  mkdirSync(out, { recursive: true });
  compileKnowledge(join(out, 'knowledge'));
  await compilePlaybooks(join(out, 'playbooks'));
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  await build({
    entryPoints: { main: 'src/cli/main.ts', 'log-worker': 'src/cli/logs/log-worker.ts' },
    outdir: join(out, 'cli'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    legalComments: 'none',
    define: { PAYMEDIC_VERSION: JSON.stringify(version) },
    // cli-table3 and commander are CommonJS, and some packages are loaded on demand: the banner gives the bundle its require.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [loadOnDemand],
    logLevel: 'warning',
  });
  for (const name of rarelyNeeded)
    await build({
      entryPoints: [name],
      outfile: join(out, 'cli', 'packages', `${name}.cjs`),
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      minifySyntax: true,
      legalComments: 'none',
      logLevel: 'warning',
    });
  writeFileSync(join(out, 'package.json'), JSON.stringify({ type: 'module' }));
  const old = `${out}.old`;
  if (existsSync('dist')) renameSync('dist', old);
  renameSync(out, 'dist');
  rmSync(old, { recursive: true, force: true });
} finally {
  rmSync(out, { recursive: true, force: true });
}
