/** Does a certificate speak for a name? RFC 9525 (service identity) and RFC 5280 4.2.1.6. */
import { parsedForm } from './certificate.ts';
import { ipOctets, type ParsedGeneralName } from './general-name.ts';
import type { Certificate } from './types.ts';

export interface NameMatch {
  ok: boolean;
  because: string;
  /** The host name of the certificate that fits. */
  by?: string;
  /** The name is only in the common name: old clients accept it, current ones do not (RFC 9525 6.3). */
  onlyCommonName?: boolean;
}

/** Host name in lower case without a trailing dot, or undefined when it is not one that a certificate could name. */
function normalHost(name: string): string | undefined {
  const text = name.trim().toLowerCase().replace(/\.$/, '');
  if (text.length === 0 || text.length > 253) return undefined;
  const ascii = /^[\x21-\x7e]+$/.test(text) ? text : asciiHost(text);
  if (ascii === undefined) return undefined;
  return ascii.split('.').every((label) => label.length >= 1 && label.length <= 63) ? ascii : undefined;
}

function asciiHost(text: string): string | undefined {
  try {
    return new URL(`https://${text}/`).hostname;
  } catch {
    return undefined;
  }
}

/**
 * Compares one name of a certificate with a host name. A wildcard stands for exactly one whole leftmost label and
 * needs two labels behind it (RFC 9525 6.3, and the practice of every current client).
 */
export function dnsNameMatches(pattern: string, host: string): boolean {
  const wanted = host.toLowerCase();
  const given = pattern.toLowerCase();
  if (given === wanted) return given.length > 0 && !given.includes('*');
  if (!given.startsWith('*.') || given.indexOf('*', 1) >= 0) return false;
  const suffix = given.slice(1);
  const dot = wanted.indexOf('.');
  return dot > 0 && wanted.slice(dot) === suffix && suffix.indexOf('.', 1) > 0;
}

/**
 * Whether `certificate` may be presented for `name` (host name or IP address). Only the subject alternative name
 * decides; a common name never does, but the answer says when it would have fitted.
 */
export function matchHostname(certificate: Certificate, name: string): NameMatch {
  const names = parsedForm(certificate).subjectAltName ?? [];
  const address = ipOctets(name.replace(/^\[(.*)\]$/, '$1'));
  if (address) return matchAddress(names, address, name);
  const host = normalHost(name);
  if (host === undefined) return { ok: false, because: `${JSON.stringify(name.slice(0, 80))} is not a host name` };
  const dns = names.filter((n) => n.kind === 'dns');
  const hit = dns.find((n) => dnsNameMatches(n.value, host));
  if (hit) return { ok: true, because: `the subject alternative name ${hit.value} fits`, by: hit.value };
  const listed = dns.length ? `it names ${list(dns)}` : 'it names no host in its subject alternative name';
  const common = certificate.subject.commonName;
  if (common !== undefined && dnsNameMatches(common, host)) {
    return { ok: false, because: `${host} stands only in the common name; ${listed}`, onlyCommonName: true };
  }
  return { ok: false, because: `${host} is not among its names: ${listed}` };
}

function matchAddress(names: ParsedGeneralName[], address: Buffer, text: string): NameMatch {
  const ips = names.filter((n) => n.kind === 'ip');
  if (ips.some((n) => n.octets.equals(address)))
    return { ok: true, because: `the subject alternative name lists ${text}` };
  return {
    ok: false,
    because: ips.length
      ? `${text} is not among its addresses: ${list(ips)}`
      : `it lists no IP address, so it cannot speak for ${text}`,
  };
}

const list = (names: ParsedGeneralName[]): string =>
  names
    .slice(0, 8)
    .map((n) => n.value)
    .join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
