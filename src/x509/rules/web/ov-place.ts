import { BR } from '../dates.ts';
import { AT, OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ov-place',
  title: 'An organisation-validated certificate must name a place',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.6.1',
  scope: 'web',
  effective: BR,
  zlint: 'e_cert_policy_ov_requires_province_or_locality',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.policies.includes(OID.organizationValidated),
  breach: (c) => !c.hasAttribute(AT.locality) && !c.hasAttribute(AT.state) && 'it names neither locality nor state',
});
