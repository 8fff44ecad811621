/** Rules to predicates, and why a rule matched or did not. */
import { type Condition, evaluate, parseCondition } from './condition.ts';
import { SigmaError, type SigmaEvent, type SigmaFilter, type SigmaRule } from './types.ts';
import { compileKeyword, compileValue, type Placeholders, type Test } from './values.ts';

type Detection = (event: SigmaEvent) => boolean;

/** One line of an explanation: a part of the rule and whether it held. */
export interface Reason {
  name: string;
  field: string;
  values: string;
  actual: string;
  holds: boolean;
}

interface Leaf {
  field: string;
  values: string;
  holds: Detection;
}

export interface CompiledRule {
  rule: SigmaRule;
  matches(event: SigmaEvent): boolean;
  explain(event: SigmaEvent): { matches: boolean; reasons: Reason[] };
}

const shownValue = (value: unknown): string => JSON.stringify(value)?.slice(0, 200) ?? 'null';

/** Case of field names matters in Sigma; `fields` is asked as written. */
function fieldDetection(key: string, value: unknown, leaves: Leaf[], placeholders?: Placeholders): Detection {
  const [field, ...modifiers] = key.split('|');
  const values = Array.isArray(value) ? value : [value];
  const all = modifiers.includes('all');
  const rest = modifiers.filter((modifier) => modifier !== 'all');
  const keyword = field === '';
  const tests: Test[] = values.map((one) =>
    keyword ? compileKeyword(one, rest, placeholders) : compileValue(one, rest, placeholders),
  );
  const negated = rest.includes('neq');
  const holds: Detection = (event) => {
    const actual = keyword ? textOf(event) : event.fields[field!];
    // "Different from the specified values" means from all of them.
    return all || negated ? tests.every((test) => test(actual, event)) : tests.some((test) => test(actual, event));
  };
  leaves.push({ field: keyword ? '(keywords)' : key, values: shownValue(value), holds });
  return holds;
}

function textOf(event: SigmaEvent): string {
  return event.text ?? Object.values(event.fields).join('\n');
}

/** A map is a conjunction, a list a disjunction, a bare value a keyword. */
function compileDetection(value: unknown, leaves: Leaf[], placeholders?: Placeholders, depth = 0): Detection {
  if (depth > 16) throw new SigmaError('the detection is nested too deeply');
  if (Array.isArray(value)) {
    if (value.length === 0) throw new SigmaError('a search identifier is an empty list');
    const parts = value.map((part) => compileDetection(part, leaves, placeholders, depth + 1));
    return (event) => parts.some((part) => part(event));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) throw new SigmaError('a search identifier is an empty map');
    const parts = entries.map(([key, part]) => fieldDetection(key, part, leaves, placeholders));
    return (event) => parts.every((part) => part(event));
  }
  return fieldDetection('', value, leaves, placeholders);
}

interface Compiled {
  conditions: Condition[];
  detections: Map<string, Detection>;
  leaves: Map<string, Leaf[]>;
}

function compileSection(
  section: { detections: Map<string, unknown>; conditions: string[] },
  placeholders?: Placeholders,
): Compiled {
  const names = [...section.detections.keys()];
  const conditions = section.conditions.map((text) => parseCondition(text, names));
  const leaves = new Map<string, Leaf[]>();
  const detections = new Map<string, Detection>();
  for (const [name, value] of section.detections) {
    const own: Leaf[] = [];
    detections.set(name, compileDetection(value, own, placeholders));
    leaves.set(name, own);
  }
  return { conditions, detections, leaves };
}

function holdsFor(compiled: Compiled, event: SigmaEvent): boolean {
  const known = new Map<string, boolean>();
  const holds = (name: string): boolean => {
    let result = known.get(name);
    if (result === undefined) {
      result = compiled.detections.get(name)!(event);
      known.set(name, result);
    }
    return result;
  };
  return compiled.conditions.some((condition) => evaluate(condition, holds));
}

/** Whether a filter names what is kept: written with `not` in front. */
export const keeps = ({ conditions }: SigmaFilter): boolean =>
  conditions.every((condition) => /^\s*not\b/i.test(condition));

/** Whether a filter speaks about a rule. */
export function concerns(filter: SigmaFilter, rule: SigmaRule): boolean {
  for (const key of ['category', 'product', 'service'] as const) {
    // A filter of a wider log source covers the narrower ones.
    if (filter.logsource[key] !== undefined && filter.logsource[key] !== rule.logsource[key]) return false;
  }
  return filter.rules === 'any' || filter.rules.some((name) => name === rule.id || name === rule.name);
}

/**
 * Compiles a rule with the filters that concern it. A filter suppresses what its condition describes; written with
 * `not` in front, the condition names what is kept, which is the same thing said the other way round.
 * @throws SigmaError
 */
export function compileRule(
  rule: SigmaRule,
  filters: readonly SigmaFilter[] = [],
  placeholders?: Placeholders,
): CompiledRule {
  const own = compileSection(rule, placeholders);
  const kept = filters
    .filter((filter) => concerns(filter, rule))
    .map((filter): Detection => {
      const compiled = compileSection(filter, placeholders);
      const kept = keeps(filter);
      return (event) => holdsFor(compiled, event) === kept;
    });
  const matches = (event: SigmaEvent): boolean => holdsFor(own, event) && kept.every((passes) => passes(event));
  return {
    rule,
    matches,
    explain(event) {
      const reasons: Reason[] = [];
      for (const [name, leaves] of own.leaves) {
        for (const { field, values, holds } of leaves) {
          const value = event.fields[field.split('|')[0]!];
          reasons.push({
            name,
            field,
            values,
            actual:
              field === '(keywords)'
                ? textOf(event).slice(0, 200)
                : value === undefined
                  ? '(no such field)'
                  : String(value).slice(0, 200),
            holds: holds(event),
          });
        }
      }
      for (const [i, passes] of kept.entries()) {
        reasons.push({ name: `filter ${i + 1}`, field: '', values: '', actual: '', holds: passes(event) });
      }
      return { matches: matches(event), reasons };
    },
  };
}
