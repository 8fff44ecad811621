/** Script injection by structure: the text is read as HTML from each place it could land in, and what a browser would run counts. */

/** The places: between tags, and inside an attribute's value in each quoting. */
const PLACES = ['', '<a b=', "<a b='", '<a b="', '<a b=`'];
const MAX_LENGTH = 4096;
const MAX_TAGS = 64;

const TAGS = new Set(
  (
    'applet base comment embed frame frameset handler iframe import isindex link listener meta noscript object script ' +
    'style vmlframe xml xss'
  ).split(' '),
);
/** Attributes whose value is fetched or followed. */
const LINKS = new Set(
  'action background by data dynsrc folder formaction from handler href lowsrc poster src to values'.split(' '),
);
const EVENT =
  /^on(?:abort|activate|after\w+|animation\w+|aux\w*|before\w*|begin|blur|bounce|cancel|canplay\w*|cell\w+|change|click|close|contextmenu|copy|cue\w+|cut|data\w+|dbl\w+|deactivate|drag\w*|drop|duration\w+|emptied|end(?:ed)?|error\w*|filter\w*|finish|focus\w*|form\w+|fullscreen\w+|got\w+|hash\w+|help|input|invalid|key\w+|layout\w+|load\w*|lose\w+|lost\w+|media\w+|message\w*|mouse\w+|move\w*|offline|online|outofsync|page\w*|paste|pause|play\w*|pointer\w+|popstate|progress|property\w+|ratechange|readystate\w+|redo|repeat|reset|resize\w*|resume|reverse|row\w+|scroll\w*|search|seek\w*|select\w*|show|stalled|start|stop|storage|submit|suspend|sync\w+|time\w*|toggle|touch\w+|track\w+|transition\w+|undo|unload|url\w+|volume\w+|waiting|webkit\w+|wheel|zoom)$/;

const ENTITY = /&#(?:x([0-9a-f]{1,7})|(\d{1,7}));?/gi;
/** A link that runs script, however it is spelt. */
function runs(value: string): boolean {
  const plain = value
    .slice(0, 256)
    .replace(ENTITY, (_, hex?: string, decimal?: string) =>
      String.fromCharCode((hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)) & 0xffff),
    )
    .replace(/[\x00-\x20\x7f-\uffff]/g, '')
    .toLowerCase();
  return (
    /^(?:java|vbscript:|data:|view-source:)/.test(plain) && /^(?:javascript:|vbscript:|data:|view-source:)/.test(plain)
  );
}

function badAttribute(name: string, value: string | undefined): boolean {
  const plain = name.replaceAll('\0', '').toLowerCase();
  if (plain.startsWith('xmlns') || plain.startsWith('xlink') || plain === 'style' || plain === 'filter') return true;
  if (plain === 'datasrc' || plain === 'dataformatas' || EVENT.test(plain)) return true;
  if (value === undefined) return false;
  return (LINKS.has(plain) && runs(value)) || (plain === 'attributename' && EVENT.test(value.toLowerCase()));
}

const isSpace = (c: string | undefined): boolean => c !== undefined && c <= ' ';

/** One tag from its name on. @returns where it ends, or -1 when something in it would run. */
function readTag(html: string, start: number): number {
  let at = start;
  while (at < html.length && !isSpace(html[at]) && html[at] !== '>' && html[at] !== '/') at++;
  const name = html.slice(start, at).replaceAll('\0', '').toLowerCase();
  if (TAGS.has(name) || name.startsWith('svg') || name.startsWith('xsl')) return -1;
  while (at < html.length) {
    while (at < html.length && (isSpace(html[at]) || html[at] === '/')) at++;
    if (at >= html.length || html[at] === '>') return at + 1;
    const from = at;
    while (at < html.length && !isSpace(html[at]) && !'/>='.includes(html[at]!)) at++;
    if (at === from) at++;
    const attribute = html.slice(from, at);
    let next = at;
    while (isSpace(html[next])) next++;
    if (html[next] !== '=') {
      if (badAttribute(attribute, undefined)) return -1;
      continue;
    }
    next++;
    while (isSpace(html[next])) next++;
    const quote = html[next];
    let end: number;
    if (quote === '"' || quote === "'" || quote === '`') {
      next++;
      end = html.indexOf(quote, next);
      if (end === -1) end = html.length;
      at = end + 1;
    } else {
      end = next;
      while (end < html.length && !isSpace(html[end]) && html[end] !== '>') end++;
      at = end;
    }
    if (badAttribute(attribute, html.slice(next, end))) return -1;
  }
  return html.length;
}

function badComment(text: string): boolean {
  return text.includes('`') || /^\s*(?:\[if|xml|import|entity)/i.test(text);
}

function readHtml(html: string): boolean {
  let at = 0;
  for (let tags = 0; tags < MAX_TAGS; tags++) {
    const open = html.indexOf('<', at);
    if (open === -1 || open + 1 >= html.length) return false;
    const c = html[open + 1]!;
    if (/[a-zA-Z\0]/.test(c)) {
      at = readTag(html, open + 1);
      if (at === -1) return true;
    } else if (c === '!' || c === '?' || c === '%') {
      if (/^<!doctype/i.test(html.slice(open, open + 9))) return true;
      const dashed = html.startsWith('<!--', open);
      const close = dashed ? html.indexOf('-->', open + 4) : html.indexOf('>', open + 2);
      const end = close === -1 ? html.length : close;
      if (badComment(html.slice(open + (dashed ? 4 : 2), end))) return true;
      at = end;
    } else at = open + 1;
  }
  return false;
}

/** @returns the text when a browser would run something in it. */
export function detectXss(text: string): string[] | undefined {
  // Nothing runs without a tag, or an attribute with its sign.
  if (!/[<=]/.test(text)) return undefined;
  const cut = text.slice(0, MAX_LENGTH);
  return PLACES.some((place) => readHtml(place + cut)) ? [cut] : undefined;
}
