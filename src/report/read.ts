/** Reading a saved report back: checked against the published schema before anything renders it. */
import schema from '../../schema/report.schema.json' with { type: 'json' };
import type { Report } from './types.ts';

interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: { [name: string]: Schema };
  required?: string[];
  additionalProperties?: Schema;
  items?: Schema;
}

/** A report of a few hundred MB is no report. */
export const MAX_REPORT_BYTES = 256 * 2 ** 20;
const MAX_PROBLEMS = 20;
const MAX_DEPTH = 40;

const definitions = schema.$defs as unknown as { [name: string]: Schema };

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** The part of JSON Schema 2020-12 that the published schema uses. */
function check(value: unknown, rule: Schema, path: string, problems: string[], depth: number): void {
  if (problems.length >= MAX_PROBLEMS) return;
  if (depth > MAX_DEPTH) {
    problems.push(`${path}: nested too deeply`);
    return;
  }
  if (rule.$ref) {
    check(value, definitions[rule.$ref.slice('#/$defs/'.length)]!, path, problems, depth + 1);
    return;
  }
  if (rule.anyOf) {
    const fits = rule.anyOf.some((one) => {
      const inner: string[] = [];
      check(value, one, path, inner, depth + 1);
      return inner.length === 0;
    });
    if (!fits) problems.push(`${path}: ${typeOf(value)} fits none of the allowed shapes`);
    return;
  }
  if ('const' in rule && value !== rule.const) problems.push(`${path}: must be ${JSON.stringify(rule.const)}`);
  if (rule.enum && !rule.enum.includes(value)) problems.push(`${path}: must be one of ${rule.enum.join(', ')}`);
  const types = rule.type === undefined ? [] : [rule.type].flat();
  if (types.length && !types.includes(typeOf(value))) {
    problems.push(`${path}: must be ${types.join(' or ')}, is ${typeOf(value)}`);
    return;
  }
  if (Array.isArray(value) && rule.items) {
    for (const [i, item] of value.entries()) check(item, rule.items, `${path}[${i}]`, problems, depth + 1);
  } else if (typeOf(value) === 'object') {
    const object = value as { [name: string]: unknown };
    for (const name of rule.required ?? [])
      if (!Object.hasOwn(object, name)) problems.push(`${path}: ${name} is missing`);
    for (const [name, inner] of Object.entries(object)) {
      const known =
        rule.properties && Object.hasOwn(rule.properties, name) ? rule.properties[name] : rule.additionalProperties;
      if (known) check(inner, known, path ? `${path}.${name}` : name, problems, depth + 1);
    }
  }
}

export type ReadResult = { report: Report } | { problems: string[] };

/** Parses and checks a saved report. Problems name the place and what was expected there. */
export function readReport(text: string): ReadResult {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    return { problems: [`not JSON: ${(error as Error).message}`] };
  }
  const problems: string[] = [];
  check(value, schema as unknown as Schema, '', problems, 0);
  return problems.length
    ? { problems: problems.map((p) => p.replace(/^: /, 'report: ')) }
    : { report: value as Report };
}
