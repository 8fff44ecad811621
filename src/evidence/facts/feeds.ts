/** A provider's status: items of a feed (RSS 2.0, Atom of RFC 4287), or updates of a page, each above its time, are its notices. */
import type { NoticeFact } from '../small-facts.ts';
import { type FactContext, type FactText, factTime } from './context.ts';
import { withoutEntities, withoutTags } from './markup-text.ts';
import type { TimedRow } from './timed-rows.ts';

const MOST_ITEMS = 1000;

export const isFeed = (text: string): boolean =>
  /<(?:rss|feed|rdf:RDF)\b/.test(text.slice(0, 2048)) && /<(?:item|entry)[\s>]/.test(text);

/** Text of an element without CDATA, entities and the HTML in it. */
function textOf(item: string, names: readonly string[]): string {
  for (const name of names) {
    const open = new RegExp(String.raw`<${name}(?:\s[^<>]{0,300})?>`).exec(item);
    const end = open ? item.indexOf(`</${name}>`, open.index) : -1;
    if (!open || end === -1) continue;
    return withoutTags(
      withoutEntities(withoutTags(item.slice(open.index + open[0].length, end).replace(/<!\[CDATA\[|\]\]>/g, ''))),
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

/** The line below an update of a status page: `Nov 22, 2026 - 08:12 UTC`, without the year on the page itself. */
const UPDATED =
  /^(?:Posted (?:on )?)?([A-Z][a-z]{2})[a-z]{0,6} (\d{1,2})(?:, (\d{4}))? ?(?:[-,\u2013] ?)?(\d\d:\d\d) (?:UTC|GMT)\b/;

/** Updates of an incident, each above its time. Times of other zones have letters that several zones share; these are not read. */
export function statusUpdates(file: FactText, context: FactContext): TimedRow[] {
  const rows: TimedRow[] = [];
  let words: string[] = [];
  let from = 1;
  for (const { line, text } of file.lines) {
    const at = UPDATED.exec(text.replace(/^[\s>*_-]{1,8}/, ''));
    if (at && words.length > 0) {
      const [, month, day, year, clock] = at;
      const time = factTime(
        year ? `${day} ${month} ${year} ${clock}:00 +0000` : `${month} ${day} ${clock}:00`,
        context,
        'UTC',
      )?.time;
      rows.push({ line: from, time: time ?? Number.NaN, text: words.join(' ').slice(0, 4096) });
      words = [];
    } else if (text.trim() !== '') {
      if (words.length === 0) from = line;
      words.push(text.replace(/[*_#>]{1,8}/g, '').trim());
    }
  }
  return rows;
}
