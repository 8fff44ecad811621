import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sub-ca-policies-critical',
  title: 'The policies of a subordinate CA should not be critical',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.5',
  scope: 'web',
  effective: BR,
  zlint: 'w_sub_ca_certificate_policies_marked_critical',
  needs: EXT.certificatePolicies,
  applies: (c) => c.subordinate && c.has(EXT.certificatePolicies),
  breach: (c) => c.critical(EXT.certificatePolicies) && 'the certificate policies of the CA are critical',
});
