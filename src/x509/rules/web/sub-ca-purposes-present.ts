import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sub-ca-purposes-present',
  title: 'A subordinate CA should have an extended key usage',
  severity: 'notice',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.6',
  scope: 'web',
  effective: BR,
  zlint: 'n_sub_ca_eku_missing',
  concerns: 'ca',
  applies: (c) => c.subordinate,
  breach: (c) => !c.has(EXT.extendedKeyUsage) && 'the CA has no extended key usage',
});
