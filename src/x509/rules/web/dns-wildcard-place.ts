import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/dns-wildcard-place',
  title: 'A wildcard must be the leftmost label',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  effective: BR,
  zlint: 'e_dnsname_wildcard_only_in_left_label',
  applies: () => true,
  breach: (c) =>
    firstOf(
      c.oddNames,
      (h) => h.indexOf('*', h.indexOf('.') < 0 ? h.length : h.indexOf('.')) >= 0,
      (h) => `the wildcard in ${h} is not leftmost`,
    ),
});
