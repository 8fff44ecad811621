import { SC62 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, uriParts } from '../support.ts';

export default defineRule({
  id: 'web/aia-ocsp-http',
  title: 'The address of the OCSP responder must be http',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.7',
  scope: 'web',
  effective: SC62,
  zlint: 'e_aia_ocsp_must_have_http_only',
  applies: (c) => c.ocspUrls.length > 0 && c.subscriber,
  breach: (c) =>
    firstOf(
      c.ocspUrls,
      (u) => uriParts(u)?.scheme !== 'http',
      (u) => `${u} is not an http address`,
    ),
});
