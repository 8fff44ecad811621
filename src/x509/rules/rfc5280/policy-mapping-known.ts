import { EXT } from '../../oids.ts';
import { RFC3280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { mappings } from '../special.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/policy-mapping-known',
  title: 'Mapped policies should be asserted',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.1.5',
  scope: 'any',
  effective: RFC3280,
  zlint: 'w_ext_policy_map_not_in_cert_policy',
  needs: EXT.policyMappings,
  applies: (c) => c.has(EXT.policyMappings),
  breach: (c) =>
    firstOf(
      mappings(c),
      (m) => !c.policies.includes(m[0] ?? ''),
      (m) => `policy ${m[0]} is mapped but not asserted`,
    ),
});
