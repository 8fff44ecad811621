import { MOZILLA_2_4 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'mozilla/rsa-exponent-1',
  title: 'An RSA exponent must not be 1',
  severity: 'error',
  source: 'Mozilla Root Store Policy',
  section: '5.1',
  scope: 'any',
  effective: MOZILLA_2_4,
  zlint: 'e_mp_exponent_cannot_be_one',
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) => c.exponent === 1n && 'the public exponent is 1',
});
