import { generateCauseDocs } from './docs-causes.mjs';
import { generateCheckDocs } from './docs-checks.mjs';
import { generateLogFormatDocs } from './docs-log-formats.mjs';
import { generateKernel } from './kernel.mjs';
import { generateRegistries } from './registries.mjs';
import { generateReportSchema } from './report-schema.mjs';

const check = process.argv.includes('--check');
const stale = [
  ...generateRegistries(check),
  ...(await generateKernel(check)),
  ...generateReportSchema(check),
  ...(check
    ? [...(await generateCauseDocs(true)), ...(await generateCheckDocs(true)), ...generateLogFormatDocs(true)]
    : []),
];
if (!check) {
  await generateCauseDocs();
  await generateCheckDocs();
  generateLogFormatDocs();
}
if (stale.length) {
  console.error(`stale: ${stale.join(', ')}; run: npm run generate`);
  process.exit(1);
}
