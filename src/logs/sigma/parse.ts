/** YAML documents to rules, correlations and filters. */

import { parseAllDocuments, type ScalarTag } from 'yaml';
import { isPlain, type Plain } from '../../plain.ts';
import { yamlRefusal } from '../../yaml-bounds.ts';
import { parseCondition } from './condition.ts';
import {
  CORRELATION_TYPES,
  type CorrelationType,
  OPERATORS,
  type Operator,
  type SigmaCorrelation,
  SigmaError,
  type SigmaFilter,
  type SigmaMeta,
  type SigmaProblem,
  type SigmaRule,
} from './types.ts';

export type SigmaDocument = SigmaRule | SigmaCorrelation | SigmaFilter;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
const list = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).map(String);

function metaOf(document: Plain, file: string): SigmaMeta {
  const meta: SigmaMeta = {
    title: text(document.title) ?? '(untitled)',
    tags: list(document.tags),
    references: list(document.references),
    file,
  };
  for (const key of ['id', 'name', 'status', 'description', 'author', 'license', 'level'] as const) {
    const value = text(document[key]);
    if (value !== undefined) meta[key] = value;
  }
  return meta;
}

function logsourceOf(value: unknown): SigmaRule['logsource'] {
  if (!isPlain(value)) return {};
  const selector: SigmaRule['logsource'] = {};
  for (const key of ['category', 'product', 'service'] as const) {
    const part = text(value[key]);
    if (part !== undefined) selector[key] = part.toLowerCase();
  }
  return selector;
}

function detectionsOf(section: Plain): { detections: Map<string, unknown>; conditions: string[] } {
  const conditions = list(section.condition);
  if (conditions.length === 0) throw new SigmaError('the detection has no condition');
  const detections = new Map<string, unknown>();
  for (const [name, value] of Object.entries(section)) {
    if (name === 'condition' || name === 'timeframe' || name === 'rules') continue;
    detections.set(name, value);
  }
  if (detections.size === 0) throw new SigmaError('the detection has no search identifier');
  return { detections, conditions };
}

