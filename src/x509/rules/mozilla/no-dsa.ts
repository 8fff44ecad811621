import { MOZILLA_2_4_1 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'mozilla/no-dsa',
  title: 'DSA must not be used',
  severity: 'error',
  source: 'Mozilla Root Store Policy',
  section: '5.1',
  scope: 'any',
  effective: MOZILLA_2_4_1,
  zlint: 'e_prohibit_dsa_usage',
  applies: () => true,
  breach: (c) => c.dsa && 'it has a DSA key',
});
