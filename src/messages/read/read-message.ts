/** From the bytes of a file to the messages in it, in whatever form they were stored. */
import { parseJson, type StoredMessage } from '../stored-message.ts';
import { readEnvelopes } from './envelope.ts';
import { looksLikeHttp, type MessagesRead, readCurlTrace, readHead, readHttp } from './http.ts';
import { mentionsSignature, readLogLine } from './log-line.ts';

const MAXIMUM_LINES = 20_000;
const MAXIMUM_FOUND = 2000;

/** Reads every message of a file. Never throws; what cannot be read is a located problem. */
export function readStoredMessages(bytes: Buffer, file: string): MessagesRead {
  if (bytes.length === 0)
    return {
      messages: [],
      problems: [{ says: 'the file is empty', next: 'store the message with headers and body, byte for byte' }],
    };
  const head = bytes.toString('latin1', 0, 4096);
  if (looksLikeHttp(head)) return readHttp(bytes, file);
  if (/^(?:[*<>] |\* )/m.test(head.slice(0, 2000))) {
    const trace = readCurlTrace(bytes.toString('latin1'), file);
    if (trace) return trace;
  }
  const start = head.trimStart().replace(/^\xef\xbb\xbf/, '');
  if (start.startsWith('{') || start.startsWith('[')) {
    const json = parseJson(bytes);
    if (json !== undefined) {
      const envelopes = readEnvelopes(json, file);
      return { messages: envelopes.length > 0 ? envelopes : [bare(bytes, file, 'JSON body')], problems: [] };
    }
  }
  const fields = headersOnly(bytes, file);
  if (fields) return { messages: [fields], problems: [] };
  const lines = logged(bytes, file);
  if (lines.length > 0) return { messages: lines, problems: [] };
  return { messages: [bare(bytes, file, formOf(start, bytes))], problems: [] };
}

function formOf(start: string, bytes: Buffer): string {
  if (/^[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*/.test(start)) return 'compact token';
  if (/^[\w.%+-]{1,100}=[^&\n]*&/.test(start)) return 'form body';
  if (start.startsWith('<')) return 'XML document';
  return bytes[0] === 0x30 && bytes[1]! >= 0x80 ? 'DER structure' : 'body';
}

function bare(bytes: Buffer, file: string, form: string): StoredMessage {
  return { file, form, headers: [], body: bytes, time: Number.NaN };
}

/** Header lines without a start line, an empty line, and perhaps the body. */
function headersOnly(bytes: Buffer, file: string): StoredMessage | undefined {
  const first = bytes.toString('latin1', 0, 400).split('\n', 1)[0]!;
  if (!/^[A-Za-z][A-Za-z0-9-]{1,80}:\s/.test(first)) return undefined;
  const head = readHead(bytes, 0, false);
  if (typeof head === 'string' || head.headers.length === 0) return undefined;
  const time = Date.parse(head.headers.find(([n]) => n.toLowerCase() === 'date')?.[1] ?? '');
  const body = bytes.subarray(head.end);
  return { file, line: 1, form: body.length ? 'headers and body' : 'headers', headers: head.headers, body, time };
}

const STAMP = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/;

/** Messages in the lines of a log or of a JSON Lines file. */
function logged(bytes: Buffer, file: string): StoredMessage[] {
  const out: StoredMessage[] = [];
  let at = 0;
  for (let n = 1; at < bytes.length && n <= MAXIMUM_LINES && out.length < MAXIMUM_FOUND; n++) {
    let end = bytes.indexOf(0x0a, at);
    if (end < 0) end = bytes.length;
    const line = bytes.toString('utf8', at, Math.min(end, at + 600_000)).replace(/\r$/, '');
    at = end + 1;
    if (!mentionsSignature(line)) continue;
    const stamp = STAMP.exec(line.slice(0, 200))?.[0].replace(',', '.');
    const time = stamp && /(?:Z|[+-]\d\d:?\d\d)$/.test(stamp) ? Date.parse(stamp.replace(' ', 'T')) : Number.NaN;
    const one = readLogLine(line, file, n, time);
    if (one) out.push(one);
  }
  return out;
}

const stem = (file: string): string =>
  file.replace(/(?:[._-](?:headers?|hdrs?|body|payload|req|request))?(?:\.[A-Za-z0-9]{1,8})?$/i, '');

/**
 * Joins header files with the body files that lie beside them under the same name (`hook.headers` and `hook.body`).
 * Messages that are complete pass through.
 */
export function joinPairs(messages: readonly StoredMessage[]): StoredMessage[] {
  const out: StoredMessage[] = [];
  const used = new Set<StoredMessage>();
  for (const m of messages) {
    if (m.form !== 'headers') continue;
    const bodies = messages.filter((b) => b !== m && b.headers.length === 0 && !used.has(b));
    const body = bodies.find((b) => stem(b.file) === stem(m.file)) ?? (messages.length === 2 ? bodies[0] : undefined);
    if (!body) continue;
    used.add(m).add(body);
    out.push({ ...m, form: `headers in ${m.file}, body in ${body.file}`, body: body.body });
  }
  return [...out, ...messages.filter((m) => !used.has(m))];
}
