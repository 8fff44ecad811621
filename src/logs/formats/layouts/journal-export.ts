/**
 * The journal's export format, `journalctl -o export` and what is uploaded from it: a field a line, an empty line between entries
 * (systemd, JOURNAL_EXPORT_FORMATS). A value with line breaks follows its name after eight bytes that say how long it is.
 */

import type { Fields } from '../fields.ts';
import { levelOf, syslogLevel } from '../levels.ts';
import type { Layout, LayoutLine, LayoutRecord } from './layout.ts';

const FIELD = /^([A-Z_][A-Z0-9_]{0,63})=(.*)$/s;
const BARE = /^[A-Z_][A-Z0-9_]{0,63}$/;
const LENGTH_BYTES = 8;
const MOST_FIELDS = 64;
/** Severity that a program wrote itself at the beginning of its message. */
const SEVERITY = /^(?:\[)?(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|SEVERE)(?=[\s\]:|-])/;

interface Entry {
  line: number;
  fields: Fields;
}

function recordOf({ line, fields }: Entry): LayoutRecord | undefined {
  const { MESSAGE: message, PRIORITY: priority, __REALTIME_TIMESTAMP: time } = fields;
  if (time === undefined || !/^\d{16}$/.test(time)) return undefined;
  const own = SEVERITY.exec(message ?? '')?.[1];
  const level = own ? levelOf(own) : /^[0-7]$/.test(priority ?? '') ? syslogLevel(Number(priority)) : undefined;
  return {
    line,
    time,
    level,
    node: fields._HOSTNAME,
    logger: fields.SYSLOG_IDENTIFIER ?? fields._SYSTEMD_UNIT ?? fields._COMM,
    message: message ?? '',
    fields,
  };
}

export default {
  format: 'journal-export',
  role: 'system',
  software: 'systemd',
  fits: (text) =>
    /^(?:__(?:CURSOR|REALTIME_TIMESTAMP|MONOTONIC_TIMESTAMP|SEQNUM(?:_ID)?)|_(?:BOOT_ID|MACHINE_ID|HOSTNAME|TRANSPORT|PID|UID|GID|COMM|EXE|CMDLINE|CAP_EFFECTIVE|SELINUX_CONTEXT|SYSTEMD_[A-Z_]{2,30}|STREAM_ID|RUNTIME_SCOPE|AUDIT_[A-Z]{2,20}|SOURCE_REALTIME_TIMESTAMP)|MESSAGE|MESSAGE_ID|PRIORITY|SYSLOG_(?:FACILITY|IDENTIFIER|PID|TIMESTAMP|RAW)|CODE_(?:FILE|LINE|FUNC)|INVOCATION_ID|UNIT|JOB_(?:ID|TYPE|RESULT))=/.test(
      text,
    ),
  reader() {
    let entry: Entry | undefined;
    /** A field whose value is on the lines to come. */
    let open: string | undefined;
    let count = 0;
    let told = false;
    const put = (name: string, value: string): void => {
      if (entry && count++ < MOST_FIELDS) entry.fields[name] = value;
    };
    /** Told as soon as everything that matters is there; what comes after belongs to the same entry. */
    const tell = (): LayoutLine => {
      const record = entry && recordOf(entry);
      told = true;
      return record ? [record] : 'part';
    };
    return (text, line): LayoutLine => {
      const field = FIELD.exec(text);
      if (field) {
        const [, name, value] = field;
        open = undefined;
        if (name === '__CURSOR' || (name === '__REALTIME_TIMESTAMP' && (told || !entry))) {
          const before = entry && !told ? recordOf(entry) : undefined;
          entry = { line, fields: {} };
          count = 0;
          told = false;
          put(name, value!);
          return before ? [before] : 'part';
        }
        put(name!, value!);
        // The identifier stands ahead of the message, the priority mostly; the host may follow.
        if (name === 'MESSAGE' && entry && !told && entry.fields.PRIORITY !== undefined) return tell();
        if (name === 'PRIORITY' && entry && !told && entry.fields.MESSAGE !== undefined) return tell();
        return 'part';
      }
      if (BARE.test(text)) {
        open = text;
        return 'part';
      }
      if (!entry || open === undefined) return 'part';
      const begun = entry.fields[open];
      if (begun === undefined) {
        put(open, text.slice(LENGTH_BYTES));
        return open === 'MESSAGE' && !told && entry.fields.PRIORITY !== undefined ? tell() : 'part';
      }
      return told && open === 'MESSAGE' ? 'continued' : 'part';
    };
  },
} satisfies Layout;
