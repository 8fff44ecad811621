/**
 * Oracle Tuxedo's user log (Administering Tuxedo, "Event log (ULOG)"): time of day, host, process with its ids, then the message,
 * which may name the transaction and its place in a catalogue of messages. The file is that of a day, which only its name tells.
 */
import { levelOf } from '../levels.ts';
import type { Layout } from './layout.ts';

/** `121449.gumby!simpserv.27190.1.0: LIBTUX_CAT:262: std main starting` */
const LINE =
  /^([01]\d|2[0-3])([0-5]\d)([0-5]\d)\.([\w.-]{1,255})!([\w.-]{1,128}?)\.(\d{1,10})\.(\d{1,10})\.(-?\d{1,10}): (?:gtrid x[\da-f]{1,16} x[\da-f]{1,16} x[\da-f]{1,16}: )?(.*)$/;
const SEVERITY = /^(?:[A-Z]{2,20}_CAT:\d{1,6}: )?(ERROR|WARN|INFO|DEBUG|FATAL): /;

export default {
  format: 'tuxedo-ulog',
  role: 'application',
  software: 'tuxedo',
  fits: (text) => LINE.test(text),
  reader() {
    return (text) => {
      const [, hour, minute, second, node, logger, , , , message] = LINE.exec(text) ?? [];
      if (message === undefined) return 'continued';
      const severity = SEVERITY.exec(message)?.[1];
      return [
        {
          time: `${hour}:${minute}:${second}`,
          level: severity === undefined ? undefined : levelOf(severity),
          node,
          logger,
          message,
        },
      ];
    };
  },
} satisfies Layout;
