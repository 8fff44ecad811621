/** What the references of an XML signature point at, and what their transforms make of it. */
import type { Candidate } from '../scheme.ts';
import { CANONICAL_URIS, type Canonicalisation, canonicalDocument, canonicalElement } from './canonical.ts';
import type { Transform, XmlReference, XmlSignature } from './signature.ts';
import { attributeOf, elementsOf, textOf, type XmlDocument, type XmlElement, type XmlNode } from './tree.ts';

const ISO_20022 = 'urn:iso:std:iso:20022:';
const DEFAULT_METHOD: Canonicalisation = { exclusive: false, comments: false };
const ID_NAMES = new Set(['Id', 'ID', 'id']);

/** What a reference covers: the whole document, or some elements of it. */
export interface Target {
  document: XmlDocument;
  /** Absent: the whole document. */
  elements?: XmlElement[];
  says: string;
  /** Same-document references leave comments out, whatever the canonical form (xmldsig-core1 section 4.4.3.3). */
  noComments?: true;
}

export type Resolved = { target: Target; others: Target[] } | { problem: string; apart?: true };

const isDocument = (e: XmlElement): boolean => e.local === 'Document' && e.uri.startsWith(ISO_20022);
const isHeader = (e: XmlElement): boolean => e.local === 'AppHdr' && e.uri.startsWith(ISO_20022);

/** The business application header that a signature stands in (ISO 20022 head.001). */
export function headerAround(signature: XmlSignature): XmlElement | undefined {
  for (let at = signature.element.parent; at; at = at.parent) if (isHeader(at)) return at;
  return undefined;
}

/** Elements with that identifier; more than one is the mark of a wrapping attack. */
function withId(document: XmlDocument, id: string): XmlElement[] {
  const found: XmlElement[] = [];
  for (const e of elementsOf(document.root))
    if (e.attributes.some((a) => a.value === id && (ID_NAMES.has(a.local) || (a.prefix === 'xml' && a.local === 'id'))))
      found.push(e);
  return found;
}

/**
 * Finds what a reference means.
 * @param documents the document of the signature first, then those stored beside it
 */
export function resolve(reference: XmlReference, signature: XmlSignature, documents: readonly XmlDocument[]): Resolved {
  const own = documents[0]!;
  const { uri } = reference;
  const whole: Target = { document: own, says: 'the whole document' };
  const header = headerAround(signature);
  const headerTarget: Target[] = header
    ? [{ document: own, elements: [header], says: 'the business application header (AppHdr)' }]
    : [];
  if (uri === undefined) {
    const found = documents.flatMap((document): Target[] => {
      const element = [...elementsOf(document.root)].find(isDocument);
      return element
        ? [{ document, elements: [element], says: 'the Document (a reference without URI, ISO 20022)' }]
        : [];
    });
    const [first, ...more] = found;
    return first
      ? { target: first, others: [...more, whole] }
      : { problem: 'a reference without URI means the Document, and there is none beside the signature', apart: true };
  }
  if (uri === '' || uri === '#xpointer(/)') {
    // The header is a document of its own; in a common envelope the reference still means the header alone.
    const noComments = uri === '' ? ({ noComments: true } as const) : {};
    if (header && header !== own.root) return { target: { ...headerTarget[0]!, ...noComments }, others: [whole] };
    return { target: { ...whole, ...noComments }, others: [] };
  }
  const id = /^#(?:xpointer\(id\(['"])?([^'")(\s]{1,200})(?:['"]\)\))?$/.exec(uri)?.[1];
  if (id !== undefined) {
    const found = withId(own, id);
    if (found.length === 1)
      return {
        target: {
          document: own,
          elements: found,
          says: `element ${found[0]!.name} with id ${id}`,
          ...(uri.startsWith('#xpointer') ? {} : { noComments: true as const }),
        },
        others: [whole],
      };
    return {
      problem: found.length
        ? `${found.length} elements have the id ${id}: which one was signed cannot be told (signature wrapping)`
        : `no element has the id ${id}`,
    };
  }
  // EBICS signs every element that says so (EBICS 3.0, X002).
  if (/^#xpointer\(\/\/\*\[@authenticate=['"]true['"]\]\)$/.test(uri)) {
    const marked = new Set([...elementsOf(own.root)].filter((e) => attributeOf(e, 'authenticate') === 'true'));
    const outer = [...marked].filter((e) => !insideAny(e, marked));
    return { target: { document: own, elements: outer, says: 'the elements marked authenticate="true"' }, others: [] };
  }
  return { problem: `${uri.slice(0, 120)} is not followed: nothing is fetched`, apart: true };
}

function insideAny(inner: XmlElement, outer: ReadonlySet<XmlElement>): boolean {
  for (let at = inner.parent; at; at = at.parent) if (outer.has(at)) return true;
  return false;
}

/** The octets that are digested; undefined when a transform is not known. */
export function transformed(
  target: Target,
  transforms: readonly Transform[],
  signature: XmlSignature,
): Buffer | undefined {
  if (transforms.some((t) => t.kind === 'unknown')) return undefined;
  const without = transforms.some((t) => t.kind === 'enveloped') ? new Set([signature.element]) : undefined;
  const method = transforms.find((t) => t.kind === 'canonical')?.method ?? DEFAULT_METHOD;
  if (transforms.some((t) => t.kind === 'base64'))
    return Buffer.from((target.elements ?? [target.document.root]).map(textOf).join('').replace(/\s+/g, ''), 'base64');
  return Buffer.from(canonical(target, { ...method, ...(without ? { without } : {}) }), 'utf8');
}

