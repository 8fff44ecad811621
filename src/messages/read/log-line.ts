/** Messages that an application logged: signature headers and a body somewhere in one line. */
import type { StoredMessage } from '../stored-message.ts';
import { readEnvelopes } from './envelope.ts';

/** Names that only signed messages carry. */
const SIGNATURE_NAMES = [
  'stripe-signature',
  'wechatpay-signature',
  'webhook-signature',
  'svix-signature',
  'paypal-transmission-sig',
  'x-jws-signature',
  'hmacsignature',
  'alipay-signature',
  'x-square-hmacsha256-signature',
] as const;

/** Headers that belong to a signature and stand beside it. */
const HEADER_NAMES = [
  ...SIGNATURE_NAMES,
  'wechatpay-serial',
  'wechatpay-nonce',
  'wechatpay-timestamp',
  'wechatpay-signature-type',
  'webhook-id',
  'webhook-timestamp',
  'svix-id',
  'svix-timestamp',
  'paypal-transmission-id',
  'paypal-transmission-time',
  'paypal-cert-url',
  'paypal-auth-algo',
  'alipay-timestamp',
  'alipay-nonce',
  'alipay-sn',
  'authorization',
];

const MAXIMUM_LINE = 512 * 1024;

/** Whether a line can hold a signed message: a cheap test before the costly one. */
export function mentionsSignature(line: string): boolean {
  const lower = line.toLowerCase();
  return (
    SIGNATURE_NAMES.some((n) => lower.includes(n)) ||
    lower.includes('wechatpay2-') ||
    /[?&"' ]sign(?:ature)?["']?[=:]/.test(lower)
  );
}

/** The message in one line of a log; undefined when its headers or its body are not there. */
export function readLogLine(line: string, file: string, number: number, time: number): StoredMessage | undefined {
  if (line.length > MAXIMUM_LINE || !mentionsSignature(line)) return undefined;
  const start = line.indexOf('{');
  if (start === 0 || line.trimStart().startsWith('{')) {
    try {
      const record: unknown = JSON.parse(line);
      const [one] = readEnvelopes(record, file, number);
      if (one) return { ...one, form: `logged, ${one.form}`, time: Number.isFinite(one.time) ? one.time : time };
    } catch {
      // A line that merely begins like JSON.
    }
  }
  const headers: [string, string][] = [];
  for (const name of HEADER_NAMES) {
    const value = headerIn(line, name);
    if (value !== undefined) headers.push([name, value]);
  }
  if (!headers.some(([n]) => n !== 'authorization') && !headers.some(([, v]) => v.startsWith('WECHATPAY2-')))
    return undefined;
  const body = bodyIn(line, headers);
  if (body === undefined) return undefined;
  const request = /\b(GET|POST|PUT|PATCH|DELETE) ((?:https?:\/\/|\/)[^\s"']{1,4096})/.exec(line);
  return {
    file,
    line: number,
    form: 'log line',
    ...(request ? { method: request[1]!, target: request[2]! } : {}),
    headers,
    body: Buffer.from(body),
    time,
  };
}

/** `Name: value`, `name=value`, `"name":"value"`, quoted values unescaped. */
function headerIn(line: string, name: string): string | undefined {
  const at = line.toLowerCase().indexOf(name);
  if (at < 0 || (at > 0 && /[\w-]/.test(line[at - 1]!))) return undefined;
  const rest = line.slice(at + name.length, at + name.length + 8192);
  const value =
    /^\\?["']?\s*(?:[:=]|=>)\s*(?:\[\s*)?(?:\\"((?:[^"\\]|\\\\)*)\\"|"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s;|}\]]+))/.exec(
      rest,
    );
  if (!value) return undefined;
  const found = value[1] ?? value[2]?.replace(/\\(["\\/])/g, '$1') ?? value[3] ?? value[4]!;
  return found.replace(/,$/, '');
}

/** What `body=`, `payload=` or `raw=` introduces, else the last JSON object of the line. */
function bodyIn(line: string, headers: [string, string][]): string | undefined {
  const named = /\b(?:raw_?)?(?:body|payload|content|data|报文)["']?\s*[:=]\s*/i.exec(line);
  if (named) {
    const from = named.index + named[0].length;
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(line.slice(from));
    if (quoted) {
      try {
        return JSON.parse(`"${quoted[1]}"`) as string;
      } catch {
        return quoted[1]!.replace(/\\"/g, '"');
      }
    }
    const object = balanced(line, from);
    if (object !== undefined) return object;
  }
  for (let at = line.indexOf('{'); at >= 0; at = line.indexOf('{', at + 1)) {
    const object = balanced(line, at);
    if (object === undefined) return undefined;
    const holdsHeaders = headers.some(([, v]) => object.includes(v));
    if (!holdsHeaders && object.includes('"')) return object;
    at += object.length - 1;
  }
  return undefined;
}

/** The brace-balanced text that starts here, quotes respected. */
function balanced(line: string, from: number): string | undefined {
  if (line[from] !== '{' && line[from] !== '[') return undefined;
  let depth = 0;
  let inString = false;
  for (let i = from; i < line.length; i++) {
    const c = line[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && --depth === 0) return line.slice(from, i + 1);
  }
  return undefined;
}
