import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sub-ca-crl-critical',
  title: 'The distribution points of a subordinate CA must not be critical',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.11.2',
  scope: 'web',
  effective: BR,
  zlint: 'e_sub_ca_crl_distribution_points_marked_critical',
  needs: EXT.crlDistributionPoints,
  applies: (c) => c.subordinate && c.has(EXT.crlDistributionPoints),
  breach: (c) => c.critical(EXT.crlDistributionPoints) && 'the CRL distribution points of the CA are critical',
});
