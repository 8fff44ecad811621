import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/policy-constraints-empty',
  title: 'The policy constraints must not be empty',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.11',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_policy_constraints_empty',
  applies: (c) => c.form.policyConstraints !== undefined,
  breach: (c) => c.value(EXT.policyConstraints)!.length === 2 && 'the policy constraints are empty',
});
