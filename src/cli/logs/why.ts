/** Why a Sigma rule matches or does not: for one line its parts and what stood there, over all lines how often each part held. */
import { readFileSync } from 'node:fs';
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
import { safeText } from '../../report/safe-text.ts';
import { UserError } from '../exit.ts';
import { readNamed } from './read-named.ts';
import { readPlaceholders } from './sigma.ts';

const short = (text: string): string => safeText(text.replaceAll('\n', ' ')).slice(0, 160);

function ruleOf(file: string, placeholders: string | undefined): CompiledRule {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file}: ${(error as NodeJS.ErrnoException).code}`, { next: 'name a rule file' });
  }
  const { documents, problems } = parseSigma(text, file);
  const rule = documents.find((document): document is SigmaRule => document.kind === 'rule');
  if (!rule) {
    const what = problems[0]?.what ?? 'holds no rule with a detection';
    throw new UserError(`${file}: ${what}`, { next: 'correlations are explained by the rules they refer to' });
  }
  const filters = documents.filter((document): document is SigmaFilter => document.kind === 'filter');
  try {
    return compileRule(rule, filters, placeholders === undefined ? undefined : readPlaceholders(placeholders));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file}: ${(error as Error).message}`, { next: 'correct the rule' });
  }
}

const shown = ({ name, field, values, actual, holds }: Reason): string =>
  `  ${holds ? 'holds ' : 'fails '} ${name}  ${safeText(field)} ${short(values)}\n          stood there: ${short(actual)}\n`;

/** @throws UserError for a rule that cannot be read or compiled, or a line without an event. */
export async function explainRule(
  file: string,
  inputs: string[],
  options: { line?: string; zone?: string; placeholders?: string },
): Promise<string> {
  const compiled = ruleOf(file, options.placeholders);
  const { logs } = await readNamed(inputs, {
    keep: 'all',
    ...(options.zone === undefined ? {} : { zone: options.zone }),
  });
  const { title, author, logsource, conditions } = compiled.rule;
  let out = `${safeText(title)}, by ${safeText(author ?? 'unknown')}\ncondition: ${safeText(conditions.join(' or '))}\n`;
  if (options.line !== undefined) {
    const line = Number(options.line);
    for (const { event, offered } of sigmaEvents(logs)) {
      if (event.source !== 0 || event.line !== line) continue;
      if (!covers(logsource, offered))
        out += `\nThe rule is for ${JSON.stringify(logsource)}, this line is ${JSON.stringify(offered)}: it is never asked.\n`;
      const { matches, reasons } = compiled.explain(event);
      return `${out}\nline ${line} ${matches ? 'matches' : 'does not match'}: ${short(event.text ?? '')}\n${reasons.map(shown).join('')}`;
    }
    throw new UserError(`line ${options.line}: no event begins there`, {
      next: 'a line inside a stack trace belongs to the one it follows',
    });
  }
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
  out += `\n${events} events, ${asked} of the rule's log source, ${matched} match\n`;
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
