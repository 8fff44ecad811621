import { BR_1_1_3 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { primesBelow } from '../special.ts';

/** Products of primes below 752 that fit a machine number, and the primes in each. */
const groups: { product: bigint; primes: number[] }[] = [];
for (const prime of primesBelow(752)) {
  const last = groups.at(-1);
  if (last && last.product * BigInt(prime) < 1n << 52n) {
    last.product *= BigInt(prime);
    last.primes.push(prime);
  } else groups.push({ product: BigInt(prime), primes: [prime] });
}
const all = groups.reduce((product, group) => product * group.product, 1n);

/** One long division brings the modulus down to about 1,000 bits; the rest is short arithmetic. */
function hasSmallFactor(modulus: bigint): boolean {
  const remainder = modulus % all;
  return groups.some(({ product, primes }) => {
    const small = Number(remainder % product);
    // Below 2^53 a quotient that is no integer may be rounded to one, but its product is then another number.
    for (const prime of primes) if (Math.floor(small / prime) * prime === small) return true;
    return false;
  });
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
  concerns: 'rsa',
  applies: (c) => c.rsa,
  breach: (c) => hasSmallFactor(c.modulus) && 'the modulus has a factor below 752',
});
