import { BR_1_3_1 } from '../dates.ts';
import { AT, OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/iv-country',
  title: 'An individual-validated certificate must name a country',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.6.1',
  scope: 'web',
  effective: BR_1_3_1,
  zlint: 'e_cert_policy_iv_requires_country',
  applies: (c) => c.policies.includes(OID.individualValidated) && !c.ca,
  breach: (c) => !c.hasAttribute(AT.country) && 'it names no country',
});
