/** The shipped windows and rules as SQL for engines that hold more than one machine. */
import type { SigmaDocument } from '../sigma/parse.ts';
import { type DialectName, dialectOf, RECORD_COLUMNS, REQUEST_COLUMNS } from './dialect.ts';
import { type NamedQuery, rulesSql, type Tables } from './rules.ts';
import { seriesSql, WINDOW_DIMENSIONS } from './windows.ts';

export { DIALECTS, type DialectName, dialectOf, RECORD_COLUMNS, REQUEST_COLUMNS } from './dialect.ts';
export { type JudgedSeries, judgeSeries, tableSeries } from './judge.ts';
export { type NamedQuery, rulesSql } from './rules.ts';
export { type SeriesRow, seriesFromRows, seriesSql, WINDOW_DIMENSIONS, type WindowDimension } from './windows.ts';

export interface Plan {
  dialect: DialectName;
  /** Views over files, when files were named. */
  views: string[];
  series: (NamedQuery & { dimension: (typeof WINDOW_DIMENSIONS)[number] })[];
  rules: NamedQuery[];
  /** Rules that cannot be said in SQL. */
  left: { title: string; why: string }[];
}

const COUNTS = 'counts, failures, clients and durations';
/** `failures` and `clients_failed` of refusals are those that were turned away. */
const REFUSALS = 'counts, refusals and clients that were only refused';
const TITLES = {
  all: COUNTS,
  endpoint: COUNTS,
  upstream: COUNTS,
  status: COUNTS,
  refusals: REFUSALS,
  'endpoint refusals': REFUSALS,
};

/** Files that the queries read through views of their own names, so that nobody's tables are touched. */
export interface PlanFiles {
  /** Access logs in the combined format. */
  access?: readonly string[];
  /** What `paymedic logs export` wrote. */
  requests?: readonly string[];
  records?: readonly string[];
}

/** @param tables names of existing tables, for what no file was named for. */
export function plan(
  name: DialectName,
  documents: readonly SigmaDocument[],
  files: PlanFiles = {},
  tables: Tables = { requests: 'requests', records: 'records' },
): Plan {
  const dialect = dialectOf(name);
  const { access = [], requests = [], records = [] } = files;
  const views: string[] = [];
  const anyFile = access.length + requests.length + records.length > 0;
  const used: Tables = anyFile ? { requests: undefined, records: undefined } : { ...tables };
  if (access.length > 0 || requests.length > 0) {
    used.requests = 'paymedic_requests';
    views.push(
      requests.length > 0
        ? dialect.exportedView(used.requests, requests, REQUEST_COLUMNS)
        : dialect.combinedView(used.requests, access),
    );
  }
  if (records.length > 0) {
    used.records = 'paymedic_records';
    views.push(dialect.exportedView(used.records, records, RECORD_COLUMNS));
  }
  const { queries, left } = rulesSql(documents, { dialect, tables: used });
  const { requests: table } = used;
  return {
    dialect: name,
    views,
    series:
      table === undefined
        ? []
        : WINDOW_DIMENSIONS.map((dimension) => ({
            title: `${TITLES[dimension]} per minute${dimension === 'all' || dimension === 'refusals' ? '' : ` and ${dimension.split(' ')[0]}`}`,
            id: `series-${dimension.replace(' ', '-')}`,
            dimension,
            sql: seriesSql(dimension, dialect, table),
          })),
    rules: queries,
    left,
  };
}

/** Windows of the built-in engine that the plan lacks. */
const OF_MERCHANTS = {
  title: 'windows of merchants and of operations',
  why: 'the tables of requests and records name neither; paymedic logs counts them itself',
};
const ONE_ADDRESS = {
  title: 'the one address that was turned away, and what share of refusals it made',
  why: 'the series count clients and name none; paymedic logs tells it',
};

/** The plan as a file to run or paste. */
export function planText({ dialect, views, series, rules, left }: Plan): string {
  const part = (comment: string, sql: string): string => `-- ${comment.replaceAll('\n', ' ')}\n${sql};\n`;
  return [
    `-- paymedic logs plan for ${dialect}. Times are milliseconds UTC. Expects requests(time, client, method, path, query, status,`,
    '-- bytes, referer, user_agent, host, request_time, upstream, termination) and, for rules on records, records(time, category,',
    '-- product, service, level, host, logger, client, user, message).',
    '',
    ...views.map((view) => part('a view over files', view)),
    ...series.map(({ title, sql }) => part(`windows: ${title}`, sql)),
    ...rules.map(({ title, id, sql }) => part(`rule ${id}: ${title}`, sql)),
    ...[OF_MERCHANTS, ONE_ADDRESS, ...left].map(({ title, why }) => `-- not in SQL: ${title}: ${why}\n`),
  ].join('\n');
}
