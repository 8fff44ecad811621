/**
 * The diagnostic log of IBM Db2 (db2diag.log): a line with time, record id and level, lines of context, then what happened where.
 * @see https://www.ibm.com/docs/en/db2/11.5?topic=problems-interpreting-diagnostic-log-file-entries
 */
import { levelOf } from '../levels.ts';
import type { Layout, LayoutRecord } from './layout.ts';

/** `2026-09-12-08.54.04.000123+120 I1081127E430          LEVEL: Severe`; the offset is in minutes. */
const HEAD =
  /^(\d{4}-\d\d-\d\d)-([01]\d|2[0-3])\.([0-5]\d)\.([0-5]\d)\.(\d{6})([+-])(\d{3}) [A-Z]\d{1,15}[A-Z]\d{1,10} +LEVEL: (\w{1,12})/;
/** Lines of context that no other log has. */
const CONTEXT =
  /^(?:PID {5}: \d+ +TID ?: |INSTANCE: \S+ +NODE ?: |APPHDL {2}: |AUTHID {2}: |EDUID {3}: \d+ |FUNCTION: DB2 )/;
/** What the record is about. */
const SUBJECT = /^(?:FUNCTION|START {3}|STOP {4}|CHANGE {2}|MESSAGE ): (.*)$/;

const two = (number: number): string => String(number).padStart(2, '0');

export default {
  format: 'db2-diag',
  role: 'application',
  software: 'db2',
  fits: (text) => HEAD.test(text) || CONTEXT.test(text),
  reader() {
    let head: Omit<LayoutRecord, 'message'> | undefined;
    return (text, line) => {
      const [, date, hour, minute, second, fraction, sign, offset, level] = HEAD.exec(text) ?? [];
      if (date !== undefined) {
        const zone = `${sign}${two(Math.floor(Number(offset) / 60))}:${two(Number(offset) % 60)}`;
        const time = `${date}T${hour}:${minute}:${second}.${fraction}${zone}`;
        head = { line, time, level: level === 'Event' ? 'info' : levelOf(level!) };
        return 'part';
      }
      const message = head && SUBJECT.exec(text)?.[1];
      if (message === undefined) return head || text === '' ? 'part' : 'continued';
      const record = { ...head, message };
      head = undefined;
      return [record];
    };
  },
} satisfies Layout;
