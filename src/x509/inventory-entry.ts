/** One certificate as a line of the inventory in a report. */

import { isoTime } from '../instant.ts';
import type { InventoryCertificate } from '../report/types.ts';
import type { Certificate } from './types.ts';

const MAX_NAMES = 200;
const MAX_LOCATIONS = 100;

/** The last instant that a Date can hold is 8.64e15 ms from 1970. */
const iso = (time: number): string => isoTime(time, '');

/** `issuedBy`: SHA-256 of the issuer's certificate where that one was seen too. Names and locations are bounded. */
export function inventoryEntry(c: Certificate, locations: readonly string[], issuedBy?: string): InventoryCertificate {
  return {
    subject: c.subject.text,
    issuer: c.issuer.text,
    serial: c.serial,
    sha256: c.sha256,
    spkiSha256: c.spkiSha256,
    notBefore: iso(c.notBefore),
    notAfter: iso(c.notAfter),
    key: c.key.label,
    signatureAlgorithm: c.signatureAlgorithm,
    names: c.names.slice(0, MAX_NAMES).map((n) => n.value),
    ca: c.basicConstraints?.ca === true,
    locations: locations.slice(0, MAX_LOCATIONS),
    ...(issuedBy ? { issuedBy } : {}),
    ...(c.extendedKeyUsage ? { usage: c.extendedKeyUsage } : {}),
  };
}
