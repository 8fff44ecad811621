/** One wrapped record to the names that JSON logs use. */
import { isInstant, isoTime } from '../../instant.ts';
import { epochTime, readTime } from '../time.ts';
import type { ExportedRecord } from './types.ts';

export type Members = { [name: string]: unknown };

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TIMES = [
  '@timestamp',
  'timestamp',
  '_time',
  'time',
  'ts',
  'date',
  'TimeGenerated',
  'lastTimestamp',
  'eventTime',
  'datetime',
  'Date',
  'Time',
  'Timestamp',
  'tsNs',
];
const TEXTS = [
  '_raw',
  '@message',
  'message',
  'msg',
  'log',
  'line',
  'Line',
  'Message',
  'textPayload',
  'Content',
  'content',
  'LogMessage',
  'Log',
  'LogEntry',
  'MESSAGE',
  'body',
];
/** Members of the platform itself, which say nothing about the system. */
const PLATFORM = new Set([
  '_index',
  '_id',
  '_score',
  '_version',
  '_type',
  'sort',
  '@ptr',
  '@ingestionTime',
  '_bkt',
  '_cd',
  '_serial',
  '_si',
  'insertId',
]);

/** Epochs of seconds to nanoseconds as numbers or digits; written times, UTC where no zone stands in them. */
function timeOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : undefined;
  if (text === undefined || text === '') return undefined;
  // Which of the two comes first only the log reader decides, and it knows half days.
  if (/^\d{1,2}\/\d{1,2}\/\d{4} /.test(text)) return text;
  const epoch = /^\d{16,19}$/.test(text)
    ? Number(BigInt(text) / (text.length > 16 ? 1_000_000n : 1000n))
    : epochTime(text);
  // Every platform shows times without a zone in UTC unless told otherwise (CloudWatch Logs Insights, Azure Monitor).
  const time = epoch ?? readTime(text, { zone: 'UTC' })?.time;
  return isInstant(time) ? isoTime(time) : undefined;
}

const firstOf = (members: Members, names: readonly string[]): string | undefined =>
  names.find((name) => members[name] !== undefined && members[name] !== null && members[name] !== '');

/** The time that a platform or shipper wrote, ISO 8601; undefined where there is none. */
export function timeOfRecord(members: Members): string | undefined {
  const name = firstOf(members, TIMES);
  return name === undefined ? undefined : timeOf(members[name]);
}

/** @returns undefined when the record has no time or says nothing. */
export function exportedRecord(members: Members): ExportedRecord | undefined {
  const timeName = firstOf(members, TIMES);
  const timestamp = timeOfRecord(members);
  if (timestamp === undefined) return undefined;
  const textName = TEXTS.find((name) => typeof members[name] === 'string' && members[name] !== '');
  const record: ExportedRecord = { timestamp };
  for (const [name, value] of Object.entries(members))
    if (name !== timeName && name !== textName && !PLATFORM.has(name) && name !== '__proto__') record[name] = value;
  record.timestamp = timestamp;
  if (textName === undefined) return record;
  const text = (members[textName] as string).replace(/[\r\n]+$/, '');
  const inner = text.startsWith('{') ? parsed(text) : undefined;
  // The program's own record says more than the platform's, its time included.
  if (isMembers(inner)) return { ...record, ...inner };
  record.message = text;
  return record;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
