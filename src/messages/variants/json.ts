/**
 * The spellings that JSON libraries give one value. The text is read into a tree that keeps numbers as written, as the
 * difference between 10.00 and 10 is one of the things to find.
 */

export interface JsonMember {
  key: string;
  value: JsonNode;
  /** Where the value stands in the text. */
  from: number;
  to: number;
}

export type JsonNode =
  | { kind: 'object'; members: JsonMember[] }
  | { kind: 'array'; items: JsonNode[] }
  | { kind: 'string'; value: string }
  | { kind: 'literal'; text: string };

const MAXIMUM_DEPTH = 200;
const NUMBER = /-?(?:0|[1-9]\d{0,400})(?:\.\d{1,400})?(?:[eE][+-]?\d{1,5})?/y;

/** Reads JSON into a tree; undefined when it is not JSON, or nests deeper than messages do. */
export function readJsonTree(text: string): JsonNode | undefined {
  const reader = new Reader(text.startsWith('\ufeff') ? text.slice(1) : text);
  try {
    return reader.document();
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

/** A name that one object of the tree holds twice: readers differ about which of the values counts (RFC 8259 section 4). */
export function repeatedMember(node: JsonNode): string | undefined {
  if (node.kind === 'array') {
    for (const item of node.items) {
      const found = repeatedMember(item);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (node.kind !== 'object') return undefined;
  const seen = new Set<string>();
  for (const { key, value } of node.members) {
    if (seen.has(key)) return key;
    seen.add(key);
    const found = repeatedMember(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

class NotJson extends Error {}

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  document(): JsonNode {
    const node = this.value(0);
    this.space();
    if (this.at < this.text.length) throw new NotJson();
    return node;
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at++;
  }

  private value(depth: number): JsonNode {
    if (depth > MAXIMUM_DEPTH) throw new NotJson();
    this.space();
    const c = this.text[this.at];
    if (c === '{') return this.object(depth);
    if (c === '[') return this.array(depth);
    if (c === '"') return { kind: 'string', value: this.string() };
    for (const word of ['true', 'false', 'null'])
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return { kind: 'literal', text: word };
      }
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.text)?.[0];
    if (!number) throw new NotJson();
    this.at += number.length;
    return { kind: 'literal', text: number };
  }

  private object(depth: number): JsonNode {
    const members: JsonMember[] = [];
    this.at++;
    this.space();
    if (this.take('}')) return { kind: 'object', members };
    do {
      this.space();
      if (this.text[this.at] !== '"') throw new NotJson();
      const key = this.string();
      this.space();
      if (!this.take(':')) throw new NotJson();
      this.space();
      const from = this.at;
      const value = this.value(depth + 1);
      members.push({ key, value, from, to: this.at });
      this.space();
    } while (this.take(','));
    if (!this.take('}')) throw new NotJson();
    return { kind: 'object', members };
  }

  private array(depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.at++;
    this.space();
    if (this.take(']')) return { kind: 'array', items };
    do {
      items.push(this.value(depth + 1));
      this.space();
    } while (this.take(','));
    if (!this.take(']')) throw new NotJson();
    return { kind: 'array', items };
  }

  private string(): string {
    const from = this.at++;
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) throw new NotJson();
      if (c === '"') break;
      this.at += c === '\\' ? 2 : 1;
    }
    this.at++;
    try {
      return JSON.parse(this.text.slice(from, this.at)) as string;
    } catch {
      throw new NotJson();
    }
  }

  private take(c: string): boolean {
    if (this.text[this.at] !== c) return false;
    this.at++;
    return true;
  }
}

interface Style {
  says: string;
  /** Between members; with `indent` the layout is over lines. */
  comma: string;
  colon: string;
  indent?: string;
  emptySpaced?: boolean;
}

const STYLES: readonly Style[] = [
  { says: 'without spaces', comma: ',', colon: ':' },
  { says: 'with spaces as Python writes them', comma: ', ', colon: ': ' },
  { says: 'indented by two spaces', comma: ',', colon: ': ', indent: '  ' },
  { says: 'indented by four spaces', comma: ',', colon: ': ', indent: '    ' },
  { says: 'indented by tabs', comma: ',', colon: ': ', indent: '\t' },
  { says: 'with a space after each colon', comma: ',', colon: ': ' },
];

interface Escapes {
  says: string;
  apply(quoted: string): string;
}

const ascii = (quoted: string, upper: boolean): string =>
  quoted.replace(/[\u007f-\uffff]/g, (c) => {
    const hex = c.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${upper ? hex.toUpperCase() : hex}`;
  });
const slashes = (quoted: string): string => quoted.replaceAll('/', '\\/');

const ESCAPES: readonly Escapes[] = [
  { says: '', apply: (q) => q },
  { says: ', slashes escaped', apply: slashes },
  { says: ', non-ASCII escaped', apply: (q) => ascii(q, false) },
  { says: ', slashes and non-ASCII escaped', apply: (q) => slashes(ascii(q, false)) },
  { says: ', non-ASCII escaped in upper case', apply: (q) => ascii(q, true) },
  {
    says: ', <, > and & escaped',
    apply: (q) => q.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  },
];

interface Numbers {
  says: string;
  apply(text: string): string;
}

const isNumber = (text: string): boolean => /^-?\d/.test(text);

const NUMBERS: readonly Numbers[] = [
  { says: '', apply: (t) => t },
  { says: ', numbers shortened', apply: (t) => (isNumber(t) ? shortest(t) : t) },
  { says: ', numbers with one decimal', apply: (t) => (/^-?\d+$/.test(t) ? `${t}.0` : t) },
  { says: ', numbers with two decimals', apply: (t) => twoDecimals(t) },
  // Digits beyond 2^53 are lost in JavaScript.
  { says: ', numbers as JavaScript reads them', apply: (t) => (isNumber(t) ? JSON.stringify(Number(t)) : t) },
];

function shortest(text: string): string {
  return /[.]/.test(text) && !/[eE]/.test(text) ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
}

function twoDecimals(text: string): string {
  const parts = /^(-?\d+)(?:\.(\d+))?$/.exec(text);
  if (!parts || (parts[2]?.length ?? 0) > 2) return text;
  return `${parts[1]}.${(parts[2] ?? '').padEnd(2, '0')}`;
}

const ORDERS = [
  { says: '', sorted: false },
  { says: ', members sorted', sorted: true },
] as const;

/** Trees above this many characters are written in the plain styles only. */
const LARGE = 128 * 1024;

/** Every spelling of a JSON text that common libraries write, without repeating one. The text itself is left out. */
export function* jsonSpellings(text: string): Iterable<{ text: string; says: string }> {
  const tree = readJsonTree(text);
  if (!tree || tree.kind === 'literal' || tree.kind === 'string') return;
  const seen = new Set<string>([text]);
  const large = text.length > LARGE;
  for (const order of ORDERS)
    for (const numbers of large ? NUMBERS.slice(0, 2) : NUMBERS)
      for (const escapes of large ? ESCAPES.slice(0, 4) : ESCAPES)
        for (const style of large ? STYLES.slice(0, 3) : STYLES) {
          const written = write(tree, style, escapes, numbers, order.sorted, '');
          if (seen.has(written)) continue;
          seen.add(written);
          yield { text: written, says: `${style.says}${escapes.says}${numbers.says}${order.says}` };
        }
}

function write(node: JsonNode, style: Style, escapes: Escapes, numbers: Numbers, sorted: boolean, pad: string): string {
  if (node.kind === 'literal') return numbers.apply(node.text);
  if (node.kind === 'string') return escapes.apply(JSON.stringify(node.value));
  const deeper = style.indent === undefined ? '' : pad + style.indent;
  const open = style.indent === undefined ? '' : `\n${deeper}`;
  const close = style.indent === undefined ? '' : `\n${pad}`;
  const join = `${style.comma}${open}`;
  if (node.kind === 'array') {
    if (node.items.length === 0) return '[]';
    return `[${open}${node.items.map((i) => write(i, style, escapes, numbers, sorted, deeper)).join(join)}${close}]`;
  }
  if (node.members.length === 0) return '{}';
  const members = sorted
    ? [...node.members].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    : node.members;
  return `{${open}${members
    .map(
      (m) =>
        `${escapes.apply(JSON.stringify(m.key))}${style.colon}${write(m.value, style, escapes, numbers, sorted, deeper)}`,
    )
    .join(join)}${close}}`;
}
