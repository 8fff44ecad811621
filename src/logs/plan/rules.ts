/** Sigma rules and correlations as SQL: one row per hit of a rule, one row per beginning of a correlation's stretch. */
import { parseNetwork } from '../sigma/cidr.ts';
import { concerns, keeps } from '../sigma/compile.ts';
import { type Condition, parseCondition } from '../sigma/condition.ts';
import type { SigmaDocument } from '../sigma/parse.ts';
import type { LogSourceSelector, SigmaCorrelation, SigmaFilter, SigmaRule } from '../sigma/types.ts';
import { parseWildcards } from '../sigma/values.ts';
import type { Dialect } from './dialect.ts';

/** A rule that cannot be said in SQL, and why. */
class NotInSql extends Error {}

/** Sigma's names for columns of requests. */
const REQUEST_COLUMNS: { readonly [field: string]: string } = {
  'cs-method': 'method',
  'cs-uri-stem': 'path',
  'cs-uri-query': 'query',
  'cs-uri': "(path || coalesce('?' || query, ''))",
  'c-uri': "(path || coalesce('?' || query, ''))",
  'sc-status': 'status',
  'sc-bytes': 'bytes',
  'c-ip': 'client',
  'cs-user-agent': 'user_agent',
  'c-useragent': 'user_agent',
  'cs-referer': 'referer',
  'cs-referrer': 'referer',
  'cs-host': 'host',
  'r-dns': 'host',
};
const NUMBERS = new Set(['status', 'bytes']);
/** Products that are no web server's. */
const SYSTEMS = new Set(['linux', 'windows', 'macos']);
const RECORD_COLUMNS = new Set(['message', 'level', 'host', 'logger', 'client', 'user']);

interface Context {
  dialect: Dialect;
  tables: Tables;
  filters: readonly SigmaFilter[];
}

interface Source {
  table: string;
  column(field: string): string;
  /** What keywords are searched in. */
  text: string;
  /** Which of the rows the rule speaks about. */
  where: string;
}

/** The tables that the queries read. */
export interface Tables {
  /** Undefined where the files that were named hold none: what asks for them is told, not emitted. */
  requests: string | undefined;
  records: string | undefined;
}

function sourceOf(selector: LogSourceSelector, { dialect, tables }: Context): Source {
  if (selector.category === 'webserver') {
    for (const key of ['product', 'service'] as const)
      if (selector[key] !== undefined) throw new NotInSql(`requests have no column for the ${key} of a log source`);
    if (tables.requests === undefined) throw new NotInSql('the files hold no requests');
    return {
      table: tables.requests,
      column(field) {
        const column = REQUEST_COLUMNS[field];
        if (column === undefined) throw new NotInSql(`requests have no column for ${field}`);
        return column;
      },
      text: "(method || ' ' || path || coalesce('?' || query, '') || ' ' || coalesce(referer, '') || ' ' || coalesce(user_agent, ''))",
      where: 'TRUE',
    };
  }
  if (selector.category === undefined && selector.service === undefined && !SYSTEMS.has(selector.product ?? ''))
    throw new NotInSql('a log source of requests and records alike');
  if (tables.records === undefined) throw new NotInSql('the files hold no records: paymedic logs export writes them');
  const parts = (['category', 'product', 'service'] as const).flatMap((key) =>
    selector[key] === undefined ? [] : [`${key} = ${dialect.text(selector[key])}`],
  );
  return {
    table: tables.records,
    column(field) {
      if (!RECORD_COLUMNS.has(field)) throw new NotInSql(`records have no column for ${field}`);
      // A reserved word in both.
      return field === 'user' ? '"user"' : field;
    },
    text: 'message',
    where: parts.length === 0 ? 'TRUE' : parts.join(' AND '),
  };
}

