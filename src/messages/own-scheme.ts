/** A scheme of one's own, described in YAML: plain HMAC, RSA, ECDSA or EdDSA over a string built from the message. */
import { isMap, LineCounter, parseDocument } from 'yaml';
import { yamlRefusal } from '../yaml-bounds.ts';
import { ALGORITHMS, type SignatureAlgorithm } from './algorithms.ts';
import { type Candidate, type Claim, defineScheme, type KeyHint, type Scheme } from './scheme.ts';
import { otherUnits, stampOf } from './schemes/_stamped.ts';
import { type Direction, header, jsonBody, pathAndQuery, type StoredMessage } from './stored-message.ts';
import { bodyVariants } from './variants/body.ts';
import { type JoinRules, joined, joinedVariants, readParameters, valueOfParameter } from './variants/parameters.ts';

const NAMES: { readonly [name: string]: SignatureAlgorithm } = {
  'hmac-md5': ALGORITHMS.hmacMd5,
  'hmac-sha1': ALGORITHMS.hmacSha1,
  'hmac-sha256': ALGORITHMS.hmacSha256,
  'hmac-sha384': ALGORITHMS.hmacSha384,
  'hmac-sha512': ALGORITHMS.hmacSha512,
  'rsa-md5': ALGORITHMS.rsaMd5,
  'rsa-sha1': ALGORITHMS.rsaSha1,
  'rsa-sha256': ALGORITHMS.rsaSha256,
  'rsa-sha384': ALGORITHMS.rsaSha384,
  'rsa-sha512': ALGORITHMS.rsaSha512,
  'rsa-pss-sha256': ALGORITHMS.pssSha256,
  'rsa-pss-sha384': ALGORITHMS.pssSha384,
  'rsa-pss-sha512': ALGORITHMS.pssSha512,
  'ecdsa-sha256': ALGORITHMS.ecdsaSha256,
  'ecdsa-sha384': ALGORITHMS.ecdsaSha384,
  'ecdsa-sha512': ALGORITHMS.ecdsaSha512,
  'ecdsa-sha256-raw': ALGORITHMS.ecdsaSha256Raw,
  'ecdsa-sha384-raw': ALGORITHMS.ecdsaSha384Raw,
  'ecdsa-sha512-raw': ALGORITHMS.ecdsaSha512Raw,
  eddsa: ALGORITHMS.eddsa,
  ed25519: ALGORITHMS.eddsa,
};

interface Place {
  header?: string;
  /** Parameter of a form, or path into JSON (`a.b`). */
  field?: string;
  /** `t=..,v1=..`: the value after this name. */
  part?: string;
  /** Text before the value, e.g. `sha256=`. */
  prefix?: string;
}

interface Description {
  id: string;
  title: string;
  direction: Direction;
  algorithm: SignatureAlgorithm;
  algorithmName: string;
  signature: Place & { encoding: 'base64' | 'base64url' | 'hex' };
  string: string;
  secret: 'text' | 'hex' | 'base64';
  key?: Place & { kind: 'serial' | 'id' };
  timestamp?: Place & { tolerance: number };
  parameters: { without: string[]; dropEmpty: boolean };
}

export type OwnScheme = { scheme: Scheme } | { problem: { line: number; says: string } };

const KNOWN = [
  'id',
  'title',
  'direction',
  'algorithm',
  'signature',
  'string',
  'secret',
  'key',
  'timestamp',
  'parameters',
];
const MAXIMUM_BYTES = 64 * 1024;

