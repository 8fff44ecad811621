/** Why a Sigma rule matches or does not: for one line its parts and what stood there, over all lines how often each part held. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type CompiledRule,
  compileRule,
  covers,
  parseSigma,
  type Reason,
  type SigmaFilter,
  type SigmaRule,
  sigmaEvents,
} from '../../logs/sigma/index.ts';
import type { SigmaDocument } from '../../logs/sigma/parse.ts';
import type { Placeholders } from '../../logs/sigma/values.ts';
import type { LogObservations } from '../../logs/types.ts';
import { safeText } from '../../report/safe-text.ts';
import { UserError } from '../exit.ts';
import { readNamed } from './read-named.ts';
import { readPlaceholders, sigmaDocuments } from './sigma.ts';

const short = (text: string): string => safeText(text.replaceAll('\n', ' ')).slice(0, 160);

interface RuleFile {
  documents: SigmaDocument[];
  rules: CompiledRule[];
  placeholders: Placeholders | undefined;
}

const namesOf = ({ id, name }: { id?: string; name?: string }): string[] =>
  [id, name].filter((one) => one !== undefined);

/** Adds what the correlations of a file name and the other files of its folder hold. */
function withNamed(own: readonly SigmaDocument[], file: string): SigmaDocument[] {
  const documents = [...own];
  const known = new Set(own.flatMap((document) => namesOf(document)));
  let folder: SigmaDocument[] | undefined;
  // What is added may name others.
  for (const document of documents) {
    if (document.kind !== 'correlation') continue;
    for (const name of document.rules) {
      if (known.has(name)) continue;
      folder ??= sigmaDocuments([dirname(file)]).documents;
      const found = folder.find((other) => other.kind !== 'filter' && namesOf(other).includes(name));
      if (!found) continue;
      documents.push(found);
      for (const other of namesOf(found)) known.add(other);
    }
  }
  return documents;
}

function rulesOf(file: string, placeholderFile: string | undefined): RuleFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file}: ${(error as NodeJS.ErrnoException).code}`, { next: 'name a rule file' });
  }
  const { documents: read, problems } = parseSigma(text, file);
  const documents = withNamed(read, file);
  const own = documents.filter((document): document is SigmaRule => document.kind === 'rule');
  if (own.length === 0) {
    const what = problems[0]?.what ?? 'holds no rule with a detection';
    throw new UserError(`${file}: ${what}`, {
      next: 'a correlation is explained with the rules it names, in the same folder',
    });
  }
  const filters = documents.filter((document): document is SigmaFilter => document.kind === 'filter');
  const placeholders = placeholderFile === undefined ? undefined : readPlaceholders(placeholderFile);
  try {
    return { documents, placeholders, rules: own.map((rule) => compileRule(rule, filters, placeholders)) };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file}: ${(error as Error).message}`, { next: 'correct the rule' });
  }
}

const shown = ({ name, field, values, actual, holds }: Reason): string =>
  `  ${holds ? 'holds ' : 'fails '} ${name}  ${safeText(field)} ${short(values)}\n          stood there: ${short(actual)}\n`;

const headOf = ({ rule: { title, author, license, conditions } }: CompiledRule): string =>
  `${safeText(title)}, by ${safeText(author ?? 'unknown')}${license === undefined ? '' : `, ${safeText(license)}`}\ncondition: ${safeText(conditions.join(' or '))}\n`;

/** What the rules say of one line of the first file. @throws UserError where no event begins there. */
function explainLine(rules: readonly CompiledRule[], logs: LogObservations, line: number): string {
  for (const { event, offered } of sigmaEvents(logs)) {
    if (event.source !== 0 || event.line !== line) continue;
    return rules
      .map((compiled) => {
        const { logsource } = compiled.rule;
        const unasked = covers(logsource, offered)
          ? ''
          : `\nThe rule is for ${JSON.stringify(logsource)}, this line is ${JSON.stringify(offered)}: it is never asked.\n`;
        const { matches, reasons } = compiled.explain(event);
        return `${headOf(compiled)}${unasked}\nline ${line} ${matches ? 'matches' : 'does not match'}: ${short(event.text ?? '')}\n${reasons.map(shown).join('')}`;
      })
      .join('\n');
  }
  throw new UserError(`line ${line}: no event begins there`, {
    next: 'a line inside a stack trace belongs to the one it follows',
  });
}

/** How often each part of a rule held over all lines. */
function explainAll(compiled: CompiledRule, logs: LogObservations): string {
  const { logsource } = compiled.rule;
  let asked = 0;
  let matched = 0;
  let events = 0;
  const parts = new Map<string, { reason: Reason; held: number; present: number }>();
  for (const { event, offered } of sigmaEvents(logs)) {
    events++;
    if (!covers(logsource, offered)) continue;
    asked++;
    const { matches, reasons } = compiled.explain(event);
    if (matches) matched++;
    for (const reason of reasons) {
      const key = `${reason.name} ${reason.field} ${reason.values}`;
      const part = parts.get(key) ?? { reason, held: 0, present: 0 };
      if (reason.holds) part.held++;
      if (reason.actual !== '(no such field)') part.present++;
      parts.set(key, part);
    }
  }
  let out = `${headOf(compiled)}\n${events} events, ${asked} of the rule's log source, ${matched} match\n`;
  if (asked === 0) out += `No event is of ${safeText(JSON.stringify(logsource))}: the rule is never asked.\n`;
  for (const { reason, held, present } of parts.values()) {
    const dead =
      present === 0 && reason.field !== '(keywords)'
        ? '  (no event has this field)'
        : held === 0
          ? '  (never holds)'
          : '';
    out += `  ${String(held).padStart(8)}×  ${reason.name}  ${safeText(reason.field)} ${short(reason.values)}${dead}\n`;
  }
  return out;
}

/**
 * Explains each rule of a file and, over all lines, what its correlations came to.
 * @throws UserError for a rule that cannot be read or compiled, or a line without an event.
 */
export async function explainRule(
  file: string,
  inputs: string[],
  options: { line?: string; zone?: string; placeholders?: string },
): Promise<string> {
  const { documents, rules, placeholders } = rulesOf(file, options.placeholders);
  const line = options.line === undefined ? undefined : Number(options.line);
  if (line !== undefined && !(Number.isInteger(line) && line >= 1))
    throw new UserError(`--line ${options.line}: a number from 1 is wanted`, { next: 'for example --line 17' });
  const { logs } = await readNamed(inputs, {
    keep: 'all',
    ...(options.zone === undefined ? {} : { zone: options.zone }),
  });
  if (line !== undefined) return explainLine(rules, logs, line);
  const { explainCorrelations } = await import('./why-correlation.ts');
  try {
    return `${rules.map((rule) => explainAll(rule, logs)).join('\n')}${explainCorrelations(documents, logs, placeholders)}`;
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`, { next: 'correct the rule' });
  }
}
