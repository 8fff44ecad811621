import { MOZILLA_2_4 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'mozilla/rsa-multiple-of-8',
  title: 'The bits of an RSA key must be a multiple of 8',
  severity: 'error',
  source: 'Mozilla Root Store Policy',
  section: '5.1',
  scope: 'any',
  effective: MOZILLA_2_4,
  zlint: 'e_mp_modulus_must_be_divisible_by_8',
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) => c.bits % 8 !== 0 && `the RSA key has ${c.bits} bits`,
});
