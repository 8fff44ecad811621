import { BR, NO_RESERVED_IP } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, isReservedAddress } from '../support.ts';

export default defineRule({
  id: 'web/san-reserved-address',
  title: 'Reserved addresses must not be certified',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '4.2.2',
  scope: 'web',
  effective: BR,
  zlint: 'e_ext_san_contains_reserved_ip',
  applies: (c) => c.notAfter > NO_RESERVED_IP,
  breach: (c) =>
    firstOf(
      c.namesOf(7),
      (n) => isReservedAddress(n.octets),
      (n) => `${n.value} is a reserved address`,
    ),
});
