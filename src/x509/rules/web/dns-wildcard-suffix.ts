import { hostParts } from '../../public-suffix.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/dns-wildcard-suffix',
  title: 'A wildcard should not stand for all names of a suffix',
  severity: 'notice',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '3.2.2.6',
  scope: 'web',
  effective: BR,
  zlint: 'n_dnsname_wildcard_left_of_public_suffix',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddNames,
      (h) => h.startsWith('*.') && hostParts(h.slice(2))?.suffix === h.slice(2).toLowerCase(),
      (h) => `${h} stands for names of many owners`,
    ),
});
