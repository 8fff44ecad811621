import { NO_RSA_1024 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/rsa-2048',
  title: 'An RSA key must have 2048 bits',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.5',
  scope: 'web',
  zlint: 'e_rsa_mod_less_than_2048_bits',
  concerns: 'rsa',
  applies: (c) => c.rsa && c.notAfter >= NO_RSA_1024,
  breach: (c) => c.bits < 2048 && `the RSA key has ${c.bits} bits`,
});
