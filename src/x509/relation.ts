/** How certificates and keys belong together. */
import { parsedForm } from './certificate.ts';
import { comparableRdns } from './name.ts';
import type { ParsedCertificate } from './parsed.ts';
import { verifySignature } from './signature.ts';
import type { Certificate } from './types.ts';

const comparable = new WeakMap<ParsedCertificate, { subject: string; issuer: string }>();

/** Subject and issuer in the comparison form of RFC 5280 7.1, as one text each. */
export function comparableNames(certificate: Certificate): { subject: string; issuer: string } {
  const form = parsedForm(certificate);
  let names = comparable.get(form);
  if (!names) {
    names = { subject: comparableRdns(form.subject).join('\n'), issuer: comparableRdns(form.issuer).join('\n') };
    comparable.set(form, names);
  }
  return names;
}

/** The names fit: `issuer` could have issued `child`. Says nothing about the signature. */
export function namesFit(child: Certificate, issuer: Certificate): boolean {
  return comparableNames(child).issuer === comparableNames(issuer).subject;
}

/**
 * Whether `issuer` issued `child`: the names fit and the signature does not contradict it. A signature that cannot be
 * checked counts as fitting when the key identifiers agree.
 */
export function issued(child: Certificate, issuer: Certificate): boolean {
  if (!namesFit(child, issuer)) return false;
  const result = verifySignature(child, issuer);
  if (result !== 'unsupported') return result === 'ok';
  return (
    child.authorityKeyId === undefined ||
    issuer.subjectKeyId === undefined ||
    child.authorityKeyId === issuer.subjectKeyId
  );
}

/** Whether a host name or address is among the alternative names, as in what a server presents, CA or not. */
export const namesHost = (certificate: Certificate): boolean =>
  certificate.names.some((n) => n.kind === 'dns' || n.kind === 'ip');
