/** Checks located values against a shape. Every departure becomes a problem at its own position. */
import type { Json } from '../finding.ts';
import type { Located, LocatedEntry } from './located.ts';
import { didYouMean, type Problem, type Range, type SourceText } from './problem.ts';
import { FORMATS, type ObjectShape, type Shape } from './shape.ts';

/** What people write who know other engines, and what it is called here. */
const FOREIGN_KEYS: { readonly [key: string]: string } = {
  name: 'title',
  when: 'if',
  condition: 'if',
  depends_on: 'needs',
  'depends-on': 'needs',
  dependson: 'needs',
  requires: 'needs',
  retries: 'retry',
  loop: 'for-each',
  foreach: 'for-each',
  with_items: 'for-each',
  matrix: 'for-each',
  command: 'run',
  cmd: 'run',
  script: 'run',
  shell: 'run',
  action: 'uses',
  args: 'with',
  parameters: 'with',
  params: 'with',
  on_failure: 'on-failure',
  on_error: 'on-failure',
  'continue-on-error': 'on-failure',
  'timeout-minutes': 'timeout',
  timeout_seconds: 'timeout',
  vars: 'inputs',
  variables: 'inputs',
  steps: 'phases',
  evidence: 'expected-evidence',
  applies: 'applies-to',
};

/** More than this many problems help nobody. */
const MAX_PROBLEMS = 500;

export class Validator {
  readonly problems: Problem[] = [];
  private readonly source: SourceText;

  constructor(source: SourceText) {
    this.source = source;
  }

  /** The plain value as far as it fits the shape; what does not fit is reported and left out. */
  check(shape: Shape, node: Located, where: string): Json | undefined {
    switch (shape.kind) {
      case 'any':
        return this.any(node);
      case 'text':
        return this.text(shape, node, where);
      case 'flag':
        if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
        return this.wrongType(node, where, 'true or false');
      case 'count':
        return this.count(shape, node, where);
      case 'list':
        return this.list(shape, node, where);
      case 'map':
        return this.map(shape, node, where);
      case 'object':
        return this.object(shape, node, where);
      case 'either': {
        const option = shape.options.find((candidate) => structure(candidate) === node.kind) ?? shape.options[0]!;
        return this.check(option, node, where);
      }
    }
  }

  private report(range: Range, rule: string, message: string, suggestion: string): undefined {
    if (this.problems.length < MAX_PROBLEMS)
      this.problems.push(this.source.problem(range, rule, 'error', message, suggestion));
    return undefined;
  }

  private wrongType(node: Located, where: string, wanted: string): undefined {
    const got =
      node.kind === 'list'
        ? 'a list'
        : node.kind === 'map'
          ? 'a mapping'
          : node.value === null
            ? 'nothing'
            : typeof node.value === 'string'
              ? quote(node.value)
              : // As written: 1.0 is no version, and it is not 1 that stands there.
                this.source.text.slice(node.range[0], node.range[1]).trim().slice(0, 60);
    return this.report(node.range, 'wrong-type', `${where} must be ${wanted}, but is ${got}`, `write ${wanted} here`);
  }

  private any(node: Located): Json {
    if (node.kind === 'scalar') return node.value;
    if (node.kind === 'list') return node.items.map((item) => this.any(item));
    return Object.fromEntries(node.entries.map((entry) => [entry.key, this.any(entry.value)]));
  }

