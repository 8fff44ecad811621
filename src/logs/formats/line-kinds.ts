/** How the lines of a source are read, as its format says. */
import type { LogSource } from '../types.ts';

export interface TableLayout {
  separator: string;
  header: string[] | undefined;
}

/** Access lines of clouds and proxies, each layout with a reader of its own. */
export const CLOUD = /^(?:aws-[ae]lb|envoy|squid|console-access|uwsgi|iis-native|nginx-stream)$/;

/** Whether a source is read as access lines of servers, where nothing says otherwise. */
export const isCombinedLog = ({ format, role }: { format: string; role: LogSource['role'] }): boolean =>
  role === 'access' &&
  !format.includes('json') &&
  format !== 'iis-w3c' &&
  format !== 'logfmt' &&
  !CLOUD.test(format) &&
  format !== 'cri' &&
  !format.startsWith('syslog');
