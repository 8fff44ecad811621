import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/policy-constraints-critical',
  title: 'The policy constraints must be critical',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.11',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_ext_policy_constraints_not_critical',
  needs: EXT.policyConstraints,
  applies: (c) => c.has(EXT.policyConstraints),
  breach: (c) => !c.critical(EXT.policyConstraints) && 'the policy constraints is not critical',
});
