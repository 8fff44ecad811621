import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'keys/rsa-modulus-invalid',
  title: 'An RSA modulus must be odd and positive',
  severity: 'error',
  source: 'RFC 8017',
  section: '',
  scope: 'any',
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) =>
    (c.bits < 3 || c.evenModulus || c.negativeModulus) && 'the modulus cannot be a product of two odd primes',
});
