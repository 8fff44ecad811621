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
