import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/dns-redacted',
  title: 'A redacted host name is unusual',
  severity: 'notice',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'n_contains_redacted_dnsname',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) =>
    firstOf(
      c.oddNames,
      (h) => h.replace(/^\*\./, '').startsWith('?.'),
      (h) => `${h} is redacted`,
    ),
});
