import type { Facts } from '../facts.ts';
import { defineRule } from '../rule.ts';

/** Whether the exponent is long enough to reach the modulus; nearly none is. */
const mayExceed = (c: Facts): boolean => c.form.key.exponent!.length * 8 >= c.bits;

export default defineRule({
  id: 'keys/rsa-exponent-invalid',
  title: 'An RSA exponent must be odd, above 1 and below the modulus',
  severity: 'error',
  source: 'RFC 8017',
  section: '',
  scope: 'any',
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) =>
    (c.exponent <= 1n || (c.exponent & 1n) === 0n || (mayExceed(c) && c.exponent >= c.modulus)) &&
    'the public exponent makes the key unusable or open',
});
