// A folder of generated pages: what is on disk is made equal to what the generator says, or only compared.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes the pages (file → text) that changed and removes those that are gone; with `check` only returns their names. */
export function writePages(folder, pages, check) {
  const present = existsSync(folder) ? readdirSync(folder).map((f) => join(folder, f)) : [];
  const gone = present.filter((f) => f.endsWith('.md') && !pages.has(f));
  const changed = [...pages]
    .filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text)
    .map(([file]) => file);
  if (!check) {
    mkdirSync(folder, { recursive: true });
    for (const file of gone) rmSync(file);
    for (const file of changed) writeFileSync(file, pages.get(file));
  }
  return [...changed, ...gone].sort();
}
