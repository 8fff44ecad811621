/** The words of a page, an item of a feed or a mail in HTML. */

const ENTITIES: { readonly [name: string]: string } = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&', nbsp: ' ' };

/** Entities as the characters they stand for: the named ones of XML, no-break spaces, and numbers. */
export const withoutEntities = (text: string): string =>
  text.replace(/&(?:(lt|gt|quot|apos|amp|nbsp)|#(\d{1,7})|#x([\da-f]{1,6}));/gi, (written, name, decimal, hex) => {
    if (name !== undefined) return ENTITIES[(name as string).toLowerCase()]!;
    const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal);
    return code >= 32 && code <= 0x10ffff ? String.fromCodePoint(code) : written;
  });

/** Text with each tag replaced by a space. */
export const withoutTags = (text: string): string => text.replace(/<[^<>]{1,2000}>/g, ' ');

/** Elements after which a browser begins a new line. */
const BLOCK = /<(?:br|\/?(?:p|div|tr|li|ul|ol|table|h[1-6]|title|section|article|header|footer))\b[^<>]{0,2000}>/gi;

/** Elements whose content nobody reads, cut out in linear time. */
function withoutElements(html: string, names: readonly string[]): string {
  const lower = html.toLowerCase();
  const open = new RegExp(`<(${names.join('|')})\\b`, 'g');
  let kept = '';
  let at = 0;
  for (let match = open.exec(lower); match; match = open.exec(lower)) {
    const end = lower.indexOf(`</${match[1]}`, match.index);
    if (end === -1) break;
    kept += html.slice(at, match.index);
    at = end;
    open.lastIndex = end + 2;
  }
  return kept + html.slice(at);
}

/** What a person reads of a page: lines as a browser breaks them, without scripts, styles and empty lines. */
export function wordsOfPage(html: string): string {
  const body = withoutElements(html, ['script', 'style']).replace(/\r?\n/g, ' ').replace(BLOCK, '\n');
  return withoutEntities(withoutTags(body))
    .split('\n')
    .map((line) => line.replace(/[ \t\u00a0]+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');
}
