// Builds the CLI: generated registries, knowledge as JSON, one esbuild bundle split by command.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { compileKnowledge } from './knowledge.mjs';
import { generateRegistries } from './registries.mjs';

generateRegistries();
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist', { recursive: true });
compileKnowledge('dist/knowledge');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
await build({
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: 'dist/cli',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  legalComments: 'none',
  define: { PAYMEDIC_VERSION: JSON.stringify(version) },
  // cli-table3, commander and node-forge are CommonJS; the banner gives the bundle its require.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  logLevel: 'warning',
});
writeFileSync('dist/package.json', JSON.stringify({ type: 'module' }));
