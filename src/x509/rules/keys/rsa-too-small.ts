import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'keys/rsa-too-small',
  title: 'An RSA key must have 2048 bits to be safe',
  severity: 'error',
  source: 'NIST SP 800-131A',
  section: '',
  scope: 'any',
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) =>
    c.bits < 2048 &&
    `the RSA key has ${c.bits} bits; ${c.bits < 1024 ? 'it can be broken with rented computers' : '2048 are the minimum'}`,
});
