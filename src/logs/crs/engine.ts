/** Runs the rules over one request. */
import { append } from '../../lists.ts';
import { type Letters, lettersOf } from './letters.ts';
import { compileOperator, type Operator } from './operators.ts';
import { Collections, names, type Value } from './request.ts';
import { knowsTransform, transform } from './transform.ts';
import type { CrsData, CrsMatch, CrsRequest, CrsRule, Link, Target } from './types.ts';

interface CompiledLink {
  link: Link;
  operator: Operator;
  targets: { target: Target; pattern: RegExp | undefined }[];
  excluded: { target: Target; pattern: RegExp | undefined }[];
}

interface CompiledRule {
  rule: CrsRule;
  links: CompiledLink[];
}

/** Member patterns name cookies and arguments; only short ones without nesting are taken. */
function memberPattern(target: Target): RegExp | undefined {
  if (!target.pattern || target.member === undefined) return undefined;
  try {
    return new RegExp(target.member.slice(0, 200), 'i');
  } catch {
    return /(?!)/;
  }
}

function compileLink(link: Link, data: CrsData): CompiledLink | undefined {
  const operator = compileOperator(link, data);
  if (!operator || !link.transforms.every(knowsTransform)) return undefined;
  const all = link.targets.map((target) => ({ target, pattern: memberPattern(target) }));
  return {
    link,
    operator,
    targets: all.filter(({ target }) => !target.excluded),
    excluded: all.filter(({ target }) => target.excluded),
  };
}

/** What a chain has matched so far. */
interface Matched {
  captures: string[];
  values: Value[];
}

export class CrsEngine {
  readonly version: string;
  readonly rules: readonly CompiledRule[];
  /** Rules whose patterns or functions cannot be run here. */
  readonly unsupported: number[] = [];

  /** @param paranoia highest level to run; 1 is meant for production, higher ones suspect more. */
  constructor(data: CrsData, paranoia = 4) {
    this.version = data.version;
    const rules: CompiledRule[] = [];
    for (const rule of data.rules) {
      if (rule.paranoia > paranoia) continue;
      const links = rule.links.map((link) => compileLink(link, data));
      if (links.every((link) => link !== undefined)) rules.push({ rule, links });
      else this.unsupported.push(rule.id);
    }
    this.rules = rules;
  }

  /** Every rule that the request matches, in the order of the rule set. */
  match(request: CrsRequest): CrsMatch[] {
    const collections = new Collections(request);
    const transformed = new Map<string, Spelling>();
    const matches: CrsMatch[] = [];
    for (const { rule, links } of this.rules) {
      const hit = this.#holds(links, 0, collections, transformed, { captures: [], values: [] });
      if (hit) matches.push({ rule, where: hit.name, value: hit.text });
    }
    return matches;
  }

  /** @returns what the first link matched. */
  #holds(
    links: CompiledLink[],
    index: number,
    collections: Collections,
    transformed: Map<string, Spelling>,
    matched: Matched,
  ): Value | undefined {
    const compiled = links[index]!;
    const hits: Value[] = [];
    let captures = matched.captures;
    for (const value of valuesOf(compiled, collections, matched)) {
      for (const { text, letters } of spellings(compiled.link, value.text, transformed)) {
        const groups = compiled.operator.mayMatch(letters) ? compiled.operator.run(text) : undefined;
        if ((groups !== undefined) === compiled.link.negated) continue;
        if (groups && compiled.link.capture) captures = groups;
        hits.push({ name: value.name, text });
        break;
      }
    }
    if (hits.length === 0) return undefined;
    if (index + 1 < links.length) {
      const rest = this.#holds(links, index + 1, collections, transformed, { captures, values: hits });
      if (rest === undefined) return undefined;
    }
    return hits[0]!;
  }
}

function valuesOf(compiled: CompiledLink, collections: Collections, matched: Matched): Value[] {
  const found: Value[] = [];
  for (const { target, pattern } of compiled.targets) {
    switch (target.collection) {
      case 'TX': {
        const text = matched.captures[Number(target.member)];
        if (text !== undefined) found.push({ name: `TX:${target.member}`, text });
        break;
      }
      case 'MATCHED_VAR':
        if (matched.values.length > 0) found.push(matched.values.at(-1)!);
        break;
      case 'MATCHED_VARS':
        append(found, matched.values);
        break;
      case 'MATCHED_VAR_NAME':
      case 'MATCHED_VARS_NAMES':
        append(
          found,
          matched.values.map(({ name }) => ({ name, text: name })),
        );
        break;
      default:
        for (const value of collections.values(target.collection)) if (names(target, value, pattern)) found.push(value);
    }
  }
  if (compiled.excluded.length === 0) return found;
  return found.filter(
    (value) =>
      !compiled.excluded.some(
        ({ target, pattern }) => value.name.split(':', 1)[0] === target.collection && names(target, value, pattern),
      ),
  );
}

interface Spelling {
  text: string;
  letters: Letters;
}

/** The value after all transformations, or after each of them where the rule asks for that. */
function spellings(link: Link, text: string, known: Map<string, Spelling>): Spelling[] {
  let current = known.get(text);
  if (!current) {
    current = { text, letters: lettersOf(text) };
    known.set(text, current);
  }
  if (!link.multiMatch) {
    const whole = `${link.transforms.join()}\0${text}`;
    let last = known.get(whole);
    if (!last) {
      last = link.transforms.reduce((before, name) => next(name, before), current);
      known.set(whole, last);
    }
    return [last];
  }
  const steps = [current];
  for (const name of link.transforms) {
    const after = next(name, current);
    if (after !== current) steps.push(after);
    current = after;
  }
  return steps;
}

function next(name: string, before: Spelling): Spelling {
  const text = transform(name, before.text);
  return text === before.text ? before : { text, letters: lettersOf(text) };
}
