import { BR_1_1_3 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/rsa-modulus-odd',
  title: 'An RSA modulus should be odd',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.6',
  scope: 'web',
  effective: BR_1_1_3,
  zlint: 'w_rsa_mod_not_odd',
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) => c.evenModulus && 'the modulus is even',
});
