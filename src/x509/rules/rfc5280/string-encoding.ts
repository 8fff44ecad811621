import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/string-encoding',
  title: 'Strings must keep to their alphabet',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.4',
  scope: 'any',
  effective: RFC2459,
  applies: () => true,
  breach: (c) =>
    firstOf(
      c.form.defects,
      (d) => d.rule.startsWith('string/'),
      (d) => `at byte ${d.offset}: ${d.says}`,
    ),
});
