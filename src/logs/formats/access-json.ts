/** Requests in JSON access logs: nginx escape=json formats, Caddy, Traefik, Envoy, ECS, HAProxy and gateways of one's own. */
import type { RequestRow, RequestTableBuilder } from '../request-table.ts';
import { setRequestLine, setTarget } from './access-fields.ts';
import type { Fields } from './fields.ts';

const KEYS = {
  status: [
    'status',
    'response.status',
    'http.response.status_code',
    'http.status_code',
    'DownstreamStatus',
    'response_code',
    'status_code',
    'sc-status',
    'http_status',
    'statusCode',
    'response_status',
    'httpRequest.status',
    'res.statusCode',
    'code',
    'EdgeResponseStatus',
    'properties.httpStatus',
  ],
  requestLine: ['request', 'request_line', 'http.request.line'],
  method: [
    'method',
    'request.method',
    'http.request.method',
    'request_method',
    'RequestMethod',
    'http_method',
    'httpRequest.requestMethod',
    'req.method',
    'cs-method',
    'verb',
    'http.method',
    'ClientRequestMethod',
    'properties.httpMethod',
  ],
  target: [
    'uri',
    'request.uri',
    'request_uri',
    'url.original',
    'path',
    'url.path',
    'RequestPath',
    'req.url',
    'url',
    'http.target',
    'httpRequest.requestUrl',
    'cs-uri-stem',
    'request_path',
    'http.url',
    'x-envoy-original-path',
    'ClientRequestURI',
    'properties.requestUri',
  ],
  query: ['args', 'query_string', 'url.query', 'cs-uri-query', 'query', 'properties.requestQuery'],
  client: [
    'x_forwarded_for',
    'http_x_forwarded_for',
    'xff',
    'client_ip',
    'request.client_ip',
    'client',
    'remote_addr',
    'request.remote_ip',
    'remote_ip',
    'client.ip',
    'source.ip',
    'source.address',
    'ClientHost',
    'ClientAddr',
    'request.remote_addr',
    'downstream_remote_address',
    'remoteAddress',
    'req.remoteAddress',
    'httpRequest.remoteIp',
    'ip',
    'remote',
    'c-ip',
    'clientip',
    'client_addr',
    'src',
    'ClientIP',
    'properties.clientIP',
  ],
  bytes: [
    'body_bytes_sent',
    'bytes',
    'bytes_sent',
    'size',
    'http.response.body.bytes',
    'DownstreamContentSize',
    'response_size',
    'httpRequest.responseSize',
    'length',
    'resp_bytes',
    'sc-bytes',
    'EdgeResponseBytes',
    'properties.sentBytes',
  ],
  referer: [
    'http_referer',
    'referer',
    'referrer',
    'request.headers.Referer',
    'http.request.referrer',
    'request_Referer',
    'httpRequest.referer',
    'cs(Referer)',
    'ClientRequestReferer',
  ],
  userAgent: [
    'http_user_agent',
    'user_agent',
    'ua',
    'agent',
    'request.headers.User-Agent',
    'user_agent.original',
    'request_User-Agent',
    'httpRequest.userAgent',
    'userAgent',
    'useragent',
    'cs(User-Agent)',
    'ClientRequestUserAgent',
    'properties.userAgent',
  ],
  host: [
    'host',
    'request.host',
    'http_host',
    'server_name',
    'url.domain',
    'RequestHost',
    'authority',
    'vhost',
    'domain',
    'ClientRequestHost',
    'properties.host',
    'x-host-header',
    'cs-host',
    'cs(Host)',
  ],
  requestTime: [
    'request_time',
    'rt',
    'duration',
    'Duration',
    'latency',
    'elapsed',
    'event.duration',
    'response_time',
    'duration_ms',
    'httpRequest.latency',
    'responseTime',
    'took',
    'elapsed_ms',
    'cost_ms',
    'time_taken',
    'properties.timeTaken',
    'EdgeTimeToFirstByteMs',
  ],
  upstreamConnect: ['upstream_connect_time', 'uct'],
  upstreamHeader: ['upstream_header_time', 'uht'],
  upstreamResponse: ['upstream_response_time', 'urt', 'OriginDuration', 'upstream_service_time'],
  upstream: [
    'upstream_addr',
    'upstream',
    'ServiceAddr',
    'upstream_host',
    'ServiceURL.Host',
    'properties.serverRouted',
    'OriginIP',
  ],
  upstreamStatus: ['upstream_status', 'us', 'OriginStatus', 'OriginResponseStatus', 'properties.serverStatus'],
  termination: ['termination_state', 'ts_state', 'tsc'],
} as const;
type Key = keyof typeof KEYS;
/** Keys of which an access record holds a status and either a request line or a method and a target. */
export const ACCESS_KEYS: { readonly [key in 'status' | 'requestLine' | 'method' | 'target']: readonly string[] } =
  KEYS;
export const CLIENT_KEYS: readonly string[] = KEYS.client;
const STATUS_KEYS: ReadonlySet<string> = new Set(KEYS.status);

const first = (fields: Fields, key: Key): string | undefined => {
  for (const name of KEYS[key]) {
    const value = fields[name];
    if (value !== undefined) return value;
  }
  return undefined;
};

