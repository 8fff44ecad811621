import { BR_1_6_2 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/dns-underscore-before-2018',
  title: 'Host names must not hold underscores',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  ends: BR_1_6_2,
  zlint: 'e_no_underscores_before_1_6_2',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddDns,
      (h) => h.includes('_'),
      (h) => `${h} holds an underscore`,
    ),
});
