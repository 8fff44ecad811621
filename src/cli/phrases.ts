/** The phrase book of a language: what the catalogue says in two languages, and the sentences of knowledge/LANGUAGE/. */

import type { Knowledge } from '../knowledge/load.ts';
import { PhraseBook, type PhraseEntries } from '../report/phrases.ts';

/**
 * @param language of the reader; only `zh` has a book
 * @returns undefined where there is none: sentences stay English
 */
export function phraseBook(knowledge: Knowledge, language: string): PhraseBook | undefined {
  const books = knowledge.other(language) as { [file: string]: PhraseEntries } | undefined;
  if (!books) return undefined;
  const pairs: { [english: string]: string } = {};
  for (const cause of knowledge.causes) {
    collect(cause, language, pairs);
    // A party's text stands in both languages side by side.
    for (const { what, zh } of cause.tell ?? []) if (zh && language === 'zh') pairs[what] = zh;
  }
  for (const { title, to, applies } of knowledge.clocks) {
    pairs[title.en] = title.zh;
    pairs[`${to.en} (${applies.en})`] = `${to.zh}（${applies.zh}）`;
  }
  return new PhraseBook([pairs, ...Object.values(books)]);
}

/** Every `{ en, zh }` of a document. */
function collect(node: unknown, language: string, into: { [english: string]: string }): void {
  if (Array.isArray(node)) for (const item of node) collect(item, language, into);
  else if (typeof node === 'object' && node !== null) {
    const { en, [language]: other } = node as { [key: string]: unknown };
    if (typeof en === 'string' && typeof other === 'string') into[en] = other;
    for (const value of Object.values(node)) collect(value, language, into);
  }
}
