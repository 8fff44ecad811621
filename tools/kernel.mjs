// Compiles the inner loops of the log pass (AssemblyScript in `.as` files) to WebAssembly inside TypeScript files.
// Each file names the hash of its source: nothing is compiled, and no compiler loaded, while that is unchanged.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Modules by folder; `index.as` says what each exports. */
const MODULES = [
  {
    folder: 'src/logs/kernel',
    name: 'kernel',
    options: ['--enable', 'simd'],
    /** All of its memory is laid out in one file, and it never grows. */
    memory: (sources) => {
      const end = Number(/MEMORY_END: i32 = ([\d_]+)/.exec(sources.get('layout.as'))[1].replaceAll('_', ''));
      const pages = String(Math.ceil(end / 65_536) + 1);
      return ['--memoryBase', String(end), '--initialMemory', pages, '--maximumMemory', pages];
    },
  },
  // Its memory is laid out by the host, and grows.
  { folder: 'src/logs/traffic/tally', name: 'tally', options: [], memory: () => ['--initialMemory', '1'] },
];
/** Part of the hash: other options make another module. */
const OPTIONS = ['--runtime', 'stub', '-O3', '--converge', '--noAssert'];

/** @returns the names of files that are stale. @param check write nothing. */
export async function generateKernel(check = false) {
  const stale = [];
  for (const module of MODULES) stale.push(...(await generateModule(module, check)));
  return stale;
}

async function generateModule({ folder, name, options, memory }, check) {
  const output = join(folder, `${name}.gen.ts`);
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.as'))
    .sort();
  const sources = new Map(names.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  const settings = [...OPTIONS, ...options, ...memory(sources)];
  const hash = createHash('sha256')
    .update(JSON.stringify([settings, ...sources]))
    .digest('hex')
    .slice(0, 32);
  if (existsSync(output) && readFileSync(output, 'utf8').includes(hash)) return [];
  if (check) return [output];
  const { default: asc } = await import('assemblyscript/asc');
  const written = new Map();
  const { error, stderr } = await asc.main(['index.ts', '--outFile', `${name}.wasm`, ...settings], {
    // The compiler wants its own sources to be called .ts, which here would be TypeScript.
    readFile: (file) => sources.get(file.replace(/\.ts$/, '.as')) ?? null,
    writeFile: (file, contents) => void written.set(file, contents),
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr}`);
  const text = Buffer.from(written.get(`${name}.wasm`)).toString('base64');
  const body = text.match(/.{1,110}/g).map((part) => `  '${part}'`);
  writeFileSync(
    output,
    `// Generated from ${folder}/*.as by tools/kernel.mjs; do not edit.\n// Source ${hash}\n\n/** The compiled ${name}, base64. */\nexport const ${name.toUpperCase()}: string = [\n${body.join(',\n')},\n].join('');\n`,
  );
  return [];
}
