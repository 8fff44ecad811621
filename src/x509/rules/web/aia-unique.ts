import { SC62 } from '../dates.ts';
import { defineRule } from '../rule.ts';

const repeats = (urls: readonly string[]): boolean => new Set(urls.map((u) => u.toLowerCase())).size < urls.length;

export default defineRule({
  id: 'web/aia-unique',
  title: 'Addresses in the access extension must differ',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.7',
  scope: 'web',
  effective: SC62,
  zlint: 'e_aia_unique_access_locations',
  applies: (c) => c.subscriber && (c.issuerUrls.length > 0 || c.ocspUrls.length > 0),
  breach: (c) => (repeats(c.ocspUrls) || repeats(c.issuerUrls)) && 'an address is listed twice',
});
