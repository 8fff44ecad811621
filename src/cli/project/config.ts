/** `paymedic.yaml`: the project's own hosts, people and thresholds. Unknown keys are errors with line and column. */
import { existsSync, readFileSync } from 'node:fs';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from 'yaml';
import { OWNERS } from '../../finding.ts';
import type { Contact } from '../../report/types.ts';
import { yamlRefusal } from '../../yaml-bounds.ts';
import type { Environment } from '../terminal.ts';
import { CONFIG_KEYS, CONFIG_VARIABLES, configFiles } from './files.ts';

/** Shape of a value: what the file may hold there. */
type Shape =
  | { kind: 'text' | 'number' | 'flag' }
  | { kind: 'choice'; of: readonly string[] }
  | { kind: 'list'; of: Shape }
  | { kind: 'map'; of: Shape; keys?: readonly string[] }
  | { kind: 'object'; members: { [name: string]: Shape } };

const text: Shape = { kind: 'text' };
const texts: Shape = { kind: 'list', of: text };

const CONTACT: Shape = {
  kind: 'object',
  members: { name: text, phone: text, email: text, hours: text, escalation: text },
};
const LEG: Shape = {
  kind: 'object',
  members: {
    name: text,
    from: text,
    to: text,
    host: text,
    port: { kind: 'number' },
    tls: { kind: 'flag' },
    mutual: { kind: 'flag' },
  },
};

/** The keys of the file. */
export const PROJECT: { [name: string]: Shape } = {
  legs: { kind: 'list', of: LEG },
  'own-hosts': texts,
  merchants: { kind: 'map', of: text },
  owners: { kind: 'map', of: CONTACT, keys: OWNERS },
  policies: texts,
  thresholds: { kind: 'map', of: { kind: 'number' } },
  waivers: text,
  language: { kind: 'choice', of: ['en', 'zh'] },
  'fail-on': { kind: 'choice', of: ['never', 'routine', 'important', 'urgent'] },
  zone: text,
};

export interface ConfigProblem {
  file: string;
  line: number;
  column: number;
  says: string;
}

export type ConfigValue = string | number | boolean | ConfigValue[] | { [key: string]: ConfigValue };

export interface ConfigEntry {
  key: string;
  value: ConfigValue;
  /** `paymedic.yaml:3:1`, `PAYMEDIC_LANGUAGE`, ... */
  origin: string;
}

const MAX_BYTES = 1024 * 1024;

function nearest(key: string, known: readonly string[]): string {
  const near = known.find(
    (k) => k.startsWith(key.slice(0, 3)) || k.replaceAll('-', '').includes(key.replace(/[-_]/g, '').slice(0, 4)),
  );
  return near ? `; did you mean ${near}?` : `; known: ${known.join(', ')}`;
}

class Checker {
  readonly problems: ConfigProblem[] = [];
  private readonly file: string;
  private readonly lines: LineCounter;
  constructor(file: string, lines: LineCounter) {
    this.file = file;
    this.lines = lines;
  }

  at(node: unknown): { line: number; column: number } {
    const { line, col } = this.lines.linePos((node as Node | undefined)?.range?.[0] ?? 0);
    return { line, column: col };
  }

  say(node: unknown, says: string): void {
    this.problems.push({ file: this.file, ...this.at(node), says });
  }

