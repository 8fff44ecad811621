import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/crl-url',
  title: 'A revocation list must be at an http address',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.11.2',
  scope: 'web',
  effective: BR,
  zlint: 'e_sub_cert_crl_distribution_points_does_not_contain_url',
  needs: EXT.crlDistributionPoints,
  applies: (c) => c.has(EXT.crlDistributionPoints),
  breach: (c) => !c.crlUrls.some((u) => u.startsWith('http://')) && 'no http address for the revocation list',
});
