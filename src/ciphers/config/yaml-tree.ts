/** YAML and JSON documents as a tree whose every scalar knows its line. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { nestsDeeperThan } from '../../evidence/nesting.ts';
import { LIMITS } from './source.ts';

export type YamlTree =
  | { kind: 'map'; line: number; entries: { key: string; line: number; value: YamlTree }[] }
  | { kind: 'list'; line: number; items: YamlTree[] }
  | { kind: 'scalar'; line: number; text: string };

const NODE_LIMIT = 100_000;

/** Real configurations stay far below these. */
const MOST_NESTING = 100;
const MOST_STRAY = 50;
const MOST_CHARACTERS = 1024 * 1024;

/**
 * Text that would drive the YAML parser, which recurses, into the end of the stack or into quadratic time: brackets or list
 * marks nested too deeply, too many quotes on a line, or closing brackets without an opening one.
 * Returns the place, or undefined when there is none.
 */
function hazard(text: string): { line: number; says: string } | undefined {
  const deep = nestsDeeperThan(text, MOST_NESTING);
  if (deep !== undefined) return { line: deep, says: `nested deeper than ${MOST_NESTING}; the file was not read` };
  let line = 1;
  let depth = 0;
  let stray = 0;
  let quotes = 0;
  let separators = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x0a) {
      line++;
      quotes = 0;
      separators = 0;
      continue;
    }
    if (c === 0x22 || c === 0x27) quotes++;
    else if (c === 0x2c || c === 0x3a || c === 0x5d || c === 0x7d) separators++;
    if (c === 0x5b || c === 0x7b) depth++;
    else if (c === 0x5d || c === 0x7d) {
      if (depth > 0) depth--;
      else stray++;
    }
    if (quotes > 2 * separators + 4 * MOST_STRAY)
      return { line, says: 'too many quotes on one line; the file was not read' };
    if (stray > MOST_STRAY)
      return { line, says: 'too many closing brackets without an opening one; the file was not read' };
  }
  return undefined;
}

/** Parses all documents. Aliases are not expanded (a "billion laughs" stays small); problems carry line and column. */
export function parseYamlTree(text: string): {
  documents: YamlTree[];
  problems: { line: number; column: number; says: string }[];
} {
  const problems: { line: number; column: number; says: string }[] = [];
  const counter = new LineCounter();
  let nodes = 0;
  const lineOf = (node: Node): number => (node.range ? counter.linePos(node.range[0]).line : 1);
  const convert = (node: unknown, depth: number): YamlTree => {
    nodes++;
    if (isMap(node)) {
      const entries =
        nodes > NODE_LIMIT || depth > LIMITS.depth
          ? []
          : node.items.map((pair) => {
              const key = isScalar(pair.key) ? String(pair.key.value) : '';
              const line = isScalar(pair.key) ? lineOf(pair.key) : lineOf(node);
              const value = convert(pair.value, depth + 1);
              return { key, line, value: value.line === 0 ? { ...value, line } : value };
            });
      return { kind: 'map', line: lineOf(node), entries };
    }
    if (isSeq(node))
      return {
        kind: 'list',
        line: lineOf(node),
        items: nodes > NODE_LIMIT || depth > LIMITS.depth ? [] : node.items.map((item) => convert(item, depth + 1)),
      };
    if (isScalar(node))
      return { kind: 'scalar', line: lineOf(node), text: node.value === null ? '' : String(node.value) };
    if (isAlias(node)) return { kind: 'scalar', line: lineOf(node), text: `*${node.source}` };
    return { kind: 'scalar', line: 0, text: '' };
  };
  if (text.length > MOST_CHARACTERS)
    problems.push({ line: 1, column: 1, says: `only the first ${MOST_CHARACTERS} characters were read` });
  const danger = hazard(text.slice(0, MOST_CHARACTERS));
  if (danger) return { documents: [], problems: [...problems, { ...danger, column: 1 }] };
  try {
    const parsed = parseAllDocuments(text.slice(0, MOST_CHARACTERS), {
      lineCounter: counter,
      uniqueKeys: false,
      logLevel: 'silent',
    });
    if (!Array.isArray(parsed)) return { documents: [], problems };
    const documents = parsed.slice(0, 1000).map((document) => {
      for (const error of document.errors.slice(0, 50)) {
        const at = counter.linePos(error.pos[0]);
        problems.push({
          line: at.line,
          column: at.col,
          says: error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''),
        });
      }
      return convert(document.contents, 0);
    });
    if (nodes > NODE_LIMIT)
      problems.push({ line: 1, column: 1, says: `more than ${NODE_LIMIT} values; the rest was not read` });
    return { documents, problems };
  } catch (error) {
    problems.push({
      line: 1,
      column: 1,
      says: `not readable as YAML: ${error instanceof Error ? error.message : String(error)}`,
    });
    return { documents: [], problems };
  }
}

/** The value under a path of keys. */
export function pick(tree: YamlTree | undefined, ...path: string[]): YamlTree | undefined {
  let at = tree;
  for (const key of path) at = at?.kind === 'map' ? at.entries.find((e) => e.key === key)?.value : undefined;
  return at;
}

/** The items of a list, or nothing. */
export function items(tree: YamlTree | undefined): YamlTree[] {
  return tree?.kind === 'list' ? tree.items : [];
}

/** Every scalar with its dotted path; list items are numbered from 0. */
export function* scalars(
  tree: YamlTree,
  path: string[] = [],
): Generator<{ path: string[]; text: string; line: number }> {
  if (tree.kind === 'scalar') yield { path, text: tree.text, line: tree.line };
  else if (tree.kind === 'map') for (const { key, value } of tree.entries) yield* scalars(value, [...path, key]);
  else for (const [i, item] of tree.items.entries()) yield* scalars(item, [...path, String(i)]);
}
