/** Messages stored as JSON: headers and body as fields, as functions, gateways, HAR files and JSON logs keep them. */

import { isPlain } from '../../plain.ts';
import type { StoredMessage } from '../stored-message.ts';

type Fields = { [name: string]: unknown };
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;

const HEADERS = [
  'headers',
  'header',
  'request_headers',
  'requestHeaders',
  'req_headers',
  'http_headers',
  'response_headers',
  'multiValueHeaders',
];
const BODY = [
  'rawBody',
  'raw_body',
  'rawbody',
  'body',
  'payload',
  'request_body',
  'requestBody',
  'response_body',
  'responseBody',
  'content',
  'data',
];
const TIME = ['received_at', 'receivedAt', 'time', '@timestamp', 'timestamp', 'ts', 'startedDateTime'];
const MAXIMUM_HEADERS = 1000;
const MAXIMUM_ENTRIES = 2000;

/** Messages in a JSON value: one envelope, a list of them, or a HAR file. Empty when there are none. */
export function readEnvelopes(value: unknown, file: string, line?: number): StoredMessage[] {
  const har = isPlain(value) && isPlain(value.log) && Array.isArray(value.log.entries) ? value.log.entries : undefined;
  if (har) return har.slice(0, MAXIMUM_ENTRIES).flatMap((entry) => fromHar(entry, file));
  if (Array.isArray(value))
    return value.slice(0, MAXIMUM_ENTRIES).flatMap((entry) => {
      const one = isPlain(entry) ? fromEnvelope(entry, file, line) : undefined;
      return one ? [one] : [];
    });
  if (!isPlain(value)) return [];
  const own = fromEnvelope(value, file, line);
  if (own) return [own];
  // { request: {...}, response: {...} }, or an envelope one level down in a log record.
  return ['request', 'req', 'response', 'res', 'http', 'event', 'message', 'msg'].flatMap((name) => {
    const inner = value[name];
    const one = isPlain(inner) ? fromEnvelope({ ...timesOf(value), ...inner }, file, line) : undefined;
    return one ? [one] : [];
  });
}

const timesOf = (value: Fields): Fields =>
  Object.fromEntries(TIME.flatMap((name) => (value[name] === undefined ? [] : [[name, value[name]]])));

/** JWS and JWE in JSON have a `header` and a `payload` of their own (RFC 7515 section 7.2, RFC 7516 section 7.2). */
const isToken = (value: Fields): boolean =>
  (typeof value.signature === 'string' && typeof value.payload === 'string' && typeof value.protected === 'string') ||
  (typeof value.ciphertext === 'string' && ['protected', 'encrypted_key', 'recipients'].some((n) => n in value));

function fromEnvelope(value: Fields, file: string, line: number | undefined): StoredMessage | undefined {
  if (isToken(value)) return undefined;
  const holder = HEADERS.map((name) => value[name]).find((h) => h !== undefined && h !== null);
  const headers = headerList(holder);
  if (!headers || headers.length === 0) return undefined;
  const bodyField = BODY.find((name) => value[name] !== undefined && value[name] !== null);
  const raw = bodyField === undefined ? '' : value[bodyField];
  const { bytes, parsed } = bodyBytes(raw, value);
  const method = textOf(value.method ?? value.httpMethod ?? value.request_method ?? value.verb);
  const target = targetOf(value);
  const status = Number(textOf(value.status ?? value.statusCode ?? value.status_code) ?? Number.NaN);
  return {
    file,
    ...(line === undefined ? {} : { line }),
    form: parsed ? 'JSON record whose body was stored parsed' : 'JSON record of a message',
    ...(method && /^[A-Za-z]{3,20}$/.test(method) ? { method: method.toUpperCase() } : {}),
    ...(target === undefined ? {} : { target }),
    ...(!method && status >= 100 && status < 600 ? { status } : {}),
    headers,
    body: bytes,
    time: timeOf(value),
  };
}

function targetOf(value: Fields): string | undefined {
  const target = textOf(
    value.url ?? value.uri ?? value.target ?? value.rawPath ?? value.path ?? value.request_uri ?? value.originalUrl,
  );
  const query = textOf(value.rawQueryString ?? value.query_string);
  return target !== undefined && query && !target.includes('?') ? `${target}?${query}` : target;
}

