import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/crl-critical',
  title: 'The CRL distribution points must not be critical',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.11.2',
  scope: 'web',
  effective: BR,
  zlint: 'e_sub_cert_crl_distribution_points_marked_critical',
  needs: EXT.crlDistributionPoints,
  applies: (c) => c.has(EXT.crlDistributionPoints),
  breach: (c) => c.critical(EXT.crlDistributionPoints) && 'the CRL distribution points are critical',
});
