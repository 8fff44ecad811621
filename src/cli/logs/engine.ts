/** Runs the plan in DuckDB or ClickHouse and shows what it found. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { compressionOf } from '../../evidence/decompress.ts';
import { plainTime } from '../../instant.ts';
import { detectLogFormat } from '../../logs/index.ts';
import {
  DIALECTS,
  type DialectName,
  type JudgedSeries,
  judgeSeries,
  type Plan,
  type PlanFiles,
  plan,
  type SeriesRow,
  seriesFromRows,
} from '../../logs/plan/index.ts';
import type { MinuteSeries } from '../../logs/windows/series.ts';
import { safeText } from '../../report/safe-text.ts';
import { UserError } from '../exit.ts';
import { mustBePlainFile } from '../plain-file.ts';
import { sigmaDocuments } from './sigma.ts';
import { failsOnWindows, legName, refusedAs, standingLine } from './window-words.ts';

interface EngineOptions {
  engine: string;
  url?: string;
  table?: string;
  sigma?: string[];
  format?: string;
}
type Row = { [column: string]: unknown };
type Query = (sql: string, rows: boolean) => Promise<Row[]>;

/** Busiest keys of a dimension that are judged, as the built-in engine does. */
const BUSIEST = 30;
const TIMEOUT = 600_000;
/** Hits of a rule that are fetched; a log of terabytes may have any number of them. */
const MOST_HITS = 100_000;

/** Controls, and what turns or hides text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

const HEAD_BYTES = 64 * 1024;

/** The layout of a log by its first lines; undefined for what is packed, which the engines unpack themselves. */
function layoutOf(path: string): string | undefined {
  const head = Buffer.alloc(HEAD_BYTES);
  const descriptor = openSync(path, 'r');
  try {
    const first = head.subarray(0, readSync(descriptor, head, 0, HEAD_BYTES, 0));
    return compressionOf(first) === undefined ? (detectLogFormat(first)?.format ?? 'no layout known here') : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Named files by what they are: exports by their names, everything else access logs. */
function filesOf(paths: readonly string[]): PlanFiles {
  const files = { access: [] as string[], requests: [] as string[], records: [] as string[] };
  const take = (path: string): void => {
    mustBePlainFile(path, 'copy its content into a file');
    // It would have to stand in the SQL as it is, and be printed with it.
    if (UNPRINTABLE.test(path))
      throw new UserError(`${path}: has characters in its name that cannot be printed`, { next: 'rename the file' });
    if (/requests\.jsonl$/.test(path)) files.requests.push(resolve(path));
    else if (/records\.jsonl$/.test(path)) files.records.push(resolve(path));
    else {
      const format = layoutOf(path);
      // The engine would find no request in it, and a log without requests passes for a clean one.
      if (format !== undefined && !/^access-co/.test(format))
        throw new UserError(`${path}: is written in ${format}, which the SQL does not read`, {
          next: 'paymedic logs export FILES --output FOLDER, then name the folder',
        });
      files.access.push(resolve(path));
    }
  };
  for (const path of paths) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) throw new UserError(`${path}: no such file`, { next: 'check the path' });
    if (stats.isDirectory())
      for (const name of ['requests.jsonl', 'records.jsonl']) {
        if (statSync(join(path, name), { throwIfNoEntry: false })) take(join(path, name));
      }
    else take(path);
  }
  if (files.access.length > 0 && files.requests.length > 0)
    throw new UserError('access logs and exported requests together would count requests twice', {
      next: 'name the folder that paymedic logs export wrote, or the logs',
    });
  return files;
}

/** @throws UserError for an engine or table name that is none. */
export function planFor(paths: readonly string[], options: EngineOptions): Plan {
  if (!(DIALECTS as readonly string[]).includes(options.engine))
    throw new UserError(`${options.engine}: there is no such engine`, { next: DIALECTS.join(' or ') });
  const table = options.table ?? 'requests';
  if (!/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,2}$/.test(table))
    throw new UserError(`--table ${table}: not a table name`, { next: 'for example --table logs.requests' });
  const { documents } = sigmaDocuments(options.sigma ?? ['shipped']);
  return plan(options.engine as DialectName, documents, filesOf(paths), { requests: table, records: 'records' });
}

