/** Values with their modifiers to tests on one field. Patterns run in linear time. */
import { RE2JS } from 're2js';
import { inNetwork, parseNetwork } from './cidr.ts';
import { SigmaError, type SigmaEvent } from './types.ts';

type FieldValue = string | number | boolean | null | undefined;
/** @param value of the field; undefined when the event has none. */
export type Test = (value: FieldValue, event: SigmaEvent) => boolean;

/** A plain string as parts: literal text, the wildcards `*` and `?`, and `-` for any of the dashes of `windash`. */
export type Part = string | { wild: '*' | '?' | '-' };

/** Reads the escapes of the specification: `\*`, `\?` are plain, `\\*` is a backslash and a wildcard, other backslashes are plain. */
export function parseWildcards(text: string): Part[] {
  const parts: Part[] = [];
  let plain = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\\') {
      const next = text[i + 1];
      if (next === '*' || next === '?' || next === '\\') {
        plain += next;
        i++;
        continue;
      }
      plain += c;
    } else if (c === '*' || c === '?') {
      if (plain !== '') parts.push(plain);
      plain = '';
      parts.push({ wild: c });
    } else plain += c;
  }
  if (plain !== '') parts.push(plain);
  return parts;
}

/** Whole-string match of a part list: greedy with one restart point, so never worse than length times pattern. */
export function matchParts(parts: readonly Part[], text: string): boolean {
  if (parts.length === 0) return text === '';
  let at = 0;
  let part = 0;
  let starPart = -1;
  let starAt = 0;
  while (at < text.length || part < parts.length) {
    const current = parts[part];
    if (current !== undefined) {
      if (typeof current === 'string') {
        if (text.startsWith(current, at)) {
          at += current.length;
          part++;
          continue;
        }
      } else if (current.wild !== '*') {
        if (current.wild === '?' ? at < text.length : DASHES.includes(text[at] ?? '')) {
          // A character beyond the first plane is one character.
          at += text.codePointAt(at)! > 0xffff ? 2 : 1;
          part++;
          continue;
        }
      } else {
        starPart = part++;
        starAt = at;
        if (part === parts.length) return true;
        continue;
      }
    }
    if (starPart === -1 || starAt >= text.length) return false;
    // Jump to the next place where the literal after the star can stand.
    const wanted = parts[starPart + 1];
    starAt++;
    if (typeof wanted === 'string') {
      const next = text.indexOf(wanted, starAt);
      if (next === -1) return false;
      starAt = next;
    }
    at = starAt;
    part = starPart + 1;
  }
  return true;
}

const shown = (value: FieldValue): string => (value === null || value === undefined ? '' : String(value));
const STAR: Part = { wild: '*' };
const MAX_SPELLINGS = 5 ** 5;

interface Draft {
  parts: Part[];
}

const DASHES = '-/\u2013\u2014\u2015';
/** A flag's dash stands where no word ends before it and a word begins after it. */
const FLAG = /\B[-/\u2013\u2014\u2015](?=\w)/g;

/** Every flag dash becomes any of the five: all permutations, as the specification has it. */
const windash = (parts: Part[]): Part[] =>
  parts.flatMap((part): Part[] => {
    if (typeof part !== 'string') return [part];
    const between = part.split(FLAG);
    return between.flatMap((text, i): Part[] => [...(i > 0 ? [{ wild: '-' } as const] : []), ...(text ? [text] : [])]);
  });

/** Texts that stand for the parts once each dash is chosen; encodings need them spelt out. */
function spelled(parts: readonly Part[]): Part[][] {
  let found: Part[][] = [[]];
  for (const part of parts) {
    if (typeof part === 'string' || part.wild !== '-') for (const one of found) one.push(part);
    else {
      found = found.flatMap((one) => [...DASHES].map((dash) => [...one, dash]));
      if (found.length > MAX_SPELLINGS) throw new SigmaError('windash and an encoding give too many spellings');
    }
  }
  return found;
}

const plainOf = (parts: readonly Part[], modifier: string): string => {
  if (parts.some((part) => typeof part !== 'string'))
    throw new SigmaError(`${modifier} cannot be combined with wildcards`);
  return parts.join('');
};

const BASE64_FROM = [0, 2, 3];
const BASE64_CUT: (number | undefined)[] = [undefined, -3, -2];

