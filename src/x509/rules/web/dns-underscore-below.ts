import { hostParts } from '../../public-suffix.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/dns-underscore-below',
  title: 'Labels below the registered one should not hold an underscore',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2',
  scope: 'web',
  effective: BR,
  zlint: 'w_dnsname_underscore_in_trd',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddNames,
      (h) => hostParts(h)?.below.includes('_') === true,
      (h) => `${h} holds an underscore`,
    ),
});
