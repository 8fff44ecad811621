/** The shipped lexicon, compiled with what the build prepared of it. */
import { loadKnowledge } from '../../knowledge/load.ts';
import { useAttackSearches } from '../../logs/attacks/matcher.ts';
import { type CompiledLexicon, compileLexicon } from '../../logs/lexicon/compile.ts';
import type { PreparedSearches } from '../../logs/searches.ts';

export function shippedLexicon(): CompiledLexicon {
  const { lexicon, searches } = loadKnowledge();
  const prepared = searches as PreparedSearches | undefined;
  if (prepared) useAttackSearches(prepared);
  return compileLexicon(lexicon, prepared?.lexicon);
}
