/** Certificate revocation lists (RFC 5280 section 5), read in one pass. */
import { signatureName } from './certificate.ts';
import { type Der, DerReader, TAG } from './der.ts';
import { decodeAuthorityKeyId, type Extension, readDistributionPoint, readExtensions } from './extensions.ts';
import type { ParsedGeneralName } from './general-name.ts';
import { distinguishedName, type ParsedName, readName } from './name.ts';
import { EXT } from './oids.ts';
import { type AlgorithmId, readAlgorithm } from './parsed.ts';
import { readTime } from './time.ts';
import type { RevocationList } from './types.ts';

export const REASONS = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  '',
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const;

export interface DistributionScope {
  names: ParsedGeneralName[];
  onlyUser: boolean;
  onlyCa: boolean;
  onlyAttribute: boolean;
  someReasons: boolean;
  indirect: boolean;
}

/** The encoded form of a list, for signature checks and rules. */
export interface ParsedList {
  reader: DerReader;
  bytes: Buffer;
  tbs: { start: number; end: number };
  version: number;
  issuer: ParsedName;
  innerAlgorithm: AlgorithmId;
  outerAlgorithm: AlgorithmId;
  signature: Buffer;
  extensions: Extension[];
  authorityKeyId?: Buffer;
  scope?: DistributionScope;
  /** Base list number a delta builds on. */
  baseNumber?: string;
  /** Critical extensions of the list or an entry that nothing here understands. */
  unknownCritical: string[];
  /** Some entries belong to another issuer. */
  hasEntryIssuers: boolean;
  entryExtensions: Set<string>;
  entries: number;
}

const forms = new WeakMap<RevocationList, ParsedList>();

export function parsedListForm(list: RevocationList): ParsedList {
  const known = forms.get(list);
  if (known) return known;
  const again = forms.get(parseRevocationList(Buffer.from(list.der, 'base64')))!;
  forms.set(list, again);
  return again;
}

const understoodExtensions: ReadonlySet<string> = new Set([
  EXT.crlNumber,
  EXT.deltaCrlIndicator,
  EXT.issuingDistributionPoint,
  EXT.authorityKeyIdentifier,
  EXT.freshestCrl,
  EXT.issuerAltName,
]);
const understoodEntryExtensions: ReadonlySet<string> = new Set([
  EXT.reasonCode,
  EXT.invalidityDate,
  EXT.certificateIssuer,
]);

/** Parses a DER revocation list. Never throws; times that cannot be read are NaN and named in `defects`. */
export function parseRevocationList(der: Buffer): RevocationList {
  const reader = new DerReader(der);
  const noName: ParsedName = { start: 0, end: 0, rdnCount: 0, attributes: [] };
  const noAlgorithm: AlgorithmId = { oid: '', start: 0, end: 0 };
  const form: ParsedList = {
    reader,
    bytes: der,
    tbs: { start: 0, end: 0 },
    version: 1,
    issuer: noName,
    innerAlgorithm: noAlgorithm,
    outerAlgorithm: noAlgorithm,
    signature: Buffer.alloc(0),
    extensions: [],
    unknownCritical: [],
    hasEntryIssuers: false,
    entryExtensions: new Set(),
    entries: 0,
  };
  const list: RevocationList = {
    der: der.toString('base64'),
    issuer: { text: '', der: '' },
    thisUpdate: Number.NaN,
    delta: false,
    revoked: new Map(),
    signatureAlgorithm: 'unreadable',
    defects: reader.defects,
  };
  forms.set(list, form);
  const outer = reader.read(0, der.length);
  const tbs = outer?.id === TAG.sequence ? reader.read(outer.content, outer.end) : undefined;
  if (!outer || tbs?.id !== TAG.sequence) {
    reader.defect(0, 'crl/structure', 'a revocation list must be a SEQUENCE that starts with a SEQUENCE');
    return list;
  }
  if (outer.next < der.length)
    reader.defect(outer.next, 'crl/trailing', `${der.length - outer.next} bytes follow the list`);
  form.tbs = { start: tbs.start, end: tbs.next };
  const algorithm = reader.read(tbs.next, outer.end);
  form.outerAlgorithm = readAlgorithm(reader, algorithm);
  list.signatureAlgorithm = signatureName(reader, form.outerAlgorithm);
  const signature = algorithm ? reader.read(algorithm.next, outer.end) : undefined;
  if (signature?.id === TAG.bitString) form.signature = reader.bitString(signature).bytes;
  else reader.defect(tbs.next, 'crl/no-signature', 'no signature follows the signed part');
  readBody(reader, tbs, list, form);
  return list;
}

