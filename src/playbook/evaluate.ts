/** Values of expressions. Total: nothing here throws, loops without a bound or reads anything but its scope. */
import { type Json, PRIORITIES } from '../finding.ts';
import type { BinaryOperator, Expression } from './expression.ts';

/** What an expression may look at. Members are read as plain data; only own members exist. */
export interface Scope {
  readonly [root: string]: unknown;
}

export const ROOTS = [
  'inputs',
  'evidence',
  'steps',
  'findings',
  'diagnosis',
  'state',
  'output',
  'item',
  'index',
] as const;

interface FunctionEntry {
  args: [number, number];
  describe: string;
  run(args: unknown[], scope: Scope): unknown;
}

/** The functions; documented in docs/playbooks.md from these texts. */
export const FUNCTIONS: { readonly [name: string]: FunctionEntry } = {
  count: {
    args: [1, 1],
    describe: 'count(list): number of items of a list, members of a mapping or characters of a text; 0 for null.',
    run: ([value]) => sizeOf(value),
  },
  empty: {
    args: [1, 1],
    describe: 'empty(value): true for null, "", an empty list or mapping.',
    run: ([value]) => sizeOf(value) === 0 && typeof value !== 'number' && typeof value !== 'boolean',
  },
  lower: {
    args: [1, 1],
    describe: 'lower(text): the text in lower case.',
    run: ([value]) => (typeof value === 'string' ? value.toLowerCase() : null),
  },
  starts: {
    args: [2, 2],
    describe: 'starts(text, beginning): true when the text begins with it.',
    run: ([value, start]) => typeof value === 'string' && typeof start === 'string' && value.startsWith(start),
  },
  contains: {
    args: [2, 2],
    describe: 'contains(list or text, value): true when the value is in it.',
    run: ([whole, part]) => isIn(part, whole),
  },
  like: {
    args: [2, 2],
    describe:
      "like(text, pattern): true when the whole text fits the pattern; * stands for any characters, as in 'tls/*'.",
    run: ([value, pattern]) => typeof value === 'string' && typeof pattern === 'string' && fits(value, pattern),
  },
  default: {
    args: [2, 2],
    describe: 'default(value, other): the value, or the other when it is null or empty.',
    run: ([value, other]) => (value === null || value === undefined || value === '' ? other : value),
  },
  join: {
    args: [2, 2],
    describe: 'join(list, separator): the items as one text.',
    run: ([value, separator]) =>
      Array.isArray(value) ? value.slice(0, 1000).map(asText).join(asText(separator)) : asText(value),
  },
  found: {
    args: [1, 2],
    describe:
      "found(pattern, priority): number of findings whose id fits the pattern, at that priority or above when one is given: found('tls/*', 'important') > 0.",
    run: ([pattern, priority], scope) =>
      count(
        scope.findings,
        (entry) => fits(asText(member(entry, 'id')), asText(pattern)) && atLeast(member(entry, 'priority'), priority),
      ),
  },
  cause: {
    args: [1, 2],
    describe:
      "cause(slug, confidence): true when the diagnosis names the cause with at least that confidence (0.5, a claim, when not given): cause('server-cert-expired').",
    run: ([slug, confidence], scope) => {
      const limit = typeof confidence === 'number' ? confidence : 0.5;
      return (
        count(
          scope.diagnosis,
          (entry) => fits(asText(member(entry, 'cause')), asText(slug)) && Number(member(entry, 'confidence')) >= limit,
        ) > 0
      );
    },
  },
};

/** The value of an expression; undefined never leaves: what is missing is null. */
export function evaluate(expression: Expression, scope: Scope): Json {
  return (value(expression, scope) ?? null) as Json;
}

/** Whether a value counts as true: false, null, 0, "" and empty lists do not. */
export function isTrue(result: unknown): boolean {
  return Array.isArray(result) ? result.length > 0 : Boolean(result);
}

function value(expression: Expression, scope: Scope): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'list':
      return expression.items.map((item) => value(item, scope) ?? null);
    case 'path': {
      let current: unknown = Object.hasOwn(scope, expression.root) ? scope[expression.root] : null;
      for (const step of expression.members)
        current = member(current, typeof step === 'string' ? step : value(step, scope));
      return current ?? null;
    }
    case 'call': {
      const entry = Object.hasOwn(FUNCTIONS, expression.name) ? FUNCTIONS[expression.name] : undefined;
      return entry
        ? entry.run(
            expression.args.map((argument) => value(argument, scope) ?? null),
            scope,
          )
        : null;
    }
    case 'not':
      return !isTrue(value(expression.operand, scope));
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, scope);
  }
}

function binary(operator: BinaryOperator, leftSide: Expression, rightSide: Expression, scope: Scope): boolean {
  const left = value(leftSide, scope);
  if (operator === 'and') return isTrue(left) && isTrue(value(rightSide, scope));
  if (operator === 'or') return isTrue(left) || isTrue(value(rightSide, scope));
  const right = value(rightSide, scope);
  if (operator === '==') return same(left, right);
  if (operator === '!=') return !same(left, right);
  if (operator === 'in') return isIn(left, right);
  const both =
    (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string');
  if (!both) return false;
  const a = left as number;
  const b = right as number;
  return operator === '<' ? a < b : operator === '<=' ? a <= b : operator === '>' ? a > b : a >= b;
}

function member(whole: unknown, key: unknown): unknown {
  if (Array.isArray(whole)) {
    if (key === 'length') return whole.length;
    const index =
      typeof key === 'number' ? key : typeof key === 'string' && /^[0-9]{1,9}$/.test(key) ? Number(key) : Number.NaN;
    return Number.isInteger(index) ? (whole[index < 0 ? whole.length + index : index] ?? null) : null;
  }
  if (whole === null || typeof whole !== 'object') return null;
  const name = String(key);
  return Object.hasOwn(whole, name) ? (whole as { [key: string]: unknown })[name] : null;
}

function same(a: unknown, b: unknown): boolean {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return (a ?? null) === (b ?? null);
  return JSON.stringify(a) === JSON.stringify(b);
}

function isIn(part: unknown, whole: unknown): boolean {
  if (Array.isArray(whole)) return whole.some((item) => same(item, part));
  return typeof whole === 'string' && typeof part === 'string' && whole.includes(part);
}

function sizeOf(whole: unknown): number {
  if (Array.isArray(whole) || typeof whole === 'string') return whole.length;
  return whole !== null && typeof whole === 'object' ? Object.keys(whole).length : 0;
}

function count(list: unknown, accept: (entry: unknown) => boolean): number {
  return Array.isArray(list) ? list.filter(accept).length : 0;
}

function atLeast(priority: unknown, limit: unknown): boolean {
  if (limit === null || limit === undefined) return true;
  const rank = (name: unknown): number => (PRIORITIES as readonly unknown[]).indexOf(name);
  return rank(limit) >= 0 && rank(priority) >= 0 && rank(priority) <= rank(limit);
}

/** Text of a value inside a longer text. */
export function asText(result: unknown): string {
  if (result === null || result === undefined) return '';
  return typeof result === 'object' ? JSON.stringify(result) : String(result);
}

/** Matches a whole text against a pattern with `*`, in linear time for each star. */
export function fits(textValue: string, pattern: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return textValue === pattern;
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (!textValue.startsWith(first) || textValue.length < first.length + last.length || !textValue.endsWith(last))
    return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const next = textValue.indexOf(part, at);
    if (next < 0 || next + part.length > textValue.length - last.length) return false;
    at = next + part.length;
  }
  return true;
}
