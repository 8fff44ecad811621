import { closeFactors } from '../../close-factors.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'keys/fermat',
  title: 'The factors of an RSA modulus must not be close',
  severity: 'error',
  source: 'RFC 8017, and fermatattack.secvuln.info',
  section: '',
  scope: 'any',
  zlint: 'e_rsa_fermat_factorization',
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) =>
    closeFactors(c.modulus) && 'its two prime factors lie so close together that the key is broken (Fermat)',
});
