/**
 * Tables in dumps of databases: `INSERT INTO t (...) VALUES (...), (...)` as mysqldump, sqlite3 and `pg_dump --inserts`
 * write it, and `COPY t (...) FROM stdin;` of pg_dump with its tab-separated rows.
 */
import { tableKind } from './table-kind.ts';
import type { TableRow } from './tabular.ts';

export interface SqlTable {
  /** As it is written, without quotes and schema. */
  name: string;
  header: string[];
  sample: string[][];
}

/** Rows of a sample; names and columns of one table. */
const MOST_SAMPLE = 50;
const MOST_COLUMNS = 200;
/** A tuple longer than this is no row. */
const LONGEST_TUPLE = 2 ** 20;

const STATEMENT = /^\s*(?:INSERT(?: IGNORE)? INTO|REPLACE INTO|COPY)\s+([`"\w.[\]]{1,130})\s*(\([^()]{1,8000}\))?/i;
const CREATE = /^\s*CREATE TABLE (?:IF NOT EXISTS )?([`"\w.[\]]{1,130})\s*\(/i;
/** Lines within CREATE TABLE that are no columns. */
const NO_COLUMN = /^\s*(?:PRIMARY|UNIQUE|KEY|INDEX|CONSTRAINT|FOREIGN|CHECK|FULLTEXT|SPATIAL|EXCLUDE)\b/i;
const COLUMN = /^\s*(?:[`"[]([^`"\]]{1,64})[`"\]]|(\w{1,64}))\s+\w/;

const bareName = (name: string): string => name.replace(/[`"[\]]/g, '').replace(/^.*\./, '');
const listed = (columns: string): string[] =>
  columns
    .slice(1, -1)
    .split(',')
    .map((name) => bareName(name.trim()));

/** One value at `at`; quotes are doubled or escaped with a backslash. */
function valueAt(text: string, at: number): { value: string; end: number } | undefined {
  if (text[at] !== "'") {
    let end = at;
    while (end < text.length && text[end] !== ',' && text[end] !== ')') end++;
    const bare = text.slice(at, end).trim();
    return { value: /^null$/i.test(bare) ? '' : bare, end };
  }
  const parts: string[] = [];
  let from = at + 1;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) {
      parts.push(text.slice(from, i));
      from = ++i;
    } else if (code === 0x27) {
      if (text.charCodeAt(i + 1) !== 0x27) return { value: parts.join('') + text.slice(from, i), end: i + 1 };
      parts.push(text.slice(from, i + 1));
      from = ++i + 1;
    }
  }
  return undefined;
}

/** The tuples of a line: `(1,'a'),(2,'b');`. What is broken yields a row without cells, once. */
function* tuples(text: string, from: number): Generator<string[]> {
  let at = from;
  while (at < text.length) {
    at = text.indexOf('(', at);
    if (at === -1) return;
    const start = at;
    const cells: string[] = [];
    for (;;) {
      at++;
      while (text.charCodeAt(at) === 32) at++;
      const read = valueAt(text, at);
      if (!read || read.end - start > LONGEST_TUPLE || cells.length > MOST_COLUMNS) {
        yield [];
        return;
      }
      cells.push(read.value);
      at = read.end;
      while (text.charCodeAt(at) === 32) at++;
      if (text[at] !== ',') break;
    }
    yield text[at] === ')' ? cells : [];
    at++;
  }
}

const UNESCAPED: { readonly [letter: string]: string } = { t: '\t', n: '\n', r: '\r', '\\': '\\' };
const copyCell = (text: string): string =>
  text === '\\N' ? '' : text.replace(/\\([tnr\\])/g, (_, letter: string) => UNESCAPED[letter]!);

/** Reads a dump line by line, block after block. */
export class SqlDumpReader {
  /** Columns as CREATE TABLE has them. */
  readonly #created = new Map<string, string[]>();
  #creating: string[] | undefined;
  #into: { name: string; how: 'values' | 'copy' } | undefined;

  /** Rows of the tables that `wanted` accepts, with the table they are of. */
  *rows(
    block: string,
    firstLine: number,
    wanted: (name: string) => boolean,
  ): Generator<TableRow & { name: string; header: readonly string[] }> {
    let line = firstLine - 1;
    for (const raw of block.split('\n')) {
      line++;
      const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (this.#into?.how === 'copy') {
        if (text === '\\.') this.#into = undefined;
        else if (wanted(this.#into.name)) yield this.#row(line, text.split('\t').map(copyCell));
        continue;
      }
      if (this.#creating) {
        this.#column(text);
        continue;
      }
      const from = this.#statement(text);
      if (this.#into && (this.#into as { how: string }).how === 'values' && wanted(this.#into.name) && from !== -1)
        for (const cells of tuples(text, from)) yield this.#row(line, cells);
      if (/;\s*$/.test(text) && this.#into?.how === 'values') this.#into = undefined;
    }
  }

  #row(line: number, cells: string[]): TableRow & { name: string; header: readonly string[] } {
    const name = this.#into!.name;
    return { line, cells, name, header: this.#created.get(name) ?? [] };
  }

  #column(text: string): void {
    if (/^\s*\)/.test(text)) {
      this.#creating = undefined;
      return;
    }
    const column = NO_COLUMN.test(text) ? null : COLUMN.exec(text);
    if (column && this.#creating!.length < MOST_COLUMNS) this.#creating!.push(column[1] ?? column[2]!);
  }

  /** Takes in what a line begins. @returns where its tuples begin; -1 when it has none. */
  #statement(text: string): number {
    const head = text.slice(0, 9000);
    const create = CREATE.exec(head);
    if (create) {
      this.#into = undefined;
      this.#creating = [];
      this.#created.set(bareName(create[1]!), this.#creating);
      return -1;
    }
    const statement = STATEMENT.exec(head);
    if (!statement) return this.#into && /^\s*\(/.test(head) ? 0 : -1;
    const name = bareName(statement[1]!);
    const isCopy = /^\s*COPY/i.test(head);
    // Without a list, what stands in brackets is the first row.
    const after = head.slice(statement[0].length);
    const isList = statement[2] !== undefined && (isCopy ? /^\s*FROM stdin/i.test(after) : /^\s*VALUES/i.test(after));
    if (isList) this.#created.set(name, listed(statement[2]!));
    else if (!/^\s*VALUES/i.test(head.slice(head.indexOf(statement[1]!) + statement[1]!.length))) return -1;
    this.#into = { name, how: isCopy ? 'copy' : 'values' };
    return text.toUpperCase().indexOf('VALUES', isList ? statement[0].length : 0) + 6;
  }
}

/**
 * Finds the table of payment attempts in the head of a dump.
 * @param text the first 64 KiB, or less.
 * @returns undefined when the text is no dump, or its head holds no such table.
 */
export function sniffSqlDump(text: string): SqlTable | undefined {
  if (!/^[ \t]*(?:INSERT|REPLACE|COPY|CREATE TABLE)\b/im.test(text)) return undefined;
  const tables = new Map<string, SqlTable>();
  for (const { name, header, cells } of new SqlDumpReader().rows(text, 1, () => true)) {
    const known = tables.get(name) ?? { name, header: [...header], sample: [] };
    tables.set(name, known);
    if (cells.length === header.length && known.sample.length < MOST_SAMPLE) known.sample.push(cells);
  }
  return [...tables.values()].find(
    ({ header, sample }) => sample.length > 0 && tableKind(header, sample) === 'transactions',
  );
}
