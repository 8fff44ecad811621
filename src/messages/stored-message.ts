/** One message as it was stored: what the readers of input forms hand to the schemes. */

export type Direction = 'request' | 'response' | 'callback' | 'unknown';

export interface StoredMessage {
  /** File (relative to the bundle in triage) and where in it. */
  file: string;
  /** 1-based line at which the message starts. */
  line?: number;
  /** How it was stored, in the words of the report: `HTTP request`, `JSON envelope`, `form body`, `log line`. */
  form: string;
  /** Known where an HTTP start line was stored. */
  method?: string;
  /** Request target as sent: path and query, or a full URL. */
  target?: string;
  status?: number;
  /** In the order of the message; names as written. */
  headers: readonly (readonly [name: string, value: string])[];
  body: Buffer;
  /** Declared length of the body, when it differs from what was stored. */
  declaredLength?: number;
  /** When it was received or logged, ms UTC; NaN when nothing says so. */
  time: number;
  /** Parts stored beside it in the same folder, for schemes whose parts are separate files. */
  parts?: readonly { file: string; content: Buffer }[];
}

/** First value of a header, whatever its case; undefined when absent. */
export function header(message: StoredMessage, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return message.headers.find(([n]) => n.toLowerCase() === wanted)?.[1];
}

/** All values of a header in order. */
export function headers(message: StoredMessage, name: string): string[] {
  const wanted = name.toLowerCase();
  return message.headers.filter(([n]) => n.toLowerCase() === wanted).map(([, v]) => v);
}

/** Path and query of the request target; a full URL loses scheme and authority. */
export function pathAndQuery(message: StoredMessage): string | undefined {
  const { target } = message;
  if (target === undefined) return undefined;
  const absolute = /^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]*/i.exec(target);
  return absolute ? target.slice(absolute[0].length) || '/' : target;
}

/** The body parsed as JSON, bounded in depth; undefined when it is not JSON. */
export function jsonBody(message: StoredMessage): unknown {
  return parseJson(message.body);
}

const MAXIMUM_JSON = 8 * 2 ** 20;
const MAXIMUM_DEPTH = 200;

/** JSON of hostile origin: bounded in size and nesting; undefined when it is not JSON or exceeds the bounds. */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0 || bytes.length > MAXIMUM_JSON || tooDeep(bytes)) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

/** Whether brackets nest deeper than any payment message does; strings are skipped. */
function tooDeep(bytes: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const b = bytes[i]!;
    if (inString) {
      if (b === 0x5c) i++;
      else if (b === 0x22) inString = false;
    } else if (b === 0x22) inString = true;
    else if (b === 0x7b || b === 0x5b) {
      if (++depth > MAXIMUM_DEPTH) return true;
    } else if (b === 0x7d || b === 0x5d) depth--;
  }
  return false;
}
