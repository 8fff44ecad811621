import { ONION_EV_ONLY } from '../dates.ts';
import type { Facts } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { isOnion } from '../special.ts';
import { labels } from '../support.ts';

function wrongOnion(c: Facts): string | false {
  for (const name of c.oddNames) {
    if (!name.endsWith('.onion')) continue;
    const address = labels(name).at(-2) ?? '';
    if (address.length === 16 && !c.extendedValidation)
      return `${name} is a version 2 address in a certificate without extended validation`;
    if (address.length !== 16 && address.length !== 56) return `${name} is no version 2 or 3 address`;
    if (!/^[a-zA-Z2-7]+$/.test(address)) return `${name} is not base 32`;
  }
  return false;
}

export default defineRule({
  id: 'web/onion-form',
  title: 'An onion name must be a version 2 or 3 address',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: 'Appendix B',
  scope: 'web',
  effective: ONION_EV_ONLY,
  zlint: 'e_san_dns_name_onion_invalid',
  applies: (c) => isOnion(c),
  breach: (c) => wrongOnion(c),
});
