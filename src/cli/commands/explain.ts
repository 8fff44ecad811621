/** `paymedic explain`: what a cause, a check, an alert number or an error text means, and what to do about it. */
import type { Command } from 'commander';
import type { CheckMeta } from '../../checks/types.ts';
import type { Knowledge } from '../../knowledge/load.ts';
import { EXIT, UserError } from '../exit.ts';
import type { Document } from '../explain/document.ts';
import { say } from '../say.ts';
import { languageOf, traitsOf } from '../terminal.ts';

const FORMATS = ['text', 'markdown', 'json'] as const;
type Format = (typeof FORMATS)[number];
const LONGEST_QUERY = 16_384;

export function register(program: Command): void {
  program
    .command('explain')
    .argument(
      '[topic...]',
      'a cause (slug or code), a check id, a TLS alert (number or name), a payment response code, or an error text; nothing lists the causes',
    )
    .description(
      'What a cause, a check, a TLS alert or an error text means, how to tell it apart, repair it and prove the repair.',
    )
    .option('--lang <language>', 'en or zh (default: from the locale)')
    .option('--format <format>', 'text, markdown or json', 'text')
    .addHelpText(
      'after',
      `
Examples
  $ paymedic explain                                  the catalogue of causes
  $ paymedic explain server-cert-expired
  $ paymedic explain 45                               a TLS alert
  $ paymedic explain code 51                          a payment response code
  $ paymedic explain certificates/crl-stale           a check
  $ paymedic explain "unable to get local issuer certificate"
  $ paymedic explain crl-stale --lang zh --format markdown
`,
    )
    .action(async (topic: string[], options: { lang?: string; format: string }) => {
      say(await explain(topic.join(' '), options), options.format === 'json');
    });
}

function formatOf(value: string): Format {
  const found = FORMATS.find((f) => f === value);
  if (!found)
    throw new UserError(`--format ${value}: there is no such format here`, { next: `formats: ${FORMATS.join(', ')}` });
  return found;
}

/**
 * The answer as text.
 * @param given the knowledge to answer from; by default that of this package
 * @throws UserError when nothing of that name or text is known
 */
export async function explain(
  query: string,
  options: { lang?: string; format: string },
  given?: Knowledge,
): Promise<string> {
  const format = formatOf(options.format);
  if (options.lang !== undefined && options.lang !== 'en' && options.lang !== 'zh')
    throw new UserError(`--lang ${options.lang}: only en and zh are spoken here`);
  const language = languageOf(options.lang, process.env);
  const [{ loadKnowledge }, { CHECKS }] = await Promise.all([
    import('../../knowledge/load.ts'),
    import('../../checks/registry.gen.ts'),
  ]);
  const answer = await answerTo(
    query.slice(0, LONGEST_QUERY),
    given ?? loadKnowledge(),
    CHECKS.map((c) => c.meta),
    language,
  );
  if (format === 'json') return `${JSON.stringify(answer.data, null, 2)}\n`;
  const { renderMarkdown, renderTerminal } = await import('../explain/render.ts');
  if (format === 'markdown') return renderMarkdown(answer.document);
  return renderTerminal(answer.document, traitsOf(process.stdout, process.env).width);
}

interface Answer {
  document: Document;
  /** What `--format json` prints. */
  data: unknown;
}

async function answerTo(
  query: string,
  knowledge: Knowledge,
  checks: readonly CheckMeta[],
  language: 'en' | 'zh',
): Promise<Answer> {
  const { topicOf, suggestions } = await import('../explain/topic.ts');
  const { causeDocument, catalogueDocument } = await import('../explain/cause-document.ts');
  const book = language === 'en' ? undefined : (await import('../phrases.ts')).phraseBook(knowledge, language);
  const say = (text: string): string => book?.say(text) ?? text;
  const { alertDocument, checkDocument, textDocument } = await import('../explain/other-documents.ts');
  const { causeById, causes } = knowledge;
  const topic = topicOf(query, knowledge, checks);
  switch (topic.kind) {
    case 'catalogue':
      return {
        document: catalogueDocument(causes, language),
        data: { kind: 'catalogue', causes: causes.map(({ id, code, title }) => ({ id, code, title })) },
      };
    case 'cause':
      return {
        document: causeDocument(topic.cause, knowledge, language, say),
        data: { kind: 'cause', ...topic.cause },
      };
    case 'code': {
      const { codeDocument } = await import('../explain/response-code.ts');
      return { document: codeDocument(topic.code, topic.meanings, causeById, language), data: topic };
    }
    case 'alert': {
      const { codeSections } = await import('../explain/response-code.ts');
      const document = alertDocument(topic.alert, causeById, language);
      document.sections.push(...codeSections(topic.meanings, causeById, language));
      return { document, data: { kind: 'alert', ...topic.alert, responseCode: topic.meanings } };
    }
    case 'check':
      return { document: checkDocument(topic.check, causes, language), data: { kind: 'check', ...topic.check } };
    case 'text': {
      const { safeText } = await import('../../report/safe-text.ts');
      const { explainText, searchCauses } = await import('../explain/match-text.ts');
      const { compileLexicon } = await import('../../logs/lexicon/compile.ts');
      const found = explainText(knowledge, compileLexicon([...knowledge.lexicon]), topic.text);
      const recognised = found.causes.length > 0 || found.matches.length > 0;
      const near = recognised ? [] : suggestions(topic.text, knowledge, checks);
      if (!recognised && near.length === 0) found.causes = searchCauses(causes, topic.text);
      if (!recognised && found.causes.length === 0) {
        throw new UserError(`nothing is known about "${safeText(topic.text, 200)}"`, {
          exitCode: EXIT.usage,
          next: near.length
            ? `did you mean ${near.join(', ')}?`
            : 'paymedic explain lists the causes; quote the error text as the log has it',
        });
      }
      return {
        document: textDocument(topic.text, found, causeById, language),
        data: { kind: 'text', text: safeText(topic.text), ...found },
      };
    }
  }
}
