/** Messages that sign their parameters: forms and flat JSON, kept as octets because the character set is part of the question. */
import { append } from '../../lists.ts';
import type { Candidate } from '../scheme.ts';
import { parseJson, pathAndQuery, type StoredMessage } from '../stored-message.ts';
import { charsetVariants } from './charset.ts';
import { jsonSpellings, readJsonTree, repeatedMember } from './json.ts';

export interface Parameter {
  name: string;
  /** Decoded octets, one latin1 character each. */
  value: string;
  /** As it stood, when it was url-encoded. */
  raw: string;
}

export interface Parameters {
  list: Parameter[];
  /** The values stood url-encoded, so their octets are those of the wire. */
  encoded: boolean;
}

const MAXIMUM_PARAMETERS = 2000;

/** Parameters of the body (form or flat JSON), with those of the query string before them. */
export function readParameters(message: StoredMessage): Parameters | undefined {
  const query = pathAndQuery(message)?.split('?').slice(1).join('?');
  const list: Parameter[] = [];
  let encoded = true;
  if (query) append(list, splitForm(query).list);
  const body = message.body.toString('latin1').trim();
  if (body.startsWith('{')) {
    const json = parseJson(message.body);
    if (typeof json !== 'object' || json === null) return undefined;
    encoded = false;
    for (const [name, v] of Object.entries(json).slice(0, MAXIMUM_PARAMETERS)) {
      if (v === null || v === undefined) continue;
      const text = typeof v === 'string' ? v : typeof v === 'object' ? JSON.stringify(v) : String(v);
      const value = Buffer.from(text).toString('latin1');
      list.push({ name, value, raw: value });
    }
  } else if (body.includes('=')) {
    const form = splitForm(body);
    if (list.length === 0) encoded = form.encoded;
    else if (!form.encoded) encoded = false;
    append(list, form.list);
  }
  return list.length > 0 ? { list, encoded } : undefined;
}

/**
 * A name that the body gives twice, in a form or in JSON. Where single fields are signed, programs may verify one of its
 * values and act on the other.
 */
