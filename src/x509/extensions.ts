/** Certificate and CRL extensions (RFC 5280 4.2, 5.2): their list, and a decoder for each one that is used. */
import { type Der, type DerReader, TAG } from './der.ts';
import { type ParsedGeneralName, readGeneralName } from './general-name.ts';
import { readString } from './name.ts';
import { EXTENDED_KEY_USAGES, KEY_USAGES } from './oids.ts';

export interface Extension {
  oid: string;
  critical: boolean;
  /** DEFAULT FALSE written out, which DER forbids. */
  criticalFalseWritten: boolean;
  offset: number;
  /** Where the identifier starts and ends. */
  oidOffset: number;
  oidEnd: number;
  /** The value inside the OCTET STRING. */
  content: number;
  end: number;
}

const MAX_EXTENSIONS = 512;

/** Reads a SEQUENCE OF Extension. */
export function readExtensions(reader: DerReader, list: Der): Extension[] {
  const found: Extension[] = [];
  if (list.content === list.end)
    reader.defect(list.start, 'extension/none', 'the list of extensions is empty (RFC 5280 4.1)');
  let at = list.content;
  while (at < list.end && found.length < MAX_EXTENSIONS) {
    const node = reader.read(at, list.end);
    if (!node) break;
    at = node.next;
    const oidNode = reader.read(node.content, node.end);
    let value = oidNode ? reader.read(oidNode.next, node.end) : undefined;
    let critical = false;
    let criticalFalseWritten = false;
    if (value?.id === TAG.boolean) {
      critical = reader.boolean(value);
      criticalFalseWritten = !critical;
      if (criticalFalseWritten)
        reader.defect(
          value.start,
          'extension/default-written',
          'critical FALSE is written out; DER leaves a default away',
        );
      value = reader.read(value.next, node.end);
    }
    if (!oidNode || value?.id !== TAG.octetString) {
      reader.defect(node.start, 'extension/structure', 'an extension is not an identifier followed by an OCTET STRING');
      continue;
    }
    const oid = reader.oid(oidNode);
    if (found.some((e) => e.oid === oid)) {
      reader.defect(node.start, 'extension/duplicate', `extension ${oid} appears more than once (RFC 5280 4.2)`);
    }
    found.push({
      oid,
      critical,
      criticalFalseWritten,
      offset: node.start,
      oidOffset: oidNode.start,
      oidEnd: oidNode.next,
      content: value.content,
      end: value.end,
    });
  }
  return found;
}

/** The one value inside an extension; anything after it, or a wrong type, is a defect. */
function single(reader: DerReader, extension: Extension, id: number, what: string): Der | undefined {
  const node = reader.read(extension.content, extension.end);
  if (node?.id !== id) {
    reader.defect(extension.content, 'extension/value', `${what} has not the type its definition asks for`);
    return undefined;
  }
  if (node.next < extension.end) reader.defect(node.next, 'extension/trailing', `bytes follow the value of ${what}`);
  return node;
}

export interface BasicConstraints {
  ca: boolean;
  pathLength?: number;
  pathLengthNegative?: boolean;
  /** cA FALSE written out. */
  falseWritten?: boolean;
}

export function decodeBasicConstraints(reader: DerReader, extension: Extension): BasicConstraints | undefined {
  const node = single(reader, extension, TAG.sequence, 'basicConstraints');
  if (!node) return undefined;
  const result: BasicConstraints = { ca: false };
  for (const child of reader.children(node, 4)) {
    if (child.id === TAG.boolean) {
      result.ca = reader.boolean(child);
      if (!result.ca) {
        result.falseWritten = true;
        reader.defect(
          child.start,
          'extension/default-written',
          'basicConstraints writes cA FALSE out; DER leaves a default away',
        );
      }
    } else if (child.id === TAG.integer) {
      reader.checkInteger(child, 'the path length');
      const length = reader.smallInteger(child);
      if (length === undefined) {
        result.pathLengthNegative = reader.bytes[child.content]! >= 0x80;
        reader.defect(child.start, 'extension/path-length', 'the path length is negative or absurdly large');
      } else result.pathLength = length;
    } else
      reader.defect(
        child.start,
        'extension/value',
        'basicConstraints holds something else than a BOOLEAN and an INTEGER',
      );
  }
  return result;
}

export interface BitList {
  names: string[];
  /** Bits set, by position. */
  bits: number[];
  /** Trailing zero bits are written, which DER forbids for named bit lists. */
  padded: boolean;
  octets: number;
}

function bits(reader: DerReader, node: Der): BitList {
  const { bytes, unused } = reader.bitString(node);
  const set: number[] = [];
  for (let i = 0; i < Math.min(bytes.length, 8) * 8; i++) if ((bytes[i >> 3]! >> (7 - (i & 7))) & 1) set.push(i);
  const last = bytes.length ? bytes[bytes.length - 1]! : 0;
  const padded = bytes.length > 0 && ((last >> unused) & 1) === 0;
  return { names: [], bits: set, padded, octets: bytes.length };
}

