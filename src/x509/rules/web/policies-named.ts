import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/policies-named',
  title: 'A certificate must name a policy',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.6.4',
  scope: 'web',
  effective: BR,
  zlint: 'e_sub_cert_cert_policy_empty',
  concerns: 'leaf',
  applies: (c) => !c.ca,
  breach: (c) => c.policies.length === 0 && 'it names no policy',
});
