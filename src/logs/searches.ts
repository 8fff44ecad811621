/** Searches for literals that are known when the program is built, so that no run and no thread has to make them. */
import type { LexiconEntry } from '../knowledge/types.ts';
import { type AttackSearches, attackSearches } from './attacks/matcher.ts';
import { compileLexicon } from './lexicon/compile.ts';
import { type LiteralSearch, marksOf } from './lexicon/literal-search.ts';

export { secretSearch } from './secrets/scan.ts';

export interface PreparedSearches extends AttackSearches {
  /** Of all entries of the lexicon. */
  lexicon: LiteralSearch;
}

/** @param entries the lexicon, in the order in which it is compiled later. */
export function prepareSearches(entries: readonly LexiconEntry[]): PreparedSearches {
  const { requests, signatures } = attackSearches();
  const marked = (search: LiteralSearch): LiteralSearch => ({ ...search, marks: marksOf(search) });
  // No kernel looks for whole signatures.
  return { lexicon: marked(compileLexicon(entries).search), requests: marked(requests), signatures };
}