function readBody(reader: DerReader, tbs: Der, list: RevocationList, form: ParsedList): void {
  let at = tbs.content;
  const next = (): Der | undefined => {
    const node = at < tbs.end ? reader.read(at, tbs.end) : undefined;
    if (node) at = node.next;
    return node;
  };
  let node = next();
  if (node?.id === TAG.integer) {
    form.version = (reader.smallInteger(node) ?? -1) + 1;
    node = next();
  }
  form.innerAlgorithm = readAlgorithm(reader, node);
  form.issuer = readName(reader, next());
  list.issuer = distinguishedName(reader, form.issuer);
  list.thisUpdate = readTime(reader, next(), 'thisUpdate').value;
  node = next();
  if (node && (node.id === TAG.utcTime || node.id === TAG.generalizedTime)) {
    list.nextUpdate = readTime(reader, node, 'nextUpdate').value;
    node = next();
  }
  if (node?.id === TAG.sequence) {
    readEntries(reader, node, list, form);
    node = next();
  }
  if (node?.id === 0xa0) {
    const inner = reader.read(node.content, node.end);
    if (inner) form.extensions = readExtensions(reader, inner);
  }
  for (const extension of form.extensions) readListExtension(reader, extension, list, form);
}

function readEntries(reader: DerReader, entries: Der, list: RevocationList, form: ParsedList): void {
  const { bytes } = reader;
  let at = entries.content;
  while (at < entries.end) {
    const entry = reader.read(at, entries.end);
    if (!entry) break;
    at = entry.next;
    const serial = reader.read(entry.content, entry.end);
    const date = serial ? reader.read(serial.next, entry.end) : undefined;
    if (serial?.id !== TAG.integer || !date) {
      reader.defect(entry.start, 'crl/entry', 'an entry lacks its serial number or date');
      continue;
    }
    form.entries++;
    let first = serial.content;
    while (first < serial.end - 1 && bytes[first] === 0) first++;
    const value: { time: number; reason?: string } = { time: readTime(reader, date, 'revocationDate').value };
    if (date.next < entry.end) readEntryExtensions(reader, date.next, entry.end, value, form);
    list.revoked.set(bytes.toString('hex', first, serial.end).toUpperCase(), value);
  }
}

function readEntryExtensions(
  reader: DerReader,
  from: number,
  to: number,
  value: { reason?: string },
  form: ParsedList,
): void {
  const extensions = reader.read(from, to);
  if (!extensions) return;
  for (const extension of readExtensions(reader, extensions)) {
    form.entryExtensions.add(extension.oid);
    if (extension.oid === EXT.reasonCode) {
      const code = reader.bytes[extension.end - 1] ?? 0;
      value.reason = REASONS[code] || `reason ${code}`;
    } else if (extension.oid === EXT.certificateIssuer) form.hasEntryIssuers = true;
    if (extension.critical && !understoodEntryExtensions.has(extension.oid)) form.unknownCritical.push(extension.oid);
  }
}

function readListExtension(reader: DerReader, extension: Extension, list: RevocationList, form: ParsedList): void {
  const value = reader.read(extension.content, extension.end);
  if (extension.critical && !understoodExtensions.has(extension.oid)) form.unknownCritical.push(extension.oid);
  if (!value) return;
  if (extension.oid === EXT.crlNumber) list.number = reader.contents(value).toString('hex').toUpperCase();
  else if (extension.oid === EXT.deltaCrlIndicator) {
    list.delta = true;
    form.baseNumber = reader.contents(value).toString('hex').toUpperCase();
  } else if (extension.oid === EXT.authorityKeyIdentifier) {
    const id = decodeAuthorityKeyId(reader, extension)?.keyId;
    if (id) form.authorityKeyId = id;
  } else if (extension.oid === EXT.issuingDistributionPoint) form.scope = readScope(reader, value);
}

/** IssuingDistributionPoint (RFC 5280 5.2.5). */
function readScope(reader: DerReader, node: Der): DistributionScope {
  const scope: DistributionScope = {
    names: [],
    onlyUser: false,
    onlyCa: false,
    onlyAttribute: false,
    someReasons: false,
    indirect: false,
  };
  const on = (field: Der): boolean => (reader.bytes[field.content] ?? 0) !== 0;
  for (const field of reader.children(node, 8)) {
    switch (field.id & 0x1f) {
      case 0:
        scope.names = readDistributionPoint(reader, { ...field, content: field.start, end: field.next }).names;
        break;
      case 1:
        scope.onlyUser = on(field);
        break;
      case 2:
        scope.onlyCa = on(field);
        break;
      case 3:
        scope.someReasons = true;
        break;
      case 4:
        scope.indirect = on(field);
        break;
      case 5:
        scope.onlyAttribute = on(field);
        break;
    }
  }
  return scope;
}
