import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sub-ca-crl',
  title: 'A subordinate CA must name its revocation list',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.11.2',
  scope: 'web',
  effective: BR,
  zlint: 'e_sub_ca_crl_distribution_points_missing',
  concerns: 'ca',
  applies: (c) => c.subordinate,
  breach: (c) => !c.has(EXT.crlDistributionPoints) && 'the CA names no revocation list',
});
