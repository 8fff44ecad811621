// Loads a TypeScript source module of this project for benchmarks: bundled once into memory, without a build step.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes the bundle of a module, for processes that should not load the bundler. @param path of the module, from the root of the project */
export async function bundleSource(path, file) {
  const bundled = await build({
    entryPoints: [join(root, path)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  writeFileSync(file, bundled.outputFiles[0].text);
}

/**
 * @param path of the module, from the root of the project
 * @param inside folder in which the bundle lies while it is loaded: modules that look for files near themselves need one of the project
 */
export async function loadSource(path, inside = tmpdir()) {
  const folder = mkdtempSync(join(inside, '.paymedic-bench-'));
  const file = join(folder, 'module.mjs');
  try {
    await bundleSource(path, file);
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
