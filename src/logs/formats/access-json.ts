/** Requests in JSON access logs: nginx escape=json formats, Caddy, Traefik, Envoy, ECS, HAProxy and gateways of one's own. */
import type { RequestRow, RequestTableBuilder } from '../request-table.ts';
import { setRequestLine, setTarget } from './access-fields.ts';
import { AZURE } from './azure-members.ts';
import { DURATION_NAMES, DURATION_NAMES_WITH_UNIT, secondsOfNumber, unitOfDuration } from './duration-names.ts';
import type { Fields } from './fields.ts';
import { MERCHANT_NAMES } from './merchant-members.ts';

/** What the partner that a payment goes to is called. */
export const PARTNERS = [
  'acquirer',
  'psp',
  'processor',
  'payment_channel',
  'channel_code',
  'acquirer_id',
  'acquirer_name',
  'acquirerId',
  'acquirerName',
  'psp_name',
  'payment_provider',
  'payment_gateway',
] as const;

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
    'ScStatus',
    'scstatus',
    'http_status',
    'statusCode',
    'response_status',
    'httpRequest.status',
    'res.statusCode',
    'code',
    'StatusCode',
    'http_code',
    'EdgeResponseStatus',
    'properties.httpStatus',
    'http.code',
    'http.status',
    'response.statusCode',
    'response.code',
    'res.status',
    'res.code',
    'resp.status',
    'resp.code',
    'responseStatus',
    ...AZURE.status,
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
    'CsMethod',
    'csmethod',
    'verb',
    'http.method',
    'http_verb',
    'ClientRequestMethod',
    'properties.httpMethod',
    'http.verb',
    'request.verb',
    'req.verb',
    // AWS API Gateway ($context.httpMethod) and Akamai DataStream 2.
    'httpMethod',
    'reqMethod',
    'requestMethod',
    ...AZURE.method,
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
    'CsUriStem',
    'csuristem',
    'cs-uri',
    'request_path',
    'http.url',
    'x-envoy-original-path',
    'ClientRequestURI',
    'route',
    'endpoint',
    'Path',
    'properties.requestUri',
    'http.route',
    'http.path',
    'http.uri',
    'request.path',
    'request.url',
    'request.route',
    'req.path',
    'req.uri',
    'req.route',
    'resourcePath',
    'rawPath',
    'requestPath',
    'reqPath',
    ...AZURE.target,
  ],
  query: ['args', 'query_string', 'url.query', 'cs-uri-query', 'query', 'properties.requestQuery', ...AZURE.query],
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
    'CIp',
    'cip',
    'clientip',
    'client_addr',
    'src',
    'ClientIP',
    'properties.clientIP',
    'source_ip',
    'src_ip',
    'peer',
    'peer_ip',
    'clientIp',
    'clientIP',
    'sourceIp',
    'remoteIp',
    'RemoteIpAddress',
    'cliIP',
    'network.client.ip',
    ...AZURE.client,
    ...['caller', 'client', 'peer', 'remote', 'req', 'request', 'http'].flatMap((outer) =>
      ['ip', 'addr', 'address'].map((inner) => `${outer}.${inner}`),
    ),
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
    'responseLength',
    'rspContentLen',
    ...AZURE.bytes,
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
    ...AZURE.userAgent,
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
    'CsHost',
    'cshost',
    'cs(Host)',
    'reqHost',
    'domainName',
    ...AZURE.host,
  ],
  requestTime: [...DURATION_NAMES, ...DURATION_NAMES_WITH_UNIT],
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
    ...AZURE.upstream,
    // The partner behind a gateway of payments, where no address of a server is named.
    ...PARTNERS,
    ...['downstream', 'upstream', 'payment', 'backend', 'partner', 'route', 'data', 'attributes', 'labels'].flatMap(
      (outer) => PARTNERS.map((inner) => `${outer}.${inner}`),
    ),
  ],
  upstreamStatus: [
    'upstream_status',
    'us',
    'OriginStatus',
    'OriginResponseStatus',
    'properties.serverStatus',
    ...AZURE.upstreamStatus,
  ],
  termination: ['termination_state', 'ts_state', 'tsc'],
  merchant: MERCHANT_NAMES,
} as const;
export type AccessKey = keyof typeof KEYS;
type Key = AccessKey;
/** What each member of an access record may be called, the first name that is there counts. */
export const ACCESS_KEYS: { readonly [key in Key]: readonly string[] } = KEYS;
export const CLIENT_KEYS: readonly string[] = KEYS.client;

/** Under which name a record has each member, undefined where it has none of the names; and all that may name the client. */
type Names = { readonly [key in Key]: string | undefined } & { readonly clients: readonly string[] };

/** By name: what it may be, and how well it says so, 0 best. Lines have fewer members than there are names to look for. */
const ROLES = new Map<string, { key: Key; rank: number }[]>();
for (const [key, names] of Object.entries(KEYS) as [Key, readonly string[]][])
  for (const [rank, name] of names.entries()) ROLES.set(name, [...(ROLES.get(name) ?? []), { key, rank }]);

/** Lines of one log have the same members in the same order: their names are looked up once for each such shape. */
const shapes = new Map<string, Names>();
const MOST_SHAPES = 256;
let knownMembers: readonly string[] = [];
let knownNames = namesAmong({});

function namesAmong(fields: Fields): Names {
  const best: { [key in Key]?: { name: string; rank: number } } = {};
  const clients: { name: string; rank: number }[] = [];
  for (const name in fields)
    for (const { key, rank } of ROLES.get(name) ?? []) {
      if (!(rank >= (best[key]?.rank ?? Number.POSITIVE_INFINITY))) best[key] = { name, rank };
      if (key === 'client') clients.push({ name, rank });
    }
  const entries = (Object.keys(KEYS) as Key[]).map((key) => [key, best[key]?.name]);
  clients.sort((left, right) => left.rank - right.rank);
  return { ...Object.fromEntries(entries), clients: clients.map(({ name }) => name) } as unknown as Names;
}

