import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, hostOf, isHostOrAddress, uriParts } from '../support.ts';

function hostFits(uri: string): boolean {
  const parts = uriParts(uri);
  if (!parts) return false;
  const opaque = parts.authority === undefined && parts.scheme !== '' && !parts.rest.startsWith('/');
  return opaque || isHostOrAddress(hostOf(parts.authority ?? ''));
}

export default defineRule({
  id: 'rfc5280/san-uri-host',
  title: 'The host of a URI must be a qualified name or address',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_ext_san_uri_host_not_fqdn_or_ip',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    firstOf(
      c.namesOf(6),
      (n) => n.value !== '' && !hostFits(n.value),
      (n) => `the host of ${n.value} is neither a qualified name nor an address`,
    ),
});
