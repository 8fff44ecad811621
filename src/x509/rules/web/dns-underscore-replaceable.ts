import { BR_1_6_2, UNDERSCORE_SUNSET } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, isHost, labels } from '../support.ts';

const validLabel = (label: string): boolean => isHost(label) && (!/^..--/.test(label) || /^xn--/i.test(label));

export default defineRule({
  id: 'web/dns-underscore-replaceable',
  title: 'A label with underscores must be valid with hyphens in their place',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  effective: BR_1_6_2,
  ends: UNDERSCORE_SUNSET,
  zlint: 'e_underscore_permissible_in_dnsname_if_valid_when_replaced',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddDns.flatMap(labels),
      (l) => l.includes('_') && !validLabel(l.replaceAll('_', '-')),
      (l) => `${l} is not valid even with hyphens`,
    ),
});
