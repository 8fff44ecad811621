import { EXT } from '../../oids.ts';
import { RFC3280 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { mappings } from '../special.ts';

export default defineRule({
  id: 'rfc5280/policy-mapping-any',
  title: 'Any-policy must not be mapped',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.5',
  scope: 'any',
  effective: RFC3280,
  zlint: 'e_ext_policy_map_any_policy',
  needs: EXT.policyMappings,
  applies: (c) => c.has(EXT.policyMappings),
  breach: (c) => mappings(c).flat().includes(OID.anyPolicy) && 'any-policy is mapped',
});