interface DuckModule {
  DuckDBInstance: {
    create(path: string): Promise<{
      connect(): Promise<{
        run(sql: string): Promise<unknown>;
        runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): Row[] }>;
      }>;
    }>;
  };
}

async function duckdb(url: string): Promise<Query> {
  let module: DuckModule;
  try {
    // Not a dependency: looked for where the user works.
    module = createRequire(join(process.cwd(), 'x.js'))('@duckdb/node-api') as DuckModule;
  } catch {
    throw new UserError('DuckDB for Node is not installed here', {
      next: 'npm install @duckdb/node-api in this folder, or: paymedic logs plan --emit duckdb > plan.sql',
    });
  }
  const connection = await (await module.DuckDBInstance.create(url)).connect();
  return async (sql, rows) => {
    if (rows) return (await connection.runAndReadAll(sql)).getRowObjectsJson();
    await connection.run(sql);
    return [];
  };
}

/**
 * Credentials go into headers, never into an address that a message could show: from the address or, as ClickHouse's own client
 * takes them, from the environment.
 */
function clickhouse(url: string, timeout: number): Query {
  let address: URL;
  try {
    address = new URL(url);
  } catch {
    throw new UserError('--url is no address', { next: 'for example --url http://127.0.0.1:8123' });
  }
  if (!/^https?:$/.test(address.protocol))
    throw new UserError('--url: HTTP or HTTPS is wanted', { next: 'for example --url http://127.0.0.1:8123' });
  const user = decodeURIComponent(address.username) || process.env.CLICKHOUSE_USER;
  const password = decodeURIComponent(address.password) || process.env.CLICKHOUSE_PASSWORD;
  address.username = '';
  address.password = '';
  const headers = {
    ...(user ? { 'X-ClickHouse-User': user } : {}),
    ...(password ? { 'X-ClickHouse-Key': password } : {}),
  };
  return async (sql, rows) => {
    let response: Response;
    let text: string;
    try {
      response = await fetch(address, {
        method: 'POST',
        headers,
        // Credentials are for this server only.
        redirect: 'error',
        body: rows ? `${sql}\nFORMAT JSONEachRow` : sql,
        signal: AbortSignal.timeout(timeout),
      });
      text = await response.text();
    } catch (error) {
      throw new Unreachable(whyNot(error as Error, address, timeout));
    }
    if (!response.ok) throw new Error(text.split('\n')[0]!.slice(0, 300) || `HTTP ${response.status}`);
    try {
      return rows
        ? text
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as Row)
        : [];
    } catch {
      throw new Unreachable(`${address.host} does not answer as a ClickHouse does`);
    }
  };
}

/** The server cannot be asked at all, so that the next query would fare no better. */
class Unreachable extends Error {}

function whyNot(error: Error, { host }: URL, timeout: number): string {
  if (error.name === 'TimeoutError') return `${host} gave no answer within ${timeout / 1000} seconds`;
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return code === 'ECONNREFUSED' ? `nothing listens on ${host}` : `${host} cannot be asked: ${code ?? message}`;
}

interface Judged extends JudgedSeries {
  engine: string;
  /** `more`: the rule fired oftener than MOST_HITS. */
  rules: { title: string; id: string; more: boolean; hits: { time: number; group: string }[] }[];
  left: Plan['left'];
  /** Queries that this server refused, as old ones do without window functions. */
  refused: Plan['left'];
}

async function judge(query: Query, { dialect, views, series, rules, left }: Plan): Promise<Judged> {
  for (const view of views) await query(view, false);
  const refused: Judged['refused'] = [];
  const ask = async (title: string, sql: string): Promise<Row[]> => {
    try {
      return await query(sql, true);
    } catch (error) {
      if (error instanceof Unreachable) throw error;
      const why = (error as Error).message.split('\n')[0]!.slice(0, 300);
      // A server that answers nothing at all is a mistake in its address or the table's name.
      if (refused.push({ title, why }) === series.length + rules.length) throw new Error(refused[0]!.why);
      return [];
    }
  };
  const counted = new Map<string, MinuteSeries[]>();
  for (const { title, dimension, sql } of series) {
    const rows = (await ask(title, sql)).map(
      (row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [
            name,
            name === 'key' ? String(value) : value === null ? null : Number(value),
          ]),
        ) as unknown as SeriesRow,
    );
    counted.set(dimension, seriesFromRows(rows, BUSIEST));
  }
  const found: Judged['rules'] = [];
  for (const { title, id, sql } of rules) {
    const hits = (await ask(title, `${sql}\nLIMIT ${MOST_HITS + 1}`)).map(({ time, group }) => ({
      time: Number(time),
      group: String(group ?? '').replaceAll('\u001f', '|'),
    }));
    const more = hits.length > MOST_HITS;
    if (hits.length > 0) found.push({ title, id, more, hits: hits.slice(0, MOST_HITS) });
  }
  return { engine: dialect, ...judgeSeries((dimension) => counted.get(dimension) ?? []), rules: found, left, refused };
}

