/** Small judgements that several rules share. */
import { ipOctets, type ParsedGeneralName } from '../general-name.ts';
import type { NameAttribute } from '../name.ts';
import type { Facts } from './facts.ts';
import type { Breach } from './rule.ts';

/** The first element for which `test` holds, as a sentence; false when there is none. */
export function firstOf<T>(list: readonly T[], test: (item: T) => boolean, says: (item: T) => string): string | false {
  for (const item of list) if (test(item)) return says(item);
  return false;
}

export const labels = (host: string): string[] => host.split('.');

/** `date` moved by whole months and days, as calendars do. */
export function shifted(date: number, months: number, days = 0): number {
  const d = new Date(date);
  return Date.UTC(
    d.getUTCFullYear(),
    d.getUTCMonth() + months,
    d.getUTCDate() + days,
    d.getUTCHours(),
    d.getUTCMinutes(),
    d.getUTCSeconds(),
  );
}

export const DAY_SECONDS = 86_400;

/** Short-lived certificates (Baseline Requirements 1.6.1): 10 days, 7 from 15 March 2026. */
export function isShortLived(c: Facts): boolean {
  return c.seconds - 1 <= (c.notBefore < Date.UTC(2026, 2, 15) ? 864_000 : 604_800);
}

const hostLabel = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

export function isHost(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => hostLabel.test(label));
}

/** A fully qualified host name: two labels or more, the last not numeric. */
export function isQualifiedHost(text: string): boolean {
  const bare = text.replace(/^\*\./, '').replace(/^(?:\?\.)+/, '');
  return bare.includes('.') && isHost(bare) && /[A-Za-z]/.test(bare.slice(bare.lastIndexOf('.') + 1));
}

export const isHostOrAddress = (text: string): boolean =>
  isQualifiedHost(text) || ipOctets(text.replace(/^\[|\]$/g, '')) !== undefined;

export interface UriParts {
  scheme: string;
  /** Host with port and user, or undefined when there is no `//`. */
  authority?: string;
  rest: string;
}

/** Splits a URI (RFC 3986 section 3); undefined when it cannot be one. */
export function uriParts(uri: string): UriParts | undefined {
  if (/[\x00-\x20\x7f]/.test(uri) || /%(?![0-9A-Fa-f]{2})/.test(uri)) return undefined;
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]{0,40}):)?(?:\/\/([^/?#]{0,2000}))?([\s\S]{0,8000})$/.exec(uri);
  if (!match) return undefined;
  if (match[1] === undefined && /^[^/?#]{0,80}:/.test(uri)) return undefined;
  return {
    scheme: match[1]?.toLowerCase() ?? '',
    ...(match[2] === undefined ? {} : { authority: match[2] }),
    rest: match[3] ?? '',
  };
}

/** Host part of an authority. */
export function hostOf(authority: string): string {
  const afterUser = authority.slice(authority.lastIndexOf('@') + 1);
  return afterUser.startsWith('[') ? afterUser.replace(/\]:\d{1,5}$/, ']') : afterUser.replace(/:\d{0,5}$/, '');
}

export const isHttp = (uri: string): boolean => /^http:\/\//i.test(uri);

/** An attribute value that starts or ends with white space. */
export function paddedAttribute(attributes: readonly NameAttribute[], end: 'start' | 'end'): string | undefined {
  return attributes.find((a) => (end === 'start' ? /^\s/.test(a.text) : /\s$/.test(a.text)))?.text;
}

/** The first attribute for which `test` holds, with its place in the certificate. */
export function firstAttribute(
  attributes: readonly NameAttribute[],
  test: (attribute: NameAttribute) => boolean,
  says: (attribute: NameAttribute) => string,
): Breach | false {
  const found = attributes.find(test);
  return found ? { says: says(found), offset: found.offset } : false;
}

/** Whether the raw octets of a name leave 7-bit ASCII. */
export const nonAscii = (names: readonly ParsedGeneralName[]): boolean =>
  names.some((n) => n.octets.some((o) => o >= 0x80));

/** Address blocks that IANA reserves (special-purpose registries, RFC 6890), as [network, prefix length]. */
const RESERVED: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['400::', 6],
  ['800::', 5],
  ['1000::', 4],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2001:4:112::', 48],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['4000::', 3],
  ['6000::', 3],
  ['8000::', 3],
  ['a000::', 3],
  ['c000::', 3],
  ['e000::', 4],
  ['f000::', 5],
  ['f800::', 6],
  ['fc00::', 7],
  ['fe00::', 9],
  ['fe80::', 10],
  ['ff00::', 8],
];
const reserved = RESERVED.map(([text, bits]) => ({ octets: ipOctets(text)!, bits }));

function samePrefix(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i * 8 < bits; i++) {
    const mask = bits - i * 8 >= 8 ? 0xff : (0xff << (8 - (bits - i * 8))) & 0xff;
    if ((a[i]! & mask) !== (b[i]! & mask)) return false;
  }
  return true;
}

export const isReservedAddress = (octets: Uint8Array): boolean =>
  reserved.some((r) => samePrefix(octets, r.octets, r.bits));

/** Whether a network (address and prefix length) overlaps a reserved block. */
export function overlapsReserved(network: Uint8Array, bits: number): boolean {
  return reserved.some((r) => samePrefix(network, r.octets, Math.min(bits, r.bits)));
}

/** ISO 3166-1 alpha-2 codes, with XX (BR 7.1.4.2.2). */
export const COUNTRIES: ReadonlySet<string> = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
    'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR ' +
    'GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP ' +
    'KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT ' +
    'MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW ' +
    'SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG ' +
    'UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XX'
  ).split(' '),
);

/** Texts of user notices in the policies. */
export const notices = (c: Facts) =>
  (c.form.policies ?? []).flatMap((p) => p.qualifiers.flatMap((q) => (q.explicitText ? [q.explicitText] : [])));
