/** Distinguished names: reading, RFC 4514 text, and the comparison form of RFC 5280 7.1. */
import { type Der, type DerReader, TAG } from './der.ts';
import { ATTRIBUTE_NAMES } from './oids.ts';
import type { DistinguishedName } from './types.ts';

export interface NameAttribute {
  oid: string;
  /** Tag of the value. */
  tag: number;
  text: string;
  /** Where the type starts. */
  typeOffset: number;
  /** Where the value starts. */
  offset: number;
  /** Content octets. */
  content: number;
  end: number;
  /** Position of the RDN that holds it. */
  rdn: number;
}

export interface ParsedName {
  start: number;
  end: number;
  rdnCount: number;
  attributes: NameAttribute[];
}

const MAX_ATTRIBUTES = 256;

/** Reads a Name (RFC 5280 4.1.2.4). Attributes beyond 256 are reported and left out. */
export function readName(reader: DerReader, node: Der | undefined): ParsedName {
  if (!node) return { start: 0, end: 0, rdnCount: 0, attributes: [] };
  const name: ParsedName = { start: node.start, end: node.next, rdnCount: 0, attributes: [] };
  if (node.id !== TAG.sequence) {
    reader.defect(node.start, 'name/type', 'a Name must be a SEQUENCE');
    return name;
  }
  let at = node.content;
  while (at < node.end) {
    const rdn = reader.read(at, node.end);
    if (!rdn) break;
    at = rdn.next;
    if (rdn.id !== TAG.set) reader.defect(rdn.start, 'name/rdn', 'a relative distinguished name must be a SET');
    let inner = rdn.content;
    if (inner === rdn.end) reader.defect(rdn.start, 'name/rdn-empty', 'a relative distinguished name is empty');
    while (inner < rdn.end) {
      const pair = reader.read(inner, rdn.end);
      if (!pair) break;
      inner = pair.next;
      const type = reader.read(pair.content, pair.end);
      const value = type ? reader.read(type.next, pair.end) : undefined;
      if (!type || !value) {
        reader.defect(pair.start, 'name/attribute', 'an attribute lacks its type or value');
        continue;
      }
      if (name.attributes.length >= MAX_ATTRIBUTES) {
        reader.defect(pair.start, 'name/too-many', `more than ${MAX_ATTRIBUTES} attributes in one name`);
        return name;
      }
      name.attributes.push({
        oid: reader.oid(type),
        tag: value.id,
        text: readString(reader, value),
        typeOffset: type.start,
        offset: value.start,
        content: value.content,
        end: value.end,
        rdn: name.rdnCount,
      });
    }
    name.rdnCount++;
  }
  return name;
}

/** Text of any ASN.1 string type; departures from the type's alphabet are defects. */
export function readString(reader: DerReader, node: Der): string {
  const { bytes } = reader;
  const { content, end } = node;
  switch (node.id) {
    case TAG.utf8String: {
      for (let i = content; i < end; i++) {
        if (bytes[i]! < 0x80) continue;
        const text = bytes.toString('utf8', content, end);
        if (text.includes('\ufffd') && !bytes.subarray(content, end).includes(replacement)) {
          reader.defect(node.start, 'string/utf8', 'a UTF8String holds bytes that are not UTF-8');
        }
        return text;
      }
      return bytes.toString('latin1', content, end);
    }
    case TAG.printableString:
      for (let i = content; i < end; i++) {
        if (!isPrintable(bytes[i]!)) {
          reader.defect(
            i,
            'string/printable',
            `a PrintableString holds the byte ${hex(bytes[i]!)}, which its alphabet lacks`,
          );
          break;
        }
      }
      return bytes.toString('latin1', content, end);
    case TAG.ia5String:
    case TAG.visibleString:
    case TAG.numericString:
      for (let i = content; i < end; i++) {
        if (bytes[i]! >= 0x80) {
          reader.defect(i, 'string/ia5', `a 7-bit string holds the byte ${hex(bytes[i]!)}`);
          break;
        }
      }
      return bytes.toString('latin1', content, end);
    case TAG.bmpString: {
      if ((end - content) % 2 !== 0) reader.defect(node.start, 'string/bmp', 'a BMPString has an odd number of bytes');
      let text = '';
      for (let i = content; i + 1 < end; i += 2) text += String.fromCharCode(bytes[i]! * 256 + bytes[i + 1]!);
      return text;
    }
    case TAG.universalString: {
      if ((end - content) % 4 !== 0)
        reader.defect(node.start, 'string/universal', 'a UniversalString is not a multiple of 4 bytes');
      let text = '';
      for (let i = content; i + 3 < end; i += 4) {
        const point = bytes.readUInt32BE(i);
        text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
      }
      return text;
    }
    case TAG.t61String:
      return bytes.toString('latin1', content, end);
    default:
      return `#${bytes.toString('hex', node.start, Math.min(node.next, node.start + 256))}`;
  }
}

