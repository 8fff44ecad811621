/** RabbitMQ before 3.7: a line with level and time, then the text (Erlang's error_logger). */
import { levelOf } from '../levels.ts';
import type { Layout, LayoutLine } from './layout.ts';

const HEAD = /^=(\w+) REPORT==== (\d{1,2})-(\w{3})-(\d{4})::(\d\d:\d\d:\d\d)(?:\.\d+)? ===$/;

export default {
  format: 'rabbitmq-classic',
  role: 'application',
  software: 'rabbitmq',
  fits: (text) => HEAD.test(text),
  reader() {
    let head: { line: number; level: string; time: string } | undefined;
    return (text, line): LayoutLine => {
      const found = HEAD.exec(text);
      if (found) {
        const [, level, day, month, year, clock] = found;
        head = { line, level: level!, time: `${day!.padStart(2, '0')}/${month}/${year}:${clock}` };
        return 'part';
      }
      if (!head) return 'continued';
      const { line: from, level, time } = head;
      head = undefined;
      return [{ line: from, time, level: levelOf(level), message: text }];
    };
  },
} satisfies Layout;