/** A test for a list of encoded spellings that may stand anywhere. */
function encode(drafts: Draft[], modifier: string): Draft[] {
  return drafts.flatMap(({ parts }): Draft[] => {
    const text = plainOf(parts, modifier);
    switch (modifier) {
      case 'utf16le':
      case 'wide':
        return [{ parts: [Buffer.from(text, 'utf16le').toString('latin1')] }];
      case 'utf16be':
        return [{ parts: [Buffer.from(text, 'utf16le').swap16().toString('latin1')] }];
      case 'utf16':
        return [{ parts: [`\u00ff\u00fe${Buffer.from(text, 'utf16le').toString('latin1')}`] }];
      case 'base64':
        return [{ parts: [Buffer.from(text, byteEncoding(text)).toString('base64')] }];
      default:
        return [0, 1, 2].map((shift) => {
          const bytes = Buffer.concat([Buffer.alloc(shift, 32), Buffer.from(text, byteEncoding(text))]);
          return { parts: [bytes.toString('base64').slice(BASE64_FROM[shift], BASE64_CUT[bytes.length % 3])] };
        });
    }
  });
}

/** Text that was widened before holds bytes; everything else is UTF-8. */
const byteEncoding = (text: string): 'latin1' | 'utf8' => (text.includes('\0') ? 'latin1' : 'utf8');

const ENCODINGS = new Set(['utf16le', 'utf16be', 'utf16', 'wide', 'base64', 'base64offset']);
const TIME_PARTS: { [modifier: string]: (date: Date) => number } = {
  minute: (date) => date.getUTCMinutes(),
  hour: (date) => date.getUTCHours(),
  day: (date) => date.getUTCDate(),
  week: (date) => isoWeek(date),
  month: (date) => date.getUTCMonth() + 1,
  year: (date) => date.getUTCFullYear(),
};
const KNOWN = new Set([
  'all',
  'startswith',
  'endswith',
  'contains',
  'exists',
  'cased',
  'neq',
  'windash',
  're',
  'i',
  'm',
  's',
  'ignorecase',
  'multiline',
  'dotall',
  'lt',
  'lte',
  'gt',
  'gte',
  'cidr',
  'expand',
  'fieldref',
  ...ENCODINGS,
  ...Object.keys(TIME_PARTS),
]);

/** ISO 8601 week of the year. */
function isoWeek(date: Date): number {
  const day = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  return Math.ceil(((day.getTime() - Date.UTC(day.getUTCFullYear(), 0, 1)) / 86_400_000 + 1) / 7);
}

function compare(modifier: string, wanted: number): (actual: number) => boolean {
  switch (modifier) {
    case 'lt':
      return (actual) => actual < wanted;
    case 'lte':
      return (actual) => actual <= wanted;
    case 'gt':
      return (actual) => actual > wanted;
    default:
      return (actual) => actual >= wanted;
  }
}

/** What a placeholder such as `%admins%` stands for. */
export type Placeholders = { [name: string]: string[] };

function expand(text: string, placeholders: Placeholders | undefined): string[] {
  const names = [...text.matchAll(/(?<!\\)%([\w.-]{1,64})%/g)];
  if (names.length === 0) return [text.replaceAll('\\%', '%')];
  let texts = [text];
  for (const [whole, name] of names) {
    const values = placeholders?.[name!];
    if (!values) throw new SigmaError(`the placeholder ${whole} has no value`);
    texts = texts.flatMap((template) => values.map((value) => template.replace(whole, () => value)));
    if (texts.length > 10_000) throw new SigmaError('placeholders expand to too many values');
  }
  return texts.map((expanded) => expanded.replaceAll('\\%', '%'));
}

