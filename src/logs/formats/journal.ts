/**
 * Entries of the systemd journal whose message is a line that a server or program wrote as if into a file of its own: what the line
 * says is more than a message tells. A journal holds such lines among those of the system (systemd.journal-fields(7)).
 */
import type { RecordHead } from '../record-assembler.ts';
import type { Fields } from './fields.ts';
import { mayBeHaproxyTraffic } from './haproxy.ts';
import { mayBeAccessLine, readWrappedNginxError } from './text-record.ts';

const MICROSECONDS = /^\d{16}$/;
/** A word of the head of RFC 5424, section 6. */
const word = (text: string | undefined): string => text?.replace(/\s+/g, '_').slice(0, 255) || '-';

/**
 * @param entry with the fields of the entry.
 * @returns the line behind the head of RFC 5424, which the readers of text know; undefined where the message is only a message.
 */
export function journalLine({
  message,
  node,
  logger,
  fields = {},
}: RecordHead & { fields?: Fields }): string | undefined {
  const { __REALTIME_TIMESTAMP: time, PRIORITY: priority, _PID: pid } = fields;
  if (time === undefined || !MICROSECONDS.test(time)) return undefined;
  const object = message.startsWith('{"') && message.endsWith('}');
  if (!object && !mayBeAccessLine(message) && !mayBeHaproxyTraffic(message) && !readWrappedNginxError(message))
    return undefined;
  const severity = priority !== undefined && /^[0-7]$/.test(priority) ? priority : '6';
  const written = new Date(Number(time) / 1000).toISOString();
  return `<${severity}>1 ${written} ${word(node)} ${word(logger)} ${word(pid)} - - ${message}`;
}
