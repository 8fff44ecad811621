/** `${{ expression }}` inside the texts of a playbook. */
import type { Json } from '../finding.ts';
import { asText, evaluate, type Scope } from './evaluate.ts';
import { type Expression, ExpressionError, parseExpression } from './expression.ts';

export type TemplatePart = { text: string } | { expression: Expression; source: string; at: number };

/** Splits a text into literal parts and expressions. Throws ExpressionError with an offset in the whole text. */
export function parseTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (;;) {
    const open = template.indexOf('${{', at);
    if (open < 0) break;
    const close = closing(template, open + 3);
    if (close < 0) throw new ExpressionError('${{ is not closed', open, 'add }}');
    if (open > at) parts.push({ text: template.slice(at, open) });
    const source = template.slice(open + 3, close);
    try {
      parts.push({ expression: parseExpression(source), source, at: open + 3 });
    } catch (error) {
      if (error instanceof ExpressionError)
        throw new ExpressionError(error.message, open + 3 + error.at, error.suggestion);
      throw error;
    }
    at = close + 2;
  }
  if (at < template.length) parts.push({ text: template.slice(at) });
  return parts;
}

/** Position of the `}}` that closes, passing over quoted texts. */
function closing(template: string, from: number): number {
  let quote = '';
  for (let at = from; at < template.length; at++) {
    const char = template[at]!;
    if (quote) {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '}' && template[at + 1] === '}') return at;
  }
  return -1;
}

/** The value of a text: a text that is one expression keeps the type of its value, others become text. */
export function fillText(template: string, scope: Scope): Json {
  if (!template.includes('${{')) return template;
  const parts = parseTemplate(template);
  const only = parts[0];
  if (parts.length === 1 && only && 'expression' in only) return evaluate(only.expression, scope);
  return parts.map((part) => ('text' in part ? part.text : asText(evaluate(part.expression, scope)))).join('');
}

/** Fills every text inside a value. */
export function fill(template: Json, scope: Scope): Json {
  if (typeof template === 'string') return fillText(template, scope);
  if (Array.isArray(template)) return template.map((item) => fill(item, scope));
  if (template !== null && typeof template === 'object') {
    return Object.fromEntries(Object.entries(template).map(([key, member]) => [key, fill(member, scope)]));
  }
  return template;
}
