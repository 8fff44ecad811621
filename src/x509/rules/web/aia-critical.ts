import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/aia-critical',
  title: 'The authority information access must not be critical',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.7',
  scope: 'web',
  effective: BR,
  zlint: 'e_sub_cert_aia_marked_critical',
  needs: EXT.authorityInfoAccess,
  applies: (c) => c.subscriber && c.has(EXT.authorityInfoAccess),
  breach: (c) => c.critical(EXT.authorityInfoAccess) && 'the authority information access is critical',
});
