import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/extensions-empty',
  title: 'The list of extensions must not be empty',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1',
  scope: 'any',
  effective: RFC2459,
  applies: () => true,
  breach: (c) =>
    firstOf(
      c.form.defects,
      (d) => d.rule === 'extension/none',
      (d) => d.says,
    ),
});
