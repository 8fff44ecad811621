import { defineRule } from '../rule.ts';

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
    (c.exponent <= 1n || (c.exponent & 1n) === 0n || c.exponent >= c.modulus) &&
    'the public exponent makes the key unusable or open',
});
