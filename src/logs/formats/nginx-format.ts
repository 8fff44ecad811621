/** Reads access lines by a log_format string of the configuration in the bundle. */

import type { RequestRow, RequestTableBuilder } from '../request-table.ts';
import { parseTimestamp } from '../time/timestamp.ts';
import { indexWithin, literalWithin } from '../within.ts';
import { setRequestBytes, setTarget } from './access-fields.ts';
import { clientAddress } from './access-json.ts';
import { accessLine } from './access-text.ts';
import { isMerchantVariable } from './merchant-members.ts';

export interface NginxFormat {
  name: string;
  /** Its lines are JSON objects, in member names of its own. */
  json: boolean;
  /** Literal text before each variable, and after the last. */
  literals: Buffer[];
  variables: string[];
  hasTime: boolean;
}

/** Variables that stand side by side in many formats and are one thing, or can be told apart. */
const TOGETHER: readonly [RegExp, string][] = [
  [/\$(?:request_)?uri\$is_args\$(?:args|query_string)/g, '$request_uri'],
  [/\$(?:http_)?host\$(?:request_)?uri(?![A-Za-z0-9_])/g, '$host_and_uri'],
];

/**
 * @param format of nginx; one of Apache httpd is turned into such a one before (`apacheAsNginx`)
 * @returns undefined for formats that hold no request.
 */
export function compileNginxFormat(name: string, format: string): NginxFormat | undefined {
  const told = TOGETHER.reduce((text, [before, after]) => text.replace(before, after), format);
  const parts = told.split(/\$(\{[A-Za-z0-9_]+\}|[A-Za-z0-9_]+)/);
  const literals = parts.filter((_, i) => i % 2 === 0).map((text) => Buffer.from(text, 'utf8'));
  const variables = parts.filter((_, i) => i % 2 === 1).map((name) => name.replace(/[{}]/g, ''));
  // Two variables without text between them cannot be told apart.
  if (variables.length < 3 || literals.slice(1, -1).some((literal) => literal.length === 0)) return undefined;
  if (!variables.some((v) => /^(?:request|request_uri|uri|host_and_uri)$/.test(v)) || !variables.includes('status'))
    return undefined;
  return { name, json: format.trimStart().startsWith('{'), literals, variables, hasTime: false };
}

const number = (b: Buffer, from: number, to: number): number =>
  Number.parseFloat(b.toString('latin1', from, Math.min(to, from + 24)));

/** Fills `row`; sets `format.hasTime` when a stamp was read. @returns whether the line fits the format. */
export function readNginxFormat(
  format: NginxFormat,
  b: Buffer,
  start: number,
  end: number,
  row: RequestRow,
  table: RequestTableBuilder,
): boolean {
  const { interner } = table;
  accessLine.malformedEnd = 0;
  format.hasTime = false;
  let at = start;
  const first = format.literals[0]!;
  if (first.length > 0) {
    if (b.compare(first, 0, first.length, at, Math.min(end, at + first.length)) !== 0) return false;
    at += first.length;
  }
  for (let i = 0; i < format.variables.length; i++) {
    const literal = format.literals[i + 1]!;
    let to = end;
    if (literal.length > 0) {
      to = literalWithin(b, literal, at, end);
      if (to === -1) return false;
    } else if (i < format.variables.length - 1) return false;
    assign(format, format.variables[i]!, b, at, to);
    at = to + literal.length;
  }
  return row.status !== 0;

  function assign(target: NginxFormat, variable: string, bytes: Buffer, from: number, to: number): void {
    if (to <= from || (to === from + 1 && bytes[from] === 45)) return;
    switch (variable) {
      case 'remote_addr':
      case 'realip_remote_addr':
      case 'binary_remote_addr':
        if (row.client === 0) row.client = interner.bytes(bytes, from, to);
        return;
      case 'http_x_forwarded_for':
      case 'http_x_real_ip':
      case 'proxy_add_x_forwarded_for': {
        const address = clientAddress(bytes.toString('latin1', from, Math.min(to, from + 200)));
        if (address !== '') row.client = interner.text(address);
        return;
      }
      case 'time_local':
      case 'time_iso8601':
      case 'msec':
        target.hasTime = parseTimestamp(bytes, from, Math.min(bytes.length, to + 1));
        return;
      case 'request':
        if (!setRequestBytes(bytes, from, to, row, interner)) {
          accessLine.malformedStart = from;
          accessLine.malformedEnd = to;
        }
        return;
      case 'request_method':
        row.method = interner.bytes(bytes, from, to);
        return;
      case 'request_uri':
      case 'uri':
        setTarget(bytes.toString('utf8', from, to), row, interner);
        return;
      case 'host_and_uri': {
        const slash = indexWithin(bytes, 47, from, to);
        if (slash === -1) return;
        row.host = interner.bytes(bytes, from, slash);
        setTarget(bytes.toString('utf8', slash, to), row, interner);
        return;
      }
      case 'args':
      case 'query_string':
        row.query = interner.bytes(bytes, from, to);
        return;
      case 'status':
        row.status = number(bytes, from, to) || 0;
        return;
      case 'body_bytes_sent':
      case 'bytes_sent':
        row.bytes = number(bytes, from, to);
        return;
      case 'http_referer':
        row.referer = interner.bytes(bytes, from, to);
        return;
      case 'http_user_agent':
        row.userAgent = interner.bytes(bytes, from, to);
        return;
      case 'host':
      case 'http_host':
      case 'server_name':
      case 'ssl_server_name':
        row.host = interner.bytes(bytes, from, to);
        return;
      case 'request_time':
        row.requestTime = number(bytes, from, to);
        return;
      case 'request_time_ms':
        row.requestTime = number(bytes, from, to) / 1e3;
        return;
      case 'request_time_us':
        row.requestTime = number(bytes, from, to) / 1e6;
        return;
      case 'upstream_connect_time':
        row.upstreamConnect = number(bytes, from, to);
        return;
      case 'upstream_header_time':
        row.upstreamHeader = number(bytes, from, to);
        return;
      case 'upstream_response_time':
        row.upstreamResponse = number(bytes, from, to);
        return;
      case 'upstream_addr':
        row.upstream = interner.bytes(bytes, from, to);
        return;
      case 'upstream_status':
        row.upstreamStatus = number(bytes, from, to) || 0;
        return;
      default:
        if (row.merchant === 0 && isMerchantVariable(variable)) row.merchant = interner.bytes(bytes, from, to);
    }
  }
}
