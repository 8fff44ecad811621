/** Just enough XML for configuration files: start tags with their attributes, line by line. No entities beyond the five. */
import { LIMITS } from './source.ts';

export interface XmlElement {
  name: string;
  attributes: Map<string, { value: string; line: number }>;
  line: number;
  children: XmlElement[];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads the element tree. Never throws; external entities and DTDs are skipped, never resolved. */
export function parseXmlElements(text: string): {
  roots: XmlElement[];
  problems: { line: number; column: number; says: string }[];
} {
  const roots: XmlElement[] = [];
  const problems: { line: number; column: number; says: string }[] = [];
  const open: XmlElement[] = [];
  const position = lineCounter(text);
  let at = 0;
  let count = 0;
  while (at < text.length) {
    const tag = text.indexOf('<', at);
    if (tag < 0) break;
    if (text.startsWith('<!--', tag)) at = skipTo(text, '-->', tag);
    else if (text.startsWith('<![CDATA[', tag)) at = skipTo(text, ']]>', tag);
    else if (text.startsWith('<?', tag)) at = skipTo(text, '?>', tag);
    else if (text.startsWith('<!', tag)) at = skipDoctype(text, tag);
    else if (text.startsWith('</', tag)) {
      at = skipTo(text, '>', tag);
      const name = text.slice(tag + 2, at - 1).trim();
      const index = open.findLastIndex((e) => e.name === name);
      if (index >= 0) open.length = index;
      else problems.push({ ...position(tag), says: `</${name.slice(0, 60)}> closes no open element` });
    } else {
      const parsed = readTag(text, tag, position);
      at = parsed.end;
      if (!parsed.element) {
        problems.push({ ...position(tag), says: 'a "<" that begins no element' });
        continue;
      }
      if (++count > LIMITS.directives) {
        problems.push({ ...position(tag), says: `more than ${LIMITS.directives} elements; the rest was not read` });
        break;
      }
      (open.at(-1)?.children ?? roots).push(parsed.element);
      if (!parsed.selfClosed && open.length < LIMITS.depth) open.push(parsed.element);
    }
  }
  for (const element of open)
    problems.push({ line: element.line, column: 1, says: `<${element.name.slice(0, 60)}> is never closed` });
  return { roots, problems: problems.slice(0, LIMITS.problems) };
}

function skipTo(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  return at < 0 ? text.length : at + end.length;
}

function skipDoctype(text: string, from: number): number {
  const bracket = text.indexOf('[', from);
  const close = text.indexOf('>', from);
  return bracket >= 0 && bracket < close ? skipTo(text, ']>', bracket) : skipTo(text, '>', from);
}

/** Positions are asked for in rising order, so the count goes on from the last one. */
function lineCounter(text: string): (offset: number) => { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  let counted = 0;
  return (offset) => {
    for (let next = text.indexOf('\n', counted); next >= 0 && next < offset; next = text.indexOf('\n', next + 1)) {
      line++;
      lineStart = next + 1;
      counted = next + 1;
    }
    return { line, column: offset - lineStart + 1 };
  };
}

function readTag(
  text: string,
  start: number,
  position: (offset: number) => { line: number; column: number },
): { element?: XmlElement; end: number; selfClosed: boolean } {
  const name = /^[A-Za-z_][\w.:-]{0,100}/.exec(text.slice(start + 1, start + 120))?.[0];
  if (!name) return { end: start + 1, selfClosed: true };
  const element: XmlElement = { name, attributes: new Map(), line: position(start).line, children: [] };
  let at = start + 1 + name.length;
  for (;;) {
    while (at < text.length && ' \t\r\n'.includes(text[at]!)) at++;
    if (at >= text.length) return { element, end: at, selfClosed: true };
    if (text[at] === '>') return { element, end: at + 1, selfClosed: false };
    if (text.startsWith('/>', at)) return { element, end: at + 2, selfClosed: true };
    const attribute = /^([^\s=>/]{1,200})[ \t\r\n]{0,100}=[ \t\r\n]{0,100}(["'])/.exec(text.slice(at, at + 500));
    if (!attribute) {
      at++;
      continue;
    }
    const line = position(at).line;
    const from = at + attribute[0].length;
    const end = text.indexOf(attribute[2]!, from);
    const stop = end < 0 ? text.length : end;
    const value = text.slice(from, stop).replace(/&(amp|lt|gt|quot|apos);/g, (_, entity: string) => ENTITIES[entity]!);
    element.attributes.set(attribute[1]!, { value, line });
    at = stop + 1;
  }
}
