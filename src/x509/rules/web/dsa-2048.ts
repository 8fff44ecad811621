import { BR_1_7_1 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/dsa-2048',
  title: 'A DSA key must have 2048 bits',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.5',
  scope: 'web',
  ends: BR_1_7_1,
  zlint: 'e_dsa_shorter_than_2048_bits',
  concerns: 'dsa',
  applies: (c) => c.dsa && c.bits > 0,
  breach: (c) => c.bits < 2048 && `the DSA key has ${c.bits} bits`,
});