/** Reads a description; the first mistake with its line where it is not one. */
export function readOwnScheme(text: string, file: string): OwnScheme {
  const problem = (line: number, says: string): OwnScheme => ({ problem: { line, says } });
  if (text.length > MAXIMUM_BYTES) return problem(1, `larger than ${MAXIMUM_BYTES} bytes`);
  const refused = yamlRefusal(text);
  if (refused) return problem(refused.line, refused.says);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, maxAliasCount: 0 } as never);
  const [error] = document.errors;
  if (error) return problem(error.linePos?.[0].line ?? 1, error.message.split('\n')[0]!);
  if (!isMap(document.contents)) return problem(1, 'a scheme is a map of names and values');
  const lineOf = (name: string): number => {
    const pair = (document.contents as { items: { key: unknown }[] }).items.find((i) => String(i.key) === name);
    const range = (pair?.key as { range?: [number, number, number] } | undefined)?.range;
    return range ? lines.linePos(range[0]).line : 1;
  };
  const value = document.toJS({ maxAliasCount: 0 }) as { [name: string]: unknown };
  const unknown = Object.keys(value).find((k) => !KNOWN.includes(k));
  if (unknown)
    return problem(lineOf(unknown), `"${unknown.slice(0, 40)}" is not known here; known are ${KNOWN.join(', ')}`);
  const read = describe(value, file);
  if ('field' in read) return problem(lineOf(read.field), read.says);
  return { scheme: schemeOf(read) };
}

type Mistake = { field: string; says: string };

function describe(v: { [name: string]: unknown }, file: string): Description | Mistake {
  const id = typeof v.id === 'string' && /^[a-z0-9][a-z0-9-]{0,60}$/.test(v.id) ? v.id : undefined;
  if (!id) return { field: 'id', says: `${file} needs an id of lower-case letters, digits and hyphens` };
  const name = String(v.algorithm ?? '').toLowerCase();
  const algorithm = NAMES[name];
  if (!algorithm) return { field: 'algorithm', says: `algorithm must be one of ${Object.keys(NAMES).join(', ')}` };
  const direction = v.direction ?? 'callback';
  if (direction !== 'request' && direction !== 'response' && direction !== 'callback')
    return { field: 'direction', says: 'direction must be request, response or callback' };
  if (typeof v.string !== 'string')
    return {
      field: 'string',
      says: `string must be the text that is signed, with \${body}, \${header.NAME}, ...`,
    };
  const bad = [...v.string.matchAll(PLACEHOLDER)].find(
    (m) => !/^(?:body|method|path|url|target|params|(?:header|field|set)\.\S{1,200})$/.test(m[1]!),
  );
  if (bad)
    return {
      field: 'string',
      says: `\${${bad[1]!.slice(0, 60)}} is not known; known are body, method, path, url, params, header.NAME, field.NAME, set.NAME`,
    };
  const signature = placeOf(v.signature);
  if (!signature)
    return {
      field: 'signature',
      says: 'signature must say where it stands: header or field, with part, prefix and encoding where needed',
    };
  const encoding = (v.signature as { encoding?: unknown }).encoding ?? 'base64';
  if (encoding !== 'base64' && encoding !== 'base64url' && encoding !== 'hex')
    return { field: 'signature', says: 'encoding must be base64, base64url or hex' };
  const secret = v.secret ?? 'text';
  if (secret !== 'text' && secret !== 'hex' && secret !== 'base64')
    return { field: 'secret', says: 'secret must be text, hex or base64: how the key is written' };
  const key = placeOf(v.key);
  const timestamp = placeOf(v.timestamp);
  if (v.key !== undefined && !key)
    return { field: 'key', says: 'key must say where the name of the key stands: header or field' };
  if (v.timestamp !== undefined && !timestamp)
    return { field: 'timestamp', says: 'timestamp must say where it stands: header or field' };
  const tolerance = Number((v.timestamp as { tolerance?: unknown } | undefined)?.tolerance ?? 300);
  if (!Number.isFinite(tolerance) || tolerance < 0)
    return { field: 'timestamp', says: 'tolerance must be a number of seconds' };
  const parameters = (v.parameters ?? {}) as { without?: unknown; drop_empty?: unknown };
  const without = Array.isArray(parameters.without)
    ? parameters.without.map(String)
    : signature.field
      ? [signature.field]
      : [];
  return {
    id,
    title: typeof v.title === 'string' ? v.title : id,
    direction,
    algorithm,
    algorithmName: name,
    signature: { ...signature, encoding },
    string: v.string,
    secret,
    ...(key
      ? {
          key: {
            ...key,
            kind: (v.key as { kind?: unknown }).kind === 'serial' ? ('serial' as const) : ('id' as const),
          },
        }
      : {}),
    ...(timestamp ? { timestamp: { ...timestamp, tolerance } } : {}),
    parameters: { without, dropEmpty: parameters.drop_empty !== false },
  };
}

