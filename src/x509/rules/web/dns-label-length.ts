import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, labels } from '../support.ts';

export default defineRule({
  id: 'web/dns-label-length',
  title: 'Labels must fit into 63 characters',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  effective: BR,
  zlint: 'e_dnsname_label_too_long',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddHosts,
      (h) => labels(h).some((l) => l.length > 63),
      (h) => `${h} has a label of more than 63 characters`,
    ),
});
