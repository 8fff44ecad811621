import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, labels } from '../support.ts';

export default defineRule({
  id: 'web/dns-empty-label',
  title: 'Host names must not have empty labels',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  effective: BR,
  zlint: 'e_dnsname_empty_label',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddHosts,
      (h) => labels(h).includes(''),
      (h) => `${h} has an empty label`,
    ),
});
