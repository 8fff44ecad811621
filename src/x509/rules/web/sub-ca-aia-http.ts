import { SC62 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, isHttp } from '../support.ts';

export default defineRule({
  id: 'web/sub-ca-aia-http',
  title: 'Addresses in the access extension of a CA must be http',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.3',
  scope: 'web',
  effective: SC62,
  zlint: 'e_ca_aia_non_http_url',
  applies: (c) => c.subordinate && (c.issuerUrls.length > 0 || c.ocspUrls.length > 0),
  breach: (c) =>
    firstOf(
      [...c.issuerUrls, ...c.ocspUrls],
      (u) => !isHttp(u),
      (u) => `${u} is not an http address`,
    ),
});
