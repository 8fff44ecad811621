import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, hostOf, isHostOrAddress, uriParts } from '../support.ts';

export default defineRule({
  id: 'rfc5280/ian-uri-host',
  title: 'The host of a URI must be a qualified name or address',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.7',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_ext_ian_uri_host_not_fqdn_or_ip',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) =>
    firstOf(
      c.issuerNames,
      (n) => n.tag === 6 && n.value !== '' && !isHostOrAddress(hostOf(uriParts(n.value)?.authority ?? '')),
      (n) => `the host of ${n.value} is neither a qualified name nor an address`,
    ),
});
