import { BR, BR_2_0_0 } from '../dates.ts';
import { AT, OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/dv-org',
  title: 'A domain-validated certificate must not name an organisation',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.6.4',
  scope: 'web',
  effective: BR,
  ends: BR_2_0_0,
  zlint: 'e_cab_dv_conflicts_with_org',
  applies: (c) => c.policies.includes(OID.domainValidated) && !c.ca,
  breach: (c) => c.hasAttribute(AT.organization) && 'the subject names more than domain validation allows',
});
