/** Systems and the links between them as they are drawn: what charts of Mermaid, Graphviz and diagrams.net have in common, and the latter two. */
import type { TopologyFact } from '../small-facts.ts';
import type { FactText } from './context.ts';
import { readTopology } from './topology.ts';

const ADDRESS = /\b(?:\d{1,3}\.){3}\d{1,3}\b/;
const NAME = /\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}\b/i;
export const MOST_LINKS = 10_000;

export interface Drawn {
  name: string;
  ip?: string;
  host?: string;
  port?: string;
}

export interface Link {
  from: string;
  to: string;
  /** Words beside the arrow. */
  said: string;
}

/** A node with what its label names. @param id how links call it. */
export function drawn(id: string, label: string | undefined): Drawn {
  const text = (label ?? '')
    .replace(/<[^<>]{1,200}>|\\[nlr]/g, ' ')
    .trim()
    .slice(0, 500);
  const ip = ADDRESS.exec(text)?.[0];
  const host = NAME.exec(text.replace(ADDRESS, ''))?.[0];
  const port = /[\w\]]:(\d{2,5})\b/.exec(text)?.[1];
  return {
    name: host ?? id,
    ...(ip === undefined ? {} : { ip }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
  };
}

/** @returns undefined where nothing is linked. Links carry the port and the encryption that the arrow's words or the label name. */
export function drawnTopology(
  file: string,
  nodes: ReadonlyMap<string, Drawn>,
  links: readonly Link[],
): TopologyFact | undefined {
  if (links.length === 0) return undefined;
  const legs = links.map(({ from, to, said }) => {
    const [source, target] = [nodes.get(from) ?? drawn(from, undefined), nodes.get(to) ?? drawn(to, undefined)];
    const port = target.port ?? /(?:^|[\s:])(\d{2,5})\b/.exec(said)?.[1];
    return {
      from: source.name,
      to: target.host ?? target.ip ?? target.name,
      ...(target.ip === undefined ? {} : { ip: target.ip }),
      ...(port === undefined ? {} : { port }),
      ...(/https|tls|ssl/i.test(said) ? { tls: 'yes' } : {}),
      ...(/mtls|mutual/i.test(said) ? { mtls: 'yes' } : {}),
    };
  });
  return readTopology(file, {
    nodes: [...nodes.values()].map(({ name, ip }) => ({ name, ...(ip === undefined ? {} : { ip }) })),
    legs,
  });
}

/** Whether a text is a graph of Graphviz (DOT language) by itself. */
export const isDot = (text: string): boolean =>
  /^\s*(?:(?:\/\/|#)[^\n]*\n\s*){0,20}(?:strict\s+)?(?:di)?graph\s*(?:"[^"\n]{0,100}"|\w{0,100})?\s*\{/.test(
    text.slice(0, 8192),
  );

const ID = String.raw`(?:"([^"\n]{1,200})"|([\w.-]{1,200}?))`;
const EDGE = new RegExp(String.raw`^\s*${ID}(?::\w{1,40})?\s*(?:->|--)\s*${ID}(?::\w{1,40})?(?=\s|;|\[|$|-)`);
const STATED = new RegExp(String.raw`^\s*${ID}\s*\[`);
const LABEL = /\blabel\s*=\s*(?:"((?:[^"\\\n]|\\.){0,500})"|<([^\n]{0,500})>|(\w{1,200}))/;

/** Statements of a line; a semicolon within quotes ends none. */
function statementsOf(text: string): string[] {
  const found: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    if (at < text.length && (quoted || text[at] !== ';')) continue;
    found.push(text.slice(from, at));
    from = at + 1;
  }
  return found.slice(0, 50);
}

/** @returns the topology of a graph of Graphviz, one statement a line as tools and people write it; chains (`a -> b -> c`) are followed. */
export function dotTopology(file: FactText): TopologyFact | undefined {
  const nodes = new Map<string, Drawn>();
  const links: Link[] = [];
  for (const { text } of file.lines) {
    for (const statement of statementsOf(text.slice(0, 4000))) {
      const label = LABEL.exec(statement);
      const said = label ? (label[1] ?? label[2] ?? label[3] ?? '') : '';
      let rest = statement;
      let edge = EDGE.exec(rest);
      const stated = edge ? null : STATED.exec(rest);
      const name = stated?.[1] ?? stated?.[2];
      if (name !== undefined && !/^(?:node|edge|graph)$/i.test(name)) nodes.set(name, drawn(name, said || name));
      while (edge && links.length < MOST_LINKS) {
        const [from, to] = [edge[1] ?? edge[2]!, edge[3] ?? edge[4]!];
        for (const id of [from, to]) if (!nodes.has(id)) nodes.set(id, drawn(id, id));
        links.push({ from, to, said });
        // The end of one link begins the next.
        const arrow = rest.search(/->|--/);
        rest = rest.slice(arrow + 2);
        edge = EDGE.exec(rest);
      }
    }
  }
  return drawnTopology(file.file, nodes, links);
}

/** Whether XML is a drawing of diagrams.net (draw.io) whose cells are not compressed. */
export const isDrawio = (text: string): boolean =>
  /<mx(?:file|GraphModel)\b/.test(text.slice(0, 4096)) && /<mxCell\b/.test(text);

const CELL = /<mxCell\b([^<>]{1,4000})>/g;
const ENTITIES: { readonly [name: string]: string } = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&', nbsp: ' ' };
const attribute = (cell: string, name: string): string =>
  (new RegExp(String.raw`\b${name}="([^"]{0,2000})"`).exec(cell)?.[1] ?? '').replace(
    /&(lt|gt|quot|apos|amp|nbsp);/g,
    (_, entity: string) => ENTITIES[entity]!,
  );

/** @returns the topology of a drawing: cells with a value are systems, edges with both ends are links; words on an edge may be cells of their own. */
export function drawioTopology(file: FactText): TopologyFact | undefined {
  const nodes = new Map<string, Drawn>();
  const edges = new Map<string, Link>();
  const words: { parent: string; text: string }[] = [];
  for (const [, cell] of file.text.matchAll(CELL)) {
    const id = attribute(cell!, 'id');
    const text = attribute(cell!, 'value').replace(/<[^<>]{1,200}>/g, ' ');
    if (attribute(cell!, 'edge') === '1') {
      const [from, to] = [attribute(cell!, 'source'), attribute(cell!, 'target')];
      if (from !== '' && to !== '' && edges.size < MOST_LINKS) edges.set(id, { from, to, said: text });
    } else if (/\bedgeLabel\b/.test(attribute(cell!, 'style')))
      words.push({ parent: attribute(cell!, 'parent'), text });
    else if (text.trim() !== '') nodes.set(id, drawn(text.trim().split(/\s+/)[0]!, text));
  }
  for (const { parent, text } of words) {
    const edge = edges.get(parent);
    if (edge) edge.said = `${edge.said} ${text}`;
  }
  return drawnTopology(file.file, nodes, [...edges.values()]);
}
