// Compiles the byte loops of the log pass (src/logs/kernel/*.as, AssemblyScript) to WebAssembly inside a TypeScript file.
// The file names the hash of its source: nothing is compiled, and no compiler loaded, while that is unchanged.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'src/logs/kernel';
const OUTPUT = join(FOLDER, 'kernel.gen.ts');
/** Part of the hash: other options make another kernel. */
const OPTIONS = ['--runtime', 'stub', '-O3', '--converge', '--enable', 'simd', '--noAssert'];

/** @returns the names of files that are stale. @param check write nothing. */
export async function generateKernel(check = false) {
  const names = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.as'))
    .sort();
  const sources = new Map(names.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]));
  const hash = createHash('sha256')
    .update(JSON.stringify([OPTIONS, ...sources]))
    .digest('hex')
    .slice(0, 32);
  if (existsSync(OUTPUT) && readFileSync(OUTPUT, 'utf8').includes(hash)) return [];
  if (check) return [OUTPUT];
  const { default: asc } = await import('assemblyscript/asc');
  const layout = sources.get('layout.as');
  const end = Number(/MEMORY_END: i32 = ([\d_]+)/.exec(layout)[1].replaceAll('_', ''));
  const pages = Math.ceil(end / 65_536) + 1;
  const base = ['--memoryBase', String(end), '--initialMemory', String(pages), '--maximumMemory', String(pages)];
  const written = new Map();
  const { error, stderr } = await asc.main(['index.ts', '--outFile', 'kernel.wasm', ...OPTIONS, ...base], {
    // The compiler wants its own sources to be called .ts, which here would be TypeScript.
    readFile: (name) => sources.get(name.replace(/\.ts$/, '.as')) ?? null,
    writeFile: (name, contents) => void written.set(name, contents),
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr}`);
  const text = Buffer.from(written.get('kernel.wasm')).toString('base64');
  const body = text.match(/.{1,110}/g).map((part) => `  '${part}'`);
  writeFileSync(
    OUTPUT,
    `// Generated from ${FOLDER}/*.as by tools/kernel.mjs; do not edit.\n// Source ${hash}\n\n/** The compiled kernel, base64. */\nexport const KERNEL: string = [\n${body.join(',\n')},\n].join('');\n`,
  );
  return [];
}
