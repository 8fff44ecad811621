// playbooks/*.yaml -> dist/playbooks/*.json, linted; and schema/playbook.schema.json from the shape of the language.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const header =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** The compile functions of src/playbook, bundled for this process. */
async function engine() {
  const { outputFiles } = await build({
    entryPoints: ['src/playbook/compile.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: header },
    logLevel: 'warning',
  });
  const folder = 'node_modules/.cache/paymedic';
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `compile-${process.pid}.mjs`);
  writeFileSync(file, outputFiles[0].contents);
  try {
    return await import(new URL(`../${file}`, import.meta.url).href);
  } finally {
    rmSync(file, { force: true });
  }
}

/** Writes one JSON file a playbook and an index of them all. A playbook with an error fails the build. */
export async function compilePlaybooks(out) {
  const { compilePlaybooks: compile } = await engine();
  const files = readdirSync('playbooks')
    .filter((f) => f.endsWith('.yaml') && !f.endsWith('.test.yaml'))
    .sort();
  const { playbooks, problems } = compile(
    files.map((f) => ({ file: `playbooks/${f}`, text: readFileSync(join('playbooks', f), 'utf8') })),
  );
  for (const p of problems)
    console.error(`${p.file}:${p.line}:${p.column}: ${p.severity} ${p.rule}: ${p.message}; ${p.suggestion}`);
  if (problems.some((p) => p.severity === 'error')) throw new Error('a shipped playbook has errors');
  mkdirSync(out, { recursive: true });
  for (const playbook of playbooks) writeFileSync(join(out, `${playbook.id}.json`), JSON.stringify(playbook));
  const index = playbooks.map(({ id, title, titles, version, owner, 'applies-to': causes = [], labels = [] }) => ({
    id,
    title,
    ...(titles ? { titles } : {}),
    version,
    owner,
    causes,
    labels,
  }));
  writeFileSync(join(out, 'index.json'), JSON.stringify(index));
}

/** Writes the JSON Schemas of playbooks and of their tests, or with `check` returns the names of those that are stale. */
export async function generatePlaybookSchema(check = false) {
  const { expectationsShape, jsonSchemaOf, playbookShape } = await engine();
  const stale = [];
  mkdirSync('schema', { recursive: true });
  for (const [name, shape] of [
    ['playbook', playbookShape],
    ['playbook-test', expectationsShape],
  ]) {
    const file = `schema/${name}.schema.json`;
    const schema = jsonSchemaOf(shape, `https://paymedic.example/schema/${name}.schema.json`);
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    if (check) stale.push(file);
    else writeFileSync(file, text);
  }
  return stale;
}

if (process.argv[1]?.endsWith('playbooks.mjs')) {
  const stale = await generatePlaybookSchema(process.argv.includes('--check'));
  if (stale.length) {
    console.error(`stale: ${stale.join(', ')}; run: npm run generate`);
    process.exitCode = 1;
  }
}
