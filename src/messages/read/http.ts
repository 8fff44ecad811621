/** Raw HTTP messages as captures, proxies and `curl -v` store them (RFC 9112). Bytes of the body are never touched. */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { StoredMessage } from '../stored-message.ts';

export interface Problem {
  /** 1-based line. */
  line?: number;
  offset?: number;
  says: string;
  next: string;
}

export interface MessagesRead {
  messages: StoredMessage[];
  problems: Problem[];
}

const MAXIMUM_HEAD = 256 * 1024;
const MAXIMUM_HEADERS = 1000;
const MAXIMUM_MESSAGES = 2000;
const MAXIMUM_INFLATED = 16 * 2 ** 20;
const START = /^(?:([A-Z]{3,20}) (\S{1,65536}) HTTP\/\d(?:\.\d)?|HTTP\/\d(?:\.\d)? (\d{3})(?: .{0,500})?)$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}):[ \t]*(.*?)[ \t]*$/;

/** Whether the bytes begin as an HTTP message does. */
export const looksLikeHttp = (head: string): boolean =>
  /^\s{0,8}(?:[A-Z]{3,20} \S+ HTTP\/\d|HTTP\/\d(?:\.\d)? \d{3})/.test(head);

/** Reads one message after another; each ends where its Content-Length says, or where the next one starts. */
export function readHttp(bytes: Buffer, file: string): MessagesRead {
  const out: MessagesRead = { messages: [], problems: [] };
  let at = 0;
  while (at < bytes.length && /\s/.test(String.fromCharCode(bytes[at]!))) at++;
  while (at < bytes.length && out.messages.length < MAXIMUM_MESSAGES) {
    const head = readHead(bytes, at);
    if (typeof head === 'string') {
      out.problems.push({
        offset: at,
        line: lineAt(bytes, at),
        says: head,
        next: 'store the message as it went over the wire: start line, headers, an empty line, the body',
      });
      break;
    }
    const length = contentLength(head.headers);
    const next = nextStart(bytes, head.end, length);
    const stored = bytes.subarray(head.end, next);
    const message = withBody(head, stored, next < bytes.length, file, lineAt(bytes, at), length);
    out.messages.push(message);
    at = next;
    while (at < bytes.length && (bytes[at] === 0x0a || bytes[at] === 0x0d)) at++;
  }
  return out;
}

interface Head {
  method?: string;
  target?: string;
  status?: number;
  headers: [string, string][];
  /** Offset of the body. */
  end: number;
}

/** Start line and fields; a sentence when they cannot be read. Without a start line the fields alone are taken. */
export function readHead(bytes: Buffer, from: number, startLine = true): Head | string {
  const limit = Math.min(bytes.length, from + MAXIMUM_HEAD);
  const head: Head = { headers: [], end: limit };
  let at = from;
  let first = startLine;
  for (;;) {
    if (at >= limit) {
      if (limit < bytes.length) return `the header block is larger than ${MAXIMUM_HEAD} bytes`;
      head.end = bytes.length;
      return head;
    }
    let end = bytes.indexOf(0x0a, at);
    if (end < 0 || end > limit) {
      if (limit < bytes.length) return `the header block is larger than ${MAXIMUM_HEAD} bytes`;
      end = bytes.length;
    }
    const line = bytes.toString('latin1', at, end).replace(/\r$/, '');
    at = Math.min(bytes.length, end + 1);
    if (first) {
      const start = START.exec(line);
      if (!start) return 'there is no HTTP start line';
      if (start[3]) head.status = Number(start[3]);
      else {
        head.method = start[1]!;
        head.target = start[2]!;
      }
      first = false;
      continue;
    }
    if (line === '') {
      head.end = at;
      return head;
    }
    const field = FIELD.exec(line);
    const last = head.headers.at(-1);
    if (field) {
      if (head.headers.length >= MAXIMUM_HEADERS) return `there are more than ${MAXIMUM_HEADERS} header fields`;
      head.headers.push([field[1]!, utf8Value(field[2]!)]);
    } else if (last && /^[ \t]/.test(line)) last[1] = `${last[1]} ${line.trim()}`;
    else return `"${line.slice(0, 40)}" is no header field`;
  }
}

