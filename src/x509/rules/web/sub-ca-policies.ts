import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sub-ca-policies',
  title: 'A subordinate CA must have policies',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.5',
  scope: 'web',
  effective: BR,
  zlint: 'e_sub_ca_certificate_policies_missing',
  concerns: 'ca',
  applies: (c) => c.subordinate,
  breach: (c) => !c.has(EXT.certificatePolicies) && 'the CA has no certificate policies',
});