export function repeatedName(message: StoredMessage): string | undefined {
  const text = message.body.toString('utf8').trim();
  if (/^[[{]/.test(text)) {
    const tree = readJsonTree(text);
    return tree && repeatedMember(tree);
  }
  const names = readParameters(message)?.list.map((p) => p.name) ?? [];
  return names.find((name, i) => names.indexOf(name) !== i);
}

/** `a=1&b=2`, or one `a=1` per line. */
function splitForm(text: string): Parameters {
  const pieces = text.includes('&') ? text.replace(/\r?\n/g, '').split('&') : text.split(/\r?\n/);
  const encoded = /%[0-9a-fA-F]{2}/.test(text);
  // Where nothing is escaped and spaces or braces stand in the open, the form was stored decoded: + is a plus.
  const open = !encoded && /[\s{}"<>]|[\x80-\xff]/.test(text);
  const list = pieces.slice(0, MAXIMUM_PARAMETERS).flatMap((piece): Parameter[] => {
    const at = piece.indexOf('=');
    if (at <= 0) return [];
    const raw = piece.slice(at + 1);
    return [{ name: octetsOf(piece.slice(0, at).trim(), open), value: octetsOf(raw, open), raw }];
  });
  return { list, encoded: encoded || !open };
}

/** Octets of a url-encoded text, one latin1 character each; what is no escape stays. */
function octetsOf(text: string, open: boolean): string {
  if (open) return text;
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

export const valueOfParameter = (p: Parameters, name: string): string | undefined =>
  p.list.find((x) => x.name === name)?.value;

export interface JoinRules {
  /** Names left out of the string to sign. */
  without: readonly string[];
  /** Parameters with an empty value are left out. */
  dropEmpty: boolean;
  /** How names and values are put together; default `k=v` joined by `&`. */
  write?(pairs: readonly { name: string; value: string }[]): string;
}

const asForm = (pairs: readonly { name: string; value: string }[]): string =>
  pairs.map((p) => `${p.name}=${p.value}`).join('&');

const byOctets = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Names and values put together by the rules, sorted by the octets of the names. */
export function joined(
  list: readonly Parameter[],
  rules: JoinRules,
  value: (p: Parameter) => string = (p) => p.value,
): Buffer {
  const kept = list.filter((p) => !rules.without.includes(p.name) && !(rules.dropEmpty && p.value === ''));
  const pairs = [...kept].sort(byOctets).map((p) => ({ name: p.name, value: value(p) }));
  return Buffer.from((rules.write ?? asForm)(pairs), 'latin1');
}

/**
 * The other ways in which programs join parameters. `optional` are names that some leave out and some keep.
 * Each is yielded as the joined text; the scheme makes of it what it signs.
 */
export function* joinedVariants(
  { list }: Parameters,
  rules: JoinRules,
  optional: readonly string[],
): Iterable<Candidate> {
  const own = joined(list, rules);
  yield {
    bytes: joined(list, { ...rules, dropEmpty: !rules.dropEmpty }),
    reason: 'empty-parameters',
    says: rules.dropEmpty ? 'with the empty parameters kept' : 'without the empty parameters',
  };
  for (const name of optional) {
    const without = rules.without.includes(name) ? rules.without.filter((n) => n !== name) : [...rules.without, name];
    const says = rules.without.includes(name) ? `with ${name}` : `without ${name}`;
    yield { bytes: joined(list, { ...rules, without }), reason: 'parameter-set', says };
    yield {
      bytes: joined(list, { ...rules, dropEmpty: !rules.dropEmpty, without }),
      reason: 'parameter-set',
      says: `${says} and with empty parameters treated differently`,
    };
  }
  const encode = (p: Parameter): string => encodeURIComponent(Buffer.from(p.value, 'latin1').toString('utf8'));
  const safe = list.every(
    (p) => Buffer.from(Buffer.from(p.value, 'latin1').toString('utf8')).toString('latin1') === p.value,
  );
  yield {
    bytes: joined(list, rules, (p) => p.raw),
    reason: 'url-encoding',
    says: 'with the values url-encoded as sent',
  };
  if (safe) {
    yield { bytes: joined(list, rules, encode), reason: 'url-encoding', says: 'with the values url-encoded' };
    yield {
      bytes: joined(list, rules, (p) => encode(p).replaceAll('%20', '+')),
      reason: 'url-encoding',
      says: 'with the values url-encoded, + for spaces',
    };
  }
  yield {
    bytes: joined(list, rules, (p) => p.value.replaceAll(' ', '+')),
    reason: 'url-encoding',
    says: 'with + where the form has a space: + was sent without escaping',
  };
  yield {
    bytes: joined(list, rules, (p) => p.value.replaceAll('+', ' ')),
    reason: 'url-encoding',
    says: 'with spaces for +',
  };
  yield {
    bytes: joined(list, rules, (p) => decodeAgain(p.value)),
    reason: 'url-encoding',
    says: 'with the values decoded once more: they were encoded twice',
  };
  const kept = list.filter((p) => !rules.without.includes(p.name) && !(rules.dropEmpty && p.value === ''));
  const plain = (order: readonly Parameter[]): Buffer => Buffer.from((rules.write ?? asForm)(order), 'latin1');
  yield { bytes: plain(kept), reason: 'parameter-order', says: 'in the order of the message, not sorted' };
  yield {
    bytes: plain([...kept].sort((a, b) => byOctets({ name: a.name.toLowerCase() }, { name: b.name.toLowerCase() }))),
    reason: 'parameter-order',
    says: 'sorted without regard to case',
  };
  yield { bytes: plain([...kept].sort(byOctets).reverse()), reason: 'parameter-order', says: 'sorted backwards' };
  yield { bytes: Buffer.concat([own, Buffer.from('&')]), reason: 'string-to-sign', says: 'with an & at the end' };
  yield { bytes: Buffer.concat([own, Buffer.from('\n')]), reason: 'string-to-sign', says: 'with a line end after it' };
  yield {
    bytes: Buffer.from(
      [...kept]
        .sort(byOctets)
        .map((p) => p.value)
        .join(''),
      'latin1',
    ),
    reason: 'string-to-sign',
    says: 'of the values alone',
  };
  yield {
    bytes: Buffer.from(
      [...kept]
        .sort(byOctets)
        .map((p) => `${p.name}="${p.value}"`)
        .join('&'),
      'latin1',
    ),
    reason: 'string-to-sign',
    says: 'with the values in quotes',
  };
  for (const name of rules.without) {
    if (optional.includes(name) || !list.some((p) => p.name === name)) continue;
    yield {
      bytes: joined(list, { ...rules, without: rules.without.filter((n) => n !== name) }),
      reason: 'parameter-set',
      says: `with ${name}`,
    };
  }
  // One parameter that was added, dropped or left unsigned.
  for (const p of kept)
    yield {
      bytes: joined(list, { ...rules, without: [...rules.without, p.name] }),
      reason: 'parameter-set',
      says: `without ${p.name.slice(0, 60)}`,
    };
  for (const v of charsetVariants(own)) yield { bytes: v.bytes, reason: 'charset', says: v.says };
  yield* valueSpellings(list, rules);
}

/** Values that are JSON (biz_content) written differently, values with edges trimmed, each one alone. */
function* valueSpellings(list: readonly Parameter[], rules: JoinRules): Iterable<Candidate> {
  const replaced = (target: Parameter, value: string): Buffer =>
    joined(list, rules, (p) => (p === target ? value : p.value));
  for (const p of list) {
    if (rules.without.includes(p.name) || p.value.length > 262_144) continue;
    const name = p.name.slice(0, 60);
    const trimmed = p.value.trim();
    if (trimmed !== p.value) yield { bytes: replaced(p, trimmed), reason: 'white-space', says: `with ${name} trimmed` };
    for (const [end, says] of [
      ['\n', 'a line end'],
      ['\r\n', 'CRLF'],
      [' ', 'a space'],
    ] as const)
      yield {
        bytes: replaced(p, `${p.value}${end}`),
        reason: end === ' ' ? 'white-space' : 'trailing-line-end',
        says: `with ${says} after ${name}`,
      };
    if (p.value.includes('\n')) {
      const lf = p.value.replaceAll('\r\n', '\n');
      yield { bytes: replaced(p, lf), reason: 'line-ends', says: `with LF line ends in ${name}` };
      yield {
        bytes: replaced(p, lf.replaceAll('\n', '\r\n')),
        reason: 'line-ends',
        says: `with CRLF line ends in ${name}`,
      };
    }
    if (p.value.startsWith('\u00ef\u00bb\u00bf'))
      yield {
        bytes: replaced(p, p.value.slice(3)),
        reason: 'byte-order-mark',
        says: `without the byte order mark in ${name}`,
      };
    yield {
      bytes: replaced(p, `\u00ef\u00bb\u00bf${p.value}`),
      reason: 'byte-order-mark',
      says: `with a byte order mark in ${name}`,
    };
    const numeric = /^(-?\d+)(\.\d+)?$/.exec(p.value);
    if (numeric && p.value.length < 16) {
      for (const other of new Set([String(Number(p.value)), Number(p.value).toFixed(2), Number(p.value).toFixed(1)]))
        if (other !== p.value)
          yield {
            bytes: replaced(p, other),
            reason: 'json-rewritten',
            says: `with the number ${name} written differently`,
          };
    }
    if (/^\s*[{[]/.test(p.value)) {
      const text = Buffer.from(p.value, 'latin1').toString('utf8');
      for (const s of jsonSpellings(text))
        yield {
          bytes: replaced(p, Buffer.from(s.text).toString('latin1')),
          reason: 'json-rewritten',
          says: `with ${name} as JSON written again ${s.says}`,
        };
    }
    for (const v of charsetVariants(Buffer.from(p.value, 'latin1')))
      yield { bytes: replaced(p, v.bytes.toString('latin1')), reason: 'charset', says: `with ${name} ${v.says}` };
  }
}

function decodeAgain(value: string): string {
  return value.replace(/%([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