  check(node: unknown, shape: Shape, path: string): void {
    if (shape.kind === 'object' || shape.kind === 'map') {
      if (!isMap(node)) {
        this.say(node, `${path}: expected keys with values`);
        return;
      }
      const known = shape.kind === 'object' ? Object.keys(shape.members) : shape.keys;
      for (const pair of node.items) {
        const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
        if (known && !known.includes(key))
          this.say(pair.key, `${path ? `${path}.` : ''}${key}: no such key${nearest(key, known)}`);
        else
          this.check(
            pair.value,
            shape.kind === 'object' ? shape.members[key]! : shape.of,
            path ? `${path}.${key}` : key,
          );
      }
    } else if (shape.kind === 'list') {
      if (!isSeq(node)) {
        this.say(node, `${path}: expected a list`);
        return;
      }
      for (const [i, item] of node.items.entries()) this.check(item, shape.of, `${path}[${i}]`);
    } else {
      const value = isScalar(node) ? node.value : undefined;
      if (shape.kind === 'choice') {
        if (typeof value !== 'string' || !shape.of.includes(value))
          this.say(node, `${path}: must be one of ${shape.of.join(', ')}`);
      } else if (shape.kind === 'text') {
        if (typeof value !== 'string' && typeof value !== 'number') this.say(node, `${path}: expected text`);
      } else if (typeof value !== (shape.kind === 'flag' ? 'boolean' : 'number'))
        this.say(node, `${path}: expected ${shape.kind === 'flag' ? 'true or false' : 'a number'}`);
    }
  }
}

/** Reads one configuration text. Entries are given only when there is no problem. */
export function readProject(source: string, file: string): { entries: ConfigEntry[]; problems: ConfigProblem[] } {
  const refused = yamlRefusal(source);
  if (refused) return { entries: [], problems: [{ file, line: refused.line, column: 1, says: refused.says }] };
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const checker = new Checker(file, lines);
  for (const error of document.errors) {
    const { line, col } = lines.linePos(error.pos[0]);
    checker.problems.push({ file, line, column: col, says: error.message });
  }
  if (checker.problems.length || document.contents === null) return { entries: [], problems: checker.problems };
  checker.check(document.contents, { kind: 'object', members: PROJECT }, '');
  if (checker.problems.length || !isMap(document.contents)) return { entries: [], problems: checker.problems };
  let values: { [key: string]: ConfigValue };
  try {
    values = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return { entries: [], problems: [{ file, line: 1, column: 1, says: (error as Error).message }] };
  }
  const entries = document.contents.items.map((pair): ConfigEntry => {
    const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
    const { line, column } = checker.at(pair.key);
    return { key, value: values[key]!, origin: `${file}:${line}:${column}` };
  });
  return { entries, problems: [] };
}

/** The configuration in force: a later file replaces a key of an earlier one, PAYMEDIC_LANGUAGE, _FAIL_ON and _ZONE replace both. */
export function loadConfig(
  folder: string,
  env: Environment,
): { entries: ConfigEntry[]; problems: ConfigProblem[]; files: string[] } {
  const merged = new Map<string, ConfigEntry>();
  const problems: ConfigProblem[] = [];
  const files: string[] = [];
  for (const file of configFiles(folder, env)) {
    if (!existsSync(file)) continue;
    files.push(file);
    const bytes = readFileSync(file);
    if (bytes.length > MAX_BYTES) {
      problems.push({ file, line: 1, column: 1, says: 'larger than 1 MiB' });
      continue;
    }
    const one = readProject(bytes.toString('utf8'), file);
    problems.push(...one.problems);
    for (const entry of one.entries) merged.set(entry.key, entry);
  }
  for (const name of CONFIG_VARIABLES) {
    const key = CONFIG_KEYS[name];
    if (env[name]) merged.set(key, { key, value: env[name], origin: name });
  }
  return { entries: [...merged.values()].sort((a, b) => (a.key < b.key ? -1 : 1)), problems, files };
}

/** One key as it would stand in the file. */
export const configText = (key: string, value: ConfigValue): string => stringify({ [key]: value });

/** The people of the `owners` key, in the shape of the report. */
export function contactsOf(entries: readonly ConfigEntry[]): Contact[] {
  const owners = entries.find((e) => e.key === 'owners')?.value;
  if (typeof owners !== 'object' || Array.isArray(owners)) return [];
  return OWNERS.flatMap((owner): Contact[] => {
    const one = owners[owner];
    if (typeof one !== 'object' || Array.isArray(one)) return [];
    return [{ owner, ...Object.fromEntries(Object.entries(one).map(([key, value]) => [key, String(value)])) }];
  });
}
