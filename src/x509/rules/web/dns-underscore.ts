import { UNDERSCORE_SUNSET } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/dns-underscore',
  title: 'Host names must not hold underscores',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  effective: UNDERSCORE_SUNSET,
  zlint: 'e_underscore_not_permissible_in_dnsname',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddDns,
      (h) => h.includes('_'),
      (h) => `${h} holds an underscore`,
    ),
});