  private text(shape: Extract<Shape, { kind: 'text' }>, node: Located, where: string): Json | undefined {
    if (node.kind !== 'scalar' || node.value === null)
      return this.wrongType(node, where, shape.values ? `one of ${shape.values.join(', ')}` : 'text');
    const value = String(node.value);
    if (shape.values) {
      if (shape.values.includes(value)) return value;
      const near = didYouMean(value, shape.values);
      return this.report(
        node.range,
        'wrong-value',
        `${where} is ${quote(value)}, which is not one of its values`,
        near ? `did you mean "${near}"? allowed: ${shape.values.join(', ')}` : `allowed: ${shape.values.join(', ')}`,
      );
    }
    if (typeof node.value !== 'string' && shape.format !== 'expression') {
      if (shape.format === 'duration')
        return this.report(
          node.range,
          'wrong-value',
          `${where} is ${value}, a number without a unit`,
          `write the unit: ${value}s for seconds, ${value}m for minutes`,
        );
      if (shape.format) return this.wrongType(node, where, FORMATS[shape.format].says);
      // Plain scalars such as 443 or true stand for their text where text is asked for.
      return this.source.text.slice(node.range[0], node.range[1]).trim() || value;
    }
    if (value.trim() === '')
      return this.report(node.range, 'wrong-value', `${where} is empty`, 'write its text, or remove the key');
    if (value.length > shape.maxLength) {
      return this.report(
        node.range,
        'wrong-value',
        `${where} has ${value.length} characters; at most ${shape.maxLength} are allowed`,
        'shorten it',
      );
    }
    if (shape.format && !new RegExp(FORMATS[shape.format].pattern).test(value)) {
      return this.report(
        node.range,
        'wrong-value',
        `${where} is ${quote(value)}; it must be ${FORMATS[shape.format].says}`,
        formatHint(shape.format, value),
      );
    }
    return value;
  }

  private count(shape: Extract<Shape, { kind: 'count' }>, node: Located, where: string): Json | undefined {
    if (node.kind !== 'scalar' || typeof node.value !== 'number')
      return this.wrongType(node, where, shape.integer ? 'a whole number' : 'a number');
    if ((shape.integer && !Number.isInteger(node.value)) || node.value < shape.min || node.value > shape.max) {
      const range = shape.min === shape.max ? `${shape.min}` : `between ${shape.min} and ${shape.max}`;
      return this.report(
        node.range,
        'wrong-value',
        `${where} is ${node.value}; it must be ${range}`,
        `write a ${shape.integer ? 'whole ' : ''}number ${range}`,
      );
    }
    return node.value;
  }

  private list(shape: Extract<Shape, { kind: 'list' }>, node: Located, where: string): Json | undefined {
    if (node.kind !== 'list') return this.wrongType(node, where, 'a list');
    if (node.items.length < shape.min || node.items.length > shape.max) {
      const wanted = node.items.length < shape.min ? `at least ${shape.min}` : `at most ${shape.max}`;
      this.report(
        node.range,
        'wrong-value',
        `${where} has ${node.items.length} items; it needs ${wanted}`,
        `write ${wanted} ${shape.min === 1 && node.items.length < 1 ? 'item' : 'items'}`,
      );
    }
    const seen = new Set<string>();
    const values: Json[] = [];
    for (const [index, item] of node.items.slice(0, shape.max).entries()) {
      const value = this.check(shape.item, item, `${where}[${index}]`);
      if (value === undefined) continue;
      const key = JSON.stringify(value);
      if (shape.unique && seen.has(key))
        this.report(item.range, 'duplicate-item', `${where} names ${key} twice`, 'remove the second');
      seen.add(key);
      values.push(value);
    }
    return values;
  }

  private map(shape: Extract<Shape, { kind: 'map' }>, node: Located, where: string): Json | undefined {
    if (node.kind !== 'map') return this.wrongType(node, where, 'a mapping of names to values');
    const result: { [key: string]: Json } = Object.create(null) as { [key: string]: Json };
    for (const entry of node.entries) {
      if (shape.keys && !new RegExp(FORMATS[shape.keys].pattern).test(entry.key)) {
        this.report(
          entry.keyRange,
          'wrong-value',
          `the name ${quote(entry.key)} in ${where} must be ${FORMATS[shape.keys].says}`,
          formatHint(shape.keys, entry.key),
        );
        continue;
      }
      const value = this.check(shape.value, entry.value, `${where}.${entry.key}`);
      if (value !== undefined) result[entry.key] = value;
    }
    return { ...result };
  }

