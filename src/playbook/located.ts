/** YAML (or JSON) text as plain values that remember where they were written. */
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Json } from '../finding.ts';
import { yamlRefusal } from '../yaml-bounds.ts';
import type { Problem, Range, SourceText } from './problem.ts';

export type Located =
  | { kind: 'scalar'; value: string | number | boolean | null; range: Range }
  | { kind: 'list'; items: Located[]; range: Range }
  | { kind: 'map'; entries: LocatedEntry[]; range: Range };

export interface LocatedEntry {
  key: string;
  keyRange: Range;
  value: Located;
}

const MAX_DEPTH = 40;
const MAX_NODES = 100_000;

/** Brackets that may be open at a time, and columns before the first word of a line. */
const MAX_OPEN = 200;
const MAX_INDENT = 400;

/**
 * Offset at which a text is nested deeper than anybody writes. The YAML parser is recursive and would exhaust the stack;
 * brackets inside quotes are counted as well, which no honest file notices.
 */
function tooDeep(text: string): number | undefined {
  let open = 0;
  let column = 0;
  let inIndent = true;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 10) {
      column = 0;
      inIndent = true;
      continue;
    }
    column++;
    // Space, tab, hyphen and question mark open block levels.
    if (inIndent && char !== 32 && char !== 9 && char !== 45 && char !== 63) inIndent = false;
    if (inIndent && column > MAX_INDENT) return at;
    if (char === 91 || char === 123) {
      if (++open > MAX_OPEN) return at;
    } else if ((char === 93 || char === 125) && open > 0) open--;
  }
  return undefined;
}

/** The plain value of a located one. */
export function plain(node: Located): Json {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map((entry) => [entry.key, plain(entry.value)]));
}

/**
 * Reads one YAML 1.2 document. Syntax errors, duplicate keys, anchors that explode and several documents in one file
 * become problems; what could be read is returned all the same.
 */
export function readYaml(source: SourceText): { root?: Located; problems: Problem[] } {
  const deep = tooDeep(source.text);
  if (deep !== undefined) {
    return {
      problems: [
        source.problem(
          [deep, deep + 1],
          'yaml-syntax',
          'error',
          'the file is nested too deep',
          'split it into several playbooks, or look for a bracket that is not closed',
        ),
      ],
    };
  }
  const refused = yamlRefusal(source.text);
  if (refused) {
    const at = source.text.split('\n', refused.line - 1).join('\n').length;
    return {
      problems: [
        source.problem([at, at + 1], 'yaml-syntax', 'error', refused.says, 'write what the language reference shows'),
      ],
    };
  }
  const problems: Problem[] = [];
  const lineCounter = new LineCounter();
  const document = parseDocument(source.text, {
    lineCounter,
    prettyErrors: false,
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
  });
  for (const error of document.errors.slice(0, 20))
    problems.push(syntaxProblem(source, error.pos, error.code, error.message));
  for (const warning of document.warnings.slice(0, 5)) {
    problems.push(
      source.problem(
        warning.pos,
        'yaml-syntax',
        'warning',
        firstLine(warning.message),
        'remove the tag; plain YAML is enough',
      ),
    );
  }
  let nodes = 0;
  const walk = (node: unknown, depth: number, fallback: Range): Located => {
    const range = rangeOf(node) ?? fallback;
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) {
      if (nodes === MAX_NODES + 1 || depth === MAX_DEPTH + 1) {
        nodes = Math.max(nodes, MAX_NODES + 1);
        problems.push(
          source.problem(
            range,
            'yaml-syntax',
            'error',
            'the file is nested too deep or holds too many values',
            'split it into several playbooks',
          ),
        );
      }
      return { kind: 'scalar', value: null, range };
    }
    if (isAlias(node)) return walk(node.resolve(document), depth + 1, range);
    if (isMap(node)) {
      const entries: LocatedEntry[] = [];
      // The parser compares every key with every other; a set does it once.
      const keys = new Set<string>();
      for (const pair of node.items) {
        if (!isPair(pair)) continue;
        const keyRange = rangeOf(pair.key) ?? range;
        const key = isScalar(pair.key) ? String(pair.key.value) : '';
        if (keys.has(key)) {
          problems.push(
            source.problem(
              keyRange,
              'duplicate-key',
              'error',
              `the key "${key.slice(0, 80)}" is written twice`,
              'keep one of the two',
            ),
          );
          continue;
        }
        keys.add(key);
        if (!isScalar(pair.key))
          problems.push(
            source.problem(keyRange, 'yaml-syntax', 'error', 'a key must be a plain word', 'write the key as text'),
          );
        entries.push({ key, keyRange, value: walk(pair.value, depth + 1, [keyRange[1], keyRange[1]]) });
      }
      return { kind: 'map', entries, range };
    }
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => walk(item, depth + 1, range)), range };
    const value = isScalar(node) ? node.value : null;
    if (typeof value === 'string' || typeof value === 'boolean' || value === null)
      return { kind: 'scalar', value, range };
    if (typeof value === 'number' && Number.isFinite(value)) return { kind: 'scalar', value, range };
    return { kind: 'scalar', value: String(value), range };
  };
  if (document.contents === null) return { problems };
  return { root: walk(document.contents, 0, [0, 0]), problems };
}

function rangeOf(node: unknown): Range | undefined {
  const range = (node as Node | null)?.range;
  return range ? [range[0], range[1]] : undefined;
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]!.slice(0, 300);
}

/** What to do about the mistakes that are made most: an expression or a text with a colon that stands without quotes. */
function syntaxAdvice(source: SourceText, [at]: readonly [number, number], message: string): string {
  const line = source.line(source.position(at).line).slice(0, 500);
  if (/(?:^|[\s:[{,])\$\{\{/.test(line) && /flow|bracket|node end/i.test(message))
    return `put the expression in quotes: "$\{{ ... }}"`;
  if (/^[^#"']*?:\s[^"'#]*:(?:\s|$)/.test(line) && /mapping|implicit|indent/i.test(message))
    return 'put the text after the first colon in quotes: a colon and a space inside it end it';
  return 'correct the YAML here: check indentation, quotes and colons';
}

function syntaxProblem(
  source: SourceText,
  position: readonly [number, number],
  code: string,
  message: string,
): Problem {
  if (code === 'TAB_AS_INDENT')
    return source.problem(position, 'yaml-syntax', 'error', 'a tab is used to indent', 'indent with spaces');
  if (code === 'MULTIPLE_DOCS')
    return source.problem(
      position,
      'yaml-syntax',
      'error',
      'the file holds more than one document',
      'write one playbook per file',
    );
  return source.problem(position, 'yaml-syntax', 'error', firstLine(message), syntaxAdvice(source, position, message));
}
