/** An access line as the collections that rules look at. */
import { urlDecodeUni } from './transform.ts';
import type { CrsRequest, Target } from './types.ts';

export interface Value {
  /** `ARGS:id`, as findings name it. */
  name: string;
  text: string;
}

const MAX_ARGUMENTS = 256;
/** Longer values are cut: a rule that needs more than this of one value is not what a log shows. */
const MAX_VALUE = 8192;

const cut = (text: string): string => (text.length > MAX_VALUE ? text.slice(0, MAX_VALUE) : text);

export class Collections {
  readonly #request: CrsRequest;
  readonly #known = new Map<string, Value[]>();

  constructor(request: CrsRequest) {
    this.#request = request;
  }

  /** Values of one collection; empty where the line does not tell. */
  values(collection: string): Value[] {
    let found = this.#known.get(collection);
    if (!found) {
      found = this.#read(collection);
      this.#known.set(collection, found);
    }
    return found;
  }

  #read(collection: string): Value[] {
    const { method, uri, protocol, userAgent, referer, host } = this.#request;
    const question = uri.indexOf('?');
    const path = question === -1 ? uri : uri.slice(0, question);
    const query = question === -1 ? '' : uri.slice(question + 1);
    const one = (text: string | undefined): Value[] => (text ? [{ name: collection, text: cut(text) }] : []);
    switch (collection) {
      case 'REQUEST_METHOD':
        return one(method);
      case 'REQUEST_URI':
      case 'REQUEST_URI_RAW':
        return one(uri);
      case 'REQUEST_LINE':
        return one(`${method} ${uri} ${protocol ?? 'HTTP/1.1'}`);
      case 'REQUEST_PROTOCOL':
        return one(protocol ?? 'HTTP/1.1');
      case 'REQUEST_FILENAME':
        return one(decode(path, false));
      case 'REQUEST_BASENAME':
        return one(decode(path.slice(path.lastIndexOf('/') + 1), false));
      case 'QUERY_STRING':
        return one(query);
      case 'REQUEST_HEADERS': {
        const headers: Value[] = [];
        for (const [name, text] of [
          ['User-Agent', userAgent],
          ['Referer', referer],
          ['Host', host],
        ] as const)
          if (text) headers.push({ name: `REQUEST_HEADERS:${name}`, text: cut(text) });
        return headers;
      }
      case 'ARGS':
      case 'ARGS_GET':
      case 'ARGS_NAMES':
      case 'ARGS_GET_NAMES':
        return argumentsOf(query, collection);
      default:
        return [];
    }
  }
}

/** Names or values of the query's arguments, decoded once. */
function argumentsOf(query: string, collection: string): Value[] {
  if (query === '') return [];
  const names = collection.endsWith('_NAMES');
  const found: Value[] = [];
  for (const pair of query.split('&', MAX_ARGUMENTS)) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const text = names ? name : equals === -1 ? '' : decode(pair.slice(equals + 1));
    if (text !== '') found.push({ name: `${collection}:${name.slice(0, 64)}`, text: cut(text) });
  }
  return found;
}

/** One decoding, as a server does it: no `%u`, and a plus is a blank in queries only. */
function decode(text: string, query = true): string {
  if (!/[%+]/.test(text)) return text;
  const plain = query ? text : text.replaceAll('+', '%2B');
  return plain.includes('%u') ? plain.split('%u').map(urlDecodeUni).join('%u') : urlDecodeUni(plain);
}

/** Whether a target names this member of its collection. */
export function names(target: Target, value: Value, pattern: RegExp | undefined): boolean {
  if (target.member === undefined) return true;
  const member = value.name.slice(value.name.indexOf(':') + 1);
  return pattern ? pattern.test(member) : member.toLowerCase() === target.member;
}
