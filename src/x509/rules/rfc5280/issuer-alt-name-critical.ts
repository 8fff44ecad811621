import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/issuer-alt-name-critical',
  title: 'The issuer alternative name should not be critical',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.1.7',
  scope: 'any',
  effective: RFC2459,
  zlint: 'w_ext_ian_critical',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) => c.critical(EXT.issuerAltName) && 'the issuer alternative name is critical',
});
