import { hostParts } from '../../public-suffix.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/dns-bare-suffix',
  title: 'A name must not be a suffix under which anybody may register',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '3.2.2.4',
  scope: 'web',
  effective: BR,
  zlint: 'e_dnsname_contains_bare_iana_suffix',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      [c.commonName, ...c.dns],
      (h) => h !== '' && hostParts(h)?.suffix === h.toLowerCase(),
      (h) => `${h} is a whole suffix`,
    ),
});
