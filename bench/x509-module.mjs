// Bundles the certificate room for a benchmark and loads it: benchmarks measure the source, not a stale build.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The exports of a source file, bundled. */
export async function load(entry = 'src/x509/index.ts') {
  // Inside node_modules, so that packages which are loaded on demand are found.
  const directory = join(root, 'node_modules', '.cache', 'paymedic-bench');
  mkdirSync(directory, { recursive: true });
  const outfile = join(directory, `${entry.replace(/[^a-z0-9]+/gi, '-')}-${process.pid}.mjs`);
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
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}
