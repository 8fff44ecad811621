import { SC62 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/crl-point-fields',
  title: 'A distribution point must hold a name only',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.11.2',
  scope: 'web',
  effective: SC62,
  zlint: 'e_crlissuer_must_not_be_present_in_cdp',
  applies: (c) => c.crlUrls.length > 0,
  breach: (c) =>
    c.form.distributionPoints?.some((p) => p.hasReasons || p.hasIssuer) === true &&
    'a distribution point names reasons or an issuer',
});
