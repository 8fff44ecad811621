/** What a step will be given, as far as it can be told before the run. */
import { asText, type Scope } from './evaluate.ts';
import { type Expression, walkExpression } from './expression.ts';
import { fillText, parseTemplate } from './template.ts';

/** Items of a loop that are named in the description of a plan. */
const ITEMS_NAMED = 20;

/**
 * Texts of a step as far as inputs and evidence say them already; what depends on the run stays as written. In a loop
 * over a list that is known, each text stands once for each item.
 */
export function foreseen(texts: readonly string[], loop: unknown, scope: Scope): string[] {
  const fillOne = (text: string, more: Scope): string[] => {
    try {
      const parts = parseTemplate(text);
      const later = parts.some(
        (part) => 'expression' in part && !rootsOf(part.expression).every((root) => Object.hasOwn(more, root)),
      );
      return later ? [text] : [fillText(text, more)].flat().map(asText);
    } catch {
      return [text];
    }
  };
  const items = typeof loop === 'string' ? fillOne(loop, scope) : Array.isArray(loop) ? loop.map(asText) : [];
  const known = items.length > 0 && !items.some((item) => item.includes('${{'));
  return texts.flatMap((text) => {
    if (!known || !/\b(?:item|index)\b/.test(text)) return fillOne(text, scope);
    const each = items.slice(0, ITEMS_NAMED).flatMap((item, index) => fillOne(text, { ...scope, item, index }));
    return items.length > ITEMS_NAMED ? [...each, `and ${items.length - ITEMS_NAMED} more`] : each;
  });
}

function rootsOf(expression: Expression): string[] {
  const roots: string[] = [];
  walkExpression(expression, (node) => {
    if (node.kind === 'path') roots.push(node.root);
    // found() and cause() look at the findings of the run.
    if (node.kind === 'call' && ['found', 'cause'].includes(node.name)) roots.push('findings');
  });
  return roots;
}
