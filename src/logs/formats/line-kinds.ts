/** How the lines of a source are read, as its format says. */
import type { ProvenColumns } from '../cards/fixed-columns.ts';
import type { LogSource } from '../types.ts';
import type { Dress } from './dress.ts';
import type { NginxFormat } from './nginx-format.ts';

export interface TableLayout {
  separator: string;
  header: string[] | undefined;
}

/** Access lines of clouds and proxies, each layout with a reader of its own. */
export const CLOUD = /^(?:aws-[ae]lb|envoy|squid|console-access|uwsgi|iis-native|nginx-stream|aws-s3)$/;

/** Whether a source is read as access lines of servers, where nothing says otherwise. */
export const isCombinedLog = ({ format, role }: { format: string; role: LogSource['role'] }): boolean =>
  role === 'access' &&
  !format.includes('json') &&
  format !== 'iis-w3c' &&
  format !== 'logfmt' &&
  !CLOUD.test(format) &&
  format !== 'cri' &&
  !format.startsWith('syslog');

/** What is known of a source before its lines are read. */
export interface SourceLayout {
  table: TableLayout | undefined;
  nginx: NginxFormat | undefined;
  dress: Dress;
  /** In which records have card numbers. */
  cardColumns: ProvenColumns;
}
