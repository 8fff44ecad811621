import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/policies-critical',
  title: 'The policies should not be critical',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.9',
  scope: 'web',
  effective: BR,
  zlint: 'w_sub_cert_certificate_policies_marked_critical',
  needs: EXT.certificatePolicies,
  applies: (c) => c.has(EXT.certificatePolicies),
  breach: (c) => c.critical(EXT.certificatePolicies) && 'the certificate policies are critical',
});
