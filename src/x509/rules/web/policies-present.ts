import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/policies-present',
  title: 'A certificate must have policies',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.9',
  scope: 'web',
  effective: BR,
  zlint: 'e_sub_cert_certificate_policies_missing',
  concerns: 'leaf',
  applies: (c) => !c.ca,
  breach: (c) => !c.has(EXT.certificatePolicies) && 'it has no certificate policies',
});
