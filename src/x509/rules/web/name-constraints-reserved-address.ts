import { prefixLength } from '../../general-name.ts';
import { EXT } from '../../oids.ts';
import { BR, NO_RESERVED_IP } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, overlapsReserved } from '../support.ts';

export default defineRule({
  id: 'web/name-constraints-reserved-address',
  title: 'Reserved addresses must not be permitted by name constraints',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.5',
  scope: 'web',
  effective: BR,
  zlint: 'e_ext_nc_intersects_reserved_ip',
  needs: EXT.nameConstraints,
  applies: (c) => c.notAfter > NO_RESERVED_IP && c.has(EXT.nameConstraints),
  breach: (c) =>
    firstOf(
      c.form.nameConstraints?.permitted ?? [],
      (n) =>
        n.tag === 7 &&
        overlapsReserved(
          n.octets.subarray(0, n.octets.length / 2),
          prefixLength(n.octets.subarray(n.octets.length / 2)) ?? 0,
        ),
      (n) => `${n.value} overlaps a reserved block`,
    ),
});
