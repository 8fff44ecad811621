import { EXT } from '../../oids.ts';
import { RFC3280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/inhibit-any-policy-critical',
  title: 'The inhibit-any-policy extension must be critical',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.14',
  scope: 'any',
  effective: RFC3280,
  zlint: 'e_inhibit_any_policy_not_critical',
  needs: EXT.inhibitAnyPolicy,
  applies: (c) => c.has(EXT.inhibitAnyPolicy),
  breach: (c) => !c.critical(EXT.inhibitAnyPolicy) && 'the inhibit-any-policy extension is not critical',
});
