import { BR_1_1_3 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { primesBelow } from '../special.ts';

/** Product of the primes below 752: one division tells whether any of them divides the modulus. */
const primorial = primesBelow(752).reduce((product, prime) => product * BigInt(prime), 1n);

function hasSmallFactor(modulus: bigint): boolean {
  let a = primorial;
  let b = modulus % primorial;
  while (b !== 0n) [a, b] = [b, a % b];
  return modulus > 0n && a !== 1n;
}

export default defineRule({
  id: 'web/rsa-small-factors',
  title: 'An RSA modulus should have no factor below 752',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.6',
  scope: 'web',
  effective: BR_1_1_3,
  zlint: 'w_rsa_mod_factors_smaller_than_752',
  applies: (c) => c.rsa,
  breach: (c) => hasSmallFactor(c.modulus) && 'the modulus has a factor below 752',
});
