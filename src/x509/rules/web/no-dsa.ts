import { BR_1_7_1 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/no-dsa',
  title: 'DSA keys must not be used',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.5',
  scope: 'web',
  effective: BR_1_7_1,
  zlint: 'e_br_prohibit_dsa_usage',
  applies: () => true,
  breach: (c) => c.dsa && 'it has a DSA key',
});
