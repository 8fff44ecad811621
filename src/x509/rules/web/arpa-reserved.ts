import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { isReverseName, reverseAddress } from '../special.ts';
import { firstOf, isReservedAddress } from '../support.ts';

function reservedReverse(name: string): boolean {
  const address = reverseAddress(name);
  return address !== undefined && isReservedAddress(address);
}

export default defineRule({
  id: 'web/arpa-reserved',
  title: 'Reverse names of reserved addresses must not be certified',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  effective: BR,
  zlint: 'e_subject_contains_reserved_arpa_ip',
  applies: (c) => c.oddNames.some(isReverseName),
  breach: (c) =>
    firstOf(
      c.oddDns,
      (d) => isReverseName(d) && reservedReverse(d),
      (d) => `${d} belongs to a reserved address`,
    ),
});
