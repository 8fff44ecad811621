/**
 * Slow query logs of MySQL and MariaDB (reference manuals, "The Slow Query Log"): comment lines with time, account and costs,
 * then the statement. MariaDB leaves the time out where it is that of the entry before.
 */
import type { Fields } from '../fields.ts';
import type { Layout, LayoutLine } from './layout.ts';

const TIME = /^# Time: (\d{4}-\d\d-\d\dT\S+|\d{6} +\d{1,2}:\d\d:\d\d)$/;
const ACCOUNT = /^# User@Host: ([^\s[]{0,128})\[[^\]]{0,128}\] @ {1,8}(?:([^\s[]{1,255}) )? {0,8}\[([^\]]{0,128})\]/;
const PAIRS = /\b([A-Za-z_]{1,40}): {1,8}([\w.:/-]{1,200})/g;
/** Written when the log is opened. */
const BANNER = /^(?:\S+, Version: .* started with:|Tcp port: \d+ |Time +Id +Command +Argument)/;

/** MariaDB writes `260912  8:15:31`. */
const written = (time: string): string => {
  const short = /^(\d\d)(\d\d)(\d\d) +(\d{1,2})(:\d\d:\d\d)$/.exec(time);
  return short ? `20${short[1]}-${short[2]}-${short[3]} ${short[4]!.padStart(2, '0')}${short[5]}` : time;
};

export default {
  format: 'mysql-slow',
  role: 'application',
  software: 'mysql',
  fits: (text) => TIME.test(text) || ACCOUNT.test(text) || /^# Query_time: [\d.]+ +Lock_time: /.test(text),
  reader() {
    let head: { line: number; time?: string; fields: Fields; text: string } | undefined;
    return (text, line): LayoutLine => {
      if (text.startsWith('# ')) {
        const time = TIME.exec(text)?.[1];
        const account = ACCOUNT.exec(text);
        // An entry begins with its time, or with its account where the time is left out.
        if (!head || time !== undefined || (account && head.text.includes('# User@Host')))
          head = { line, fields: {}, text: '' };
        if (time !== undefined) head.time = written(time);
        if (account) {
          const [, user, host, address] = account;
          head.fields.user = user!;
          if (host || address) head.fields.client = address || host!;
        } else if (time === undefined)
          for (const [, name, value] of text.matchAll(PAIRS)) head.fields[name!.toLowerCase()] = value!;
        head.text += head.text === '' ? text : `\n${text}`;
        return 'part';
      }
      if (!head) return BANNER.test(text) ? 'part' : 'continued';
      if (BANNER.test(text)) return 'part';
      const { line: from, time, fields, text: before } = head;
      head = undefined;
      return [
        {
          line: from,
          time,
          level: 'notice',
          logger: 'slow-query',
          message: `${before}\n${text}`,
          fields,
        },
      ];
    };
  },
} satisfies Layout;
