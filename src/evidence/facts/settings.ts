import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { nestsDeeperThan } from '../../nesting.ts';
import { endOfValues, yamlHazard } from '../../yaml-bounds.ts';
import type { FactText } from './context.ts';

export interface Setting {
  file: string;
  line: number;
  key: string;
  value: string;
}

/** Settings kept of one file. */
const MOST_SETTINGS = 20_000;
const DEEPEST = 40;
/** A text that nests deeper is not parsed: the parser keeps a kilobyte a level. */
const MOST_NESTING = 1000;
/** Values parsed of one file: the parser keeps more than a kilobyte each. */
const MOST_VALUES = 100_000;

export interface ReadData {
  settings: Setting[];
  /** The parsed documents; aliases are not expanded (they can be made to explode). */
  data: unknown[];
  /** First line of the array element or key, for records that become facts. */
  lineAt(path: (string | number)[]): number;
  problems: { line: number; what: string }[];
}

/** YAML and JSON (YAML 1.2 contains JSON) as dotted keys with their lines. */
export function readData(file: FactText): ReadData {
  const counter = new LineCounter();
  const settings: Setting[] = [];
  const problems: { line: number; what: string }[] = [];
  const data: unknown[] = [];
  const lines = new Map<string, number>();
  const lineAt = (path: (string | number)[]): number => lines.get(path.join('.')) ?? 1;
  const deep = nestsDeeperThan(file.text, MOST_NESTING);
  const danger =
    deep === undefined
      ? yamlHazard(file.text)
      : { line: deep, says: `nested deeper than ${MOST_NESTING} levels; not read` };
  if (danger) {
    problems.push({ line: danger.line, what: danger.says });
    return { settings, data, problems, lineAt };
  }
  const end = endOfValues(file.text, MOST_VALUES);
  const documents = parseAllDocuments(file.text.slice(0, end), {
    lineCounter: counter,
    uniqueKeys: false,
    strict: false,
    logLevel: 'silent',
    merge: false,
  });
  const visit = (node: Node | null | undefined, path: string, depth: number): unknown => {
    if (!node || depth > DEEPEST || settings.length >= MOST_SETTINGS) return null;
    const line = node.range ? counter.linePos(node.range[0]).line : 1;
    if (!lines.has(path)) lines.set(path, line);
    if (isAlias(node)) return `*${node.source}`;
    if (isScalar(node)) {
      const value =
        node.value === null || node.value === undefined
          ? ''
          : node.value instanceof Date
            ? node.value.toISOString()
            : typeof node.source === 'string'
              ? node.source
              : String(node.value);
      settings.push({ file: file.file, line, key: path, value });
      return node.value;
    }
    if (isSeq(node))
      return node.items.map((item, index) => visit(item as Node, path ? `${path}.${index}` : String(index), depth + 1));
    if (isMap(node)) {
      const record: { [key: string]: unknown } = Object.create(null) as { [key: string]: unknown };
      for (const item of node.items) {
        if (!isPair(item)) continue;
        const key = isScalar(item.key) ? String(item.key.value) : '?';
        record[key] = visit(item.value as Node | null, path ? `${path}.${key}` : key, depth + 1);
      }
      return record;
    }
    return null;
  };
  for (const document of Array.isArray(documents) ? documents : []) {
    // Where the text was cut, brackets and quotes stay open.
    const errors = document.errors.filter(({ pos }) => end === undefined || pos[0] < end - 1);
    for (const error of errors.slice(0, 3))
      problems.push({
        line: error.linePos?.[0].line ?? 1,
        what: `not valid ${file.format === 'json' ? 'JSON' : 'YAML'}: ${error.message.split('\n')[0]}`,
      });
    data.push(visit(document.contents as Node | null, '', 0));
  }
  if (end !== undefined)
    problems.push({
      line: counter.linePos(end - 1).line,
      what: `more than ${MOST_VALUES} values; only those up to this line were read`,
    });
  if (settings.length >= MOST_SETTINGS)
    problems.push({ line: settings.at(-1)!.line, what: `more than ${MOST_SETTINGS} settings; the rest was not read` });
  return { settings, data, problems, lineAt };
}

/** INI, properties and `key = value` files; sections become the first part of the key. */
export function readIni(file: FactText): Setting[] {
  const settings: Setting[] = [];
  let section = '';
  const repeated = new Map<string, number>();
  for (let index = 0; index < file.lines.length && settings.length < MOST_SETTINGS; index++) {
    const { line, text } = file.lines[index]!;
    const head = /^\s*(\[{1,2})([^\]]{1,80})\]/.exec(text);
    if (head) {
      section = head[2]!.trim().replace(/"/g, '');
      if (head[1] === '[[') {
        // TOML array of tables: each heading opens the next element.
        const index = repeated.get(section) ?? 0;
        repeated.set(section, index + 1);
        section = `${section}.${index}`;
      }
      continue;
    }
    if (/^\s*(?:[#;!]|$)/.test(text)) continue;
    let joined = text;
    while (/\\\s*$/.test(joined) && file.lines[index + 1]) {
      index++;
      joined = joined.replace(/\\\s*$/, '') + file.lines[index]!.text.trim();
    }
    const match = /^\s*([^=:\s][^=:]{0,120}?)\s*[=:]\s*(.*)$/.exec(joined);
    if (match)
      settings.push({
        file: file.file,
        line,
        key: section ? `${section}.${match[1]}` : match[1]!,
        value: match[2]!.trim(),
      });
  }
  return settings;
}

const unquoted = (value: string): string => /^"([^"]*)"$/.exec(value)?.[1] ?? value;

/** Dotted settings as nested values, so that INI and TOML are read like YAML. TOML lists become lists. */
export function nested(settings: Setting[]): unknown {
  const root: { [key: string]: unknown } = Object.create(null) as { [key: string]: unknown };
  for (const { key, value } of settings) {
    const parts = key.split('.');
    if (parts.length > DEEPEST) continue;
    let place = root;
    for (const part of parts.slice(0, -1)) {
      let next = place[part];
      if (typeof next !== 'object' || next === null) {
        next = Object.create(null);
        place[part] = next;
      }
      place = next as { [key: string]: unknown };
    }
    const list = /^\[(.*)\]$/.exec(value);
    place[parts.at(-1)!] = list
      ? list[1]!
          .split(',')
          .map((item) => unquoted(item.trim()))
          .filter(Boolean)
      : unquoted(value);
  }
  return root;
}