function asText({ engine, windows, standing, refusals, answers, rules, left, refused }: Judged): string {
  let out = `judged in ${engine}\n\nWindows\n-------\n`;
  const among = refused.length > 0 ? ' in what could be checked' : '';
  if (windows.length + standing.length + refusals.length === 0) out += `none${among}\n`;
  for (const one of standing) out += standingLine(one);
  for (const { kind, from, to, dimension, key, value, baseline } of windows)
    out += `${kind.padEnd(13)} ${plainTime(from)} to ${plainTime(to)}  ${legName(dimension, key)}: ${value.toFixed(3)}, usually ${baseline.toFixed(3)}\n`;
  for (const { who, from, to, dimension, key, value, baseline } of refusals)
    out += `${refusedAs(who)} ${plainTime(from)} to ${plainTime(to)}  ${legName(dimension, key)}: ${value.toFixed(3)} refused, usually ${baseline.toFixed(3)}\n`;
  for (const { status, windows: times } of answers)
    for (const { from, to, share } of times)
      out += `answers ${String(status).padEnd(5)} ${plainTime(from)} to ${plainTime(to)}  all requests: ${share.toFixed(3)}\n`;
  out += '\nRules\n-----\n';
  if (rules.length === 0) out += `none fired${among}\n`;
  for (const { title, hits, more } of rules) {
    out += `${hits.length}${more ? ' and more ' : ''}×  ${safeText(title)}\n`;
    for (const { time, group } of hits.slice(0, 5)) out += `  ${plainTime(time)}  ${safeText(group)}\n`;
  }
  for (const { title, why } of left) out += `not in SQL: ${safeText(title)}: ${why}\n`;
  for (const { title, why } of refused)
    out += `could not check: ${safeText(title)}: the server refused: ${safeText(why)}\n`;
  return out;
}

/** @throws UserError when the engine cannot be reached or refuses a query. */
export async function judgeElsewhere(
  paths: readonly string[],
  options: EngineOptions,
  timeout = TIMEOUT,
): Promise<{ text: string; failed: boolean; incomplete: boolean }> {
  const planned = planFor(paths, options);
  if (options.engine === 'clickhouse' && paths.length > 0)
    throw new UserError('a ClickHouse server does not see the files of this machine', {
      next: 'load them into a table and name it with --table',
    });
  if (options.url === undefined && options.engine === 'clickhouse')
    throw new UserError('--url is missing', { next: 'for example --url http://127.0.0.1:8123' });
  const query =
    options.engine === 'duckdb' ? await duckdb(options.url ?? ':memory:') : clickhouse(options.url!, timeout);
  let judged: Judged;
  try {
    judged = await judge(query, planned);
  } catch (error) {
    throw new UserError(`${options.engine}: ${safeText((error as Error).message.split('\n')[0]!).slice(0, 300)}`, {
      next:
        error instanceof Unreachable
          ? 'check --url, and CLICKHOUSE_USER and CLICKHOUSE_PASSWORD where the server asks for them'
          : `see the tables that it expects: paymedic logs plan --emit ${options.engine}`,
    });
  }
  const replacer = (key: string, value: unknown): unknown =>
    typeof value === 'number' && ['from', 'to', 'time'].includes(key)
      ? plainTime(value)
      : typeof value === 'string'
        ? safeText(value)
        : value;
  return {
    text:
      options.format === 'json' ? `${JSON.stringify({ schemaVersion: 1, ...judged }, replacer, 2)}\n` : asText(judged),
    failed: failsOnWindows(judged),
    incomplete: judged.refused.length > 0,
  };
}
