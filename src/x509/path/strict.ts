/** What RFC 5280 and the CA/Browser Forum Baseline Requirements add to the rules that every TLS library applies. */
import type { Certificate } from '../types.ts';
import type { Breach } from './checks.ts';
import type { Role } from './types.ts';

export function strictLeafBreach(_certificate: Certificate, _role: Role): Breach | undefined {
  return undefined;
}

export function strictIssuerBreach(_certificate: Certificate): Breach | undefined {
  return undefined;
}

export function strictAnchorBreach(_certificate: Certificate): Breach | undefined {
  return undefined;
}
