import { hostParts } from '../../public-suffix.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/dns-underscore-registered',
  title: 'The registered label must not hold an underscore',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2',
  scope: 'web',
  effective: BR,
  zlint: 'e_dnsname_underscore_in_sld',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddNames,
      (h) => hostParts(h)?.registered.includes('_') === true,
      (h) => `${h} holds an underscore in its registered label`,
    ),
});
