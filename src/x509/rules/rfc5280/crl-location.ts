import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/crl-location',
  title: 'A revocation list should be at an http or ldap address',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.1.13',
  scope: 'any',
  effective: RFC5280,
  zlint: 'w_distribution_point_missing_ldap_or_uri',
  needs: EXT.crlDistributionPoints,
  applies: (c) => c.has(EXT.crlDistributionPoints),
  breach: (c) =>
    !c.crlUrls.some((u) => /^(?:http|ldap):\/\//i.test(u)) && 'no http or ldap address for a revocation list',
});
