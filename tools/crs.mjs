// Prepares the rules of the OWASP Core Rule Set that an access line can answer: node tools/crs.mjs RULES_FOLDER [OUT.json]
// RULES_FOLDER is the `rules` folder of a release or of a distribution's package (Debian: modsecurity-crs).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSource } from '../bench/load-source.mjs';

const [folder, out = 'knowledge/crs/rules.json'] = process.argv.slice(2);
if (!folder) {
  console.error('usage: crs.mjs RULES_FOLDER [OUT.json]');
  process.exit(2);
}
const { readRuleSet, CrsEngine } = await loadSource('src/logs/crs/index.ts');
const files = readdirSync(folder)
  .filter((name) => /\.(?:conf|data)$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
const data = readRuleSet(files);
const { unsupported } = new CrsEngine(data);
writeFileSync(out, `${JSON.stringify(data, undefined, 1)}\n`);
console.log(`${data.version}: ${data.rules.length} rules, ${unsupported.length} of them cannot run: ${unsupported}`);
