// The same windows and rules in the built-in engine, DuckDB and ClickHouse: node bench/logs/engines.mjs [MB] [SEED] [--awkward]
// Needs the engines of bench/package.json (npm install --prefix bench). Prints every difference; exits 1 on any.
// --awkward: logs of awkward values and rules with every modifier (engine-rules.yaml) beside the shipped ones.
import { createReadStream, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadSource } from '../load-source.mjs';
import { makeEngineLogs } from './make-engine-logs.mjs';
import { makeAwkwardLogs } from './make-engine-logs-awkward.mjs';

const awkward = process.argv.includes('--awkward');
const [megabytes = '100', seed = '5'] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const require = createRequire(import.meta.url);
const product = await loadSource('bench/logs/engines-entry.ts');
const folder = mkdtempSync(join(tmpdir(), 'paymedic-engines-'));
const stamp = (ms) => new Date(ms).toISOString();

/** Runs the plan and returns the minute series and the rules' times by name. */
async function run(query, { views, series, rules }) {
  for (const view of views) await query(view, false);
  const result = { series: {}, rules: {} };
  for (const { dimension, sql } of series) {
    const rows = (await query(sql, true)).map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, name === 'key' || value === null ? value : Number(value)]),
      ),
    );
    result.series[dimension] = product.seriesFromRows(rows);
  }
  result.judged = product.judgeSeries((dimension) => result.series[dimension].slice(0, 200));
  for (const { id, sql } of rules)
    result.rules[id] = (await query(sql, true))
      .map((row) => `${row.time === null ? 'no time' : Number(row.time)} ${row.group ?? ''}`)
      .sort();
  return result;
}

/** Where two results part, the built-in engine's first; undefined when they are the same. */
function firstDifference(mine, theirs, path = '') {
  if (JSON.stringify(mine) === JSON.stringify(theirs)) return undefined;
  if (Array.isArray(mine) && Array.isArray(theirs) && [...mine, ...theirs].every((item) => typeof item === 'string')) {
    const [own, other] = [new Set(mine), new Set(theirs)];
    const only = (list, set) => JSON.stringify(list.filter((item) => !set.has(item)).slice(0, 3));
    return `${path}: ${mine.length} and ${theirs.length}; only ${only(mine, other)}, only ${only(theirs, own)}`;
  }
  if (typeof mine === 'object' && mine && typeof theirs === 'object' && theirs)
    for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
      const found = firstDifference(mine[key], theirs[key], `${path}/${key}`);
      if (found !== undefined) return found;
    }
  return `${path}: ${JSON.stringify(mine)?.slice(0, 200)}, ${JSON.stringify(theirs)?.slice(0, 200)}`;
}

const flat = (series) =>
  Object.fromEntries(
    series
      .slice(0, 200)
      .map(({ key, start, ...columns }) => [
        key,
        Object.values(columns).map((column) => [...column].map((value) => (Number.isNaN(value) ? null : value))),
      ]),
  );

