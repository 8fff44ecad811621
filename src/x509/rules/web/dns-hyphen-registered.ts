import { hostParts } from '../../public-suffix.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/dns-hyphen-registered',
  title: 'The registered label must not begin or end with a hyphen',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2',
  scope: 'web',
  effective: BR,
  zlint: 'e_dnsname_hyphen_in_sld',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddNames,
      (h) => /^-|-$/.test(hostParts(h)?.registered ?? ''),
      (h) => `${h} has a hyphen at the end of its registered label`,
    ),
});
