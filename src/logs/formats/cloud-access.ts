/** Access lines whose fields are told apart by position only: AWS load balancers, Envoy, Squid. */
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

export type CloudFormat = 'aws-alb' | 'envoy' | 'squid';

/** @returns the format the line has the shape of. */
export function cloudFormat(text: string): CloudFormat | undefined {
  if (/^(?:https?|h2|wss?|grpcs?) \d{4}-/.test(text) && ALB.test(text)) return 'aws-alb';
  if (/^\[\d{4}-\d\d-\d\dT[\d:.]+Z?\] "/.test(text) && ENVOY.test(text)) return 'envoy';
  if (/^\d{9,10}\.\d{3} /.test(text) && SQUID.test(text)) return 'squid';
  return undefined;
}

/** Fills `row`; the time goes to the shared stamp. @returns whether the line fits. */
export function readCloudLine(format: CloudFormat, text: string, row: RequestRow, table: RequestTableBuilder): boolean {
  const { interner } = table;
  const given = (value: string | undefined): number => (!value || value === '-' ? 0 : interner.text(value));
  if (format === 'aws-alb') {
    const match = ALB.exec(text);
    if (!match || !parseTimestampText(match[1]!)) return false;
    row.client = interner.text(clientAddress(match[2]!));
    row.upstream = given(match[3]);
    const parts = [seconds(match[4]), seconds(match[5]), seconds(match[6])];
    row.upstreamResponse = parts[1]!;
    row.requestTime = parts.reduce((sum, part) => sum + (Number.isNaN(part) ? 0 : part), 0);
    row.status = Number(match[7]) || 0;
    row.upstreamStatus = Number(match[8]) || 0;
    row.bytes = Number(match[9]);
    setRequestLine(match[10]!, row, interner);
    row.userAgent = given(match[11]);
    return row.status !== 0;
  }
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