function placeOf(value: unknown): Place | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const v = value as { [name: string]: unknown };
  const text = (name: string): { [n: string]: string } =>
    typeof v[name] === 'string' ? { [name]: v[name] as string } : {};
  const place: Place = { ...text('header'), ...text('field'), ...text('part'), ...text('prefix') };
  return place.header === undefined && place.field === undefined ? undefined : place;
}

const PLACEHOLDER = /\$\{([^{}]{1,220})\}/g;

function fieldOf(message: StoredMessage, name: string): string | undefined {
  const parameters = readParameters(message);
  const direct = parameters ? valueOfParameter(parameters, name) : undefined;
  if (direct !== undefined) return direct;
  let value = jsonBody(message);
  for (const step of name.split('.').slice(0, 20)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as { [n: string]: unknown })[step];
  }
  return value === undefined || value === null
    ? undefined
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
}

function readPlace(message: StoredMessage, place: Place): string | undefined {
  let value = place.header !== undefined ? header(message, place.header) : fieldOf(message, place.field!);
  if (value !== undefined && place.part !== undefined)
    value = value
      .split(/[,;]\s*/)
      .find((p) => p.startsWith(`${place.part}=`))
      ?.slice(place.part.length + 1)
      .replace(/^"(.*)"$/, '$1');
  if (value !== undefined && place.prefix !== undefined && value.startsWith(place.prefix))
    value = value.slice(place.prefix.length);
  return value;
}

