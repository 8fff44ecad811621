/** Parses XML of hostile origin: no document type, bounded in size, depth and number of nodes. Never throws. */

import { SaxesParser } from 'saxes';
import { counted } from '../../wording.ts';
import type { XmlDocument, XmlElement, XmlNode } from './tree.ts';

const MAX_BYTES = 32 * 2 ** 20;
const MAX_DEPTH = 256;
const MAX_NODES = 1_000_000;
const MAX_ATTRIBUTES = 500;

export interface XmlParsed {
  document?: XmlDocument;
  /** Why not, with line and column. */
  problem?: string;
  /** Refused for what it could do to the reader, not for being ill-formed. */
  refused?: boolean;
  /** The bytes are not of the encoding that the document declares. */
  charset?: string;
}

class Refused extends Error {}

/** Text of the document in its declared encoding (XML 1.0 section 4.3.3). */
function decodeXml(bytes: Buffer): { text: string; encoding: string } | { problem: string } {
  const start = bytes.subarray(0, 4);
  const marked =
    start[0] === 0xff && start[1] === 0xfe
      ? 'utf-16le'
      : start[0] === 0xfe && start[1] === 0xff
        ? 'utf-16be'
        : undefined;
  const declared =
    /^(?:\xef\xbb\xbf)?<\?xml\s[^>]{0,200}?\bencoding\s{0,8}=\s{0,8}["']([A-Za-z][A-Za-z0-9._-]{0,40})["']/.exec(
      bytes.toString('latin1', 0, 400),
    )?.[1];
  const encoding = marked ?? declared ?? 'utf-8';
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding };
  } catch (error) {
    return {
      problem:
        error instanceof RangeError
          ? `the declared encoding ${encoding.slice(0, 40)} is not known`
          : `the bytes are not ${encoding}, which the document ${declared ? 'declares' : 'has for lack of a declaration'}`,
    };
  }
}

export function parseXml(bytes: Buffer): XmlParsed {
  if (bytes.length > MAX_BYTES)
    return { problem: `the document has ${counted(bytes.length, 'byte')}, ${MAX_BYTES} are read`, refused: true };
  const decoded = decodeXml(bytes);
  if ('problem' in decoded) return { problem: decoded.problem, charset: decoded.problem };
  return parseXmlText(decoded.text);
}

export function parseXmlText(text: string): XmlParsed {
  // A document may end in line ends or have them in front when it was cut out of a log.
  const parser = new SaxesParser({ xmlns: true, position: true });
  const nodes: XmlNode[] = [];
  let root: XmlElement | undefined;
  let open: XmlElement | undefined;
  let depth = 0;
  let count = 0;
  const add = (node: XmlNode): void => {
    if (++count > MAX_NODES) throw new Refused(`more than ${MAX_NODES} nodes`);
    if (open) open.children.push(node);
    else nodes.push(node);
  };
  const addText = (value: string): void => {
    if (!open || value === '') return;
    const last = open.children.at(-1);
    if (last?.kind === 'text') last.value += value;
    else add({ kind: 'text', value });
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Refused(
      `line ${parser.line}: a document type declaration is refused (entities could expand without end)`,
    );
  });
  parser.on('opentag', (tag) => {
    if (++depth > MAX_DEPTH) throw new Refused(`line ${parser.line}: elements nest deeper than ${MAX_DEPTH}`);
    const list = Object.values(tag.attributes);
    if (list.length > MAX_ATTRIBUTES) throw new Refused(`line ${parser.line}: more than ${MAX_ATTRIBUTES} attributes`);
    const element: XmlElement = {
      kind: 'element',
      name: tag.name,
      prefix: tag.prefix,
      local: tag.local,
      uri: tag.uri,
      attributes: list
        .filter((a) => a.prefix !== 'xmlns' && a.name !== 'xmlns')
        .map((a) => ({ name: a.name, prefix: a.prefix, local: a.local, uri: a.prefix ? a.uri : '', value: a.value })),
      namespaces: new Map(Object.entries(tag.ns)),
      children: [],
      line: parser.line,
      ...(open ? { parent: open } : {}),
    };
    add(element);
    root ??= element;
    open = element;
  });
  parser.on('closetag', () => {
    depth--;
    open = open?.parent;
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('comment', (value) => add({ kind: 'comment', value }));
  parser.on('processinginstruction', ({ target, body }) => add({ kind: 'instruction', target, value: body }));
  try {
    parser.write(text.replace(/^\ufeff/, '').replace(/^\s+(?=<\?xml\s)/, '')).close();
  } catch (error) {
    const says = error instanceof Error ? error.message.slice(0, 200) : 'unreadable';
    return error instanceof Refused ? { problem: says, refused: true } : { problem: `not well-formed: ${says}` };
  }
  return root ? { document: { nodes, root, size: count } } : { problem: 'no element in it' };
}
