/** A certificate as it is encoded: every field with its place. The rules and the path validator read this form. */
import { counted } from '../wording.ts';
import { type Defect, type Der, DerReader, TAG } from './der.ts';
import {
  type AccessDescription,
  type AuthorityKeyId,
  type BasicConstraints,
  type BitList,
  type DistributionPoint,
  decodeAccess,
  decodeAuthorityKeyId,
  decodeBasicConstraints,
  decodeDistributionPoints,
  decodeGeneralNames,
  decodeKeyUsage,
  decodeNameConstraints,
  decodeOctets,
  decodeOidList,
  decodePolicies,
  decodePolicyConstraints,
  decodeTlsFeatures,
  type Extension,
  type NameConstraints,
  type Policy,
  readExtensions,
} from './extensions.ts';
import type { ParsedGeneralName } from './general-name.ts';
import { type ParsedName, readName } from './name.ts';
import { EXT } from './oids.ts';
import { NO_KEY, type PublicKey, readPublicKey } from './spki.ts';
import { type DerTime, readTime } from './time.ts';

export interface AlgorithmId {
  oid: string;
  start: number;
  end: number;
  /** Parameters, when present. */
  parameters?: Der;
}

export interface ParsedCertificate {
  reader: DerReader;
  bytes: Buffer;
  /** Whether the outer structure could be read at all. */
  readable: boolean;
  tbs: { start: number; end: number };
  /** 1, 2 or 3 (or what is written, plus one). */
  version: number;
  /** Content octets of the serial number. */
  serial: Buffer;
  serialOffset: number;
  innerAlgorithm: AlgorithmId;
  outerAlgorithm: AlgorithmId;
  issuer: ParsedName;
  subject: ParsedName;
  notBefore: DerTime;
  notAfter: DerTime;
  key: PublicKey;
  hasIssuerUniqueId: boolean;
  hasSubjectUniqueId: boolean;
  extensions: Extension[];
  byOid: Map<string, Extension>;
  /** Content of the signature BIT STRING. */
  signature: Buffer;
  basicConstraints?: BasicConstraints;
  keyUsage?: BitList;
  /** Object identifiers. */
  extendedKeyUsage?: string[];
  subjectAltName?: ParsedGeneralName[];
  issuerAltName?: ParsedGeneralName[];
  subjectKeyId?: Buffer;
  authorityKeyId?: AuthorityKeyId;
  nameConstraints?: NameConstraints;
  authorityInfoAccess?: AccessDescription[];
  subjectInfoAccess?: AccessDescription[];
  distributionPoints?: DistributionPoint[];
  policies?: Policy[];
  policyConstraints?: { requireExplicit?: number; inhibitMapping?: number };
  tlsFeatures?: number[];
  /** Extensions whose value could not be decoded. */
  undecodable: ReadonlySet<string>;
  defects: Defect[];
}

const emptyName: ParsedName = { start: 0, end: 0, rdnCount: 0, attributes: [] };
const noBytes = Buffer.alloc(0);
const noAlgorithm: AlgorithmId = { oid: '', start: 0, end: 0 };
const noTime: DerTime = { value: Number.NaN, text: '', offset: 0, form: 'other', wellFormed: false };
const noOids: ReadonlySet<string> = new Set();

/** Reads an AlgorithmIdentifier (RFC 5280 4.1.1.2). */
export function readAlgorithm(reader: DerReader, node: Der | undefined): AlgorithmId {
  if (node?.id !== TAG.sequence) {
    if (node) reader.defect(node.start, 'algorithm/structure', 'an algorithm identifier must be a SEQUENCE');
    return { oid: '', start: node?.start ?? 0, end: node?.next ?? 0 };
  }
  const oidNode = reader.read(node.content, node.end);
  const parameters = oidNode && oidNode.next < node.end ? reader.read(oidNode.next, node.end) : undefined;
  return { oid: reader.oid(oidNode), start: node.start, end: node.next, ...(parameters ? { parameters } : {}) };
}

/** Parses one DER certificate. Never throws: what cannot be read is left empty and reported in `defects`. */
export function readCertificate(bytes: Buffer): ParsedCertificate {
  const reader = new DerReader(bytes);
  const result: ParsedCertificate = {
    reader,
    bytes,
    readable: false,
    tbs: { start: 0, end: 0 },
    version: 1,
    serial: noBytes,
    serialOffset: 0,
    innerAlgorithm: noAlgorithm,
    outerAlgorithm: noAlgorithm,
    issuer: emptyName,
    subject: emptyName,
    notBefore: noTime,
    notAfter: noTime,
    key: NO_KEY,
    hasIssuerUniqueId: false,
    hasSubjectUniqueId: false,
    extensions: [],
    byOid: new Map(),
    signature: noBytes,
    undecodable: noOids,
    defects: reader.defects,
  };
  const outer = reader.read(0, bytes.length);
  if (outer?.id !== TAG.sequence) {
    reader.defect(
      0,
      'certificate/structure',
      bytes.length === 0 ? 'no bytes at all' : 'a certificate must start with a SEQUENCE',
    );
    return result;
  }
  if (outer.next < bytes.length) {
    reader.defect(
      outer.next,
      'certificate/trailing',
      `${counted(bytes.length - outer.next, 'byte')} follow the certificate`,
    );
  }
  const tbs = reader.read(outer.content, outer.end);
  if (tbs?.id !== TAG.sequence) {
    reader.defect(
      outer.content,
      'certificate/structure',
      'the part that is signed (TBSCertificate) must be a SEQUENCE',
    );
    return result;
  }
  result.tbs = { start: tbs.start, end: tbs.next };
  const outerAlgorithm = reader.read(tbs.next, outer.end);
  result.outerAlgorithm = readAlgorithm(reader, outerAlgorithm);
  const signature = outerAlgorithm ? reader.read(outerAlgorithm.next, outer.end) : undefined;
  if (signature?.id === TAG.bitString) {
    const { bytes: octets, unused } = reader.bitString(signature);
    if (unused !== 0) reader.defect(signature.content, 'certificate/signature-bits', 'the signature has unused bits');
    result.signature = octets;
    if (signature.next < outer.end)
      reader.defect(signature.next, 'certificate/trailing', 'bytes follow the signature inside the certificate');
  } else
    reader.defect(signature?.start ?? outer.end, 'certificate/no-signature', 'no signature follows the signed part');
  readBody(reader, tbs, result);
  return result;
}

