// Writes docs/checks/: one page per group of checks, from the metadata that every check carries.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { explainBuilders, HEADER } from './docs-causes.mjs';
import { writePages } from './generated-pages.mjs';

const FOLDER = 'docs/checks';
const NOTE = HEADER.replace('docs-causes', 'docs-checks').replace('knowledge/', 'src/checks/');

async function checkPages() {
  const { CHECKS, checkDocument, renderMarkdown } = await explainBuilders(['../../checks/registry.gen']);
  const causes = readdirSync('knowledge/causes')
    .filter((f) => f.endsWith('.yaml'))
    .map((f) => parse(readFileSync(join('knowledge/causes', f), 'utf8')));
  const linkOf = (target) => `../causes/${target.split(':')[1]}.md`;
  const groups = new Map();
  for (const { meta } of CHECKS) {
    const group = meta.id.split('/')[0];
    groups.set(group, [...(groups.get(group) ?? []), meta]);
  }
  const pages = new Map();
  for (const [group, metas] of groups) {
    const body = metas
      .map((m) => renderMarkdown(checkDocument(m, causes, 'en'), linkOf).replace(/^(#+)/gm, '#$1'))
      .join('\n');
    pages.set(join(FOLDER, `${group}.md`), `${NOTE}# Checks: ${group}\n\n${body}`);
  }
  const row = (m) =>
    `| [${m.id}](${m.id.split('/')[0]}.md) | ${m.title} | ${m.basePriority} | ${m.owner} | ${m.proof} |`;
  const table = [
    '| check | judges | base priority | owner | proof |',
    '|---|---|---|---|---|',
    ...CHECKS.map(({ meta }) => row(meta)),
  ];
  pages.set(
    join(FOLDER, 'README.md'),
    `${NOTE}# Checks\n\nThe ${CHECKS.length} rules that turn observations into findings; \`paymedic explain <check>\` shows the same.\n\n${table.join('\n')}\n`,
  );
  return pages;
}

/** Brings the pages up to date; with `check` only returns the names of stale ones. */
export async function generateCheckDocs(check = false) {
  return writePages(FOLDER, await checkPages(), check);
}
