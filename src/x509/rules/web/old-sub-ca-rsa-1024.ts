import { NO_RSA_1024, NO_RSA_1024_ROOT } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/old-sub-ca-rsa-1024',
  title: 'An old CA must have 1024 bits',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.5',
  scope: 'web',
  zlint: 'e_old_sub_ca_rsa_mod_less_than_1024_bits',
  concerns: 'rsa',
  applies: (c) => c.rsa && c.subordinate && c.notBefore < NO_RSA_1024_ROOT && c.notAfter < NO_RSA_1024,
  breach: (c) => c.bits < 1024 && `the RSA key of the CA has ${c.bits} bits`,
});