const replacement = Buffer.from('\ufffd', 'utf8');
const hex = (octet: number): string => octet.toString(16).padStart(2, '0');

/** PrintableString alphabet, X.680 table 10. */
function isPrintable(octet: number): boolean {
  return (
    (octet >= 0x61 && octet <= 0x7a) ||
    (octet >= 0x41 && octet <= 0x5a) ||
    (octet >= 0x27 && octet <= 0x3a && octet !== 0x2a) ||
    octet === 0x20 ||
    octet === 0x3d ||
    octet === 0x3f
  );
}

/** RFC 4514 text, most specific RDN first; control characters are escaped. */
export function nameText(name: ParsedName): string {
  const rdns: string[] = [];
  let current = -1;
  for (const attribute of name.attributes) {
    const pair = `${ATTRIBUTE_NAMES[attribute.oid] ?? attribute.oid}=${escapeValue(attribute.text)}`;
    if (attribute.rdn === current) rdns[rdns.length - 1] += `+${pair}`;
    else rdns.push(pair);
    current = attribute.rdn;
  }
  return rdns.reverse().join(',');
}

const needsEscape = /[\x00-\x1f\x7f-\x9f",+;<>\\]|^[ #]| $/;

/** RFC 4514 section 2.4. */
function escapeValue(value: string): string {
  if (!needsEscape.test(value)) return value;
  return value
    .replace(/[",+;<>\\]/g, '\\$&')
    .replace(/^([ #])/, '\\$1')
    .replace(/ $/, '\\ ')
    .replace(/[\x00-\x1f\x7f-\x9f]/g, (c) => [...Buffer.from(c, 'utf8')].map((b) => `\\${hex(b)}`).join(''));
}

/** One RDN in the comparison form of RFC 5280 7.1: case folded, white space collapsed, string type ignored. */
function comparableAttribute(attribute: NameAttribute): string {
  const folded = attribute.text.startsWith('#')
    ? attribute.text
    : attribute.text
        .normalize('NFKC')
        .toLowerCase()
        .replace(/[ \t\r\n]+/g, ' ')
        .trim();
  return `${attribute.oid}=${JSON.stringify(folded)}`;
}

/** Whether two names are equal (RFC 5280 7.1). */
export function sameName(a: ParsedName, aBytes: Buffer, b: ParsedName, bBytes: Buffer): boolean {
  const { attributes } = a;
  if (a.rdnCount !== b.rdnCount || attributes.length !== b.attributes.length) return false;
  if (a.end - a.start === b.end - b.start && aBytes.compare(bBytes, b.start, b.end, a.start, a.end) === 0) return true;
  if (attributes.length === a.rdnCount) {
    // One attribute in each RDN, as nearly always: most names differ in the first ones already.
    for (let i = 0; i < attributes.length; i++) {
      const mine = attributes[i]!;
      const other = b.attributes[i]!;
      if (mine.oid !== other.oid) return false;
      if (!sameText(mine, other)) return false;
    }
    return true;
  }
  const [left, right] = [comparableRdns(a), comparableRdns(b)];
  return left.every((rdn, i) => rdn === right[i]);
}

/** Printable ASCII without space around it or twice in a row: folding changes nothing but the case. */
const simpleText = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** Whether two attributes of one type have equal values. */
function sameText(a: NameAttribute, b: NameAttribute): boolean {
  if (a.text === b.text) return true;
  if (simpleText.test(a.text) && simpleText.test(b.text))
    return a.text.length === b.text.length && a.text.toLowerCase() === b.text.toLowerCase();
  return comparableAttribute(a) === comparableAttribute(b);
}

/** The RDNs of a name in comparison form, in their order; equal arrays mean equal names. */
export function comparableRdns(name: ParsedName): string[] {
  const rdns: string[][] = [];
  for (const attribute of name.attributes) {
    rdns[attribute.rdn] ??= [];
    rdns[attribute.rdn]!.push(comparableAttribute(attribute));
  }
  return Array.from({ length: name.rdnCount }, (_, i) => (rdns[i] ?? []).sort().join('+'));
}

/** The plain value other rooms see. */
export function distinguishedName(reader: DerReader, name: ParsedName): DistinguishedName {
  const last = (oid: string): string | undefined => name.attributes.findLast((a) => a.oid === oid)?.text;
  const commonName = last('2.5.4.3');
  const organization = last('2.5.4.10');
  return {
    text: nameText(name),
    der: reader.bytes.toString('base64', name.start, name.end),
    ...(commonName === undefined ? {} : { commonName }),
    ...(organization === undefined ? {} : { organization }),
  };
}
