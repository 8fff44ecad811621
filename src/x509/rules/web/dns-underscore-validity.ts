import { BR_1_6_2, UNDERSCORE_SUNSET } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, shifted } from '../support.ts';

export default defineRule({
  id: 'web/dns-underscore-validity',
  title: 'Host names with underscores may be certified for 30 days only',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  effective: BR_1_6_2,
  ends: UNDERSCORE_SUNSET,
  zlint: 'e_underscore_present_with_too_long_validity',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames && shifted(c.notBefore, 0, 30) <= c.notAfter,
  breach: (c) =>
    firstOf(
      c.oddDns,
      (h) => h.includes('_'),
      (h) => `${h} holds an underscore and the certificate is valid for more than 30 days`,
    ),
});
