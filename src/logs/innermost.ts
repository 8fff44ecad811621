/** The error that a record is about. */
import type { LogRecord } from './types.ts';

const ERROR_MEMBER = /(?:^|\.)(?:err(?:or)?|exc(?:eption)?|cause)(?:\.(?:message|msg))?$/i;

/**
 * The error at the bottom of a record: the last `Caused by:` (java.lang.Throwable.printStackTrace), the line below the last
 * frame of a traceback (Python documentation, traceback), the member of a structured record, else its first line.
 */
export function innermost({ message, fields }: Pick<LogRecord, 'message' | 'fields'>): string {
  const lines = message.split('\n');
  const caused = lines.findLast((l) => l.startsWith('Caused by: '));
  if (caused) return caused.slice('Caused by: '.length);
  if (lines.some((l) => l.startsWith('Traceback (most recent call last)'))) {
    const frame = lines.findLastIndex((l) => l.startsWith('  File "'));
    // Below the last frame; further lines are the error's own (PostgreSQL's LINE and DETAIL).
    const error = lines.slice(frame + 1).find((l) => /^[A-Za-z_][\w.]{0,120}(?::|$)/.test(l));
    if (error) return error;
  }
  // Java: the exception stands in the line below the message.
  if (lines[1] && /^[a-z][\w$.]{2,120}(?:Exception|Error|Throwable)\b/.test(lines[1])) return lines[1];
  for (const [name, value] of Object.entries(fields))
    if (ERROR_MEMBER.test(name) && value.length > 3 && !lines[0]!.includes(value.slice(0, 80)))
      return `${lines[0]}: ${value.split('\n')[0]}`;
  return lines[0]!;
}