  private object(shape: ObjectShape, node: Located, where: string): Json | undefined {
    if (node.kind !== 'map')
      return this.wrongType(
        node,
        where,
        `a mapping (${Object.keys({ ...shape.required, ...shape.optional })
          .slice(0, 4)
          .join(', ')}, ...)`,
      );
    const members: { readonly [key: string]: Shape } = { ...shape.required, ...shape.optional };
    const result: { [key: string]: Json } = {};
    for (const entry of node.entries) {
      const member = Object.hasOwn(members, entry.key) ? members[entry.key] : undefined;
      if (!member && this.problems.length >= MAX_PROBLEMS) break;
      if (!member) {
        this.unknownKey(entry, where, Object.keys(members), holderOf(entry.key, members));
        continue;
      }
      const value = this.check(member, entry.value, where === 'the playbook' ? entry.key : `${where}.${entry.key}`);
      if (value !== undefined) result[entry.key] = value;
    }
    const written = new Set(node.entries.map((entry) => entry.key));
    const at: Range = node.entries[0]?.keyRange ?? node.range;
    for (const key of Object.keys(shape.required)) {
      if (!written.has(key))
        this.report(
          at,
          shape.title === 'ForEach' && key === 'max' ? 'unbounded-loop' : 'missing-key',
          `${where} has no "${key}"`,
          `add "${key}": ${lowerFirst(shape.required[key]!.description)}`,
        );
    }
    if (shape.exactlyOne) {
      const found = node.entries.filter((entry) => shape.exactlyOne!.includes(entry.key));
      if (found.length === 0)
        this.report(
          at,
          'missing-key',
          `${where} does nothing: it has none of ${shape.exactlyOne.join(', ')}`,
          `add one of ${shape.exactlyOne.join(', ')}`,
        );
      for (const extra of found.slice(1)) {
        this.report(
          extra.keyRange,
          'conflicting-keys',
          `${where} has both "${found[0]!.key}" and "${extra.key}"`,
          `keep one, or make two steps of it`,
        );
      }
    }
    return result;
  }

  private unknownKey(entry: LocatedEntry, where: string, known: string[], holder: string | undefined): void {
    const foreign = FOREIGN_KEYS[entry.key.toLowerCase()];
    const near = (foreign && known.includes(foreign) ? foreign : undefined) ?? didYouMean(entry.key, known);
    this.report(
      entry.keyRange,
      'unknown-key',
      `${where} has an unknown key "${entry.key.slice(0, 80)}"`,
      holder
        ? `write it under ${holder}: ${holder}: { ${entry.key.slice(0, 80)}: ... }`
        : near
          ? `did you mean "${near}"?`
          : entry.value.kind === 'scalar' && entry.value.value === null
            ? `if it belongs to the text before it, put that text in quotes; otherwise remove it (known keys: ${known.join(', ')})`
            : `remove it; known keys: ${known.join(', ')}`,
    );
  }
}

/** Names of inputs that steps take, met where they are forgotten to be under `with`. */
const INPUTS_OF_STEPS: ReadonlySet<string> = new Set(['paths', 'targets', 'groups', 'causes', 'findings']);

/** The member under which a key belongs that stands one level too high; undefined when none has it. */
function holderOf(key: string, members: { readonly [name: string]: Shape }): string | undefined {
  if ('with' in members && INPUTS_OF_STEPS.has(key)) return 'with';
  return Object.entries(members).find(
    ([, shape]) => shape.kind === 'object' && (key in shape.required || key in shape.optional),
  )?.[0];
}

function structure(shape: Shape): Located['kind'] {
  if (shape.kind === 'list') return 'list';
  return shape.kind === 'map' || shape.kind === 'object' ? 'map' : 'scalar';
}

function quote(value: string | number | boolean): string {
  return JSON.stringify(typeof value === 'string' && value.length > 60 ? `${value.slice(0, 57)}...` : value);
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function formatHint(format: keyof typeof FORMATS, value: string): string {
  if (format === 'id') {
    const fixed = value
      .toLowerCase()
      .replace(/[^a-z0-9]{1,200}/g, '-')
      .replace(/^[-0-9]{1,200}|-$/g, '')
      .slice(0, 63);
    return fixed ? `write "${fixed}"` : 'choose a name of letters';
  }
  if (format === 'duration') return 'write for example 500ms, 30s, 5m, 2h or 1d';
  if (format === 'secret-reference') return 'never write the secret itself; put it in a variable and write env:NAME';
  return `write ${FORMATS[format].says}`;
}
