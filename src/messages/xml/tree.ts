/** An XML document as canonicalisation needs it (XML 1.0, Namespaces in XML 1.0). */

export interface XmlAttribute {
  name: string;
  prefix: string;
  local: string;
  /** Namespace; empty for unprefixed attributes. */
  uri: string;
  value: string;
}

export interface XmlElement {
  kind: 'element';
  name: string;
  prefix: string;
  local: string;
  uri: string;
  attributes: XmlAttribute[];
  /** Declared on this element: prefix (empty for the default) to namespace. */
  namespaces: Map<string, string>;
  children: XmlNode[];
  parent?: XmlElement;
  /** 1-based line of the start tag. */
  line: number;
}

export interface XmlText {
  kind: 'text';
  value: string;
}

export interface XmlComment {
  kind: 'comment';
  value: string;
}

export interface XmlInstruction {
  kind: 'instruction';
  target: string;
  value: string;
}

export type XmlNode = XmlElement | XmlText | XmlComment | XmlInstruction;

export interface XmlDocument {
  /** Root element with the comments and instructions around it. */
  nodes: XmlNode[];
  root: XmlElement;
  /** Nodes in all: what one canonicalisation costs. */
  size: number;
}

/** All elements below and including `apex`, in document order; without recursion. */
export function* elementsOf(apex: XmlElement): Iterable<XmlElement> {
  const open: XmlElement[] = [apex];
  while (open.length > 0) {
    const next = open.pop()!;
    yield next;
    for (let i = next.children.length - 1; i >= 0; i--) {
      const child = next.children[i]!;
      if (child.kind === 'element') open.push(child);
    }
  }
}

export const childElements = (element: XmlElement): XmlElement[] =>
  element.children.filter((c): c is XmlElement => c.kind === 'element');

/** First child element of that name. */
export const childNamed = (element: XmlElement | undefined, uri: string, local: string): XmlElement | undefined =>
  element && childElements(element).find((c) => c.uri === uri && c.local === local);

export const attributeOf = (element: XmlElement | undefined, local: string): string | undefined =>
  element?.attributes.find((a) => a.uri === '' && a.local === local)?.value;

/** Text directly in an element. */
export const textOf = (element: XmlElement | undefined): string =>
  element?.children.map((c) => (c.kind === 'text' ? c.value : '')).join('') ?? '';

/** Whether `inner` is `outer` or stands in it. */
export function within(inner: XmlElement, outer: XmlElement): boolean {
  for (let at: XmlElement | undefined = inner; at; at = at.parent) if (at === outer) return true;
  return false;
}
