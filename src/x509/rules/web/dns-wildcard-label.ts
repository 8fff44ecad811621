import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, labels } from '../support.ts';

export default defineRule({
  id: 'web/dns-wildcard-label',
  title: 'A wildcard must be a whole label',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  effective: BR,
  zlint: 'e_dnsname_left_label_wildcard_correct',
  applies: () => true,
  breach: (c) =>
    firstOf(
      c.oddNames,
      (h) => labels(h)[0]!.includes('*') && labels(h)[0] !== '*',
      (h) => `the wildcard in ${h} is not a whole label`,
    ),
});
