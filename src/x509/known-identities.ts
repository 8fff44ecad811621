/** Known identities: which issuer, key and serial number belong to a name, as pin files, inventories and baselines record it. */
import type { DistinguishedName } from './types.ts';

export interface KnownIdentity {
  /** Host names in lower case, or any name by which the certificate is known. */
  names: string[];
  /** As written; `sameName` compares it. */
  issuer?: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  keys: string[];
  /** SHA-256 of the certificate, lower-case hex. */
  certificates: string[];
  /** Upper-case hex without leading zeros. */
  serial?: string;
  /** Where the record says what the key is: `RSA 2048`, `EC P-256`. */
  keyType?: 'RSA' | 'EC';
  /** ms UTC. */
  firstSeen?: number;
  lastSeen?: number;
}

/** Spellings of each field, without case and punctuation. */
const FIELDS = {
  name: 'name names host hosts hostname domain domains endpoint server servername sni san sans dns dnsname dnsnames commonname cn 主机 域名',
  subject: 'subject subjectdn subjectname',
  issuer: 'issuer issuerdn issuername issuedby issuingca authority 颁发者 签发者',
  key: 'spki spkisha256 spkihash spkipin spkifingerprint key keysha256 keyhash keypin keyfingerprint publickey publickeysha256 publickeyhash publickeypin pubkeysha256 pin pins pinsha256 sha256pin pinnedkey pinnedkeys pinnedpublickey certificatepin',
  certificate:
    'sha256 certsha256 certificatesha256 fingerprint fingerprints fingerprintsha256 sha256fingerprint certfingerprint certificatefingerprint thumbprint 指纹',
  serial: 'serial serialnumber serialno certserial 序列号',
  firstSeen: 'firstseen seenfrom since recorded recordedat added',
  lastSeen: 'lastseen seenuntil seen checked lastchecked reviewed lastreviewed verified',
  ca: 'ca isca',
} as const;
export type IdentityField = keyof typeof FIELDS;
const BY_SPELLING = new Map<string, IdentityField>(
  Object.entries(FIELDS).flatMap(([field, spellings]) =>
    spellings.split(' ').map((s): [string, IdentityField] => [s, field as IdentityField]),
  ),
);

/** The field that a key or column header stands for. */
export const identityField = (header: string): IdentityField | undefined =>
  BY_SPELLING.get(header.toLowerCase().replace(/[\s_\-.()/:]+/g, ''));

/**
 * A SHA-256 as lower-case hex, from hex (with or without colons) or base64, with or without the prefixes that clients
 * write: `sha256/` (OkHttp, Android), `sha256//` (curl), `pin-sha256=` (RFC 7469 section 2.1.1). Undefined for anything else.
 */
export function sha256Of(text: string): string | undefined {
  if (text.length > 200) return undefined;
  const bare = text
    .trim()
    .replace(/^(?:pin-)?sha-?256\s*(?:[:=]|\/{1,2})\s*/i, '')
    .replace(/^"|"$/g, '');
  const hex = bare.replace(/[:\s]/g, '');
  if (/^[0-9a-f]{64}$/i.test(hex)) return hex.toLowerCase();
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(bare)) return Buffer.from(bare, 'base64').toString('hex');
  return undefined;
}

const HOST =
  /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,62}[a-z0-9])?\.){1,10}[a-z][a-z0-9-]{1,62}$|^[\d.]{7,15}$|^[0-9a-f:]{3,39}$/;

/** Whether the text is a host name or address. */
export const isHostName = (text: string): boolean => text.length <= 253 && HOST.test(text.toLowerCase());

const commonNameOf = (subject: string): string | undefined =>
  /(?:^|[,/;]\s*)CN\s*=\s*([^,/;]{1,200})/i.exec(subject)?.[1]?.trim();

/**
 * One record as an identity.
 * @param values each field with what was written for it; lists and texts with several words are both fine
 * @returns undefined where it names nobody, or tells neither key, certificate nor issuer; certificates of authorities too
 */
