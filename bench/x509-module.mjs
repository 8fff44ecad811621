// Bundles the certificate room for a benchmark and loads it: benchmarks measure the source, not a stale build.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The exports of a source file, bundled. */
export async function load(entry = 'src/x509/index.ts') {
  const outfile = join(mkdtempSync(join(tmpdir(), 'paymedic-bench-')), 'module.mjs');
  const require = `import{createRequire as r}from'node:module';const require=r(${JSON.stringify(join(root, 'package.json'))});`;
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    banner: { js: require },
  });
  return import(pathToFileURL(outfile).href);
}
