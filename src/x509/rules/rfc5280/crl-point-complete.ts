import { EXT } from '../../oids.ts';
import { RFC3280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/crl-point-complete',
  title: 'A distribution point needs more than reasons',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.13',
  scope: 'any',
  effective: RFC3280,
  zlint: 'e_distribution_point_incomplete',
  needs: EXT.crlDistributionPoints,
  applies: (c) => c.has(EXT.crlDistributionPoints),
  breach: (c) =>
    c.form.distributionPoints?.some((p) => p.hasReasons && p.names.length === 0 && !p.relativeName && !p.hasIssuer) ===
      true && 'a distribution point holds reasons only',
});
