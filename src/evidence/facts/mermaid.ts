/** Flow charts of Mermaid (`graph LR`): systems and the links between them, as teams draw them beside their documentation. */
import type { TopologyFact } from '../small-facts.ts';
import type { FactText } from './context.ts';
import { type Drawn, drawn, drawnTopology, type Link, MOST_LINKS } from './drawings.ts';

const TITLE = /^\s*(?:graph|flowchart)\s+(?:LR|RL|TB|TD|BT)\s*;?\s*$/;
/** Whether a text is such a chart by itself: its first line that is no comment says so. */
export const isMermaid = (lines: readonly string[]): boolean =>
  TITLE.test(lines.find((line) => line.trim() !== '' && !/^\s*%%|^---$/.test(line)) ?? '');

/** A node with its label in one of the shapes: `a[..]`, `a(..)`, `a((..))`, `a[(..)]`, `a{..}`, `a>..]`. */
const NODE = /^\s*([\w.-]{1,100})\s*(?:[[({>]{1,3}["']?([^\])}"']{0,200})["']?[\])}]{1,3})?(?::::\w+)?\s*/;
/** An arrow with words in its middle or between bars. */
const ARROW =
  /^(?:(?:--|==|-\.)\s*([^-=.|>][^|>]{0,100}?)\s*(?:-{2,3}>?|={2,3}>?|\.->?)|(?:<?-{2,4}[>ox]?|<?={2,4}>?|-\.{1,3}->?))\s*(?:\|["']?([^|"']{0,100})["']?\|)?/;
/** @returns undefined where nothing is drawn. Links carry the port and the encryption that the arrow's words or the label name. */
export function mermaidTopology(file: FactText): TopologyFact | undefined {
  const nodes = new Map<string, Drawn>();
  const links: Link[] = [];
  let inside = false;
  // A chart by itself, or charts between fences of Markdown.
  const fenced = file.lines.some(({ text }) => /^\s*```+ ?mermaid\b/.test(text));
  for (const { text } of file.lines) {
    if (fenced && /^\s*```/.test(text)) inside = false;
    if (TITLE.test(text)) inside = true;
    else if (
      inside &&
      !/^\s*(?:%%|subgraph\b|end\b|style\b|classDef\b|class\b|linkStyle\b|direction\b|click\b)/.test(text)
    ) {
      let rest = text.slice(0, 2000).replace(/;\s*$/, '');
      let from: string | undefined;
      let said = '';
      for (let part = 0; part < 50 && links.length < MOST_LINKS; part++) {
        const node = NODE.exec(rest);
        if (!node) break;
        const id = node[1]!;
        if (!nodes.has(id) || node[2] !== undefined) nodes.set(id, drawn(id, node[2]));
        if (from !== undefined) links.push({ from, to: id, said });
        rest = rest.slice(node[0].length);
        const arrow = ARROW.exec(rest);
        if (!arrow) break;
        said = `${arrow[1] ?? ''} ${arrow[2] ?? ''}`;
        from = id;
        rest = rest.slice(arrow[0].length);
      }
    }
  }
  return drawnTopology(file.file, nodes, links);
}
