/** YAML and JSON documents as a tree whose every scalar knows its line. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { nestsDeeperThan } from '../../nesting.ts';
import { yamlHazard } from '../../yaml-bounds.ts';
import { LIMITS } from './source.ts';

export type YamlTree =
  | { kind: 'map'; line: number; entries: { key: string; line: number; value: YamlTree }[] }
  | { kind: 'list'; line: number; items: YamlTree[] }
  | { kind: 'scalar'; line: number; text: string };

const NODE_LIMIT = 100_000;

/** Real configurations stay far below these. */
const MOST_NESTING = 100;
const MOST_CHARACTERS = 1024 * 1024;

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
  const start = text.slice(0, MOST_CHARACTERS);
  const deep = nestsDeeperThan(start, MOST_NESTING);
  const danger =
    deep === undefined
      ? yamlHazard(start)
      : { line: deep, says: `nested deeper than ${MOST_NESTING}; the file was not read` };
  if (danger) return { documents: [], problems: [...problems, { ...danger, column: 1 }] };
  try {
    const parsed = parseAllDocuments(start, {
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