export function decodeKeyUsage(reader: DerReader, extension: Extension): BitList | undefined {
  const node = single(reader, extension, TAG.bitString, 'keyUsage');
  if (!node) return undefined;
  const list = bits(reader, node);
  list.names = list.bits.filter((b) => b < KEY_USAGES.length).map((b) => KEY_USAGES[b]!);
  return list;
}

/** A SEQUENCE OF OBJECT IDENTIFIER, as dotted texts. */
export function decodeOidList(reader: DerReader, extension: Extension, what: string): string[] | undefined {
  const node = single(reader, extension, TAG.sequence, what);
  if (!node) return undefined;
  if (node.content === node.end) reader.defect(node.start, 'extension/empty', `${what} is empty`);
  return reader.children(node, 1000).map((child) => reader.oid(child));
}

export const purposeName = (oid: string): string => EXTENDED_KEY_USAGES[oid] ?? oid;

export function decodeGeneralNames(
  reader: DerReader,
  extension: Extension,
  what: string,
): ParsedGeneralName[] | undefined {
  const node = single(reader, extension, TAG.sequence, what);
  if (!node) return undefined;
  if (node.content === node.end) reader.defect(node.start, 'extension/empty', `${what} is empty (RFC 5280 4.2.1.6)`);
  return reader.children(node, 50_000).map((child) => readGeneralName(reader, child));
}

export interface AuthorityKeyId {
  keyId?: Buffer;
  issuer?: ParsedGeneralName[];
  serial?: Buffer;
}

export function decodeAuthorityKeyId(reader: DerReader, extension: Extension): AuthorityKeyId | undefined {
  const node = single(reader, extension, TAG.sequence, 'authorityKeyIdentifier');
  if (!node) return undefined;
  const result: AuthorityKeyId = {};
  for (const child of reader.children(node, 4)) {
    if (child.id === 0x80) result.keyId = reader.contents(child);
    else if (child.id === 0xa1) result.issuer = reader.children(child, 16).map((n) => readGeneralName(reader, n));
    else if (child.id === 0x82) result.serial = reader.contents(child);
    else reader.defect(child.start, 'extension/value', 'authorityKeyIdentifier holds an unknown field');
  }
  return result;
}

export function decodeOctets(reader: DerReader, extension: Extension, what: string): Buffer | undefined {
  const node = single(reader, extension, TAG.octetString, what);
  return node ? reader.contents(node) : undefined;
}

export interface NameConstraints {
  permitted: ParsedGeneralName[];
  excluded: ParsedGeneralName[];
  /** minimum other than 0 or a maximum is present (RFC 5280 4.2.1.10 forbids both). */
  bounded: boolean;
  minimum: boolean;
  maximum: boolean;
  /** Could not be read in full: a validator must then refuse. */
  unreadable: boolean;
}

export function decodeNameConstraints(reader: DerReader, extension: Extension): NameConstraints | undefined {
  const result: NameConstraints = {
    permitted: [],
    excluded: [],
    bounded: false,
    minimum: false,
    maximum: false,
    unreadable: false,
  };
  const node = single(reader, extension, TAG.sequence, 'nameConstraints');
  if (!node) return { ...result, unreadable: true };
  if (node.content === node.end)
    reader.defect(node.start, 'extension/empty', 'nameConstraints names nothing (RFC 5280 4.2.1.10)');
  for (const tree of reader.children(node, 4)) {
    const list = tree.id === 0xa0 ? result.permitted : tree.id === 0xa1 ? result.excluded : undefined;
    if (!list) {
      reader.defect(tree.start, 'extension/value', 'nameConstraints holds an unknown field');
      result.unreadable = true;
      continue;
    }
    if (tree.content === tree.end) reader.defect(tree.start, 'extension/empty', 'a list of name constraints is empty');
    for (const subtree of reader.children(tree, 20_000)) {
      const [base, ...bounds] = reader.children(subtree, 4);
      if (!base) {
        result.unreadable = true;
        continue;
      }
      for (const bound of bounds) {
        if (bound.id === 0x80 && reader.smallInteger(bound) === 0) continue;
        result.bounded = true;
        if (bound.id === 0x80) result.minimum = true;
        else result.maximum = true;
        reader.defect(
          bound.start,
          'extension/subtree-bounds',
          'a name constraint has a minimum or maximum (RFC 5280 4.2.1.10)',
        );
      }
      list.push(readGeneralName(reader, base, true));
    }
  }
  return result;
}

export interface AccessDescription {
  method: string;
  location: ParsedGeneralName;
}

export function decodeAccess(reader: DerReader, extension: Extension): AccessDescription[] | undefined {
  const node = single(reader, extension, TAG.sequence, 'authorityInfoAccess');
  if (!node) return undefined;
  if (node.content === node.end)
    reader.defect(node.start, 'extension/empty', 'authorityInfoAccess is empty (RFC 5280 4.2.2.1)');
  const found: AccessDescription[] = [];
  for (const entry of reader.children(node, 64)) {
    const [method, location] = reader.children(entry, 3);
    if (method && location) found.push({ method: reader.oid(method), location: readGeneralName(reader, location) });
    else reader.defect(entry.start, 'extension/value', 'an access description lacks its method or location');
  }
  return found;
}