export function identityOf(values: Partial<Record<IdentityField, string[]>>): KnownIdentity | undefined {
  const ca = values.ca?.some((v) => /^(?:yes|true|1)$/i.test(v.trim())) === true;
  const named = (values.name ?? [])
    .flatMap((v) => v.slice(0, 20_000).split(/[\s,;]+/))
    .map((v) => v.replace(/^(?:DNS|IP(?: Address)?):/i, '').toLowerCase())
    .filter(isHostName);
  // A certificate that somebody made for a host by themselves is marked as a CA, too.
  if (ca && named.length === 0) return undefined;
  const subject = (values.subject ?? []).flatMap((s) => commonNameOf(s) ?? (isHostName(s) ? s : []));
  const names = [...new Set(named.length ? named : subject.map((s) => s.toLowerCase()))].slice(0, 1000);
  const hashes = (list: string[] | undefined): string[] => [
    ...new Set((list ?? []).flatMap((v) => v.slice(0, 20_000).split(/[\s,;]+/)).flatMap((v) => sha256Of(v) ?? [])),
  ];
  const keys = hashes(values.key);
  const certificates = hashes(values.certificate);
  const issuer = values.issuer?.[0]?.trim().slice(0, 1000) || undefined;
  if (names.length === 0 || (keys.length === 0 && certificates.length === 0 && issuer === undefined)) return undefined;
  const time = (list: string[] | undefined): number | undefined => {
    const read = Date.parse(list?.[0] ?? '');
    return Number.isFinite(read) ? read : undefined;
  };
  const serial = values.serial?.[0]
    ?.replace(/^0x/i, '')
    .replace(/[:\s]/g, '')
    .replace(/^0+(?=.)/, '')
    .toUpperCase();
  const type = (values.key ?? []).map((k) => /^(RSA|EC|ECDSA|ECC|P-\d{3})\b/i.exec(k.trim())?.[1]).find(Boolean);
  const firstSeen = time(values.firstSeen);
  const lastSeen = time(values.lastSeen);
  return {
    names,
    keys,
    certificates,
    ...(issuer ? { issuer } : {}),
    ...(serial && /^[0-9A-F]{1,40}$/.test(serial) ? { serial } : {}),
    ...(type ? { keyType: /^RSA/i.test(type) ? ('RSA' as const) : ('EC' as const) } : {}),
    ...(firstSeen === undefined ? {} : { firstSeen }),
    ...(lastSeen === undefined ? {} : { lastSeen }),
  };
}

/** Attributes of a written name: RFC 4514 (`CN=a,O=b`), OpenSSL (`C = US, O = b`) or with slashes. */
function attributes(text: string): string[] {
  return text
    .slice(0, 2000)
    .split(/(?<!\\)[,/+;]\s*(?=[A-Za-z][A-Za-z0-9.]{0,40}\s*=)/)
    .map((part) =>
      part
        .replace(/^\//, '')
        .replace(/\s*=\s*/, '=')
        .replace(/\\(.)/g, '$1')
        .replace(/"/g, ''),
    )
    .map((part) => part.trim().toLowerCase())
    .filter(Boolean);
}

/** Whether a written name means this one: all attributes it states are there, or it is the common or organisation name. */
export function sameName(text: string, name: DistinguishedName): boolean {
  if (text === name.text) return true;
  const plain = text.trim().toLowerCase();
  if (!plain.includes('='))
    return [name.commonName, name.organization].some((part) => part?.trim().toLowerCase() === plain);
  const have = new Set(attributes(name.text));
  const stated = attributes(text);
  return stated.length > 0 && stated.every((a) => have.has(a));
}

/** Names that interception software gives its root by default. */
export const INTERCEPTION =
  /superfish|edellroot|dsdtestprovider|mitmproxy|portswigger ca|fiddlerroot|charles proxy|owasp zap root|burp suite|netspark|komodia|privdog|ssldecoder|preact-cli|webpack-dev-server/i;
