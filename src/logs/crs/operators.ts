/** Operators of the rule language; patterns run in linear time. */
import { RE2JS } from 're2js';
import { type Sieve, sieveOf } from './letters.ts';
import { detectSqli } from './sqli.ts';
import type { CrsData, Link } from './types.ts';
import { detectXss } from './xss.ts';

/** @returns what matched (whole match first, then groups), or undefined. */
export type Test = (text: string) => string[] | undefined;

export interface Operator {
  run: Test;
  /** Tells cheaply that a text cannot match. */
  mayMatch: Sieve;
}

const found = (text: string): string[] => [text];

/** Phrases that stand anywhere, ASCII case ignored; filed by their first two letters so that a value is walked once. */
function phraseMatch(phrases: readonly string[]): Test {
  const byStart = new Map<string, string[]>();
  for (const phrase of phrases) {
    const folded = phrase.toLowerCase();
    if (folded === '') continue;
    const start = folded.slice(0, 2);
    const list = byStart.get(start);
    if (list) list.push(folded);
    else byStart.set(start, [folded]);
  }
  return (text) => {
    const folded = text.toLowerCase();
    for (let at = 0; at < folded.length; at++) {
      const list = byStart.get(folded.slice(at, at + 2)) ?? byStart.get(folded[at]!);
      if (!list) continue;
      for (const phrase of list) if (folded.startsWith(phrase, at)) return found(phrase);
    }
    return undefined;
  };
}

/** `0-9,32,97-122`: the bytes a value may hold. */
function byteRange(argument: string): Test {
  const allowed = new Uint8Array(256);
  for (const part of argument.split(',')) {
    const [from, to] = part.trim().split('-').map(Number);
    for (let byte = from!; byte <= (to ?? from!) && byte < 256; byte++) allowed[byte] = 1;
  }
  return (text) => {
    for (let i = 0; i < text.length; i++) if (!allowed[text.charCodeAt(i) & 0xff]) return found(text[i]!);
    return undefined;
  };
}

/** PCRE spellings that RE2 writes otherwise, with the same meaning. */
const respell = (pattern: string): string =>
  pattern
    // Possessive and atomic forms only save work; in a linear engine there is none to save.
    .replace(/(?<!\\)([*+?}])\+/g, '$1')
    .replaceAll('(?>', '(?:')
    .replaceAll('\\h', '[ \\t]')
    .replace(/\\(?=[<>"'`~@#%&=:;,!/ _-])/g, (slash) => slash);

function pattern(argument: string): Operator {
  const compiled = RE2JS.compile(respell(argument), RE2JS.DOTALL);
  const run: Test = (text) => {
    const matcher = compiled.matcher(text);
    if (!matcher.find()) return undefined;
    const groups: string[] = [];
    for (let i = 0; i <= Math.min(9, matcher.groupCount()); i++) groups.push(matcher.group(i) ?? '');
    return groups;
  };
  return { run, mayMatch: sieveOf(compiled) };
}

/** @returns undefined when the operator is not known or its pattern cannot run in linear time. */
export function compileOperator(link: Link, data: CrsData): Operator | undefined {
  if (link.operator.toLowerCase() === 'rx') {
    try {
      return pattern(link.argument);
    } catch {
      return undefined;
    }
  }
  const run = plainTest(link, data);
  return run && { run, mayMatch: () => true };
}

function plainTest({ operator, argument }: Link, data: CrsData): Test | undefined {
  const folded = argument.toLowerCase();
  switch (operator.toLowerCase()) {
    case 'pm':
      return phraseMatch(argument.split(/\s+/));
    case 'pmf':
    case 'pmfromfile':
      return data.phrases[argument] ? phraseMatch(data.phrases[argument]) : undefined;
    case 'streq':
      return (text) => (text === argument ? found(text) : undefined);
    case 'contains':
      return (text) => (text.includes(argument) ? found(argument) : undefined);
    case 'containsword':
      return (text) => (text.toLowerCase().split(/\W+/).includes(folded) ? found(argument) : undefined);
    case 'beginswith':
      return (text) => (text.startsWith(argument) ? found(argument) : undefined);
    case 'endswith':
      return (text) => (text.endsWith(argument) ? found(argument) : undefined);
    case 'within':
      return (text) => (argument.includes(text) ? found(text) : undefined);
    case 'eq':
    case 'ge':
    case 'gt':
    case 'le':
    case 'lt': {
      const wanted = Number(argument);
      const name = operator.toLowerCase();
      return (text) => {
        const actual = Number(text);
        const holds =
          name === 'eq'
            ? actual === wanted
            : name === 'ge'
              ? actual >= wanted
              : name === 'gt'
                ? actual > wanted
                : name === 'le'
                  ? actual <= wanted
                  : actual < wanted;
        return holds ? found(text) : undefined;
      };
    }
    case 'validatebyterange':
      return byteRange(argument);
    case 'validateurlencoding':
      return (text) => (/%(?!u?[0-9a-fA-F]{2})/.test(text) ? found('%') : undefined);
    case 'detectsqli':
      return detectSqli;
    case 'detectxss':
      return detectXss;
    case 'unconditionalmatch':
      return found;
    default:
      return undefined;
  }
}
