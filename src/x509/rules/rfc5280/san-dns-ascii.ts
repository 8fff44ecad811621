import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/san-dns-ascii',
  title: 'Host names in the alternative name must be ASCII',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_san_dns_not_ia5_string',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) => c.oddDns.some((d) => /[\x80-\xff]/.test(d)) && 'a host name in the alternative name is not ASCII',
});
