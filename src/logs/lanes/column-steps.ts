/** How lines of columns are read by the kernel: the steps of HAProxy, Application Load Balancers, W3C logs, log_format lines. */
import { ACCESS_KEYS, type AccessKey } from '../formats/access-json.ts';
import { isMerchantVariable } from '../formats/merchant-members.ts';
import type { NginxFormat } from '../formats/nginx-format.ts';

/** Steps as columns.as numbers them. */
const STEP = {
  end: 0,
  literal: 1,
  field: 2,
  address: 3,
  stamp: 4,
  answer: 5,
  number: 6,
  request: 7,
  rest: 8,
  oneOf: 9,
  captures: 10,
  prefix: 11,
  target: 12,
  query: 13,
  token: 14,
  server: 15,
} as const;
/** Spans and numbers of a row. */
export const SPAN = {
  method: 0,
  path: 1,
  query: 2,
  upstream: 3,
  referer: 4,
  userAgent: 5,
  host: 6,
  termination: 7,
  captured: 8,
  client: 9,
  /** Empty, not negative, where there is none. */
  merchant: 10,
} as const;
export const NUMBER = {
  time: 0,
  bytes: 1,
  requestTime: 2,
  upstreamConnect: 3,
  upstreamHeader: 4,
  upstreamResponse: 5,
  upstreamStatus: 6,
} as const;
export const NOWHERE = 15;
const NO_NUMBER = 15;
/** How a number is written. */
export const DASH = 1;
const MILLISECONDS = 2;
const SIGNED = 4;
const ADDED = 8;
const GUESSED = 16;
const RESPONSE = 32;
export const WHOLE = 64;
export const STATUS_CODE = 128;
/** Of a field: neither a quote nor a backslash may stand in it. */
export const UNESCAPED = 32;
const SLASH = 16;
const BLANK = 32;
const CELL = 16;

/** The steps of one source. */
export interface Columns {
  steps: Uint8Array;
  /** Where the steps of a second form of line begin; 0 for none. */
  second: number;
  /** Path and query stand in columns of their own. */
  apart: boolean;
  /** How many stamps of a line the general reader resolves that name no offset, besides the one that gives the time. */
  otherStamps: number;
}

