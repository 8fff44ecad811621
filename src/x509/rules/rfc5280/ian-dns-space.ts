import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/ian-dns-space',
  title: 'A host name in the issuer alternative name must not be a space',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.7',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_ian_space_dns_name',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) => c.issuerDns.includes(' ') && 'a host name in the issuer alternative name is a space',
});