export interface DistributionPoint {
  names: ParsedGeneralName[];
  hasReasons: boolean;
  /** The reasons it covers, as a mask by their number; absent: all. */
  reasons?: number;
  hasIssuer: boolean;
  relativeName: boolean;
}

/** Position of each bit of ReasonFlags (RFC 5280 4.2.1.13) as the number of the same CRLReason (5.3.1). */
const REASON_OF_BIT = [0, 1, 2, 3, 4, 5, 6, 9, 10] as const;

/** ReasonFlags as a mask by the number of the reason. */
export function reasonMask(reader: DerReader, node: Der): number {
  let mask = 0;
  for (const bit of bits(reader, node).bits) mask |= 1 << (REASON_OF_BIT[bit] ?? 31);
  return mask;
}

export function readDistributionPoint(reader: DerReader, point: Der): DistributionPoint {
  const result: DistributionPoint = { names: [], hasReasons: false, hasIssuer: false, relativeName: false };
  for (const field of reader.children(point, 8)) {
    if (field.id === 0xa0) {
      const choice = reader.read(field.content, field.end);
      if (choice?.id === 0xa0) result.names = reader.children(choice, 64).map((n) => readGeneralName(reader, n));
      else if (choice?.id === 0xa1) result.relativeName = true;
    } else if ((field.id & 0x1f) === 1) {
      result.hasReasons = true;
      result.reasons = reasonMask(reader, field);
    } else if (field.id === 0xa2) result.hasIssuer = true;
  }
  return result;
}

export function decodeDistributionPoints(reader: DerReader, extension: Extension): DistributionPoint[] | undefined {
  const node = single(reader, extension, TAG.sequence, 'crlDistributionPoints');
  if (!node) return undefined;
  if (node.content === node.end) reader.defect(node.start, 'extension/empty', 'crlDistributionPoints is empty');
  return reader.children(node, 256).map((point) => readDistributionPoint(reader, point));
}

export interface PolicyQualifier {
  oid: string;
  /** CPS URI text. */
  cps?: string;
  /** Tag of the CPS string. */
  cpsTag?: number;
  /** User notice: explicit text, its tag, and whether a noticeRef is there. */
  explicitText?: { text: string; tag: number; offset: number };
  noticeRef: boolean;
}

export interface Policy {
  oid: string;
  qualifiers: PolicyQualifier[];
}

export function decodePolicies(reader: DerReader, extension: Extension): Policy[] | undefined {
  const node = single(reader, extension, TAG.sequence, 'certificatePolicies');
  if (!node) return undefined;
  if (node.content === node.end)
    reader.defect(node.start, 'extension/empty', 'certificatePolicies is empty (RFC 5280 4.2.1.4)');
  return reader.children(node, 256).map((entry) => {
    const [oidNode, list] = reader.children(entry, 3);
    const qualifiers = list ? reader.children(list, 32).map((q) => readQualifier(reader, q)) : [];
    return { oid: reader.oid(oidNode), qualifiers };
  });
}

function readQualifier(reader: DerReader, node: Der): PolicyQualifier {
  const [oidNode, value] = reader.children(node, 3);
  const qualifier: PolicyQualifier = { oid: reader.oid(oidNode), noticeRef: false };
  if (!value) return qualifier;
  if (qualifier.oid === '1.3.6.1.5.5.7.2.1') {
    qualifier.cps = reader.contents(value).toString('latin1');
    qualifier.cpsTag = value.id;
  } else if (qualifier.oid === '1.3.6.1.5.5.7.2.2' && value.id === TAG.sequence) {
    for (const part of reader.children(value, 3)) {
      if (part.id === TAG.sequence) qualifier.noticeRef = true;
      else qualifier.explicitText = { text: readString(reader, part), tag: part.id, offset: part.start };
    }
  }
  return qualifier;
}

/** TLS feature numbers (RFC 7633); 5 is status_request. */
export function decodeTlsFeatures(reader: DerReader, extension: Extension): number[] | undefined {
  const node = single(reader, extension, TAG.sequence, 'tlsFeature');
  return node ? reader.children(node, 64).map((n) => reader.smallInteger(n) ?? -1) : undefined;
}

/** Fields of policyConstraints (RFC 5280 4.2.1.11): `[0]` requireExplicitPolicy, `[1]` inhibitPolicyMapping. */
export function decodePolicyConstraints(
  reader: DerReader,
  extension: Extension,
): { requireExplicit?: number; inhibitMapping?: number } | undefined {
  const node = single(reader, extension, TAG.sequence, 'policyConstraints');
  if (!node) return undefined;
  if (node.content === node.end)
    reader.defect(node.start, 'extension/empty', 'policyConstraints is empty (RFC 5280 4.2.1.11)');
  const result: { requireExplicit?: number; inhibitMapping?: number } = {};
  for (const field of reader.children(node, 3)) {
    const value = reader.smallInteger(field) ?? 0;
    if (field.id === 0x80) result.requireExplicit = value;
    else if (field.id === 0x81) result.inhibitMapping = value;
  }
  return result;
}
