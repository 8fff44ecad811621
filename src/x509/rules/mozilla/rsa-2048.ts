import { MOZILLA_2_4 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'mozilla/rsa-2048',
  title: 'An RSA key must have 2048 bits',
  severity: 'error',
  source: 'Mozilla Root Store Policy',
  section: '5.1',
  scope: 'any',
  effective: MOZILLA_2_4,
  zlint: 'e_mp_modulus_must_be_2048_bits_or_more',
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) => c.bits < 2048 && `the RSA key has ${c.bits} bits`,
});
