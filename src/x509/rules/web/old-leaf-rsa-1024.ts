import { NO_RSA_1024 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/old-leaf-rsa-1024',
  title: 'An old certificate must have 1024 bits',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.5',
  scope: 'web',
  zlint: 'e_old_sub_cert_rsa_mod_less_than_1024_bits',
  concerns: 'rsa',
  applies: (c) => c.rsa && !c.ca && c.notAfter < NO_RSA_1024,
  breach: (c) => c.bits < 1024 && `the RSA key has ${c.bits} bits`,
});
