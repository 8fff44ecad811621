import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/aia-critical',
  title: 'The authority information access must not be critical',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.2.1',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_aia_marked_critical',
  needs: EXT.authorityInfoAccess,
  applies: (c) => c.has(EXT.authorityInfoAccess),
  breach: (c) => c.critical(EXT.authorityInfoAccess) && 'the authority information access is critical',
});
