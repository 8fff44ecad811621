import { EXT } from '../../oids.ts';
import { BR, BR_1_7_1 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sub-ca-aia-required',
  title: 'A subordinate CA must have an authority information access',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.3',
  scope: 'web',
  effective: BR,
  ends: BR_1_7_1,
  zlint: 'e_sub_ca_aia_missing',
  concerns: 'ca',
  applies: (c) => c.subordinate,
  breach: (c) => !c.has(EXT.authorityInfoAccess) && 'the CA has no authority information access',
});
