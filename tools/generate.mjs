// Regenerates everything that is derived from metadata: registries, schemas, docs. `--check` only compares.
import { generatePlaybookSchema } from './playbooks.mjs';
import { generateRegistries } from './registries.mjs';
import { generateReportSchema } from './report-schema.mjs';

const check = process.argv.includes('--check');
const stale = [...generateRegistries(check), ...generateReportSchema(check)];
if (stale.length) {
  console.error(`stale: ${stale.join(', ')}; run: npm run generate`);
  process.exit(1);
}