try {
  const files = (awkward ? makeAwkwardLogs : makeEngineLogs)(folder, Number(megabytes), Number(seed));
  const documents = readdirSync('knowledge/sigma').map((file) =>
    product.readDocument(parse(readFileSync(join('knowledge/sigma', file), 'utf8')), file),
  );
  if (awkward) {
    const extra = product.parseSigma(readFileSync('bench/logs/engine-rules.yaml', 'utf8'), 'engine-rules.yaml');
    for (const { title, what } of extra.problems) throw new Error(`${title}: ${what}`);
    documents.push(...extra.documents);
  }
  const inputs = files.map((file) => ({
    file,
    head: readFileSync(file).subarray(0, 65536),
    chunks: () => createReadStream(file, { highWaterMark: 1 << 20 }),
  }));
  const options = {
    lexicon: product.compileLexicon([]),
    now: awkward ? Date.UTC(2026, 9, 26) : Date.UTC(2026, 8, 14),
    zone: 'UTC',
    budgetBytes: 4e9,
  };
  const logs = await product.readLogs(inputs, options);
  const exported = { requests: join(folder, 'requests.jsonl'), records: join(folder, 'records.jsonl') };
  for (const [name, lines] of [
    ['requests', product.exportedRequests(logs)],
    ['records', product.exportedRecords(logs)],
  ]) {
    const handle = openSync(exported[name], 'w');
    let block = '';
    for (const line of lines) {
      block += `${line}\n`;
      if (block.length > 1 << 20) {
        writeSync(handle, block);
        block = '';
      }
    }
    writeSync(handle, block);
  }
  const builtIn = { series: {} };
  for (const dimension of product.WINDOW_DIMENSIONS)
    builtIn.series[dimension] = product.tableSeries(logs.requests, dimension);
  builtIn.judged = product.judgeSeries((dimension) => builtIn.series[dimension]);
  const summaries = new Map();
  const engine = new product.SigmaEngine(documents);
  const keep = (hits) => {
    for (const { rule, event, correlation } of hits) {
      const id = rule.id ?? rule.name;
      const group = correlation ? Object.values(correlation.group).join('\u001f') : '';
      const time = Number.isNaN(event.time) ? 'no time' : event.time;
      summaries.set(id, [...(summaries.get(id) ?? []), `${time} ${group}`]);
    }
  };
  for (const { event, offered } of product.sigmaEvents(logs)) keep(engine.feed(event, offered));
  keep(engine.settle());
  // The raw access log by itself, as the engines read it.
  const { requests: alone } = await product.readLogs(inputs.slice(0, 1), options);

  const engines = {};
  try {
    const { DuckDBInstance } = require('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    engines.duckdb = async (sql, rows) =>
      rows ? (await connection.runAndReadAll(sql)).getRowObjectsJson() : void (await connection.run(sql));
  } catch (error) {
    console.log(`duckdb: not compared (${error.message.split('\n')[0]})`);
  }
  try {
    const { Session } = require('chdb');
    const session = new Session();
    engines.clickhouse = async (sql, rows) => {
      const text = session.query(sql, 'JSONEachRow');
      return rows
        ? text
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line))
        : undefined;
    };
  } catch (error) {
    console.log(`clickhouse: not compared (${error.message.split('\n')[0]})`);
  }
  let differences = 0;
  const size = files.reduce((sum, file) => sum + readFileSync(file).length, 0) / 1e6;
  console.log(
    `${size.toFixed(0)} MB, ${logs.requests.length} requests, ${logs.records.length} records (${logs.sampledOut} sampled out)`,
  );
  for (const [name, query] of Object.entries(engines)) {
    const plan = product.plan(name, documents, { requests: [exported.requests], records: [exported.records] });
    const raw = product.plan(name, [], { access: [files[0]] });
    const result = await run(query, plan);
    for (const { title, why } of plan.left) console.log(`${name}: ${title} is not in SQL: ${why}`);
    const compare = (what, mine, theirs) => {
      const difference = firstDifference(mine, theirs);
      if (difference === undefined) return;
      differences++;
      console.log(`${name}: ${what} differs${difference}`);
    };
    let compared = 0;
    for (const dimension of product.WINDOW_DIMENSIONS)
      compare(`series by ${dimension}`, flat(builtIn.series[dimension]), flat(result.series[dimension]));
    for (const [kind, found] of Object.entries(builtIn.judged)) {
      compare(kind, found, result.judged[kind]);
      compared += kind === 'answers' ? found.flatMap(({ windows }) => windows).length : found.length;
    }
    let hits = 0;
    for (const { id, title } of plan.rules) {
      const mine = (summaries.get(id) ?? []).sort();
      hits += mine.length;
      compare(`rule ${title}`, mine, result.rules[id]);
    }
    const { series: readThere } = await run(query, raw);
    for (const dimension of product.WINDOW_DIMENSIONS)
      compare(
        `the raw access log by ${dimension}`,
        flat(product.tableSeries(alone, dimension)),
        flat(readThere[dimension]),
      );
    console.log(`${name}: ${compared} windows and ${hits} hits of ${plan.rules.length} rules compared`);
  }
  for (const window of builtIn.judged.windows.filter(({ dimension }) => dimension === 'all'))
    console.log(`  ${window.kind} ${stamp(window.from)} to ${stamp(window.to)}`);
  console.log(`${differences} differences`);
  process.exitCode = differences === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