function readBody(reader: DerReader, tbs: Der, result: ParsedCertificate): void {
  let at = tbs.content;
  const next = (): Der | undefined => {
    const node = reader.read(at, tbs.end);
    if (node) at = node.next;
    return node;
  };
  let node = next();
  if (node?.id === 0xa0) {
    const version = reader.read(node.content, node.end);
    const number = version ? reader.smallInteger(version) : undefined;
    result.version = (number ?? -1) + 1;
    if (number === 0)
      reader.defect(node.start, 'certificate/version-default', 'version 1 is written out; DER leaves a default away');
    else if (number === undefined || number > 2)
      reader.defect(node.start, 'certificate/version', `version ${result.version} does not exist`);
    node = next();
  }
  if (node?.id === TAG.integer) {
    reader.checkInteger(node, 'the serial number');
    result.serial = reader.contents(node);
    result.serialOffset = node.content;
  } else reader.defect(node?.start ?? at, 'certificate/serial', 'a serial number should stand here');
  result.innerAlgorithm = readAlgorithm(reader, next());
  result.issuer = readName(reader, next());
  const validity = next();
  if (validity?.id === TAG.sequence) {
    const from = reader.read(validity.content, validity.end);
    result.notBefore = readTime(reader, from, 'notBefore');
    result.notAfter = readTime(reader, from ? reader.read(from.next, validity.end) : undefined, 'notAfter');
  } else reader.defect(validity?.start ?? at, 'certificate/validity', 'the validity should stand here');
  result.subject = readName(reader, next());
  const key = next();
  if (key) result.key = readPublicKey(reader, key);
  else reader.defect(at, 'certificate/key', 'the public key should stand here');
  result.readable = key !== undefined && validity !== undefined;
  for (let rest = at < tbs.end ? next() : undefined; rest; rest = at < tbs.end ? next() : undefined) {
    if ((rest.id & 0xdf) === 0x81) result.hasIssuerUniqueId = true;
    else if ((rest.id & 0xdf) === 0x82) result.hasSubjectUniqueId = true;
    else if (rest.id === 0xa3) {
      const list = reader.read(rest.content, rest.end);
      if (list?.id === TAG.sequence) result.extensions = readExtensions(reader, list);
      else reader.defect(rest.start, 'extension/structure', 'the extensions must be a SEQUENCE');
    } else reader.defect(rest.start, 'certificate/unknown-field', 'the signed part holds a field that does not exist');
  }
  if (result.extensions.length > 0 && result.version !== 3) {
    reader.defect(
      tbs.content,
      'certificate/version-extensions',
      `version ${result.version} must not have extensions (RFC 5280 4.1.2.1)`,
    );
  }
  for (const extension of result.extensions) {
    if (result.byOid.has(extension.oid)) continue;
    result.byOid.set(extension.oid, extension);
    decode(reader, extension, result);
  }
}

function decode(reader: DerReader, extension: Extension, into: ParsedCertificate): void {
  const set = <K extends keyof ParsedCertificate>(key: K, value: ParsedCertificate[K] | undefined): void => {
    if (value === undefined) into.undecodable = new Set([...into.undecodable, extension.oid]);
    else into[key] = value;
  };
  switch (extension.oid) {
    case EXT.basicConstraints:
      set('basicConstraints', decodeBasicConstraints(reader, extension));
      break;
    case EXT.keyUsage:
      set('keyUsage', decodeKeyUsage(reader, extension));
      break;
    case EXT.extendedKeyUsage:
      set('extendedKeyUsage', decodeOidList(reader, extension, 'extendedKeyUsage'));
      break;
    case EXT.subjectAltName:
      set('subjectAltName', decodeGeneralNames(reader, extension, 'subjectAltName'));
      break;
    case EXT.issuerAltName:
      set('issuerAltName', decodeGeneralNames(reader, extension, 'issuerAltName'));
      break;
    case EXT.subjectKeyIdentifier:
      set('subjectKeyId', decodeOctets(reader, extension, 'subjectKeyIdentifier'));
      break;
    case EXT.authorityKeyIdentifier:
      set('authorityKeyId', decodeAuthorityKeyId(reader, extension));
      break;
    case EXT.nameConstraints:
      set('nameConstraints', decodeNameConstraints(reader, extension));
      break;
    case EXT.authorityInfoAccess:
      set('authorityInfoAccess', decodeAccess(reader, extension));
      break;
    case EXT.subjectInfoAccess:
      set('subjectInfoAccess', decodeAccess(reader, extension));
      break;
    case EXT.crlDistributionPoints:
      set('distributionPoints', decodeDistributionPoints(reader, extension));
      break;
    case EXT.certificatePolicies:
      set('policies', decodePolicies(reader, extension));
      break;
    case EXT.policyConstraints:
      set('policyConstraints', decodePolicyConstraints(reader, extension));
      break;
    case EXT.tlsFeature:
      set('tlsFeatures', decodeTlsFeatures(reader, extension));
      break;
  }
}
