import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/ian-name-empty',
  title: 'No name in the issuer alternative name may be empty',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.7',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_ian_empty_name',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) => c.issuerNames.some((n) => n.octets.length === 0) && 'a name in the issuer alternative name is empty',
});
