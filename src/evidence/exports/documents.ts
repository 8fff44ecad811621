/** JSON documents around log records: search results, downloads, API answers. */
import { append } from '../../lists.ts';
import { exportedRecord, isMembers, type Members } from './record.ts';
import type { ExportedRecord } from './types.ts';

/** Deepest member in which a list of records is looked for. */
const DEPTH = 5;
/** Lists looked at; a document with more is no export. */
const LISTS = 64;
/** A list of records says its time nearly everywhere. */
const SHARE = 0.8;
/** Members that only what programs write has; lists of changes or tickets with a time and a text have none of them. */
const MARKS =
  /^(?:level|log\.level|severity|severityText|lvl|status|stream|logger|service|service\.name|host|hostname|host\.name|pod|container|kubernetes|logStreamName|ingestionTime|@logStream|@log|logGroup|logName|LogLevel|ContainerName|source|sourcetype|labels|thread|type|involvedObject|jsonPayload|Computer|ContainerID|PodName|_SYSTEMD_UNIT|PRIORITY|httpRequest|http|url|ecs|agent|resourceId|operationName|error|stack_trace)$/;

/** @returns undefined when nothing in the document is a list of log records. */
export function recordsOfDocument(text: string): ExportedRecord[] | undefined {
  let best: ExportedRecord[] | undefined;
  for (const list of listsIn(valuesOf(text))) {
    const records = recordsOf(list);
    if (records && records.length > (best?.length ?? 0)) best = records;
  }
  return best;
}

/** One value, or several one after the other: over many lines (journalctl -o json-pretty, jq), or with nothing between (Firehose). */
function valuesOf(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    const values: unknown[] = [];
    for (const part of text.split(/\n(?=\{)|(?<=\})(?=\{")/)) {
      try {
        values.push(JSON.parse(part));
      } catch {
        return [];
      }
    }
    return [values];
  }
}

/** Lists in the order of their depth. */
function listsIn(values: unknown[]): unknown[][] {
  const lists: unknown[][] = [];
  let level = values;
  for (let depth = 0; depth < DEPTH && level.length > 0 && lists.length < LISTS; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      if (Array.isArray(value)) {
        if (value.length > 0 && lists.length < LISTS) lists.push(value);
        // Answers to several searches at once, and rows of columns.
        if (value.length <= 16) append(next, value);
      } else if (isMembers(value)) {
        const rows = rowsOf(value);
        if (rows) lists.push(rows);
        else append(next, Object.values(value));
      }
    }
    level = next.filter((value) => typeof value === 'object' && value !== null);
  }
  return lists;
}

/** Azure Monitor's answers: names of columns beside rows of bare values. */
function rowsOf({ columns, rows }: Members): Members[] | undefined {
  if (!Array.isArray(columns) || !Array.isArray(rows)) return undefined;
  const names = columns.map((column) => (isMembers(column) ? String(column.name) : String(column)));
  return rows.flatMap((row) => {
    if (!Array.isArray(row)) return [];
    const members: Members = {};
    for (const [at, name] of names.entries()) if (name !== '__proto__') members[name] = row[at];
    return [members];
  });
}

function recordsOf(list: unknown[]): ExportedRecord[] | undefined {
  const records: ExportedRecord[] = [];
  let marked = 0;
  let elements = 0;
  let told = 0;
  for (const element of list) {
    for (const members of unwrap(element)) {
      elements++;
      const record = exportedRecord(members);
      if (!record) continue;
      records.push(record);
      if (record.message !== undefined || Object.keys(record).length > 3) told++;
      if (isMarked(members) || isMarked(record)) marked++;
    }
  }
  return records.length > 0 &&
    records.length >= elements * SHARE &&
    told >= records.length * SHARE &&
    marked >= records.length * SHARE
    ? records
    : undefined;
}

const isMarked = (members: Members): boolean => Object.keys(members).some((name) => MARKS.test(name));

/** What one element of a list holds; Loki's streams hold many. */
function unwrap(element: unknown): Members[] {
  // CloudWatch Logs Insights: a row is a list of {field, value}.
  if (Array.isArray(element)) {
    const row: Members = {};
    for (const cell of element)
      if (isMembers(cell) && typeof cell.field === 'string' && cell.field !== '__proto__') row[cell.field] = cell.value;
    return Object.keys(row).length > 0 ? [row] : [];
  }
  if (!isMembers(element)) return [];
  // Elasticsearch and OpenSearch.
  if (isMembers(element._source)) return [element._source];
  if (isMembers(element.fields) && element._index !== undefined) return [single(element.fields)];
  // Loki: a stream with its labels and [nanoseconds, line] pairs.
  if ((isMembers(element.stream) || isMembers(element.metric)) && Array.isArray(element.values)) {
    const labels = isMembers(element.stream) ? element.stream : {};
    return element.values.flatMap((pair) =>
      Array.isArray(pair) && typeof pair[1] === 'string'
        ? [{ ...labels, stream: 'stdout', timestamp: pair[0], message: pair[1] }]
        : [],
    );
  }
  // The journal over many lines; the entry stays what it is beside what its members mean.
  if (typeof element.__REALTIME_TIMESTAMP === 'string')
    return [{ timestamp: element.__REALTIME_TIMESTAMP, host: element._HOSTNAME, ...element }];
  // Splunk's JSON: {"preview": false, "result": {...}}.
  if (isMembers(element.result) && element.result._raw !== undefined) return [element.result];
  // Datadog: the record is in attributes, what the program added in attributes.attributes.
  if (isMembers(element.attributes) && element.attributes.message !== undefined) {
    const { attributes: inner, ...outer } = element.attributes;
    return [{ ...(isMembers(inner) ? inner : {}), ...outer, ...('status' in outer ? { level: outer.status } : {}) }];
  }
  return [element];
}

/** Kibana's fields API gives every value as a list. */
function single(fields: Members): Members {
  const out: Members = {};
  for (const [name, value] of Object.entries(fields))
    if (name !== '__proto__') out[name] = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return out;
}