/** LIKE with the wildcards of Sigma; both engines take a backslash as escape when told. */
function like(expression: string, value: string, modifiers: readonly string[], dialect: Dialect): string {
  const cased = modifiers.includes('cased');
  const subject = cased ? expression : dialect.lower(expression);
  const fold = (text: string): string => (cased ? text : text.toLowerCase());
  const parts = parseWildcards(value);
  const has = (modifier: string): boolean => modifiers.includes(modifier);
  if (parts.length <= 1 && typeof (parts[0] ?? '') === 'string') {
    const plain = fold((parts[0] as string | undefined) ?? '');
    if (has('contains')) return dialect.contains(subject, plain);
    if (!has('startswith') && !has('endswith')) return `${subject} = ${dialect.text(plain)}`;
  }
  let pattern = parts
    .map((part) => (typeof part === 'string' ? fold(part).replace(/[\\%_]/g, '\\$&') : part.wild === '*' ? '%' : '_'))
    .join('');
  if (has('contains') || has('endswith')) pattern = `%${pattern}`;
  if (has('contains') || has('startswith')) pattern = `${pattern}%`;
  return `${subject} LIKE ${dialect.text(pattern)}${dialect.name === 'duckdb' ? " ESCAPE '\\'" : ''}`;
}

const KNOWN = new Set([
  'all',
  'contains',
  'startswith',
  'endswith',
  'cased',
  're',
  'i',
  'm',
  's',
  'cidr',
  'exists',
  'neq',
  'gt',
  'gte',
  'lt',
  'lte',
]);
const SIGNS: { readonly [modifier: string]: string } = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

function one(column: string, value: unknown, modifiers: readonly string[], dialect: Dialect): string {
  for (const modifier of modifiers) if (!KNOWN.has(modifier)) throw new NotInSql(`the modifier ${modifier}`);
  if (modifiers.includes('exists')) return `(${column} IS ${value === true || value === 'true' ? 'NOT ' : ''}NULL)`;
  if (value === null) return `(${column} IS NULL)`;
  const text = NUMBERS.has(column)
    ? `CAST(${column} AS ${dialect.name === 'duckdb' ? 'VARCHAR' : 'Nullable(String)'})`
    : column;
  const sign = modifiers.map((modifier) => SIGNS[modifier]).find((found) => found !== undefined);
  let test: string;
  if (sign !== undefined) {
    if (!NUMBERS.has(column)) throw new NotInSql(`${column} is compared as a number`);
    test = `${column} ${sign} ${Number(value)}`;
  } else if (typeof value !== 'string' && typeof value !== 'number')
    throw new NotInSql('a value that is neither text nor number');
  else if (modifiers.includes('re'))
    test = dialect.matches(text, String(value), modifiers.filter((m) => /^[ims]$/.test(m)).join(''));
  else if (modifiers.includes('cidr')) test = network(text, String(value), dialect);
  else test = like(text, String(value), modifiers, dialect);
  // An absent field matches nothing, and "different from" holds for it: SQL's unknown is neither.
  const known = `coalesce(${test}, FALSE)`;
  return modifiers.includes('neq') ? `(NOT ${known})` : known;
}

function network(text: string, value: string, dialect: Dialect): string {
  const parsed = parseNetwork(value);
  if (!parsed) throw new NotInSql(`${value} is no network`);
  const test = dialect.inNetwork(text, parsed, value);
  if (test === undefined) throw new NotInSql(`${value}: networks of IPv6 take an extension of ${dialect.name}`);
  return test;
}

function detection(value: unknown, source: Source, dialect: Dialect): string {
  if (Array.isArray(value)) return `(${value.map((part) => detection(part, source, dialect)).join(' OR ')})`;
  if (typeof value === 'object' && value !== null)
    return `(${Object.entries(value)
      .map(([key, part]) => field(key, part, source, dialect))
      .join(' AND ')})`;
  return field('', value, source, dialect);
}

function field(key: string, value: unknown, source: Source, dialect: Dialect): string {
  const [name, ...modifiers] = key.split('|');
  const rest = modifiers.filter((modifier) => modifier !== 'all');
  const keyword = name === '';
  const column = keyword ? source.text : source.column(name!);
  const own = keyword && !rest.includes('re') ? ['contains', ...rest] : rest;
  const tests = (Array.isArray(value) ? value : [value]).map((part) => one(column, part, own, dialect));
  const joined = modifiers.includes('all') || rest.includes('neq') ? ' AND ' : ' OR ';
  return tests.length === 1 ? tests[0]! : `(${tests.join(joined)})`;
}