function schemeOf(d: Description): Scheme {
  return defineScheme({
    meta: {
      id: d.id,
      title: d.title,
      description: `${d.algorithmName} as described in a file of one's own`,
      references: [],
      signsFields: /\$\{(?:params|field\.)/.test(d.string),
    },
    detect: (message) => (readPlace(message, d.signature) === undefined ? 0 : 2),
    claims: (message, context): Claim[] => {
      const base = { label: `${d.title} signature`, direction: context.direction ?? d.direction };
      const signature = readPlace(message, d.signature);
      if (signature === undefined || signature === '')
        return [
          {
            ...base,
            kind: 'defect',
            reason: 'signature-missing',
            says: `there is no ${d.signature.header ?? d.signature.field}`,
          },
        ];
      const time = d.timestamp ? readPlace(message, d.timestamp) : undefined;
      if (d.timestamp && time === undefined)
        return [
          {
            ...base,
            kind: 'defect',
            reason: 'header-malformed',
            says: `there is no ${d.timestamp.header ?? d.timestamp.field}`,
          },
        ];
      const rules: JoinRules = d.parameters;
      const parameters = readParameters(message);
      const sorted = parameters ? joined(parameters.list, rules) : Buffer.alloc(0);
      const compose = (over: Overrides = {}): Buffer => fill(d.string, message, context.parameters, sorted, over);
      const hint = d.key ? hintOf(message, d.key) : undefined;
      const [from] = [d.timestamp].flatMap((t) =>
        t?.header ? [`header.${t.header.toLowerCase()}`] : t?.field ? [`field.${t.field}`] : [],
      );
      return [
        {
          ...base,
          kind: 'signature',
          algorithm: d.algorithm,
          declared: d.algorithmName,
          rivals: rivals(d.algorithm),
          signatures: [{ text: signature, encoding: d.signature.encoding }],
          ...(hint ? { hint } : {}),
          signed: compose(),
          candidates: function* (): Iterable<Candidate> {
            if (mentions(d, 'body'))
              for (const v of bodyVariants(message.body)) yield { ...v, bytes: compose({ body: v.bytes }) };
            if (mentions(d, 'params') && parameters)
              for (const v of joinedVariants(parameters, rules, rules.without))
                yield { ...v, bytes: compose({ params: v.bytes }) };
            if (time !== undefined && from && !d.timestamp?.part)
              for (const unit of otherUnits(time))
                yield {
                  bytes: compose({ [from]: Buffer.from(unit) }),
                  reason: 'timestamp-unit',
                  says: 'with the time in the other unit (seconds, milliseconds)',
                };
            const url = pathAndQuery(message);
            if (url && /\$\{(?:path|url|target)\}/.test(d.string))
              for (const [target, says] of [
                [url, 'with path and query'],
                [url.split('?')[0]!, 'with the path alone'],
                [`https://${header(message, 'host') ?? ''}${url}`, 'with the full URL'],
              ] as const)
                yield {
                  bytes: compose({ path: Buffer.from(target), url: Buffer.from(target), target: Buffer.from(target) }),
                  reason: 'request-target',
                  says,
                };
            yield {
              bytes: Buffer.concat([compose(), Buffer.from('\n')]),
              reason: 'string-to-sign',
              says: 'with a line end after the string to sign',
            };
            const text = compose().toString('latin1');
            if (text.endsWith('\n'))
              yield {
                bytes: Buffer.from(text.slice(0, -1), 'latin1'),
                reason: 'string-to-sign',
                says: 'without the final line end',
              };
            yield { bytes: message.body, reason: 'string-to-sign', says: 'of the body alone' };
          },
          ...(d.timestamp && time !== undefined
            ? {
                timestamp: {
                  time: stampOf(time),
                  toleranceMs: d.timestamp.tolerance * 1000,
                  field: d.timestamp.header ?? d.timestamp.field!,
                },
              }
            : {}),
          macKey: (secret) => macKey(secret, d.secret),
        },
      ];
    },
  });
}

function rivals(own: SignatureAlgorithm): SignatureAlgorithm[] {
  const family = own.kind.startsWith('rsa') ? 'rsa' : own.kind;
  return own.kind === 'hmac' ? [] : Object.values(NAMES).filter((a) => a !== own && a.kind.startsWith(family));
}

function hintOf(message: StoredMessage, key: Place & { kind: 'serial' | 'id' }): KeyHint | undefined {
  const value = readPlace(message, key);
  return value ? { kind: key.kind, value, field: key.header ?? key.field! } : undefined;
}

function macKey(secret: Buffer, form: Description['secret']): Buffer | undefined {
  if (form === 'text') return secret;
  const text = secret.toString('latin1');
  if (form === 'hex') return /^(?:[0-9a-fA-F]{2})+$/.test(text) ? Buffer.from(text, 'hex') : undefined;
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

interface Overrides {
  [placeholder: string]: Buffer;
}

/** The string to sign as octets: the body may be anything. */
function fill(
  template: string,
  message: StoredMessage,
  set: { readonly [name: string]: string },
  params: Buffer,
  over: Overrides,
): Buffer {
  const out: Buffer[] = [];
  let at = 0;
  for (const m of template.matchAll(PLACEHOLDER)) {
    out.push(Buffer.from(template.slice(at, m.index)));
    out.push(over[m[1]!] ?? over[m[1]!.toLowerCase()] ?? placeholder(m[1]!, message, set, params));
    at = m.index + m[0].length;
  }
  out.push(Buffer.from(template.slice(at)));
  return Buffer.concat(out);
}

function placeholder(
  name: string,
  message: StoredMessage,
  set: { readonly [name: string]: string },
  params: Buffer,
): Buffer {
  const url = pathAndQuery(message) ?? '';
  switch (name) {
    case 'body':
      return message.body;
    case 'params':
      return params;
    case 'method':
      return Buffer.from(message.method ?? '');
    case 'path':
      return Buffer.from(url.split('?')[0]!);
    case 'target':
      return Buffer.from(url);
    case 'url':
      return Buffer.from(
        /^https?:/.test(message.target ?? '') ? message.target! : `https://${header(message, 'host') ?? ''}${url}`,
      );
    default: {
      const rest = name.slice(name.indexOf('.') + 1);
      if (name.startsWith('header.')) return Buffer.from(header(message, rest) ?? '');
      if (name.startsWith('set.')) return Buffer.from(set[rest.toLowerCase()] ?? '');
      return Buffer.from(fieldOf(message, rest) ?? '', 'latin1');
    }
  }
}

const mentions = (d: Description, name: string): boolean =>
  [...d.string.matchAll(PLACEHOLDER)].some((m) => m[1] === name);
