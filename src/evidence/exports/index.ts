/** Log records that a log platform hands out wrapped in one document: a search result, a download, a table. Pure. */
import { recordsOfDocument } from './documents.ts';
import { mayBeEventTable, recordsOfEvents } from './kubernetes.ts';
import { recordsOfTable } from './tables.ts';
import type { ExportedRecord } from './types.ts';
import { mayBeEvents, windowsEventLines } from './windows-events.ts';

export interface UnwrappedExport {
  /** JSON lines, one record a line, in the order of the export; or the program's own lines behind a time in UTC. */
  text: string;
  records: number;
  /** What the document is called where its lines are made from no program's own. */
  layout?: string;
}

export { mayBeEventTable };

/** Lines shown to the detector. */
const SAMPLE = 200;

/** Whether a text that passes for a log by itself is an export all the same. */
export const mayBeExport = (head: string): boolean =>
  head.startsWith('{"preview":') ||
  (EXPORT_HEADER.test(head.slice(0, 4096)) && !JOURNAL_LINE.test(head.slice(0, 4096))) ||
  mayBeEvents(head);
/** `journalctl -o json`, an entry a line; the reader of logs knows it whole. */
const JOURNAL_LINE = /^\{(?:"[^\n]{0,4000})?"__REALTIME_TIMESTAMP":/;
const EXPORT_HEADER =
  /^\ufeff?[^\n]{0,2000}(?:\b_raw\b|@message|"?message"?|\bContent\b|\bLine\b|,Source,Event ID,)[^\n]{0,2000}\r?\n/i;

/**
 * Takes an export apart.
 * @param text the whole document: JSON of one or more values, or a table with a header.
 * @param own says what the lines that programs wrote are by themselves; a format it names is read better than a message.
 * @returns undefined when the document holds no list of records with a time and a text.
 */
export function unwrapExport(
  text: string,
  own: (sample: string) => { role: string; confidence: number } | undefined,
): UnwrappedExport | undefined {
  const events = windowsEventLines(text);
  if (events) return { text: `${events.join('\n')}\n`, records: events.length };
  const first = text.trimStart()[0];
  const records = first === '{' || first === '[' ? recordsOfDocument(text) : recordsOfTable(text);
  if (records === undefined) {
    const told = first === '{' || first === '[' ? undefined : recordsOfEvents(text);
    if (!told) return undefined;
    const rows = told.map((record) => JSON.stringify(record));
    return { text: `${rows.join('\n')}\n`, records: rows.length, layout: 'kubectl-events' };
  }
  if (records.length === 0) return undefined;
  const lines = traffic(records, own) ?? records.map((record) => JSON.stringify(record));
  return { text: `${lines.join('\n')}\n`, records: records.length };
}

/** Access lines and errors of servers keep more than a message holds: they stay lines, behind the platform's time. */
function traffic(
  records: readonly ExportedRecord[],
  own: (sample: string) => { role: string; confidence: number } | undefined,
): string[] | undefined {
  const plain = records.slice(0, SAMPLE).filter(({ message }) => message !== undefined && !message.startsWith('{'));
  if (plain.length < Math.min(records.length, SAMPLE) * 0.8) return undefined;
  const found = own(`${plain.map(({ message }) => message).join('\n')}\n`);
  if (found === undefined || found.confidence < 0.8 || !/^(?:access|load-balancer|error)$/.test(found.role))
    return undefined;
  const host = (record: ExportedRecord): string => {
    const name = record.host ?? record.hostname ?? record.service;
    return typeof name === 'string' && /^[\w.-]{1,80}$/.test(name) ? name : 'export';
  };
  return records.flatMap((record) =>
    record.message === undefined || typeof record.timestamp !== 'string'
      ? []
      : `${record.timestamp} ${host(record)} ${record.message.replace(/\r?\n(?=\S)/g, '\n ').trimEnd()}`,
  );
}
