import { NO_RSA_1024_ROOT } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/root-rsa-2048',
  title: 'An old root must have 2048 bits',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.5',
  scope: 'web',
  zlint: 'e_old_root_ca_rsa_mod_less_than_2048_bits',
  concerns: 'rsa',
  applies: (c) => c.rsa && c.root && c.notBefore < NO_RSA_1024_ROOT,
  breach: (c) => c.bits < 2048 && `the RSA key of the root has ${c.bits} bits`,
});
