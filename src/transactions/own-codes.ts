import { append } from '../lists.ts';
import { isPlain } from '../plain.ts';
import { REASONS, type Reason, type ResponseCodeData } from './response-codes.ts';
import type { Outcome } from './types.ts';

const OUTCOME_NAMES: readonly Outcome[] = ['approved', 'declined', 'error', 'pending'];

/** What an object holds itself: a map may name a dialect "constructor". */
const known = <T>(of: { readonly [name: string]: T }, name: string): T | undefined =>
  Object.hasOwn(of, name) ? of[name] : undefined;

/** `[declined, funds]`, `{outcome: declined, reason: funds}` or just `declined`. */
function judgement(value: unknown): [Outcome, Reason] | undefined {
  const [outcome, reason = 'other'] = Array.isArray(value)
    ? value
    : isPlain(value)
      ? [value.outcome, value.reason]
      : [value];
  return OUTCOME_NAMES.includes(outcome as Outcome) && (REASONS as readonly unknown[]).includes(reason)
    ? [outcome as Outcome, reason as Reason]
    : undefined;
}

/**
 * Lays a merchant's own code map over the shipped one: dialects with their route names and codes, further status words,
 * further words for refunds, disputes and fraud reports. Same shape as knowledge/response-codes.yaml, every part optional; own entries win.
 * @param own the parsed YAML or JSON.
 * @returns the joined data, and what in `own` could not be used.
 */
export function withOwnCodes(data: ResponseCodeData, own: unknown): { data: ResponseCodeData; problems: string[] } {
  const problems: string[] = [];
  const joined: ResponseCodeData = {
    dialects: { ...data.dialects },
    statuses: { ...data.statuses },
    refunds: [...data.refunds],
    disputes: [...data.disputes],
    fraudReports: [...data.fraudReports],
  };
  if (!isPlain(own))
    return { data, problems: ['the code map is not a mapping; see knowledge/response-codes.yaml for its shape'] };
  for (const [name, dialect] of Object.entries(isPlain(own.dialects) ? own.dialects : {})) {
    if (!isPlain(dialect)) {
      problems.push(`dialect ${name} is not a mapping`);
      continue;
    }
    const base = known(data.dialects, name) ?? { routes: [], codes: {} };
    const codes: { [code: string]: [Outcome, Reason] } = {};
    for (const [code, value] of Object.entries(isPlain(dialect.codes) ? dialect.codes : {})) {
      const judged = judgement(value);
      if (judged) codes[code] = judged;
      else
        problems.push(
          `dialect ${name}, code ${code}: an outcome (${OUTCOME_NAMES.join(', ')}) and a reason (${REASONS.slice(1, 5).join(', ')}, ...) are wanted`,
        );
    }
    const routes = Array.isArray(dialect.routes) ? dialect.routes.map(String) : [];
    const inherits = typeof dialect.inherits === 'string' ? dialect.inherits : base.inherits;
    if (inherits && !known(data.dialects, inherits))
      problems.push(`dialect ${name} inherits from ${inherits}, which is not known`);
    joined.dialects[name] = {
      routes: [...routes, ...base.routes],
      ...(inherits && known(data.dialects, inherits) ? { inherits } : {}),
      codes: { ...base.codes, ...codes },
    };
  }
  for (const [outcome, words] of Object.entries(isPlain(own.statuses) ? own.statuses : {})) {
    if (!Object.hasOwn(data.statuses, outcome) || !Array.isArray(words))
      problems.push(`statuses.${outcome}: a list of words under ${Object.keys(data.statuses).join(', ')} is wanted`);
    else
      joined.statuses[outcome as keyof ResponseCodeData['statuses']] = [
        ...data.statuses[outcome as keyof ResponseCodeData['statuses']],
        ...words.map(String),
      ];
  }
  for (const kind of ['refunds', 'disputes', 'fraudReports'] as const)
    if (Array.isArray(own[kind])) append(joined[kind], own[kind].map(String));
  return { data: joined, problems };
}
