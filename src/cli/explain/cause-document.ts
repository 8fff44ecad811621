/** A cause of the catalogue as a document. Pure. */
import type { Knowledge } from '../../knowledge/load.ts';
import type { Cause } from '../../knowledge/types.ts';
import { command, type Document, list, rows, sections, text } from './document.ts';
import {
  className,
  colon,
  FAMILY_ORDER,
  familyName,
  type Language,
  ownerName,
  priorityName,
  wordsOf,
} from './words.ts';

/** The part of the knowledge that a cause's page draws on beside the cause. */
export type CauseContext = Pick<Knowledge, 'causeById' | 'placeholders'>;

/** The words of a command that a person replaces, in the order in which they come. */
function placeholdersIn(command: string, known: Knowledge['placeholders'], language: Language) {
  const names = new Set([...command.matchAll(/\$([A-Z][A-Z0-9_]*)/g)].map((match) => match[1]!));
  return [...names].flatMap((name) => {
    const meaning = known[name];
    return meaning ? [{ label: `$${name}`, text: meaning[language] }] : [];
  });
}

/**
 * Everything the catalogue knows about one cause.
 * @param say sentences that the catalogue holds in English only, in the language of the reader
 */
export function causeDocument(
  cause: Cause,
  knowledge: CauseContext,
  language: Language,
  say: (text: string) => string = (text) => text,
): Document {
  const words = wordsOf(language);
  const titleOf = (id: string): string => knowledge.causeById.get(id)?.title[language] ?? id;
  const exposure = cause.exposure ? `${cause.exposure} (${words.urgentAlways})` : undefined;
  return {
    title: cause.title[language],
    facts: [
      { label: words.code, text: `${cause.id} (${cause.code})` },
      { label: words.class, text: `${className(cause.class, language)}, ${familyName(cause.family, language)}` },
      { label: words.owner, text: ownerName(cause.owner, language) },
      {
        label: words.priority,
        text: `${priorityName(cause.priority, language)}${exposure ? '' : ` (${words.usual})`}`,
      },
      ...(exposure ? [{ label: words.exposure, text: exposure }] : []),
    ],
    sections: sections([
      { heading: words.what, blocks: [text(cause.explanation[language])] },
      { heading: words.texts, blocks: [rows(cause.texts.map((t) => ({ label: t.software, text: t.text })))] },
      {
        heading: words.rivals,
        blocks: [rows(cause.rivals.map((r) => ({ label: r.cause, text: say(r.separate), link: `cause:${r.cause}` })))],
      },
      {
        heading: words.remedy,
        blocks: cause.remedy.flatMap((r) => [
          text(`${r.where}${colon(language).trimEnd()}`),
          { kind: 'steps' as const, items: r.steps.map(say) },
        ]),
      },
      {
        heading: words.verify,
        blocks: [
          command(cause.verify.command),
          rows([
            { label: words.before, text: cause.verify.before },
            { label: words.after, text: cause.verify.after },
          ]),
          text(words.placeholders),
          rows(placeholdersIn(cause.verify.command, knowledge.placeholders, language)),
        ],
      },
      { heading: words.escalates, blocks: [list(cause.escalates.map(say))] },
      {
        heading: words.leadsTo,
        blocks: [rows(cause.leadsTo.map((id) => ({ label: id, text: titleOf(id), link: `cause:${id}` })))],
      },
      { heading: words.prevent, blocks: [list(cause.prevent.map(say))] },
      {
        heading: words.tell,
        blocks: [rows(cause.tell.map((t) => ({ label: t.owner, text: (language === 'zh' && t.zh) || t.what })))],
      },
      {
        heading: words.alsoOwner,
        blocks: [rows((cause.owners ?? []).map((o) => ({ label: o.owner, text: say(o.when) })))],
      },
      {
        heading: words.supports,
        blocks: [
          rows(cause.supports.map((s) => ({ label: s.finding, text: `${s.weight}${s.when ? `, ${s.when}` : ''}` }))),
        ],
      },
      { heading: words.excludes, blocks: [rows(cause.excludes.map((e) => ({ label: e.finding, text: e.because })))] },
      { heading: words.references, blocks: [list(cause.references)] },
    ]),
  };
}

/** The catalogue by family. */
export function catalogueDocument(causes: readonly Cause[], language: Language): Document {
  const words = wordsOf(language);
  return {
    title: words.listTitle,
    facts: [],
    sections: sections([
      ...FAMILY_ORDER.map((family) => ({
        heading: familyName(family, language),
        blocks: [
          rows(
            causes
              .filter((c) => c.family === family)
              .sort((a, b) => (a.code < b.code ? -1 : 1))
              .map((c) => ({ label: c.id, text: c.title[language], link: `cause:${c.id}` })),
          ),
        ],
      })),
      { heading: '', blocks: [text(words.more)] },
    ]),
  };
}