/** Header values are octets; those that are UTF-8 are shown and signed as such. */
function utf8Value(latin: string): string {
  if (!/[\x80-\xff]/.test(latin)) return latin;
  const text = Buffer.from(latin, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? latin : text;
}

const fieldOf = (headers: [string, string][], name: string): string | undefined =>
  headers.find(([n]) => n.toLowerCase() === name)?.[1];

function contentLength(headers: [string, string][]): number | undefined {
  const text = fieldOf(headers, 'content-length');
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** Where the next message of the file starts, looked for from the declared end of this one. */
function nextStart(bytes: Buffer, from: number, length: number | undefined): number {
  let at = Math.min(bytes.length, from + (length ?? 0));
  // A start line stands at the beginning of a line; right after a declared length the line may begin at once.
  for (let first = length !== undefined; at < bytes.length; first = false) {
    const begin: number = first ? at : bytes.indexOf(0x0a, at) + 1;
    if (begin === 0) return bytes.length;
    let lineEnd = bytes.indexOf(0x0a, begin);
    if (lineEnd < 0) lineEnd = bytes.length;
    if (lineEnd - begin < 4096 && START.test(bytes.toString('latin1', begin, lineEnd).replace(/\r$/, ''))) return begin;
    at = begin > at ? begin : at;
    if (begin >= bytes.length) return bytes.length;
  }
  return bytes.length;
}

function withBody(
  head: Head,
  stored: Buffer,
  followed: boolean,
  file: string,
  line: number,
  length: number | undefined,
): StoredMessage {
  let body = stored;
  // Between two messages of one file the line ends belong to the file.
  if (followed) {
    let end = body.length;
    while (end > (length ?? 0) && (body[end - 1] === 0x0a || body[end - 1] === 0x0d)) end--;
    body = body.subarray(0, end);
  }
  const chunked = /\bchunked\b/i.test(fieldOf(head.headers, 'transfer-encoding') ?? '');
  const whole = chunked ? (unchunk(body) ?? body) : body;
  const inflated = inflate(whole, fieldOf(head.headers, 'content-encoding'));
  const date = Date.parse(fieldOf(head.headers, 'date') ?? '');
  return {
    file,
    line,
    form: head.status === undefined ? 'HTTP request' : 'HTTP response',
    ...(head.method === undefined ? {} : { method: head.method }),
    ...(head.target === undefined ? {} : { target: head.target }),
    ...(head.status === undefined ? {} : { status: head.status }),
    headers: head.headers,
    body: inflated ?? whole,
    ...(length !== undefined && !inflated && !chunked && length !== whole.length ? { declaredLength: length } : {}),
    time: date,
  };
}

/** RFC 9112 section 7.1; undefined when the body is not (or no longer) chunked. */
function unchunk(body: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  for (let n = 0; n < 100_000; n++) {
    let end = body.indexOf('\r\n', at);
    // The line ends after the last chunk may have been left to the file.
    if (end < 0 && body.toString('latin1', at) === '0') end = body.length;
    if (end < 0 || end - at > 100) return undefined;
    const size = /^([0-9a-fA-F]{1,8})(?:;.*)?$/.exec(body.toString('latin1', at, end))?.[1];
    if (size === undefined) return undefined;
    const length = Number.parseInt(size, 16);
    if (length === 0) return Buffer.concat(parts);
    if (end + 2 + length > body.length) return undefined;
    parts.push(body.subarray(end + 2, end + 2 + length));
    at = end + 4 + length;
  }
  return undefined;
}

/** The decoded content; undefined when it is not compressed, or was stored decoded, or exceeds the bound. */
function inflate(body: Buffer, coding: string | undefined): Buffer | undefined {
  const limits = { maxOutputLength: MAXIMUM_INFLATED };
  try {
    switch (coding?.trim().toLowerCase()) {
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(body, limits);
      case 'deflate':
        return inflateSync(body, limits);
      case 'br':
        return brotliDecompressSync(body, limits);
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

/** 1-based line of an offset. */
export function lineAt(bytes: Buffer, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(0x0a); at >= 0 && at < offset; at = bytes.indexOf(0x0a, at + 1)) line++;
  return line;
}

/** `curl -v` and similar traces: "> " is the request, "< " the response, "* " and "{" are remarks. */
export function readCurlTrace(text: string, file: string): MessagesRead | undefined {
  const lines = text.split('\n');
  if (!lines.some((l) => /^> [A-Z]{3,20} \S+ HTTP\//.test(l))) return undefined;
  const out: MessagesRead = { messages: [], problems: [] };
  for (const mark of ['> ', '< ']) {
    const from = lines.findIndex((l) => l.startsWith(mark));
    if (from < 0) continue;
    const block: string[] = [];
    let at = from;
    while (at < lines.length && (lines[at]!.startsWith(mark) || lines[at]!.trim() === mark.trim())) {
      block.push(lines[at]!.slice(2).replace(/\r$/, ''));
      at++;
    }
    while (at < lines.length && /^[*{}]/.test(lines[at]!) && !/^\{"/.test(lines[at]!)) at++;
    const rest: string[] = [];
    while (at < lines.length && !/^[<>*] /.test(lines[at]!)) rest.push(lines[at++]!);
    const head = readHead(Buffer.from(`${block.join('\r\n').replace(/\s+$/, '')}\r\n\r\n`, 'latin1'), 0);
    if (typeof head === 'string') continue;
    const length = contentLength(head.headers);
    const body = Buffer.from(rest.join('\n'), 'latin1');
    const trimmed = length !== undefined && body.length > length ? body.subarray(0, length) : body;
    out.messages.push({ ...withBody(head, trimmed, false, file, from + 1, length), form: 'curl trace' });
  }
  return out.messages.length ? out : undefined;
}
