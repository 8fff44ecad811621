import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/crl-distribution-critical',
  title: 'The CRL distribution points should not be critical',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.1.13',
  scope: 'any',
  effective: RFC2459,
  zlint: 'w_ext_crl_distribution_marked_critical',
  needs: EXT.crlDistributionPoints,
  applies: (c) => c.has(EXT.crlDistributionPoints),
  breach: (c) => c.critical(EXT.crlDistributionPoints) && 'the CRL distribution points is critical',
});
