import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sub-ca-aia-critical',
  title: 'The authority information access of a CA must not be critical',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.3',
  scope: 'web',
  zlint: 'e_sub_ca_aia_marked_critical',
  needs: EXT.authorityInfoAccess,
  applies: (c) => c.subordinate && c.has(EXT.authorityInfoAccess),
  breach: (c) => c.critical(EXT.authorityInfoAccess) && 'the authority information access of the CA is critical',
});
