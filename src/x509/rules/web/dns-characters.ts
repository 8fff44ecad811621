import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/dns-characters',
  title: 'Host names must keep to letters, digits, hyphen and underscore',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  effective: BR,
  zlint: 'e_dnsname_bad_character_in_label',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddHosts,
      (h) => !/^[A-Za-z0-9*_.?-]*$/.test(h.replace(/^\*\./, '')) || /\?(?!\.)/.test(h),
      (h) => `${h} holds characters a host name cannot have`,
    ),
});
