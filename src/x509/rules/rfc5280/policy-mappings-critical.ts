import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/policy-mappings-critical',
  title: 'The policy mappings should be critical',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.1.5',
  scope: 'any',
  effective: RFC2459,
  zlint: 'w_ext_policy_map_not_critical',
  needs: EXT.policyMappings,
  applies: (c) => c.has(EXT.policyMappings),
  breach: (c) => !c.critical(EXT.policyMappings) && 'the policy mappings is not critical',
});
