/** Readings that only a few rules need. */
import { domainToUnicode } from 'node:url';
import { type Der, TAG } from '../der.ts';
import { ipOctets, type ParsedGeneralName } from '../general-name.ts';
import { readString } from '../name.ts';
import { EXT } from '../oids.ts';
import { AT, type Facts, OID } from './facts.ts';
import { labels } from './support.ts';

/** Unicode text of an `xn--` label; undefined when it does not decode. */
export function decodeLabel(label: string): string | undefined {
  const text = punycode(label.slice(4));
  if (text === undefined || /^[\x00-\x7f]*$/.test(text)) return undefined;
  // A label that the runtime knows decodes to the same text; one it refuses may still be plain punycode.
  const known = domainToUnicode(label.toLowerCase());
  return known === '' ? text : text;
}

/** Decodes the part of a label after `xn--` (RFC 3492 section 6.2). */
function punycode(input: string): string | undefined {
  const delimiter = input.lastIndexOf('-');
  const output = delimiter > 0 ? [...input.slice(0, delimiter)].map((ch) => ch.codePointAt(0)!) : [];
  let n = 128;
  let i = 0;
  let bias = 72;
  for (let at = delimiter > 0 ? delimiter + 1 : 0; at < input.length; ) {
    const start = i;
    for (let weight = 1, k = 36; ; k += 36) {
      const code = input.toLowerCase().charCodeAt(at++);
      const digit = code >= 97 && code <= 122 ? code - 97 : code >= 48 && code <= 57 ? code - 22 : -1;
      if (digit < 0 || digit > (0x7fffffff - i) / weight) return undefined;
      i += digit * weight;
      const threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const length = output.length + 1;
    let delta = start === 0 ? Math.floor((i - start) / 700) : Math.floor((i - start) / 2);
    delta += Math.floor(delta / length);
    let k = 0;
    for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
    bias = k + Math.floor((36 * delta) / (delta + 38));
    n += Math.floor(i / length);
    i %= length;
    if (n > 0x10ffff || output.length > 255) return undefined;
    output.splice(i++, 0, n);
  }
  return String.fromCodePoint(...output);
}

/** The policy mappings as pairs of object identifiers. */
export function mappings(c: Facts): string[][] {
  const { reader } = c.form;
  return sequence(c, EXT.policyMappings).map((pair) => reader.children(pair, 3).map((n) => reader.oid(n)));
}

function sequence(c: Facts, oid: string): Der[] {
  if (!c.has(oid)) return [];
  const { reader } = c.form;
  const extension = c.form.byOid.get(oid);
  const node = extension && reader.read(extension.content, extension.end);
  return node?.id === TAG.sequence ? reader.children(node, 200) : [];
}

export const subtrees = (c: Facts): ParsedGeneralName[] => [
  ...(c.form.nameConstraints?.permitted ?? []),
  ...(c.form.nameConstraints?.excluded ?? []),
];

/** Log identifiers of the embedded timestamps (RFC 6962 3.3); undefined without the extension. */
export function timestampLogs(c: Facts): string[] | undefined {
  if (!c.has(EXT.sctList)) return undefined;
  const { reader } = c.form;
  const extension = c.form.byOid.get(EXT.sctList);
  const node = extension && reader.read(extension.content, extension.end);
  if (node?.id !== TAG.octetString) return undefined;
  const list = reader.contents(node);
  const logs: string[] = [];
  for (let at = 2; at + 35 <= list.length; ) {
    const length = list.readUInt16BE(at);
    logs.push(list.toString('hex', at + 3, at + 35));
    at += 2 + length;
  }
  return logs;
}

export const isOnion = (c: Facts): boolean => c.oddNames.some((h) => h.endsWith('.onion'));

export const isReverseName = (name: string): boolean => /\.(?:in-addr|ip6)\.arpa$/i.test(name);

/** The address of a reverse name in in-addr.arpa (4 labels) or ip6.arpa (32 labels). */
export function reverseAddress(name: string): Buffer | undefined {
  const v6 = /\.ip6\.arpa$/i.test(name);
  const parts = labels(name).slice(0, -2).reverse();
  if (parts.length !== (v6 ? 32 : 4)) return undefined;
  if (!v6) return ipOctets(parts.join('.'));
  return parts.every((p) => /^[0-9a-f]$/i.test(p)) ? Buffer.from(parts.join(''), 'hex') : undefined;
}

export function primesBelow(limit: number): number[] {
  const composite = new Uint8Array(limit);
  const primes: number[] = [];
  for (let i = 2; i < limit; i++) {
    if (composite[i]) continue;
    primes.push(i);
    for (let j = i * i; j < limit; j += i) composite[j] = 1;
  }
  return primes;
}

/** QCP-n, QCP-n-qscd, and the web policies when the subject is a person (ETSI EN 319 411-2). */
export function naturalPerson(c: Facts): boolean {
  const person = c.hasAttribute(AT.givenName) || c.hasAttribute(AT.surname) || c.hasAttribute(AT.pseudonym);
  for (const policy of c.policies) {
    if (policy === '0.4.0.194112.1.0' || policy === '0.4.0.194112.1.2') return true;
    if (policy === '0.4.0.194112.1.4' || policy === '0.4.0.194112.1.5' || policy === '0.4.0.194112.1.6') return person;
  }
  return false;
}

/** Statements of the qcStatements extension by identifier, with the node of their information. */
export function statements(c: Facts): Map<string, Der | undefined> {
  const found = new Map<string, Der | undefined>();
  if (!c.has(EXT.qcStatements)) return found;
  const { reader } = c.form;
  for (const statement of sequence(c, EXT.qcStatements)) {
    const [oid, information] = reader.children(statement, 3);
    found.set(reader.oid(oid), information);
  }
  return found;
}

/** Types of a qualified certificate; undefined when the statement is missing. */
export function qualifiedTypes(c: Facts): string[] | undefined {
  const all = statements(c);
  if (!all.has(OID.qcType)) return undefined;
  const node = all.get(OID.qcType);
  return node ? c.form.reader.children(node, 10).map((n) => c.form.reader.oid(n)) : [];
}

export function wrongTypes(types: string[]): string | false {
  if (types.length === 0) return 'no qualified type is listed';
  const other = types.find((t) => !/^0\.4\.0\.1862\.1\.6\.[123]$/.test(t));
  return other !== undefined && `the qualified type ${other} is not known`;
}

/** Roles of payment service providers (ETSI TS 119 495 annex A). */
export const ROLE_NAMES: { readonly [oid: string]: string } = {
  '0.4.0.19495.1.0': 'Unspecified',
  '0.4.0.19495.1.1': 'PSP_AS',
  '0.4.0.19495.1.2': 'PSP_PI',
  '0.4.0.19495.1.3': 'PSP_AI',
  '0.4.0.19495.1.4': 'PSP_IC',
};

export interface PaymentServices {
  roles: { oid: string; name: string }[];
  authorityName: string;
  authorityId: string;
  unreadable?: boolean;
}

/** The PSD2 statement (ETSI TS 119 495 5.1): roles, name and identifier of the competent authority. */
export function paymentServices(c: Facts): PaymentServices | undefined {
  if (!c.has(EXT.qcStatements)) return undefined;
  const all = statements(c);
  if (!all.has(OID.psd2Statement)) return undefined;
  const { reader } = c.form;
  const result: PaymentServices = { roles: [], authorityName: '', authorityId: '' };
  const node = all.get(OID.psd2Statement);
  const [roles, name, id] = node?.id === TAG.sequence ? reader.children(node, 4) : [];
  if (!roles || !name || !id) return { ...result, unreadable: true };
  for (const role of reader.children(roles, 10)) {
    const [oid, text] = reader.children(role, 3);
    result.roles.push({ oid: reader.oid(oid), name: text ? readString(reader, text) : '' });
  }
  result.authorityName = readString(reader, name);
  result.authorityId = readString(reader, id);
  return result;
}
