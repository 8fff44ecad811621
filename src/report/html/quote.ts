/** Evidence on the page, word for word. */
import type { EvidenceRef } from '../../finding.ts';
import { alikeTogether } from '../alike.ts';
import { place, utc } from '../text.ts';
import { filled, type Vocabulary } from '../words.ts';
import { type Child, el, type Markup } from './element.ts';

function quote(ref: EvidenceRef, voc: Vocabulary): Markup {
  return el(
    'div',
    { class: 'quote' },
    el('cite', {}, place(ref, voc), ref.time ? ` · ${utc(ref.time)}` : ''),
    ref.text ? el('pre', {}, ref.text) : undefined,
  );
}

/** Evidence, that which says the same put together, and how much more there is. */
export function quotes(evidence: readonly EvidenceRef[], most: number, voc: Vocabulary): Child {
  const together = alikeTogether(evidence);
  const left = together.slice(most).reduce((sum, { more }) => sum + 1 + more, 0);
  return [
    together
      .slice(0, most)
      .map(({ ref, more }) => [
        quote(ref, voc),
        more > 0 && el('p', { class: 'note' }, filled(voc.words.moreAlike, more)),
      ]),
    left > 0 && el('p', { class: 'note' }, filled(voc.words.moreInJson, left)),
  ];
}
