/** The condition language: `or` binds weaker than `and`, that weaker than `not`, that weaker than `x of`. */
import { SigmaError } from './types.ts';

export type Condition =
  | { kind: 'and' | 'or'; parts: Condition[] }
  | { kind: 'not'; part: Condition }
  | { kind: 'name'; name: string }
  | { kind: 'of'; least: 'one' | 'all'; names: string[] };

const MAX_DEPTH = 64;

function tokens(text: string): string[] {
  const found = text.match(/\(|\)|[^\s()]+/g) ?? [];
  if (found.length > 2000) throw new SigmaError('the condition is too long');
  return found;
}

/** Identifier patterns of `1 of selection*`; names that begin with `_` are not among "them". */
function namesFor(pattern: string, known: readonly string[]): string[] {
  if (pattern.toLowerCase() === 'them') return known.filter((name) => !name.startsWith('_'));
  const parts = pattern.split('*');
  const fits = (name: string): boolean => {
    if (parts.length === 1) return name === pattern;
    if (!name.startsWith(parts[0]!) || !name.endsWith(parts.at(-1)!)) return false;
    let at = parts[0]!.length;
    for (const part of parts.slice(1, -1)) {
      const next = name.indexOf(part, at);
      if (next === -1) return false;
      at = next + part.length;
    }
    return at <= name.length - parts.at(-1)!.length;
  };
  return known.filter(fits);
}

/** @param known search identifiers of the rule. @throws SigmaError */
export function parseCondition(text: string, known: readonly string[]): Condition {
  if (/\s\|\s/.test(text)) throw new SigmaError('aggregation expressions after "|" are obsolete; write a correlation');
  const list = tokens(text);
  let at = 0;
  const word = (): string => (list[at] ?? '').toLowerCase();

  function expression(depth: number): Condition {
    if (depth > MAX_DEPTH) throw new SigmaError('the condition is nested too deeply');
    const parts = [conjunction(depth)];
    while (word() === 'or') {
      at++;
      parts.push(conjunction(depth));
    }
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  function conjunction(depth: number): Condition {
    const parts = [negation(depth)];
    while (word() === 'and') {
      at++;
      parts.push(negation(depth));
    }
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  function negation(depth: number): Condition {
    if (depth > MAX_DEPTH) throw new SigmaError('the condition is nested too deeply');
    if (word() === 'not') {
      at++;
      return { kind: 'not', part: negation(depth + 1) };
    }
    return primary(depth);
  }

  function primary(depth: number): Condition {
    const token = list[at];
    if (token === undefined) throw new SigmaError('the condition ends too early');
    if (token === '(') {
      at++;
      const inner = expression(depth + 1);
      if (list[at] !== ')') throw new SigmaError('a parenthesis is not closed');
      at++;
      return inner;
    }
    if (token === ')') throw new SigmaError('a parenthesis closes nothing');
    const quantity = word();
    if ((quantity === '1' || quantity === 'any' || quantity === 'all') && (list[at + 1] ?? '').toLowerCase() === 'of') {
      const pattern = list[at + 2];
      if (pattern === undefined) throw new SigmaError('"of" is followed by nothing');
      at += 3;
      const names = namesFor(pattern, known);
      if (names.length === 0) throw new SigmaError(`no search identifier fits ${pattern}`);
      return { kind: 'of', least: quantity === 'all' ? 'all' : 'one', names };
    }
    at++;
    if (!known.includes(token))
      throw new SigmaError(`the condition names ${token}, which the detection does not define`);
    return { kind: 'name', name: token };
  }

  const condition = expression(0);
  if (at < list.length) throw new SigmaError(`the condition does not go on with ${list[at]}`);
  return condition;
}

/** @param holds whether a search identifier matches; asked at most once per name by the caller's cache. */
export function evaluate(condition: Condition, holds: (name: string) => boolean): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => evaluate(part, holds));
    case 'or':
      return condition.parts.some((part) => evaluate(part, holds));
    case 'not':
      return !evaluate(condition.part, holds);
    case 'name':
      return holds(condition.name);
    case 'of':
      return condition.least === 'all' ? condition.names.every(holds) : condition.names.some(holds);
  }
}
