import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/san-dns-space',
  title: 'A host name in the alternative name must not be a space',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_san_space_dns_name',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) => c.oddDns.includes(' ') && 'a host name in the alternative name is a space',
});
