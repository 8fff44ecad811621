import { SC63 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { isShortLived } from '../support.ts';

export default defineRule({
  id: 'web/crl-or-ocsp',
  title: 'A certificate that is not short-lived must name a revocation list or OCSP responder',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.11.2',
  scope: 'web',
  effective: SC63,
  zlint: 'e_missing_crl_distrib_point',
  concerns: 'leaf',
  applies: (c) => c.subscriber && !isShortLived(c),
  breach: (c) =>
    c.crlUrls.length === 0 && c.ocspUrls.length === 0 && 'neither a revocation list nor an OCSP responder is named',
});
