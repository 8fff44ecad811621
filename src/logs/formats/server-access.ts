/** Access lines of servers with layouts of their own: uWSGI, IIS's native format, nginx's stream module, Amazon S3. */
import type { RequestRow, RequestTableBuilder } from '../request-table.ts';
import { parseTimestampText } from '../time/timestamp.ts';
import { setRequestLine, setTarget } from './access-fields.ts';
import { clientAddress } from './access-json.ts';

/** uWSGI, request logging: https://uwsgi-docs.readthedocs.io/en/latest/LogFormat.html */
const UWSGI =
  /^\[pid: \d+\|app: -?\d+\|req: -?\d+\/\d+\] (\S*) \([^)]*\) \{[^}]*\} \[([^\]]{24})\] ([A-Z]{3,16}) (\S+) => generated (-?\d+) bytes in (\d+) msecs(?: via \w+\(\))? \(([\w/.]+) (\d{3})\)/;
/**
 * Client, user, date, time, service, server, address, milliseconds, bytes in, bytes out, status, Windows status, method,
 * target, parameters (Microsoft, IIS log file formats).
 */
const IIS_NATIVE =
  /^([\da-fA-F.:]+), [^,]*, (\d{1,2}\/\d{1,2}\/\d{2,4}), (\d{1,2}:\d\d:\d\d), \w+, [^,]*, [^,]*, (\d+), \d+, (\d+), (\d{3}), \d+, ([A-Z]{3,16}), ([^,]*), ([^,]*),/;
/** `$remote_addr [$time_local] $protocol $status $bytes_sent $bytes_received $session_time`, as nginx's manual has it. */
const STREAM =
  /^([\da-fA-F.:]+) \[(\d\d\/\w{3}\/\d{4}:[\d:]{8} [+-]\d{4})\] (?:TCP|UDP) (\d{3}) (\d+) \d+ ([\d.]+)(?: |$)/;

/**
 * Owner, bucket, time, client, requester, request, operation, key, request line, status, error, bytes, size of the object, total time
 * and turn-around in milliseconds, referer, agent; then version, host id, signature, cipher, authentication, host.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */
const S3 =
  /^[0-9a-f]{16,64} \S{3,63} \[([^\]]{20,30})\] ([\da-fA-F.:]+|-) \S+ \S+ [A-Z\d]+\.[A-Z\d_.]+ \S+ "([^"]*)" (\d{3}) \S+ (\d+|-) (?:\d+|-) (\d+|-) (\d+|-) "([^"]*)" "([^"]*)"(?: \S+ \S+ \S+ \S+ \S+ (\S+))?/;

export type ServerFormat = 'uwsgi' | 'iis-native' | 'nginx-stream' | 'aws-s3';
const SERVERS: ReadonlySet<string> = new Set<ServerFormat>(['uwsgi', 'iis-native', 'nginx-stream', 'aws-s3']);

export const isServerFormat = (format: string): format is ServerFormat => SERVERS.has(format);

/** @returns the format the line has the shape of. */
export function serverFormat(text: string): ServerFormat | undefined {
  if (text.startsWith('[pid: ') && UWSGI.test(text)) return 'uwsgi';
  if (IIS_NATIVE.test(text)) return 'iis-native';
  if (STREAM.test(text)) return 'nginx-stream';
  return S3.test(text) ? 'aws-s3' : undefined;
}

/** Fills `row`; the time goes to the shared stamp. @returns whether the line fits. */
export function readServerLine(
  format: ServerFormat,
  text: string,
  row: RequestRow,
  { interner }: RequestTableBuilder,
): boolean {
  const client = (address: string): number => (address === '' ? 0 : interner.text(clientAddress(address)));
  if (format === 'uwsgi') {
    const match = UWSGI.exec(text);
    if (!match || !parseTimestampText(match[2]!)) return false;
    row.client = client(match[1]!);
    setRequestLine(`${match[3]} ${match[4]} ${match[7]}`, row, interner);
    row.bytes = Number(match[5]);
    row.requestTime = Number(match[6]) / 1000;
    row.status = Number(match[8]);
    return true;
  }
  if (format === 'iis-native') {
    const match = IIS_NATIVE.exec(text);
    if (!match || !parseTimestampText(`${match[2]} ${match[3]}`)) return false;
    row.client = client(match[1]!);
    row.requestTime = Number(match[4]) / 1000;
    row.bytes = Number(match[5]);
    row.status = Number(match[6]);
    row.method = interner.text(match[7]!);
    setTarget(match[9] === '-' || match[9] === '' ? match[8]! : `${match[8]}?${match[9]}`, row, interner);
    return true;
  }
  if (format === 'aws-s3') {
    const match = S3.exec(text);
    if (!match || !parseTimestampText(match[1]!)) return false;
    const given = (value: string | undefined): number => (!value || value === '-' ? 0 : interner.text(value));
    const milliseconds = (value: string): number => (value === '-' ? Number.NaN : Number(value) / 1000);
    row.client = client(match[2] === '-' ? '' : match[2]!);
    setRequestLine(match[3]!, row, interner);
    row.status = Number(match[4]);
    row.bytes = match[5] === '-' ? 0 : Number(match[5]);
    row.requestTime = milliseconds(match[6]!);
    row.upstreamResponse = milliseconds(match[7]!);
    row.referer = given(match[8]);
    row.userAgent = given(match[9]);
    row.host = given(match[10]);
    return true;
  }
  const match = STREAM.exec(text);
  if (!match || !parseTimestampText(match[2]!)) return false;
  row.client = client(match[1]!);
  row.status = Number(match[3]);
  row.bytes = Number(match[4]);
  row.requestTime = Number(match[5]);
  return true;
}
