/** The Apache httpd configuration language: one directive per line, `\` continuation, `<Section args>` blocks, `Define`. */
import { LIMITS, type ReadHint } from './source.ts';

export interface ApacheNode {
  name: string;
  args: string[];
  file: string;
  line: number;
  children?: ApacheNode[];
}

export interface ApacheProblem {
  file: string;
  line: number;
  column: number;
  says: string;
}

const INCLUDE_DEPTH = 10;

/** A `<Macro>` of mod_macro: its lines stand for themselves wherever `Use` names it. */
interface Macro {
  parameters: string[];
  file: string;
  lines: LogicalLine[];
}

interface LogicalLine {
  line: number;
  column: number;
  body: string;
}

/** Parses a file and what it includes. Never throws; unbalanced sections and unread includes are named in `problems`. */
export function parseApache(
  text: string,
  file: string,
  hint: ReadHint,
): { nodes: ApacheNode[]; problems: ApacheProblem[] } {
  const problems: ApacheProblem[] = [];
  const defines = new Map<string, string>();
  const macros = new Map<string, Macro>();
  let count = 0;

  const parse = (content: Iterable<LogicalLine>, from: string, depth: number): ApacheNode[] => {
    const root: ApacheNode[] = [];
    const open: { node: ApacheNode; into: ApacheNode[] }[] = [];
    const say = (line: number, column: number, says: string): void => {
      if (problems.length < LIMITS.problems) problems.push({ file: from, line, column, says });
    };
    let macro: Macro | undefined;
    for (const logical of content) {
      const { line, column, body } = logical;
      const into = open.at(-1)?.into ?? root;
      if (++count > LIMITS.directives) {
        say(line, column, `more than ${LIMITS.directives} directives; the rest was not read`);
        break;
      }
      if (macro) {
        if (/^<\/macro\s*>/i.test(body)) macro = undefined;
        else macro.lines.push(logical);
        continue;
      }
      const started = /^<macro\s([^>]*)>/i.exec(body);
      if (started) {
        const [name = '', ...parameters] = splitArguments(started[1]!, new Map());
        macro = { parameters, file: from, lines: [] };
        macros.set(name.toLowerCase(), macro);
        continue;
      }
      if (body.startsWith('</')) {
        const name = body.slice(2).replace(/>.*$/s, '').trim();
        const top = open.at(-1);
        if (top && top.node.name.toLowerCase() === name.toLowerCase()) open.pop();
        else say(line, column, `</${name.slice(0, 60)}> closes no open section; it was ignored`);
        continue;
      }
      if (body.startsWith('<')) {
        if (!body.trimEnd().endsWith('>')) say(line, column, 'the section has no closing ">"');
        const words = splitArguments(body.slice(1).trimEnd().replace(/>$/, ''), defines);
        const node: ApacheNode = { name: words[0] ?? '', args: words.slice(1), file: from, line, children: [] };
        into.push(node);
        if (open.length < LIMITS.depth) open.push({ node, into: node.children! });
        else say(line, column, `sections nested deeper than ${LIMITS.depth} were not kept apart`);
        continue;
      }
      const words = splitArguments(body, defines);
      const name = words[0];
      if (name === undefined) continue;
      const node: ApacheNode = { name, args: words.slice(1), file: from, line };
      into.push(node);
      if (/^use$/i.test(name) && words[1]) {
        const used = macros.get(words[1].toLowerCase());
        if (!used) say(line, column, `Use "${words[1].slice(0, 100)}": no macro of this name stands before it`);
        else if (depth >= INCLUDE_DEPTH) say(line, column, 'macros used inside macros too deeply were not read');
        else into.push(...parse(expand(used, words.slice(2)), used.file, depth + 1));
      }
      if (/^undefmacro$/i.test(name) && words[1]) macros.delete(words[1].toLowerCase());
      if (/^define$/i.test(name) && words[1]) defines.set(words[1], words[2] ?? '');
      if (/^include(?:optional)?$/i.test(name) && words[1]) {
        const found = depth < INCLUDE_DEPTH ? (hint.include?.(words[1], from) ?? []) : [];
        if (found.length === 0 && /^include$/i.test(name))
          say(line, column, `Include "${words[1].slice(0, 200)}" could not be read; directives in it are unknown here`);
        for (const included of found) into.push(...parse(linesOf(included.text), included.file, depth + 1));
      }
    }
    if (macro) say(1, 1, 'a <Macro> is never closed');
    for (const { node } of open) say(node.line, 1, `the section <${node.name.slice(0, 60)}> is never closed`);
    return root;
  };
  return { nodes: parse(linesOf(text), file, 0), problems };
}

function linesOf(text: string): Iterable<LogicalLine> {
  return logicalLines(text.slice(0, LIMITS.characters));
}

/** Lines of a macro with its parameters replaced, the longest names first as mod_macro does. */
function expand(macro: Macro, values: string[]): LogicalLine[] {
  const pairs = macro.parameters.map((name, i) => [name, values[i] ?? ''] as const);
  pairs.sort((a, b) => b[0].length - a[0].length);
  return macro.lines.map(({ line, column, body }) => ({
    line,
    column,
    body: pairs.reduce((text, [name, value]) => (name === '' ? text : text.replaceAll(name, () => value)), body),
  }));
}

/** Lines without comments, with `\` at the end of a line joining the next one. */
function* logicalLines(text: string): Generator<LogicalLine> {
  let joined = '';
  let start = 0;
  let number = 0;
  for (const raw of text.split('\n')) {
    number++;
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (joined === '') start = number;
    if (line.endsWith('\\')) {
      joined += `${line.slice(0, -1)} `;
      continue;
    }
    const body = joined + line;
    joined = '';
    const trimmed = body.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    yield { line: start, column: body.length - body.trimStart().length + 1, body: trimmed };
  }
  if (joined.trim() !== '' && !joined.trim().startsWith('#')) yield { line: start, column: 1, body: joined.trim() };
}

function splitArguments(body: string, defines: Map<string, string>): string[] {
  const words: string[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"?|'((?:[^'\\]|\\.)*)'?|([^\s"']\S*)/gs;
  for (const match of body.matchAll(pattern)) {
    const quoted = match[1] ?? match[2];
    const word = quoted === undefined ? (match[3] ?? '') : quoted.replace(/\\(["'\\])/g, '$1');
    words.push(word.replace(/\$\{([A-Za-z0-9_]{1,64})\}/g, (whole, name: string) => defines.get(name) ?? whole));
  }
  return words;
}
