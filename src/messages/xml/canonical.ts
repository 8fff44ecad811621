/** Canonical XML 1.0 and 1.1, inclusive and exclusive, with and without comments (W3C xml-c14n, xml-c14n11, xml-exc-c14n). */
import type { XmlDocument, XmlElement, XmlNode } from './tree.ts';

export interface Canonicalisation {
  exclusive: boolean;
  comments: boolean;
  /** Canonical XML 1.1: xml:id is not inherited. */
  version11?: boolean;
  /** InclusiveNamespaces PrefixList of exclusive canonicalisation; `#default` for the default namespace. */
  prefixes?: readonly string[];
}

export const CANONICAL_URIS: { readonly [uri: string]: Canonicalisation } = {
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315': { exclusive: false, comments: false },
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments': { exclusive: false, comments: true },
  'http://www.w3.org/2006/12/xml-c14n11': { exclusive: false, comments: false, version11: true },
  'http://www.w3.org/2006/12/xml-c14n11#WithComments': { exclusive: false, comments: true, version11: true },
  'http://www.w3.org/2001/10/xml-exc-c14n#': { exclusive: true, comments: false },
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments': { exclusive: true, comments: true },
};

const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');
const escapeAttribute = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#x9;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;');

/** Order of code points, which UTF-16 does not keep for characters beyond the basic plane. */
function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  if (!/[\ud800-\udfff]/.test(a) && !/[\ud800-\udfff]/.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

/** Namespaces in scope at an element, its own included. */
function inScope(element: XmlElement | undefined): Map<string, string> {
  const chain: XmlElement[] = [];
  for (let at = element; at; at = at.parent) chain.push(at);
  const scope = new Map<string, string>();
  for (const e of chain.reverse()) for (const [prefix, uri] of e.namespaces) scope.set(prefix, uri);
  return scope;
}

/** xml: attributes of the ancestors, which the apex of an inclusive canonicalisation takes over (xml-c14n section 2.4). */
function inheritedAttributes(apex: XmlElement, version11: boolean): { name: string; value: string; local: string }[] {
  const found = new Map<string, { name: string; value: string; local: string }>();
  for (let at = apex.parent; at; at = at.parent)
    for (const a of at.attributes)
      if (a.uri === XML_NAMESPACE && !found.has(a.local) && !(version11 && a.local === 'id'))
        found.set(a.local, { name: a.name, value: a.value, local: a.local });
  for (const a of apex.attributes) if (a.uri === XML_NAMESPACE) found.delete(a.local);
  return [...found.values()];
}

interface Frame {
  /** Written after the children. */
  end: string;
  children: readonly XmlNode[];
  next: number;
  scope: Map<string, string>;
  rendered: Map<string, string>;
}

export interface CanonicalOptions extends Canonicalisation {
  /** Left out with everything in them: the signature of an enveloped transform. */
  without?: ReadonlySet<XmlElement>;
  /** As if the apex had no surroundings. */
  alone?: boolean;
}

/** Canonical form of one element and what is in it. */
export function canonicalElement(apex: XmlElement, options: CanonicalOptions): string {
  const out: string[] = [];
  const frames: Frame[] = [];
  const surroundings = options.alone ? new Map<string, string>() : inScope(apex.parent);
  const inherited = options.exclusive || options.alone ? [] : inheritedAttributes(apex, options.version11 ?? false);
  if (!options.without?.has(apex)) open(apex, surroundings, new Map(), options, out, frames, inherited);
  while (frames.length > 0) {
    const frame = frames.at(-1)!;
    const child = frame.children[frame.next++];
    if (!child) {
      out.push(frame.end);
      frames.pop();
    } else if (child.kind === 'element') {
      if (!options.without?.has(child)) open(child, frame.scope, frame.rendered, options, out, frames, []);
    } else if (child.kind === 'text') out.push(escapeText(child.value));
    else if (child.kind === 'comment') {
      if (options.comments) out.push(commentText(child.value));
    } else out.push(instructionText(child.target, child.value));
  }
  return out.join('');
}

const commentText = (value: string): string => `<!--${value.replaceAll('\r', '&#xD;')}-->`;
const instructionText = (target: string, value: string): string =>
  `<?${target}${value === '' ? '' : ` ${value.replaceAll('\r', '&#xD;')}`}?>`;

/** Writes a start tag and pushes the frame for what follows. */
function open(
  element: XmlElement,
  above: Map<string, string>,
  renderedAbove: Map<string, string>,
  options: CanonicalOptions,
  out: string[],
  frames: Frame[],
  inherited: readonly { name: string; value: string; local: string }[],
): void {
  let scope = above;
  if (element.namespaces.size > 0) {
    scope = new Map(above);
    for (const [prefix, uri] of element.namespaces) scope.set(prefix, uri);
  }
  // Below the apex of an inclusive form everything in scope is written already: only new declarations can add something.
  const quiet = !options.exclusive && frames.length > 0 && element.namespaces.size === 0;
  const wanted = options.exclusive ? utilised(element, scope, options.prefixes) : quiet ? [] : scope.keys();
  const declarations: [prefix: string, uri: string][] = [];
  for (const prefix of wanted) {
    const uri = scope.get(prefix) ?? '';
    if (prefix === 'xml' || (prefix !== '' && uri === '')) continue;
    if ((renderedAbove.get(prefix) ?? '') !== uri) declarations.push([prefix, uri]);
  }
  // A default namespace that an ancestor wrote has to be taken back.
  if (!options.exclusive && (scope.get('') ?? '') === '' && (renderedAbove.get('') ?? '') !== '')
    if (!declarations.some(([prefix]) => prefix === '')) declarations.push(['', '']);
  declarations.sort(([a], [b]) => byCodePoint(a, b));
  let rendered = renderedAbove;
  if (declarations.length > 0) {
    rendered = new Map(renderedAbove);
    for (const [prefix, uri] of declarations) rendered.set(prefix, uri);
  }
  if (declarations.length === 0 && element.attributes.length === 0 && inherited.length === 0) {
    out.push(`<${element.name}>`);
    frames.push({ end: `</${element.name}>`, children: element.children, next: 0, scope, rendered: renderedAbove });
    return;
  }
  const attributes = [
    ...element.attributes,
    ...inherited.map((a) => ({ ...a, prefix: 'xml', uri: XML_NAMESPACE })),
  ].sort((a, b) => byCodePoint(a.uri, b.uri) || byCodePoint(a.local, b.local));
  out.push(
    '<',
    element.name,
    ...declarations.map(([prefix, uri]) => ` ${prefix ? `xmlns:${prefix}` : 'xmlns'}="${escapeAttribute(uri)}"`),
    ...attributes.map((a) => ` ${a.name}="${escapeAttribute(a.value)}"`),
    '>',
  );
  frames.push({ end: `</${element.name}>`, children: element.children, next: 0, scope, rendered });
}

/** Prefixes that an element itself uses (xml-exc-c14n section 3), and those asked for. */
function utilised(element: XmlElement, scope: Map<string, string>, asked: readonly string[] | undefined): Set<string> {
  const used = new Set<string>([element.prefix]);
  for (const a of element.attributes) if (a.prefix !== '') used.add(a.prefix);
  for (const prefix of asked ?? []) {
    const own = prefix === '#default' ? '' : prefix;
    if (scope.has(own)) used.add(own);
  }
  return used;
}

/** Canonical form of a whole document: instructions (and comments) outside the root stand on lines of their own. */
export function canonicalDocument(document: XmlDocument, options: CanonicalOptions): string {
  const out: string[] = [];
  let past = false;
  for (const node of document.nodes) {
    if (node === document.root) {
      out.push(canonicalElement(document.root, options));
      past = true;
      continue;
    }
    const text =
      node.kind === 'instruction'
        ? instructionText(node.target, node.value)
        : node.kind === 'comment' && options.comments
          ? commentText(node.value)
          : undefined;
    if (text !== undefined) out.push(past ? `\n${text}` : `${text}\n`);
  }
  return out.join('');
}
