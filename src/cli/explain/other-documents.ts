/** Alerts, checks and free texts as documents. Pure. */
import type { CheckMeta } from '../../checks/types.ts';
import type { AlertEntry, Cause } from '../../knowledge/types.ts';
import { command, type Document, list, rows, sections, text } from './document.ts';
import type { TextExplanation } from './match-text.ts';
import { className, type Language, ownerName, priorityName, wordsOf } from './words.ts';

const causeRows = (ids: readonly string[], causeById: ReadonlyMap<string, Cause>, language: Language) =>
  rows(ids.map((id) => ({ label: id, text: causeById.get(id)?.title[language] ?? '', link: `cause:${id}` })));

export function alertDocument(alert: AlertEntry, causeById: ReadonlyMap<string, Cause>, language: Language): Document {
  const words = wordsOf(language);
  return {
    title: `${words.alert} ${alert.number} ${alert.name}`,
    facts: [],
    sections: sections([
      { heading: words.meaning, blocks: [text(alert.meaning[language])] },
      { heading: words.sentBy, blocks: [rows(alert.sent.map((s) => ({ label: s.by, text: s.for })))] },
      { heading: words.ask, blocks: [text(alert.ask[language])] },
      { heading: words.mayBe, blocks: [causeRows(alert.causes, causeById, language)] },
      { heading: words.references, blocks: [list(alert.references)] },
    ]),
  };
}

export function checkDocument(meta: CheckMeta, causes: readonly Cause[], language: Language): Document {
  const words = wordsOf(language);
  const shown = causes.filter((c) => c.supports.some((s) => s.finding === meta.id));
  return {
    title: meta.title,
    facts: [
      { label: words.check, text: meta.id },
      { label: words.class, text: className(meta.class, language) },
      { label: words.owner, text: ownerName(meta.owner, language) },
      { label: words.priority, text: priorityName(meta.basePriority, language) },
      { label: words.proof, text: meta.proof },
      ...(meta.needs.length ? [{ label: words.needs, text: meta.needs.join(', ') }] : []),
    ],
    sections: sections([
      { heading: words.decides, blocks: [text(meta.description)] },
      { heading: words.remedy, blocks: [text(meta.remedy)] },
      {
        heading: words.verify,
        blocks: [command(meta.verification.command), rows([{ label: words.after, text: meta.verification.expect }])],
      },
      {
        heading: words.causesShown,
        blocks: [rows(shown.map((c) => ({ label: c.id, text: c.title[language], link: `cause:${c.id}` })))],
      },
      { heading: words.references, blocks: [list(meta.references)] },
    ]),
  };
}

/** @param shown the text as the user gave it, already made safe */
export function textDocument(
  shown: string,
  explanation: TextExplanation,
  causeById: ReadonlyMap<string, Cause>,
  language: Language,
): Document {
  const words = wordsOf(language);
  return {
    title: words.textTitle,
    facts: [{ label: words.texts, text: shown }],
    sections: sections([
      {
        heading: words.matched,
        blocks: [rows(explanation.matches.map((m) => ({ label: m.software, text: m.says[language] })))],
      },
      { heading: words.mayBe, blocks: [causeRows(explanation.causes, causeById, language)] },
      { heading: words.ask, blocks: [list(explanation.ask), text(words.sameText)] },
    ]),
  };
}
