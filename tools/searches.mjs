// Writes the searches of src/logs/searches.ts to files that a run takes as they are.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { loadSource } from '../bench/load-source.mjs';

/** @param out the folder of the compiled knowledge, which holds the lexicon already. */
export async function compileSearches(out) {
  const { prepareSearches, secretSearch } = await loadSource('src/logs/searches.ts');
  const entries = JSON.parse(readFileSync(join(out, 'lexicon.json'), 'utf8'));
  writeFileSync(join(out, 'searches.bin'), serialize(prepareSearches(entries)));
  writeFileSync(join(out, 'secret-search.bin'), serialize(secretSearch()));
}
