/** Certificate revocation lists (RFC 5280 section 5), read in one pass. */
import { counted } from '../wording.ts';
import { signatureName } from './certificate.ts';
import { type Der, DerReader, TAG } from './der.ts';
import {
  decodeAuthorityKeyId,
  type Extension,
  readDistributionPoint,
  readExtensions,
  reasonMask,
} from './extensions.ts';
import type { ParsedGeneralName } from './general-name.ts';
import { distinguishedName, type ParsedName, readName } from './name.ts';
import { EXT } from './oids.ts';
import { type AlgorithmId, readAlgorithm } from './parsed.ts';
import { RevokedEntries } from './revoked-entries.ts';
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

/** Reasons that a complete list covers, as a mask by their number (RFC 5280 5.3.1); removeFromCRL is none. */
export const ALL_REASONS = 0b110_0111_1110;

export interface DistributionScope {
  names: ParsedGeneralName[];
  /** The point is named relative to the issuer of the list. */
  relativeName: boolean;
  onlyUser: boolean;
  onlyCa: boolean;
  onlyAttribute: boolean;
  /** Covers these reasons only, as a mask by their number. */
  reasons?: number;
  indirect: boolean;
  critical: boolean;
  empty: boolean;
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
  const revoked = new RevokedEntries(der, entryReason);
  const list: RevocationList = {
    // A large list is megabytes of base64 that hardly anybody asks for.
    get der() {
      return der.toString('base64');
    },
    issuer: { text: '', der: '' },
    thisUpdate: Number.NaN,
    delta: false,
    revoked,
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
    reader.defect(outer.next, 'crl/trailing', `${counted(der.length - outer.next, 'byte')} follow the list`);
  form.tbs = { start: tbs.start, end: tbs.next };
  const algorithm = reader.read(tbs.next, outer.end);
  form.outerAlgorithm = readAlgorithm(reader, algorithm);
  list.signatureAlgorithm = signatureName(reader, form.outerAlgorithm);
  const signature = algorithm ? reader.read(algorithm.next, outer.end) : undefined;
  if (signature?.id === TAG.bitString) form.signature = reader.bitString(signature).bytes;
  else reader.defect(tbs.next, 'crl/no-signature', 'no signature follows the signed part');
  readBody(reader, tbs, list, form, revoked);
  return list;
}

function readBody(reader: DerReader, tbs: Der, list: RevocationList, form: ParsedList, revoked: RevokedEntries): void {
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
    readEntries(reader, node, form, revoked);
    node = next();
  }
  if (node?.id === 0xa0) {
    const inner = reader.read(node.content, node.end);
    if (inner) form.extensions = readExtensions(reader, inner);
  }
  for (const extension of form.extensions) readListExtension(reader, extension, list, form);
}

/** Entry extensions that were read already; a list repeats the same few thousands of times. */
const MAX_KNOWN_EXTENSIONS = 64;

function readEntries(reader: DerReader, entries: Der, form: ParsedList, revoked: RevokedEntries): void {
  const { bytes } = reader;
  const known: { start: number; end: number }[] = [];
  let at = entries.content;
  while (at < entries.end) {
    const plain = plainEntry(bytes, at, entries.end);
    if (plain > 0) {
      form.entries++;
      revoked.add(at);
      const dateEnd = plainDateEnd;
      if (dateEnd < plain && !known.some((k) => bytes.compare(bytes, k.start, k.end, dateEnd, plain) === 0)) {
        readEntryExtensions(reader, dateEnd, plain, form);
        if (known.length < MAX_KNOWN_EXTENSIONS) known.push({ start: dateEnd, end: plain });
      }
      at = plain;
      continue;
    }
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
    readTime(reader, date, 'revocationDate');
    if (date.next < entry.end) readEntryExtensions(reader, date.next, entry.end, form);
    // Indefinite lengths cannot be found again by their offset alone.
    if (entry.next === entry.end && serial.next === serial.end) revoked.add(entry.start);
    else reader.defect(entry.start, 'crl/entry', 'an entry of indefinite length is left out');
  }
}

/** Where the date of the entry that `plainEntry` read last ends. */
let plainDateEnd = 0;

/**
 * The end of an entry that is written as nearly all are (short lengths, a UTCTime that exists), else 0: it is then read
 * with the reader that can say what is wrong.
 */
function plainEntry(bytes: Buffer, at: number, limit: number): number {
  const length = bytes[at + 1]!;
  const end = at + 2 + length;
  if (bytes[at] !== TAG.sequence || length >= 0x80 || end > limit) return 0;
  const serialLength = bytes[at + 3]!;
  const date = at + 4 + serialLength;
  if (bytes[at + 2] !== TAG.integer || serialLength === 0 || serialLength >= 0x80 || date + 15 > end) return 0;
  if (bytes[date] !== TAG.utcTime || bytes[date + 1] !== 13 || bytes[date + 14] !== 0x5a) return 0;
  for (let i = date + 2; i < date + 14; i++) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return 0;
  const two = (i: number): number => (bytes[date + i]! - 48) * 10 + bytes[date + i + 1]! - 48;
  const month = two(4);
  const day = two(6);
  // The 29th and later days are left to the reader, which knows the months.
  if (month < 1 || month > 12 || day < 1 || day > 28 || two(8) > 23 || two(10) > 59 || two(12) > 59) {
    if (day < 29 || Number.isNaN(readTime(new DerReader(bytes), dateNode(date), 'revocationDate').value)) return 0;
  }
  plainDateEnd = date + 15;
  return end;
}

const dateNode = (start: number): Der => ({
  id: TAG.utcTime,
  start,
  content: start + 2,
  end: start + 15,
  next: start + 15,
});

function readEntryExtensions(reader: DerReader, from: number, to: number, form: ParsedList): void {
  const extensions = reader.read(from, to);
  if (!extensions) return;
  for (const extension of readExtensions(reader, extensions)) {
    form.entryExtensions.add(extension.oid);
    if (extension.oid === EXT.certificateIssuer) form.hasEntryIssuers = true;
    if (extension.critical && !understoodEntryExtensions.has(extension.oid)) form.unknownCritical.push(extension.oid);
  }
}

function entryReason(reader: DerReader, from: number, to: number): string | undefined {
  const extensions = reader.read(from, to);
  const found = extensions && readExtensions(reader, extensions).find((e) => e.oid === EXT.reasonCode);
  if (!found) return undefined;
  const code = reader.bytes[found.end - 1] ?? 0;
  return REASONS[code] || `reason ${code}`;
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
  } else if (extension.oid === EXT.issuingDistributionPoint) form.scope = readScope(reader, value, extension.critical);
}

/** IssuingDistributionPoint (RFC 5280 5.2.5). */
function readScope(reader: DerReader, node: Der, critical: boolean): DistributionScope {
  const scope: DistributionScope = {
    names: [],
    relativeName: false,
    onlyUser: false,
    onlyCa: false,
    onlyAttribute: false,
    indirect: false,
    critical,
    empty: node.content === node.end,
  };
  const on = (field: Der): boolean => (reader.bytes[field.content] ?? 0) !== 0;
  for (const field of reader.children(node, 8)) {
    switch (field.id & 0x1f) {
      case 0: {
        const point = readDistributionPoint(reader, { ...field, content: field.start, end: field.next });
        scope.names = point.names;
        scope.relativeName = point.relativeName;
        break;
      }
      case 1:
        scope.onlyUser = on(field);
        break;
      case 2:
        scope.onlyCa = on(field);
        break;
      case 3:
        scope.reasons = reasonMask(reader, field);
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
