/**
 * The nginx configuration language: directives ended by `;` or holding a block in `{}`, with quotes, backslash escapes,
 * `#` comments and verbatim Lua blocks. Behaviour follows ngx_conf_read_token in the nginx source (src/core/ngx_conf_file.c).
 */
import { LIMITS } from './source.ts';

export interface NginxDirective {
  name: string;
  args: string[];
  file: string;
  line: number;
  column: number;
  block?: NginxDirective[];
}

export interface NginxProblem {
  file: string;
  line: number;
  column: number;
  says: string;
}

interface Token {
  text: string;
  line: number;
  column: number;
  kind: 'word' | ';' | '{' | '}';
}

/** Parses one file. Never throws: what cannot be read is skipped and named in `problems`. */
export function parseNginx(text: string, file: string): { directives: NginxDirective[]; problems: NginxProblem[] } {
  const problems: NginxProblem[] = [];
  const complain = (line: number, column: number, says: string): void => {
    if (problems.length < LIMITS.problems) problems.push({ file, line, column, says });
  };
  if (text.length > LIMITS.characters) {
    complain(1, 1, `only the first ${LIMITS.characters} characters were read`);
    text = text.slice(0, LIMITS.characters);
  }
  const scanner = new Scanner(text, complain);
  const root: NginxDirective[] = [];
  const open: { directive: NginxDirective | undefined; into: NginxDirective[] }[] = [
    { directive: undefined, into: root },
  ];
  let words: Token[] = [];
  let count = 0;

  for (;;) {
    const token = scanner.next();
    if (!token) break;
    const level = open[open.length - 1]!;
    if (token.kind === 'word') {
      words.push(token);
      continue;
    }
    if (token.kind === '}') {
      if (words.length > 0) {
        const first = words[0]!;
        complain(
          first.line,
          first.column,
          `"${shorten(first.text)}" is not ended by ";" before "}"; the directive was read anyway`,
        );
        level.into.push(toDirective(words, file));
        words = [];
      }
      if (open.length === 1) complain(token.line, token.column, 'unexpected "}"; it was ignored');
      else open.pop();
      continue;
    }
    const first = words[0];
    if (!first) {
      complain(token.line, token.column, `unexpected "${token.kind}"`);
      // An anonymous block still has to be balanced.
      if (token.kind === '{') open.push({ directive: undefined, into: [] });
      continue;
    }
    if (++count > LIMITS.directives) {
      complain(token.line, token.column, `more than ${LIMITS.directives} directives; the rest was not read`);
      break;
    }
    const directive = toDirective(words, file);
    words = [];
    if (token.kind === '{') {
      directive.block = [];
      if (/_by_lua(?:_block)?$/.test(directive.name)) scanner.skipLuaBlock();
      else if (open.length >= LIMITS.depth) {
        complain(token.line, token.column, `blocks nested deeper than ${LIMITS.depth}; the rest was not read`);
        break;
      } else open.push({ directive, into: directive.block });
    }
    level.into.push(directive);
  }
  if (words.length > 0) {
    const first = words[0]!;
    complain(
      first.line,
      first.column,
      `"${shorten(first.text)}" is not ended by ";" at the end of the file; the directive was read anyway`,
    );
    open[open.length - 1]!.into.push(toDirective(words, file));
  }
  for (const { directive } of open.slice(1).reverse()) {
    if (directive) complain(directive.line, directive.column, `the block "${shorten(directive.name)}" is never closed`);
  }
  return { directives: root, problems };
}