const UNITS: { [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `90m` to milliseconds. */
function timespanOf(value: unknown): number {
  const match = /^(\d{1,9})([smhdw])$/.exec(String(value));
  if (!match) throw new SigmaError(`timespan ${String(value)} is no number with s, m, h or d`);
  return Number(match[1]) * UNITS[match[2]!]!;
}

function correlationOf(meta: SigmaMeta, section: Plain): SigmaCorrelation {
  const type = String(section.type) as CorrelationType;
  if (!CORRELATION_TYPES.includes(type)) throw new SigmaError(`correlation type ${type} is not known`);
  const rules = list(section.rules);
  if (rules.length === 0) throw new SigmaError('the correlation names no rules');
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  const conditions: SigmaCorrelation['conditions'] = [];
  let fields: string[] = [];
  let percentile = 95;
  if (isPlain(section.condition)) {
    for (const [key, value] of Object.entries(section.condition)) {
      if (OPERATORS.includes(key as Operator)) {
        // Thresholds may be fractions: "integer or float".
        if (typeof value !== 'number' || !Number.isFinite(value)) throw new SigmaError(`condition ${key} is no number`);
        conditions.push({ operator: key as Operator, value });
      } else if (key === 'field') fields = list(value);
      else if (key === 'percentile') percentile = Number(value);
      else throw new SigmaError(`condition ${key} is not known`);
    }
  } else if (section.condition !== undefined && !temporal)
    throw new SigmaError(`the condition of ${type} is no mapping`);
  // `rule_a and not rule_b`: approved for 2.2; an order cannot be said with "not" and "or".
  const words = typeof section.condition === 'string' ? section.condition : undefined;
  if (words !== undefined && type === 'temporal_ordered')
    throw new SigmaError('a condition in words has no order; write type: temporal');
  const expression = words === undefined ? undefined : parseCondition(words, rules);
  if (!temporal && conditions.length === 0) throw new SigmaError('the correlation has no condition');
  if (type.startsWith('value_') && fields.length === 0) throw new SigmaError(`${type} needs a field`);
  if (!(percentile > 0 && percentile <= 100)) throw new SigmaError('percentile is outside 0..100');
  const aliases = new Map<string, Map<string, string>>();
  if (isPlain(section.aliases)) {
    for (const [alias, byRule] of Object.entries(section.aliases)) {
      if (isPlain(byRule))
        aliases.set(alias, new Map(Object.entries(byRule).map(([rule, field]) => [rule, String(field)])));
    }
  }
  return {
    ...meta,
    kind: 'correlation',
    type,
    rules,
    groupBy: list(section['group-by']),
    timespan: timespanOf(section.timespan ?? section.timeframe),
    conditions,
    fields,
    ...(expression ? { expression } : {}),
    percentile,
    aliases,
    generate: section.generate === true,
  };
}

/** One document as it comes from YAML. @throws SigmaError saying what is wrong with it. */
export function readDocument(document: unknown, file: string): SigmaDocument {
  if (!isPlain(document)) throw new SigmaError('the document is no mapping');
  const meta = metaOf(document, file);
  if (isPlain(document.correlation))
    return correlationOf(meta, {
      ...document.correlation,
      generate: document.correlation.generate ?? document.generate,
    });
  if (isPlain(document.filter)) {
    const { rules } = document.filter;
    const named = rules === undefined || rules === 'any' || rules === null ? ('any' as const) : list(rules);
    return {
      ...meta,
      kind: 'filter',
      logsource: logsourceOf(document.logsource),
      rules: named,
      ...detectionsOf(document.filter),
    };
  }
  if (!isPlain(document.detection)) throw new SigmaError('the document has neither detection, correlation nor filter');
  return { ...meta, kind: 'rule', logsource: logsourceOf(document.logsource), ...detectionsOf(document.detection) };
}

/** `00000429` is what stands in the log, letter for letter, and no number. */
const PADDED: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  test: /^0\d+$/,
  resolve: (source) => source,
};

/** Values of all rules of one file: a thousand rules and more. */
const MOST_VALUES = 200_000;

/** All documents of a file, with `action: global` parts merged into those that follow. Never throws. */
export function parseSigma(content: string, file: string): { documents: SigmaDocument[]; problems: SigmaProblem[] } {
  const documents: SigmaDocument[] = [];
  const problems: SigmaProblem[] = [];
  let global: Plain = {};
  const refused = yamlRefusal(content, MOST_VALUES);
  if (refused) return { documents, problems: [{ file, title: file, what: `line ${refused.line}: ${refused.says}` }] };
  for (const parsed of parseAllDocuments(content, {
    uniqueKeys: false,
    logLevel: 'silent',
    customTags: (tags) => [PADDED, ...tags],
  })) {
    if (!('toJS' in parsed)) continue;
    let value: unknown;
    try {
      if (parsed.errors.length > 0) throw new SigmaError(`not YAML: ${parsed.errors[0]!.message.split('\n')[0]}`);
      // Aliases of YAML can blow up a small file; rules need none.
      value = parsed.toJS({ maxAliasCount: 100 });
      if (value === null || value === undefined) continue;
      if (isPlain(value) && value.action === 'global') {
        global = value;
        continue;
      }
      if (isPlain(value) && 'action' in global) {
        const { action: _action, ...rest } = global;
        value = {
          ...rest,
          ...value,
          ...(isPlain(rest.detection) && isPlain(value.detection)
            ? { detection: { ...rest.detection, ...value.detection } }
            : {}),
        };
      }
      documents.push(readDocument(value, file));
    } catch (error) {
      problems.push({
        file,
        title: isPlain(value) ? (text(value.title) ?? '(untitled)') : '(untitled)',
        what: (error as Error).message,
      });
    }
  }
  return { documents, problems };
}
