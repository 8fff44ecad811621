/** The rules a single certificate must pass at its place in a path (RFC 5280 6.1), as current TLS libraries apply them. */

import { plainTime } from '../../instant.ts';
import { parsedForm, validityAt } from '../certificate.ts';
import { EXTENDED_KEY_USAGES } from '../oids.ts';
import type { Certificate } from '../types.ts';
import type { PathOptions, Role } from './types.ts';

export interface Breach {
  rule: string;
  says: string;
}

const breach = (rule: string, says: string): Breach => ({ rule, says });
export const day = (time: number): string => plainTime(time, 'an unreadable date');

/** Dates at the time of judgement. */
export function dateBreach(certificate: Certificate, time: number): Breach | undefined {
  switch (validityAt(certificate, time)) {
    case 'expired':
      return breach('path/expired', `expired on ${day(certificate.notAfter)}`);
    case 'not-yet-valid':
      return breach('path/not-yet-valid', `not valid before ${day(certificate.notBefore)}`);
    case 'unreadable':
      return breach('path/unreadable-dates', 'its dates cannot be read');
    default:
      return undefined;
  }
}

/** What makes a certificate unusable anywhere in a path. */
export function generalBreach(certificate: Certificate): Breach | undefined {
  const form = parsedForm(certificate);
  if (!form.readable)
    return breach('path/unreadable', `cannot be read: ${form.defects[0]?.says ?? 'unknown structure'}`);
  if (certificate.unknownCritical.length > 0) {
    return breach(
      'path/unknown-critical-extension',
      `has critical extensions that are not understood: ${certificate.unknownCritical.join(', ')} (RFC 5280 4.2)`,
    );
  }
  const duplicate = form.defects.find((d) => d.rule === 'extension/duplicate');
  if (duplicate) return breach('path/duplicate-extension', duplicate.says);
  for (const oid of form.undecodable) {
    if (form.byOid.get(oid)?.critical)
      return breach('path/unreadable-extension', `its critical extension ${oid} cannot be read`);
  }
  return undefined;
}

/**
 * Rules for a CA certificate at `caBelow` CA certificates above the leaf (self-issued ones not counted).
 * Not applied to anchors, whose trust is configured, except for the path length they carry.
 */
export function issuerBreach(certificate: Certificate, caBelow: number, anchor: boolean): Breach | undefined {
  const form = parsedForm(certificate);
  const constraints = certificate.basicConstraints;
  if (!constraints?.ca && !(anchor && form.version === 1)) {
    return breach(
      'path/not-a-ca',
      constraints
        ? 'is not a CA (basicConstraints has cA FALSE)'
        : 'is not marked as a CA (basicConstraints is missing)',
    );
  }
  if (certificate.keyUsage && !certificate.keyUsage.includes('keyCertSign')) {
    return breach('path/key-usage', 'may not sign certificates (keyUsage lacks keyCertSign)');
  }
  const limit = constraints?.pathLength;
  if (limit !== undefined && caBelow > limit) {
    return breach(
      'path/path-length',
      `allows ${limit} CA certificates below it, but ${caBelow} follow (RFC 5280 4.2.1.9)`,
    );
  }
  if (form.basicConstraints?.pathLengthNegative) return breach('path/path-length', 'has a negative path length');
  return undefined;
}

const purposes: { readonly [role in Role]: string | undefined } = {
  server: 'serverAuth',
  client: 'clientAuth',
  any: undefined,
};

/** Key purposes of one certificate in the path; in a CA certificate they limit what it may issue for. */
export function purposeBreach(
  certificate: Certificate,
  options: Pick<PathOptions, 'role' | 'purposes'>,
  leaf: boolean,
): Breach | undefined {
  const listed = certificate.extendedKeyUsage;
  if (!listed || listed.includes('anyExtendedKeyUsage')) return undefined;
  const byRole = purposes[options.role];
  for (const wanted of [...(byRole ? [byRole] : []), ...(options.purposes ?? [])]) {
    if (listed.includes(wanted)) continue;
    const names = listed.map((u) => EXTENDED_KEY_USAGES[u] ?? u).join(', ') || 'nothing';
    return breach(
      'path/purpose',
      `${leaf ? 'may not be used' : 'may not issue'} for ${wanted}: its extended key usage lists ${names}`,
    );
  }
  return undefined;
}

/** Names of key usages that RFC 5280 changed. */
const usageNames: { readonly [name: string]: string } = { contentCommitment: 'nonRepudiation' };

/** Whether the key usage of the leaf allows a handshake in the role, and what the caller asks for. */
export function usageBreach(
  certificate: Certificate,
  options: Pick<PathOptions, 'role' | 'keyUsages'>,
): Breach | undefined {
  const { keyUsage } = certificate;
  if (!keyUsage) return undefined;
  const missing = options.keyUsages?.find((u) => !keyUsage.includes(usageNames[u] ?? u));
  if (missing !== undefined) return breach('path/key-usage', `its key usage lacks ${missing}`);
  // A CA certificate served as a leaf is left to the client: libraries differ.
  if (options.role === 'any' || certificate.basicConstraints?.ca || keyUsage.length === 0) return undefined;
  const enough =
    options.role === 'server'
      ? ['digitalSignature', 'keyEncipherment', 'keyAgreement']
      : ['digitalSignature', 'keyAgreement'];
  if (keyUsage.some((u) => enough.includes(u))) return undefined;
  return breach('path/key-usage', `its key usage (${keyUsage.join(', ')}) allows no TLS handshake as ${options.role}`);
}
