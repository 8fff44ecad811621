/** INI-like files: `[section]`, `key = value` or `key: value`, comments with `#` or `;`. */
import { LIMITS } from './source.ts';

export interface IniEntry {
  section: string;
  sectionLine: number;
  key: string;
  value: string;
  line: number;
}

export interface IniOptions {
  /** Accept `key: value` too. */
  colon?: boolean;
  /** A backslash at the end of a line joins the next one (properties files, openssl.cnf). */
  continuation?: boolean;
}

/** Reads every entry in order. Never throws; lines that are no entry are named in `problems`. */
export function parseIni(
  text: string,
  options: IniOptions = {},
): { entries: IniEntry[]; problems: { line: number; column: number; says: string }[] } {
  const entries: IniEntry[] = [];
  const problems: { line: number; column: number; says: string }[] = [];
  let section = '';
  let sectionLine = 1;
  const lines = text
    .slice(0, LIMITS.characters)
    .replace(/^\uFEFF/, '')
    .split('\n');
  for (let i = 0; i < lines.length; i++) {
    const start = i + 1;
    let body = lines[i]!.trimEnd();
    while (options.continuation && endsInBackslash(body) && i + 1 < lines.length)
      body = body.slice(0, -1) + lines[++i]!.trim();
    const trimmed = body.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';') || trimmed.startsWith('!')) continue;
    const column = body.length - body.trimStart().length + 1;
    if (trimmed.startsWith('[')) {
      const end = trimmed.indexOf(']');
      if (end < 0) problems.push({ line: start, column, says: 'the section name has no closing "]"' });
      section = (end < 0 ? trimmed.slice(1) : trimmed.slice(1, end)).trim();
      sectionLine = start;
      continue;
    }
    const split = separator(trimmed, options.colon === true);
    if (split <= 0) {
      if (problems.length < LIMITS.problems)
        problems.push({
          line: start,
          column,
          says: `"${trimmed.slice(0, 60)}" is neither a section nor "key = value"; it was ignored`,
        });
      continue;
    }
    if (entries.length >= LIMITS.directives) {
      problems.push({ line: start, column, says: `more than ${LIMITS.directives} entries; the rest was not read` });
      break;
    }
    entries.push({
      section,
      sectionLine,
      key: trimmed.slice(0, split).trim(),
      value: unquote(trimmed.slice(split + 1).trim()),
      line: start,
    });
  }
  return { entries, problems };
}

function endsInBackslash(body: string): boolean {
  let count = 0;
  for (let i = body.length - 1; i >= 0 && body[i] === '\\'; i--) count++;
  return count % 2 === 1;
}

function separator(text: string, colon: boolean): number {
  const equals = text.indexOf('=');
  if (!colon) return equals;
  const at = text.indexOf(':');
  if (at < 0) return equals;
  return equals < 0 ? at : Math.min(equals, at);
}

function unquote(text: string): string {
  return text.length >= 2 &&
    ((text.startsWith('"') && text.endsWith('"')) || (text.startsWith("'") && text.endsWith("'")))
    ? text.slice(1, -1)
    : text;
}
