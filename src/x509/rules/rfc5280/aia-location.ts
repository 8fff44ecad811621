import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/aia-location',
  title: 'The issuer certificate should be at an http or ldap address',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.2.1',
  scope: 'any',
  effective: RFC5280,
  zlint: 'w_ext_aia_access_location_missing',
  applies: (c) => c.issuerUrls.length > 0,
  breach: (c) =>
    !c.issuerUrls.some((u) => /^(?:http|ldap):\/\//i.test(u)) && 'no http or ldap address for the issuer certificate',
});
