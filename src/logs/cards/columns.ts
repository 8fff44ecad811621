/** Names that stand elsewhere than right before their value: columns of SQL statements and of tables. */

const MOST_COLUMNS = 256;
const MAX_HEADER = 8192;

/** The names in the first line of a delimited table with the separator; undefined where it is none. */
export function headerOf(b: Buffer, start: number, end: number): { names: string[]; separator: number } | undefined {
  if (end - start > MAX_HEADER || end - start < 3) return undefined;
  const text = b.toString('utf8', start, end).replace(/^\ufeff/, '');
  const separator = ['\t', ';', '|', ','].find((mark) => text.includes(mark));
  if (separator === undefined) return undefined;
  const names = text.split(separator).map((cell) => cell.trim().replace(/^["']|["']$/g, ''));
  // Names have letters and are short; a line of data has numbers of its own.
  const isHeader =
    names.length >= 2 &&
    names.length <= MOST_COLUMNS &&
    names.every((name) => name.length <= 64 && /^[^\d]*\p{L}[^=:]*$/u.test(name));
  return isHeader ? { names, separator: separator.charCodeAt(0) } : undefined;
}

const INSERT = /\binsert\s+(?:ignore\s+)?into\s+[^\s(]{1,128}\s*\(([^()]{1,2000})\)\s*values\s*/i;

const STATEMENT = /^\s*(?:insert|replace)\s+(?:ignore\s+)?into\s+([^\s(]{1,128})/i;
/** One row of a statement, from its bracket on. */
const MOST_ROW = 2048;

/**
 * The table and column of a value in a row of an INSERT statement, whose columns the statement need not name (those of
 * `mysqldump` do not), on the line of the statement or on one of its own. Both are words for the same place, nothing more.
 * @param from where the value begins. @returns undefined where the value is in no row.
 */
export function rowColumn(b: Buffer, start: number, from: number): { table: string; column: number } | undefined {
  let first = start;
  while (first < from && b[first]! <= 32) first++;
  const letter = b[first]! | 32;
  // i, r, (
  const opens = b[first] === 40;
  if (!opens && letter !== 105 && letter !== 114) return undefined;
  const table = opens ? '' : STATEMENT.exec(b.toString('latin1', first, Math.min(from, first + 160)))?.[1];
  if (table === undefined) return undefined;
  let column = 0;
  let quoted = false;
  // The quote that opens the value itself closes none.
  const behind = b[from - 1] === 39 || b[from - 1] === 34 ? from - 2 : from - 1;
  for (let at = behind; at >= first && from - at < MOST_ROW; at--) {
    const byte = b[at]!;
    if ((byte === 39 || byte === 34) && b[at - 1] !== 92) quoted = !quoted;
    else if (!quoted && byte === 44) column++;
    else if (!quoted && byte === 40) return { table, column };
    else if (!quoted && byte === 41) return undefined;
  }
  return undefined;
}

/** The column of an INSERT statement whose value begins behind `before`; undefined for anything else. */
export function insertColumn(before: string): string | undefined {
  const statement = INSERT.exec(before);
  if (!statement) return undefined;
  let column = 0;
  let depth = 0;
  let quote = '';
  for (let i = statement.index + statement[0].length; i < before.length; i++) {
    const char = before[i]!;
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '(' && depth++ === 0) column = 0;
    else if (char === ')') depth--;
    else if (char === ',' && depth === 1) column++;
  }
  return depth === 1 ? statement[1]!.split(',')[column]?.replace(/[`"'[\]\s]/g, '') : undefined;
}
