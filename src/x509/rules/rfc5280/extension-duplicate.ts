import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/extension-duplicate',
  title: 'An extension must not appear twice',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2',
  scope: 'any',
  effective: RFC2459,
  applies: () => true,
  breach: (c) =>
    firstOf(
      c.form.defects,
      (d) => d.rule === 'extension/duplicate',
      (d) => d.says,
    ),
});
