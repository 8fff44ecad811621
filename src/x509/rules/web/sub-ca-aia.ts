import { EXT } from '../../oids.ts';
import { BR_1_7_1 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sub-ca-aia',
  title: 'A subordinate CA should have an authority information access',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.3',
  scope: 'web',
  effective: BR_1_7_1,
  zlint: 'w_sub_ca_aia_missing',
  concerns: 'ca',
  applies: (c) => c.subordinate,
  breach: (c) => !c.has(EXT.authorityInfoAccess) && 'the CA has no authority information access',
});
