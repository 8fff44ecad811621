/** What `kubectl get events` and the end of `kubectl describe` print: a table in blanks, with ages instead of times. */
import { age, statedTime } from '../facts/timed-rows.ts';
import { readTime } from '../time.ts';
import type { ExportedRecord } from './types.ts';

const HEADER = /^(?=.*\bTYPE\b)(?=.*\bREASON\b)(?=.*\bMESSAGE\b)(?=.*\b(?:LAST SEEN|AGE)\b)[A-Z ]+$/i;
/** A row without the header that `--no-headers` leaves out: namespace, age, type, reason, object, message. */
const ROW =
  /^(?:([a-z\d][a-z\d-]{0,62}) +)?((?:\d{1,6}[smhdy]){1,4}|<unknown>)(?: \(x\d+ over \w+\))? +(Normal|Warning) +([A-Z][A-Za-z]{2,60}) +([a-z][a-z\d.]{1,60}\/\S{1,253}) +(\S.*)$/;
const LEVELS: { [type: string]: string } = { warning: 'warn', normal: 'info' };

/** Where the columns of a header begin: they stand two or three blanks apart, one blank is part of a name. */
const starts = (header: string): number[] => [...header.matchAll(/(?:^|(?<= {2}|\t))[^\s]/g)].map(({ index }) => index);

/**
 * A row cut where the header says, for a cell can be empty; where the row is not aligned with it, cut at its own blanks. The last
 * column takes all that is left.
 */
function cellsOf(line: string, columns: readonly number[]): string[] {
  const aligned = columns.every(
    (at) =>
      at === 0 ||
      at >= line.length ||
      (line[at - 1] === ' ' && line[at] !== ' ') ||
      /^ +$/.test(line.slice(at - 1, at + 2)),
  );
  if (aligned) return columns.map((at, i) => line.slice(at, columns[i + 1]).trim());
  const cells = line.trim().split(/ {2,}|\t/);
  const last = columns.length - 1;
  return [...cells.slice(0, last), cells.slice(last).join(' ')];
}

/** Lines at the beginning in which a header or rows are looked for. */
const LOOKED_AT = 20;

/** Whether a text begins like such a table, whatever else it may pass for. @param head its first bytes. */
export function mayBeEventTable(head: string): boolean {
  const lines = head.split(/\r?\n/, LOOKED_AT).filter((line) => line.trim() !== '');
  return lines.some((line) => HEADER.test(line)) || (lines.length > 0 && lines.every((line) => ROW.test(line)));
}

/** @returns undefined when the rows are none of such a table. */
function recordsOfRows(lines: readonly string[]): ExportedRecord[] | undefined {
  const records: ExportedRecord[] = [];
  for (const line of lines) {
    const [, namespace, age, type, reason, object, message] = ROW.exec(line) ?? [];
    if (message === undefined) continue;
    records.push({
      level: LEVELS[type!.toLowerCase()]!,
      message: message.trimEnd(),
      reason: reason!,
      age: age!,
      object: object!,
      ...(namespace === undefined ? {} : { namespace }),
    });
  }
  // What people write around it is no row of it; what else there is must be little.
  return records.length > 0 && records.length >= lines.length * 0.8 ? records : undefined;
}

/**
 * @returns undefined when no such table is in the text. The records have an age, and a time only where the text says with its zone when
 * it was taken and the age is exact enough.
 */
export function recordsOfEvents(text: string): ExportedRecord[] | undefined {
  const records = untimedRecords(text);
  const taken = statedTime(text.slice(0, 4096), (said) => {
    const read = readTime(said);
    return read?.explicit ? read.time : undefined;
  });
  if (!records || taken === undefined) return records;
  return records.map((record) => {
    const since = age(String(record.age).replace(/ \(.*$/, ''));
    return since === undefined ? record : { timestamp: new Date(taken - since).toISOString(), ...record };
  });
}

function untimedRecords(text: string): ExportedRecord[] | undefined {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => HEADER.test(line));
  if (at === -1) return recordsOfRows(lines.filter((line) => line.trim() !== ''));
  const columns = starts(lines[at]!);
  const names = columns.map((from, i) =>
    lines[at]!.slice(from, columns[i + 1])
      .trim()
      .toLowerCase(),
  );
  const records: ExportedRecord[] = [];
  for (const line of lines.slice(at + 1)) {
    const cells = cellsOf(line, columns);
    const cell = (name: string): string => cells[names.indexOf(name)] ?? '';
    const level = LEVELS[cell('type').toLowerCase()];
    const message = cell('message');
    if (level === undefined || message === '') continue;
    records.push({
      level,
      message,
      reason: cell('reason'),
      age: cell('last seen') || cell('age'),
      ...(cell('object') ? { object: cell('object') } : {}),
    });
  }
  return records.length > 0 ? records : undefined;
}