function toDirective(words: Token[], file: string): NginxDirective {
  const first = words[0]!;
  return { name: first.text, args: words.slice(1).map((w) => w.text), file, line: first.line, column: first.column };
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

class Scanner {
  #position = 0;
  #line = 1;
  #lineStart = 0;
  readonly #text: string;
  readonly #complain: (line: number, column: number, says: string) => void;

  constructor(text: string, complain: (line: number, column: number, says: string) => void) {
    this.#text = text;
    this.#complain = complain;
    if (text.charCodeAt(0) === 0xfeff) this.#position = 1;
  }

  #advance(): string {
    const c = this.#text[this.#position++]!;
    if (c === '\n') {
      this.#line++;
      this.#lineStart = this.#position;
    }
    return c;
  }

  next(): Token | undefined {
    const text = this.#text;
    while (this.#position < text.length) {
      const c = text[this.#position]!;
      if (c === '#') {
        while (this.#position < text.length && text[this.#position] !== '\n') this.#position++;
      } else if (c === ' ' || c === '\t' || c === '\r' || c === '\n') this.#advance();
      else break;
    }
    if (this.#position >= text.length) return undefined;
    const line = this.#line;
    const column = this.#position - this.#lineStart + 1;
    const c = text[this.#position]!;
    if (c === ';' || c === '{' || c === '}') {
      this.#advance();
      return { text: c, line, column, kind: c };
    }
    return { text: c === '"' || c === "'" ? this.#quoted(line, column) : this.#bare(), line, column, kind: 'word' };
  }

  #quoted(line: number, column: number): string {
    const quote = this.#advance();
    let out = '';
    while (this.#position < this.#text.length) {
      const c = this.#advance();
      if (c === quote) return out;
      out += c === '\\' ? this.#escaped(quote) : c;
    }
    this.#complain(line, column, `the quote ${quote} is never closed`);
    return out;
  }

  /** nginx resolves \", \', \\ and \t \r \n; any other backslash stays as written. */
  #escaped(quote: string): string {
    const next = this.#text[this.#position];
    if (next === undefined) return '\\';
    const resolved = { t: '\t', r: '\r', n: '\n', '\\': '\\', '"': '"', "'": "'" }[next];
    if (resolved === undefined) return next === quote ? this.#advance() : `\\${this.#advance()}`;
    this.#advance();
    return resolved;
  }

  #bare(): string {
    const text = this.#text;
    let out = '';
    while (this.#position < text.length) {
      const c = text[this.#position]!;
      if (c === ' ' || c === '\t' || c === '\r' || c === '\n' || c === ';') break;
      if (c === '{') {
        // `${name}` is a variable inside a word, any other brace opens a block.
        if (!out.endsWith('$')) break;
        while (this.#position < text.length && text[this.#position] !== '}' && text[this.#position] !== '\n')
          out += this.#advance();
        if (text[this.#position] === '}') out += this.#advance();
        continue;
      }
      if (c === '\\') {
        this.#advance();
        out += this.#escaped('');
        continue;
      }
      if (c === '}' && out.length === 0) break;
      out += this.#advance();
    }
    return out;
  }

  /** Lua code is kept by nothing here: only its end matters. Strings, comments and long brackets may hold braces. */
  skipLuaBlock(): void {
    const text = this.#text;
    let depth = 1;
    const startLine = this.#line;
    const startColumn = this.#position - this.#lineStart;
    while (this.#position < text.length && depth > 0) {
      const c = this.#advance();
      if (c === '{') depth++;
      else if (c === '}') depth--;
      else if (c === '"' || c === "'") this.#skipLuaString(c);
      else if (c === '-' && text[this.#position] === '-') {
        this.#position++;
        if (!this.#skipLongBracket())
          while (this.#position < text.length && text[this.#position] !== '\n') this.#position++;
      } else if (c === '[') {
        this.#position--;
        if (!this.#skipLongBracket()) this.#position++;
      }
    }
    if (depth > 0) this.#complain(startLine, startColumn, 'the Lua block is never closed');
  }

  #skipLuaString(quote: string): void {
    while (this.#position < this.#text.length) {
      const c = this.#advance();
      if (c === '\\') {
        if (this.#position < this.#text.length) this.#advance();
      } else if (c === quote || c === '\n') return;
    }
  }

  #skipLongBracket(): boolean {
    const opening = /^\[(={0,8})\[/.exec(this.#text.slice(this.#position, this.#position + 12));
    if (!opening) return false;
    const end = this.#text.indexOf(`]${opening[1]}]`, this.#position);
    const stop = end < 0 ? this.#text.length : end + opening[0].length;
    while (this.#position < stop) this.#advance();
    return true;
  }
}
