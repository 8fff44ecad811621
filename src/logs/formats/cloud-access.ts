/** Access lines whose fields are told apart by position only: AWS load balancers, Envoy, Squid, consoles of Node and Python. */
import type { RequestRow, RequestTableBuilder } from '../request-table.ts';
import { parseTimestampText } from '../time/timestamp.ts';
import { setRequestLine, setTarget } from './access-fields.ts';
import { clientAddress } from './access-json.ts';

const DURATION = Number.NaN;
const seconds = (text: string | undefined, unit = 1): number => {
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) && value >= 0 ? value / unit : DURATION;
};

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html */
const ALB =
  /^(?:https?|h2|wss?|grpcs?) (\S+) \S+ (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) \S+ (\S+) "([^"]*)"(?: "([^"]*)")?/;
/** Envoy's default format string. */
const ENVOY =
  /^\[([^\]]+)\] "([^"]*)" (\d+) (\S+)(?: (?:"[^"]*"|\S+)){0,3}? (\d+) (\d+) (\d+) (\S+) "([^"]*)" "([^"]*)" "([^"]*)" "([^"]*)" "([^"]*)"/;
/** Squid's native format. */
const SQUID = /^(\d{9,10}\.\d{3}) +(\d+) (\S+) [A-Z_]+\/(\d{3}) (\d+) ([A-Z]{3,16}) (\S+) \S+ \w+\/(\S+)/;

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html */
const ELB =
  /^(\d{4}-\d\d-\d\dT[\d:.]+Z) \S+ (\S+:\d+) (\S+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (\d{3}|-) (\d{3}|-) (\d+) (\d+) "([^"]*)"(?: "([^"]*)")?/;
/** Servers that write requests to a console, without a time: uvicorn; morgan's `short`, `tiny` and `dev`. */
const UVICORN = /^INFO: {2,8}(\S+) - "([A-Z]{3,16} \S+ HTTP\/[\d.]+)" (\d{3})(?: |$)/;
const MORGAN_SHORT = /^(\S+) \S+ ([A-Z]{3,16} \/\S* HTTP\/[\d.]+) (\d{3}|-) (\d+|-) - ([\d.]+|-) ms$/;
const MORGAN_TINY = /^([A-Z]{3,16} \/\S*) (\d{3}|-) (\d+|-) - ([\d.]+|-) ms$/;
const MORGAN_DEV = /^([A-Z]{3,16} \/\S*) (\d{3}|-) ([\d.]+|-) ms - (\d+|-)$/;

export type CloudFormat = 'aws-alb' | 'aws-elb' | 'envoy' | 'squid' | 'console-access';

/** Whether lines of a format carry a time. */
export const isTimed = (format: CloudFormat): boolean => format !== 'console-access';

/** @returns the format the line has the shape of. */
export function cloudFormat(text: string): CloudFormat | undefined {
  if (/^(?:https?|h2|wss?|grpcs?) \d{4}-/.test(text) && ALB.test(text)) return 'aws-alb';
  if (/^\[\d{4}-\d\d-\d\dT[\d:.]+Z?\] "/.test(text) && ENVOY.test(text)) return 'envoy';
  if (/^\d{9,10}\.\d{3} /.test(text) && SQUID.test(text)) return 'squid';
  if (text.startsWith('20') && ELB.test(text)) return 'aws-elb';
  if (UVICORN.test(text) || MORGAN_SHORT.test(text) || MORGAN_TINY.test(text) || MORGAN_DEV.test(text))
    return 'console-access';
  return undefined;
}

const textOf = (value: string | undefined, interner: RequestTableBuilder['interner']): number =>
  !value || value === '-' ? 0 : interner.text(value);

/** What the two layouts of Elastic Load Balancing begin with: the time, both sides, three durations and two statuses. */
function readBalancer(match: RegExpExecArray, row: RequestRow, { interner }: RequestTableBuilder): boolean {
  if (!parseTimestampText(match[1]!)) return false;
  row.client = interner.text(clientAddress(match[2]!));
  row.upstream = textOf(match[3], interner);
  const parts = [seconds(match[4]), seconds(match[5]), seconds(match[6])];
  row.upstreamResponse = parts[1]!;
  row.requestTime = parts.reduce((sum, part) => sum + (Number.isNaN(part) ? 0 : part), 0);
  row.status = Number(match[7]) || 0;
  row.upstreamStatus = Number(match[8]) || 0;
  return true;
}

/** Fills `row`; the time goes to the shared stamp. @returns whether the line fits. */
export function readCloudLine(format: CloudFormat, text: string, row: RequestRow, table: RequestTableBuilder): boolean {
  const { interner } = table;
  const given = (value: string | undefined): number => textOf(value, interner);
  if (format === 'aws-alb') {
    const match = ALB.exec(text);
    if (!match || !readBalancer(match, row, table)) return false;
    row.bytes = Number(match[9]);
    setRequestLine(match[10]!, row, interner);
    row.userAgent = given(match[11]);
    return row.status !== 0;
  }
  if (format === 'aws-elb') {
    const match = ELB.exec(text);
    if (!match || !readBalancer(match, row, table)) return false;
    row.bytes = Number(match[10]);
    // A listener that passes TCP on has no request: `- - - `.
    if (!match[11]!.startsWith('-')) setRequestLine(match[11]!, row, interner);
    row.userAgent = given(match[12]);
    return true;
  }
  if (format === 'console-access') return readConsoleLine(text, row, table);
  if (format === 'envoy') {
    const match = ENVOY.exec(text);
    if (!match || !parseTimestampText(match[1]!)) return false;
    setRequestLine(match[2]!, row, interner);
    row.status = Number(match[3]);
    row.termination = given(match[4]);
    row.bytes = Number(match[6]);
    row.requestTime = seconds(match[7], 1000);
    row.upstreamResponse = seconds(match[8], 1000);
    row.client = interner.text(clientAddress(match[9]!));
    row.userAgent = given(match[10]);
    row.host = given(match[12]);
    row.upstream = given(match[13]);
    return true;
  }
  const match = SQUID.exec(text);
  if (!match || !parseTimestampText(match[1]!)) return false;
  row.requestTime = seconds(match[2], 1000);
  row.client = interner.text(clientAddress(match[3]!));
  row.status = Number(match[4]);
  row.bytes = Number(match[5]);
  row.method = interner.text(match[6]!);
  setTarget(match[7]!, row, interner);
  row.upstream = given(match[8]);
  return true;
}

/** Requests on a console; they carry no time. */
function readConsoleLine(text: string, row: RequestRow, { interner }: RequestTableBuilder): boolean {
  const uvicorn = UVICORN.exec(text);
  const short = uvicorn ? null : MORGAN_SHORT.exec(text);
  const tiny = uvicorn || short ? null : MORGAN_TINY.exec(text);
  const dev = uvicorn || short || tiny ? null : MORGAN_DEV.exec(text);
  const [request, status, bytes, milliseconds] = uvicorn
    ? [uvicorn[2], uvicorn[3]]
    : short
      ? [short[2], short[3], short[4], short[5]]
      : tiny
        ? [tiny[1], tiny[2], tiny[3], tiny[4]]
        : [dev?.[1], dev?.[2], dev?.[4], dev?.[3]];
  if (request === undefined) return false;
  const client = uvicorn?.[1] ?? short?.[1];
  if (client !== undefined && client !== '-') row.client = interner.text(clientAddress(client));
  setRequestLine(request, row, interner);
  // A request that was never answered has a dash.
  row.status = Number(status) || 0;
  row.bytes = bytes === undefined || bytes === '-' ? Number.NaN : Number(bytes);
  row.requestTime = seconds(milliseconds, 1000);
  return true;
}