/** A test for one value of a field. @throws SigmaError for a modifier that does not fit. */
export function compileValue(value: unknown, modifiers: readonly string[], placeholders?: Placeholders): Test {
  for (const modifier of modifiers)
    if (!KNOWN.has(modifier)) throw new SigmaError(`the modifier ${modifier} is not known`);
  const has = (modifier: string): boolean => modifiers.includes(modifier);
  if (has('neq')) {
    const test = compileValue(
      value,
      modifiers.filter((modifier) => modifier !== 'neq'),
      placeholders,
    );
    return (actual, event) => !test(actual, event);
  }
  if (has('exists')) {
    const wanted = value === true || value === 'true' || value === 'yes';
    return (actual) => (actual !== undefined) === wanted;
  }
  const timePart = modifiers.find((modifier) => modifier in TIME_PARTS);
  if (timePart) {
    const part = TIME_PARTS[timePart]!;
    const comparison = modifiers.find((modifier) => /^[lg]te?$/.test(modifier));
    const wanted = Number(value);
    const holds = comparison ? compare(comparison, wanted) : (actual: number): boolean => actual === wanted;
    return (actual) => {
      const date = new Date(typeof actual === 'number' ? actual : shown(actual));
      return !Number.isNaN(date.getTime()) && holds(part(date));
    };
  }
  const comparison = modifiers.find((modifier) => /^[lg]te?$/.test(modifier));
  if (comparison) {
    const wanted = Number(value);
    if (!Number.isFinite(wanted) || typeof value === 'boolean') throw new SigmaError(`${comparison} needs a number`);
    const holds = compare(comparison, wanted);
    return (actual) =>
      actual !== undefined &&
      actual !== null &&
      actual !== '' &&
      Number.isFinite(Number(actual)) &&
      holds(Number(actual));
  }
  if (value === null) return (actual) => actual === null || actual === undefined;
  if (typeof value === 'boolean')
    return (actual) => actual !== undefined && String(actual).toLowerCase() === String(value);
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new SigmaError('a value is neither text nor number');
  const text = String(value);
  if (has('fieldref')) {
    return (actual, event) => {
      const other = event.fields[text];
      if (actual === undefined || other === undefined || other === null) return false;
      const [left, right] = has('cased')
        ? [shown(actual), shown(other)]
        : [shown(actual).toLowerCase(), shown(other).toLowerCase()];
      if (has('contains')) return left.includes(right);
      if (has('startswith')) return left.startsWith(right);
      if (has('endswith')) return left.endsWith(right);
      return left === right;
    };
  }
  if (has('re')) return compilePattern(text, modifiers);
  if (has('cidr')) {
    const network = parseNetwork(text);
    if (!network) throw new SigmaError(`${text} is no network`);
    return (actual) => typeof actual === 'string' && inNetwork(network, actual);
  }
  const texts = has('expand') ? expand(text, placeholders) : [text];
  let drafts: Draft[] = texts.map((plain) => ({ parts: parseWildcards(plain) }));
  for (const modifier of modifiers) {
    if (modifier === 'windash') drafts = drafts.map(({ parts }) => ({ parts: windash(parts) }));
    else if (ENCODINGS.has(modifier)) {
      drafts = encode(
        drafts.flatMap(({ parts }) => spelled(parts).map((variant) => ({ parts: variant }))),
        modifier,
      );
    } else if (modifier === 'contains') drafts = drafts.map(({ parts }) => ({ parts: [STAR, ...parts, STAR] }));
    else if (modifier === 'startswith') drafts = drafts.map(({ parts }) => ({ parts: [...parts, STAR] }));
    else if (modifier === 'endswith') drafts = drafts.map(({ parts }) => ({ parts: [STAR, ...parts] }));
  }
  const cased = has('cased');
  const patterns = drafts.map(({ parts }) =>
    cased ? parts : parts.map((part) => (typeof part === 'string' ? part.toLowerCase() : part)),
  );
  return (actual) => {
    if (actual === undefined || actual === null) return false;
    const subject = cased ? shown(actual) : shown(actual).toLowerCase();
    return patterns.some((parts) => matchParts(parts, subject));
  };
}

/** `re`: unanchored, case-sensitive unless `i`; RE2 syntax, which runs in linear time. */
function compilePattern(text: string, modifiers: readonly string[]): Test {
  let flags = 0;
  if (modifiers.includes('i') || modifiers.includes('ignorecase')) flags |= RE2JS.CASE_INSENSITIVE;
  if (modifiers.includes('m') || modifiers.includes('multiline')) flags |= RE2JS.MULTILINE;
  if (modifiers.includes('s') || modifiers.includes('dotall')) flags |= RE2JS.DOTALL;
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(text, flags);
  } catch (error) {
    throw new SigmaError(`the pattern cannot run in linear time or is wrong: ${(error as Error).message}`);
  }
  return (actual) => actual !== undefined && actual !== null && pattern.matcher(shown(actual)).find();
}

/** A keyword: found anywhere in the text, wildcards allowed. */
export function compileKeyword(value: unknown, modifiers: readonly string[], placeholders?: Placeholders): Test {
  if (modifiers.includes('re')) return compileValue(value, modifiers, placeholders);
  return compileValue(value, ['contains', ...modifiers.filter((modifier) => modifier !== 'contains')], placeholders);
}
