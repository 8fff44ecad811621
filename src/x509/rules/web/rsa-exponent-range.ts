import { BR_1_1_3 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/rsa-exponent-range',
  title: 'An RSA exponent should lie between 2^16+1 and 2^256-1',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.6',
  scope: 'web',
  effective: BR_1_1_3,
  zlint: 'w_rsa_public_exponent_not_in_range',
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) =>
    (c.exponent < 65537n || c.exponent >= 1n << 256n) && 'the public exponent is outside of the recommended range',
});
