import { NO_RESERVED_LABELS } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, labels } from '../support.ts';

export default defineRule({
  id: 'web/dns-reserved-label',
  title: 'Labels with hyphens in third and fourth place must be xn--',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  effective: NO_RESERVED_LABELS,
  zlint: 'e_dnsname_contains_prohibited_reserved_label',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddDns,
      (h) => labels(h).some((l) => /^..--/.test(l) && !/^xn--/i.test(l)),
      (h) => `${h} has a reserved label`,
    ),
});