/** Puts steps together, with the texts that they compare with. */
export class Steps {
  readonly #bytes: number[] = [];
  readonly #texts: { text: Uint8Array; at: number[] }[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  add(what: keyof typeof STEP, a = 0, b = 0, c = 0): this {
    this.#bytes.push(STEP[what], a, b, c);
    return this;
  }

  /** Refers to a text from byte `place` of the step added last. */
  #refer(text: Uint8Array, place: number): void {
    this.#texts.push({ text, at: [this.#bytes.length - 4 + place] });
  }

  literal(text: string | Uint8Array): this {
    const bytes = Buffer.from(text as string);
    if (bytes.length === 0) return this;
    this.add('literal', 0, bytes.length);
    this.#refer(bytes, 1);
    return this;
  }

  /** Up to the text, which is taken too. */
  field(span: number, until: string | Uint8Array): this {
    const bytes = Buffer.from(until as string);
    this.add('field', span, 0, bytes.length);
    this.#refer(bytes, 2);
    return this;
  }

  oneOf(words: readonly string[]): this {
    const text = words.flatMap((word) => [word.length, ...Buffer.from(word)]);
    this.add('oneOf');
    this.#refer(Uint8Array.from([...text, 0]), 1);
    return this;
  }

  /** Printable bytes up to a blank. */
  token(span: number = NOWHERE, letters = 0): this {
    return this.add('token', span, BLANK, letters);
  }

  number(number: number, bits: number, delimiter: string): this {
    return this.add('number', number, bits, delimiter.charCodeAt(0) || 0);
  }

  /** All steps with their texts behind them; undefined where there are too many. */
  build(): Uint8Array | undefined {
    const texts: number[] = [];
    const first = Math.ceil(this.#bytes.length / CELL);
    for (const { text, at } of this.#texts) {
      const cell = first + texts.length / CELL;
      if (cell > 255 || text.length > 255) return undefined;
      for (const place of at) this.#bytes[place] = cell;
      texts.push(...text, ...new Array<number>((CELL - (text.length % CELL)) % CELL).fill(0));
    }
    const steps = new Uint8Array(first * CELL + texts.length);
    steps.set(this.#bytes);
    steps.set(texts, first * CELL);
    return steps;
  }
}

/** @param lead what stands before the stamp of syslog, `<134>`; undefined where there is no such stamp. @param ownTime that stamp gives the time. */
export function haproxyColumns(lead: string | undefined, ownTime: boolean): Columns | undefined {
  const steps = new Steps();
  const head = (): Steps => {
    if (lead !== undefined) steps.literal(lead).add('stamp', 0, Number(ownTime)).add('prefix');
    steps.add('address', 1).literal(' [').add('stamp', 1, Number(!ownTime)).literal('] ');
    return steps.token().token(SPAN.upstream | SLASH);
  };
  // TR/Tw/Tc/Tr/Ta (configuration manual, 8.2.3)
  head()
    .number(NO_NUMBER, SIGNED | WHOLE, '/')
    .number(NO_NUMBER, SIGNED | WHOLE, '/')
    .number(NUMBER.upstreamConnect, SIGNED | WHOLE | MILLISECONDS, '/')
    .number(NUMBER.upstreamHeader, SIGNED | WHOLE | MILLISECONDS | RESPONSE, '/')
    .number(NUMBER.requestTime, SIGNED | WHOLE | MILLISECONDS, ' ')
    .add('answer', 0)
    .literal(' ')
    .number(NUMBER.bytes, WHOLE, ' ')
    .token()
    .token()
    .token(SPAN.termination, 4 | (4 << 4))
    .token()
    .token()
    .add('captures')
    .literal('"')
    .add('request')
    .literal('"')
    .add('end');
  const second = steps.length;
  // Tw/Tc/Tt (8.2.2)
  head()
    .number(NO_NUMBER, SIGNED | WHOLE, '/')
    .number(NUMBER.upstreamConnect, SIGNED | WHOLE | MILLISECONDS, '/')
    .number(NUMBER.requestTime, SIGNED | WHOLE | MILLISECONDS, ' ')
    .number(NUMBER.bytes, WHOLE, ' ')
    .token(SPAN.termination, 4 | (2 << 4))
    .token(NOWHERE | SLASH)
    .add('rest', 0, 1);
  const built = steps.build();
  return built && { steps: built, second, apart: false, otherStamps: lead !== undefined && !ownTime ? 1 : 0 };
}

/** As `readCloudLine` reads `aws-alb`. */
export function albColumns(): Columns | undefined {
  const built = new Steps()
    .oneOf(['http ', 'https ', 'h2 ', 'ws ', 'wss ', 'grpc ', 'grpcs '])
    .add('stamp', 0, 1)
    .literal(' ')
    .token()
    .add('address', 1)
    .literal(' ')
    .token(SPAN.upstream)
    .number(NUMBER.requestTime, SIGNED | ADDED, ' ')
    .number(NUMBER.requestTime, SIGNED | ADDED | RESPONSE, ' ')
    .number(NUMBER.requestTime, SIGNED | ADDED, ' ')
    .add('answer', 1)
    .literal(' ')
    .number(NUMBER.upstreamStatus, DASH | WHOLE, ' ')
    .token()
    .number(NUMBER.bytes, WHOLE, ' ')
    .literal('"')
    .add('request')
    .literal('" "')
    .field(SPAN.userAgent, '"')
    .add('rest', 0, 0)
    .build();
  return built && { steps: built, second: 0, apart: false, otherStamps: 0 };
}

/** Columns of a W3C log that the general reader looks at; all others must mean nothing to it. */
const W3C: ReadonlyMap<string, AccessKey> = new Map([
  ['cs-method', 'method'],
  ['cs-uri-stem', 'target'],
  ['cs-uri-query', 'query'],
  ['c-ip', 'client'],
  ['sc-status', 'status'],
  ['sc-bytes', 'bytes'],
  ['cs(User-Agent)', 'userAgent'],
  ['cs(Referer)', 'referer'],
  ['cs-host', 'host'],
  ['cs(Host)', 'host'],
  ['x-host-header', 'host'],
]);
const ROLES = new Set<string>(Object.values(ACCESS_KEYS).flat());

/** IIS and CloudFront. @param fields of the header. @param delimiter a tab or a blank. */
export function w3cColumns(fields: readonly string[], delimiter: string): Columns | undefined {
  if (new Set(fields).size !== fields.length || fields.some((field) => ROLES.has(field) && !W3C.has(field)))
    return undefined;
  if (!['date', 'cs-method', 'cs-uri-stem', 'c-ip', 'sc-status'].every((field) => fields.includes(field)))
    return undefined;
  if (fields[fields.indexOf('date') + 1] !== 'time') return undefined;
  const query = fields.indexOf('cs-uri-query');
  if (query >= 0 && query < fields.indexOf('cs-uri-stem')) return undefined;
  const host = ACCESS_KEYS.host.find((name) => fields.includes(name));
  const steps = new Steps();
  for (const [index, field] of fields.entries()) {
    const isLast = index === fields.length - 1;
    const code = delimiter.charCodeAt(0);
    const key = field === host || W3C.get(field) !== 'host' ? W3C.get(field) : undefined;
    if (field === 'date') {
      steps.add('stamp', 0, 1);
      if (fields.length > index + 2) steps.literal(delimiter);
    } else if (field === 'time') continue;
    else if (key === 'target') steps.add('target', code);
    else if (key === 'query') steps.add('query', code);
    else if (key === 'client') {
      steps.add('address', 0);
      if (!isLast) steps.literal(delimiter);
    } else if (key === 'status') {
      steps.add('answer', 1);
      if (!isLast) steps.literal(delimiter);
    } else if (key === 'bytes' || field === 'time-taken') {
      const bits = key === 'bytes' ? DASH | WHOLE : DASH | GUESSED;
      steps.number(key === 'bytes' ? NUMBER.bytes : NUMBER.requestTime, bits, isLast ? '' : delimiter);
    } else {
      const span = key === 'method' || key === 'userAgent' || key === 'referer' || key === 'host' ? SPAN[key] : NOWHERE;
      if (isLast) steps.add('rest', code, span);
      else steps.field(span, delimiter);
    }
  }
  const built = steps.add('end').build();
  return built && { steps: built, second: 0, apart: true, otherStamps: 0 };
}

/** How `readNginxFormat` takes a variable, where the kernel can. */
const NGINX_SPANS: { readonly [name: string]: number } = {
  http_referer: SPAN.referer,
  http_user_agent: SPAN.userAgent,
  host: SPAN.host,
  http_host: SPAN.host,
  server_name: SPAN.host,
  ssl_server_name: SPAN.host,
  upstream_addr: SPAN.upstream,
};
const NGINX_NUMBERS: { readonly [name: string]: number } = {
  body_bytes_sent: NUMBER.bytes,
  bytes_sent: NUMBER.bytes,
  request_time: NUMBER.requestTime,
  upstream_connect_time: NUMBER.upstreamConnect,
  upstream_header_time: NUMBER.upstreamHeader,
  upstream_response_time: NUMBER.upstreamResponse,
  upstream_status: NUMBER.upstreamStatus,
};
const NGINX_STAMPS = new Set(['time_local', 'time_iso8601']);
/** Variables that the general reader takes and the kernel does not. */
const NGINX_OTHERS =
  /^(?:realip_remote_addr|binary_remote_addr|http_x_real_ip|proxy_add_x_forwarded_for|msec|request_method|request_uri|uri|host_and_uri|args|query_string|request_time_[mu]s)$/;

const nginxSpan = (name: string): number | undefined =>
  NGINX_SPANS[name] ?? (isMerchantVariable(name) ? SPAN.merchant : undefined);

export function nginxColumns({ literals, variables }: NginxFormat): Columns | undefined {
  const slots = variables
    .map((name) => `${nginxSpan(name) ?? ''} ${NGINX_NUMBERS[name] ?? ''}`)
    .filter((slot) => slot !== ' ');
  const stamps = variables.filter((name) => NGINX_STAMPS.has(name));
  if (new Set(slots).size !== slots.length || stamps.length !== 1) return undefined;
  if (variables.some((name) => NGINX_OTHERS.test(name))) return undefined;
  const count = (name: string): number => variables.filter((other) => other === name).length;
  if (
    count('request') !== 1 ||
    count('status') !== 1 ||
    count('remote_addr') !== 1 ||
    count('http_x_forwarded_for') > 1
  )
    return undefined;
  // The address of the proxy is replaced by that of the client.
  const forwarded = variables.indexOf('http_x_forwarded_for');
  if (forwarded >= 0 && forwarded < variables.indexOf('remote_addr')) return undefined;
  const steps = new Steps().literal(literals[0]!);
  for (const [index, name] of variables.entries()) {
    const literal = literals[index + 1]!;
    if (literal.length === 0 && (index < variables.length - 1 || nginxSpan(name) !== undefined)) return undefined;
    const number = NGINX_NUMBERS[name];
    if (name === 'remote_addr' || name === 'http_x_forwarded_for') steps.add('address', 0, Number(index === forwarded));
    else if (NGINX_STAMPS.has(name)) steps.add('stamp', 0, 1);
    else if (name === 'request') {
      if (literal[0] !== 34) return undefined;
      steps.add('request');
    } else if (name === 'status') steps.add('answer', 1);
    else if (number !== undefined) steps.number(number, DASH, '');
    else {
      if (literal.length === 0) steps.add('rest', 10, NOWHERE);
      else steps.field(nginxSpan(name) ?? NOWHERE, literal);
      continue;
    }
    steps.literal(literal);
  }
  // What stands behind the last literal does not matter to the general reader.
  const built = (literals.at(-1)!.length > 0 ? steps.add('rest') : steps.add('end')).build();
  return built && { steps: built, second: 0, apart: false, otherStamps: 0 };
}
