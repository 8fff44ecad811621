import { BR_1_1_3 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/rsa-exponent-3',
  title: 'An RSA exponent must be 3 or more',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.6',
  scope: 'web',
  effective: BR_1_1_3,
  zlint: 'e_rsa_public_exponent_too_small',
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) => c.exponent < 3n && 'the public exponent is below 3',
});
