import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/root-policies',
  title: 'A root should not have policies',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.1.2',
  scope: 'web',
  effective: BR,
  zlint: 'w_root_ca_contains_cert_policy',
  concerns: 'ca',
  applies: (c) => c.root,
  breach: (c) => c.has(EXT.certificatePolicies) && 'the root has certificate policies',
});
