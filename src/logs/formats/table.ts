/** Delimited exports: header or none, quoted fields, any of , ; tab |. */
import type { Fields } from './fields.ts';

export const SEPARATORS = [',', ';', '\t', '|'] as const;

/** Splits one line; quoted fields may hold the separator and doubled quotes (RFC 4180). */
export function splitRow(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const cells: string[] = [];
  let at = 0;
  while (at <= text.length && cells.length < 512) {
    if (text[at] === '"') {
      let value = '';
      let i = at + 1;
      for (;;) {
        const quote = text.indexOf('"', i);
        if (quote === -1) {
          value += text.slice(i);
          i = text.length;
          break;
        }
        value += text.slice(i, quote);
        if (text[quote + 1] === '"') {
          value += '"';
          i = quote + 2;
          continue;
        }
        i = quote + 1;
        break;
      }
      cells.push(value);
      const next = text.indexOf(separator, i);
      if (next === -1) return cells;
      at = next + 1;
    } else {
      const next = text.indexOf(separator, at);
      if (next === -1) {
        cells.push(text.slice(at));
        return cells;
      }
      cells.push(text.slice(at, next));
      at = next + 1;
    }
  }
  return cells;
}

/** The separator that splits these lines into the same number (3 or more) of cells, if any. */
export function tableSeparator(lines: string[]): string | undefined {
  for (const separator of SEPARATORS) {
    const width = splitRow(lines[0] ?? '', separator).length;
    if (width < 3) continue;
    const fitting = lines.filter((line) => splitRow(line, separator).length === width).length;
    if (fitting >= lines.length * 0.9) return separator;
  }
  return undefined;
}

/** What PowerShell's `Export-Csv` puts before the header unless told otherwise. */
export const isTypeLine = (line: string): boolean => line.startsWith('#TYPE ');

/** A first row of names: no cell is a number or a time, all are short. */
export function isHeader(cells: string[]): boolean {
  return (
    cells.length >= 3 &&
    cells.every((cell) => cell.length > 0 && cell.length < 48 && !/^[\d.:+\-T/ ]+Z?$/.test(cell)) &&
    new Set(cells).size === cells.length
  );
}

export function toFields(cells: string[], header: string[] | undefined): Fields {
  const fields: Fields = {};
  for (let i = 0; i < cells.length; i++) fields[header?.[i] ?? `column${i + 1}`] = cells[i]!;
  return fields;
}