/** Headers as an object (values may be lists), as [name, value] pairs, as {name, value} entries, or as one text. */
function headerList(value: unknown): [string, string][] | undefined {
  const out: [string, string][] = [];
  if (typeof value === 'string') {
    if (value.trimStart().startsWith('{')) {
      try {
        return headerList(JSON.parse(value));
      } catch {
        return undefined;
      }
    }
    for (const l of value.split(/\r?\n/).slice(0, MAXIMUM_HEADERS)) {
      const at = l.indexOf(':');
      if (at > 0) out.push([l.slice(0, at).trim(), l.slice(at + 1).trim()]);
    }
    return out;
  }
  if (Array.isArray(value)) {
    const flat = value.every((v) => typeof v === 'string');
    for (let i = 0; i < Math.min(value.length, MAXIMUM_HEADERS); i++) {
      const entry: unknown = value[i];
      // Node's rawHeaders: names and values in turn.
      if (flat) {
        if (i % 2 === 0 && typeof value[i + 1] === 'string') out.push([value[i] as string, value[i + 1] as string]);
      } else if (Array.isArray(entry)) {
        const [n, v] = [textOf(entry[0]), textOf(entry[1])];
        if (n !== undefined && v !== undefined) out.push([n, v]);
      } else if (isPlain(entry)) {
        const [n, v] = [textOf(entry.name ?? entry.key), textOf(entry.value)];
        if (n !== undefined && v !== undefined) out.push([n, v]);
      }
    }
    return out;
  }
  if (!isPlain(value)) return undefined;
  for (const [name, v] of Object.entries(value).slice(0, MAXIMUM_HEADERS))
    for (const one of Array.isArray(v) ? v.slice(0, 50) : [v]) {
      const text = textOf(one);
      if (text !== undefined) out.push([name, text]);
    }
  return out;
}

/** Body of an envelope. A body that was stored parsed is written again: its own bytes are lost, and the form says so. */
function bodyBytes(raw: unknown, value: Fields): { bytes: Buffer; parsed: boolean } {
  if (typeof raw === 'string') {
    const base64 =
      value.isBase64Encoded === true ||
      /base64/i.test(textOf(value.bodyEncoding ?? value.body_encoding ?? value.encoding) ?? '');
    return { bytes: base64 ? Buffer.from(raw, 'base64') : Buffer.from(raw), parsed: false };
  }
  if (isPlain(raw) && raw.type === 'Buffer' && Array.isArray(raw.data))
    return { bytes: Buffer.from(raw.data as number[]), parsed: false };
  if (raw === undefined || raw === null) return { bytes: Buffer.alloc(0), parsed: false };
  return { bytes: Buffer.from(JSON.stringify(raw)), parsed: true };
}

function timeOf(value: Fields): number {
  for (const name of TIME) {
    const v = value[name];
    if (typeof v === 'number' && Number.isFinite(v)) return v > 1e11 ? v : v * 1000;
    if (typeof v === 'string') {
      const time = /^\d{10}(?:\.\d+)?$/.test(v) ? Number(v) * 1000 : /^\d{13}$/.test(v) ? Number(v) : Date.parse(v);
      if (!Number.isNaN(time)) return time;
    }
  }
  return Number.NaN;
}

/** HTTP archive 1.2: request and response of one entry. */
function fromHar(entry: unknown, file: string): StoredMessage[] {
  if (!isPlain(entry)) return [];
  const time = Date.parse(textOf(entry.startedDateTime) ?? '');
  const out: StoredMessage[] = [];
  const { request, response } = entry;
  if (isPlain(request)) {
    const post = isPlain(request.postData) ? textOf(request.postData.text) : undefined;
    out.push({
      file,
      form: 'HAR request',
      ...(textOf(request.method) ? { method: textOf(request.method)! } : {}),
      ...(textOf(request.url) ? { target: textOf(request.url)! } : {}),
      headers: headerList(request.headers) ?? [],
      body: Buffer.from(post ?? ''),
      time,
    });
  }
  if (isPlain(response)) {
    const content = isPlain(response.content) ? response.content : {};
    const text = textOf(content.text) ?? '';
    out.push({
      file,
      form: 'HAR response',
      status: Number(response.status) || 0,
      headers: headerList(response.headers) ?? [],
      body: Buffer.from(text, content.encoding === 'base64' ? 'base64' : 'utf8'),
      time,
    });
  }
  return out;
}