type Options = Parameters<typeof canonicalElement>[1];

function canonical(target: Target, wanted: Options): string {
  const options = target.noComments ? { ...wanted, comments: false } : wanted;
  return target.elements
    ? target.elements.map((e) => canonicalElement(e, options)).join('')
    : canonicalDocument(target.document, options);
}

/** A copy without text that is only white space: what a formatter adds. */
function stripped(document: XmlDocument): Map<XmlElement, XmlElement> {
  const copies = new Map<XmlElement, XmlElement>();
  for (const e of elementsOf(document.root)) {
    const parent = e.parent && copies.get(e.parent);
    const copy: XmlElement = { ...e, children: [], ...(parent ? { parent } : {}) };
    copies.set(e, copy);
  }
  for (const [e, copy] of copies) {
    const only = e.children.every((c) => c.kind !== 'text' || c.value.trim() === '');
    copy.children = e.children.flatMap((c): XmlNode[] =>
      c.kind === 'element' ? [copies.get(c)!] : c.kind === 'text' && only ? [] : [c],
    );
  }
  return copies;
}

/** Nodes written for the candidates of one reference at most: a large document is tried in fewer forms. */
const NODE_BUDGET = 3_000_000;

/** What else may have been digested, likely forms first; bounded by the size of the document. */
export function* otherForms(
  resolved: { target: Target; others: Target[] },
  reference: XmlReference,
  signature: XmlSignature,
): Iterable<Candidate> {
  let left = Math.max(4, Math.floor(NODE_BUDGET / Math.max(1, resolved.target.document.size)));
  for (const candidate of forms(resolved, reference, signature)) {
    if (left-- <= 0) return;
    yield candidate;
  }
}

/** Other canonical forms, other targets, formatting, character sets. */
function* forms(
  resolved: { target: Target; others: Target[] },
  reference: XmlReference,
  signature: XmlSignature,
): Iterable<Candidate> {
  const { target, others } = resolved;
  const enveloped = reference.transforms.some((t) => t.kind === 'enveloped');
  const prescribed = reference.transforms.find((t) => t.kind === 'canonical')?.method ?? DEFAULT_METHOD;
  const without = new Set([signature.element]);
  const form = (t: Target, options: Options): Buffer => Buffer.from(canonical(t, options), 'utf8');
  const cut = enveloped ? { without } : {};
  const withComments: Target = { ...target };
  delete withComments.noComments;
  for (const [uri, method] of Object.entries(CANONICAL_URIS))
    yield {
      bytes: form(withComments, { ...method, ...cut }),
      reason: 'string-to-sign',
      says: `in another canonical form (${uri})`,
    };
  yield {
    bytes: form(target, { ...prescribed, ...cut, alone: true }),
    reason: 'xml-rewritten',
    says: 'without the namespaces of what is around it',
  };
  yield {
    bytes: form(target, enveloped ? prescribed : { ...prescribed, without }),
    reason: 'string-to-sign',
    says: enveloped ? 'with the signature in it' : 'without the signature in it',
  };
  for (const other of others)
    for (const options of [
      { ...prescribed, ...cut },
      { ...prescribed, without },
    ])
      yield {
        bytes: form(other, options),
        reason: 'string-to-sign',
        says: `over ${other.says} in place of ${target.says}`,
      };
  const copies = stripped(target.document);
  const bare = { without: new Set([copies.get(signature.element)].filter((e) => e !== undefined)) };
  const root = copies.get(target.document.root);
  if (root) {
    const elements = target.elements?.map((e) => copies.get(e)!);
    const copy: Target = {
      document: {
        ...target.document,
        nodes: target.document.nodes.map((n) => (n === target.document.root ? root : n)),
        root,
      },
      says: target.says,
      ...(elements ? { elements } : {}),
      ...(target.noComments ? { noComments: true } : {}),
    };
    yield {
      bytes: form(copy, { ...prescribed, ...(enveloped ? bare : {}) }),
      reason: 'xml-rewritten',
      says: 'without the white space between its elements',
    };
  }
  const text = form(target, { ...prescribed, ...cut }).toString('utf8');
  yield { bytes: Buffer.from(text.replaceAll('\n', '&#xD;\n')), reason: 'line-ends', says: 'with CRLF kept as &#xD;' };
  yield { bytes: Buffer.from(text.replaceAll('&#xD;', '')), reason: 'line-ends', says: 'without &#xD;' };
  yield { bytes: Buffer.from(text, 'latin1'), reason: 'charset', says: 'in ISO 8859-1' };
  yield { bytes: Buffer.from(text, 'utf16le'), reason: 'charset', says: 'in UTF-16' };
  yield {
    bytes: Buffer.from(Buffer.from(text, 'utf8').toString('latin1'), 'utf8'),
    reason: 'charset',
    says: 'in UTF-8 encoded twice',
  };
  yield {
    bytes: Buffer.from(Buffer.from(text, 'latin1').toString('utf8')),
    reason: 'charset',
    says: 'in UTF-8 encoded once less',
  };
}
