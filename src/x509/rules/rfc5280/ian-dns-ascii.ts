import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { nonAscii } from '../support.ts';

export default defineRule({
  id: 'rfc5280/ian-dns-ascii',
  title: 'Host names in the issuer alternative name must be ASCII',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.7',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_ian_dns_not_ia5_string',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) =>
    nonAscii(c.issuerNames.filter((n) => n.tag === 2)) && 'a host name in the issuer alternative name is not ASCII',
});
