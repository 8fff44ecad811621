/** Tables that a log platform exports: a column of times beside a column with the line as the program wrote it. */
import { splitLine, tableRows } from '../tabular.ts';
import { exportedRecord, type Members } from './record.ts';
import type { ExportedRecord } from './types.ts';

/** Splunk, Kibana, Datadog, CloudWatch, Grafana and Azure call the line so. */
const TEXT = /^(?:_raw|@message|message|content|line|log|textpayload|logmessage|logentry)$/i;
const TIME =
  /^(?:_time|@timestamp|timestamp|time|date|timegenerated(?: \[utc\])?|timecreated|tsns|datetime|date and time)$/i;

/** Columns that only what programs write has; people's lists have a time and a text as well. */
const MARK =
  /^(?:_raw|_time|@message|@timestamp|tsns|host|hostname|service|source|sourcetype|level|log\.level|severity|severitylevel|stream|logger|labels?|container|pod|namespace|computer|thread|log_?stream(?:name)?)$/i;

const LEVEL = /^(?:debug|info|notice|ok|warn|warning|error|critical|alert|emergency)$/i;

const SEPARATORS = [',', ';', '\t'];

/** The first line as a header; the rows below may each run over many lines, so they cannot say what the separator is. */
function headerOf(text: string): { separator: string; header: string[]; body: number } | undefined {
  const end = text.indexOf('\n');
  const first = text.slice(text.charCodeAt(0) === 0xfeff ? 1 : 0, end === -1 ? 0 : end).replace(/\r$/, '');
  if (first.length > 4096) return undefined;
  for (const separator of SEPARATORS) {
    const header = splitLine(first, separator).map((name) => name.trim());
    // Windows' Event Viewer gives the last column, the text, no name.
    if (/^(?:event id|ereignis-id|事件 ID)$/i.test(header[3] ?? '') && header.length === 5) {
      header[1] = 'date and time';
      header[5] = 'message';
    }
    if (header.some((name) => TIME.test(name)) && header.some((name) => TEXT.test(name)))
      return { separator, header, body: end + 1 };
  }
  return undefined;
}

/** @returns undefined when the text is no table with such columns. */
export function recordsOfTable(text: string): ExportedRecord[] | undefined {
  const shape = headerOf(text);
  if (!shape) return undefined;
  const { header, separator } = shape;
  const time = header.findIndex((name) => TIME.test(name));
  const line = header.findIndex((name) => TEXT.test(name));
  const marked = header.some((name) => MARK.test(name));
  const records: ExportedRecord[] = [];
  let rows = 0;
  for (const { cells } of tableRows(text, separator, shape.body, 2)) {
    rows++;
    // CloudWatch's own table has two columns and counts milliseconds.
    if (!marked && !/^\d{10,19}$/.test(cells[time]?.trim() ?? '')) return undefined;
    const members: Members = {};
    for (const [at, name] of header.entries()) {
      const value = cells[at]?.trim();
      if (value === undefined || value === '' || value === '-' || name === '__proto__') continue;
      members[at === time ? 'timestamp' : at === line ? 'message' : name.toLowerCase()] = value;
    }
    const record = exportedRecord(members);
    if (record === undefined || Object.keys(record).length < 2) continue;
    // Datadog calls the level so.
    if (record.level === undefined && typeof record.status === 'string' && LEVEL.test(record.status))
      record.level = record.status;
    records.push(record);
  }
  return records.length >= rows * 0.8 ? records : undefined;
}