function condition(parsed: Condition, detections: ReadonlyMap<string, string>): string {
  switch (parsed.kind) {
    case 'and':
    case 'or':
      return `(${parsed.parts.map((part) => condition(part, detections)).join(parsed.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `(NOT ${condition(parsed.part, detections)})`;
    case 'name':
      return detections.get(parsed.name)!;
    case 'of':
      return `(${parsed.names.map((name) => detections.get(name)!).join(parsed.least === 'all' ? ' AND ' : ' OR ')})`;
  }
}

/** Whether one of the conditions of a rule or filter holds. */
function anyCondition(
  { detections, conditions }: Pick<SigmaRule, 'detections' | 'conditions'>,
  source: Source,
  dialect: Dialect,
): string {
  const known = new Map([...detections].map(([name, value]) => [name, detection(value, source, dialect)]));
  return `(${conditions.map((text) => condition(parseCondition(text, [...known.keys()]), known)).join(' OR ')})`;
}

/** Rows that a rule matches. @throws NotInSql */
function ruleSql(rule: SigmaRule, context: Context, columns: string): string {
  const { dialect } = context;
  const source = sourceOf(rule.logsource, context);
  const tests = [source.where, anyCondition(rule, source, dialect)];
  for (const filter of context.filters) {
    if (!concerns(filter, rule)) continue;
    const described = anyCondition(filter, source, dialect);
    tests.push(keeps(filter) ? described : `(NOT ${described})`);
  }
  return `SELECT ${columns} FROM ${source.table}\nWHERE ${tests.filter((test) => test !== 'TRUE').join('\n  AND ')}`;
}

const OF_NUMBERS: ReadonlySet<string> = new Set(['value_sum', 'value_avg', 'value_percentile', 'value_median']);
const OPERATORS = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=', neq: '<>' } as const;

export interface NamedQuery {
  title: string;
  id: string;
  sql: string;
}

/** Compiles documents; what cannot be said is returned with its reason. */
export function rulesSql(
  documents: readonly SigmaDocument[],
  { dialect, tables }: Pick<Context, 'dialect' | 'tables'>,
): { queries: NamedQuery[]; left: { title: string; why: string }[] } {
  const filters = documents.filter((document): document is SigmaFilter => document.kind === 'filter');
  const context: Context = { dialect, tables, filters };
  const known = new Map<string, SigmaDocument>();
  for (const document of documents)
    for (const name of [document.id, document.name]) if (name !== undefined) known.set(name, document);
  const queries: NamedQuery[] = [];
  const left: { title: string; why: string }[] = [];
  const silent = new Set<SigmaDocument>();
  for (const document of documents)
    if (document.kind === 'correlation' && !document.generate)
      for (const name of document.rules) if (known.has(name)) silent.add(known.get(name)!);
  for (const document of documents) {
    if (document.kind === 'filter' || silent.has(document)) continue;
    try {
      const sql =
        document.kind === 'rule'
          ? `${ruleSql(document, context, 'time')}\nORDER BY time`
          : `${stretches(document, known, context, 0)}\nORDER BY time`;
      queries.push({ title: document.title, id: document.id ?? document.name ?? '', sql });
    } catch (error) {
      if (!(error instanceof NotInSql)) throw error;
      left.push({ title: document.title, why: error.message });
    }
  }
  return { queries, left };
}

/** What a correlation is fed with: time, place of the rule in its list, group and counted value. */
function occurrences(
  correlation: SigmaCorrelation,
  known: ReadonlyMap<string, SigmaDocument>,
  context: Context,
  depth: number,
): string {
  const { dialect } = context;
  return correlation.rules
    .map((name, index) => {
      const inner = known.get(name);
      if (!inner || inner.kind === 'filter') throw new NotInSql(`the rule ${name} is not known`);
      if (inner.kind === 'correlation') {
        const rows = stretches(inner, known, context, depth + 1);
        // The groups of the inner correlation are those of the outer one, in the same order.
        if (correlation.groupBy.some((wanted, i) => inner.groupBy[i] !== wanted))
          throw new NotInSql('groups of an inner correlation differ');
        return `SELECT time, ${index} AS rule, "group", '' AS value FROM (${rows}) AS inner_${depth}_${index}`;
      }
      const source = sourceOf(inner.logsource, context);
      const groups = correlation.groupBy.map((wanted) => {
        const aliased = correlation.aliases.get(wanted);
        return source.column(aliased ? (aliased.get(name) ?? wanted) : wanted);
      });
      const group =
        groups.length === 0
          ? "''"
          : groups
              .map((column) => `CAST(${column} AS ${dialect.name === 'duckdb' ? 'VARCHAR' : 'Nullable(String)'})`)
              .join(` || ${dialect.separator} || `);
      const value = correlation.fields[0] === undefined ? "''" : source.column(correlation.fields[0]);
      if (OF_NUMBERS.has(correlation.type) && !NUMBERS.has(value)) throw new NotInSql(`${value} is no number`);
      const present = [...groups, ...(correlation.fields[0] === undefined ? [] : [value])].map(
        (column) => `${column} IS NOT NULL`,
      );
      const rows = ruleSql(inner, context, `time, ${index} AS rule, ${group} AS "group", ${value} AS value`);
      return [rows, 'time IS NOT NULL', ...present].join('\n  AND ');
    })
    .join('\nUNION ALL\n');
}

/**
 * Times at which a correlation begins to hold, per group. Events of one millisecond have no order, so that each time is
 * judged once, with all of its events counted.
 */
function stretches(
  correlation: SigmaCorrelation,
  known: ReadonlyMap<string, SigmaDocument>,
  context: Context,
  depth: number,
): string {
  const { dialect } = context;
  const { type, timespan, rules, conditions } = correlation;
  if (correlation.fields.length > 1) throw new NotInSql('several counted fields');
  const source = occurrences(correlation, known, context, depth);
  const window = `OVER (PARTITION BY "group" ORDER BY time RANGE BETWEEN ${timespan} PRECEDING AND CURRENT ROW)`;
  let measured: string;
  switch (type) {
    case 'event_count':
      measured = `count(*) ${window}`;
      break;
    case 'value_count':
      measured = `${dialect.distinct('value')} ${window}`;
      break;
    case 'value_sum':
    case 'value_avg':
      measured = `${type.slice(6)}(value) ${window}`;
      break;
    case 'value_percentile':
    case 'value_median':
      measured = dialect.nearestRankOver('value', type === 'value_median' ? 0.5 : correlation.percentile / 100, window);
      break;
    case 'temporal':
      measured = correlation.expression
        ? `CASE WHEN ${condition(
            correlation.expression,
            new Map(rules.map((name, i) => [name, `(max(CASE WHEN rule = ${i} THEN 1 ELSE 0 END) ${window} = 1)`])),
          )} THEN 1 ELSE 0 END`
        : `${dialect.distinct('rule')} ${window}`;
      break;
    case 'temporal_ordered':
      if (rules.length !== 2 || conditions.length > 0) throw new NotInSql('an order of more than two rules');
      // The latest first rule inside the window that is not after the latest second one.
      measured = `CASE WHEN max(CASE WHEN rule = 1 THEN time END) ${window} >= min(CASE WHEN rule = 0 THEN time END) ${window} THEN 2 ELSE 1 END`;
      break;
    default:
      throw new NotInSql(`correlation type ${type}`);
  }
  const reached = correlation.expression
    ? 'measured = 1'
    : conditions.length === 0
      ? `measured >= ${rules.length}`
      : conditions.map(({ operator, value }) => `measured ${OPERATORS[operator]} ${value}`).join(' AND ');
  // Events of one millisecond have no order, so that each time is judged once, with all of its events counted.
  const earlier =
    dialect.name === 'duckdb'
      ? 'coalesce(lag(reached) OVER (PARTITION BY "group" ORDER BY time), 0)'
      : 'lagInFrame(reached, 1, 0) OVER (PARTITION BY "group" ORDER BY time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)';
  return `SELECT time, "group" FROM (
  SELECT time, "group", reached, ${earlier} AS earlier FROM (
    SELECT time, "group", max(CASE WHEN ${reached} THEN 1 ELSE 0 END) AS reached FROM (
      SELECT time, "group", ${measured} AS measured FROM (${source}) AS occurrences_${depth}
    ) AS measured_${depth}
    GROUP BY time, "group"
  ) AS times_${depth}
) AS stretches_${depth}
WHERE reached = 1 AND earlier = 0`;
}
