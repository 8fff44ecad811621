/** What `kubectl get events` and the end of `kubectl describe` print: a table in blanks, with ages instead of times. */
import type { ExportedRecord } from './types.ts';

const HEADER = /^(?=.*\bTYPE\b)(?=.*\bREASON\b)(?=.*\bMESSAGE\b)(?=.*\b(?:LAST SEEN|AGE)\b)[A-Z ]+$/i;
const LEVELS: { [type: string]: string } = { warning: 'warn', normal: 'info' };

/** @returns undefined when no such table is in the text. The records have an age, and no time. */
export function recordsOfEvents(text: string): ExportedRecord[] | undefined {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => HEADER.test(line));
  if (at === -1) return undefined;
  // Columns stand two or three blanks apart; one blank is part of a cell, and the message is all that is left.
  const names = lines[at]!.trim()
    .toLowerCase()
    .split(/ {2,}|\t/);
  const last = names.indexOf('message');
  const records: ExportedRecord[] = [];
  for (const line of lines.slice(at + 1)) {
    const cells = line.trim().split(/ {2,}|\t/);
    const cell = (name: string): string => cells[names.indexOf(name)] ?? '';
    const level = LEVELS[cell('type').toLowerCase()];
    const message = cells.slice(last).join(' ');
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