/** @returns whether the members look like one HTTP request with its outcome. */
export function isAccessRecord(fields: Fields): boolean {
  let candidate = false;
  for (const key in fields) {
    if (STATUS_KEYS.has(key)) {
      candidate = true;
      break;
    }
  }
  if (!candidate) return false;
  const status = first(fields, 'status');
  if (status === undefined || !/^[1-5]\d\d$|^0$|^-$|^$/.test(status)) return false;
  const line = first(fields, 'requestLine');
  // Servers log what was no HTTP at all as a request, too: with an address, and 400 or 408 as the answer.
  if (
    line !== undefined &&
    (/^[A-Z]{3,10} \S/.test(line) || (/^4\d\d$/.test(status) && first(fields, 'client') !== undefined))
  )
    return true;
  const target = first(fields, 'target');
  return (
    target !== undefined &&
    (target.startsWith('/') || /^https?:\/\//.test(target) || target === '*') &&
    first(fields, 'method') !== undefined
  );
}

/** A duration as text to seconds; the unit comes from the text, from the key, or from the size. */
export function seconds(text: string | undefined, key: string): number {
  if (text === undefined || text === '' || text === '-') return Number.NaN;
  const match = /^(-?\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m)?/.exec(text);
  if (!match) return Number.NaN;
  const value = Number(match[1]);
  switch (match[2]) {
    case 'ns':
      return value / 1e9;
    case 'us':
    case 'µs':
      return value / 1e6;
    case 'ms':
      return value / 1e3;
    case 's':
      return value;
    case 'm':
      return value * 60;
  }
  return secondsOfNumber(value, text.includes('.'), key);
}

/** Whether the name of the last duration says milliseconds: mostly that of the next one, too. */
let lastKey = '';
let lastInMilliseconds = false;
function inMilliseconds(key: string): boolean {
  if (key !== lastKey) {
    lastKey = key;
    lastInMilliseconds = /ms$|^(?:latency|elapsed|responseTime|took|response_time|upstream_service_time)$/i.test(key);
  }
  return lastInMilliseconds;
}

/** A duration without a unit; `fraction` says that it was written with a point. */
export function secondsOfNumber(value: number, fraction: boolean, key: string): number {
  // ECS event.duration and Traefik durations are nanoseconds.
  if (key === 'event.duration' || key === 'Duration' || key === 'OriginDuration') return value / 1e9;
  if (!fraction && inMilliseconds(key)) return value / 1e3;
  if (key === 'duration' && Number.isInteger(value) && value >= 10 && !fraction) return value / 1e3;
  return value;
}

function keyOf(fields: Fields, key: Key): string {
  for (const name of KEYS[key]) if (fields[name] !== undefined) return name;
  return '';
}

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]+)$/i;

/** The address of `a, b`, `1.2.3.4:567` or `[::1]:9`; the first of a list, which is the real client. */
export function clientAddress(text: string): string {
  let value = text.split(',', 1)[0]!.trim();
  const bracketed = /^\[([^\]]+)\]/.exec(value);
  if (bracketed) value = bracketed[1]!;
  else if (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(value)) value = value.slice(0, value.indexOf(':'));
  return ADDRESS.test(value) ? value : '';
}

/** Fills `row` (time, source and line are the caller's). */
export function readAccessRecord(fields: Fields, row: RequestRow, table: RequestTableBuilder): void {
  const { interner } = table;
  const text = (key: Key): number => {
    const value = first(fields, key);
    return value === undefined || value === '-' ? 0 : interner.text(value);
  };
  row.status = Number(first(fields, 'status')) || 0;
  const line = first(fields, 'requestLine');
  if (line !== undefined && /^[A-Z]{3,10} /.test(line)) setRequestLine(line, row, interner);
  else if (line === undefined) {
    row.method = text('method');
    setTarget(first(fields, 'target') ?? '', row, interner);
    if (row.query === 0) row.query = interner.text((first(fields, 'query') ?? '').replace(/^-$/, ''));
  }
  for (const name of KEYS.client) {
    const value = fields[name];
    if (value === undefined || value === '' || value === '-') continue;
    const address = clientAddress(value);
    if (address !== '') {
      row.client = interner.text(address);
      break;
    }
  }
  const bytes = Number(first(fields, 'bytes'));
  if (Number.isFinite(bytes)) row.bytes = bytes;
  row.referer = text('referer');
  const agent = first(fields, 'userAgent');
  row.userAgent = agent === undefined || agent === '-' ? 0 : interner.text(agent);
  row.host = text('host');
  const timeKey = keyOf(fields, 'requestTime');
  // Envoy's DURATION is whole milliseconds; its records carry RESPONSE_FLAGS.
  const envoy = timeKey === 'duration' && fields.response_flags !== undefined;
  row.requestTime = seconds(first(fields, 'requestTime'), envoy ? 'duration_ms' : timeKey);
  row.upstreamConnect = seconds(first(fields, 'upstreamConnect'), 'upstreamConnect');
  row.upstreamHeader = seconds(first(fields, 'upstreamHeader'), 'upstreamHeader');
  row.upstreamResponse = seconds(first(fields, 'upstreamResponse'), keyOf(fields, 'upstreamResponse'));
  row.upstream = text('upstream');
  const upstreamStatus = Number.parseInt(first(fields, 'upstreamStatus') ?? '', 10);
  row.upstreamStatus = upstreamStatus >= 100 && upstreamStatus < 600 ? upstreamStatus : 0;
  row.termination = text('termination');
}
