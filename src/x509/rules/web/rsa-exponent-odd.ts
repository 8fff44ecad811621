import { BR_1_1_3 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/rsa-exponent-odd',
  title: 'An RSA exponent must be odd',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.6',
  scope: 'web',
  effective: BR_1_1_3,
  zlint: 'e_rsa_public_exponent_not_odd',
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) => (c.exponent & 1n) === 0n && 'the public exponent is even',
});