function namesOf(fields: Fields): Names {
  let count = 0;
  let same = true;
  for (const name in fields) {
    if (knownMembers[count++] !== name) {
      same = false;
      break;
    }
  }
  if (same && count === knownMembers.length) return knownNames;
  knownMembers = Object.keys(fields);
  // Only what may mean something makes a shape: a log whose lines each bring a member of their own has one all the same.
  const shape = JSON.stringify(knownMembers.filter((name) => ROLES.has(name)));
  const names = shapes.get(shape);
  if (names) knownNames = names;
  else {
    if (shapes.size >= MOST_SHAPES) shapes.clear();
    knownNames = namesAmong(fields);
    shapes.set(shape, knownNames);
  }
  return knownNames;
}

const memberOf = (fields: Fields, name: string | undefined): string | undefined =>
  name === undefined ? undefined : fields[name];

/** The row of a table of requests, whose exports may leave the method out: status and target are enough there. */
export const asAccessRow = (fields: Fields): Fields => (isAccessRecord(fields) ? fields : { ...fields, method: '' });

/** Akamai's DataStream 2 writes the path without the slash that it begins with. */
const WITHOUT_SLASH = 'reqPath';

/** @returns whether a value can be what was requested. @param name of its member. */
export const isTarget = (target: string, name: string): boolean =>
  target.startsWith('/') || /^https?:\/\//.test(target) || target === '*' || name === WITHOUT_SLASH;

/**
 * Members of Caddy's `http.log.error`: which error met a request. The request itself stands in `http.log.access` once more, where
 * that is written (modules/caddyhttp/errors.go).
 */
export const ERROR_OF_REQUEST = ['err_id', 'err_trace'] as const;

/**
 * Members of programs that count in milliseconds what others count in seconds, with a fraction, too: Envoy (`%DURATION%`,
 * `%RESPONSE_FLAGS%`) and the loggers of APISIX (apisix/utils/log-util.lua).
 */
export const COUNTS_MILLISECONDS = ['response_flags', 'apisix_latency'] as const;

/** Whether the unit of a duration of this name is that of the program, where one of `COUNTS_MILLISECONDS` tells it. */
export const isGuessed = (name: string): boolean => /^milliseconds-(?:when-whole|from-ten)$/.test(unitOfDuration(name));

/** @returns whether the members look like one HTTP request with its outcome. */
export function isAccessRecord(fields: Fields): boolean {
  if (ERROR_OF_REQUEST.every((name) => fields[name] !== undefined)) return false;
  const names = namesOf(fields);
  const status = memberOf(fields, names.status);
  if (status === undefined || !/^[1-5]\d\d$|^0$|^-$|^$/.test(status)) return false;
  const line = memberOf(fields, names.requestLine);
  // Servers log what was no HTTP at all as a request, too: with an address, and 400 or 408 as the answer.
  if (
    line !== undefined &&
    (/^[A-Z]{3,10} \S/.test(line) || (/^4\d\d$/.test(status) && memberOf(fields, names.client) !== undefined))
  )
    return true;
  const target = memberOf(fields, names.target);
  return target !== undefined && isTarget(target, names.target!) && memberOf(fields, names.method) !== undefined;
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

/** An address of IPv6 has 45 characters at most (INET6_ADDRSTRLEN). */
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]{0,45}:[0-9a-f:.]{1,45})$/i;

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
  const names = namesOf(fields);
  const text = (key: Key): number => {
    const value = memberOf(fields, names[key]);
    return value === undefined || value === '-' ? 0 : interner.text(value);
  };
  row.status = Number(memberOf(fields, names.status)) || 0;
  const line = memberOf(fields, names.requestLine);
  if (line !== undefined && /^[A-Z]{3,10} /.test(line)) setRequestLine(line, row, interner);
  else if (line === undefined) {
    row.method = text('method');
    setTarget(memberOf(fields, names.target) ?? '', row, interner);
    if (row.query === 0) row.query = interner.text((memberOf(fields, names.query) ?? '').replace(/^-$/, ''));
  }
  for (const name of names.clients) {
    const value = fields[name]!;
    if (value === '' || value === '-') continue;
    const address = clientAddress(value);
    if (address !== '') {
      row.client = interner.text(address);
      break;
    }
  }
  const bytes = Number(memberOf(fields, names.bytes));
  if (Number.isFinite(bytes)) row.bytes = bytes;
  row.referer = text('referer');
  const agent = memberOf(fields, names.userAgent);
  row.userAgent = agent === undefined || agent === '-' ? 0 : interner.text(agent);
  row.host = text('host');
  const timeKey = names.requestTime ?? '';
  const inMs = isGuessed(timeKey) && COUNTS_MILLISECONDS.some((name) => fields[name] !== undefined);
  row.requestTime = seconds(memberOf(fields, names.requestTime), inMs ? 'duration_ms' : timeKey);
  row.upstreamConnect = seconds(memberOf(fields, names.upstreamConnect), 'upstreamConnect');
  row.upstreamHeader = seconds(memberOf(fields, names.upstreamHeader), 'upstreamHeader');
  row.upstreamResponse = seconds(memberOf(fields, names.upstreamResponse), names.upstreamResponse ?? '');
  row.upstream = text('upstream');
  const upstreamStatus = Number.parseInt(memberOf(fields, names.upstreamStatus) ?? '', 10);
  row.upstreamStatus = upstreamStatus >= 100 && upstreamStatus < 600 ? upstreamStatus : 0;
  row.termination = text('termination');
  row.merchant = text('merchant');
}
