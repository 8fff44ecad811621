import { BR_1_4_8 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ca-common-name',
  title: 'A CA must have a common name',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.3.1',
  scope: 'web',
  effective: BR_1_4_8,
  zlint: 'e_ca_common_name_missing',
  concerns: 'ca',
  applies: (c) => c.ca,
  breach: (c) => !c.hasCommonName && 'the CA has no common name',
});
