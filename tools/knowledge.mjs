// knowledge/**/*.yaml -> JSON, so that no YAML is parsed when the CLI starts; prepared JSON goes along as it is.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const yamlFiles = (dir) =>
  existsSync(dir)
    ? readdirSync(dir)
        .filter((f) => f.endsWith('.yaml'))
        .sort()
    : [];
const read = (file) => parse(readFileSync(file, 'utf8'));

/** Writes causes.json, lexicon.json and one JSON per other knowledge file or folder into `out`. */
export function compileKnowledge(out) {
  mkdirSync(out, { recursive: true });
  const causes = yamlFiles('knowledge/causes').map((f) => read(join('knowledge/causes', f)));
  writeFileSync(join(out, 'causes.json'), JSON.stringify(causes));
  const lexicon = yamlFiles('knowledge/lexicon').flatMap((f) => {
    const { software, entries } = read(join('knowledge/lexicon', f));
    return entries.map((entry) => ({ software, ...entry }));
  });
  writeFileSync(join(out, 'lexicon.json'), JSON.stringify(lexicon));
  for (const f of yamlFiles('knowledge')) {
    writeFileSync(join(out, f.replace(/\.yaml$/, '.json')), JSON.stringify(read(join('knowledge', f))));
  }
  for (const folder of readdirSync('knowledge', { withFileTypes: true }).filter(
    (e) => e.isDirectory() && !['causes', 'lexicon'].includes(e.name),
  )) {
    const prepared = readdirSync(join('knowledge', folder.name)).filter((f) => f.endsWith('.json'));
    const all = Object.fromEntries([
      ...yamlFiles(join('knowledge', folder.name)).map((f) => [
        f.replace(/\.yaml$/, ''),
        read(join('knowledge', folder.name, f)),
      ]),
      ...prepared.map((f) => [
        f.replace(/\.json$/, ''),
        JSON.parse(readFileSync(join('knowledge', folder.name, f), 'utf8')),
      ]),
    ]);
    writeFileSync(join(out, `${folder.name}.json`), JSON.stringify(all));
  }
}
