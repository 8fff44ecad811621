/** Delimited text with any separator: CSV, TSV, semicolons, pipes; quoted as in RFC 4180. */

import { asciiDigits } from './digits.ts';

/** The usual ones first; what stands behind them separates nothing else. */
export const SEPARATORS = [',', ';', '\t', '|', '^', '~', '\u00a6'] as const;

/** Flow records of cloud networks are separated by blanks; nothing else in blanks is taken for a table. */
const BLANK_SEPARATED = /^(?:version )?account-id .*\bsrcaddr\b.*\bdstaddr\b/;

export interface TableShape {
  separator: string;
  header: string[];
  /** 1-based line of the header. */
  headerLine: number;
  /** Character offset at which the first row starts. */
  bodyOffset: number;
  /** Rows of the sample, at most 50. */
  sample: string[][];
}

export interface TableRow {
  line: number;
  cells: string[];
}

/** Rows of a Markdown table have bars at both ends. */
const inner = (line: string, separator: string): string =>
  separator === '|' && line.trimStart().startsWith('|') ? line.trim().replace(/^\|/, '').replace(/\|$/, '') : line;
const isRuler = (line: string): boolean => /^[\s|:+=-]{3,}$/.test(line) && line.includes('-');

/** Splits one line. A quote that never closes takes the rest of the line. */
export function splitLine(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator);
  const cells: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] === '"') {
      let cell = '';
      let from = at + 1;
      let close = line.indexOf('"', from);
      while (close !== -1 && line[close + 1] === '"') {
        cell += line.slice(from, close + 1);
        from = close + 2;
        close = line.indexOf('"', from);
      }
      cell += line.slice(from, close === -1 ? line.length : close);
      cells.push(cell);
      const next = close === -1 ? -1 : line.indexOf(separator, close + 1);
      if (next === -1) return cells;
      at = next + 1;
    } else {
      const next = line.indexOf(separator, at);
      cells.push(line.slice(at, next === -1 ? line.length : next));
      if (next === -1) return cells;
      at = next + 1;
    }
  }
  return cells;
}

const unterminated = (line: string): boolean => {
  let quotes = 0;
  for (let at = line.indexOf('"'); at !== -1; at = line.indexOf('"', at + 1)) quotes++;
  return quotes % 2 === 1;
};

/** A field that runs over more lines than this is taken for a stray quote. */
const LONGEST_FIELD_LINES = 200;

/** A longer row is none: millions of cells would be made of it. */
export const LONGEST_ROW = 2 ** 20;

/**
 * Rows from `offset` on; quoted fields may span lines. `firstLine` is the number of the line at `offset`. A row longer than
 * `LONGEST_ROW` characters has no cells.
 * @param leave for a text that goes on elsewhere: takes the last row, from `offset` and `line` on, when a quote stands open at
 * the end; without it, or when the row is longer than any may be, such a quote is a stray one.
 */
export function* tableRows(
  text: string,
  separator: string,
  offset: number,
  firstLine: number,
  leave?: (open: { offset: number; line: number }) => void,
): Generator<TableRow> {
  let line = firstLine;
  for (let at = offset; at < text.length; ) {
    const start = line;
    let end = text.indexOf('\n', at);
    if (end === -1) end = text.length;
    let raw = text.slice(at, text.charCodeAt(end - 1) === 13 ? end - 1 : end);
    if (raw.includes('"') && unterminated(raw)) {
      let extended = end;
      for (let more = 0; more < LONGEST_FIELD_LINES && extended < text.length; more++) {
        const next = text.indexOf('\n', extended + 1);
        const from = extended + 1;
        extended = next === -1 ? text.length : next;
        // The field is open until another line has an odd number of quotes.
        if (unterminated(text.slice(from, extended))) {
          const joined = text.slice(at, extended);
          raw = joined.endsWith('\r') ? joined.slice(0, -1) : joined;
          line += more + 1;
          end = extended;
          break;
        }
      }
      // Only where the text ended before the field had its lines.
      if (leave && line === start && extended >= text.length && text.length - at <= LONGEST_ROW) {
        leave({ offset: at, line: start });
        return;
      }
    }
    line++;
    at = end + 1;
    if (raw.length > LONGEST_ROW) yield { line: start, cells: [] };
    else if (raw.trim() !== '' && !isRuler(raw))
      yield { line: start, cells: splitLine(inner(raw, separator), separator) };
  }
}

/** A header cell names something: it holds a letter and is no time, number, address or sentence. */
function isHeaderCell(cell: string): boolean {
  const text = cell.trim();
  return (
    text.length > 0 &&
    text.length <= 48 &&
    /\p{L}/u.test(text) &&
    !/^\d/.test(text) &&
    !/[{}<>=]/.test(text) &&
    text.split(/\s+/).length <= 5
  );
}

/** Whether the rows below a header are its rows. */
function rowsFit(rows: string[][], columns: number): boolean {
  const slack = columns > 5 ? 1 : 0;
  const fits = (row: string[]): boolean => Math.abs(row.length - columns) <= slack;
  const fitting = rows.filter(fits).length;
  // The text of the last column may hold the separator itself, so a longer row is no misfit in a narrow table.
  const wider = columns <= 4 ? rows.filter((row) => row.length > columns).length : 0;
  if (fitting + wider >= rows.length * 0.7) return true;
  // A short statement ends with a few lines of totals.
  const last = rows.findLastIndex(fits);
  return columns >= 6 && fitting > 0 && last === fitting - 1 && rows.length - fitting <= 3;
}

/**
 * Finds a table's separator and header. Lines that start with `#` and short titles above the header are passed over
 * (provider statements begin with them).
 * @returns undefined when the text is not a table with a header.
 */
export function sniffTable(written: string): TableShape | undefined {
  const text = asciiDigits(written);
  const body = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const lines: { text: string; offset: number; line: number }[] = [];
  let number = 0;
  for (let at = body; at < text.length && lines.length < 60; ) {
    let end = text.indexOf('\n', at);
    const last = end === -1;
    if (last) end = text.length;
    number++;
    const raw = text.slice(at, end).replace(/\r$/, '');
    // The last line of a cut sample may be half a row.
    if (raw.trim() !== '' && (!last || lines.length < 2 || end < 60_000))
      lines.push({ text: raw, offset: at, line: number });
    at = end + 1;
  }
  for (let h = 0; h < Math.min(lines.length, 8); h++) {
    const candidate = lines[h]!;
    if (candidate.text.length > 4096 || candidate.text.startsWith('{') || candidate.text.startsWith('<'))
      return undefined;
    for (const separator of BLANK_SEPARATED.test(candidate.text) ? [' '] : SEPARATORS) {
      const header = splitLine(inner(candidate.text.replace(/^#(?:fields)?\s*/, ''), separator), separator).map(
        (cell) => cell.trim(),
      );
      if (header.length < 2 || header.filter(isHeaderCell).length < Math.max(2, header.length * 0.8)) continue;
      const rows = lines
        .slice(h + 1)
        .filter((row) => !isRuler(row.text))
        .map((row) => splitLine(inner(row.text, separator), separator));
      if (rows.length === 0 && h > 0) continue;
      if (rows.length && !rowsFit(rows, header.length)) continue;
      if (rows.length === 0 && header.length < 3) continue;
      const next = text.indexOf('\n', candidate.offset);
      return {
        separator,
        header,
        headerLine: candidate.line,
        bodyOffset: next === -1 ? text.length : next + 1,
        sample: rows.slice(0, 50),
      };
    }
  }
  return undefined;
}
