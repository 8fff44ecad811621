/** A provider's status as a feed: items of RSS 2.0 and entries of Atom (RFC 4287) are its notices. */
import type { NoticeFact } from '../small-facts.ts';
import { type FactContext, type FactText, factTime } from './context.ts';

const MOST_ITEMS = 1000;

export const isFeed = (text: string): boolean =>
  /<(?:rss|feed|rdf:RDF)\b/.test(text.slice(0, 2048)) && /<(?:item|entry)[\s>]/.test(text);

const ENTITIES: { readonly [name: string]: string } = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&', nbsp: ' ' };
/** Text of an element without CDATA, entities and the HTML in it. */
function textOf(item: string, names: readonly string[]): string {
  for (const name of names) {
    const open = new RegExp(String.raw`<${name}(?:\s[^<>]{0,300})?>`).exec(item);
    const end = open ? item.indexOf(`</${name}>`, open.index) : -1;
    if (!open || end === -1) continue;
    const plain = (text: string): string => text.replace(/<[^<>]{1,400}>/g, ' ');
    return plain(
      plain(item.slice(open.index + open[0].length, end).replace(/<!\[CDATA\[|\]\]>/g, '')).replace(
        /&(lt|gt|quot|apos|amp|nbsp);/g,
        (_, entity: string) => ENTITIES[entity]!,
      ),
    )
      .replace(/\s+/g, ' ')
      .trim();
  }
  return '';
}

export function readFeed(file: FactText, context: FactContext): NoticeFact[] {
  const facts: NoticeFact[] = [];
  const open = /<(item|entry)[\s>]/g;
  let line = 1;
  let counted = 0;
  for (let match = open.exec(file.text); match && facts.length < MOST_ITEMS; match = open.exec(file.text)) {
    const end = file.text.indexOf(`</${match[1]}>`, match.index);
    if (end === -1) break;
    for (; counted < match.index; counted++) if (file.text.charCodeAt(counted) === 10) line++;
    const item = file.text.slice(match.index, Math.min(end, match.index + 65_536));
    open.lastIndex = end;
    const words = [textOf(item, ['title']), textOf(item, ['description', 'content', 'summary'])].filter(Boolean);
    if (words.length === 0) continue;
    facts.push({
      file: file.file,
      line,
      time: factTime(textOf(item, ['pubDate', 'published', 'dc:date', 'updated']), context)?.time ?? Number.NaN,
      kind: 'status',
      text: words.join(': ').slice(0, 16_384),
    });
  }
  return facts;
}
