import { BR_1_3_1 } from '../dates.ts';
import { AT, OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/iv-place',
  title: 'An individual-validated certificate must name a place',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.6.1',
  scope: 'web',
  effective: BR_1_3_1,
  zlint: 'e_cert_policy_iv_requires_province_or_locality',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.policies.includes(OID.individualValidated),
  breach: (c) => !c.hasAttribute(AT.locality) && !c.hasAttribute(AT.state) && 'it names neither locality nor state',
});
