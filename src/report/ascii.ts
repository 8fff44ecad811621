/** Text for terminals that do not speak UTF-8: common signs by their ASCII likeness, everything else as a visible escape. */
import type { Report } from './types.ts';

const LIKENESS: { [char: string]: string } = {
  '→': '->',
  '←': '<-',
  '↔': '<->',
  '…': '...',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '·': '|',
  '×': 'x',
  '≥': '>=',
  '≤': '<=',
  '±': '+/-',
  '§': 'section ',
  '\u3000': ' ',
  '：': ':',
  '，': ',',
  '；': ';',
  '（': '(',
  '）': ')',
  '。': '.',
};

/** ASCII only; line feeds and terminal escapes written by a format itself stay. */
export function toAscii(text: string): string {
  return text.replace(/[^\u0000-\u007f]/gu, (char) => LIKENESS[char] ?? `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

/** The report with every text in ASCII, so that widths are computed on what will be printed. */
export function asciiReport(report: Report): Report {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return toAscii(value);
    if (Array.isArray(value)) return value.map(walk);
    if (value && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [toAscii(key), walk(entry)]));
    return value;
  };
  return walk(report) as Report;
}
